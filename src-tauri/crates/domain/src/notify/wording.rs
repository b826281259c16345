//! Turns changes into notices: what is worth telling, and in which words.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::ModelRef;
use crate::app::event::Effect;
use crate::app::state::{BadText, Now, State};
use crate::base::locality;
use crate::base::words::{self, clock, count, duration, failed_with, left_because, list, short_tokens};
use crate::history::record;
use crate::notify::notice::{Code, Notice};
use crate::turns::fallback::{Fallback, RouteTransition};
use crate::turns::signal::Reason;

pub(crate) fn tell(
    state: &mut State,
    now: &Now,
    effects: &mut Vec<Effect>,
    code: Code,
    subject: &str,
    title: String,
    body: String,
) {
    if state.may_tell(code, subject, now) {
        let notice = Notice { code, subject: subject.to_owned(), title, body, at: now.wall_ms };
        if let Some(notice) = state.gathered.take(notice, state.settings.group, now) {
            effects.push(Effect::Notify(notice));
        }
    }
}

/// Several at once are told as two: the first, at once, and the rest as one.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Gathered {
    /// By code: what was told or waits, and until when more is gathered.
    groups: BTreeMap<Code, Group>,
}

#[derive(Clone, Debug, PartialEq)]
struct Group {
    until: Duration,
    titles: Vec<String>,
    waiting: Vec<Notice>,
}

impl Gathered {
    /// Gives it back if it is to be told at once.
    fn take(&mut self, notice: Notice, group: bool, now: &Now) -> Option<Notice> {
        const TOGETHER: Duration = Duration::from_secs(5);
        if !group || notice.code.is_urgent() {
            return Some(notice);
        }
        match self.groups.get_mut(&notice.code) {
            Some(group) if now.mono < group.until => {
                // Two agents that fell back to the same model are one piece of news.
                if !group.titles.contains(&notice.title) {
                    group.titles.push(notice.title.clone());
                    group.waiting.push(notice);
                }
                None
            }
            _ => {
                let group = Group { until: now.mono + TOGETHER, titles: vec![notice.title.clone()], waiting: Vec::new() };
                self.groups.insert(notice.code, group);
                Some(notice)
            }
        }
    }

    pub(crate) fn due(&self) -> Option<Duration> {
        self.groups.values().filter(|it| !it.waiting.is_empty()).map(|it| it.until).min()
    }
}

pub fn gathered(state: &mut State, now: &Now, effects: &mut Vec<Effect>) {
    let over: Vec<Code> = state.gathered.groups.iter().filter(|it| it.1.until <= now.mono).map(|it| *it.0).collect();
    for code in over {
        let waiting = state.gathered.groups.remove(&code).map(|it| it.waiting).unwrap_or_default();
        let titles: Vec<&str> = waiting.iter().map(|it| it.title.as_str()).collect();
        let (title, body) = (format!("{} more", waiting.len()), titles.join(". ") + ".");
        match <[Notice; 1]>::try_from(waiting) {
            Ok([only]) => effects.push(Effect::Notify(only)),
            Err(many) => effects.extend(many.into_iter().next().map(|it| Effect::Notify(Notice { title, body, ..it }))),
        }
    }
}

