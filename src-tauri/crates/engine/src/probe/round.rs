//! One round of questions to one server. It remembers the answers, so that nothing is asked twice, and stops asking once the line is dead.

use super::base::{Base, Endpoint};
use super::client::Clients;
use super::kinds::{self, KindSpec, MODELS, ModelDetails, ModelVersion};
use super::reply::Reply;
use super::trail::{Purpose, Step};
use super::wire::{Listing, Plain};
use domain::server::observation::{Failure, ProbeRequest};
use serde::de::DeserializeOwned;
use std::time::Instant;

pub(crate) struct Round<'a> {
    clients: &'a Clients,
    pub base: &'a Base,
    pub request: &'a ProbeRequest,
    pub answers: Answers,
    /// Why the next question is asked.
    pub purpose: Purpose,
    /// What was asked, in its order.
    pub trail: Vec<Step>,
}

/// The answers so far.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    replies: Vec<(Endpoint, Result<Reply, Failure>)>,
    details: Vec<(String, ModelDetails)>,
}

impl<'a> Round<'a> {
    pub(crate) fn new(clients: &'a Clients, base: &'a Base, request: &'a ProbeRequest) -> Self {
        Self { clients, base, request, answers: Answers::default(), purpose: Purpose::Kind, trail: Vec::new() }
    }

    pub(crate) fn asked(&self) -> usize {
        self.answers.replies.len()
    }

    pub(crate) async fn ask(&mut self, at: Endpoint) -> Result<&Reply, Failure> {
        if self.answers.get(at).is_none() {
            let begun = Instant::now();
            let answer = self.clients.get(self.base, at, self.request).await;
            self.note("GET", at, answer.as_ref().map(|it| it.status), begun);
            self.answers.replies.push((at, answer));
        }
        match self.answers.get(at) {
            Some(Ok(reply)) => Ok(reply),
            Some(Err(failure)) => Err(failure.clone()),
            None => Err(Failure::Reset),
        }
    }

    fn note(&mut self, method: &'static str, at: Endpoint, answer: Result<u16, &Failure>, begun: Instant) {
        self.trail.push(Step {
            method,
            path: self.base.path(at),
            keyed: !matches!(at, Endpoint::Open(_)) && (self.request.key.is_some() || !self.request.headers.is_empty()),
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
    pub(crate) async fn ask_all(&mut self, spec: &KindSpec) {
        for line in spec.asks {
            for &at in *line {
                let elsewhere = self.base.native && spec.kind.info().own_api.is_some() && matches!(at, Endpoint::Api(_));
                if elsewhere || self.clients.absent.has(self.base, at) {
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
        let Some(details) = &spec.details else { return };
        for ModelVersion { model, digest } in (details.wanted)(&self.answers, self.request.wanted.as_deref()) {
            let begun = Instant::now();
            let found = self.clients.details(self.base, self.request, details, &model, &digest).await;
            self.note("POST", details.at, found.as_ref().map(|_| 200), begun);
            let Ok(found) = found else { return };
            self.answers.details.push((model, found));
        }
    }
}

impl Answers {
    pub(crate) fn get(&self, at: Endpoint) -> Option<&Result<Reply, Failure>> {
        self.replies.iter().find(|it| it.0 == at).map(|it| &it.1)
    }

    /// What an extra question gave, if it was a proper answer.
    pub(crate) fn optional<T: DeserializeOwned>(&self, at: Endpoint) -> Option<T> {
        self.get(at)?.as_ref().ok()?.read().ok()
    }

    /// What a question gave without which nothing can be said.
    pub(crate) fn required<T: DeserializeOwned>(&self, at: Endpoint) -> Result<T, Failure> {
        self.reply(at)?.read()
    }

    pub(crate) fn details(&self, model: &str) -> Option<ModelDetails> {
        self.details.iter().find(|it| it.0 == model).map(|it| it.1)
    }

    pub(crate) fn models<T: DeserializeOwned + Default>(&self) -> Result<Listing<T>, Failure> {
        self.reply(MODELS)?.listing()
    }

    /// Returns the owner of the listed models, if that is the mark of some kind.
    pub(crate) fn owner(&self) -> Option<&'static str> {
        kinds::known_owner(&self.models::<Plain>().ok()?.rows)
    }

    /// Silence is the failure that ended the round.
    fn reply(&self, at: Endpoint) -> Result<&Reply, Failure> {
        match self.get(at) {
            Some(Ok(reply)) => Ok(reply),
            Some(Err(failure)) => Err(failure.clone()),
            None => Err(self.replies.iter().rev().find_map(|it| it.1.as_ref().err().cloned()).unwrap_or(Failure::Reset)),
        }
    }
}
