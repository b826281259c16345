//! MLX's server. It lists what is on the disk, at the price of a scan, and does not say what is loaded.

use super::{CALL, KindSpec, Liveness, Match};
use crate::probe::reply::Reply;
use domain::Kind;

pub(super) const SPEC: KindSpec = KindSpec {
    refuses: |refusal| is_not_found(refusal.reply),
    lists: |clues| Match::sure_if(clues.all(|row| row.owned_by.is_none()) && is_base_http(clues.reply)),
    alive: CALL,
    liveness: |_, reply| Liveness::mine_if(is_not_found(reply)),
    processes: &["mlx_lm"],
    ..KindSpec::new(Kind::Mlx)
};

fn is_not_found(reply: &Reply) -> bool {
    reply.status == 404 && is_base_http(reply) && reply.text() == "Not Found"
}

fn is_base_http(reply: &Reply) -> bool {
    reply.header("server").starts_with("BaseHTTP/")
}
