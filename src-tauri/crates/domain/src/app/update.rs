//! The one place where anything changes: an event in, effects out.

use std::time::Duration;

use crate::ModelRef;
use crate::app::event::{Effect, Event, FileEvent};
use crate::app::persisted;
use crate::app::state::{LATENCIES, Now, Pulse, Reading, Server, State};
use crate::history::record;
use crate::intent::{Intent, Pause};
use crate::notify::notice::Code;
use crate::notify::settings::Settings;
use crate::notify::wording;
use crate::server::health::Health;
use crate::server::job;
use crate::server::job::JobProgress;
use crate::server::liveness_check;
use crate::server::machine::{self, Excuse};
use crate::server::observation::{Answer, Failure, Observation};
use crate::server::schedule::{self, hurry, start_probes};
use crate::server::upstream;
use crate::turns::listen;

/// Between two questions to a gateway that there is no link to.
const PULSE_EVERY: Duration = Duration::from_secs(30);

#[must_use]
pub fn update(state: &mut State, event: Event, now: Now) -> Vec<Effect> {
    machine::notice_time(state, &now);
    let mut effects = Vec::new();
    let is_past = matches!(event, Event::PastLog(_));
    match event {
        Event::Config(file) => take_file(state, file, &now, &mut effects),
        Event::Probed { provider, base_url, deep, observation } => {
            take_probe(state, &provider, &base_url, deep, observation, &now, &mut effects)
        }
        Event::Log(event) => listen::log(state, event, &now, true, &mut effects),
        Event::PastLog(event) => listen::log(state, event, &now, false, &mut effects),
        Event::Pulse { port, answer } => {
            state.pulse = Pulse { seen: Some((port, answer)), due: Some(now.mono + PULSE_EVERY), in_flight: false };
        }
        Event::Gateway(event) => listen::gateway(state, event, &now, &mut effects),
        Event::Recalled(recalled) => record::recall(state, *recalled, &now, &mut effects),
        Event::Shown(notice) => state.unshown.retain(|it| *it != notice),
        Event::ConfigRejected { aside, known } => crate::app::rejected_config::take(state, aside, known, &now, &mut effects),
        Event::Saved { hash, said } => {
            state.saved = Some((hash, said));
            state.aside = None;
            state.look_again = Some(now.mono + crate::app::rejected_config::LOOK_AFTER);
        }
        Event::Schema(it) => state.own_schema = Some(it),
        Event::Trusted(held) => state.trusted = held,
        Event::Settings(read) => take_settings(state, read),
        Event::Intent(intent) => take_intent(state, intent, &now, &mut effects),
        Event::Job { provider, id, news } => {
            let goes_on = matches!(news, JobProgress::Loading { .. });
            job::take(state, &provider, id, news, &now, &mut effects);
            if !goes_on {
                hurry(state, Some(&provider), &now);
            }
        }
        Event::Asked { provider, id, outcome } => liveness_check::take(state, &provider, id, outcome, &now, &mut effects),
        Event::Machine(it) => machine::take(state, it, &now),
        Event::Visible(visible) => {
            state.visible = visible;
            if visible {
                hurry(state, None, &now);
            }
        }
        Event::Tick => {}
    }
    if state.look_again.is_some_and(|at| at <= now.mono) {
        state.look_again = None;
        effects.push(Effect::LookAgain);
    }
    if state.paused_until.is_some_and(|until| until <= now.wall_ms) {
        state.paused_until = None;
    }
    // What the past leads to is known when all of it was read.
    if !is_past {
        for turn in state.fallbacks.tick(now.wall_ms) {
            wording::turn(state, turn, &now, &mut effects);
        }
    }
    wording::gathered(state, &now, &mut effects);
    listen::look_for_stuck(state, &now, &mut effects);
    state.jobs.retain(|_, it| it.is_running() || now.wall_ms < it.since + job::SHOWN_MS);
    start_probes(state, &now, &mut effects);
    if state.pulse_due().is_some_and(|due| due <= now.mono) {
        state.pulse.in_flight = true;
        effects.push(Effect::AskGateway);
    }
    persisted::keep(state, &now, &mut effects);
    effects
}

