//! What OpenClaw's gateway says of its turns: in its log, over its socket, on its health page.

mod connector;
mod follow;
mod place;
mod pulse;
mod socket;
mod wire;

pub(crate) use connector::GatewayConnector;
pub(crate) use follow::past;
pub(crate) use place::LogPlace;
pub(crate) use pulse::pulse;
pub use socket::FrameReader;
pub(crate) use socket::{Target, glance};
pub use wire::parse_line;
