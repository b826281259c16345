//! SGLang. Its `/health` generates a token, so `/ready` is asked; older ones don't have that, and their 404 is a sign of life as well.

use super::{Found, TurnSignal, found, vllm};
use crate::probe::reply::Reply;
use crate::probe::round::Heard;
use domain::server::observation::{Failure, Kind};

pub(super) fn sign(reply: &Reply) -> TurnSignal {
    match reply.status {
        200 => TurnSignal::Mine,
        404 if reply.header("server") == "uvicorn" => TurnSignal::Mine,
        503 if reply.body.is_empty() => TurnSignal::Failed(Failure::Starting),
        _ => TurnSignal::Stranger,
    }
}

pub(super) fn read(heard: &Heard) -> Result<Found, Failure> {
    let listing = heard.models()?;
    Ok(found(Kind::Sglang, vllm::models(&listing), listing.cut))
}
