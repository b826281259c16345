//! llama.cpp's `llama-server` with one model. `/slots` would tell whether it is busy, but wakes it when it sleeps. `/props` and `/metrics`
//! do not; the latter is there only if it was started with `--metrics`.

use super::wire::Props;
use super::{Found, TurnSignal, found, known, llama_cpp_router, model};
use crate::probe::base::At::Root;
use crate::probe::reply::Reply;
use crate::probe::round::Heard;
use domain::server::observation::{Failure, Kind, Load};

/// Every answer names it, unless a proxy in front took that away. Its "not found" is a sign of life.
pub(super) fn sign(reply: &Reply) -> TurnSignal {
    let named = reply.header("server") == "llama.cpp" || reply.error().message == "File Not Found";
    match reply.refusal() {
        Err(Failure::Starting) => TurnSignal::Failed(Failure::Starting),
        _ if !named => TurnSignal::Stranger,
        _ if matches!(reply.status, 200..300 | 404 | 405) => TurnSignal::Mine,
        Err(failure) => TurnSignal::Failed(failure),
        Ok(()) => TurnSignal::Mine,
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
    let mut found = found(Kind::LlamaCpp, models.collect(), listing.cut).version(props.build_info);
    found.serving.busy = heard.get(Root("metrics")).is_some_and(|it| it.as_ref().is_ok_and(is_busy));
    Ok(found)
}

/// Prometheus' text: `llamacpp:requests_processing 1`.
fn is_busy(reply: &Reply) -> bool {
    let counts = reply.text().lines().find_map(|it| it.strip_prefix("llamacpp:requests_processing "));
    reply.is_ok() && counts.is_some_and(|it| it.trim().parse::<f64>().is_ok_and(|it| it > 0.0))
}

/// The context size on a command line of `llama-server`. That may hold a key: nothing else of it is read.
pub(super) fn context_of<'a>(mut words: impl Iterator<Item = &'a str>) -> Option<u64> {
    while let Some(word) = words.next() {
        let value = match word.split_once('=') {
            Some(("--ctx-size", value)) => Some(value),
            None if matches!(word, "-c" | "--ctx-size") => words.next(),
            _ => None,
        };
        if let Some(value) = value {
            return known(value.parse().ok());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_context_on_the_command_line() {
        for (command, context) in [
            ("llama-server -m a.gguf -c 32768 --port 5800", Some(32768)),
            ("llama-server --ctx-size 4096", Some(4096)),
            ("llama-server --ctx-size=4096", Some(4096)),
            ("llama-server -c", None),
            ("llama-server -c 0", None),
            ("vllm serve x", None),
        ] {
            assert_eq!(context_of(command.split_whitespace()), context, "{command}");
        }
    }
}
