//! The one place where anything changes: an event in, effects out.

use std::time::Duration;

use crate::app::event::{Effect, Event, FileEvent};
use crate::app::persisted;
use crate::app::state::State;
use crate::base::Now;
use crate::config::{Problem, Reading, lint};
use crate::history::Record;
use crate::intent::{Intent, Pause};
use crate::notify::Lasting;
use crate::notify::settings::Settings;
use crate::server::job::JobProgress;
use crate::server::observation::{Failure, Observation};
use crate::server::{ServerTransition, Servers};
use crate::transition::{RejectedConfig, Situation, Transition};
use crate::turns::gateway_connection::GatewayEvent;
use crate::turns::signal::{LogEvent, TurnSignal};

/// After a save: OpenClaw 2026.9.6 takes a changed file up within this time (measured).
const LOOK_AFTER: Duration = Duration::from_secs(2);

#[must_use]
pub fn update(state: &mut State, event: Event, now: Now) -> Vec<Effect> {
    if let Some(by_ms) = state.fleet.notice_time(&now) {
        state.notify.clock_set(by_ms);
    }
    let mut effects = Vec::new();
    let is_past = matches!(event, Event::PastLog(_));
    take(state, event, &now, &mut effects);
    follow_release(state);
    tick(state, is_past, &now, &mut effects);
    persisted::keep(state, &now, &mut effects);
    effects
}

/// The one ladder: what happened is kept in the history and told, both from the same value.
pub(super) fn happen(state: &mut State, transition: impl Into<Transition>, now: &Now, effects: &mut Vec<Effect>) {
    let transition = transition.into();
    let State { history, notify, preferences, config, fleet, file, turns, .. } = state;
    let situation = Situation { servers: Servers { config, fleet }, release: turns.release, file, now };
    effects.extend(history.take(&transition, situation).map(|it| Effect::Remember(Record::Entry(it))));
    effects.extend(notify.take(&transition, situation, &preferences.settings).map(Effect::Notify));
}

fn happen_all(
    state: &mut State,
    transitions: impl IntoIterator<Item = impl Into<Transition>>,
    now: &Now,
    effects: &mut Vec<Effect>,
) {
    transitions.into_iter().for_each(|it| happen(state, it, now, effects));
}

fn take(state: &mut State, event: Event, now: &Now, effects: &mut Vec<Effect>) {
    match event {
        Event::Config(file) => take_file(state, file, now, effects),
        Event::Probed { provider, base_url, deep, observation } => {
            take_probe(state, &provider, &base_url, deep, observation, now, effects);
        }
        Event::Log(event) => take_log(state, event, true, now, effects),
        Event::PastLog(event) => take_log(state, event, false, now, effects),
        Event::Pulse { port, answer } => state.turns.take_pulse(port, answer, now),
        Event::Gateway(event) => take_gateway(state, event, now, effects),
        Event::Recalled(recalled) => effects.extend(state.recall(*recalled, now)),
        Event::Shown(notice) => state.notify.shown(&notice),
        Event::ConfigRejected { rejected, known } => take_rejected(state, rejected, known, now, effects),
        Event::Saved { hash, said } => {
            state.save.expected = Some((hash, said));
            state.save.look_again = Some(now.mono + LOOK_AFTER);
            state.rejected = None;
        }
        Event::Schema(schema) => state.installed_schema = Some(schema),
        Event::Trusted(held) => state.fleet.trusted = held,
        Event::Settings(read) => take_settings(state, read),
        Event::Intent(intent) => take_intent(state, intent, now, effects),
        Event::Job { provider, id, progress } => {
            let goes_on = matches!(progress, JobProgress::Loading { .. });
            let ended = state.fleet.job_progressed(&provider, id, progress);
            happen_all(state, ended, now, effects);
            if !goes_on {
                hurry(state, Some(&provider), now);
            }
        }
        Event::Asked { provider, id, outcome } => {
            let ended = state.fleet.check_ended(&provider, id, outcome, now);
            happen_all(state, ended, now, effects);
        }
        Event::Machine(machine) => state.fleet.take_machine(machine, &state.config, now),
        Event::Visible(visible) => {
            state.fleet.visible = visible;
            if visible {
                hurry(state, None, now);
            }
        }
        Event::Tick => {}
    }
}

