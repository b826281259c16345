//! vLLM. What it lists is loaded, and adapters share the context of the model they belong to.

use super::{Family, Found, KindSpec, Liveness, MODELS, Test, Version, found, is_only_version, is_unauthorized, model};
use crate::probe::base::Endpoint::Open;
use crate::probe::round::Answers;
use crate::probe::wire::{Listing, known, lenient};
use domain::Kind;
use domain::server::observation::{Failure, Load, ServedModel};
use serde::Deserialize;

pub(super) const SPEC: KindSpec = KindSpec {
    owner: Some("vllm"),
    complains: is_unauthorized,
    suspected: &[Family::Guarded],
    test: Some(Test::new(Open("version"), is_only_version)),
    alive: Open("version"),
    asks: &[&[MODELS], &[Open("health")]],
    liveness: |_, reply| Liveness::mine_if(is_only_version(reply)),
    read,
    processes: &["vllm"],
    ..KindSpec::new(Kind::Vllm)
};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Served {
    #[serde(deserialize_with = "known")]
    max_model_len: Option<u64>,
    #[serde(deserialize_with = "lenient")]
    parent: Option<String>,
}

fn read(kind: Kind, answers: &Answers) -> Result<Found, Failure> {
    // 503 once its engine has died, with the list still in good order.
    if let Some(Ok(health)) = answers.get(Open("health"))
        && health.status == 503
    {
        return Err(Failure::Status(503));
    }
    let listing = answers.models()?;
    let version = answers.optional::<Version>(Open("version")).map(|it| it.version);
    Ok(found(kind, models(&listing), listing.cut).version(version))
}

/// As vLLM and SGLang list them.
pub(super) fn models(listing: &Listing<Served>) -> Vec<ServedModel> {
    let context = |id: &str| listing.rows.iter().find(|row| row.id == id).and_then(|row| row.extra.max_model_len);
    let models = listing.rows.iter().map(|row| {
        let mut it = model(row, Load::Loaded);
        it.served_context = row.extra.max_model_len.or_else(|| context(row.extra.parent.as_deref()?));
        it
    });
    models.collect()
}
