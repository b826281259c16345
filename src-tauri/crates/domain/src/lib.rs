//! The rules of Pilot Light: what the config means, what health and routes follow from, what is told and when. Everything that can
//! happen is an [`Event`]; [`update`] turns it into new state and [`Effect`]s; [`view`] makes words of the state.
//!
//! No IO, no clock, no async, no Tauri: time is an argument ([`Now`]), the next deadline a return value.

pub mod change;
pub mod decision;
pub mod intent;
mod model_ref;
pub mod observation;
#[path = "view/types.rs"]
pub mod view_types;

pub use model_ref::ModelRef;