/// Applies what time alone changes.
fn tick(state: &mut State, is_past: bool, now: &Now, effects: &mut Vec<Effect>) {
    if state.save.look_again.take_if(|at| *at <= now.mono).is_some() {
        effects.push(Effect::LookAgain);
    }
    // What the past leads to is known when all of it was read.
    if !is_past {
        let settled = state.turns.tick(now);
        happen_all(state, settled, now, effects);
    }
    effects.extend(state.notify.tick(now).into_iter().map(Effect::Notify));
    if !is_past {
        tell_what_lasts(state, now, effects);
    }
    let stuck = state.turns.look_for_stuck(Servers { config: &state.config, fleet: &state.fleet }, now);
    happen_all(state, stuck, now, effects);
    state.fleet.forget_old(now);
    effects.extend(state.fleet.due_probes(&state.config, now).into_iter().map(Effect::Probe));
    let State { turns, config, fleet, .. } = state;
    if turns.begin_pulse(Servers { config, fleet }, now) {
        effects.push(Effect::AskGateway);
    }
}

/// Which OpenClaw answers may be known better by now, and with it what is wrong with the file.
fn follow_release(state: &mut State) {
    let release = state.release();
    let before = std::mem::replace(&mut state.turns.release, release);
    if release == before {
        return;
    }
    let (before, after) = (lint(&state.config, before), lint(&state.config, release));
    let gone: Vec<_> = before.iter().filter(|it| !after.contains(it)).collect();
    let line = |problem: &Problem| state.problems.iter().find(|it| it.at == problem.at).and_then(|it| it.line);
    let fresh = after.iter().filter(|it| !before.contains(it)).map(|it| Problem { line: line(it), ..it.clone() });
    let fresh: Vec<_> = fresh.collect();
    state.problems.retain(|known| !gone.iter().any(|it| Problem { line: known.line, ..(*it).clone() } == *known));
    state.problems.extend(fresh);
}

/// Tells what began in a quiet time and lasts, what ended and could not be told then, and what a restart has missed the end of.
fn tell_what_lasts(state: &mut State, now: &Now, effects: &mut Vec<Effect>) {
    let due = state.notify.due(now);
    let due: Vec<(Lasting, Transition)> =
        due.into_iter().filter_map(|it| state.lasting(&it, now).map(|transition| (it, transition))).collect();
    let ended = state.unnoticed_ends();
    happen_all(state, ended, now, effects);
    let State { notify, preferences, config, fleet, file, turns, .. } = state;
    let situation = Situation { servers: Servers { config, fleet }, release: turns.release, file, now };
    let again = due
        .into_iter()
        .filter_map(|(lasting, it)| notify.take_late(lasting, &it, situation, &preferences.settings))
        .collect::<Vec<_>>();
    effects.extend(again.into_iter().map(Effect::Notify));
    effects.extend(notify.due_ends(situation, &preferences.settings).into_iter().map(Effect::Notify));
    let over: Vec<_> = state.notify.ledger.all().filter(|it| !state.may_last(it)).cloned().collect();
    over.iter().for_each(|it| state.notify.ledger.forget(it));
}

