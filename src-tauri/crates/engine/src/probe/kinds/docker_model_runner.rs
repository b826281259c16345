//! Docker Model Runner. It lists what is pulled; `/engines/ps` says what runs. What context it serves, it does not say.

use super::{Call, Found, KindSpec, MODELS, found, model};
use crate::probe::base::Endpoint::{self, Root};
use crate::probe::round::Answers;
use crate::probe::wire::{known, lenient, whole};
use domain::Kind;
use domain::server::job::JobRequest;
use domain::server::observation::{Failure, Load};
use serde::Deserialize;
use serde_json::json;

const RUNNING: Endpoint = Root("engines/ps");

pub(super) const SPEC: KindSpec = KindSpec {
    owner: Some("docker"),
    asks: &[&[MODELS], &[RUNNING]],
    read,
    unload: Some(unload),
    ..KindSpec::new(Kind::DockerModelRunner)
};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Listed {
    #[serde(deserialize_with = "lenient")]
    dmr: Option<Facts>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Facts {
    #[serde(deserialize_with = "known")]
    context_window: Option<u64>,
    #[serde(deserialize_with = "lenient")]
    quantization: Option<String>,
    #[serde(deserialize_with = "lenient")]
    size: Option<String>,
}

#[derive(Deserialize)]
struct Runner {
    model_name: String,
    #[serde(default, deserialize_with = "lenient")]
    in_use: Option<bool>,
    #[serde(default, deserialize_with = "lenient")]
    loading: Option<bool>,
}

fn read(kind: Kind, answers: &Answers) -> Result<Found, Failure> {
    let listing = answers.models::<Listed>()?;
    let running = answers.optional::<Vec<Runner>>(RUNNING);
    let models = listing.rows.iter().map(|row| {
        let mut it = model(row, Load::Unknown);
        it.aliases.extend(it.id.strip_suffix(":latest").map(str::to_owned));
        if let Some(running) = &running {
            let now = running.iter().find(|run| run.model_name == it.id || it.aliases.contains(&run.model_name));
            it.load = match now {
                Some(now) if now.loading == Some(true) => Load::Loading,
                Some(_) => Load::Loaded,
                None => Load::NotLoaded,
            };
        }
        if let Some(facts) = &row.extra.dmr {
            it.max_context = facts.context_window;
            it.quantisation.clone_from(&facts.quantization);
            it.size_bytes = facts.size.as_deref().and_then(bytes);
        }
        it
    });
    let models = models.collect();
    let mut found = found(kind, models, listing.cut);
    found.serving.busy = running.iter().flatten().any(|it| it.in_use == Some(true));
    Ok(found)
}

/// "4.68 GiB".
fn bytes(text: &str) -> Option<u64> {
    let (number, unit) = text.trim().split_once(' ')?;
    let factor = match unit {
        "GiB" => 1024f64.powi(3),
        "MiB" => 1024f64.powi(2),
        "GB" => 1e9,
        "MB" => 1e6,
        _ => return None,
    };
    whole(number.parse::<f64>().ok()? * factor).filter(|it| *it > 0)
}

fn unload(it: &JobRequest) -> Vec<Call> {
    vec![Call::new(Root("engines/unload"), json!({ "models": [it.served_as] }))]
}
