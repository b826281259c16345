//! llama.cpp's `llama-server` with one model. `/slots` would tell whether it is busy, but wakes it when it sleeps; `/props` does not.

use super::wire::Props;
use super::{Found, Sign, found, known, llama_cpp_router, model};
use crate::probe::base::At::Root;
use crate::probe::reply::Reply;
use crate::probe::round::Heard;
use domain::observation::{Failure, Kind, Load};

/// Every answer names it, unless a proxy in front took that away. Its "not found" is a sign of life.
pub(super) fn sign(reply: &Reply) -> Sign {
    let named = reply.header("server") == "llama.cpp" || reply.error().message == "File Not Found";
    match reply.refusal() {
        Err(Failure::Starting) => Sign::Failed(Failure::Starting),
        _ if !named => Sign::Stranger,
        _ if matches!(reply.status, 200..300 | 404 | 405) => Sign::Mine,
        Err(failure) => Sign::Failed(failure),
        Ok(()) => Sign::Mine,
    }
}

pub(super) fn read(heard: &Heard) -> Result<Found, Failure> {
    let listing = heard.models()?;
    let props: Props = heard.maybe(Root("props")).unwrap_or_default();
    if props.role.as_deref() == Some("router") || listing.rows.iter().any(|row| row.status.is_some()) {
        return Ok(llama_cpp_router::from(&listing, props));
    }
    let load = if props.is_sleeping == Some(true) { Load::Sleeping } else { Load::Loaded };
    let served = props.default_generation_settings.and_then(|it| known(it.n_ctx));
    let models = listing.rows.iter().map(|row| {
        let mut it = model(row, load);
        if let Some(meta) = &row.meta {
            it.served_context = known(meta.n_ctx);
            it.max_context = known(meta.n_ctx_train);
            it.quantisation.clone_from(&meta.ftype);
            it.size_bytes = known(meta.size);
        }
        it.served_context = it.served_context.or(served);
        it.quantisation = it.quantisation.or_else(|| props.model_ftype.clone());
        it
    });
    Ok(found(Kind::LlamaCpp, models.collect(), listing.cut).version(props.build_info))
}
