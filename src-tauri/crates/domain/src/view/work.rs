//! What a person can have a server do, and how that goes on.

use serde::Serialize;
use ts_rs::TS;

use super::types::{Mark, Shape};
use crate::ModelRef;
use crate::app::state::State;
use crate::config::Provider;
use crate::server::job::{self, Job, JobProgress, JobState};

/// A job that a person may begin.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Offer {
    pub job: Job,
    pub model: String,
    /// "Load my-local-model"
    pub label: String,
    /// What it does beside its purpose: to be confirmed first.
    pub warning: Option<String>,
}

/// A job under way, or how the last one ended.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Work {
    pub mark: Mark,
    /// It can be cancelled.
    pub running: bool,
}

/// A card has room for a few; the others are loaded as they are asked for.
const OFFERED: usize = 4;

/// The model that matters most comes first.
pub fn offers(state: &State, provider: &Provider) -> Vec<Offer> {
    let leading = state.servers().leading_model(provider);
    let rest = provider.models.iter().map(|it| it.id.clone()).filter(|it| Some(it) != leading.as_ref());
    let models = leading.iter().cloned().chain(rest).map(|it| ModelRef::new(&provider.id, &it));
    models
        .flat_map(|model| state.servers().jobs_for(&model).into_iter().map(move |job| offer(state, job, &model)))
        .take(OFFERED)
        .collect()
}

fn offer(state: &State, job: Job, model: &ModelRef) -> Offer {
    let label = match job {
        Job::Load => format!("Load {}", model.model),
        Job::Unload => format!("Unload {}", model.model),
        Job::Time => format!("Time an answer of {}", model.model),
    };
    Offer { job, model: model.model.clone(), label, warning: state.servers().price_of(job, model) }
}

pub fn work(it: &JobState) -> Work {
    let shape = match it.progress {
        Some(JobProgress::Done(_)) => Shape::Ok,
        Some(JobProgress::Failed(_)) => Shape::Warn,
        _ => Shape::Wait,
    };
    Work { mark: Mark { shape, text: job::words(it) }, running: it.is_running() }
}
