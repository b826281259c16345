//! Work at a model that a person asked for by a click: load it, put it away, time one answer. Nothing else ever makes a server work, and
//! what it would put aside is said before.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::app::event::Effect;
use crate::app::state::{Now, Server, State};
use crate::base::words::{self, list};
use crate::notify::notice::Code;
use crate::notify::wording;
use crate::server::availability::Availability;
use crate::server::observation::{Load, ServedModel};
use crate::{Kind, ModelRef};

/// How long after its beginning the end of a job is still shown.
pub(crate) const SHOWN_MS: i64 = 20 * 60_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum Job {
    /// Into memory, then two answers of one token, timed.
    Load,
    /// Out of memory.
    Unload,
    /// Two answers of one token through the API that OpenClaw uses: cold and warm.
    Time,
}

/// What the engine is asked to do.
#[derive(Clone, PartialEq)]
pub struct JobRequest {
    /// Tells its news from those of an earlier job.
    pub id: u64,
    pub job: Job,
    pub provider: String,
    pub base_url: String,
    pub api: Option<String>,
    pub key: Option<String>,
    pub headers: Vec<(String, String)>,
    pub kind: Kind,
    /// As the config names it, and so OpenClaw.
    pub model: String,
    /// As the server does.
    pub served_as: String,
    /// What of it is in memory now, where a server may hold it more than once.
    pub instances: Vec<String>,
    /// To load it with, where the server can be told.
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
    /// So many parts of it are in memory, where a server says so.
    Loading {
        part: u32,
        of: u32,
    },
    /// In memory, or as good as: the first answer is waited for.
    Asking,
    AskingAgain,
    Done(Timing),
    /// Why not, as the end of a sentence.
    Failed(String),
}

/// In milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timing {
    pub load: Option<u64>,
    /// The first answer of one token; where a server loads only on a request, that is within.
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
    pub news: Option<JobProgress>,
}

impl JobState {
    #[must_use]
    pub fn is_running(&self) -> bool {
        !matches!(self.news, Some(JobProgress::Done(_) | JobProgress::Failed(_)))
    }
}

impl Kind {
    /// It can be told to load a model and to let go of it.
    #[must_use]
    pub fn loads(self) -> bool {
        matches!(
            self,
            Kind::LmStudio
                | Kind::Ollama
                | Kind::LlamaCppRouter
                | Kind::LlamaSwap
                | Kind::Lemonade
                | Kind::TabbyApi
                | Kind::DockerModelRunner
                | Kind::LocalAi
        )
    }

    /// One answer of it costs no more than its time. Routers and strangers may pass a question on to where it is paid for, llama-cpp-python
    /// would cut short the answer that it is writing, and MLX may download another model.
    #[must_use]
    pub fn may_be_timed(self) -> bool {
        !matches!(self, Kind::LiteLlm | Kind::Generic | Kind::LlamaCppPython | Kind::Mlx)
    }
}

impl State {
    /// What may be done with a model now.
    #[must_use]
    pub fn jobs_for(&self, model: &ModelRef) -> Vec<Job> {
        let (Some(server), Some(served)) = (self.servers.get(&model.provider), self.served(model)) else { return Vec::new() };
        let Some(kind) = server.kind else { return Vec::new() };
        if served.remote || self.jobs.get(&model.provider).is_some_and(JobState::is_running) {
            return Vec::new();
        }
        let in_memory = matches!(served.load, Load::Loaded | Load::Sleeping);
        let free = self.config.model(model).and_then(|it| it.cost).is_none_or(|it| it == (0.0, 0.0));
        let may_be_timed = kind.may_be_timed() && free;
        match self.availability(model) {
            Availability::ListedNotLoaded | Availability::LoadFailed if kind.loads() && may_be_timed => vec![Job::Load],
            Availability::Ready | Availability::NoAnswer | Availability::Sleeping if in_memory && may_be_timed => {
                if kind.loads() { vec![Job::Time, Job::Unload] } else { vec![Job::Time] }
            }
            Availability::Busy if in_memory && kind.loads() => vec![Job::Unload],
            _ => Vec::new(),
        }
    }

