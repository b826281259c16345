//! A card for each local server: its state in words, what it serves, and what to do.

use super::types::{BoxCard, ContextBar, Copy, Fact, Mark, Note, Severity};
use super::{contexts, describe, mark_of, said, since, trust, uptime, work};
use crate::ModelRef;
use crate::app::state::State;
use crate::base::Now;
use crate::base::locality;
use crate::base::secrets::mask_url;
use crate::base::words::{self, clock, minutes};
use crate::config::Provider;
use crate::server::availability::Availability;
use crate::server::liveness_check::CheckOutcome;
use crate::server::observation::{Failure, Load};
use crate::server::{self, Server};
use crate::turns::OutageCost;

pub fn boxes(state: &State, now: &Now) -> Vec<BoxCard> {
    let mut local: Vec<&Provider> = state.config.providers.iter().filter(|it| it.is_local()).collect();
    // The servers of the route first, in its order.
    let chain = state.config.chain();
    local.sort_by_key(|it| chain.iter().position(|member| member.provider == it.id).unwrap_or(usize::MAX));
    local.into_iter().filter_map(|it| Some(card(state, it, state.fleet.servers.get(&it.id)?, now))).collect()
}

fn card(state: &State, provider: &Provider, server: &Server, now: &Now) -> BoxCard {
    let availability = state.servers().provider_availability(provider);
    let down = server.health.outage().filter(|_| availability == Availability::Down);
    let past = state.history.day_stats.get(&(provider.id.clone(), mask_url(&server.base_url)));
    BoxCard {
        provider: provider.id.clone(),
        name: state.servers().box_name(&provider.id),
        mark: match down {
            Some((at, _)) => {
                let text = minutes(since(at, now)).map_or_else(|| "Down".to_owned(), |it| format!("Down for {it}"));
                Mark { text, ..mark_of(state, availability, &provider.id, now) }
            }
            None => capital(mark_of(state, availability, &provider.id, now)),
        },
        chips: chips(provider, server),
        facts: facts(state, provider, server, availability, now),
        latency_ms: server.latency_ms().filter(|_| down.is_none()),
        latencies: past.map(|it| it.latest().iter().copied().collect()).unwrap_or_default(),
        day: uptime::day(past, now),
        contexts: contexts(state, provider),
        role: role(state, provider, availability),
        notes: notes(state, provider, server, availability, now),
        trust: trust::trust(server),
        offers: work::offers(state, provider),
        work: state.fleet.jobs.get(&provider.id).map(work::work),
        base_url: mask_url(&server.base_url),
    }
}

fn chips(provider: &Provider, server: &Server) -> Vec<String> {
    let models = server.serving.iter().filter(|_| !server.health.is_down()).flat_map(|it| it.models.iter().flatten());
    let ours = models.filter(|it| it.load == Load::Loaded).filter(|it| {
        provider.models.is_empty()
            || provider.model(&it.id).is_some()
            || it.aliases.iter().any(|alias| provider.model(alias).is_some())
    });
    let mut chips: Vec<String> = ours.take(3).map(|it| format!("loaded: {}", it.id)).collect();
    if provider.on_demand {
        chips.push("started by OpenClaw when needed".to_owned());
    }
    chips
}

fn facts(state: &State, provider: &Provider, server: &Server, availability: Availability, now: &Now) -> Vec<Fact> {
    let mut facts = vec![Fact { text: locality::address(&server.base_url), mono: true }];
    match server.health.outage() {
        Some((at, why)) if availability == Availability::Down => {
            facts.push(said(format!("{} since {}", server::words::failure(why), clock(at, now))))
        }
        _ => {
            facts.extend(server::words::server(server.kind, server.version.as_deref()).map(said));
            facts.extend(provider.api.as_deref().map(|it| said(api_label(it))));
        }
    }
    if let Some((at, CheckOutcome::Answered(ms))) = state.fleet.liveness_checks.get(&provider.id).and_then(|it| it.last.as_ref())
    {
        facts.push(said(format!("answered a test question in {} at {}", words::took(*ms), clock(*at, now))));
    }
    if state.servers().box_name(&provider.id) != provider.id {
        facts.push(Fact { text: provider.id.clone(), mono: true });
    }
    facts
}

pub fn api_label(api: &str) -> String {
    match api {
        "openai-responses" => "Responses API".to_owned(),
        "openai-completions" => "Chat API".to_owned(),
        "anthropic-messages" => "Anthropic API".to_owned(),
        "ollama" => "Ollama API".to_owned(),
        other => other.to_owned(),
    }
}

fn contexts(state: &State, provider: &Provider) -> Vec<ContextBar> {
    let bars = provider.models.iter().filter_map(|it| {
        let model = ModelRef::new(&provider.id, &it.id);
        let served = state.servers().context(&model)?;
        Some(ContextBar { model: state.config.name(&model), served, configured: it.context_window })
    });
    bars.take(6).collect()
}

