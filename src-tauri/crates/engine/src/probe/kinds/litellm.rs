//! LiteLLM, a router to other servers. That it is well says nothing of them. Its `/health` makes real completions on every model and is
//! never asked.

use super::{Family, Found, KindSpec, ListClues, Liveness, MODELS, Match, Test, found, model};
use crate::probe::base::Endpoint::{self, Open, Root};
use crate::probe::reply::Reply;
use crate::probe::round::Answers;
use crate::probe::wire::{Plain, known, lenient};
use domain::Kind;
use domain::base::locality::is_local;
use domain::server::observation::{Failure, Load, Upstream};
use serde::Deserialize;

/// The `created` that it gives every model.
const CREATED: u64 = 1_677_610_602;

const LIVELINESS: Endpoint = Open("health/liveliness");
const READINESS: Endpoint = Open("health/readiness");
const DEPLOYMENTS: Endpoint = Root("v1/model/info");

pub(super) const SPEC: KindSpec = KindSpec {
    lists,
    complains: |refusal| {
        let kinds = ["auth_error", "no_db_connection", "token_not_found_in_db", "expired_key", "key_model_access_denied"];
        kinds.contains(&refusal.complaint.kind.as_str())
    },
    suspected: &[Family::FastApi, Family::FastApiTraced],
    tested_first_in: Some(Family::FastApiTraced),
    test: Some(Test::new(LIVELINESS, is_mine)),
    alive: LIVELINESS,
    asks: &[&[MODELS], &[DEPLOYMENTS], &[READINESS]],
    liveness: |_, reply| Liveness::mine_if(is_mine(reply)),
    read,
    processes: &["litellm"],
    ..KindSpec::new(Kind::LiteLlm)
};

#[derive(Deserialize)]
struct Readiness {
    litellm_version: String,
}

/// One row a deployment, of which a model may have several.
#[derive(Deserialize)]
struct Deployments {
    data: Vec<Deployment>,
}

#[derive(Deserialize)]
struct Deployment {
    #[serde(default, deserialize_with = "lenient")]
    model_name: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    litellm_params: Option<Params>,
    #[serde(default, deserialize_with = "lenient")]
    model_info: Option<Info>,
}

#[derive(Deserialize)]
struct Params {
    #[serde(default, deserialize_with = "lenient")]
    api_base: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    model: Option<String>,
    /// It answers by itself, without any upstream.
    #[serde(default)]
    mock_response: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Info {
    #[serde(default, deserialize_with = "known")]
    max_input_tokens: Option<u64>,
}

fn is_mine(reply: &Reply) -> bool {
    reply.is_ok() && reply.json().is_some_and(|text: String| text == "I'm alive!")
}

fn lists(clues: &ListClues<'_>) -> Match {
    let looks_so = clues.all(|row| row.owned_by.as_deref() == Some("openai") && row.created == Some(CREATED));
    let fast_api = clues.family.is_fast_api();
    if fast_api && looks_so { Match::Sure } else { Match::maybe_if(fast_api || looks_so) }
}

fn read(kind: Kind, answers: &Answers) -> Result<Found, Failure> {
    let listing = answers.models::<Plain>()?;
    let deployments = answers.optional::<Deployments>(DEPLOYMENTS).map(|it| it.data).unwrap_or_default();
    let version = answers.optional::<Readiness>(READINESS).map(|it| it.litellm_version);
    let models = listing.rows.iter().map(|row| {
        let mut it = model(row, Load::Unknown);
        let ours: Vec<&Deployment> = deployments.iter().filter(|row| row.model_name.as_ref() == Some(&it.id)).collect();
        // From a table of known models, not from the server behind.
        it.max_context = ours.iter().find_map(|it| it.model_info.as_ref()?.max_input_tokens);
        it.remote = ours.iter().any(|it| leaves(it));
        let upstreams: Option<Vec<Upstream>> = ours.into_iter().map(upstream).collect();
        // Where one of them can't be followed, the others prove nothing.
        it.upstreams = upstreams.unwrap_or_default();
        it
    });
    let models: Vec<_> = models.collect();
    let partial = listing.cut || models.iter().any(|it| it.id.contains('*'));
    Ok(found(kind, models, partial).version(version))
}

/// What LiteLLM asks at an address of this machine or of its owner where the row names none.
const AT_HOME: [&str; 12] = [
    "custom_openai",
    "docker_model_runner",
    "hosted_vllm",
    "lemonade",
    "litellm_proxy",
    "llamafile",
    "lm_studio",
    "ollama",
    "ollama_chat",
    "openai_like",
    "vllm",
    "xinference",
];

/// Whether it asks a hosted model: one at a public address, or one whose maker's address LiteLLM knows by itself.
fn leaves(deployment: &Deployment) -> bool {
    let Some(params) = deployment.litellm_params.as_ref().filter(|it| it.mock_response.is_none()) else { return false };
    match (&params.api_base, params.model.as_deref()) {
        (Some(base), _) => !is_local(base),
        (None, Some(model)) => !AT_HOME.contains(&model.split('/').next().unwrap_or_default()),
        (None, None) => false,
    }
}

/// `ollama/llama3` at `http://127.0.0.1:11434`. The name before the slash says how LiteLLM talks to it.
fn upstream(deployment: &Deployment) -> Option<Upstream> {
    let params = deployment.litellm_params.as_ref().filter(|it| it.mock_response.is_none())?;
    let (base_url, model) = (params.api_base.clone()?, params.model.as_deref()?);
    let (provider, model) = model.split_once('/').unwrap_or(("openai", model));
    let native = matches!(provider, "ollama" | "ollama_chat");
    Some(Upstream { base_url, api: native.then(|| "ollama".to_owned()), model: model.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leaves_the_machine() {
        for (row, expected) in [
            (r#"{"model":"anthropic/claude-sonnet-4-5"}"#, true),
            (r#"{"model":"gpt-5.2"}"#, true),
            (r#"{"model":"openai/gpt-5.2"}"#, true),
            (r#"{"model":"openai/q","api_base":"https://api.example.com/v1"}"#, true),
            (r#"{"model":"openai/q","api_base":"http://127.0.0.1:8001/v1"}"#, false),
            (r#"{"model":"openai/q","api_base":"http://192.168.1.5:8001/v1"}"#, false),
            (r#"{"model":"ollama/q"}"#, false),
            (r#"{"model":"hosted_vllm/q"}"#, false),
            (r#"{"model":"openai/q","mock_response":"x"}"#, false),
            ("{}", false),
        ] {
            let params = serde_json::from_str(row).expect("a row");
            let deployment = Deployment { model_name: None, litellm_params: Some(params), model_info: None };
            assert_eq!(leaves(&deployment), expected, "{row}");
        }
    }
}
