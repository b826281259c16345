//! vLLM. What it lists is loaded, and adapters share the context of the model they belong to.

use super::wire::Version;
use super::{Found, TurnSignal, found, is_only_version, known, model};
use crate::probe::base::At::Open;
use crate::probe::reply::Reply;
use crate::probe::round::Heard;
use crate::probe::wire::Listing;
use domain::server::observation::{Failure, Kind, Load, ServedModel};

pub(super) fn sign(reply: &Reply) -> TurnSignal {
    if is_only_version(reply) { TurnSignal::Mine } else { TurnSignal::Stranger }
}

pub(super) fn read(heard: &Heard) -> Result<Found, Failure> {
    // 503 once its engine has died, with the list still in good order.
    if let Some(Ok(health)) = heard.get(Open("health"))
        && health.status == 503
    {
        return Err(Failure::Status(503));
    }
    let listing = heard.models()?;
    let version = heard.maybe::<Version>(Open("version")).map(|it| it.version);
    Ok(found(Kind::Vllm, models(&listing), listing.cut).version(version))
}

/// As vLLM and SGLang list them.
pub(super) fn models(listing: &Listing) -> Vec<ServedModel> {
    let context =
        |id: &str| listing.rows.iter().find(|row| row.id.as_deref() == Some(id)).and_then(|row| known(row.max_model_len));
    let models = listing.rows.iter().map(|row| {
        let mut it = model(row, Load::Loaded);
        it.served_context = known(row.max_model_len).or_else(|| context(row.parent.as_deref()?));
        it
    });
    models.collect()
}