fn take_file(state: &mut State, file: FileEvent, now: &Now, effects: &mut Vec<Effect>) {
    let was = std::mem::take(&mut state.file.reading);
    state.file.reading = match file {
        // Our own echo, or an editor that saved what was there.
        FileEvent::Good { hash, .. } if was == Reading::Good && state.file.hash.as_ref() == Some(&hash) => Reading::Good,
        FileEvent::Good { hash, strict_json, config, problems } => {
            // It was put back.
            state.aside.take_if(|it| it.hash == hash);
            let before = state.file.hash.replace(hash.clone());
            state.file.strict_json = strict_json;
            state.file.good_since = Some(now.wall_ms);
            let differs = state.config.differs(&config);
            state.config = *config;
            state.problems = problems;
            follow_config(state, now);
            if before.is_some_and(|it| it != hash) {
                record::config_changed(state, &hash, differs, now, effects);
            }
            Reading::Good
        }
        FileEvent::Missing => Reading::Missing,
        FileEvent::Unreadable(why) => Reading::Unreadable(why),
        FileEvent::Bad(text) => {
            let fresh = was == Reading::Good;
            if fresh {
                wording::config_invalid(state, &text, now, effects);
                record::config_invalid(state, &text, now, effects);
            }
            Reading::Bad(text)
        }
    };
}

/// Servers follow the config: new ones are probed at once, gone ones forgotten, moved ones start over.
fn follow_config(state: &mut State, now: &Now) {
    let State { config, servers, .. } = state;
    let local = |id: &str| config.provider(id).filter(|it| it.is_local());
    servers.retain(|id, server| local(id).is_some_and(|it| it.base_url.as_deref() == Some(&server.base_url)));
    for provider in config.providers.iter().filter(|it| it.is_local()) {
        let server = servers.entry(provider.id.clone()).or_default();
        server.base_url = provider.base_url.clone().unwrap_or_default();
        // A key or a model may have changed with it.
        server.due = Some(now.mono);
        server.deep_due = now.mono;
        server.again |= server.in_flight;
    }
    let members: Vec<Vec<ModelRef>> = config.routes().map(|(_, route)| config.members(route)).collect();
    // A model that is in a route and not first in it is not asked first any more.
    let still_asked = |from: &ModelRef| {
        members.iter().any(|chain| chain.first() == Some(from)) || !members.iter().flatten().any(|it| it == from)
    };
    state.fallbacks.active.retain(|from, _| still_asked(from));
    state.fallbacks.stranded.retain(|from, _| still_asked(from));
    upstream::follow(state, now);
}

fn take_probe(state: &mut State, id: &str, base_url: &str, deep: bool, seen: Observation, now: &Now, effects: &mut Vec<Effect>) {
    if id == base_url && upstream::take(state, base_url, deep, &seen, now, effects) {
        return;
    }
    let before = small_contexts(state, id);
    let (excuse, every) = (state.excuse(base_url), state.every());
    let Some(server) = state.servers.get_mut(id).filter(|it| it.base_url == base_url) else { return };
    let was_down = server.health.is_down();
    let was_up = matches!(server.health, Health::Up | Health::Wavering { .. });
    let outage = server.health.outage().map(|(since, _)| since);
    let answers = !is_outage(&seen);
    let was_changed = shows_another_certificate(server);
    let lesson = learn(server, id, every, deep, seen, excuse, now);
    state.news += u32::from(lesson.is_news);
    if !lesson.is_proof {
        return;
    }
    let is_down = server.health.is_down();
    if !was_changed && shows_another_certificate(server) {
        wording::certificate_changed(state, id, now, effects);
    }
    upstream::follow(state, now);
    // One that refuses its key, or still loads, can't have answered either.
    let refuses = state.servers.get(id).is_some_and(|it| it.refusal.is_some());
    if is_down || refuses {
        state.fallbacks.saw_down(id);
    }
    record::sample(state, id, now, effects);
    match (was_up, was_down, is_down) {
        (true, _, true) => {
            record::box_down(state, id, now, effects);
            wording::box_down(state, id, now, effects);
        }
        (_, true, false) => {
            let since = outage.unwrap_or(now.wall_ms);
            record::box_up(state, id, since, now, effects);
            wording::box_up(state, id, since, now, effects);
        }
        _ => {}
    }
    if answers && !is_down && state.availability_of_primary_allows_return(id) {
        for turn in state.fallbacks.saw_ready(id) {
            wording::turn(state, turn, now, effects);
        }
    }
    wording::contexts(state, id, &before, now, effects);
    liveness_check::follow(state, id, deep, now, effects);
}

