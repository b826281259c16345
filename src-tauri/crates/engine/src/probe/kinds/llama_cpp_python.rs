//! llama-cpp-python's server. Its list of models takes the lock that generation holds: asking for it cuts a running stream short. So it is
//! only ever asked whether it is there, by a GET on a path that takes POST.

use super::{CALL, Family, Found, KindSpec, Liveness, OPENAPI, Test, serving, title};
use domain::Kind;

pub(super) const SPEC: KindSpec = KindSpec {
    owner: Some("me"),
    tested_first_in: Some(Family::FastApiTraced),
    test: Some(Test {
        shows: "its description of its API says so, or can't be read, and then it is not risked",
        // In doubt it is taken for one that must not be asked for its models.
        ..Test::new(OPENAPI, |reply| title(reply).is_none_or(|it| it.contains("llama.cpp Python")))
    }),
    alive: CALL,
    asks: &[],
    liveness: |_, reply| Liveness::mine_if(reply.status == 405 && !reply.header("x-request-id").is_empty()),
    read: |kind, _| Ok(Found { kind, version: None, serving: serving(kind) }),
    processes: &["llama_cpp.server"],
    ..KindSpec::new(Kind::LlamaCppPython)
};
