//! stub
pub mod probe;
