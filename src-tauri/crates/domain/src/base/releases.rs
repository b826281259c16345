//! What holds for which release of OpenClaw. Every rule and sentence that differs between releases asks here. What was not seen on a
//! release is not known of it: then nothing is claimed and nothing is offered that it could refuse.

use std::fmt;

/// A release's number: year, month, and the count within the month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    year: u16,
    month: u16,
    patch: u16,
}

const FIRST: Version = version(0, 0, 0);
const LAST: Version = version(u16::MAX, 0, 0);

/// A release's number, for the tables.
#[must_use]
pub const fn version(year: u16, month: u16, patch: u16) -> Version {
    Version { year, month, patch }
}

impl Version {
    /// Reads the number that a text begins with, like `2026.9.6` or `2026.3.28-beta.1`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Version> {
        let mut parts = text.trim().split(['.', '-', '+']).map(str::parse);
        let (year, month) = (parts.next()?.ok()?, parts.next()?.ok()?);
        Some(version(year, month, parts.next().and_then(Result::ok).unwrap_or(0)))
    }

    /// Its year and month.
    #[must_use]
    pub fn month(self) -> (u16, u16) {
        (self.year, self.month)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.year, self.month, self.patch)
    }
}

/// Which release answers, as far as that is known: any from the first to the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Release {
    first: Version,
    last: Version,
}

impl Default for Release {
    fn default() -> Self {
        Release::UNKNOWN
    }
}

/// One line of a table: what holds from one release to another, and where that was seen.
struct Row<T: 'static> {
    from: Version,
    to: Version,
    value: T,
    #[expect(dead_code, reason = "for who reads the table")]
    seen: &'static str,
}

const fn row<T>(from: Version, to: Version, value: T, seen: &'static str) -> Row<T> {
    Row { from, to, value, seen }
}

/// A session that fell back stays on the fallback, and tries its primary again at most every five minutes or after `/new`.
static KEEPS_FALLBACK: [Row<bool>; 2] = [
    row(version(2026, 4, 29), version(2026, 7, 35), true, "measured on 2026.5.28 and 2026.6.11; docs of 2026.4.29 to 2026.7.35"),
    row(version(2026, 8, 1), LAST, false, "measured on 2026.8.2 and 2026.9.6; docs of 2026.8.1 to 2026.9.6"),
];

/// How often a failed primary is asked again before the turn falls back, each time after a longer pause.
static RETRIES: [Row<u32>; 3] = [
    row(version(2026, 5, 28), version(2026, 8, 2), 0, "measured on 2026.5.28, 2026.6.11 and 2026.8.2"),
    row(version(2026, 9, 1), version(2026, 9, 2), 3, "docs of 2026.9.1 and 2026.9.2"),
    row(version(2026, 9, 3), LAST, 8, "measured on 2026.9.6; docs of 2026.9.3 to 2026.9.6"),
];

/// What a primary that refuses connections costs each turn, in seconds.
static REFUSED_SECONDS: [Row<u64>; 2] = [
    row(version(2026, 5, 28), version(2026, 8, 2), 2, "measured on 2026.5.28, 2026.6.11 and 2026.8.2: 1.4 to 1.9 s"),
    row(version(2026, 9, 3), LAST, 80, "measured on 2026.9.6: 76 to 102 s"),
];

/// With a shorter `timeoutSeconds` a hung box ends the turn with an error and no fallback.
static SHORTEST_TIMEOUT: [Row<u64>; 1] =
    [row(version(2026, 9, 3), LAST, 30, "measured on 2026.9.6: an error with 20, a fallback with 30")];

/// A turn that begins in the second after the route was edited can be lost.
static EDIT_CAN_LOSE_TURN: [Row<bool>; 2] = [
    row(version(2026, 5, 28), version(2026, 6, 11), false, "measured on 2026.5.28 and 2026.6.11"),
    row(version(2026, 8, 2), LAST, true, "measured on 2026.8.2 and 2026.9.6"),
];

/// `timeoutSeconds` of a provider is a key that it takes.
static PROVIDER_TIMEOUT: [Row<bool>; 2] = [
    row(FIRST, version(2026, 4, 5), false, "schemas of 2026.3.28 and 2026.4.5"),
    // The first one that takes it lies between the two; a file that has it was taken.
    row(version(2026, 4, 6), LAST, true, "schemas of 2026.4.29 to 2026.9.6"),
];

impl Release {
    pub const UNKNOWN: Release = Release { first: FIRST, last: LAST };

    #[must_use]
    pub const fn exactly(version: Version) -> Release {
        Release { first: version, last: version }
    }

    /// This one or a later one.
    #[must_use]
    pub const fn since(version: Version) -> Release {
        Release { first: version, last: LAST }
    }

    /// The one whose number a text begins with.
    #[must_use]
    pub fn named(text: &str) -> Option<Release> {
        Version::parse(text).map(Release::exactly)
    }

    /// Which one it is, where that is known.
    #[must_use]
    pub fn version(self) -> Option<Version> {
        (self.first == self.last).then_some(self.first)
    }

    #[must_use]
    pub fn keeps_fallback(self) -> Option<bool> {
        self.ask(&KEEPS_FALLBACK)
    }

    #[must_use]
    pub fn retries(self) -> Option<u32> {
        self.ask(&RETRIES)
    }

    #[must_use]
    pub fn refused_seconds(self) -> Option<u64> {
        self.ask(&REFUSED_SECONDS)
    }

    #[must_use]
    pub fn shortest_timeout(self) -> Option<u64> {
        self.ask(&SHORTEST_TIMEOUT)
    }

    #[must_use]
    pub fn edit_can_lose_turn(self) -> Option<bool> {
        self.ask(&EDIT_CAN_LOSE_TURN)
    }

    #[must_use]
    pub fn takes_provider_timeout(self) -> Option<bool> {
        self.ask(&PROVIDER_TIMEOUT)
    }

    /// What all the releases that it may be have in common, where each was seen.
    fn ask<T: Copy>(self, table: &[Row<T>]) -> Option<T> {
        table.iter().find(|row| row.from <= self.first && self.last <= row.to).map(|row| row.value)
    }
}
