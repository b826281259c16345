//! The checklist: what has to be so for OpenClaw to run on a local model.

use super::{Check, Finding, Group, Remedy, Topic, Verdict, few_sentences, local_models, local_providers};
use crate::app::state::State;
use crate::base::change::{Change, Place};
use crate::base::locality;
use crate::base::openclaw::OWN_PROMPT;
use crate::base::words::{self, count};
use crate::config::Reading;
use crate::config::{About, ProblemField, Provider};
use crate::intent::Page;
use crate::schema::SchemaStatus;
use crate::server;
use crate::server::availability::Availability;
use crate::server::observation::{Failure, Load};
use crate::view::types::{Fix, Severity};
use crate::{Kind, ModelRef, view};

const fn topic(id: &'static str, title: &'static str) -> Topic {
    Topic { id, group: Group::Setup, title }
}

const CONFIG: Topic = topic("config", "The config can be read");
const SCHEMA: Topic = topic("schema", "A save is checked with OpenClaw's own schema");
const SERVER: Topic = topic("server", "The server answers");
const LISTED: Topic = topic("listed", "The model is listed");
const LOADED: Topic = topic("loaded", "The model is loaded and stays loaded");
const LIMITS: Topic = topic("limits", "Context limits match");
const MODE: Topic = topic("mode", "Hosted models stay available");
const NET: Topic = topic("net", "A safety net exists");
const WHATSAPP: Topic = topic("whatsapp", "WhatsApp gets only final text");

const NO_LOCAL: &str = "the config has no local model server";

pub fn config(state: &State) -> Check {
    let path = state.file.short_path();
    match &state.file.reading {
        Reading::Waiting => CONFIG.check(Verdict::Skipped, "not read yet"),
        Reading::Missing => CONFIG.check(Verdict::Fail, format!("there is no file at {path}")).remedy(
            Remedy::say("Start from a server that runs here, or let OpenClaw write one: openclaw onboard.")
                .go(Page::Status, None),
        ),
        Reading::Unreadable(why) => {
            CONFIG.check(Verdict::Fail, why.clone()).remedy(Remedy::say(format!("Make {path} readable for you.")))
        }
        Reading::Bad(bad) => CONFIG
            .check(Verdict::Fail, format!("line {}: {}", bad.line, bad.message))
            .remedy(Remedy::say("Correct that line. OpenClaw keeps the last good version until then.").go(Page::Status, None)),
        Reading::Good => {
            let errors: Vec<String> =
                state.problems.iter().filter(|it| it.severity == Severity::Error).map(|it| it.message.clone()).collect();
            if errors.is_empty() {
                CONFIG.check(Verdict::Ok, path)
            } else {
                CONFIG.check(Verdict::Fail, few_sentences(&errors)).remedy(
                    Remedy::say("OpenClaw refuses a config with these settings: correct them.").copy("openclaw config validate"),
                )
            }
        }
    }
}

/// Nothing is wrong without it: Pilot Light's own rules know the model side.
pub fn schema(state: &State) -> Option<Check> {
    let rules = "the model side is checked with Pilot Light's own rules";
    Some(match state.installed_schema.as_ref()? {
        SchemaStatus::Known(own) => SCHEMA.check(Verdict::Ok, format!("checked with OpenClaw {}'s own schema", own.version())),
        SchemaStatus::NotInstalled => SCHEMA.check(Verdict::Skipped, format!("there is no openclaw on the PATH: {rules}")),
        SchemaStatus::Fetching { version } => {
            SCHEMA.check(Verdict::Skipped, format!("OpenClaw {version} is being asked for it; until then {rules}"))
        }
        SchemaStatus::Failed { version, why } => {
            let who = version.as_ref().map_or_else(|| "OpenClaw".to_owned(), |it| format!("OpenClaw {it}"));
            let remedy = Remedy::say(
                "Run it to see what it says. Pilot Light asks again after an update of OpenClaw, or at its next start.",
            );
            SCHEMA
                .check(Verdict::Skipped, format!("{who} gave none: {why}; {rules}"))
                .remedy(remedy.copy("openclaw config schema"))
        }
    })
}

