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
use crate::base::locality::address;
use crate::base::words::{self, clock, count, list, minutes};
use crate::config::RefFault;
use crate::server;
use crate::server::availability::{Availability, Outlook};
use crate::server::machine::Excuse;
use crate::turns::fallback::Fallback;
use crate::turns::{self, Destination, OutageCost, Rung, price_of_turn, why_left};
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

/// Which model answers now, in one sentence, and the facts behind it: the words of the rung that holds.
pub(crate) fn sentence(state: &State, route: &RouteState, now: &Now) -> (String, Vec<Fact>) {
    if let Some(told) = config_page::headline(state) {
        return told;
    }
    let primary = route.chain.first();
    let name = primary.map(|it| state.config.name(it)).unwrap_or_default();
    let reference = || primary.map(|it| Fact { text: it.to_string(), mono: true });
    let place = || primary.map(|it| said(state.servers().place(it).words()));
    let who = || {
        let it = state.servers().stand_in(primary?)?;
        Some(said(format!("{} answers under this name", it.id)))
    };
    let answers = |headline: String, more: Vec<Fact>| {
        let facts = reference().into_iter().chain(who()).chain(more).chain(place());
        (headline, facts.collect())
    };
    match route.rung {
        Rung::Absent => absent(state, route),
        Rung::Stuck | Rung::Exhausted { .. } => trouble(state, now).unwrap_or_default(),
        Rung::Fallback => fell_back(state, now).unwrap_or_default(),
        Rung::Refused => refused(state),
        Rung::Retrying => match state.turns.retrying() {
            Some((model, retry)) => (
                format!("OpenClaw is asking {} again", state.config.name(model)),
                vec![said(format!("attempt {} of {}", retry.n, retry.of)), said(turns::retry(&retry.reason))],
            ),
            None => Default::default(),
        },
        Rung::NoPrimary => {
            ("No primary model is set".to_owned(), vec![said("OpenClaw uses its built-in default until you set one")])
        }
        Rung::NamesNothing => names_nothing(state),
        Rung::Unknown => (format!("Looking for {name}"), reference().into_iter().chain([said("first check running")]).collect()),
        Rung::FallsBack => {
            let (Some(primary), Some(next)) = (primary, &route.effective) else { return Default::default() };
            let why = format!("{name}: {}", why_not(state, primary));
            (
                format!("The next answer comes from {}", state.config.name(next)),
                vec![said(why), said(Destination::of(state.servers(), primary, next).fact())],
            )
        }
        Rung::Down if route.chain.len() == 1 => {
            let why = primary.map(|it| said(why_not(state, it)));
            (format!("{name} can't answer"), reference().into_iter().chain(why).chain([said("no fallback is set")]).collect())
        }
        Rung::Down => (
            "No model can answer".to_owned(),
            route.chain.iter().map(|it| said(format!("{}: {}", state.config.name(it), why_not(state, it)))).collect(),
        ),
        Rung::Unworkable => {
            let why = primary.and_then(|it| state.servers().handicap(it)).map(|it| said(it.words()));
            answers(format!("{name} is up, but no turn will get done"), why.into_iter().collect())
        }
        Rung::Late => {
            let wait = match primary.map(|it| state.servers().availability(it)) {
                Some(Availability::ListedNotLoaded) => "not loaded: the first answer waits until it is",
                _ => "still loading",
            };
            answers(format!("OpenClaw will answer with {name}"), vec![said(wait)])
        }
        Rung::Flawed => {
            let mut flaws = state.servers().flaws(&route.chain).into_iter();
            let headline = flaws.next().unwrap_or_default();
            let model = primary.map(|it| said(format!("{name}: {}", describe(state.servers().availability(it)))));
            answers(headline, flaws.map(said).chain(model).collect())
        }
        Rung::Answers => answers(format!("OpenClaw answers with {name}"), Vec::new()),
    }
}

/// OpenClaw itself is not there: what is ready is the box.
fn absent(state: &State, route: &RouteState) -> (String, Vec<Fact>) {
    let at = Fact { text: address(&state.turns.gateway), mono: true };
    let (headline, what) = match state.turns.absence(&state.config) {
        Some(turns::gateway_connection::ConnectionError::NotAGateway(_)) => {
            ("OpenClaw's gateway is not at its address", "another program answers there")
        }
        _ => ("OpenClaw is not running", "nothing listens at its gateway's address"),
    };
    let refused = state.would_be_refused().then(|| said("it would refuse this config"));
    let model =
        route.chain.first().map(|it| said(format!("{}: {}", state.config.name(it), describe(state.servers().availability(it)))));
    (headline.to_owned(), [said(what), at].into_iter().filter(|it| !it.text.is_empty()).chain(refused).chain(model).collect())
}

