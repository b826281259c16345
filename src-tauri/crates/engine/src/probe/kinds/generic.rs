//! Anything with an OpenAI-shaped list of models and no sign of its own.

use super::{Found, KindSpec, found, model};
use crate::probe::round::Answers;
use crate::probe::wire::known;
use domain::Kind;
use domain::server::observation::{Failure, Load};
use serde::Deserialize;

pub(super) const SPEC: KindSpec = KindSpec { read, ..KindSpec::new(Kind::Generic) };

/// The names that servers have for the context.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Contexts {
    #[serde(deserialize_with = "known")]
    context_length: Option<u64>,
    #[serde(deserialize_with = "known")]
    max_model_len: Option<u64>,
    #[serde(deserialize_with = "known")]
    max_context_length: Option<u64>,
    meta: Meta,
    #[serde(deserialize_with = "known")]
    context_window: Option<u64>,
    #[serde(deserialize_with = "known")]
    max_input_tokens: Option<u64>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Meta {
    #[serde(deserialize_with = "known")]
    n_ctx: Option<u64>,
}

fn read(kind: Kind, answers: &Answers) -> Result<Found, Failure> {
    let listing = answers.models::<Contexts>()?;
    let models = listing.rows.iter().map(|row| {
        let mut it = model(row, Load::Unknown);
        let said = &row.extra;
        let contexts = [
            said.context_length,
            said.max_model_len,
            said.max_context_length,
            said.meta.n_ctx,
            said.context_window,
            said.max_input_tokens,
        ];
        it.served_context = contexts.into_iter().flatten().next();
        it.max_context = it.served_context;
        it
    });
    let models: Vec<_> = models.collect();
    let partial = listing.cut || models.iter().any(|it| it.id.contains('*'));
    Ok(found(kind, models, partial))
}