pub fn checks(state: &State) -> Vec<Check> {
    let models = local_models(state);
    let each = |of: fn(&State, &ModelRef) -> Finding| models.iter().map(|it| of(state, it)).collect::<Vec<_>>();
    let servers: Vec<Finding> = local_providers(state).into_iter().map(|it| server(state, it)).collect();
    let mut checks = if servers.is_empty() {
        let remedy =
            Remedy::say("Add the server as a provider: pilotlight discover shows what runs here.").go(Page::Providers, None);
        vec![SERVER.check(Verdict::Warn, NO_LOCAL).remedy(remedy)]
    } else {
        SERVER.gather(servers, NO_LOCAL)
    };
    checks.extend(LISTED.gather(each(listed), "no local model is configured"));
    checks.extend(LOADED.gather(each(loaded), "no local model is configured"));
    checks.extend(LIMITS.gather(models.iter().flat_map(|it| limits(state, it)).collect(), "no local model is configured"));
    checks.push(mode(state));
    checks.push(net(state));
    checks.extend(whatsapp(state));
    checks
}

fn server(state: &State, provider: &Provider) -> Finding {
    let find = |verdict, evidence: String| Finding::new(state.servers().box_name(&provider.id), verdict, evidence);
    let Some(server) = state.fleet.servers.get(&provider.id) else { return find(Verdict::Skipped, "not checked yet".to_owned()) };
    let address = locality::address(&server.base_url);
    let availability = state.servers().provider_availability(provider);
    let form = |text: String| Remedy::say(text).go(Page::Providers, Some(&provider.id));
    match (availability, server.health.outage(), &server.refusal) {
        (Availability::Unknown, ..) => find(Verdict::Skipped, format!("{address}: the first check is under way")),
        (Availability::Down, Some((_, why)), _) => {
            let start = server.kind.and_then(|kind| kind.info().start).filter(|_| *why == Failure::Refused);
            let remedy = match start {
                Some(start) => Remedy::say(start.order).copy(start.command.line),
                None => form(server::words::next_step(why).to_owned()),
            };
            find(Verdict::Fail, format!("{address}: {}", server::words::failure(why))).remedy(remedy)
        }
        (_, Some(_), _) => find(Verdict::Ok, format!("{address}: idle; OpenClaw starts it when needed")),
        (Availability::Starting, ..) => find(Verdict::Warn, format!("{address}: the model is still loading"))
            .remedy(Remedy::say(server::words::next_step(&Failure::Starting))),
        (_, None, Some(why)) => find(Verdict::Fail, format!("{address}: {}", server::words::failure(why)))
            .remedy(form(server::words::next_step(why).to_owned())),
        _ => {
            let name = server::words::server(server.kind, server.version.as_deref());
            let latency = server.latency_ms().map(|it| format!("{it} ms"));
            let facts: Vec<String> = [Some(address), name, latency].into_iter().flatten().collect();
            find(Verdict::Ok, facts.join(", "))
        }
    }
}

fn listed(state: &State, model: &ModelRef) -> Finding {
    let find = |verdict, evidence: String| Finding::new(state.config.name(model), verdict, evidence);
    let server = state.fleet.servers.get(&model.provider).filter(|it| !it.health.is_down());
    let Some(serving) = server.and_then(|it| it.serving.as_ref()) else {
        return find(Verdict::Skipped, "its server has not given a list".to_owned());
    };
    let Some(models) = &serving.models else {
        return find(
            Verdict::Skipped,
            "its server is not asked for its list: that would cut off an answer in progress".to_owned(),
        );
    };
    if state.servers().availability(model) != Availability::ModelMissing {
        let all = models.len();
        return find(
            Verdict::Ok,
            match state.servers().served(model) {
                Some(_) if serving.ignores_names => {
                    "its server answers with the model that it has, whatever name is asked for".to_owned()
                }
                Some(_) => format!("{} is one of {all}", model.model),
                None => "its server gives no full list".to_owned(),
            },
        );
    }
    let ids: Vec<&str> = models.iter().take(5).map(|it| it.id.as_str()).collect();
    let evidence = match ids.as_slice() {
        [] => format!("{} is not there: its server lists no model", model.model),
        ids => format!("{} is not there: its server lists {}", model.model, ids.join(", ")),
    };
    // With a single one there is no doubt which was meant.
    let only = models.first().filter(|it| {
        models.len() == 1 && state.config.provider(&model.provider).is_some_and(|provider| provider.model(&it.id).is_none())
    });
    let fix = only.filter(|_| state.config.model(model).is_some()).map(|it| Fix {
        label: format!("Use {}", it.id),
        change: Change::Rename { provider: model.provider.clone(), model: Some(model.model.clone()), to: it.id.clone() },
    });
    let remedy = Remedy::say("Write the id as the server lists it, or load that model there.").fix(fix);
    find(Verdict::Fail, evidence).remedy(remedy.go(Page::Models, None))
}

