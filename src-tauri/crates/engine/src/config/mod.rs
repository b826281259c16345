//! The config on the disk: where it is, what it says, when it changes, and how it is written.
//!
//! Each file imports only files above it: `locate`, `environment`, `text`, `replace`, `backup_files`, `write`, `source`, `read`, `rejected`,
//! `watch`.

mod backup_files;
mod environment;
mod locate;
mod read;
mod rejected;
mod replace;
mod source;
mod text;
mod watch;
mod write;

pub(crate) use backup_files::{backup_files, backup_folder};
pub use environment::Environment;
pub use locate::{BadProfile, locate};
pub(crate) use read::read;
pub(crate) use rejected::{RejectedConfigs, rejected_files};
pub(crate) use source::{FileRollback, Source, put_back};
pub(crate) use text::{FileText, hash, read_text};
pub(crate) use watch::{Wake, Watch};
pub(crate) use write::{create, stale, verify, write};
