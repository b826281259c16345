//! The state, the events that change it, and the effects that it asks of the world.

pub mod event;
#[cfg(test)]
mod ladder_test;
mod lasting;
pub mod persisted;
pub mod state;
pub mod update;
