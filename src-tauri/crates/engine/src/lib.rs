//! The world around the rules: files, watchers, probes, the gateway. The [`actor`] holds the state: everything reaches it as an event, and
//! everything that a shell shows comes from what it publishes. No Tauri.
//!
//! Each module imports only modules above it in this list:
//!
//! | module | is |
//! |---|---|
//! | `log`, `clock`, `random`, `files`, `ending`, `machine`, `export`, `inbox` | what needs nothing of the others |
//! | `config` | the config on the disk |
//! | `settings` | the app's own settings on the disk |
//! | `history` | what is kept, in SQLite |
//! | `options`, `published` | what a shell gives, and what it gets |
//! | `probe` | asks model servers |
//! | `discover`, `jobs` | finds servers on this machine; makes a server work |
//! | `gateway` | follows OpenClaw's gateway: its log, its socket, its health page |
//! | `openclaw` | asks the installed OpenClaw for its schema |
//! | `world` | what every run starts from |
//! | `edit`, `backups` | changes the config; puts a backup back |
//! | `look` | one look at everything, for a command that does not stay |
//! | `background` | the threads of the files, beside the actor |
//! | `actor` | holds the state |
//! | `handle` | how a shell talks to all of it |
//! | `calls` | answers the calls of the window |

mod actor;
mod background;
mod backups;
mod calls;
mod clock;
mod config;
pub mod discover;
mod edit;
mod ending;
mod export;
mod files;
mod gateway;
mod handle;
mod history;
mod inbox;
mod jobs;
pub mod log;
mod look;
mod machine;
mod openclaw;
mod options;
pub mod probe;
mod published;
mod random;
mod settings;
mod world;

pub use backups::{Backup, backups, restore};
pub use calls::Shell;
pub use config::{BadProfile, locate};
pub use edit::{EditSession, Edited, edit};
pub use ending::asked_to_end;
pub use export::history_text;
pub use gateway::{FrameReader, parse_line};
pub use handle::{Handle, start};
pub use history::HistoryContents;
pub use look::{examine, history, look};
pub use options::Options;
pub use published::{Published, ShellCommand};
pub use world::StartError;
