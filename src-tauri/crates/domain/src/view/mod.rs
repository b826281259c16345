//! Makes the view: every word that a person reads about the state, in one place.

mod backups;
mod boxes;
mod config_page;
mod contexts;
pub mod discovery;
pub mod doctor;
pub(crate) mod gateway;
mod history;
mod keys;
pub mod menu;
mod models;
mod preferences;
mod providers;
mod rejected_config;
mod routes;
mod settings;
pub mod status;
mod trust;
pub mod types;
mod uptime;
mod work;

use std::time::Duration;

use crate::ModelRef;
use crate::RouteState;
use crate::app::state::State;
use crate::base::Now;
use crate::base::change::Change;
use crate::base::locality;
use crate::base::words::{self, clock, count, list, minutes};
use crate::server;
use crate::server::availability::{Availability, Outlook};
use crate::server::machine::Excuse;
use crate::turns::{self, Destination, OutageCost, price_of_turn, why_left};
pub(crate) use config_page::problem;
pub(crate) use contexts::problem as context_problem;
pub(crate) use keys::{key_tag, value_tag};
pub(crate) use models::runtime_problems;
pub use types::View;
use types::{Fact, Fix, Mark, Note, Severity, Shape};

#[must_use]
pub fn view(state: &State, now: &Now) -> View {
    let route = state.route();
    let (headline, detail) = sentence(state, &route, now);
    View {
        overall: route.overall,
        headline,
        detail,
        note: note(state, &route),
        gateway: gateway::gateway(state, now),
        config: config_page::config(state, now),
        hops: routes::hops(state, &route, now),
        boxes: boxes::boxes(state, now),
        models: models::rows(state, now),
        providers: providers::rows(state, now),
        routes: routes::routes(state, now),
        doctor: crate::view::doctor::doctor_view(state),
        followers: state.config.followers.clone(),
        history: state.history.revision,
        settings: preferences::settings(state),
        paused: state.notify.paused_until.map(|until| format!("Notifications are paused until {}", clock(until, now))),
    }
}

/// Which model answers now, in one sentence, and the facts behind it.
pub(crate) fn sentence(state: &State, route: &RouteState, now: &Now) -> (String, Vec<Fact>) {
    if let Some(told) = config_page::headline(state) {
        return told;
    }
    if let Some(told) = trouble(state, now) {
        return told;
    }
    if let Some((from, fallback)) = state.turns.leading_fallback(&state.config) {
        let ago = minutes(since(fallback.since, now)).map_or_else(|| "just now".to_owned(), |it| format!("{it} ago"));
        let answers: Vec<String> = fallback
            .answers
            .iter()
            .map(|(model, n)| format!("{} from {}", count(*n as usize, "answer", "answers"), state.config.name(model)))
            .collect();
        let facts = vec![
            said(why_left(state.servers(), from, fallback).trim_end_matches('.')),
            said(list(&answers)),
            said(Destination::of(state.servers(), from, &fallback.to).fact()),
        ];
        let price = price_of_turn(state.servers(), from, &fallback.to).map(|it| said(lower_first(&it)));
        let facts = facts.into_iter().chain(price).chain(whose(state, &fallback.agents)).collect();
        return (format!("OpenClaw fell back to {} {ago}", state.config.name(&fallback.to)), facts);
    }
    if let Some((model, retry)) = state.turns.retrying() {
        let headline = format!("OpenClaw is asking {} again", state.config.name(model));
        return (headline, vec![said(format!("attempt {} of {}", retry.n, retry.of)), said(turns::retry(&retry.reason))]);
    }
    let Some(primary) = route.chain.first() else {
        return (
            "No primary model is set".to_owned(),
            vec![said("OpenClaw uses its built-in default. Choose a model on the Route page.")],
        );
    };
    let name = state.config.name(primary);
    let availability = state.servers().availability(primary);
    let reference = Fact { text: primary.to_string(), mono: true };
    let place = |model: &ModelRef| said(where_it_runs(state, model));
    match (availability.outlook(), &route.effective) {
        (Outlook::Answers, _) => (format!("OpenClaw answers with {name}"), vec![reference, place(primary)]),
        (Outlook::AnswersLate, _) => {
            let wait = match availability {
                Availability::ListedNotLoaded => "not loaded: the first answer waits until it is",
                _ => "still loading",
            };
            (format!("OpenClaw will answer with {name}"), vec![reference, said(wait), place(primary)])
        }
        (Outlook::Unknown, _) => (format!("Looking for {name}"), vec![reference, said("first check under way")]),
        (_, Some(next)) => {
            let why = format!("{name}: {}", why_not(state, primary));
            (
                format!("The next answer comes from {}", state.config.name(next)),
                vec![said(why), said(Destination::of(state.servers(), primary, next).fact())],
            )
        }
        (_, None) if route.chain.len() == 1 => {
            (format!("{name} can't answer"), vec![reference, said(why_not(state, primary)), said("no fallback is set")])
        }
        (_, None) => (
            "No model can answer".to_owned(),
            route.chain.iter().map(|it| said(format!("{}: {}", state.config.name(it), why_not(state, it)))).collect(),
        ),
    }
}

