//! Docker Model Runner. It lists what is pulled; `/engines/ps` says what runs. What context it serves, it does not say.

use super::wire::DockerRunner;
use super::{Call, Found, TurnSignal, found, known, model, sign_of_list};
use crate::probe::base::At::Root;
use crate::probe::reply::Reply;
use crate::probe::round::Heard;
use crate::probe::wire::whole;
use domain::server::job::JobRequest;
use domain::server::observation::{Failure, Kind, Load};
use serde_json::json;

pub(super) fn sign(reply: &Reply) -> TurnSignal {
    sign_of_list(reply, Kind::DockerModelRunner)
}

pub(super) fn read(heard: &Heard) -> Result<Found, Failure> {
    let listing = heard.models()?;
    let running = heard.maybe::<Vec<DockerRunner>>(Root("engines/ps"));
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
        if let Some(dmr) = &row.dmr {
            it.max_context = known(dmr.context_window);
            it.quantisation.clone_from(&dmr.quantization);
            it.size_bytes = dmr.size.as_deref().and_then(bytes);
        }
        it
    });
    let models = models.collect();
    let mut found = found(Kind::DockerModelRunner, models, listing.cut);
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
    known(whole(number.parse::<f64>().ok()? * factor))
}

pub(super) fn unload(it: &JobRequest) -> Vec<Call> {
    vec![Call::new(Root("engines/unload"), json!({ "models": [it.served_as] }))]
}