pub fn turn(state: &mut State, turn: RouteTransition, now: &Now, effects: &mut Vec<Effect>) {
    record::turn(state, &turn, now, effects);
    match turn {
        RouteTransition::Nothing => {}
        RouteTransition::FellBack { from } | RouteTransition::Moved { from } => {
            let Some(fallback) = state.fallbacks.active.get(&from) else { return };
            let title = format!("Fell back to {}", state.config.name(&fallback.to));
            let price = price_of_turn(state, &from, &fallback.to).map(|it| format!(" {it}.")).unwrap_or_default();
            let body = format!("{} {}{price}", why_left(state, &from, fallback), where_to(state, &from, &fallback.to).0);
            let subject = format!("{from} > {}", fallback.to);
            tell(state, now, effects, Code::FallbackStarted, &subject, title, body);
        }
        RouteTransition::Back { from, was } => {
            let title = format!("Back on {}", state.config.name(&from));
            let answers: Vec<String> = was
                .answers
                .iter()
                .map(|(model, n)| format!("{} from {}", count(*n as usize, "answer", "answers"), state.config.name(model)))
                .collect();
            let lasted = duration(Duration::from_millis(u64::try_from(now.wall_ms - was.since).unwrap_or(0)));
            let body = format!("after {lasted}, {}", list(&answers));
            tell(state, now, effects, Code::FallbackEnded, &from.to_string(), title, body);
        }
        RouteTransition::Exhausted { requested, failed } => {
            let body: Vec<String> = failed
                .iter()
                .map(|(model, reason)| format!("{}.", failed_with(&state.config.name(model), reason, outage(state, model))))
                .collect();
            no_answer(state, now, effects, &requested, body.join(" "));
        }
        RouteTransition::GaveUp { requested, on } => {
            let body = format!(
                "{} did not answer in time, and OpenClaw ended the turn without a fallback. Set timeoutSeconds of {} to 30 or more.",
                state.config.name(&on),
                on.provider
            );
            no_answer(state, now, effects, &requested, body);
        }
        RouteTransition::Overflow { requested, on } => {
            let body = format!(
                "The prompt is longer than {} takes, and OpenClaw does not fall back on that. Start afresh with /new, or serve more context.",
                state.config.name(&on)
            );
            no_answer(state, now, effects, &requested, body);
        }
        RouteTransition::Stuck { on, waited_ms } => {
            let title = format!("OpenClaw is waiting for {}", state.config.name(&on));
            let waited = duration(Duration::from_millis(u64::try_from(waited_ms).unwrap_or(0)));
            let body =
                format!("It has not answered for {waited}, and OpenClaw will not fall back by itself. Set timeoutSeconds.");
            tell(state, now, effects, Code::RunStuck, &on.to_string(), title, body);
        }
    }
}

fn no_answer(state: &mut State, now: &Now, effects: &mut Vec<Effect>, requested: &ModelRef, body: String) {
    tell(state, now, effects, Code::RouteExhausted, &requested.to_string(), "No model answered".to_owned(), body);
}

/// "Local did not answer (connection refused)." for the primary, then the fallbacks that failed too.
pub fn why_left(state: &State, from: &ModelRef, fallback: &Fallback) -> String {
    let unknown = Reason::default();
    let mut failed: Vec<(&ModelRef, &Reason)> = fallback.failed.iter().map(|it| (&it.0, &it.1)).collect();
    if failed.is_empty() {
        failed.push((from, &unknown));
    }
    let sentences = failed.iter().map(|(model, reason)| {
        let probe = if *model == from { fallback.probe.as_ref().or(outage(state, model)) } else { outage(state, model) };
        if reason.code.is_empty() {
            format!("{} did not answer.", state.config.name(model))
        } else {
            left_because(&state.config.name(model), reason, probe)
        }
    });
    sentences.collect::<Vec<_>>().join(" ")
}

/// What the move means for privacy and for cost: as a sentence, and as a fact in a row of facts.
pub fn where_to(state: &State, from: &ModelRef, to: &ModelRef) -> (&'static str, &'static str) {
    match (is_local(state, from), is_local(state, to)) {
        (true, false) => ("Requests now leave this machine.", "requests leave this machine"),
        (false, true) => ("Your box answers.", "your box answers"),
        (true, true) => ("Another of your boxes answers.", "another of your boxes answers"),
        (false, false) => ("Another hosted model answers.", "another hosted model answers"),
    }
}

/// What a turn on a hosted model costs at the least, as a sentence without its full stop: OpenClaw's own prompt is about 19,000 tokens
/// (2026.9.6, measured). Only where the box was to answer and the model has a price.
pub fn price_of_turn(state: &State, from: &ModelRef, to: &ModelRef) -> Option<String> {
    const PROMPT: f64 = 19_000.0;
    let (input, _) = state.config.model(to)?.cost.filter(|it| it.0 > 0.0)?;
    if !is_local(state, from) || is_local(state, to) {
        return None;
    }
    let dollars = input * PROMPT / 1e6;
    Some(if dollars < 0.005 {
        "A turn costs less than a cent".to_owned()
    } else {
        format!("A turn costs about ${dollars:.2} or more")
    })
}

pub fn is_local(state: &State, model: &ModelRef) -> bool {
    state.config.provider(&model.provider).is_some_and(crate::config::Provider::is_local)
}

fn outage<'a>(state: &'a State, model: &ModelRef) -> Option<&'a crate::server::observation::Failure> {
    state.servers.get(&model.provider)?.health.outage().map(|it| it.1)
}

