//! What differs from one kind of server to the next: where to ask and how to read the answer, and how it is sent to work on a click. What
//! a probe may ask stands in a table of GETs of its own: no probe can load, evict or generate.

mod docker_model_runner;
mod generic;
mod gpt4all;
mod jan;
mod koboldcpp;
mod lemonade;
mod litellm;
mod llama_cpp;
mod llama_cpp_python;
mod llama_cpp_router;
mod llama_swap;
mod lmstudio;
mod localai;
mod mlx;
pub(crate) mod ollama;
mod sglang;
mod tabbyapi;
mod text_generation_webui;
mod vllm;
pub(crate) mod wire;

use super::base::At::{self, Api, Open, Root};
use super::reply::Reply;
use super::round::Heard;
use super::wire::Row;
use domain::server::job::JobRequest;
use domain::server::observation::{Failure, Kind, Load, ServedModel, Serving};
use serde_json::Value;
use std::collections::BTreeMap;

/// How one kind is asked and read.
#[derive(Debug)]
pub(crate) struct Manner {
    pub kind: Kind,
    /// The `owned_by` of its models, where no other kind writes the same.
    pub owner: Option<&'static str>,
    /// Rung 1: cheap, and harmless even while it generates. Harmless to every other kind as well, since another one may have taken
    /// the port: that is why none asks `/health`, on which LiteLLM runs all its models and SGLang generates a token.
    pub alive: At,
    /// Rungs 2 and 3: of each line the first path that gives an answer.
    pub asks: &'static [&'static [At]],
    /// Reads the answer to `alive`.
    pub sign: fn(&Reply) -> TurnSignal,
    /// Reads the answers to `asks`.
    pub read: fn(&Heard) -> Result<Found, Failure>,
}

/// What the answer to the liveness call means.
#[derive(Debug)]
pub(crate) enum TurnSignal {
    /// Alive, and of this kind.
    Mine,
    /// Of this kind, and unwell.
    Failed(Failure),
    /// Not an answer that this kind gives.
    Stranger,
}

/// What a deep round learned.
#[derive(Debug)]
pub(crate) struct Found {
    /// Mostly the kind that was asked for; an answer may know better.
    pub kind: Kind,
    pub version: Option<String>,
    pub serving: Serving,
}

const MODELS: At = Api("models");

/// The path that the agent posts to. A GET of it does nothing anywhere, and each family of servers refuses it in its own words.
const CALL: At = Api("chat/completions");

macro_rules! table {
    ($($kind:ident, $owner:expr, $alive:expr, $asks:expr, $module:ident;)*) => {
        const TABLE: &[Manner] = &[$(Manner {
            kind: Kind::$kind, owner: $owner, alive: $alive, asks: $asks, sign: $module::sign, read: $module::read,
        }),*];
    };
}

