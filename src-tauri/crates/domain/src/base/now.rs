use std::time::Duration;

/// The time as the engine reads it: a monotonic clock and the wall clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Now {
    pub mono: Duration,
    /// Unix milliseconds.
    pub wall_ms: i64,
    /// Seconds east of UTC, for times that a person reads.
    pub utc_offset_s: i32,
}

impl Now {
    /// The monotonic time of a wall time (Unix milliseconds); the present for one that is past.
    pub(crate) fn mono_at(&self, wall_ms: i64) -> Duration {
        self.mono + Duration::from_millis(u64::try_from(wall_ms - self.wall_ms).unwrap_or(0))
    }
}