fn is_outage(seen: &Observation) -> bool {
    matches!(&seen.answer, Answer::Failed(why) if why.is_outage())
}

fn shows_another_certificate(server: &Server) -> bool {
    matches!(&server.refusal, Some(Failure::Untrusted(it)) if it.changed)
}

/// What an answer changes on its server.
pub(crate) struct Lesson {
    /// No miss that may be this machine's own.
    pub is_proof: bool,
    /// More than a latency is another one now.
    pub is_news: bool,
}

pub(crate) fn learn(
    server: &mut Server,
    id: &str,
    every: Duration,
    deep: bool,
    seen: Observation,
    excuse: Option<Excuse>,
    now: &Now,
) -> Lesson {
    server.in_flight = false;
    let first = server.rounds == 0;
    server.rounds = server.rounds.wrapping_add(1);
    let again = std::mem::take(&mut server.again);
    let misses = match &seen.answer {
        Answer::Failed(why) if why.is_outage() => Some(why.clone()),
        _ => None,
    };
    let was_unjudged = server.unjudged;
    if misses.is_some() && excuse.is_some() {
        server.unjudged |= excuse == Some(Excuse::Offline);
        server.due = Some(now.mono + schedule::DOUBT_EVERY);
        return Lesson { is_proof: false, is_news: first || server.unjudged != was_unjudged };
    }
    server.unjudged = false;
    let health = std::mem::take(&mut server.health);
    server.health = health.clone().after(misses.as_ref().map_or(Ok(()), Err), now.wall_ms);
    let is_news = first || was_unjudged || server.health != health;
    if server.latencies.len() >= LATENCIES {
        server.latencies.pop_front();
    }
    let millis = seen.latency.map(|it| u32::try_from(it.as_millis()).unwrap_or(u32::MAX));
    server.latencies.push_back(millis.filter(|_| misses.is_none()));
    let is_news = remember_answer(server, seen, deep) || is_news;
    schedule::schedule(server, id, every, deep, now);
    if again {
        server.due = Some(now.mono);
        server.deep_due = now.mono;
    }
    Lesson { is_proof: true, is_news }
}

/// Whether it is another answer than the one before.
fn remember_answer(server: &mut Server, seen: Observation, deep: bool) -> bool {
    let known = (server.kind, server.version.clone(), server.refusal.clone());
    let mut other_models = false;
    match seen.answer {
        Answer::Up(serving) => {
            server.kind = seen.kind.or(server.kind);
            server.version = seen.version.or_else(|| server.version.take());
            // A shallow probe says that it lives, and nothing of its models.
            if deep || serving.models.is_some() {
                other_models = server.serving.as_ref() != Some(&serving);
                server.serving = Some(serving);
            }
            if deep || !matches!(server.refusal, Some(Failure::AuthNeeded | Failure::AuthWrong)) {
                server.refusal = None;
            }
            server.misses_while_down = 0;
        }
        Answer::Failed(why) if why.is_outage() => {
            if server.health.is_down() {
                server.serving = None;
                server.refusal = None;
                server.misses_while_down = server.misses_while_down.saturating_add(1);
            }
        }
        Answer::Failed(why) => {
            server.kind = seen.kind.or(server.kind);
            server.refusal = Some(why);
            server.misses_while_down = 0;
        }
    }
    other_models || known != (server.kind, server.version.clone(), server.refusal.clone())
}

