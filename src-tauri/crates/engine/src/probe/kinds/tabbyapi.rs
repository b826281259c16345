//! TabbyAPI. With an admin's key it lists the whole folder, so what is loaded is asked on its own.

use super::{Call, Family, Found, KindSpec, Liveness, MODELS, Test, events, found, model};
use crate::probe::base::Endpoint::{self, Open, Root};
use crate::probe::reply::Reply;
use crate::probe::round::Answers;
use crate::probe::wire::{Plain, known, lenient};
use domain::Kind;
use domain::server::job::{JobProgress, JobRequest};
use domain::server::observation::{Failure, Load};
use serde::Deserialize;
use serde_json::{Value, json};

const INFO: Endpoint = Open(".well-known/serviceinfo");
const LOADED: Endpoint = Root("v1/model");

pub(super) const SPEC: KindSpec = KindSpec {
    owner: Some("tabbyAPI"),
    complains: |refusal| matches!(refusal.complaint.detail.as_str(), "Please provide an API key" | "Invalid API key"),
    suspected: &[Family::FastApi, Family::FastApiTraced],
    test: Some(Test::new(INFO, is_mine)),
    alive: INFO,
    asks: &[&[MODELS], &[LOADED]],
    liveness: |_, reply| Liveness::mine_if(is_mine(reply)),
    read,
    load: Some(load),
    progress: Some(progress),
    unload: Some(|_| vec![Call::new(Root("v1/model/unload"), json!({}))]),
    processes: &["tabbyAPI"],
    ..KindSpec::new(Kind::TabbyApi)
};

#[derive(Deserialize)]
struct ServiceInfo {
    software: Software,
}

#[derive(Deserialize)]
struct Software {
    name: String,
}

#[derive(Deserialize)]
struct LoadedModel {
    id: String,
    #[serde(default, deserialize_with = "lenient")]
    parameters: Option<Parameters>,
}

#[derive(Deserialize)]
struct Parameters {
    #[serde(default, deserialize_with = "known")]
    max_seq_len: Option<u64>,
}

fn is_mine(reply: &Reply) -> bool {
    reply.is_ok() && reply.json().is_some_and(|it: ServiceInfo| it.software.name == "TabbyAPI")
}

fn read(kind: Kind, answers: &Answers) -> Result<Found, Failure> {
    let listing = answers.models::<Plain>()?;
    let now = answers.optional::<LoadedModel>(LOADED);
    let models = listing.rows.iter().map(|row| {
        let mut it = model(row, Load::NotLoaded);
        if let Some(now) = now.as_ref().filter(|now| now.id == it.id) {
            it.load = Load::Loaded;
            it.served_context = now.parameters.as_ref().and_then(|it| it.max_seq_len);
        }
        it
    });
    let mut models: Vec<_> = models.collect();
    // It answers any name with the loaded one, so that comes first.
    models.sort_by_key(|it| it.load != Load::Loaded);
    let mut found = found(kind, models, listing.cut);
    found.serving.room = Some(1);
    Ok(found)
}

/// Wants the admin's key; it tells of each module as it goes on, and ends when all are loaded.
fn load(it: &JobRequest) -> Call {
    let mut body = json!({ "model_name": it.served_as });
    if let Some(context) = it.context {
        body["max_seq_len"] = json!(context);
    }
    Call::new(Root("v1/model/load"), body)
}

fn progress(body: &str) -> Option<JobProgress> {
    let part = |event: &Value, key: &str| event.get(key).and_then(Value::as_u64).and_then(|it| u32::try_from(it).ok());
    events(body).find_map(|it| Some(JobProgress::Loading { part: part(&it, "module")?, of: part(&it, "modules")? }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_far_a_load_is() {
        let first = "data: {\"model_type\":\"model\",\"module\":1,\"modules\":34,\"status\":\"processing\"}\n\n";
        assert_eq!(progress(first), Some(JobProgress::Loading { part: 1, of: 34 }));
        assert_eq!(progress(&first.replace(":1,", ":12,").repeat(2)), Some(JobProgress::Loading { part: 12, of: 34 }));
        assert_eq!(
            progress(&format!("{first}data: {{\"model_ty")),
            Some(JobProgress::Loading { part: 1, of: 34 }),
            "the rest is to come"
        );
        assert_eq!((progress("{\"success\":true}"), progress("")), (None, None));
    }
}
