//! llama-cpp-python's server. Its list of models takes the lock that generation holds: asking for it cuts a running stream short. So it is
//! only ever asked whether it is there, by a GET on a path that takes POST.

use super::{Found, Sign, serving};
use crate::probe::reply::Reply;
use crate::probe::round::Heard;
use domain::observation::{Failure, Kind};

pub(super) fn sign(reply: &Reply) -> Sign {
    if reply.status == 405 && !reply.header("x-request-id").is_empty() { Sign::Mine } else { Sign::Stranger }
}

pub(super) fn read(_: &Heard) -> Result<Found, Failure> {
    Ok(Found { kind: Kind::LlamaCppPython, version: None, serving: serving(Kind::LlamaCppPython) })
}
