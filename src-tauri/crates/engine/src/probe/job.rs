//! Makes a server work, on a person's click alone: loads a model, lets go of one, has it answer one token through the API that OpenClaw
//! would use. Nothing of this is ever repeated: what was sent once may have been done.

use super::base::{Base, Endpoint};
use super::client::Hear;
use super::kinds::{self, Call, Question, events};
use super::reply::Reply;
use super::{Prober, wire};
use domain::Kind;
use domain::server::job::{Job, JobProgress, JobRequest, Timing};
use domain::server::liveness_check::CheckOutcome;
use domain::server::observation::{Answer, Failure, Load, ProbeRequest};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// The largest models take minutes to read from a slow disk.
const LOADING: Duration = Duration::from_secs(600);
/// A model that is in memory gives its first token within this.
const ANSWERING: Duration = Duration::from_secs(30);
/// Between two looks at whether it is loaded.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// A server that only takes the order needs a moment before it shows.
const TO_BEGIN: Duration = Duration::from_secs(15);

impl Prober {
    /// Tells how far it is; the last news is how it ended. May be dropped at any point.
    pub(crate) async fn work(&self, request: &JobRequest, tell: impl Fn(JobProgress) + Sync) {
        let base = match Base::parse(&request.base_url, request.api.as_deref()) {
            Ok(base) => base,
            Err(why) => return tell(JobProgress::Failed(why.to_owned())),
        };
        let site = Site { prober: self, base: &base, request, asking: probe_request(request) };
        let done = match request.job {
            Job::Unload => site.unload().await.map(|()| Timing::default()),
            Job::Load | Job::Time => site.load_and_time(&tell).await,
        };
        tell(done.map_or_else(JobProgress::Failed, JobProgress::Done));
    }

    /// One token of a model that is in memory. The rules see to it that this is harmless.
    pub(crate) async fn ask(&self, request: &JobRequest) -> CheckOutcome {
        let Ok(base) = Base::parse(&request.base_url, request.api.as_deref()) else { return CheckOutcome::Unclear };
        let site = Site { prober: self, base: &base, request, asking: probe_request(request) };
        let Question { call, field } = question(request);
        let began = Instant::now();
        match tokio::time::timeout(ANSWERING, site.send(&call)).await {
            Err(_) | Ok(Err(Failure::TimedOut)) => CheckOutcome::Silent,
            Ok(Err(_)) => CheckOutcome::Unclear,
            // Too much to do.
            Ok(Ok(reply)) if matches!(reply.status, 429 | 503) => CheckOutcome::Unclear,
            Ok(Ok(reply)) => {
                answered(&reply, field).map_or_else(CheckOutcome::Failed, |()| CheckOutcome::Answered(millis(began)))
            }
        }
    }

    /// Takes back what was only begun, where a server works on by itself.
    pub(crate) async fn stop(&self, request: &JobRequest) {
        let Ok(base) = Base::parse(&request.base_url, request.api.as_deref()) else { return };
        let site = Site { prober: self, base: &base, request, asking: probe_request(request) };
        if request.job == Job::Load && kinds::spec(request.kind).works_on {
            let _ = site.unload().await;
        }
    }
}

struct Site<'a> {
    prober: &'a Prober,
    base: &'a Base,
    request: &'a JobRequest,
    asking: ProbeRequest,
}

