//! SGLang. Its `/health` generates a token, so `/ready` is asked; older ones don't have that, and their 404 is a sign of life as well.

use super::{Family, Found, KindSpec, Liveness, Test, found, is_unauthorized, vllm};
use crate::probe::base::Endpoint::Open;
use crate::probe::reply::Reply;
use crate::probe::round::Answers;
use domain::Kind;
use domain::server::observation::Failure;

pub(super) const SPEC: KindSpec = KindSpec {
    owner: Some("sglang"),
    complains: is_unauthorized,
    suspected: &[Family::Guarded],
    test: Some(Test::new(Open(""), |reply| reply.is_ok() && reply.text().trim_matches('"') == "SGLang is running")),
    alive: Open("ready"),
    liveness,
    read,
    processes: &["sglang"],
    ..KindSpec::new(Kind::Sglang)
};

fn liveness(_: &KindSpec, reply: &Reply) -> Liveness {
    match reply.status {
        200 => Liveness::Mine,
        404 if reply.header("server") == "uvicorn" => Liveness::Mine,
        503 if reply.body.is_empty() => Liveness::Unwell(Failure::Starting),
        _ => Liveness::Stranger,
    }
}

fn read(kind: Kind, answers: &Answers) -> Result<Found, Failure> {
    let listing = answers.models()?;
    Ok(found(kind, vllm::models(&listing), listing.cut))
}
