//! Notices: which change is told, in which words, and when it is held back.

pub mod notice;
pub mod settings;
pub mod wording;
