//! The vocabulary that every room shares: time, model refs, localities, secrets, numbers in words.

pub mod change;
pub mod locality;
mod model_ref;
pub mod model_size;
mod now;
pub mod openclaw;
pub(crate) mod pairs;
pub mod refusal;
pub mod releases;
pub mod secrets;
mod severity;
pub mod shown;
pub mod words;

pub use model_ref::ModelRef;
pub use now::Now;
pub use severity::Severity;