fn take_file(state: &mut State, file: FileEvent, now: &Now, effects: &mut Vec<Effect>) {
    let was = std::mem::take(&mut state.file.reading);
    state.file.reading = match file {
        // Our own echo, or an editor that saved what was there.
        FileEvent::Good { hash, .. } if was == Reading::Good && state.file.hash.as_ref() == Some(&hash) => Reading::Good,
        FileEvent::Good { hash, strict_json, config, problems } => {
            // It was put back.
            state.rejected.take_if(|it| it.hash == hash);
            let before = state.file.hash.replace(hash.clone());
            state.file.strict_json = strict_json;
            state.file.good_since = Some(now.wall_ms);
            let differences = state.config.change_summary(&config);
            state.config = *config;
            state.problems = problems;
            state.fleet.follow_config(&state.config, now);
            state.turns.pulse.due.get_or_insert(now.mono);
            state.turns.release = state.config.release;
            follow_release(state);
            state.turns.follow_config(&state.config);
            // The first one of this start is no change.
            if before.is_some_and(|it| it != hash) {
                let saved = state.save.expected.take().filter(|it| it.0 == hash);
                let saved_here = saved.is_some();
                let summary = saved.map_or(differences, |it| it.1);
                happen(state, Transition::ConfigChanged { saved_here, summary }, now, effects);
            }
            Reading::Good
        }
        FileEvent::Missing => Reading::Missing,
        FileEvent::Unreadable(why) => Reading::Unreadable(why),
        FileEvent::Bad(text) => {
            if was == Reading::Good {
                happen(state, Transition::ConfigInvalid(text.clone()), now, effects);
            }
            Reading::Bad(text)
        }
    };
}

fn take_probe(state: &mut State, id: &str, base_url: &str, deep: bool, seen: Observation, now: &Now, effects: &mut Vec<Effect>) {
    // A server behind a router is asked in the name of its own address.
    if id == base_url
        && let Some(transitions) = state.fleet.upstream_probed(base_url, deep, &seen, &state.config, now)
    {
        note_outages(state);
        happen_all(state, transitions, now, effects);
        return;
    }
    let Some(probed) = state.fleet.probed(id, base_url, deep, seen, &state.config, now) else { return };
    note_outages(state);
    let State { history, config, fleet, .. } = state;
    let sample = history.sample(id, Servers { config, fleet }, now);
    effects.extend(sample.map(|it| Effect::Remember(Record::Sample(it))));
    let (contexts, others): (Vec<_>, Vec<_>) =
        probed.transitions.into_iter().partition(|it| matches!(it, ServerTransition::ContextSmall { .. }));
    happen_all(state, others, now, effects);
    if probed.is_up && state.primaries_answer(id) {
        let back = state.turns.saw_ready(id);
        happen_all(state, back, now, effects);
    }
    happen_all(state, contexts, now, effects);
    let awaited = state.turns.awaits(id, state.servers());
    let enabled = state.preferences.settings.check_answers;
    let check = state.fleet.begin_check(id, deep, enabled, awaited, &state.config, now);
    effects.extend(check.map(Effect::Ask));
}

fn note_outages(state: &mut State) {
    let State { turns, config, fleet, .. } = state;
    let servers = Servers { config, fleet };
    turns.fallbacks.note_outages(|it| servers.is_out(it));
}

fn take_log(state: &mut State, mut event: LogEvent, live: bool, now: &Now, effects: &mut Vec<Effect>) {
    if let LogEvent::Signal(signal) = &mut event {
        note_signal(state, signal, live, now);
    }
    let State { turns, config, fleet, .. } = state;
    let transitions = turns.log(event, live, Servers { config, fleet }, now);
    happen_all(state, transitions, now, effects);
}

fn take_gateway(state: &mut State, mut event: GatewayEvent, now: &Now, effects: &mut Vec<Effect>) {
    match &mut event {
        GatewayEvent::Signal(signal) => note_signal(state, signal, true, now),
        GatewayEvent::Sessions(signals) => signals.iter_mut().for_each(|it| note_signal(state, it, false, now)),
        GatewayEvent::Connection { .. } => {}
    }
    let State { turns, config, fleet, .. } = state;
    let transitions = turns.gateway(event, Servers { config, fleet }, now);
    happen_all(state, transitions, now, effects);
}