table! {
    // kind              owned_by                    alive                            asks                                                                                   module
    LlamaCpp,            Some("llamacpp"),           CALL,                            &[&[MODELS], &[Root("props")], &[Root("metrics")]],                                    llama_cpp;
    LlamaCppRouter,      None,                       CALL,                            &[&[MODELS], &[Root("props")]],                                                        llama_cpp_router;
    LlamaCppPython,      Some("me"),                 CALL,                            &[],                                                                                   llama_cpp_python;
    LlamaSwap,           Some("llama-swap"),         MODELS,                          &[&[MODELS], &[Root("running")], &[Root("api/version")]],                              llama_swap;
    LmStudio,            Some("organization_owner"), MODELS,                          &[&[MODELS], &[Root("api/v1/models"), Root("api/v0/models")]],                         lmstudio;
    Ollama,              Some("library"),            Open("api/version"),             &[&[MODELS], &[Root("api/tags")], &[Root("api/ps")]],                                  ollama;
    Vllm,                Some("vllm"),               Open("version"),                 &[&[MODELS], &[Open("health")]],                                                       vllm;
    Sglang,              Some("sglang"),             Open("ready"),                   &[&[MODELS]],                                                                          sglang;
    LiteLlm,             None,                       Open("health/liveliness"),       &[&[MODELS], &[Root("v1/model/info")], &[Open("health/readiness")]],                   litellm;
    LocalAi,             None,                       Open("readyz"),                  &[&[MODELS], &[Root("system")], &[Open("version")]],                                   localai;
    Jan,                 None,                       MODELS,                          &[&[MODELS]],                                                                          jan;
    KoboldCpp,           Some("koboldcpp"),          Open("api/extra/version"),       &[&[MODELS], &[Open("api/extra/true_max_context_length")], &[Open("api/extra/perf")]], koboldcpp;
    TextGenerationWebUi, None,                       Root("v1/internal/health"),      &[&[MODELS]],                                                                          text_generation_webui;
    Mlx,                 None,                       CALL,                            &[&[MODELS]],                                                                          mlx;
    Lemonade,            Some("lemonade"),           Root("v1/health"),               &[&[MODELS], &[Root("v1/health")]],                                                    lemonade;
    Gpt4All,             Some("humanity"),           MODELS,                          &[&[MODELS]],                                                                          gpt4all;
    TabbyApi,            Some("tabbyAPI"),           Open(".well-known/serviceinfo"), &[&[MODELS], &[Root("v1/model")]],                                                     tabbyapi;
    DockerModelRunner,   Some("docker"),             MODELS,                          &[&[MODELS], &[Root("engines/ps")]],                                                   docker_model_runner;
    Generic,             None,                       MODELS,                          &[&[MODELS]],                                                                          generic;
}

const GENERIC: &Manner = &TABLE[TABLE.len() - 1];

pub(crate) fn manner(kind: Kind) -> &'static Manner {
    TABLE.iter().find(|it| it.kind == kind).unwrap_or(GENERIC)
}

pub(crate) fn owned_by(owner: &str) -> Option<Kind> {
    TABLE.iter().find(|it| it.owner == Some(owner)).map(|it| it.kind)
}

/// How one kind is sent to work, on a person's click.
pub(crate) struct Work {
    pub kind: Kind,
    /// `None`: it loads what it is asked for, and there is no other way.
    pub load: Option<fn(&JobRequest) -> Call>,
    pub unload: fn(&JobRequest) -> Vec<Call>,
    /// It takes the order and goes on by itself: to leave is not to stop it.
    pub works_on: bool,
}

/// A POST below a constant of the program; a model's name may follow, as one step of the path.
#[derive(Debug)]
pub(crate) struct Call {
    pub at: At,
    pub model: Option<String>,
    pub body: Value,
}

impl Call {
    pub(crate) fn new(at: At, body: Value) -> Call {
        Call { at, model: None, body }
    }

    pub(crate) fn tail(&self) -> String {
        let escaped = |it: &String| url::form_urlencoded::byte_serialize(it.as_bytes()).collect::<String>().replace('+', "%20");
        self.model.as_ref().map(|it| format!("/{}", escaped(it))).unwrap_or_default()
    }
}

macro_rules! works {
    ($($kind:ident, $load:expr, $works_on:expr, $module:ident;)*) => {
        const WORKS: &[Work] = &[$(Work {
            kind: Kind::$kind, load: $load, unload: $module::unload, works_on: $works_on,
        }),*];
    };
}

works! {
    // kind            load                             works on  module
    LmStudio,          Some(lmstudio::load),            false,    lmstudio;
    Ollama,            Some(ollama::load),              false,    ollama;
    LlamaCppRouter,    Some(llama_cpp_router::load),    true,     llama_cpp_router;
    LlamaSwap,         None,                            false,    llama_swap;
    Lemonade,          Some(lemonade::load),            false,    lemonade;
    TabbyApi,          Some(tabbyapi::load),            false,    tabbyapi;
    DockerModelRunner, None,                            false,    docker_model_runner;
    LocalAi,           None,                            false,    localai;
}

