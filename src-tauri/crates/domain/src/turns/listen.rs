//! Takes what OpenClaw says, by log or by socket, and what silence means: a fallback, its end, a turn without an answer, a wait without
//! end.

use crate::ModelRef;
use crate::app::event::Effect;
use crate::app::state::{Now, State};
use crate::config::Provider;
use crate::notify::wording;
use crate::turns::fallback::{FORGET_AFTER_MS, RouteTransition, Stuck, TurnContext};
use crate::turns::gateway_connection::GatewayEvent;
use crate::turns::signal::{LogEvent, SignalKind, Source, TurnSignal};

/// A model that has not begun to answer for this long is told.
pub(crate) const STUCK_AFTER_MS: i64 = 5 * 60 * 1_000;
/// OpenClaw repeats its own complaint of a stalled run each half minute; after this long without one it has gone on.
const STALL_HOLDS_MS: i64 = 3 * 60 * 1_000;
/// What happened longer ago than this while nobody looked is not told any more.
const NEWS_MS: i64 = 10 * 60 * 1_000;

pub(crate) fn log(state: &mut State, event: LogEvent, now: &Now, live: bool, effects: &mut Vec<Effect>) {
    match event {
        LogEvent::Following(path) => state.log = path,
        LogEvent::Signal(sign) => hear(state, *sign, now, live, effects),
        LogEvent::Bookmark(at) => state.bookmark = Some(at),
        LogEvent::CaughtUp => {
            state.log_caught_up = true;
            catch_up(state, now, effects);
        }
    }
}

pub(crate) fn gateway(state: &mut State, event: GatewayEvent, now: &Now, effects: &mut Vec<Effect>) {
    match event {
        GatewayEvent::Connection { url, state: connection } => {
            if state.connection.is_up() && !connection.is_up() {
                state.fallbacks.runs.lose_sight();
                state.fallbacks.stuck.clear();
            }
            state.linked_before |= state.connection.is_up();
            (state.gateway, state.connection) = (url, connection);
        }
        GatewayEvent::Signal(sign) => hear(state, *sign, now, true, effects),
        // Since the last connection something may have happened that only the sessions still show.
        GatewayEvent::Sessions(signs) => {
            let news = state.linked_before || state.ran_before;
            for sign in signs.into_iter().filter(|it| now.wall_ms - it.at < FORGET_AFTER_MS) {
                hear(state, sign, now, news, effects);
            }
        }
    }
}

fn hear(state: &mut State, mut sign: TurnSignal, now: &Now, live: bool, effects: &mut Vec<Effect>) {
    if live {
        mend_time(&mut sign, now);
    }
    // All gateways and profiles of a user write into one file: only this config's models count.
    let models = [sign.requested.as_ref(), named(&sign.what)];
    let foreign = |it: &&ModelRef| state.config.provider(&it.provider).is_none();
    if sign.source == Source::Log && models.into_iter().flatten().next().is_some_and(|it| foreign(&it)) {
        return;
    }
    let State { config, fallbacks, servers, connection, .. } = state;
    // Where nobody has said which model was asked, the agent's own was.
    if matches!(sign.what, SignalKind::Errored(_)) && sign.agent.is_some() && sign.requested.is_none() {
        let known = sign.run.as_deref().and_then(|it| fallbacks.runs.get(it)?.asked_for());
        sign.requested = if known.is_none() { config.primary_of(sign.agent.as_deref()) } else { None };
    }
    let outage = |provider: &str| servers.get(provider).and_then(|it| it.health.outage().map(|it| it.1.clone()));
    let setting = TurnContext {
        outage: &outage,
        chain: &|model| config.chain_of(model),
        // With agents of their own routes it may have been one of those; and the socket says it outright.
        trust_silence: config.agents.is_empty() && !connection.is_up(),
    };
    let turn = fallbacks.take(&sign, &setting);
    // One that refuses its key, or still loads, brings its fallback to an end by being ready again.
    if let RouteTransition::FellBack { from } = &turn
        && servers.get(&from.provider).is_some_and(|it| it.refusal.is_some())
        && let Some(fallback) = fallbacks.active.get_mut(from)
    {
        fallback.saw_down = true;
    }
    if live {
        // Then a look back at the log, which is still to come, does not tell of it once more.
        if let Some(before) = &mut state.before {
            match &turn {
                RouteTransition::FellBack { from } | RouteTransition::Moved { from } => {
                    before.told.extend(state.fallbacks.active.get(from).map(|it| (from.clone(), it.to.clone())));
                }
                RouteTransition::Back { from, .. } => drop(before.active.remove(from)),
                RouteTransition::Exhausted { requested, .. } | RouteTransition::GaveUp { requested, .. } => {
                    before.stranded.insert(requested.clone());
                }
                RouteTransition::Nothing | RouteTransition::Overflow { .. } | RouteTransition::Stuck { .. } => {}
            }
        }
        wording::turn(state, turn, now, effects);
    } else if let RouteTransition::FellBack { from } = turn
        && let Some(fallback) = state.fallbacks.active.get_mut(&from)
    {
        // Whether its server was down then is not known any more, so its being up now is enough.
        fallback.saw_down = true;
    }
}

