//! The one place that reads the clock.

use std::time::Instant;

use domain::Now;

/// Counts from when it was made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    start: Instant,
}

impl Clock {
    pub(crate) fn new() -> Self {
        Clock { start: Instant::now() }
    }

    pub(crate) fn now(&self) -> Now {
        let wall = jiff::Zoned::now();
        Now { mono: self.start.elapsed(), wall_ms: wall.timestamp().as_millisecond(), utc_offset_s: wall.offset().seconds() }
    }

    /// Returns the instant of one of the rules' deadlines.
    pub(crate) fn at(&self, mono: std::time::Duration) -> tokio::time::Instant {
        tokio::time::Instant::from_std(self.start + mono)
    }
}

/// Returns Unix milliseconds of a time as RFC 3339; 0 for what is none.
pub(crate) fn unix_ms(rfc3339: &str) -> i64 {
    rfc3339.parse().map_or(0, jiff::Timestamp::as_millisecond)
}
