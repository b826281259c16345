//! What commonly goes wrong once it is set up.

use super::{Check, Finding, Group, Remedy, Topic, Verdict, local_models, local_providers};
use crate::ModelRef;
use crate::app::state::State;
use crate::base::locality;
use crate::base::openclaw::OWN_PROMPT;
use crate::base::words::short_tokens;
use crate::config::{About, ProblemField, Provider};
use crate::intent::Page;
use crate::server::availability::Availability;
use crate::turns::gateway_connection::{ConnectionError, ConnectionState};
use crate::view::types::Fix;

const fn topic(id: &'static str, title: &'static str) -> Topic {
    Topic { id, group: Group::Troubleshooting, title }
}

const GATEWAY: Topic = topic("gateway", "The gateway runs");
const REACH: Topic = topic("reach", "The gateway can reach the servers");
const TIMEOUT: Topic = topic("timeout", "A hung server is noticed");
const ROOM: Topic = topic("room", "The context is large enough to work");

/// Room for some tool results and an answer beside it.
const WORKING_ROOM: u64 = 32_000;

pub fn checks(state: &State) -> Vec<Check> {
    let mut checks = vec![gateway(state)];
    if state.file.good_since.is_none() {
        return checks;
    }
    checks.push(reach(state));
    let timeouts = local_providers(state).into_iter().map(|it| timeout(state, it)).collect();
    checks.extend(TIMEOUT.gather(timeouts, "the config has no local model server"));
    let rooms = local_models(state).iter().map(|it| room(state, it)).collect();
    checks.extend(ROOM.gather(rooms, "no local model is configured"));
    checks
}

fn gateway(state: &State) -> Check {
    let port = state.turns.pulse.seen.as_ref().map(|it| it.0);
    let place = port.map_or_else(|| state.turns.gateway.clone(), |port| format!("127.0.0.1:{port}"));
    let fault = match (&state.turns.connection, &state.turns.pulse.seen) {
        (ConnectionState::Up { .. }, _) => return GATEWAY.check(Verdict::Ok, state.turns.connection.sentence()),
        // Whether it runs does not hang on a token.
        (_, Some((_, Ok(())))) => return GATEWAY.check(Verdict::Ok, format!("{place} is live")),
        (_, Some((_, Err(fault)))) => fault,
        (
            ConnectionState::Down(ConnectionError::NoToken | ConnectionError::TokenElsewhere)
            | ConnectionState::Waiting
            | ConnectionState::Connecting,
            None,
        ) => {
            let why = if state.config.gateway.remote { "it runs on another machine, and is not asked" } else { "not asked yet" };
            return GATEWAY.check(Verdict::Skipped, why);
        }
        (ConnectionState::Down(fault), None) => fault,
    };
    let connection = ConnectionState::Down(fault.clone());
    let remedy = match fault {
        ConnectionError::NotRunning => Remedy::say("Start it.").copy("openclaw gateway run"),
        _ => Remedy::say(connection.next_step().unwrap_or("Pilot Light tries again by itself.")),
    };
    let verdict = if *fault == ConnectionError::NotRunning { Verdict::Fail } else { Verdict::Warn };
    GATEWAY.check(verdict, format!("{place}: {}", connection.sentence())).remedy(remedy)
}

/// Where the gateway runs beside us, it reaches what we reach.
fn reach(state: &State) -> Check {
    let providers = local_providers(state);
    if providers.is_empty() {
        return REACH.check(Verdict::Skipped, "the config has no local model server");
    }
    let url = |it: &Provider| it.base_url.clone().unwrap_or_default();
    if state.config.gateway.remote {
        let loopback = providers.iter().find(|it| locality::is_loopback(&url(it)));
        return match loopback {
            Some(it) => REACH
                .check(
                    Verdict::Warn,
                    format!("the gateway runs on another machine, where {} is that machine itself", locality::address(&url(it))),
                )
                .remedy(Remedy::say("Use the address that this server has in your network.").go(Page::Providers, Some(&it.id))),
            None => {
                REACH.check(Verdict::Skipped, "the gateway runs on another machine, and what it reaches can't be seen from here")
            }
        };
    }
    let is = |availability| move |it: &&Provider| state.servers().provider_availability(it) == availability;
    if let Some(down) = providers.iter().copied().find(is(Availability::Down)) {
        let command = format!("curl {}/models", url(down).trim_end_matches('/'));
        return REACH
            .check(Verdict::Skipped, "can't be judged while a server is down")
            .remedy(Remedy::say("To be sure, ask it by hand on the machine of the gateway.").copy(command));
    }
    match providers.iter().copied().all(|it| is(Availability::Unknown)(&it)) {
        true => REACH.check(Verdict::Skipped, "the first check is under way"),
        false => REACH.check(Verdict::Ok, "all answer this machine, where the gateway runs"),
    }
}

fn timeout(state: &State, provider: &Provider) -> Finding {
    let about = About::Provider(provider.id.clone());
    let problem = state.problems.iter().find(|it| it.about == about && it.field == Some(ProblemField::TimeoutSeconds));
    match (problem, provider.timeout_seconds) {
        (Some(it), _) => {
            let fix = it.fix.clone().map(|(label, change)| Fix { label, change });
            let remedy = Remedy::say("OpenClaw's guide gives local servers 300 s.").fix(fix);
            Finding::new(&provider.id, Verdict::Warn, &it.message).remedy(remedy.go(Page::Providers, Some(&provider.id)))
        }
        (None, Some(seconds)) => Finding::new(&provider.id, Verdict::Ok, format!("{} gets {seconds} s", provider.id)),
        (None, None) => {
            Finding::new(&provider.id, Verdict::Skipped, format!("{} has no settings of its own in this file", provider.id))
        }
    }
}

fn room(state: &State, model: &ModelRef) -> Finding {
    let name = state.config.name(model);
    let configured = state.config.model(model).and_then(|it| it.context_window);
    let Some(tokens) = state.servers().context(model).into_iter().chain(configured).min() else {
        return Finding::new(name, Verdict::Skipped, "how much context it has is not known");
    };
    let evidence =
        format!("{} of context, and OpenClaw's own prompt takes about {}", short_tokens(tokens), short_tokens(OWN_PROMPT));
    let remedy =
        || Remedy::say("Give the server more context and set it in the config, or use fewer tools.").go(Page::Models, None);
    match tokens {
        ..OWN_PROMPT => Finding::new(name, Verdict::Fail, evidence).remedy(remedy()),
        OWN_PROMPT..WORKING_ROOM => Finding::new(name, Verdict::Warn, evidence).remedy(remedy()),
        _ => Finding::new(name, Verdict::Ok, evidence),
    }
}