impl Site<'_> {
    async fn load_and_time(&self, tell: &(impl Fn(JobProgress) + Sync)) -> Result<Timing, String> {
        let mut timing = Timing::default();
        let load = kinds::spec(self.request.kind).load.filter(|_| self.request.job == Job::Load);
        if let Some(load) = load {
            let began = Instant::now();
            self.load(&load(self.request), tell).await?;
            timing.load = Some(millis(began));
        }
        tell(JobProgress::Asking);
        timing.cold = Some(self.one_token().await?);
        tell(JobProgress::AskingAgain);
        timing.warm = Some(self.one_token().await?);
        Ok(timing)
    }

    /// Some answer when it is loaded, others at once: what the list then says counts for both.
    async fn load(&self, call: &Call, tell: &(impl Fn(JobProgress) + Sync)) -> Result<(), String> {
        let began = Instant::now();
        let hear = |body: &[u8]| {
            let progress = kinds::spec(self.request.kind).progress;
            if let Some(news) = progress.and_then(|progress| progress(&String::from_utf8_lossy(body))) {
                tell(news);
            }
        };
        let refused = match self.send_and_hear(call, &hear).await {
            Ok(reply) => outcome(&reply).err(),
            Err(failure) => Some(domain::server::words::failure(&failure)),
        };
        while began.elapsed() < LOADING {
            match self.state().await {
                Some(Load::Loaded | Load::Unknown) => return Ok(()),
                Some(Load::Failed) => return Err("the server could not load it; its own log says why".to_owned()),
                Some(Load::NotLoaded | Load::Sleeping) | None if refused.is_some() || began.elapsed() > TO_BEGIN => break,
                _ => tokio::time::sleep(LOOK_EVERY).await,
            }
        }
        Err(refused.unwrap_or_else(|| "the server accepted the request but did not load it".to_owned()))
    }

    async fn unload(&self) -> Result<(), String> {
        let calls = kinds::spec(self.request.kind).unload.map(|unload| unload(self.request)).unwrap_or_default();
        for call in &calls {
            let reply = self.send(call).await.map_err(|failure| domain::server::words::failure(&failure))?;
            outcome(&reply)?;
        }
        Ok(())
    }

    /// As the server lists the model now.
    async fn state(&self) -> Option<Load> {
        let Answer::Up(serving) = self.prober.probe(&self.asking).await.answer else { return None };
        serving.models?.into_iter().find(|it| it.id == self.request.served_as).map(|it| it.load)
    }

    /// Milliseconds from the question to the whole of the answer.
    async fn one_token(&self) -> Result<u64, String> {
        let began = Instant::now();
        let Question { call, field } = question(self.request);
        let reply = self.send(&call).await.map_err(|failure| domain::server::words::failure(&failure))?;
        answered(&reply, field).map(|()| millis(began))
    }

    async fn send(&self, call: &Call) -> Result<Reply, Failure> {
        self.send_and_hear(call, &|_| {}).await
    }

    async fn send_and_hear(&self, call: &Call, hear: &Hear<'_>) -> Result<Reply, Failure> {
        self.prober.clients.post(self.base, &self.asking, call, LOADING, hear).await
    }
}

/// A success that says so inside as well.
fn outcome(reply: &Reply) -> Result<Value, String> {
    if let Some(error) = events(reply.text()).find_map(|it| it.get("error").filter(|it| !it.is_null()).cloned()) {
        let said = error.get("message").and_then(Value::as_str).or(error.as_str()).unwrap_or("the server stopped in the middle");
        return Err(said.chars().take(200).collect());
    }
    let complaint: wire::Complaint = reply.error();
    let said = [&complaint.message, &complaint.detail].into_iter().find(|it| !it.is_empty());
    if !reply.is_ok() || said.is_some() && !reply.error_is_absent() {
        let failure = reply.refusal().err().map(|it| domain::server::words::failure(&it));
        let said = said.map(|it| it.chars().take(200).collect::<String>());
        return Err(said.or(failure).unwrap_or_else(|| "the server refused".to_owned()));
    }
    Ok(reply.json().unwrap_or_default())
}

fn answered(reply: &Reply, field: &str) -> Result<(), String> {
    if outcome(reply)?.get(field).is_none_or(Value::is_null) { Err(format!("its answer has no {field}")) } else { Ok(()) }
}

/// One token through the API that OpenClaw uses for the provider.
fn question(request: &JobRequest) -> Question {
    let (model, ping) = (&request.model, json!([{ "role": "user", "content": "ping" }]));
    let own_kind = request.api.as_deref().and_then(Kind::with_own_api);
    if let Some(question) = own_kind.and_then(|kind| kinds::spec(kind).own_question) {
        return question(request, &ping);
    }
    let (path, body, field) = match request.api.as_deref() {
        Some("openai-responses") => {
            let body = json!({ "model": model, "input": "ping", "max_output_tokens": 16, "stream": false });
            ("responses", body, "output")
        }
        Some("anthropic-messages") => ("messages", json!({ "model": model, "messages": ping, "max_tokens": 1 }), "content"),
        _ => {
            let body = json!({ "model": model, "messages": ping, "max_tokens": 1, "temperature": 0, "stream": false });
            ("chat/completions", body, "choices")
        }
    };
    Question { call: Call::new(Endpoint::Api(path), body), field }
}

fn probe_request(request: &JobRequest) -> ProbeRequest {
    ProbeRequest {
        provider: request.provider.clone(),
        base_url: request.base_url.clone(),
        api: request.api.clone(),
        key: request.key.clone(),
        headers: request.headers.clone(),
        kind: Some(request.kind),
        wanted: Some(vec![request.model.clone(), request.served_as.clone()]),
        deep: true,
    }
}

fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}
