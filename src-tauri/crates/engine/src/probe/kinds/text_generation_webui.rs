//! text-generation-webui. It lists the loaded model or nothing, and answers with it whatever name is asked for.

use super::wire::Health;
use super::{Found, TurnSignal, found, model, sign_of};
use crate::probe::reply::Reply;
use crate::probe::round::Heard;
use domain::server::observation::{Failure, Kind, Load};

pub(super) fn sign(reply: &Reply) -> TurnSignal {
    match reply.refusal() {
        Err(failure @ (Failure::AuthNeeded | Failure::AuthWrong)) => TurnSignal::Failed(failure),
        _ => sign_of(reply, |it: Health| it.status == "ok"),
    }
}

pub(super) fn read(heard: &Heard) -> Result<Found, Failure> {
    let listing = heard.models()?;
    let models = listing.rows.iter().map(|row| model(row, Load::Loaded)).collect();
    Ok(found(Kind::TextGenerationWebUi, models, listing.cut))
}
