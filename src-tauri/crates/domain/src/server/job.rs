//! Jobs that a person starts with a click: load a model, unload it, time an answer. Nothing else makes a server work. What a job
//! would evict is said before.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::base::Now;
use crate::base::words::{self, list};
use crate::config::Config;
use crate::server::ServerTransition;
use crate::server::availability::Availability;
use crate::server::kinds::Eviction;
use crate::server::observation::{Load, ServedModel};
use crate::server::{Fleet, Server, Servers};
use crate::{Kind, ModelRef};

/// How long after its start the end of a job is still shown.
pub(crate) const SHOWN_MS: i64 = 20 * 60_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum Job {
    /// Load the model, then time two answers of one token.
    Load,
    /// Unload the model.
    Unload,
    /// Time two answers of one token, cold and warm, through the API that OpenClaw uses.
    Time,
}

/// What the engine is asked to do.
#[derive(Clone, PartialEq)]
pub struct JobRequest {
    /// Tells its progress from that of an earlier job.
    pub id: u64,
    pub job: Job,
    pub provider: String,
    pub base_url: String,
    pub api: Option<String>,
    pub key: Option<String>,
    pub headers: Vec<(String, String)>,
    pub kind: Kind,
    /// The model's name in the config.
    pub model: String,
    /// Its name on the server.
    pub served_as: String,
    /// Its instances in memory, for servers that may hold several.
    pub instances: Vec<String>,
    /// The context to load it with, in tokens, for servers that can be told.
    pub context: Option<u64>,
}

impl std::fmt::Debug for JobRequest {
    /// Keys and headers are secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("JobRequest")
            .field("job", &self.job)
            .field("provider", &self.provider)
            .field("model", &self.model)
            .finish_non_exhaustive()
    }
}

/// How far a job is.
#[derive(Clone, Debug, PartialEq)]
pub enum JobProgress {
    /// How many parts are in memory, if the server says so.
    Loading {
        part: u32,
        of: u32,
    },
    /// Loaded, and waiting for the first answer.
    Asking,
    AskingAgain,
    Done(Timing),
    /// Why it failed, as the end of a sentence.
    Failed(String),
}

/// In milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timing {
    pub load: Option<u64>,
    /// The first answer of one token. It includes loading where a server loads on request.
    pub cold: Option<u64>,
    pub warm: Option<u64>,
}

/// A job under way or just ended.
#[derive(Clone, Debug, PartialEq)]
pub struct JobState {
    pub request: JobRequest,
    /// Unix milliseconds.
    pub since: i64,
    /// `None`: it has only begun.
    pub progress: Option<JobProgress>,
}

impl JobState {
    #[must_use]
    pub fn is_running(&self) -> bool {
        !matches!(self.progress, Some(JobProgress::Done(_) | JobProgress::Failed(_)))
    }
}

impl Servers<'_> {
    /// The jobs that a model can be given now.
    #[must_use]
    pub fn jobs_for(self, model: &ModelRef) -> Vec<Job> {
        let (Some(server), Some(served)) = (self.fleet.servers.get(&model.provider), self.served(model)) else {
            return Vec::new();
        };
        let Some(kind) = server.kind else { return Vec::new() };
        if served.remote || self.fleet.jobs.get(&model.provider).is_some_and(JobState::is_running) {
            return Vec::new();
        }
        let in_memory = matches!(served.load, Load::Loaded | Load::Sleeping);
        let free = self.config.is_free(model);
        let may_be_timed = kind.may_be_timed() && free;
        match self.availability(model) {
            Availability::ListedNotLoaded | Availability::LoadFailed if kind.info().loads && may_be_timed => vec![Job::Load],
            Availability::Ready | Availability::NoAnswer | Availability::Sleeping if in_memory && may_be_timed => {
                if kind.info().loads { vec![Job::Time, Job::Unload] } else { vec![Job::Time] }
            }
            Availability::Busy if in_memory && kind.info().loads => vec![Job::Unload],
            _ => Vec::new(),
        }
    }

    /// The side effect of a job, to be said before it starts.
    #[must_use]
    pub fn price_of(self, job: Job, model: &ModelRef) -> Option<String> {
        let server = self.fleet.servers.get(&model.provider)?;
        match job {
            Job::Load => evicts(server, self.served(model)?),
            Job::Unload if server.serving.as_ref().is_some_and(|it| it.busy) => {
                Some("It is answering someone right now: that answer would be cut short.".to_owned())
            }
            Job::Unload if self.config.chain().first() == Some(model) => {
                let otherwise =
                    self.config.chain().get(1).map_or_else(|| "fail".to_owned(), |it| format!("go to {}", self.config.name(it)));
                Some(format!("It is your primary: turns wait for it, or {otherwise}."))
            }
            Job::Unload | Job::Time => None,
        }
    }

    pub(crate) fn job_request(self, job: Job, model: &ModelRef, id: u64) -> Option<JobRequest> {
        let (provider, server) = (self.config.provider(&model.provider)?, self.fleet.servers.get(&model.provider)?);
        let served = self.served(model)?;
        let configured = self.config.model(model).and_then(|it| it.context_window);
        let headers = provider.headers.iter().filter_map(|(name, key)| Some((name.clone(), key.value()?.to_owned())));
        Some(JobRequest {
            id,
            job,
            provider: provider.id.clone(),
            base_url: server.base_url.clone(),
            api: provider.api.clone(),
            key: provider.key.value().map(str::to_owned),
            headers: headers.collect(),
            kind: server.kind?,
            model: model.model.clone(),
            served_as: served.id.clone(),
            instances: served.instances.clone(),
            context: configured.map(|it| served.max_context.map_or(it, |most| it.min(most))),
        })
    }
}

