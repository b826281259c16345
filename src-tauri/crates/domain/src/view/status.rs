//! The status as a machine reads it: the JSON of `pilotlight status --json`, a documented contract.

use crate::base::secrets::mask_url;
use serde::Serialize;

use crate::app::state::State;
use crate::base::Now;
use crate::config::Reading;
use crate::config::{About, Problem};
use crate::server::availability::Availability;
use crate::server::observation::Load;
use crate::turns::gateway_connection::ConnectionState;
use crate::turns::signal::Source;
use crate::view::types::{Overall, Severity};
use crate::{ModelRef, Phase, view};

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    pub config: ConfigStatus,
    pub route: RouteStatus,
    pub gateway: GatewayStatus,
    pub providers: Vec<ProviderStatus>,
    pub overall: Overall,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ConfigStatus {
    pub path: String,
    pub problems: Vec<ProblemStatus>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProblemStatus {
    pub code: &'static str,
    pub severity: Severity,
    pub message: String,
    /// The setting, dot-joined, or `null` for the file as a whole.
    pub path: Option<String>,
    pub line: Option<usize>,
    pub column: Option<usize>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RouteStatus {
    pub primary: Option<String>,
    pub fallbacks: Vec<String>,
    /// The model that answers now, or would answer the next turn.
    pub effective: Option<String>,
    /// One sentence.
    pub reason: String,
    /// "primary", "retrying", "fallback", "stuck", "exhausted", "predicted", "down" or "unknown".
    pub state: &'static str,
    /// When the fallback, the wait or the turn without an answer began (Unix milliseconds).
    pub since: Option<i64>,
    /// The attempt that OpenClaw is at, of how many.
    pub attempt: Option<(u32, u32)>,
    /// Answers by model since the fallback began.
    pub answers: Vec<AnswerStatus>,
    /// Whose turns fell back, where OpenClaw said so.
    pub agents: Vec<String>,
    pub evidence: Vec<EvidenceStatus>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AnswerStatus {
    #[serde(rename = "ref")]
    pub reference: String,
    pub count: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EvidenceStatus {
    /// "log", "socket" or "probe".
    pub source: Source,
    /// When it first said so (Unix milliseconds).
    pub at: i64,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GatewayStatus {
    pub state: &'static str,
    pub url: Option<String>,
    /// OpenClaw's version.
    pub version: Option<String>,
    /// One sentence.
    pub message: String,
    /// What to do about it.
    pub next_step: Option<&'static str>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProviderStatus {
    pub id: String,
    pub base_url: Option<String>,
    pub local: bool,
    pub kind: Option<&'static str>,
    pub state: &'static str,
    pub latency_ms: Option<u64>,
    pub error: Option<String>,
    pub models: Vec<ModelStatus>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ModelStatus {
    #[serde(rename = "ref")]
    pub reference: String,
    pub id: String,
    pub alias: Option<String>,
    pub state: &'static str,
    /// `null` where the server does not say.
    pub listed: Option<bool>,
    pub loaded: Option<bool>,
    pub context_window: Option<u64>,
    pub served_context: Option<u64>,
    pub max_tokens: Option<u64>,
    pub problems: Vec<String>,
}

#[must_use]
pub fn status(state: &State, now: &Now) -> Status {
    let route = state.route();
    let (headline, facts) = view::sentence(state, &route, now);
    let facts: Vec<String> = facts.into_iter().map(|it| it.text).collect();
    let fallback = state.turns.leading_fallback(&state.config).map(|it| it.1);
    let evidence = view::gateway::evidence(state);
    Status {
        config: ConfigStatus {
            path: state.file.path.clone(),
            problems: file_problem(state).into_iter().chain(state.problems.iter().map(problem)).collect(),
        },
        route: RouteStatus {
            primary: route.chain.first().map(ModelRef::to_string),
            fallbacks: route.chain.iter().skip(1).map(ModelRef::to_string).collect(),
            effective: route.effective.as_ref().map(ModelRef::to_string),
            reason: if facts.is_empty() { headline } else { format!("{headline} ({})", facts.join("; ")) },
            state: route.phase.id(),
            since: since(state, route.phase),
            attempt: state.turns.retrying().filter(|_| route.phase == Phase::Retrying).map(|(_, it)| (it.n, it.of)),
            answers: fallback.iter().flat_map(|it| &it.answers).map(answer).collect(),
            agents: fallback.iter().flat_map(|it| &it.agents).cloned().collect(),
            evidence: evidence.iter().flat_map(|it| it.iter()).map(|(source, at)| EvidenceStatus { source, at }).collect(),
        },
        gateway: gateway(state),
        providers: state.config.providers.iter().map(|it| provider(state, it)).collect(),
        overall: route.overall,
    }
}

fn since(state: &State, phase: Phase) -> Option<i64> {
    match phase {
        Phase::Stuck => state.turns.stuck().map(|it| it.1.since),
        Phase::Exhausted => state.turns.leading_stranded(&state.config).map(|it| it.1.at),
        Phase::Fallback => state.turns.leading_fallback(&state.config).map(|it| it.1.since),
        Phase::Primary | Phase::Retrying | Phase::Predicted | Phase::Down | Phase::Unknown => None,
    }
}

fn answer((model, count): (&ModelRef, &u32)) -> AnswerStatus {
    AnswerStatus { reference: model.to_string(), count: *count }
}

fn gateway(state: &State) -> GatewayStatus {
    GatewayStatus {
        state: state.turns.connection.id(),
        url: (!state.turns.gateway.is_empty()).then(|| state.turns.gateway.clone()),
        version: match &state.turns.connection {
            ConnectionState::Up { version } => version.clone(),
            _ => None,
        },
        message: state.turns.connection.sentence(),
        next_step: state.turns.connection.next_step(),
    }
}

/// 0 ready, 1 attention or fallback, 2 down, 3 a config that OpenClaw would refuse or that gives nothing to judge.
#[must_use]
pub fn exit_code(state: &State) -> u8 {
    if state.file.reading != Reading::Good || state.would_be_refused() {
        return 3;
    }
    match state.route().overall {
        Overall::Ready => 0,
        Overall::Attention | Overall::Fallback => 1,
        Overall::Down => 2,
        Overall::Unknown => 3,
    }
}

fn file_problem(state: &State) -> Option<ProblemStatus> {
    let whole = |code, message: String, line, column| {
        Some(ProblemStatus { code, severity: Severity::Error, message, path: None, line, column })
    };
    match &state.file.reading {
        Reading::Good | Reading::Waiting => None,
        Reading::Missing => whole("config.missing", format!("there is no file at {}", state.file.path), None, None),
        Reading::Unreadable(why) => whole("config.unreadable", why.clone(), None, None),
        Reading::Bad(bad) => whole("config.invalid", bad.message.clone(), Some(bad.line), Some(bad.column)),
    }
}

fn problem(it: &Problem) -> ProblemStatus {
    ProblemStatus {
        code: it.code,
        severity: it.severity,
        message: it.message.clone(),
        path: Some(it.at.to_string()),
        line: it.line,
        column: it.column,
    }
}

fn provider(state: &State, provider: &crate::config::Provider) -> ProviderStatus {
    let server = state.fleet.servers.get(&provider.id);
    let availability = state.servers().provider_availability(provider);
    let error =
        server.and_then(|it| it.health.outage().map(|it| it.1).or(it.refusal.as_ref())).map(crate::server::words::failure);
    let behind = || {
        let (base_url, _, why) =
            state.servers().outage_behind(&ModelRef::new(&provider.id, state.servers().leading_model(provider)?))?;
        let words = || format!("{} behind it: {}", crate::base::locality::address(base_url), crate::server::words::failure(why));
        (availability == Availability::UpstreamDown).then(words)
    };
    ProviderStatus {
        id: provider.id.clone(),
        base_url: provider.base_url.as_deref().map(mask_url),
        local: provider.is_local(),
        kind: server.and_then(|it| it.kind).map(crate::Kind::id),
        state: availability.id(),
        latency_ms: server.and_then(crate::Server::latency_ms).filter(|_| availability != Availability::Down),
        error: error.or_else(behind),
        models: provider.models.iter().map(|it| model(state, &provider.id, it)).collect(),
    }
}

fn model(state: &State, provider: &str, config: &crate::config::Model) -> ModelStatus {
    let reference = ModelRef::new(provider, &config.id);
    let served = state.servers().served(&reference);
    let serving = state.fleet.servers.get(provider).and_then(|it| it.serving.as_ref());
    let about = About::Model { provider: provider.to_owned(), model: config.id.clone() };
    let runtime = view::runtime_problems(state, &reference).into_iter().map(|it| it.code);
    let lints = state.problems.iter().filter(|it| it.about == about).map(|it| it.code.to_owned());
    ModelStatus {
        alias: state.config.alias(&reference).map(str::to_owned),
        state: state.servers().availability(&reference).id(),
        listed: serving.filter(|it| it.models.is_some() && !(it.partial && served.is_none())).map(|_| served.is_some()),
        loaded: served.and_then(|it| match it.load {
            Load::Loaded => Some(true),
            Load::Unknown => None,
            _ => Some(false),
        }),
        context_window: config.context_window,
        served_context: served.and_then(|it| it.served_context),
        max_tokens: config.max_tokens,
        problems: runtime.chain(lints).collect(),
        id: config.id.clone(),
        reference: reference.to_string(),
    }
}
