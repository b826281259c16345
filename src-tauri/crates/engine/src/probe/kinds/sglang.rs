//! SGLang. Its `/health` generates a token, so `/ready` is asked; older ones don't have that, and their 404 is a sign of life as well.

use super::{Found, Sign, found, vllm};
use crate::probe::reply::Reply;
use crate::probe::round::Heard;
use domain::observation::{Failure, Kind};

pub(super) fn sign(reply: &Reply) -> Sign {
    match reply.status {
        200 => Sign::Mine,
        404 if reply.header("server") == "uvicorn" => Sign::Mine,
        503 if reply.body.is_empty() => Sign::Failed(Failure::Starting),
        _ => Sign::Stranger,
    }
}

pub(super) fn read(heard: &Heard) -> Result<Found, Failure> {
    let listing = heard.models()?;
    Ok(found(Kind::Sglang, vllm::models(&listing), listing.cut))
}
