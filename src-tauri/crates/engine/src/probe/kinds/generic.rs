//! Anything with an OpenAI-shaped list of models and no sign of its own.

use super::{Found, TurnSignal, found, known, model, sign_of_list};
use crate::probe::reply::Reply;
use crate::probe::round::Heard;
use domain::server::observation::{Failure, Kind, Load};

pub(super) fn sign(reply: &Reply) -> TurnSignal {
    sign_of_list(reply, Kind::Generic)
}

pub(super) fn read(heard: &Heard) -> Result<Found, Failure> {
    let listing = heard.models()?;
    let models = listing.rows.iter().map(|row| {
        let mut it = model(row, Load::Unknown);
        let contexts = [
            row.context_length,
            row.max_model_len,
            row.max_context_length,
            row.meta.as_ref().and_then(|it| it.n_ctx),
            row.context_window,
            row.max_input_tokens,
        ];
        it.served_context = contexts.into_iter().find_map(known);
        it.max_context = it.served_context;
        it
    });
    let models: Vec<_> = models.collect();
    let partial = listing.cut || models.iter().any(|it| it.id.contains('*'));
    Ok(found(Kind::Generic, models, partial))
}