pub fn box_down(state: &mut State, provider: &str, now: &Now, effects: &mut Vec<Effect>) {
    let Some(config) = state.config.provider(provider) else { return };
    if !state.config.uses(provider) || config.on_demand {
        return;
    }
    let Some((since, why)) = state.servers.get(provider).and_then(|it| it.health.outage()) else { return };
    let title = format!("{} stopped answering", state.box_name(provider));
    let body = format!("{} since {}. {}", words::failure(why), clock(since, now), cost_of_outage(state, provider));
    if let Some(server) = state.servers.get_mut(provider) {
        server.told_down = true;
    }
    tell(state, now, effects, Code::BoxDown, provider, title, body);
}

/// What an outage costs the next turn (OpenClaw 2026.9.6, measured).
pub fn cost_of_outage(state: &State, provider: &str) -> &'static str {
    use crate::server::observation::Failure;
    let chain = state.config.chain();
    if chain.first().is_none_or(|it| it.provider != provider) {
        return "It is only a fallback, so nothing is lost now: your safety net has a hole.";
    }
    if chain.iter().all(|it| it.provider == provider) {
        return "No fallback is set, so OpenClaw can't answer.";
    }
    let hangs = state.servers.get(provider).and_then(|it| it.health.outage()).is_some_and(|it| *it.1 == Failure::TimedOut);
    let timeout = state.config.provider(provider).and_then(|it| it.timeout_seconds);
    let loopback = state.servers.get(provider).is_some_and(|it| locality::is_local(&it.base_url));
    match (hangs, timeout) {
        (true, None) if loopback => "OpenClaw would wait for it without end. Set timeoutSeconds.",
        (true, Some(s)) if s < 30 => {
            "OpenClaw would end the turn with an error and no fallback. Set timeoutSeconds to 30 or more."
        }
        (true, _) => "OpenClaw would lose some minutes on each turn before it falls back.",
        (false, _) => "OpenClaw would lose about 80 s on each turn before it falls back.",
    }
}

/// Someone else may be answering there.
pub fn certificate_changed(state: &mut State, provider: &str, now: &Now, effects: &mut Vec<Effect>) {
    let title = format!("{} shows another certificate", state.box_name(provider));
    let body =
        "It is not the one you trusted, so nothing was sent to it. Compare the fingerprint before you trust it.".to_owned();
    tell(state, now, effects, Code::CertificateChanged, provider, title, body);
}

pub fn box_up(state: &mut State, provider: &str, since: i64, now: &Now, effects: &mut Vec<Effect>) {
    let Some(server) = state.servers.get_mut(provider) else { return };
    if !std::mem::take(&mut server.told_down) {
        return;
    }
    let title = format!("{} is back", state.box_name(provider));
    let body = format!("after {}", duration(Duration::from_millis(u64::try_from(now.wall_ms - since).unwrap_or(0))));
    tell(state, now, effects, Code::BoxUp, provider, title, body);
}

/// A model of the route is served with less context than before, and with less than the config says.
pub fn contexts(state: &mut State, provider: &str, before: &[(ModelRef, bool)], now: &Now, effects: &mut Vec<Effect>) {
    for (model, was_small) in before {
        if *was_small || !state.config.uses(provider) {
            continue;
        }
        if let Some((served, configured)) = state.small_context(model) {
            let title = format!("{} serves {} of {}", state.box_name(provider), short_tokens(served), short_tokens(configured));
            let body = "Longer prompts fail, and OpenClaw does not fall back on that.".to_owned();
            tell(state, now, effects, Code::ContextSmall, &model.to_string(), title, body);
        }
    }
}

pub fn config_invalid(state: &mut State, text: &BadText, now: &Now, effects: &mut Vec<Effect>) {
    let file = state.file_name();
    let body = format!("line {}: {}. OpenClaw keeps the last good config.", text.line, text.message);
    tell(state, now, effects, Code::ConfigInvalid, "config", format!("{file} has an error"), body);
}

impl State {
    /// What a person calls the server: its kind where that is a product, with the provider's id where two are of one kind.
    #[must_use]
    pub fn box_name(&self, provider: &str) -> String {
        let kind = self.servers.get(provider).and_then(|it| it.kind).filter(|it| *it != crate::Kind::Generic);
        let Some(kind) = kind else { return provider.to_owned() };
        let has_twin = self.servers.values().filter(|it| it.kind == Some(kind)).nth(1).is_some();
        if has_twin { format!("{provider} ({})", kind.label()) } else { kind.label().to_owned() }
    }

    #[must_use]
    pub fn file_name(&self) -> &str {
        self.file.path.rsplit(['/', '\\']).next().filter(|it| !it.is_empty()).unwrap_or("openclaw.json")
    }
}