    /// What a job does beside its purpose, to be said before it is begun.
    #[must_use]
    pub fn price_of(&self, job: Job, model: &ModelRef) -> Option<String> {
        let server = self.servers.get(&model.provider)?;
        match job {
            Job::Load => evicts(server, self.served(model)?),
            Job::Unload if server.serving.as_ref().is_some_and(|it| it.busy) => {
                Some("It is answering someone right now: that answer would be cut short.".to_owned())
            }
            Job::Unload | Job::Time => None,
        }
    }

    pub(crate) fn job_request(&self, job: Job, model: &ModelRef, id: u64) -> Option<JobRequest> {
        let (provider, server) = (self.config.provider(&model.provider)?, self.servers.get(&model.provider)?);
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

/// Which models would have to make room.
fn evicts(server: &Server, loading: &ServedModel) -> Option<String> {
    let serving = server.serving.as_ref()?;
    let others = serving.models.iter().flatten().filter(|it| it.id != loading.id && !it.remote);
    let others: Vec<String> =
        others.filter(|it| matches!(it.load, Load::Loaded | Load::Sleeping)).map(|it| it.id.clone()).collect();
    if others.is_empty() || serving.room.is_some_and(|room| others.len() < room) {
        return None;
    }
    let names = list(&others);
    Some(match (server.kind, others.len()) {
        (Some(Kind::TabbyApi), _) => format!("It takes the place of {names}."),
        _ if serving.room.is_some() && others.len() == 1 => format!("{names} is put aside for it."),
        _ if serving.room.is_some() => format!("The least recently used of {names} is put aside for it."),
        (Some(Kind::LlamaSwap), _) => format!("{names} may be put aside for it, as llama-swap's groups say."),
        _ => format!("{names} may be put aside for it if memory runs short."),
    })
}

/// A person's click. What can't be done any more is not begun: the click may have been on an outdated menu.
pub(crate) fn begin(state: &mut State, job: Job, model: &ModelRef, now: &Now, effects: &mut Vec<Effect>) {
    if !state.jobs_for(model).contains(&job) {
        return;
    }
    let id = state.jobs_begun + 1;
    let Some(request) = state.job_request(job, model, id) else { return };
    state.jobs_begun = id;
    effects.push(Effect::Job(request.clone()));
    state.jobs.insert(model.provider.clone(), JobState { request, since: now.wall_ms, news: None });
}

pub(crate) fn cancel(state: &mut State, provider: &str, effects: &mut Vec<Effect>) {
    if let Some(job) = state.jobs.get(provider).filter(|it| it.is_running()) {
        effects.push(Effect::StopJob(job.request.clone()));
        state.jobs.remove(provider);
    }
}

pub(crate) fn take(state: &mut State, provider: &str, id: u64, news: JobProgress, now: &Now, effects: &mut Vec<Effect>) {
    let Some(job) = state.jobs.get_mut(provider).filter(|it| it.request.id == id) else { return };
    // It was asked, or is another one now: whatever was found before is void.
    if matches!(news, JobProgress::Done(_)) {
        state.liveness_checks.remove(provider);
    }
    job.news = Some(news);
    if job.is_running() || state.visible {
        return;
    }
    // The menu that it was begun from has closed long since.
    let (title, body) = ended(job);
    let subject = format!("{provider} {id}");
    wording::tell(state, now, effects, Code::JobDone, &subject, title, body);
}

/// A job as words: what is going on, or how it ended.
#[must_use]
pub fn words(job: &JobState) -> String {
    let model = &job.request.model;
    match (&job.news, job.request.job) {
        (Some(JobProgress::Done(_) | JobProgress::Failed(_)), _) => {
            let (title, body) = ended(job);
            format!("{title}: {body}").trim_end_matches(": ").to_owned()
        }
        (Some(JobProgress::Loading { part, of }), _) => format!("Loading {model}: {part} of {of} parts"),
        (Some(JobProgress::AskingAgain), _) => format!("Asking {model} again, now that it is warm"),
        (Some(JobProgress::Asking), _) | (None, Job::Time) => format!("Asking {model} for one token"),
        (None, Job::Load) => format!("Loading {model}"),
        (None, Job::Unload) => format!("Unloading {model}"),
    }
}

fn ended(job: &JobState) -> (String, String) {
    let model = &job.request.model;
    match (&job.news, job.request.job) {
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
