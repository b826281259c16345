//! The rules of Pilot Light: what the config means, what health and routes follow from, what is told and when. Everything that can
//! happen is an [`Event`]; [`update`] turns it into new state and [`Effect`]s; the views make words of the state.
//!
//! No IO, no clock, no async, no Tauri: time is an argument ([`Now`]), the next deadline a return value.

pub mod aside;
pub mod change;
pub mod config;
pub mod discovery;
pub mod doctor;
pub mod edit;
mod effective;
mod event;
pub mod health;
mod hearing;
pub mod history;
pub mod intent;
pub mod job;
pub mod link;
pub mod locality;
pub mod machine;
mod memory;
pub mod menu;
mod model_ref;
pub mod notice;
pub mod observation;
mod probing;
pub mod proof;
pub mod route;
pub mod runs;
pub mod schema;
mod secrets;
pub mod settings;
pub mod sign;
pub mod standing;
mod state;
mod status;
mod telling;
pub mod template;
mod update;
mod upstream;
pub mod view;
pub mod words;

pub use effective::{Phase, RouteState};
pub use event::{Effect, Event, FileEvent};
pub use memory::Memory;
pub use model_ref::ModelRef;
pub use observation::Kind;
pub use secrets::mask_line;
pub use state::{BadText, ConfigFile, Now, Pace, Reading, Server, State};
pub use status::{Status, exit_code, status};
pub use update::update;
pub use view::types::Overall;
pub use view::{types as view_types, view};
