//! What the tests share: servers that answer as real ones did, and servers that misbehave.

pub mod fault;
pub mod observe;
pub mod replay;
