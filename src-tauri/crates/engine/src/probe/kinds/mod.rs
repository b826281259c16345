//! What differs from one kind of server to the next: how it is recognised, where it is asked, how its answers are read, and which orders
//! load and unload a model. A kind is a module with a [`KindSpec`]; what the rules know of it is its row in `domain::server::kinds`.
//!
//! A probe sends the GETs that a spec names, and nothing else: no probe can load, evict or generate.

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
mod ollama;
mod omlx;
mod orders;
mod sglang;
mod spec;
mod tabbyapi;
mod text_generation_webui;
mod vllm;

use super::base::Endpoint::{self, Api, Open};
use super::reply::Reply;
use super::round::Answers;
use super::wire::{Plain, Row};
use domain::Kind;
use domain::server::observation::{Failure, Load, ServedModel, Serving};
pub(crate) use orders::{Call, Question, events};
use serde::Deserialize;
pub(crate) use spec::{Details, Family, Found, KindSpec, ListClues, Liveness, Match, ModelDetails, ModelVersion, Refusal, Test};
use std::collections::BTreeMap;

pub(crate) const MODELS: Endpoint = Api("models");

/// The path that the agent posts to. A GET of it does nothing anywhere, and each family of servers refuses it in its own words.
pub(crate) const CALL: Endpoint = Api("chat/completions");

/// The description of the API that FastAPI servers give. LiteLLM stalls while it makes its own, so it is ruled out before.
pub(crate) const OPENAPI: Endpoint = Open("openapi.json");

pub(crate) fn spec(kind: Kind) -> &'static KindSpec {
    match kind {
        Kind::DockerModelRunner => &docker_model_runner::SPEC,
        Kind::Generic => &generic::SPEC,
        Kind::Gpt4All => &gpt4all::SPEC,
        Kind::Jan => &jan::SPEC,
        Kind::KoboldCpp => &koboldcpp::SPEC,
        Kind::Lemonade => &lemonade::SPEC,
        Kind::LiteLlm => &litellm::SPEC,
        Kind::LlamaCpp => &llama_cpp::SPEC,
        Kind::LlamaCppPython => &llama_cpp_python::SPEC,
        Kind::LlamaCppRouter => &llama_cpp_router::SPEC,
        Kind::LlamaSwap => &llama_swap::SPEC,
        Kind::LmStudio => &lmstudio::SPEC,
        Kind::LocalAi => &localai::SPEC,
        Kind::Mlx => &mlx::SPEC,
        Kind::Ollama => &ollama::SPEC,
        Kind::Omlx => &omlx::SPEC,
        Kind::Sglang => &sglang::SPEC,
        Kind::TabbyApi => &tabbyapi::SPEC,
        Kind::TextGenerationWebUi => &text_generation_webui::SPEC,
        Kind::Vllm => &vllm::SPEC,
    }
}

/// Returns the specs of all kinds, in the order of the table in `domain::server::kinds`.
pub(crate) fn specs() -> impl Iterator<Item = &'static KindSpec> {
    Kind::ALL.iter().map(|kind| spec(*kind))
}

/// Returns the first owner in a list that belongs to a known kind.
pub(crate) fn known_owner(rows: &[Row<Plain>]) -> Option<&'static str> {
    let known = |row: &Row<Plain>| specs().filter_map(|spec| spec.owner).find(|owner| row.owned_by.as_deref() == Some(owner));
    rows.iter().find_map(known)
}

/// Returns what is true of every server of a kind, before it is asked anything.
pub(crate) fn serving(kind: Kind) -> Serving {
    let info = kind.info();
    Serving { routes_elsewhere: info.routes_elsewhere, ignores_names: info.ignores_names, ..Serving::default() }
}

/// `{"version": "..."}`, perhaps among other keys.
#[derive(Debug, Deserialize)]
struct Version {
    version: String,
}

fn found(kind: Kind, models: Vec<ServedModel>, partial: bool) -> Found {
    Found { kind, version: None, serving: Serving { models: Some(models), partial, ..serving(kind) } }
}

fn model<T>(row: &Row<T>, load: Load) -> ServedModel {
    let aliases = row.aliases.iter().filter(|alias| **alias != row.id).cloned().collect();
    ServedModel { id: row.id.clone(), aliases, load, ..ServedModel::default() }
}