fn note_signal(state: &mut State, signal: &mut TurnSignal, live: bool, now: &Now) {
    if live {
        signal.mend_time(now.wall_ms);
    }
    if let Some(model) = signal.answered_by() {
        let model = state.config.spelled(model);
        state.fleet.note_answer(&model, signal.at);
        if live {
            state.fleet.believe_answer(&model.provider, signal.at, now);
        }
    }
}

fn take_rejected(state: &mut State, rejected: RejectedConfig, known: bool, now: &Now, effects: &mut Vec<Effect>) {
    let is_old = state.rejected.as_ref().is_some_and(|it| it.at >= rejected.at);
    if is_old || state.file.hash.as_ref() == Some(&rejected.hash) {
        return;
    }
    if !known {
        happen(state, Transition::ConfigRejected(rejected.clone()), now, effects);
    }
    state.rejected = Some(rejected);
}

fn take_settings(state: &mut State, read: Result<Settings, String>) {
    let preferences = &mut state.preferences;
    match read {
        Ok(settings) => {
            if !preferences.interval_given {
                state.fleet.pace = settings.pace();
            }
            preferences.settings = settings;
            preferences.fault = None;
        }
        Err(why) => preferences.fault = Some(why),
    }
}

/// Looks at once: a person asked, or something changed. `None`: at all servers and the gateway.
fn hurry(state: &mut State, provider: Option<&str>, now: &Now) {
    if provider.is_none() {
        state.turns.pulse.due = Some(now.mono);
    }
    state.fleet.hurry(provider, &state.config, now);
}

fn take_intent(state: &mut State, intent: Intent, now: &Now, effects: &mut Vec<Effect>) {
    match intent {
        Intent::CheckNow { provider } => hurry(state, provider.as_deref(), now),
        Intent::Job { job, model } => {
            effects.extend(state.fleet.begin_job(job, &model, &state.config, now).map(Effect::Job));
        }
        Intent::Trust { provider, fingerprint } => trust(state, &provider, fingerprint, now, effects),
        Intent::Forget { origin } => {
            effects.push(Effect::Forget { origin });
            hurry(state, None, now);
        }
        Intent::CancelJob { provider } => {
            effects.extend(state.fleet.cancel_job(&provider).map(Effect::StopJob));
            hurry(state, Some(&provider), now);
        }
        Intent::Pause(pause) => {
            state.notify.paused_until = pause.map(|it| match it {
                Pause::Hour => now.wall_ms + 3_600_000,
                Pause::Tomorrow => tomorrow_at_eight(now),
            });
        }
        Intent::Open(show) => effects.push(Effect::Show(show)),
        Intent::CopyText(text) => effects.push(Effect::CopyText(text)),
        Intent::Mute(provider) => {
            let settings = &mut state.preferences.settings;
            if !settings.muted.contains(&provider) {
                settings.muted.push(provider);
                effects.push(Effect::SaveSettings(settings.clone()));
            }
        }
        Intent::Quit => effects.push(Effect::Quit),
    }
}

/// Trusts only what the server shows now: the click may be about an older certificate.
fn trust(state: &mut State, provider: &str, fingerprint: String, now: &Now, effects: &mut Vec<Effect>) {
    let Some(server) = state.servers().get(provider) else { return };
    if matches!(&server.refusal, Some(Failure::Untrusted(it)) if it.fingerprint == fingerprint) {
        effects.push(Effect::Trust { base_url: server.base_url.clone(), fingerprint });
        hurry(state, Some(provider), now);
    }
}

fn tomorrow_at_eight(now: &Now) -> i64 {
    const DAY: i64 = 86_400_000;
    let offset = i64::from(now.utc_offset_s) * 1_000;
    let midnight = (now.wall_ms + offset).div_euclid(DAY) * DAY;
    midnight + DAY + 8 * 3_600_000 - offset
}
