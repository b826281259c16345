//! The model servers: what a probe saw, whether each is up, what it can do, and when it is asked next.

pub mod availability;
pub mod discovery;
pub mod health;
pub mod job;
pub mod liveness_check;
pub mod machine;
pub mod observation;
pub mod schedule;
pub mod upstream;
