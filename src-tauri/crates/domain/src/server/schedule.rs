//! When each server is probed: often while the window is open, less on battery, less the longer it is down, at once on request.

use std::time::Duration;

use crate::base::Now;
use crate::config::{Config, Provider};
use crate::server::health::Health;
use crate::server::kinds::ListingCost;
use crate::server::observation::{Load, ProbeRequest};
use crate::server::upstream;
use crate::server::{Fleet, Server, Servers};

/// Listings and loaded states are asked for at every third probe, and at least this often.
const DEEP_EVERY: Duration = Duration::from_secs(30);
/// Between two probes while one more would settle it.
pub(crate) const DOUBT_EVERY: Duration = Duration::from_secs(5);
const MAX_BACK_OFF: Duration = Duration::from_secs(60);

/// How often servers are probed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    /// Between two probes of a server while the window is open.
    pub visible: Duration,
    /// The same while it is closed.
    pub hidden: Duration,
    /// The factor on battery.
    pub on_battery: u32,
}

impl Default for Pace {
    fn default() -> Self {
        Pace { visible: Duration::from_secs(10), hidden: Duration::from_secs(30), on_battery: 2 }
    }
}

impl Pace {
    #[must_use]
    pub fn every(interval: Duration) -> Self {
        Pace { visible: interval, hidden: interval, on_battery: 1 }
    }
}

impl Fleet {
    /// Between two probes of a healthy server.
    pub(crate) fn every(&self) -> Duration {
        let every = if self.visible { self.pace.visible } else { self.pace.hidden };
        if self.machine.battery { every * self.pace.on_battery } else { every }
    }

    /// Probes at once: a person asked, or something changed. `None`: all of them.
    pub(crate) fn hurry(&mut self, provider: Option<&str>, config: &Config, now: &Now) {
        let behind = provider.map(|it| Servers { config, fleet: self }.bases_behind(it));
        let ours = self.servers.iter_mut().filter(|(id, _)| provider.is_none_or(|it| it == id.as_str()));
        let theirs = self.upstreams.iter_mut().filter(|(id, _)| behind.as_ref().is_none_or(|it| it.contains(id)));
        for (_, server) in ours.chain(theirs) {
            server.hurry(now);
        }
    }

    /// The probes that are due, each begun.
    pub(crate) fn due_probes(&mut self, config: &Config, now: &Now) -> Vec<ProbeRequest> {
        let mut probes = Vec::new();
        for (id, server) in self.servers.iter_mut().filter(|it| it.1.is_due(now)) {
            if let Some(provider) = config.provider(id) {
                let deep = server.begin_probe(now);
                probes.push(request(provider, server, deep));
            }
        }
        for server in self.upstreams.values_mut().filter(|it| it.is_due(now)) {
            let deep = server.begin_probe(now);
            probes.push(upstream::request(server, deep));
        }
        probes
    }

    pub(crate) fn next_deadline(&self) -> Option<Duration> {
        let all = self.servers.values().chain(self.upstreams.values());
        all.filter(|it| !it.in_flight).filter_map(|it| it.due).min()
    }
}

impl Server {
    pub(crate) fn hurry(&mut self, now: &Now) {
        self.due = Some(now.mono);
        self.deep_due = now.mono;
        self.again |= self.in_flight;
    }

    fn is_due(&self, now: &Now) -> bool {
        !self.in_flight && self.due.is_some_and(|due| due <= now.mono)
    }

    /// Returns whether the probe is a deep one.
    fn begin_probe(&mut self, now: &Now) -> bool {
        self.in_flight = true;
        self.deep_due <= now.mono
    }
}

pub(crate) fn schedule(server: &mut Server, id: &str, every: Duration, deep: bool, now: &Now) {
    let pause = if server.health.is_in_doubt() {
        every.min(DOUBT_EVERY)
    } else if server.health.is_down() {
        let doubled = every.min(DOUBT_EVERY) * 2u32.saturating_pow(server.misses_while_down.saturating_sub(1).min(6));
        doubled.min((every * 6).min(MAX_BACK_OFF)).max(every.min(DOUBT_EVERY))
    } else if is_changing(server) {
        every.min(DOUBT_EVERY)
    } else {
        every
    };
    server.due = Some(now.mono + jitter(pause, id, server.rounds));
    if deep {
        let scans = server.kind.is_some_and(|kind| kind.info().listing == ListingCost::ScansDisk);
        let rest = if scans { every * 30 } else { DEEP_EVERY.min(every * 3) };
        server.deep_due = now.mono + if is_changing(server) { pause } else { rest };
    }
    // After a miss the list is asked for again with the first answer.
    if server.health != Health::Up {
        server.deep_due = now.mono;
    }
}

/// Something is loading: look again soon.
fn is_changing(server: &Server) -> bool {
    let loading = |it: &crate::server::observation::Serving| it.models.iter().flatten().any(|it| it.load == Load::Loading);
    server.refusal == Some(crate::server::observation::Failure::Starting) || server.serving.as_ref().is_some_and(loading)
}

/// Up to a tenth more or less, so that many servers are not all asked in the same instant.
fn jitter(pause: Duration, id: &str, round: u32) -> Duration {
    let spread =
        id.bytes().fold(round.wrapping_mul(2_654_435_761), |hash, byte| hash.wrapping_mul(31).wrapping_add(u32::from(byte)));
    pause.mul_f64(0.9 + f64::from(spread % 1_000) / 5_000.0)
}

fn request(provider: &Provider, server: &Server, deep: bool) -> ProbeRequest {
    ProbeRequest {
        provider: provider.id.clone(),
        base_url: server.base_url.clone(),
        api: provider.api.clone(),
        key: provider.key.value().map(str::to_owned),
        headers: provider.sent_headers(),
        // After an outage another server may sit on the port.
        kind: server.kind.filter(|_| !server.health.is_down()),
        wanted: Some(provider.models.iter().map(|it| it.id.clone()).collect()),
        deep,
    }
}
