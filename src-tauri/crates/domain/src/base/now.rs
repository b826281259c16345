/// The time as the engine reads it: a monotonic clock and the wall clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Now {
    pub mono: std::time::Duration,
    /// Unix milliseconds.
    pub wall_ms: i64,
    /// Seconds east of UTC, for times that a person reads.
    pub utc_offset_s: i32,
}
