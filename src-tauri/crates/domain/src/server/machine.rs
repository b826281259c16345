//! This machine itself. When it has no network, has just woken, or its clock was set, a box elsewhere that gives no answer proves nothing:
//! nothing: that outage is held back, and the window says so. Servers on this machine are judged as always.

use std::time::Duration;

use crate::base::Now;
use crate::base::locality::is_loopback;
use crate::config::Config;
use crate::server::fleet::Fleet;
use crate::server::health::Health;

/// After sleep, or when the network comes back, servers may be unreachable for this long.
const WAKING: Duration = Duration::from_secs(30);
/// The two clocks drift apart by less than this.
const DRIFT_MS: i64 = 30_000;
/// There is a tick once a minute at least: a longer gap was sleep, on systems whose steady clock goes on meanwhile.
const LONGEST_GAP: Duration = Duration::from_secs(150);

/// The state of this machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Machine {
    /// No network but loopback.
    pub offline: bool,
    pub battery: bool,
}

/// Why a miss is not held against a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Excuse {
    Offline,
    Woke,
}

impl Fleet {
    /// Why a miss of this server may be this machine's fault.
    #[must_use]
    pub fn excuse(&self, base_url: &str) -> Option<Excuse> {
        if is_loopback(base_url) {
            None
        } else if self.machine.offline {
            Some(Excuse::Offline)
        } else {
            self.woke.map(|_| Excuse::Woke)
        }
    }

    /// The excuse of servers on other machines, if there are any.
    #[must_use]
    pub fn excuse_now(&self) -> Option<Excuse> {
        self.servers.values().find_map(|it| self.excuse(&it.base_url))
    }

    /// Notices sleep and a clock that was set: both show as two clocks that disagree. Returns by how many milliseconds the clock was set
    /// back, if it was.
    pub(crate) fn notice_time(&mut self, now: &Now) -> Option<i64> {
        let mut set_back = None;
        if let Some(last) = self.last_seen.replace(*now) {
            let steady = now.mono.saturating_sub(last.mono);
            let ahead = (now.wall_ms - last.wall_ms).saturating_sub(i64::try_from(steady.as_millis()).unwrap_or(i64::MAX));
            if ahead > DRIFT_MS || steady > LONGEST_GAP {
                self.woke = Some(now.mono);
            } else if ahead < -DRIFT_MS {
                set_back = Some(-ahead);
            }
        }
        self.woke.take_if(|at| now.mono > *at + WAKING);
        if let Some(by_ms) = set_back {
            // What lies in the past stays there.
            for server in self.all_mut() {
                if let Health::Down { since, .. } | Health::Rising { since, .. } = &mut server.health {
                    *since -= by_ms;
                }
            }
        }
        set_back
    }

    pub(crate) fn take_machine(&mut self, machine: Machine, config: &Config, now: &Now) {
        let was = std::mem::replace(&mut self.machine, machine);
        if was.offline && !machine.offline {
            self.woke = Some(now.mono);
            self.all_mut().for_each(|it| it.unjudged = false);
            self.hurry(None, config, now);
        }
    }
}
