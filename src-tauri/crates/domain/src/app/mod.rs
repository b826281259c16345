//! The whole: the state, every event that changes it, and every effect that it asks of the world. The only room that sees all others.

pub mod event;
#[cfg(test)]
mod ladder_test;
pub mod persisted;
pub mod state;
pub mod update;