/// Reads a list of which nothing more is known.
fn all_unknown(kind: Kind, answers: &Answers) -> Result<Found, Failure> {
    all(kind, answers, Load::Unknown)
}

/// Reads a list of models that are all in memory.
fn all_loaded(kind: Kind, answers: &Answers) -> Result<Found, Failure> {
    all(kind, answers, Load::Loaded)
}

fn all(kind: Kind, answers: &Answers, load: Load) -> Result<Found, Failure> {
    let listing = answers.models::<Plain>()?;
    Ok(found(kind, listing.rows.iter().map(|row| model(row, load)).collect(), listing.cut))
}

/// Reads the liveness of a kind whose liveness call is its list of models.
fn liveness_by_list(spec: &KindSpec, reply: &Reply) -> Liveness {
    match reply.listing::<Plain>() {
        Ok(listing) => match known_owner(&listing.rows) {
            Some(other) if spec.owner != Some(other) => Liveness::Stranger,
            _ => Liveness::Mine,
        },
        Err(Failure::NotAnApi(_) | Failure::WrongBaseUrl(_) | Failure::Status(..500)) => Liveness::Stranger,
        Err(failure) => Liveness::Unwell(failure),
    }
}

/// Exactly `{"version": "..."}`. LocalAI and KoboldCpp answer Ollama's path with constants, others with more keys; LocalAI's
/// own `/version` starts with a letter.
fn is_only_version(reply: &Reply) -> bool {
    reply.is_ok()
        && reply.json::<BTreeMap<String, String>>().is_some_and(|it| {
            it.len() == 1
                && it
                    .get("version")
                    .is_some_and(|it| it.starts_with(|c: char| c.is_ascii_digit()) && it != "0.9.0" && it != "0.7.0")
        })
}

/// vLLM and SGLang refuse in the same words.
fn is_unauthorized(refusal: &Refusal<'_>) -> bool {
    refusal.complaint.plain && refusal.complaint.message == "Unauthorized"
}

/// Returns the title in the description of its API.
fn title(reply: &Reply) -> Option<String> {
    #[derive(Deserialize)]
    struct Description {
        info: Info,
    }
    #[derive(Deserialize)]
    struct Info {
        title: String,
    }
    reply.json::<Description>().map(|it| it.info.title)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::server::kinds::ListingCost;

    #[test]
    fn each_spec_is_of_its_kind() {
        for kind in Kind::ALL {
            assert_eq!(spec(*kind).kind, *kind);
        }
    }

    #[test]
    fn those_that_the_rules_send_to_work_can_be() {
        for spec in specs() {
            let info = spec.kind.info();
            assert_eq!(spec.unload.is_some(), info.loads, "{}", info.id);
            assert!(spec.load.is_none() || info.loads, "{}", info.id);
            assert_eq!(spec.own_question.is_some(), info.own_api.is_some(), "{}", info.id);
        }
    }

    #[test]
    fn a_list_that_cuts_answers_is_not_asked_for() {
        for spec in specs().filter(|spec| spec.kind.info().listing == ListingCost::CutsAnswers) {
            assert!(spec.alive != MODELS && !spec.asks.iter().any(|line| line.contains(&MODELS)), "{}", spec.kind.id());
        }
    }

    /// llama.cpp's router lists its models as the single server does, and their states beside.
    #[test]
    fn an_owner_names_one_kind() {
        let others = specs().filter(|spec| spec.kind != Kind::LlamaCppRouter);
        let owners: Vec<&str> = others.filter_map(|spec| spec.owner).collect();
        assert!(owners.iter().all(|it| owners.iter().filter(|other| other == &it).count() == 1), "{owners:?}");
    }

    /// LiteLLM runs all its models on `/health`, and SGLang generates a token.
    #[test]
    fn no_liveness_call_or_test_works_on_another_kind() {
        for spec in specs() {
            let asked = spec.test.map(|test| test.at).into_iter().chain([spec.alive]);
            for at in asked {
                assert!(!matches!(at, Endpoint::Open("health") | Endpoint::Root("health")), "{}", spec.kind.id());
            }
        }
    }
}