/// Says which models would be evicted.
fn evicts(server: &Server, loading: &ServedModel) -> Option<String> {
    let serving = server.serving.as_ref()?;
    let others = serving.models.iter().flatten().filter(|it| it.id != loading.id && !it.remote);
    let others: Vec<String> =
        others.filter(|it| matches!(it.load, Load::Loaded | Load::Sleeping)).map(|it| it.id.clone()).collect();
    if others.is_empty() || serving.room.is_some_and(|room| others.len() < room) {
        return None;
    }
    let names = list(&others);
    let info = server.kind?.info();
    Some(match (info.eviction, serving.room) {
        (Eviction::TakesPlace, _) => format!("It takes the place of {names}."),
        (_, Some(_)) if others.len() == 1 => format!("{names} is put aside for it."),
        (_, Some(_)) => format!("The least recently used of {names} is put aside for it."),
        (Eviction::ByGroups, None) => format!("{names} may be put aside for it, as {}'s groups say.", info.label),
        (Eviction::WhenShort, None) => format!("{names} may be put aside for it if memory runs short."),
    })
}

impl Fleet {
    /// Begins a job on a person's click. What can't be done any more is not begun: the click may have been on an outdated menu.
    pub(crate) fn begin_job(&mut self, job: Job, model: &ModelRef, config: &Config, now: &Now) -> Option<JobRequest> {
        let servers = Servers { config, fleet: self };
        let id = self.jobs_begun + 1;
        let request = servers.jobs_for(model).contains(&job).then(|| servers.job_request(job, model, id)).flatten()?;
        self.jobs_begun = id;
        self.jobs.insert(model.provider.clone(), JobState { request: request.clone(), since: now.wall_ms, progress: None });
        Some(request)
    }

    /// The job to stop, if one was running.
    pub(crate) fn cancel_job(&mut self, provider: &str) -> Option<JobRequest> {
        let job = self.jobs.remove(provider)?;
        if job.is_running() {
            return Some(job.request);
        }
        self.jobs.insert(provider.to_owned(), job);
        None
    }

    pub(crate) fn job_progressed(&mut self, provider: &str, id: u64, progress: JobProgress) -> Option<ServerTransition> {
        let job = self.jobs.get_mut(provider).filter(|it| it.request.id == id)?;
        // It was asked, or is another one now: whatever was found before is void.
        if matches!(progress, JobProgress::Done(_)) {
            self.liveness_checks.remove(provider);
        }
        job.progress = Some(progress);
        (!job.is_running()).then(|| ServerTransition::JobEnded(Box::new(job.clone())))
    }
}

/// Describes a job: what is going on, or how it ended.
#[must_use]
pub fn words(job: &JobState) -> String {
    let model = &job.request.model;
    match (&job.progress, job.request.job) {
        (Some(JobProgress::Done(_) | JobProgress::Failed(_)), _) => {
            let (title, body) = ended(job);
            if body.is_empty() { title } else { format!("{title}: {body}") }
        }
        (Some(JobProgress::Loading { part, of }), _) => format!("Loading {model}: {part} of {of} parts"),
        (Some(JobProgress::AskingAgain), _) => format!("Asking {model} again, now that it is warm"),
        (Some(JobProgress::Asking), _) | (None, Job::Time) => format!("Asking {model} for one token"),
        (None, Job::Load) => format!("Loading {model}"),
        (None, Job::Unload) => format!("Unloading {model}"),
    }
}

pub(crate) fn ended(job: &JobState) -> (String, String) {
    let model = &job.request.model;
    match (&job.progress, job.request.job) {
        (Some(JobProgress::Failed(why)), Job::Load) => (format!("{model} was not loaded"), why.clone()),
        (Some(JobProgress::Failed(why)), Job::Unload) => (format!("{model} was not unloaded"), why.clone()),
        (Some(JobProgress::Failed(why)), Job::Time) => (format!("{model} did not answer"), why.clone()),
        (Some(JobProgress::Done(it)), job) => {
            let mut parts = Vec::new();
            parts.extend(it.load.map(|it| format!("in {}", words::took(it))));
            parts.extend(it.cold.map(|it| format!("first answer after {}", words::took(it))));
            parts.extend(it.warm.map(|it| format!("the next after {}", words::took(it))));
            let title = match job {
                Job::Load => format!("{model} is loaded"),
                Job::Unload => format!("{model} is unloaded"),
                Job::Time => format!("{model} answers"),
            };
            (title, parts.join(", "))
        }
        _ => (String::new(), String::new()),
    }
}
