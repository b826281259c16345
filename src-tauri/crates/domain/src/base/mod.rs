//! The vocabulary that every room shares: time, model refs, localities, secrets, numbers in words.

pub mod change;
pub mod locality;
mod model_ref;
pub mod secrets;
pub mod words;

pub use model_ref::ModelRef;