/// The first faults of a file that OpenClaw would refuse.
fn refused(state: &State) -> (String, Vec<Fact>) {
    let errors: Vec<&crate::config::Problem> = state.problems.iter().filter(|it| it.severity == Severity::Error).collect();
    let told = errors
        .iter()
        .take(2)
        .map(|it| said(it.line.map_or_else(|| it.message.clone(), |line| format!("line {line}: {}", it.message))));
    let more = errors.len().checked_sub(2).filter(|it| *it > 0).map(|it| said(format!("{it} more")));
    let runs = state.turns.connection.is_up().then(|| said("it runs on with the version before"));
    (format!("OpenClaw can't use {} as it is", state.file.name()), told.chain(more).chain(runs).collect())
}

fn names_nothing(state: &State) -> (String, Vec<Fact>) {
    let primary = state.config.leading_route().primary.as_ref().or(state.config.defaults.primary.as_ref());
    let written = primary.cloned().unwrap_or_default();
    let fact = match state.config.ref_fault(&written) {
        Some(RefFault::Elsewhere { asked, meant }) => {
            let asked = format!("OpenClaw asks the provider {} for {}", asked.provider, asked.model);
            return (
                format!("The primary {written} is probably not the model that is meant"),
                vec![said(asked), said(format!("{meant} is in this file"))],
            );
        }
        Some(RefFault::Ambiguous(_)) => "more than one provider has such a model: write provider/model",
        _ => "it is neither an alias nor a model ref (provider/model)",
    };
    (format!("The primary {written} names no model of this file"), vec![said(fact)])
}

fn fell_back(state: &State, now: &Now) -> Option<(String, Vec<Fact>)> {
    let (from, fallback) = state.turns.leading_fallback(&state.config)?;
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
    let stays = stays(state, from, fallback).map(said);
    let facts = facts.into_iter().chain(price).chain(whose(state, &fallback.agents)).chain(stays).collect();
    Some((format!("OpenClaw fell back to {} {ago}", state.config.name(&fallback.to)), facts))
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

/// Why the fallback goes on although its primary answers.
fn stays(state: &State, from: &ModelRef, fallback: &Fallback) -> Option<String> {
    let name = state.config.name(from);
    if fallback.doubted {
        return Some(format!("{name} has answered a turn since; the log does not tell in which session"));
    }
    let keeps = state.turns.release.keeps_fallback() == Some(true);
    let is_ready = state.servers().availability(from).outlook() == Outlook::Answers;
    (keeps && is_ready).then(|| format!("{name} is ready; OpenClaw tries it again every 5 min at most, or after /new"))
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

/// A shorter wait is no reason to change the route.
const WORTH_A_TITLE_S: u64 = 10;

/// The red or amber box beneath the headline.
fn note(state: &State, route: &RouteState) -> Option<Note> {
    let primary = route.chain.first()?;
    if state.servers().availability(primary) != Availability::Down {
        return state.fleet.excuse_now().map(held_back);
    }
    let name = state.config.name(primary);
    let (title, text) = match OutageCost::of(state.servers(), state.turns.release, &primary.provider) {
        OutageCost::LosesSeconds(seconds) if seconds >= WORTH_A_TITLE_S => (
            format!("Each turn waits about {seconds} s for {name} before it falls back."),
            "OpenClaw tries the primary again on every turn.".to_owned(),
        ),
        cost => (format!("{name} is down."), cost.sentence()),
    };
    Some(Note { severity: Severity::Error, title, text, fix: put_first(state, route), copy: None })
}

/// Why boxes elsewhere are not judged now.
fn held_back(excuse: Excuse) -> Note {
    let (title, text) = match excuse {
        Excuse::Offline => (
            "This machine has no network.",
            "Servers elsewhere are not judged until it is back. Those on this machine are checked as usual.",
        ),
        Excuse::Woke => {
            ("This machine just woke up, or is back on the network.", "For 30 s, outages of servers elsewhere are not reported.")
        }
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

/// Something else than which model answers is what a person should look at.
pub(crate) fn is_beside_the_model(state: &State) -> bool {
    let rung = state.route().rung;
    let told = [Rung::Absent, Rung::Refused, Rung::NamesNothing, Rung::Unworkable, Rung::Flawed];
    config_page::headline(state).is_some() || told.contains(&rung)
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
        Availability::NoAnswer => "does not answer",
        Availability::ModelMissing => "not on its server",
        Availability::AuthNeeded => "wants a key",
        Availability::AuthWrong => "key refused",
        Availability::HostRefused => "host name refused",
        Availability::Untrusted => "certificate not trusted",
        Availability::Down => "down",
        Availability::UpstreamDown => "the server behind it is down",
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
