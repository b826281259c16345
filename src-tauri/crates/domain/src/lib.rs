//! The rules of Pilot Light: what the config means, which server is up, which model answers, what is told and when. Everything that can
//! happen is an [`Event`]; [`update`] turns it into new state and [`Effect`]s; the views put the state into words.
//!
//! No IO, no clock, no async, no Tauri: time is an argument ([`Now`]), the next deadline a return value.
//!
//! The rooms stand in one direction. Each imports only rooms above it in this list.

pub mod base;

pub mod schema;

pub mod config;

pub mod server;

pub mod turns;

pub mod intent;

pub mod transition;

pub mod notify;

pub mod history;

pub mod app;

pub mod view;

pub mod edit;

pub mod calls;

pub use app::event::{Effect, Event, FileEvent};
pub use app::persisted::Persisted;
pub use app::state::State;
pub use app::update::update;
pub use base::secrets::{mask_unread, mask_url};
pub use base::{ModelRef, Now};
pub use config::{BadText, ConfigFile, Reading};
pub use server::kinds::Kind;
pub use server::{Pace, Server};
pub use turns::route_status::{Overall, Phase, RouteState};
pub use view::status::{Status, exit_code, status};
pub use view::view;