/// A turn that waits without end, or got no answer.
fn trouble(state: &State, now: &Now) -> Option<(String, Vec<Fact>)> {
    if let Some((on, stuck)) = state.turns.stuck() {
        let waited = words::duration(since(stuck.since, now));
        let facts = vec![said(format!("no answer for {waited}")), said("OpenClaw will not fall back by itself")];
        return Some((format!("OpenClaw is waiting for {}", state.config.name(on)), facts));
    }
    let (requested, stranded) = state.turns.leading_stranded(&state.config)?;
    let ago = minutes(since(stranded.at, now)).map_or_else(|| "just now".to_owned(), |it| format!("{it} ago"));
    let why = stranded.failed.iter().map(|(model, reason)| said(turns::failed_with(&state.config.name(model), reason, None)));
    let why: Vec<Fact> = why.collect();
    let none = || vec![said(format!("OpenClaw ended a turn for {} without an answer", state.config.name(requested)))];
    Some((format!("No model answered {ago}"), if why.is_empty() { none() } else { why }))
}

/// Whose turns they are, where some agent has a route of its own.
fn whose(state: &State, agents: &std::collections::BTreeSet<String>) -> Option<Fact> {
    let names: Vec<String> = agents.iter().cloned().collect();
    (!state.config.agents.is_empty() && !names.is_empty()).then(|| said(format!("agent {}", list(&names))))
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|it| it.to_lowercase().chain(chars).collect()).unwrap_or_default()
}

/// The red or amber box beneath the headline.
fn note(state: &State, route: &RouteState) -> Option<Note> {
    let primary = route.chain.first()?;
    if state.servers().availability(primary) != Availability::Down {
        return state.fleet.excuse_now().map(held_back);
    }
    let name = state.config.name(primary);
    let (title, text) = match OutageCost::of(state.servers(), &primary.provider) {
        OutageCost::RetriesFirst => (
            format!("Each turn waits about 80 s for {name} before it falls back."),
            "OpenClaw tries the primary again on every turn.".to_owned(),
        ),
        cost => (format!("{name} is down."), cost.sentence().to_owned()),
    };
    Some(Note { severity: Severity::Error, title, text, fix: put_first(state, route), copy: None })
}

/// Why boxes elsewhere are not judged now.
fn held_back(excuse: Excuse) -> Note {
    let (title, text) = match excuse {
        Excuse::Offline => (
            "This machine has no network.",
            "Boxes elsewhere are not judged until it is back; those on this machine are checked as ever.",
        ),
        Excuse::Woke => (
            "This machine has just woken, or come back to the network.",
            "For half a minute, no outage of a box elsewhere is told.",
        ),
    };
    Note { severity: Severity::Info, title: title.to_owned(), text: text.to_owned(), fix: None, copy: None }
}

