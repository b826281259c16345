//! GPT4All. It lists what is installed. An empty 401 means that its API has been switched off, and nothing about keys.

use super::{KindSpec, Liveness, liveness_by_list};
use crate::probe::reply::Reply;
use domain::Kind;
use domain::server::observation::Failure;

pub(super) const SPEC: KindSpec = KindSpec {
    owner: Some("humanity"),
    refuses: |refusal| refusal.reply.status == 405 && refusal.complaint.code == "method_not_supported",
    liveness,
    ..KindSpec::new(Kind::Gpt4All)
};

fn liveness(spec: &KindSpec, reply: &Reply) -> Liveness {
    if reply.status == 401 && reply.body.is_empty() {
        return Liveness::Unwell(Failure::NotAnApi("its local API server is switched off".to_owned()));
    }
    liveness_by_list(spec, reply)
}