fn loaded(state: &State, model: &ModelRef) -> Finding {
    let find = |verdict, evidence: &str| Finding::new(state.config.name(model), verdict, evidence);
    let info = state.fleet.servers.get(&model.provider).and_then(|it| it.kind).map(Kind::info);
    let load = state.servers().served(model).map(|it| it.load);
    match (state.servers().availability(model), load) {
        (Availability::ListedNotLoaded, _) => {
            let remedy = Remedy::say("Load it before it is needed, and keep it loaded: a cold start looks like a hang.");
            let command = info.and_then(|info| info.load).map(|load| load.keep.of_model(&model.model));
            let remedy = match command {
                Some(command) => remedy.copy(command),
                None => remedy,
            };
            find(Verdict::Warn, "on disk, not in memory: the first answer waits until it is loaded").remedy(remedy)
        }
        (Availability::Sleeping, Some(Load::Sleeping)) => {
            find(Verdict::Warn, "unloaded after a while without use: the next answer waits")
                .remedy(Remedy::say("Start the server without a limit on idle time (llama.cpp: without --sleep-idle-seconds)."))
        }
        (Availability::LoadFailed, _) => find(Verdict::Fail, "its server could not load it").remedy(Remedy::say(
            "The server's own log says why, often too little memory: take a smaller context or a smaller model.",
        )),
        (Availability::NoAnswer, _) => find(Verdict::Fail, "in memory, but a test question of one token got no answer")
            .remedy(Remedy::say("The server's own log says why. Loading it again, or restarting the server, often helps.")),
        (Availability::Loading | Availability::Starting, _) => find(Verdict::Skipped, "loading right now"),
        (_, Some(Load::Loaded)) => {
            let unloads = info.and_then(|info| info.unloads).map(|when| format!("; {when}")).unwrap_or_default();
            find(Verdict::Ok, &format!("in memory{unloads}"))
        }
        _ => find(Verdict::Skipped, "its server does not say"),
    }
}

fn limits(state: &State, model: &ModelRef) -> Vec<Finding> {
    let name = state.config.name(model);
    let about = About::Model { provider: model.provider.clone(), model: model.model.clone() };
    let limit = |it: &&crate::config::Problem| {
        it.about == about
            && matches!(it.field, Some(ProblemField::ContextWindow | ProblemField::MaxTokens))
            && it.code != "contextWindow.small"
    };
    let runtime = view::runtime_problems(state, model).into_iter().filter(|it| it.field.is_some());
    let mut found: Vec<Finding> = runtime
        .map(|it| {
            let what = match state.servers().context(model) {
                Some(served) if served < OWN_PROMPT => "Give the server more: this is too little for OpenClaw's own prompt.",
                _ if it.fix.is_some() => "Use the server's value, or give the server more.",
                _ => "Set the context on the server.",
            };
            let verdict = if it.severity == Severity::Info { Verdict::Skipped } else { Verdict::Warn };
            Finding::new(&name, verdict, it.message).remedy(Remedy::say(what).fix(it.fix).go(Page::Models, None))
        })
        .collect();
    let said = !found.is_empty();
    // What the server says of it has a fix; the config alone then adds nothing.
    found.extend(state.problems.iter().filter(limit).filter(|it| !said || it.field == Some(ProblemField::MaxTokens)).map(|it| {
        let fix = it.fix.clone().map(|(label, change)| Fix { label, change });
        Finding::new(&name, Verdict::Warn, &it.message)
            .remedy(Remedy::say("Correct it in the config.").fix(fix).go(Page::Models, None))
    }));
    if found.is_empty() {
        let configured = state.config.model(model).and_then(|it| it.context_window);
        found.push(match (state.servers().context(model), configured) {
            (Some(served), Some(configured)) => Finding::new(
                name,
                Verdict::Ok,
                format!("{} configured, {} served", words::tokens(configured), words::tokens(served)),
            ),
            (None, Some(_)) => Finding::new(name, Verdict::Skipped, "its server does not say what it serves"),
            (_, None) => Finding::new(name, Verdict::Skipped, "the config leaves it to OpenClaw"),
        });
    }
    found
}

