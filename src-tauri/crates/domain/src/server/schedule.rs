//! Which server is asked when: often while someone looks, less on battery, less the longer it is down, at once when a person asks.

use std::time::Duration;

use crate::app::event::Effect;
use crate::app::state::{Now, Server, State};
use crate::config::Provider;
use crate::server::health::Health;
use crate::server::observation::{Load, ProbeRequest};
use crate::server::upstream;

/// Listings and loaded states are asked for at every third probe, and at least this often.
const DEEP_EVERY: Duration = Duration::from_secs(30);
/// When one more probe would settle it.
pub(crate) const DOUBT_EVERY: Duration = Duration::from_secs(5);
const MAX_BACK_OFF: Duration = Duration::from_secs(60);

impl State {
    /// Between two probes of a server that is well.
    pub(crate) fn every(&self) -> Duration {
        let every = if self.visible { self.pace.visible } else { self.pace.hidden };
        if self.machine.battery { every * self.pace.on_battery } else { every }
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
        let rest = match server.kind {
            // Its list is a scan of the disk.
            Some(crate::Kind::Mlx) => every * 30,
            _ => DEEP_EVERY.min(every * 3),
        };
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

/// At once: a person asked, or something changed.
pub(crate) fn hurry(state: &mut State, provider: Option<&str>, now: &Now) {
    if provider.is_none() {
        state.pulse.due = Some(now.mono);
    }
    let behind = provider.map(|it| state.bases_behind(it));
    let ours = state.servers.iter_mut().filter(|(id, _)| provider.is_none_or(|it| it == id.as_str()));
    let theirs = state.upstreams.iter_mut().filter(|(id, _)| behind.as_ref().is_none_or(|it| it.contains(id)));
    for (_, server) in ours.chain(theirs) {
        server.due = Some(now.mono);
        server.deep_due = now.mono;
        server.again |= server.in_flight;
    }
}

pub(crate) fn start_probes(state: &mut State, now: &Now, effects: &mut Vec<Effect>) {
    for (id, server) in &mut state.servers {
        if server.in_flight || server.due.is_none_or(|due| due > now.mono) {
            continue;
        }
        if let Some(provider) = state.config.provider(id) {
            let deep = server.deep_due <= now.mono;
            server.in_flight = true;
            effects.push(Effect::Probe(request(provider, server, deep)));
        }
    }
    for server in state.upstreams.values_mut() {
        if !server.in_flight && server.due.is_some_and(|due| due <= now.mono) {
            let deep = server.deep_due <= now.mono;
            server.in_flight = true;
            effects.push(Effect::Probe(upstream::request(server, deep)));
        }
    }
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