/// The one that can answer becomes the primary; the others keep their order.
fn put_first(state: &State, route: &RouteState) -> Option<Fix> {
    let to = route.effective.as_ref()?;
    let was = state.config.leading_route().written();
    let (mut chain, rest): (Vec<String>, Vec<String>) =
        was.iter().cloned().partition(|it| state.config.resolve(it).as_ref() == Some(to));
    if chain.is_empty() {
        return None;
    }
    chain.extend(rest);
    let agent = state.config.leading_agent().map(str::to_owned);
    let change = Change::Route { agent, was, to: chain };
    Some(Fix { label: format!("Put {} first", state.config.name(to)), change })
}

/// The file, not the route, is what a person should look at.
pub(crate) fn is_about_file(state: &State) -> bool {
    config_page::headline(state).is_some()
}

pub(crate) fn where_it_runs(state: &State, model: &ModelRef) -> &'static str {
    match state.config.provider(&model.provider) {
        Some(it) if it.base_url.as_deref().is_some_and(locality::is_loopback) => "on this machine",
        Some(it) if it.is_local() => "on your network",
        _ => "hosted: requests leave this machine",
    }
}

/// Why a model can't answer, as the end of a sentence.
pub(crate) fn why_not(state: &State, model: &ModelRef) -> String {
    let availability = state.servers().availability(model);
    let outage = state.fleet.servers.get(&model.provider).and_then(|it| it.health.outage());
    match (availability, outage) {
        (Availability::Down, Some((_, why))) => server::words::failure(why),
        _ => describe(availability).to_owned(),
    }
}

pub(crate) fn describe(availability: Availability) -> &'static str {
    match availability {
        Availability::Unknown => "not checked yet",
        Availability::Starting => "starting",
        Availability::Ready => "ready",
        Availability::Busy => "busy",
        Availability::ListedNotLoaded => "not loaded",
        Availability::Sleeping => "asleep, wakes on demand",
        Availability::Loading => "loading",
        Availability::LoadFailed => "failed to load",
        Availability::NoAnswer => "gives no answer",
        Availability::ModelMissing => "not on its server",
        Availability::AuthNeeded => "wants a key",
        Availability::AuthWrong => "key refused",
        Availability::HostRefused => "host name refused",
        Availability::Untrusted => "certificate not trusted",
        Availability::Down => "down",
        Availability::UpstreamDown => "its upstream is down",
        Availability::RoutedUnchecked => "routed, not checked",
        Availability::Assumed => "hosted, assumed",
    }
}

pub(crate) fn mark(state: &State, model: &ModelRef, now: &Now) -> Mark {
    mark_of(state, state.servers().availability(model), &model.provider, now)
}

pub(crate) fn mark_of(state: &State, availability: Availability, provider: &str, now: &Now) -> Mark {
    let shape = match (availability.outlook(), availability) {
        (_, Availability::Sleeping | Availability::ListedNotLoaded) => Shape::Sleep,
        (_, Availability::Assumed) => Shape::Hosted,
        (Outlook::Answers, _) => Shape::Ok,
        (Outlook::AnswersLate | Outlook::Unknown, _) => Shape::Wait,
        (Outlook::NeedsHand, _) => Shape::Warn,
        (Outlook::Down, _) => Shape::Bad,
    };
    let outage = state.fleet.servers.get(provider).and_then(|it| it.health.outage());
    let text = match (availability, outage) {
        (Availability::Unknown, _) if state.fleet.servers.get(provider).is_some_and(|it| it.unjudged) => {
            "not checked: no network here".to_owned()
        }
        (Availability::Down, Some((at, _))) => {
            minutes(since(at, now)).map_or_else(|| "down".to_owned(), |it| format!("down {it}"))
        }
        _ => describe(availability).to_owned(),
    };
    Mark { shape, text }
}

pub(crate) fn since(unix_ms: i64, now: &Now) -> Duration {
    Duration::from_millis(u64::try_from(now.wall_ms - unix_ms).unwrap_or(0))
}

pub(crate) fn said(text: impl Into<String>) -> Fact {
    Fact { text: text.into(), mono: false }
}

/// `n` for the UI, where line numbers are small.
pub(crate) fn small(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
