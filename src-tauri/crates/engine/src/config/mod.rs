//! The config file in the world: where it is, what it says, when it changes, and how it is written.

mod aside;
mod environment;
mod locate;
mod read;
mod replace;
mod source;
mod watch;
mod write;

pub(crate) use aside::{Asides, asides};
pub use environment::Environment;
pub use locate::{BadProfile, locate};
pub(crate) use read::{Text, hash, read, read_all, text};
pub(crate) use source::{Source, Swap, put_back};
pub(crate) use watch::Watch;
pub(crate) use write::{Verified, backups_of, create, stale, verify, write};
