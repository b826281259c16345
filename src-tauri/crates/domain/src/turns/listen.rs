//! Takes what OpenClaw says, by log or by socket, and what happened while Pilot Light was not running.

use crate::ModelRef;
use crate::base::Now;
use crate::server::Servers;
use crate::turns::Turns;
use crate::turns::fallback::{FORGET_AFTER_MS, RouteTransition, TurnContext};
use crate::turns::gateway_connection::{ConnectionState, GatewayEvent};
use crate::turns::signal::{LogEvent, SignalKind, Source, TurnSignal};

/// What happened longer ago than this while nobody looked is not told any more.
const NEWS_MS: i64 = 10 * 60 * 1_000;

impl Turns {
    /// `live`: it is said now, not read from what was written before the start.
    pub(crate) fn log(&mut self, event: LogEvent, live: bool, servers: Servers<'_>, now: &Now) -> Vec<RouteTransition> {
        match event {
            LogEvent::Following(path) => self.log = path,
            LogEvent::Signal(signal) => return self.hear(*signal, live, servers).into_iter().collect(),
            LogEvent::Bookmark(at) => self.bookmark = Some(at),
            LogEvent::CaughtUp => {
                self.log_caught_up = true;
                return self.catch_up(now);
            }
        }
        Vec::new()
    }

    pub(crate) fn gateway(&mut self, event: GatewayEvent, servers: Servers<'_>, now: &Now) -> Vec<RouteTransition> {
        match event {
            GatewayEvent::Connection { url, state } => {
                if self.connection.is_up() && !state.is_up() {
                    self.fallbacks.runs.lose_sight();
                    self.fallbacks.stuck.clear();
                }
                self.connected_before |= self.connection.is_up();
                if let ConnectionState::Up { version: Some(version) } = &state {
                    self.gateway_version = Some(version.clone());
                }
                (self.gateway, self.connection) = (url, state);
                Vec::new()
            }
            GatewayEvent::Signal(signal) => self.hear(*signal, true, servers).into_iter().collect(),
            // Since the last connection something may have happened that only the sessions still show: its outcome is news, not the
            // way to it.
            GatewayEvent::Sessions(signals) => {
                let before: Vec<ModelRef> = self.fallbacks.active.keys().cloned().collect();
                let recent = signals.into_iter().filter(|it| now.wall_ms - it.at < FORGET_AFTER_MS);
                recent.for_each(|it| drop(self.hear(it, false, servers)));
                if !self.connected_before && !self.ran_before {
                    return Vec::new();
                }
                let active = self.fallbacks.active.clone().into_iter();
                let fresh = active.filter(|(from, _)| !before.contains(from));
                let transitions: Vec<_> = fresh.map(|(from, fallback)| RouteTransition::FellBack { from, fallback }).collect();
                transitions.iter().for_each(|it| self.note_told(it));
                transitions
            }
        }
    }

