//! One round of questions to one server. It remembers the answers, so that nothing is asked twice, and stops asking once the line is dead.

use super::base::{At, Base};
use super::client::Clients;
use super::kinds::wire::OllamaShow;
use super::kinds::{self, Manner, ollama};
use super::reply::Reply;
use super::trail::{Purpose, Step};
use super::wire::Listing;
use domain::server::observation::{Failure, Kind, ProbeRequest};
use serde::de::DeserializeOwned;
use std::time::Instant;

pub(crate) struct Round<'a> {
    clients: &'a Clients,
    pub base: &'a Base,
    pub request: &'a ProbeRequest,
    pub heard: Heard,
    /// Why the next question is asked.
    pub purpose: Purpose,
    /// What was asked, in its order.
    pub trail: Vec<Step>,
}

/// The answers so far.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    answers: Vec<(At, Result<Reply, Failure>)>,
    shown: Vec<(String, OllamaShow)>,
}

impl<'a> Round<'a> {
    pub(crate) fn new(clients: &'a Clients, base: &'a Base, request: &'a ProbeRequest) -> Self {
        Self { clients, base, request, heard: Heard::default(), purpose: Purpose::Kind, trail: Vec::new() }
    }

    pub(crate) fn asked(&self) -> usize {
        self.heard.answers.len()
    }

    pub(crate) async fn ask(&mut self, at: At) -> Result<&Reply, Failure> {
        if self.heard.get(at).is_none() {
            let begun = Instant::now();
            let answer = self.clients.get(self.base, at, self.request).await;
            self.note("GET", at, answer.as_ref().map(|it| it.status), begun);
            self.heard.answers.push((at, answer));
        }
        match self.heard.get(at) {
            Some(Ok(reply)) => Ok(reply),
            Some(Err(failure)) => Err(failure.clone()),
            None => Err(Failure::Reset),
        }
    }

    fn note(&mut self, method: &'static str, at: At, answer: Result<u16, &Failure>, begun: Instant) {
        self.trail.push(Step {
            method,
            path: self.base.path(at),
            keyed: !matches!(at, At::Open(_)) && (self.request.key.is_some() || !self.request.headers.is_empty()),
            purpose: self.purpose,
            answer: answer.map_err(Clone::clone),
            took: begun.elapsed(),
        });
    }

    /// It may have been started anew, with other options.
    pub(crate) fn forget_absent(&self) {
        self.clients.absent.forget(self.base);
    }

    /// Rungs 2 and 3: of each line the first path that gives an answer.
    pub(crate) async fn ask_all(&mut self, manner: &Manner) {
        for line in manner.asks {
            for &at in *line {
                if self.base.native && manner.kind == Kind::Ollama && matches!(at, At::Api(_))
                    || self.clients.absent.has(self.base, at)
                {
                    continue;
                }
                let Ok(reply) = self.ask(at).await else { return };
                let status = reply.status;
                if reply.read::<serde::de::IgnoredAny>().is_ok() {
                    break;
                }
                self.clients.absent.note(self.base, at, status);
            }
        }
        if manner.kind == Kind::Ollama {
            for (model, digest) in ollama::to_show(&self.heard, self.request.wanted.as_deref()) {
                let begun = Instant::now();
                let shown = self.clients.show(self.base, self.request, &model, &digest).await;
                self.note("POST", At::Root("api/show"), shown.as_ref().map(|_| 200), begun);
                let Ok(shown) = shown else { return };
                self.heard.shown.push((model, shown));
            }
        }
    }
}

impl Heard {
    pub(crate) fn get(&self, at: At) -> Option<&Result<Reply, Failure>> {
        self.answers.iter().find(|it| it.0 == at).map(|it| &it.1)
    }

    /// What an extra question gave, if it was a proper answer.
    pub(crate) fn maybe<T: DeserializeOwned>(&self, at: At) -> Option<T> {
        self.get(at)?.as_ref().ok()?.read().ok()
    }

    /// What a question gave without which nothing can be said.
    pub(crate) fn must<T: DeserializeOwned>(&self, at: At) -> Result<T, Failure> {
        self.reply(at)?.read()
    }

    pub(crate) fn shown(&self, model: &str) -> Option<OllamaShow> {
        self.shown.iter().find(|it| it.0 == model).map(|it| it.1)
    }

    pub(crate) fn models(&self) -> Result<Listing, Failure> {
        self.reply(At::Api("models"))?.listing()
    }

    /// The kind that the list of models claims to be.
    pub(crate) fn owner(&self) -> Option<Kind> {
        self.models().ok()?.rows.iter().find_map(|row| kinds::owned_by(row.owned_by.as_deref()?))
    }

    /// Silence is the failure that ended the round.
    fn reply(&self, at: At) -> Result<&Reply, Failure> {
        match self.get(at) {
            Some(Ok(reply)) => Ok(reply),
            Some(Err(failure)) => Err(failure.clone()),
            None => Err(self.answers.iter().rev().find_map(|it| it.1.as_ref().err().cloned()).unwrap_or(Failure::Reset)),
        }
    }
}
