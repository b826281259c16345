//! What OpenClaw's gateway says of its routes.

mod follow;
mod place;
mod wire;

pub(crate) use follow::{follow, past};
pub(crate) use place::Place;
pub use wire::parse_line;
