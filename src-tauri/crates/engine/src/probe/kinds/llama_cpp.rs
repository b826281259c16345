//! llama.cpp's `llama-server` with one model. `/slots` would tell whether it is busy, but wakes it when it sleeps. `/props` and `/metrics`
//! do not; the latter is there only if it was started with `--metrics`.

use super::{CALL, Found, KindSpec, Liveness, MODELS, found, llama_cpp_router, model};
use crate::probe::base::Endpoint::{self, Root};
use crate::probe::reply::Reply;
use crate::probe::round::Answers;
use crate::probe::wire::{Row, known, lenient};
use domain::Kind;
use domain::server::observation::{Failure, Load, ServedModel};
use serde::Deserialize;

pub(super) const PROPS: Endpoint = Root("props");
const METRICS: Endpoint = Root("metrics");

pub(super) const SPEC: KindSpec = KindSpec {
    owner: Some("llamacpp"),
    refuses: |refusal| refusal.reply.header("server") == "llama.cpp" || refusal.reply.refusal() == Err(Failure::Starting),
    alive: CALL,
    asks: &[&[MODELS], &[PROPS], &[METRICS]],
    liveness,
    read,
    processes: &["llama-server", "llama_server"],
    ..KindSpec::new(Kind::LlamaCpp)
};

/// What it adds to a model, alone or as a router.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Listed {
    #[serde(deserialize_with = "lenient")]
    meta: Option<Meta>,
    #[serde(deserialize_with = "lenient")]
    pub status: Option<llama_cpp_router::Status>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Meta {
    #[serde(deserialize_with = "known")]
    n_ctx: Option<u64>,
    #[serde(deserialize_with = "known")]
    n_ctx_train: Option<u64>,
    #[serde(deserialize_with = "known")]
    size: Option<u64>,
    #[serde(deserialize_with = "lenient")]
    ftype: Option<String>,
}

/// `/props`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Props {
    #[serde(deserialize_with = "lenient")]
    role: Option<String>,
    #[serde(deserialize_with = "known")]
    pub max_instances: Option<u64>,
    #[serde(deserialize_with = "lenient")]
    is_sleeping: Option<bool>,
    #[serde(deserialize_with = "lenient")]
    pub build_info: Option<String>,
    #[serde(deserialize_with = "lenient")]
    model_ftype: Option<String>,
    #[serde(deserialize_with = "lenient")]
    default_generation_settings: Option<GenerationSettings>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct GenerationSettings {
    #[serde(deserialize_with = "known")]
    n_ctx: Option<u64>,
}

/// Every answer names it, unless a proxy in front took that away. Its "not found" is a sign of life.
pub(super) fn liveness(_: &KindSpec, reply: &Reply) -> Liveness {
    let named = reply.header("server") == "llama.cpp" || reply.error().message == "File Not Found";
    match reply.refusal() {
        Err(Failure::Starting) => Liveness::Unwell(Failure::Starting),
        _ if !named => Liveness::Stranger,
        _ if matches!(reply.status, 200..300 | 404 | 405) => Liveness::Mine,
        Err(failure) => Liveness::Unwell(failure),
        Ok(()) => Liveness::Mine,
    }
}

pub(super) fn read(_: Kind, answers: &Answers) -> Result<Found, Failure> {
    let listing = answers.models::<Listed>()?;
    let props: Props = answers.optional(PROPS).unwrap_or_default();
    if props.role.as_deref() == Some("router") || listing.rows.iter().any(|row| row.extra.status.is_some()) {
        return Ok(llama_cpp_router::found_in(&listing, props));
    }
    let load = if props.is_sleeping == Some(true) { Load::Sleeping } else { Load::Loaded };
    let served = props.default_generation_settings.and_then(|it| it.n_ctx);
    let models = listing.rows.iter().map(|row| {
        let mut it = with_facts(row, load);
        it.served_context = it.served_context.or(served);
        it.quantisation = it.quantisation.or_else(|| props.model_ftype.clone());
        it
    });
    let mut found = found(Kind::LlamaCpp, models.collect(), listing.cut).version(props.build_info);
    found.serving.busy = answers.get(METRICS).is_some_and(|it| it.as_ref().is_ok_and(is_busy));
    Ok(found)
}

pub(super) fn with_facts(row: &Row<Listed>, load: Load) -> ServedModel {
    let mut it = model(row, load);
    if let Some(meta) = &row.extra.meta {
        it.served_context = meta.n_ctx;
        it.max_context = meta.n_ctx_train;
        it.quantisation.clone_from(&meta.ftype);
        it.size_bytes = meta.size;
    }
    it
}

/// Prometheus' text: `llamacpp:requests_processing 1`.
fn is_busy(reply: &Reply) -> bool {
    let counts = reply.text().lines().find_map(|it| it.strip_prefix("llamacpp:requests_processing "));
    reply.is_ok() && counts.is_some_and(|it| it.trim().parse::<f64>().is_ok_and(|it| it > 0.0))
}

/// The context size on a command line of `llama-server`. That may hold a key: nothing else of it is read.
pub(super) fn context_of<'a>(mut words: impl Iterator<Item = &'a str>) -> Option<u64> {
    while let Some(word) = words.next() {
        let value = match word.split_once('=') {
            Some(("--ctx-size", value)) => Some(value),
            None if matches!(word, "-c" | "--ctx-size") => words.next(),
            _ => None,
        };
        if let Some(value) = value {
            return value.parse().ok().filter(|it| *it > 0);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_context_on_the_command_line() {
        for (command, context) in [
            ("llama-server -m a.gguf -c 32768 --port 5800", Some(32768)),
            ("llama-server --ctx-size 4096", Some(4096)),
            ("llama-server --ctx-size=4096", Some(4096)),
            ("llama-server -c", None),
            ("llama-server -c 0", None),
            ("vllm serve x", None),
        ] {
            assert_eq!(context_of(command.split_whitespace()), context, "{command}");
        }
    }
}
