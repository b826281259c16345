//! Constants measured on OpenClaw or taken from its guide.

/// Seconds that the guide gives local servers (`timeoutSeconds`).
pub const GUIDE_TIMEOUT: u64 = 300;
/// Tokens of OpenClaw's own prompt, about (2026.9.6, measured).
pub const OWN_PROMPT: u64 = 19_000;
