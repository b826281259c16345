//! LiteLLM, a router to other servers. That it is well says nothing of them. Its `/health` makes real completions on every model and is
//! never asked.

use super::wire::{Deployment, Deployments, Readiness};
use super::{Found, TurnSignal, found, known, model, sign_of};
use crate::probe::base::At::{Open, Root};
use crate::probe::reply::Reply;
use crate::probe::round::Heard;
use domain::server::observation::{Failure, Kind, Load, Upstream};

pub(super) fn sign(reply: &Reply) -> TurnSignal {
    sign_of(reply, |text: String| text == "I'm alive!")
}

pub(super) fn read(heard: &Heard) -> Result<Found, Failure> {
    let listing = heard.models()?;
    let deployments = heard.maybe::<Deployments>(Root("v1/model/info")).map(|it| it.data).unwrap_or_default();
    let version = heard.maybe::<Readiness>(Open("health/readiness")).map(|it| it.litellm_version);
    let models = listing.rows.iter().map(|row| {
        let mut it = model(row, Load::Unknown);
        let ours: Vec<&Deployment> = deployments.iter().filter(|row| row.model_name.as_ref() == Some(&it.id)).collect();
        // From a table of known models, not from the server behind.
        it.max_context = ours.iter().find_map(|it| known(it.model_info.as_ref()?.max_input_tokens));
        let upstreams: Option<Vec<Upstream>> = ours.into_iter().map(upstream).collect();
        // Where one of them can't be followed, the others prove nothing.
        it.upstreams = upstreams.unwrap_or_default();
        it
    });
    let models: Vec<_> = models.collect();
    let partial = listing.cut || models.iter().any(|it| it.id.contains('*'));
    Ok(found(Kind::LiteLlm, models, partial).version(version))
}

/// `ollama/llama3` at `http://127.0.0.1:11434`. The name before the slash says how LiteLLM talks to it.
fn upstream(deployment: &Deployment) -> Option<Upstream> {
    let params = deployment.litellm_params.as_ref().filter(|it| it.mock_response.is_none())?;
    let (base_url, model) = (params.api_base.clone()?, params.model.as_deref()?);
    let (provider, model) = model.split_once('/').unwrap_or(("openai", model));
    let native = matches!(provider, "ollama" | "ollama_chat");
    Some(Upstream { base_url, api: native.then(|| "ollama".to_owned()), model: model.to_owned() })
}
