//! KoboldCpp. Its own `/api/ps` is a fake that always says loaded. The first of the list is loaded; any after it are settings to swap to.

use super::{Family, Found, KindSpec, Liveness, MODELS, Test, found, model};
use crate::probe::base::Endpoint::{self, Open};
use crate::probe::reply::Reply;
use crate::probe::round::Answers;
use crate::probe::wire::{Plain, known, lenient, number};
use domain::Kind;
use domain::server::observation::{Failure, Load};
use serde::Deserialize;

const VERSION: Endpoint = Open("api/extra/version");
const CONTEXT: Endpoint = Open("api/extra/true_max_context_length");
const PERF: Endpoint = Open("api/extra/perf");

pub(super) const SPEC: KindSpec = KindSpec {
    owner: Some("koboldcpp"),
    refuses: |refusal| refusal.reply.status == 404 && refusal.reply.header("server").starts_with("KoboldCppServer"),
    suspected: &[Family::Unknown],
    test: Some(Test::new(VERSION, is_mine)),
    alive: VERSION,
    asks: &[&[MODELS], &[CONTEXT], &[PERF]],
    liveness: |_, reply| Liveness::mine_if(is_mine(reply)),
    read,
    processes: &["koboldcpp"],
    ..KindSpec::new(Kind::KoboldCpp)
};

#[derive(Deserialize)]
struct Version {
    result: String,
    #[serde(default, deserialize_with = "lenient")]
    version: Option<String>,
}

#[derive(Deserialize)]
struct Context {
    #[serde(deserialize_with = "known")]
    value: Option<u64>,
}

#[derive(Deserialize)]
struct Perf {
    #[serde(deserialize_with = "number")]
    idle: Option<u64>,
}

fn is_mine(reply: &Reply) -> bool {
    reply.is_ok() && reply.json().is_some_and(|it: Version| it.result == "KoboldCpp")
}

fn read(kind: Kind, answers: &Answers) -> Result<Found, Failure> {
    let listing = answers.models::<Plain>()?;
    let version = answers.optional::<Version>(VERSION).and_then(|it| it.version);
    let context = answers.optional::<Context>(CONTEXT).and_then(|it| it.value);
    let busy = answers.optional::<Perf>(PERF).is_some_and(|it| it.idle == Some(0));
    let is_none = |id: &str| id == "inactive" || id.ends_with("/inactive");
    let models = listing.rows.iter().enumerate().filter(|(_, row)| !is_none(&row.id)).map(|(n, row)| {
        let mut it = model(row, if n == 0 { Load::Loaded } else { Load::NotLoaded });
        it.served_context = context.filter(|_| n == 0);
        it
    });
    let mut found = found(kind, models.collect(), listing.cut).version(version);
    found.serving.busy = busy;
    found.serving.ignores_names = listing.rows.len() == 1;
    Ok(found)
}