fn mode(state: &State) -> Check {
    if !state.config.replace {
        let how = if state.config.mode.is_some() { "models.mode is merge" } else { "models.mode is not set, which means merge" };
        return MODE.check(Verdict::Ok, how);
    }
    let change = Change::set(Place::mode(), state.config.mode.clone(), Some("merge".to_owned()));
    MODE.check(Verdict::Warn, "models.mode is replace: OpenClaw knows only the models in this file").remedy(
        Remedy::say("With merge, hosted models can answer when the server is down.")
            .fix(Some(Fix { label: "Use merge".to_owned(), change })),
    )
}

fn net(state: &State) -> Check {
    let chain = state.config.chain();
    let fallbacks = chain.get(1..).unwrap_or_default();
    let hosted = fallbacks.iter().filter(|it| !state.config.provider(&it.provider).is_some_and(Provider::is_local)).count();
    let other_box = fallbacks.iter().any(|it| chain.first().is_some_and(|first| first.provider != it.provider));
    let go = |text: &str| Remedy::say(text).go(Page::Route, None);
    match (chain.is_empty(), fallbacks.len()) {
        (true, _) => NET
            .check(Verdict::Warn, "no primary model is set: OpenClaw uses its built-in default")
            .remedy(go("Choose a primary and a fallback.")),
        (_, 0) => NET
            .check(Verdict::Warn, "There is no fallback: when the primary fails, nothing answers.")
            .remedy(go("Add a fallback.")),
        (_, n) if hosted > 0 && hosted == n => NET.check(Verdict::Ok, count(n, "hosted fallback", "hosted fallbacks")),
        (_, n) if other_box && hosted == 0 => {
            NET.check(Verdict::Ok, count(n, "fallback on another server", "fallbacks, some on other servers"))
        }
        (_, n) if other_box => NET.check(Verdict::Ok, format!("{}, {hosted} of them hosted", count(n, "fallback", "fallbacks"))),
        (_, n) => NET
            .check(
                Verdict::Warn,
                format!("{} on the primary's own server: it fails with it", count(n, "fallback is", "fallbacks are")),
            )
            .remedy(go("Add one on another server, or a hosted one.")),
    }
}

/// OpenClaw's default where the config gives no API is the chat API, which mixes reasoning into the text on some servers.
fn whatsapp(state: &State) -> Vec<Check> {
    if !state.config.posture.whatsapp {
        return vec![WHATSAPP.check(Verdict::Skipped, "no WhatsApp channel is configured")];
    }
    let findings = local_providers(state).into_iter().map(|provider| {
        let api = provider.api.as_deref().unwrap_or("openai-completions");
        let find = |verdict| Finding::new(&provider.id, verdict, format!("{} uses {api}", provider.id));
        if api != "openai-completions" {
            return find(Verdict::Ok);
        }
        let kind = state.fleet.servers.get(&provider.id).and_then(|it| it.kind);
        let change = || {
            let place = Place::provider(&provider.id, &["api"]);
            Change::set(place, provider.api.clone(), Some("openai-responses".to_owned()))
        };
        let fix = kind
            .filter(|kind| kind.info().has_responses)
            .map(|_| Fix { label: "Use the Responses API".to_owned(), change: change() });
        let text = if fix.is_some() {
            "The Responses API keeps reasoning apart from the answer."
        } else {
            "Use the Responses API if this server has it, or a model that does not think aloud."
        };
        find(Verdict::Warn)
            .remedy(Remedy::say(text).fix(fix.filter(|_| !provider.implied)).go(Page::Providers, Some(&provider.id)))
    });
    WHATSAPP.gather(findings.collect(), NO_LOCAL)
}