fn named(what: &SignalKind) -> Option<&ModelRef> {
    match what {
        SignalKind::Asking(model) => model.as_ref(),
        SignalKind::Failed { model, .. } | SignalKind::Stopped { model, .. } | SignalKind::Fetched { model, .. } => Some(model),
        SignalKind::Answered(model) | SignalKind::Spoke(model) | SignalKind::Cleared(model) => Some(model),
        SignalKind::Overflowed(model) | SignalKind::Uncompacted(model) => Some(model),
        SignalKind::Alive { .. }
        | SignalKind::Retrying { .. }
        | SignalKind::Ended
        | SignalKind::Errored(_)
        | SignalKind::Stalled { .. } => None,
    }
}

/// What is said now happened now, whatever the clock of the machine that says it shows.
fn mend_time(sign: &mut TurnSignal, now: &Now) {
    const CREDIBLE_MS: i64 = 10 * 60 * 1_000;
    if (sign.at - now.wall_ms).abs() > CREDIBLE_MS {
        sign.at = now.wall_ms;
    }
}

/// What happened while Pilot Light was not running is told as its outcome, once: a fallback that is in force, one that ended, a turn
/// that got no answer.
fn catch_up(state: &mut State, now: &Now, effects: &mut Vec<Effect>) {
    // What would have settled meanwhile has.
    let _ = state.fallbacks.tick(now.wall_ms);
    let Some(before) = state.before.take() else { return };
    let of_now = state.fallbacks.active.clone();
    let mut turns = Vec::new();
    for (from, was) in before.active {
        if !of_now.contains_key(&from) {
            turns.push(RouteTransition::Back { from, was });
        }
    }
    for (from, fallback) in &of_now {
        match before.told.get(from) {
            None => turns.push(RouteTransition::FellBack { from: from.clone() }),
            Some(to) if *to != fallback.to => turns.push(RouteTransition::Moved { from: from.clone() }),
            Some(_) => {}
        }
    }
    for (requested, it) in &state.fallbacks.stranded {
        if !before.stranded.contains(requested) && now.wall_ms - it.at < NEWS_MS {
            turns.push(RouteTransition::Exhausted { requested: requested.clone(), failed: it.failed.clone() });
        }
    }
    for turn in turns {
        wording::turn(state, turn, now, effects);
    }
}

/// Runs that have been waiting for too long, for models that OpenClaw does not give up on by itself.
pub(crate) fn look_for_stuck(state: &mut State, now: &Now, effects: &mut Vec<Effect>) {
    let linked = state.connection.is_up();
    let mut stuck = std::collections::BTreeMap::new();
    for (key, run) in state.fallbacks.runs.open() {
        let Some(since) = run.waiting.filter(|_| linked || now.wall_ms - run.last < STALL_HOLDS_MS) else { continue };
        let Some(on) = awaited(state, run).filter(|it| waits_without_end(state, it)) else { continue };
        if now.wall_ms - since >= STUCK_AFTER_MS {
            stuck.entry(on).or_insert(Stuck { since, run: key.to_owned() });
        }
    }
    let fresh: Vec<RouteTransition> = stuck
        .iter()
        .filter(|(on, _)| !state.fallbacks.stuck.contains_key(on))
        .map(|(on, it)| RouteTransition::Stuck { on: on.clone(), waited_ms: now.wall_ms - it.since })
        .collect();
    state.fallbacks.stuck = stuck;
    for turn in fresh {
        wording::turn(state, turn, now, effects);
    }
}

/// When the next wait becomes too long, or is not heard of any more (Unix milliseconds).
pub(crate) fn next_stuck(state: &State, now: &Now) -> Option<i64> {
    let holds_ms = if state.connection.is_up() { None } else { Some(STALL_HOLDS_MS) };
    let waits = state.fallbacks.runs.open().filter_map(|(_, run)| {
        awaited(state, run).filter(|it| waits_without_end(state, it))?;
        let ends = holds_ms.map(|it| run.last + it);
        if ends.is_some_and(|it| it <= now.wall_ms) {
            return None;
        }
        std::iter::once(run.waiting? + STUCK_AFTER_MS).chain(ends).filter(|it| *it > now.wall_ms).min()
    });
    waits.min()
}

/// The model that a run is waiting for: the last one that is known to have been asked.
pub(crate) fn awaited(state: &State, run: &crate::turns::run::Run) -> Option<ModelRef> {
    let failed_last = run.failed.last().map(|it| &it.0);
    failed_last.or(run.asked_for()).cloned().or_else(|| state.config.primary_of(run.agent.as_deref()))
}

/// OpenClaw gives up on a model that hangs only where a time-out is set; for servers of this house it has none of its own (2026.9.6,
/// measured).
fn waits_without_end(state: &State, model: &ModelRef) -> bool {
    let local = |it: &Provider| it.is_local() && it.timeout_seconds.is_none();
    state.config.agent_timeout.is_none() && state.config.provider(&model.provider).is_some_and(local)
}
