//! LocalAI, which answers in the manner of several others. Its list is what is configured; `/system` says what is loaded.

use super::{Call, Family, Found, KindSpec, ListClues, Liveness, MODELS, Match, Refusal, Test, Version, found, model};
use crate::probe::base::Endpoint::{self, Open, Root};
use crate::probe::reply::Reply;
use crate::probe::round::Answers;
use crate::probe::wire::Plain;
use domain::Kind;
use domain::server::job::JobRequest;
use domain::server::observation::{Failure, Load};
use serde::Deserialize;
use serde_json::json;

const SYSTEM: Endpoint = Root("system");
const VERSION: Endpoint = Open("version");

pub(super) const SPEC: KindSpec = KindSpec {
    lists,
    complains,
    suspected: &[Family::Echo],
    test: Some(Test::new(Open(".well-known/localai.json"), |reply| reply.is_ok() && reply.text().starts_with('{'))),
    alive: Open("readyz"),
    asks: &[&[MODELS], &[SYSTEM], &[VERSION]],
    liveness,
    read,
    unload: Some(unload),
    processes: &["local-ai"],
    ..KindSpec::new(Kind::LocalAi)
};

#[derive(Deserialize)]
struct System {
    loaded_models: Vec<Loaded>,
}

#[derive(Deserialize)]
struct Loaded {
    id: String,
}

/// Its rows have an id and nothing else.
fn lists(clues: &ListClues<'_>) -> Match {
    if clues.rows.is_empty() {
        return Match::maybe_if(!clues.family.is_fast_api());
    }
    Match::maybe_if(clues.all(|row| row.owned_by.is_none() && row.created.is_none()))
}

fn complains(refusal: &Refusal<'_>) -> bool {
    let asks_for_key = refusal.reply.status == 401 && !refusal.reply.header("www-authenticate").is_empty();
    refusal.family == Family::Unknown && asks_for_key
}

fn liveness(_: &KindSpec, reply: &Reply) -> Liveness {
    match reply.status {
        200 => Liveness::Mine,
        503 => Liveness::Unwell(Failure::Starting),
        _ => Liveness::Stranger,
    }
}

fn read(kind: Kind, answers: &Answers) -> Result<Found, Failure> {
    let listing = answers.models::<Plain>()?;
    let system = answers.optional::<System>(SYSTEM);
    let version = answers.optional::<Version>(VERSION).map(|it| it.version);
    let models = listing.rows.iter().map(|row| {
        let load = match &system {
            None => Load::Unknown,
            Some(it) if it.loaded_models.iter().any(|it| it.id == row.id) => Load::Loaded,
            Some(_) => Load::NotLoaded,
        };
        model(row, load)
    });
    Ok(found(kind, models.collect(), listing.cut).version(version))
}

/// Wants an admin's key where there are users.
fn unload(it: &JobRequest) -> Vec<Call> {
    vec![Call::new(Root("backend/shutdown"), json!({ "model": it.served_as }))]
}
