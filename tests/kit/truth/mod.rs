//! Holds the rules to what really happened: a real gateway's log and socket are played on a simulated clock, and what Pilot Light shows
//! and tells is compared with who answered each turn and what the box did meanwhile.
//!
//! A folder has `openclaw.json`, `log.jsonl` (as the gateway wrote it), `socket.jsonl` (its frames, as `{at, ev, p}`) and `truth.jsonl`
//! (turns, the box, the gateway).

mod capture;
mod play;
mod score;

pub use capture::{Capture, Turn};
pub use play::{Replay, play};
pub use score::{Score, Verdict};
