//! Which of all that happens is kept, told or not: a pause of the notices is none of the history.

use super::{Entry, EntryKind, Evidence, Recalled, Record, Sample};
use crate::ModelRef;
use crate::app::event::Effect;
use crate::app::persisted::Persisted;
use crate::app::state::{BadText, Now, State};
use crate::base::words::{failed_with, failure};
use crate::notify::wording::{is_local, why_left};
use crate::server::observation::Failure;
use crate::turns::fallback::{Fallback, RouteTransition};
use crate::turns::signal::{self, Source};

fn keep(state: &mut State, entry: Entry, effects: &mut Vec<Effect>) {
    state.entries += 1;
    effects.push(Effect::Remember(Record::Entry(entry)));
}

/// What one probe saw, whatever it means.
pub fn sample(state: &mut State, provider: &str, now: &Now, effects: &mut Vec<Effect>) {
    let (Some(server), Some(config)) = (state.servers.get(provider), state.config.provider(provider)) else { return };
    let availability = state.provider_availability(config);
    let latency_ms = server.latencies.back().copied().flatten();
    let sample =
        Sample { provider: provider.to_owned(), base_url: server.base_url.clone(), at: now.wall_ms, latency_ms, availability };
    let key = (sample.provider.clone(), sample.base_url.clone());
    state.day_stats.entry(key).or_default().add(&sample);
    effects.push(Effect::Remember(Record::Sample(sample)));
}

/// What was kept before this start comes before all that was seen since.
pub fn recall(state: &mut State, recalled: Recalled, now: &Now, effects: &mut Vec<Effect>) {
    for (server, older) in recalled.day_stats {
        let past = state.day_stats.entry(server).or_default();
        past.prepend(older);
        past.settle(now.wall_ms);
    }
    state.recall(Persisted::of(&recalled.values), now, effects);
    state.entries += 1;
}

pub fn turn(state: &mut State, turn: &RouteTransition, now: &Now, effects: &mut Vec<Effect>) {
    let entry = |what, about: &ModelRef, evidence: Option<&signal::SourceTimes>| {
        let name = state.config.name(about);
        Entry { evidence: sources(evidence), ..Entry::new(what, about.to_string(), name, now.wall_ms) }
    };
    let stranded = |requested: &ModelRef, why: String| {
        let evidence = state.fallbacks.stranded.get(requested).map(|it| &it.evidence);
        Entry { why: Some(why), ..entry(EntryKind::RouteExhausted, requested, evidence) }
    };
    let kept = match turn {
        RouteTransition::Nothing => return,
        RouteTransition::FellBack { from } | RouteTransition::Moved { from } => {
            let Some(fallback) = state.fallbacks.active.get(from) else { return };
            let mut kept = entry(EntryKind::FallbackStarted, from, Some(&fallback.evidence));
            kept.to = Some(state.config.name(&fallback.to));
            kept.why = Some(why_left(state, from, fallback));
            kept.left_machine = is_local(state, from) && !is_local(state, &fallback.to);
            if probe_agrees(state, from, fallback) && !kept.evidence.contains(&Evidence::Probe) {
                kept.evidence.push(Evidence::Probe);
            }
            kept
        }
        RouteTransition::Back { from, was } => {
            let mut kept = entry(EntryKind::FallbackEnded, from, Some(&was.evidence));
            kept.to = Some(state.config.name(&was.to));
            kept.lasted_ms = Some(now.wall_ms - was.since);
            kept.answers = was.answers.iter().map(|(model, n)| (state.config.name(model), *n)).collect();
            kept
        }
        RouteTransition::Exhausted { requested, failed } => {
            let why = failed.iter().map(|(model, reason)| failed_with(&state.config.name(model), reason, outage(state, model)));
            stranded(requested, why.collect::<Vec<_>>().join(", "))
        }
        RouteTransition::GaveUp { requested, on } => stranded(
            requested,
            format!("{} did not answer in time, and OpenClaw ended the turn without a fallback", state.config.name(on)),
        ),
        RouteTransition::Overflow { requested, on } => stranded(
            requested,
            format!("the prompt was longer than {} takes, and OpenClaw does not fall back on that", state.config.name(on)),
        ),
        RouteTransition::Stuck { on, waited_ms } => Entry { lasted_ms: Some(*waited_ms), ..entry(EntryKind::RunStuck, on, None) },
    };
    keep(state, kept, effects);
}

/// OpenClaw says nothing without its log.
fn sources(evidence: Option<&signal::SourceTimes>) -> Vec<Evidence> {
    let source = |it| match it {
        Source::Log => Evidence::Log,
        Source::Socket => Evidence::Socket,
        Source::Probe => Evidence::Probe,
    };
    let said: Vec<Evidence> = evidence.into_iter().flat_map(signal::SourceTimes::iter).map(|it| source(it.0)).collect();
    if said.is_empty() { vec![Evidence::Log] } else { said }
}

fn probe_agrees(state: &State, from: &ModelRef, fallback: &Fallback) -> bool {
    fallback.probe.is_some() || outage(state, from).is_some()
}

fn outage<'a>(state: &'a State, model: &ModelRef) -> Option<&'a Failure> {
    state.servers.get(&model.provider)?.health.outage().map(|it| it.1)
}

/// Every box, also one that no route uses; but one that OpenClaw starts when it needs it is not down when it is idle.
pub fn box_down(state: &mut State, provider: &str, now: &Now, effects: &mut Vec<Effect>) {
    if state.config.provider(provider).is_none_or(|it| it.on_demand) {
        return;
    }
    let why = state.servers.get(provider).and_then(|it| it.health.outage()).map(|it| failure(it.1));
    keep(state, Entry { why, ..box_entry(state, EntryKind::BoxDown, provider, now) }, effects);
}

pub fn box_up(state: &mut State, provider: &str, since: i64, now: &Now, effects: &mut Vec<Effect>) {
    if state.config.provider(provider).is_none_or(|it| it.on_demand) {
        return;
    }
    let lasted_ms = Some(now.wall_ms - since);
    keep(state, Entry { lasted_ms, ..box_entry(state, EntryKind::BoxUp, provider, now) }, effects);
}

fn box_entry(state: &State, what: EntryKind, provider: &str, now: &Now) -> Entry {
    Entry { evidence: vec![Evidence::Probe], ..Entry::new(what, provider, state.box_name(provider), now.wall_ms) }
}

/// A new good text; the first one of this start is no change.
pub fn config_changed(state: &mut State, hash: &str, differs: Vec<String>, now: &Now, effects: &mut Vec<Effect>) {
    let saved = state.saved.take().filter(|it| it.0 == hash);
    let (what, said) = match saved {
        Some((_, said)) => (EntryKind::ConfigSaved, said),
        None => (EntryKind::ConfigChanged, differs),
    };
    let why = Some(said.join(", ")).filter(|it| !it.is_empty());
    keep(state, Entry { why, ..file_entry(state, what, now) }, effects);
}

pub fn config_invalid(state: &mut State, text: &BadText, now: &Now, effects: &mut Vec<Effect>) {
    let why = Some(format!("line {}: {}", text.line, text.message));
    keep(state, Entry { why, ..file_entry(state, EntryKind::ConfigInvalid, now) }, effects);
}

fn file_entry(state: &State, what: EntryKind, now: &Now) -> Entry {
    Entry { evidence: vec![Evidence::File], ..Entry::new(what, state.file.path.clone(), state.file_name(), now.wall_ms) }
}
