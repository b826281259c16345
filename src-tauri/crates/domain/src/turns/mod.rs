//! OpenClaw's turns: what its log and its socket say of each run, and which model answers.

pub mod fallback;
pub mod gateway_connection;
pub mod listen;
pub mod route_status;
pub mod run;
pub mod signal;
