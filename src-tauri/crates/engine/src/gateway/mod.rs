//! What OpenClaw's gateway says of its routes.

mod follow;
mod place;
mod pulse;
mod socket;
mod wire;

pub(crate) use follow::{follow, past};
pub(crate) use place::{Place, user};
pub(crate) use pulse::pulse;
pub use socket::FrameReader;
pub(crate) use socket::{Aim, Target, glance};
pub use wire::parse_line;
