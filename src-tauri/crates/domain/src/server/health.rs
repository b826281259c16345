//! A server's health, with memory: a single lost probe never changes what the user sees.

use crate::server::observation::Failure;

/// Misses in a row before a server counts as down. A refused connection leaves no doubt, so two of those are enough.
const MISSES_TO_FALL: u32 = 3;
const REFUSALS_TO_FALL: u32 = 2;
/// Hits in a row before it counts as up again.
const HITS_TO_RISE: u32 = 2;

#[derive(Clone, Debug, Default, PartialEq)]
pub enum Health {
    #[default]
    Unknown,
    Up,
    /// Still shown as up.
    Wavering {
        misses: u32,
        refusals: u32,
    },
    /// `since` is Unix milliseconds.
    Down {
        since: i64,
        why: Failure,
    },
    /// Still shown as down.
    Rising {
        hits: u32,
        since: i64,
        why: Failure,
    },
}

impl Health {
    /// The first probe is believed; after that it takes several in a row.
    #[must_use]
    pub fn after(self, verdict: Result<(), &Failure>, now_ms: i64) -> Health {
        match (self, verdict) {
            (Health::Unknown | Health::Up | Health::Wavering { .. }, Ok(())) => Health::Up,
            (Health::Unknown, Err(why)) => Health::Down { since: now_ms, why: why.clone() },
            (Health::Up, Err(why)) => Health::wavering(0, 0, why, now_ms),
            (Health::Wavering { misses, refusals }, Err(why)) => Health::wavering(misses, refusals, why, now_ms),
            (Health::Down { since, why }, Ok(())) => Health::Rising { hits: 1, since, why },
            (Health::Rising { hits, .. }, Ok(())) if hits + 1 >= HITS_TO_RISE => Health::Up,
            (Health::Rising { hits, since, why }, Ok(())) => Health::Rising { hits: hits + 1, since, why },
            (Health::Down { since, .. } | Health::Rising { since, .. }, Err(why)) => Health::Down { since, why: why.clone() },
        }
    }

    /// Something else than a probe shows that it is up: one more hit settles it.
    #[must_use]
    pub fn rising(self) -> Health {
        match self {
            Health::Down { since, why } => Health::Rising { hits: HITS_TO_RISE - 1, since, why },
            other => other,
        }
    }

    fn wavering(misses: u32, refusals: u32, why: &Failure, now_ms: i64) -> Health {
        let misses = misses + 1;
        let refusals = if *why == Failure::Refused { refusals + 1 } else { 0 };
        if misses >= MISSES_TO_FALL || refusals >= REFUSALS_TO_FALL {
            Health::Down { since: now_ms, why: why.clone() }
        } else {
            Health::Wavering { misses, refusals }
        }
    }

    /// Whether it is shown as down.
    #[must_use]
    pub fn is_down(&self) -> bool {
        self.outage().is_some()
    }

    /// Since when (Unix milliseconds) and why it is down.
    #[must_use]
    pub fn outage(&self) -> Option<(i64, &Failure)> {
        match self {
            Health::Down { since, why } | Health::Rising { since, why, .. } => Some((*since, why)),
            _ => None,
        }
    }

    /// Whether one more probe would settle it.
    #[must_use]
    pub fn is_in_doubt(&self) -> bool {
        matches!(self, Health::Wavering { .. } | Health::Rising { .. })
    }
}

impl Failure {
    /// Whether the server can't be reached or makes no sense. The other failures are answers that say why it refuses.
    #[must_use]
    pub fn is_outage(&self) -> bool {
        !matches!(
            self,
            Failure::Starting | Failure::AuthNeeded | Failure::AuthWrong | Failure::HostRefused | Failure::Untrusted(_)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One letter a probe: `+` answered, `-` timed out, `r` refused. Gives what the user would see after each: Up, down, `?`.
    #[track_caller]
    fn check(probes: &str, shown: &str) {
        let mut health = Health::Unknown;
        let mut got = String::new();
        for (i, probe) in probes.chars().enumerate() {
            let verdict = match probe {
                '+' => Ok(()),
                'r' => Err(&Failure::Refused),
                _ => Err(&Failure::TimedOut),
            };
            health = health.after(verdict, i as i64);
            got.push(if health.is_down() { 'd' } else { 'U' });
        }
        assert_eq!(got, shown, "{probes}");
    }

    #[test]
    fn first_probe_is_believed() {
        check("-", "d");
        check("r", "d");
        check("+", "U");
    }

    #[test]
    fn one_lost_probe_is_not_an_outage() {
        check("+-+", "UUU");
        check("+r+", "UUU");
    }

    #[test]
    fn three_misses_are() {
        check("+---", "UUUd");
        check("+-r-", "UUUd");
    }

    #[test]
    fn two_refusals_are() {
        check("+rr", "UUd");
        check("+-rr", "UUUd");
    }

    #[test]
    fn the_count_starts_over() {
        check("+--+--+", "UUUUUUU");
        check("+r+r+r", "UUUUUU");
    }

    #[test]
    fn two_answers_end_an_outage() {
        check("+---+", "UUUdd");
        check("+---++", "UUUddU");
        check("-+-+-++", "ddddddU");
    }

    #[test]
    fn an_outage_keeps_its_beginning() {
        let down = Health::Down { since: 5, why: Failure::Refused };
        let again = down.after(Ok(()), 9).after(Err(&Failure::TimedOut), 10);
        assert_eq!(again.outage(), Some((5, &Failure::TimedOut)));
    }
}
