//! Runs that wait for a model that OpenClaw does not give up on by itself.

use std::collections::BTreeMap;

use crate::ModelRef;
use crate::base::Now;
use crate::config::Provider;
use crate::server::Servers;
use crate::turns::Turns;
use crate::turns::fallback::{RouteTransition, Stuck};
use crate::turns::run::Run;

/// A model that has not begun to answer for this long is told.
const STUCK_AFTER_MS: i64 = 5 * 60 * 1_000;
/// OpenClaw repeats its own complaint of a stalled run each half minute; after this long without one it has gone on.
const STALL_HOLDS_MS: i64 = 3 * 60 * 1_000;

impl Turns {
    pub(crate) fn look_for_stuck(&mut self, servers: Servers<'_>, now: &Now) -> Vec<RouteTransition> {
        let connected = self.connection.is_up();
        let mut stuck = BTreeMap::new();
        for (key, run) in self.fallbacks.runs.open() {
            let Some(since) = run.waiting.filter(|_| connected || now.wall_ms - run.last < STALL_HOLDS_MS) else { continue };
            let Some(on) = awaited(run, servers).filter(|it| waits_without_end(it, servers)) else { continue };
            if now.wall_ms - since >= STUCK_AFTER_MS {
                stuck.entry(on).or_insert(Stuck { since, run: key.to_owned() });
            }
        }
        let before = std::mem::replace(&mut self.fallbacks.stuck, stuck);
        let fresh = self.fallbacks.stuck.iter().filter(|(on, _)| !before.contains_key(on));
        fresh.map(|(on, it)| RouteTransition::Stuck { on: on.clone(), waited_ms: now.wall_ms - it.since }).collect()
    }

    /// When the next wait becomes too long, or is not heard of any more (Unix milliseconds).
    pub(super) fn next_stuck(&self, servers: Servers<'_>, now: &Now) -> Option<i64> {
        let holds_ms = if self.connection.is_up() { None } else { Some(STALL_HOLDS_MS) };
        let waits = self.fallbacks.runs.open().filter_map(|(_, run)| {
            awaited(run, servers).filter(|it| waits_without_end(it, servers))?;
            let ends = holds_ms.map(|it| run.last + it);
            if ends.is_some_and(|it| it <= now.wall_ms) {
                return None;
            }
            std::iter::once(run.waiting? + STUCK_AFTER_MS).chain(ends).filter(|it| *it > now.wall_ms).min()
        });
        waits.min()
    }

    /// A run under way waits for a model of this provider, as far as is known.
    #[must_use]
    pub fn awaits(&self, provider: &str, servers: Servers<'_>) -> bool {
        self.fallbacks.runs.open().any(|(_, run)| awaited(run, servers).is_some_and(|it| it.provider == provider))
    }
}

/// The model that a run is waiting for: the last one that is known to have been asked.
fn awaited(run: &Run, servers: Servers<'_>) -> Option<ModelRef> {
    let failed_last = run.failed.last().map(|it| &it.0);
    failed_last.or(run.asked_for()).cloned().or_else(|| servers.config.primary_of(run.agent.as_deref()))
}

/// OpenClaw gives up on a model that hangs only where a timeout is set; for local servers it has none of its own (2026.9.6, measured).
fn waits_without_end(model: &ModelRef, servers: Servers<'_>) -> bool {
    let local = |it: &Provider| it.is_local() && it.timeout_seconds.is_none();
    servers.config.agent_timeout.is_none() && servers.config.provider(&model.provider).is_some_and(local)
}