    /// What is no news sets the scene, and comes to nothing that is told.
    fn hear(&mut self, mut signal: TurnSignal, live: bool, servers: Servers<'_>) -> Option<RouteTransition> {
        let config = servers.config;
        for model in signal.requested.iter_mut().chain(named(&mut signal.what)) {
            *model = config.spelled(model);
        }
        // All gateways and profiles of a user write into one file: only this config's models count.
        let first = signal.requested.clone().or_else(|| named(&mut signal.what).cloned());
        let is_foreign = first.is_some_and(|it| config.provider(&it.provider).is_none());
        if signal.source == Source::Log && is_foreign {
            return None;
        }
        // Where nobody has said which model was asked, the agent's own was.
        if matches!(signal.what, SignalKind::Errored(_)) && signal.agent.is_some() && signal.requested.is_none() {
            let known = signal.run.as_deref().and_then(|it| self.fallbacks.runs.get(it)?.asked_for());
            signal.requested = if known.is_none() { config.primary_of(signal.agent.as_deref()) } else { None };
        }
        let context = TurnContext {
            outage: &|provider| servers.outage(provider).cloned(),
            chain: &|model| config.chain_of(model),
            is_asked_first: &|model| config.asks_first(model),
            keeps_fallback: self.release.keeps_fallback(),
            is_connected: self.connection.is_up(),
            // With agents of their own routes it may have been one of those; and the socket says it outright.
            trust_silence: config.agents.is_empty() && !self.connection.is_up(),
        };
        let transition = self.fallbacks.take(&signal, &context)?;
        if let RouteTransition::FellBack { from, .. } = &transition {
            // One that refuses its key, or still loads, brings its fallback to an end by being ready again. And whether its server was
            // down in the past is not known any more, so its being up now is enough.
            let refuses = servers.get(&from.provider).is_some_and(|it| it.refusal.is_some());
            if let Some(fallback) = self.fallbacks.active.get_mut(from).filter(|_| refuses || !live) {
                fallback.saw_down = true;
            }
        }
        if !live {
            return None;
        }
        self.note_told(&transition);
        Some(transition)
    }

    /// Then a look back at the log, which is still to come, does not tell of it once more.
    fn note_told(&mut self, transition: &RouteTransition) {
        let Some(before) = &mut self.before else { return };
        match transition {
            RouteTransition::FellBack { from, fallback } | RouteTransition::Moved { from, fallback } => {
                before.told.insert(from.clone(), fallback.to.clone());
            }
            RouteTransition::Back { from, .. } => drop(before.active.remove(from)),
            RouteTransition::Exhausted { requested, .. } | RouteTransition::GaveUp { requested, .. } => {
                before.stranded.insert(requested.clone());
            }
            RouteTransition::Overflow { .. } | RouteTransition::Stuck { .. } => {}
        }
    }

    /// What happened while Pilot Light was not running, as its outcome: a fallback that is in force, one that ended, a turn that got no
    /// answer.
    fn catch_up(&mut self, now: &Now) -> Vec<RouteTransition> {
        // What would have settled meanwhile has.
        let _ = self.tick(now);
        let Some(before) = self.before.take() else { return Vec::new() };
        let active = &self.fallbacks.active;
        let ended = before.active.into_iter().filter(|(from, _)| !active.contains_key(from));
        let mut transitions: Vec<RouteTransition> = ended.map(|(from, was)| RouteTransition::Back { from, was }).collect();
        for (from, fallback) in active {
            let (from, fallback) = (from.clone(), fallback.clone());
            match before.told.get(&from) {
                None => transitions.push(RouteTransition::FellBack { from, fallback }),
                Some(to) if *to != fallback.to => transitions.push(RouteTransition::Moved { from, fallback }),
                Some(_) => {}
            }
        }
        for (requested, it) in &self.fallbacks.stranded {
            if !before.stranded.contains(requested) && now.wall_ms - it.at < NEWS_MS {
                let (requested, failed, evidence) = (requested.clone(), it.failed.clone(), it.evidence.clone());
                transitions.push(RouteTransition::Exhausted { requested, failed, evidence });
            }
        }
        transitions
    }
}

fn named(what: &mut SignalKind) -> Option<&mut ModelRef> {
    match what {
        SignalKind::Asking(model) => model.as_mut(),
        SignalKind::Failed { model, .. } | SignalKind::Stopped { model, .. } | SignalKind::Fetched { model, .. } => Some(model),
        SignalKind::Answered(model) | SignalKind::Spoke(model) | SignalKind::Cleared(model) => Some(model),
        SignalKind::Overflowed(model) | SignalKind::Uncompacted(model) => Some(model),
        SignalKind::Alive { .. }
        | SignalKind::Retrying { .. }
        | SignalKind::Ended
        | SignalKind::Errored(_)
        | SignalKind::Interrupted
        | SignalKind::AttemptEnded
        | SignalKind::Pinned(_)
        | SignalKind::Stalled { .. } => None,
    }
}
