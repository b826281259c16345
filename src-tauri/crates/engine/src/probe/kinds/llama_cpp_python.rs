//! llama-cpp-python's server. Its list of models takes the lock that generation holds: asking for it cuts a running stream short. So it is
//! only ever asked whether it is there, by a GET on a path that takes POST.

use super::{Found, TurnSignal, serving};
use crate::probe::reply::Reply;
use crate::probe::round::Heard;
use domain::server::observation::{Failure, Kind};

pub(super) fn sign(reply: &Reply) -> TurnSignal {
    if reply.status == 405 && !reply.header("x-request-id").is_empty() { TurnSignal::Mine } else { TurnSignal::Stranger }
}

pub(super) fn read(_: &Heard) -> Result<Found, Failure> {
    Ok(Found { kind: Kind::LlamaCppPython, version: None, serving: serving(Kind::LlamaCppPython) })
}