fn role(state: &State, provider: &Provider, availability: Availability) -> Option<String> {
    if !state.config.uses(&provider.id) {
        return Some("No route uses it.".to_owned());
    }
    // What the primary's outage means is said above all cards.
    let is_primary = state.config.chain().first().is_some_and(|it| it.provider == provider.id);
    (availability == Availability::Down && !provider.on_demand && !is_primary)
        .then(|| OutageCost::of(state.servers(), state.turns.release, &provider.id).sentence())
}

fn notes(state: &State, provider: &Provider, server: &Server, availability: Availability, now: &Now) -> Vec<Note> {
    let mut notes: Vec<Note> = availability_note(state, provider, server, availability, now).into_iter().collect();
    for model in &provider.models {
        let reference = ModelRef::new(&provider.id, &model.id);
        notes.extend(contexts::note(state, &reference));
    }
    notes
}

/// What to do about a state, where there is something to do.
fn availability_note(state: &State, provider: &Provider, server: &Server, availability: Availability, now: &Now) -> Option<Note> {
    let model = state.servers().leading_model(provider).unwrap_or_default();
    let note = |severity, title: String, text: &str, copy: Option<Copy>| {
        Some(Note { severity, title, text: text.to_owned(), fix: None, copy })
    };
    let name = state.servers().box_name(&provider.id);
    match availability {
        Availability::Down => match (server.health.outage().map(|it| it.1), server.kind.and_then(|kind| kind.info().start)) {
            (Some(Failure::Refused), Some(start)) => {
                let copy = Copy::of(&start.command, start.command.line.to_owned());
                note(Severity::Info, start.question.to_owned(), start.clicks, Some(copy))
            }
            (Some(Failure::Refused), _) => note(
                Severity::Info,
                format!("Nothing listens at {}.", locality::address(&server.base_url)),
                "Start the server, or correct its base URL.",
                None,
            ),
            (Some(why @ Failure::WrongBaseUrl(_)), _) => {
                note(Severity::Warning, server::words::next_step(why).to_owned(), "Correct it.", None)
            }
            (Some(Failure::NotAnApi(_) | Failure::BadUrl(_)), _) => {
                note(Severity::Warning, "Something else answers at this base URL.".to_owned(), "Correct its base URL.", None)
            }
            _ => None,
        },
        Availability::AuthNeeded => {
            note(Severity::Warning, format!("{name} wants a key."), "Set the key that the server was started with.", None)
        }
        Availability::AuthWrong => note(
            Severity::Warning,
            format!("{name} refused the key."),
            "The server was started with another key: set that one.",
            None,
        ),
        Availability::HostRefused => note(
            Severity::Warning,
            format!("{name} refuses the host name of this base URL."),
            "Use its IP address instead, or add the name to the server's allowed hosts.",
            None,
        ),
        Availability::UpstreamDown => {
            let (base_url, since, why) = state.servers().outage_behind(&ModelRef::new(&provider.id, &model))?;
            let address = locality::address(base_url);
            let mut text = format!("It sends {model} to {address}: {} since {}.", server::words::failure(why), clock(since, now));
            if locality::is_loopback(base_url) {
                text += &format!(
                    " If {name} runs in a container, that address is the container itself: use host.docker.internal there."
                );
            }
            note(Severity::Error, format!("{name} is up, but the server behind it is down."), &text, None)
        }
        Availability::RoutedUnchecked => {
            let (base_url, since, why) = state.servers().outage_behind(&ModelRef::new(&provider.id, &model))?;
            let address = locality::address(base_url);
            let text = format!("{name} sends {model} there, and may reach it anyway.");
            let why = server::words::failure(why);
            note(Severity::Info, format!("Seen from this machine, {address}: {why} since {}.", clock(since, now)), &text, None)
        }
        Availability::ModelMissing => {
            let listed: Vec<&str> =
                server.serving.iter().flat_map(|it| it.models.iter().flatten()).take(5).map(|it| it.id.as_str()).collect();
            let offers =
                if listed.is_empty() { "It lists no model.".to_owned() } else { format!("It lists {}.", listed.join(", ")) };
            note(Severity::Warning, format!("{model} is not on this server."), &offers, None)
        }
        Availability::LoadFailed => {
            note(Severity::Warning, format!("{model} failed to load."), "The server's own log says why.", None)
        }
        Availability::NoAnswer => {
            let proof = state.fleet.liveness_checks.get(&provider.id)?;
            let (at, why) = proof.last.as_ref().map(|it| it.0).zip(proof.fault())?;
            let text = format!(
                "A test question of one token at {} failed: {why}. The server reports no trouble, so look at its log, or restart it.",
                clock(at, now)
            );
            note(Severity::Warning, format!("{model} is loaded, but does not answer."), &text, None)
        }
        Availability::ListedNotLoaded if state.config.uses(&provider.id) => note(
            Severity::Info,
            format!("{model} is {}.", describe(availability)),
            "The first answer waits until it is loaded.",
            server.kind.and_then(|kind| kind.info().load).map(|load| Copy::of(&load.command, load.command.of_model(&model))),
        ),
        _ => None,
    }
}

fn capital(mut mark: Mark) -> Mark {
    if let Some(first) = mark.text.get(..1) {
        mark.text = first.to_ascii_uppercase() + &mark.text[1..];
    }
    mark
}