/// Only what it shows now: the click may be about an older certificate.
fn trust(state: &mut State, provider: &str, fingerprint: String, now: &Now, effects: &mut Vec<Effect>) {
    let Some(server) = state.servers.get(provider) else { return };
    if matches!(&server.refusal, Some(Failure::Untrusted(it)) if it.fingerprint == fingerprint) {
        effects.push(Effect::Trust { base_url: server.base_url.clone(), fingerprint });
        hurry(state, Some(provider), now);
    }
}

fn take_settings(state: &mut State, read: Result<Settings, String>) {
    match read {
        Ok(settings) => {
            if !state.interval_given {
                state.pace = settings.pace();
            }
            state.settings = settings;
            state.settings_fault = None;
        }
        Err(why) => state.settings_fault = Some(why),
    }
}

fn take_intent(state: &mut State, intent: Intent, now: &Now, effects: &mut Vec<Effect>) {
    match intent {
        Intent::CheckNow { provider } => hurry(state, provider.as_deref(), now),
        Intent::Job { job, model } => job::begin(state, job, &model, now, effects),
        Intent::Trust { provider, fingerprint } => trust(state, &provider, fingerprint, now, effects),
        Intent::Forget { origin } => {
            effects.push(Effect::Forget { origin });
            hurry(state, None, now);
        }
        Intent::CancelJob { provider } => {
            job::cancel(state, &provider, effects);
            hurry(state, Some(&provider), now);
        }
        Intent::Pause(None) => state.paused_until = None,
        Intent::Pause(Some(Pause::Hour)) => state.paused_until = Some(now.wall_ms + 3_600_000),
        Intent::Pause(Some(Pause::Tomorrow)) => state.paused_until = Some(tomorrow_at_eight(now)),
        Intent::Open(show) => effects.push(Effect::Show(show)),
        Intent::CopyText(text) => effects.push(Effect::CopyText(text)),
        Intent::Mute(provider) => {
            if !state.settings.muted.contains(&provider) {
                state.settings.muted.push(provider);
                effects.push(Effect::SaveSettings(state.settings.clone()));
            }
        }
        Intent::Quit => effects.push(Effect::Quit),
    }
}

fn tomorrow_at_eight(now: &Now) -> i64 {
    const DAY: i64 = 86_400_000;
    let offset = i64::from(now.utc_offset_s) * 1_000;
    let midnight = (now.wall_ms + offset).div_euclid(DAY) * DAY;
    midnight + DAY + 8 * 3_600_000 - offset
}

fn small_contexts(state: &State, provider: &str) -> Vec<(ModelRef, bool)> {
    let Some(provider) = state.config.provider(provider) else { return Vec::new() };
    let known = provider.models.iter().map(|it| ModelRef::new(&provider.id, &it.id)).filter(|it| state.context(it).is_some());
    known
        .map(|it| {
            let small = state.small_context(&it).is_some();
            (it, small)
        })
        .collect()
}

impl State {
    /// A server that answers and still refuses its primary has not brought it back.
    fn availability_of_primary_allows_return(&self, provider: &str) -> bool {
        use crate::server::availability::Outlook;
        let mut waiting = self.fallbacks.active.keys().filter(|it| it.provider == provider);
        waiting.all(|it| self.availability(it).outlook() == Outlook::Answers)
    }

    pub(crate) fn may_tell(&mut self, code: Code, subject: &str, now: &Now) -> bool {
        /// The same notice at most once in this time.
        const QUIET: Duration = Duration::from_secs(300);
        if self.paused_until.is_some_and(|until| now.wall_ms < until) && !code.is_urgent() {
            return false;
        }
        if !self.settings.allow(code, subject, now) {
            return false;
        }
        let key = (code, subject.to_owned());
        if self.told.get(&key).is_some_and(|at| now.mono < *at + QUIET) {
            return false;
        }
        self.told.insert(key, now.mono);
        true
    }
}
