//! What the tests share: servers that answer as real ones did, and servers that misbehave.

pub mod certificate;
#[cfg(feature = "desktop")]
pub mod desktop;
pub mod fake_box;
pub mod fake_openclaw;
pub mod fault;
pub mod gateway;
pub mod held_port;
pub mod observe;
#[cfg(feature = "peers")]
pub mod operator;
pub mod peer;
pub mod replay;
pub mod stage;
pub mod truth;
