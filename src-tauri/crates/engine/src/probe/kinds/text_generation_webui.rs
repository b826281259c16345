//! text-generation-webui. It lists the loaded model or nothing, and answers with it whatever name is asked for.

use super::{KindSpec, ListClues, Liveness, Match, Test, all_loaded};
use crate::probe::base::Endpoint::{self, Root};
use crate::probe::reply::Reply;
use domain::Kind;
use domain::server::observation::Failure;
use serde::Deserialize;

const HEALTH: Endpoint = Root("v1/internal/health");

pub(super) const SPEC: KindSpec = KindSpec {
    lists,
    complains: |refusal| refusal.complaint.detail == "Unauthorized",
    test: Some(Test::new(HEALTH, |reply| is_guarded(reply) || is_healthy(reply))),
    alive: HEALTH,
    liveness,
    read: all_loaded,
    processes: &["text-generation-webui"],
    ..KindSpec::new(Kind::TextGenerationWebUi)
};

#[derive(Deserialize)]
struct Health {
    status: String,
}

fn is_healthy(reply: &Reply) -> bool {
    reply.is_ok() && reply.json().is_some_and(|it: Health| it.status == "ok")
}

/// Its paths are all guarded alike, and no other kind has this one: a refusal in its words will do.
fn is_guarded(reply: &Reply) -> bool {
    reply.status == 401 && reply.error().detail == "Unauthorized"
}

fn lists(clues: &ListClues<'_>) -> Match {
    if clues.rows.is_empty() {
        return Match::maybe_if(clues.family.is_fast_api());
    }
    Match::sure_if(clues.all(|row| row.owned_by.as_deref() == Some("user") && row.created == Some(0)))
}

fn liveness(_: &KindSpec, reply: &Reply) -> Liveness {
    match reply.refusal() {
        Err(failure @ (Failure::AuthNeeded | Failure::AuthWrong)) => Liveness::Unwell(failure),
        _ => Liveness::mine_if(is_healthy(reply)),
    }
}