pub(crate) fn work(kind: Kind) -> Option<&'static Work> {
    WORKS.iter().find(|it| it.kind == kind)
}

/// What is true of every server of a kind, before it is asked anything.
pub(crate) fn serving(kind: Kind) -> Serving {
    Serving {
        routes_elsewhere: kind == Kind::LiteLlm,
        ignores_names: matches!(
            kind,
            Kind::LlamaCpp | Kind::LlamaCppPython | Kind::Sglang | Kind::TextGenerationWebUi | Kind::TabbyApi
        ),
        ..Serving::default()
    }
}

fn found(kind: Kind, models: Vec<ServedModel>, partial: bool) -> Found {
    Found { kind, version: None, serving: Serving { models: Some(models), partial, ..serving(kind) } }
}

impl Found {
    fn version(mut self, version: Option<String>) -> Self {
        self.version = version.filter(|it| !it.is_empty());
        self
    }
}

fn model(row: &Row, load: Load) -> ServedModel {
    let id = row.id.clone().unwrap_or_default();
    let aliases = row.aliases.iter().flatten().filter(|it| **it != id).cloned().collect();
    ServedModel { id, aliases, load, ..ServedModel::default() }
}

/// 0 is what servers write where they don't know.
fn known(number: Option<u64>) -> Option<u64> {
    number.filter(|it| *it > 0)
}

/// The sign of a kind whose liveness call is its list of models.
fn sign_of_list(reply: &Reply, kind: Kind) -> TurnSignal {
    match reply.listing() {
        Ok(listing) => match listing.rows.iter().find_map(|row| owned_by(row.owned_by.as_deref()?)) {
            Some(other) if other != kind => TurnSignal::Stranger,
            _ => TurnSignal::Mine,
        },
        Err(Failure::NotAnApi(_) | Failure::Status(..500)) => TurnSignal::Stranger,
        Err(failure) => TurnSignal::Failed(failure),
    }
}

/// The sign of a kind whose open liveness call gives JSON with a field of its own.
fn sign_of<T: serde::de::DeserializeOwned>(reply: &Reply, mine: impl FnOnce(T) -> bool) -> TurnSignal {
    if reply.is_ok() && reply.json().is_some_and(mine) { TurnSignal::Mine } else { TurnSignal::Stranger }
}

/// Exactly `{"version": "..."}`. LocalAI and KoboldCpp answer Ollama's path with constants, others with more keys; LocalAI's
/// own `/version` starts with a letter.
pub(crate) fn is_only_version(reply: &Reply) -> bool {
    reply.is_ok()
        && reply.json::<BTreeMap<String, String>>().is_some_and(|it| {
            it.len() == 1
                && it
                    .get("version")
                    .is_some_and(|it| it.starts_with(|c: char| c.is_ascii_digit()) && it != "0.9.0" && it != "0.7.0")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_each_kind_once_and_generic_last() {
        let mut kinds: Vec<Kind> = TABLE.iter().map(|it| it.kind).collect();
        assert_eq!(GENERIC.kind, Kind::Generic);
        kinds.sort();
        kinds.dedup();
        assert_eq!(kinds.len(), TABLE.len());
        assert_eq!(TABLE.len(), 19);
    }

    #[test]
    fn those_that_the_rules_send_to_work_can_be() {
        for kind in TABLE.iter().map(|it| it.kind) {
            assert_eq!(work(kind).is_some(), kind.loads(), "{kind:?}");
        }
    }

    #[test]
    fn an_owner_names_one_kind() {
        let owners: Vec<&str> = TABLE.iter().filter_map(|it| it.owner).collect();
        assert!(owners.iter().all(|it| owners.iter().filter(|other| other == &it).count() == 1), "{owners:?}");
    }
}
