//! llama-swap, which starts and stops servers behind one address. Its list calls a model loaded while it is still starting: `/running` has
//! the truth. `GET /unload` and anything below `/upstream` is never asked.

use super::llama_cpp::context_of;
use super::{Call, Found, KindSpec, MODELS, Version, found, model};
use crate::probe::base::Endpoint::{self, Root};
use crate::probe::round::Answers;
use crate::probe::wire::{Row, known, lenient};
use domain::Kind;
use domain::server::job::JobRequest;
use domain::server::observation::{Failure, Load};
use serde::Deserialize;
use serde_json::json;

const RUNNING: Endpoint = Root("running");
const VERSION: Endpoint = Root("api/version");

pub(super) const SPEC: KindSpec = KindSpec {
    owner: Some("llama-swap"),
    asks: &[&[MODELS], &[RUNNING], &[VERSION]],
    read,
    unload: Some(unload),
    processes: &["llama-swap"],
    ..KindSpec::new(Kind::LlamaSwap)
};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Listed {
    #[serde(deserialize_with = "known")]
    context_length: Option<u64>,
    #[serde(deserialize_with = "lenient")]
    meta: Option<Meta>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Meta {
    #[serde(deserialize_with = "known")]
    n_ctx: Option<u64>,
    #[serde(deserialize_with = "lenient")]
    llamaswap: Option<Facts>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Facts {
    #[serde(rename = "type", deserialize_with = "lenient")]
    sort: Option<String>,
    #[serde(deserialize_with = "lenient")]
    aliases: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Running {
    running: Vec<Runner>,
}

#[derive(Deserialize)]
struct Runner {
    model: String,
    #[serde(default, deserialize_with = "lenient")]
    state: Option<String>,
    /// May hold a key: read for the context size alone.
    #[serde(default, deserialize_with = "lenient")]
    cmd: Option<String>,
}

fn read(kind: Kind, answers: &Answers) -> Result<Found, Failure> {
    let mut listing = answers.models::<Listed>()?;
    let running = answers.optional::<Running>(RUNNING);
    // Models may be left out of the list on purpose, and still run.
    for it in running.iter().flat_map(|it| &it.running) {
        if !listing.rows.iter().any(|row| row.id == it.model) {
            listing.rows.push(Row::unlisted(&it.model));
        }
    }
    let models = listing.rows.iter().map(|row| {
        let mut it = model(row, Load::Unknown);
        let meta = row.extra.meta.as_ref();
        let facts = meta.and_then(|it| it.llamaswap.as_ref());
        it.aliases.extend(facts.and_then(|it| it.aliases.clone()).unwrap_or_default());
        it.configured_context = row.extra.context_length.or(meta.and_then(|it| it.n_ctx));
        if facts.and_then(|it| it.sort.as_deref()).is_some_and(|it| it != "model") {
            return it;
        }
        if let Some(running) = &running {
            let now = running.running.iter().find(|run| run.model == it.id);
            it.load = match now.and_then(|it| it.state.as_deref()) {
                Some("ready") => Load::Loaded,
                Some("starting") => Load::Loading,
                _ => Load::NotLoaded,
            };
            if let Some(now) = now {
                let of_command = || context_of(now.cmd.as_deref()?.split_whitespace());
                it.served_context = it.configured_context.take().or_else(of_command);
            }
        }
        it
    });
    let models = models.collect();
    Ok(found(kind, models, listing.cut).version(answers.optional::<Version>(VERSION).map(|it| it.version)))
}

fn unload(it: &JobRequest) -> Vec<Call> {
    vec![Call::about(&it.served_as, Root("api/models/unload/{model}"), json!({}))]
}
