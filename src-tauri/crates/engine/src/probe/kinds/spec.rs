//! What a kind's module says of it.

use super::orders::{Call, Question};
use super::{MODELS, all_unknown, liveness_by_list};
use crate::probe::base::Endpoint;
use crate::probe::reply::Reply;
use crate::probe::round::Answers;
use crate::probe::wire::{Complaint, Plain, Row};
use domain::Kind;
use domain::server::job::{JobProgress, JobRequest};
use domain::server::observation::{Failure, Serving};
use serde_json::Value;

/// How one kind is recognised, asked, read and sent to work.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KindSpec {
    pub kind: Kind,

    /// The `owned_by` of its models, where no other kind writes the same.
    pub owner: Option<&'static str>,
    /// Whether the answer to a GET of `CALL` can only be its own.
    pub refuses: fn(&Refusal<'_>) -> bool,
    /// Whether a list of models is written as it writes one.
    pub lists: fn(&ListClues<'_>) -> Match,
    /// Whether a refusal to list models is in its words.
    pub complains: fn(&Refusal<'_>) -> bool,
    /// The families of which it is suspected where a refusal is in nobody's words.
    pub suspected: &'static [Family],
    /// A question that settles it.
    pub test: Option<Test>,
    /// The family that is put to its test before it is asked for a list.
    pub tested_first_in: Option<Family>,

    /// Rung 1: cheap, and harmless even while it generates. Harmless to every other kind as well, since another one may have taken
    /// the port: that is why none asks `/health`, on which LiteLLM runs all its models and SGLang generates a token.
    pub alive: Endpoint,
    /// Rungs 2 and 3: of each line the first path that gives an answer.
    pub asks: &'static [&'static [Endpoint]],
    /// The facts about single models that are asked for one by one.
    pub details: Option<Details>,
    /// Reads the answer to `alive`.
    pub liveness: fn(&KindSpec, &Reply) -> Liveness,
    /// Reads the answers to `asks`.
    pub read: fn(Kind, &Answers) -> Result<Found, Failure>,

    /// `None`: it loads what it is asked for, and there is no other way.
    pub load: Option<fn(&JobRequest) -> Call>,
    /// Reads how far it is from what it has answered to `load` so far.
    pub progress: Option<fn(&str) -> Option<JobProgress>>,
    pub unload: Option<fn(&JobRequest) -> Vec<Call>>,
    /// It takes the order and goes on by itself: to leave is not to stop it.
    pub works_on: bool,
    /// Asks for one token through its own API.
    pub own_question: Option<fn(&JobRequest, &Value) -> Question>,

    /// Parts of the command lines that start it.
    pub processes: &'static [&'static str],
}

impl KindSpec {
    /// A kind that is asked for its list of models and says no more.
    pub(super) const fn new(kind: Kind) -> KindSpec {
        KindSpec {
            kind,
            owner: None,
            refuses: |_| false,
            lists: |_| Match::No,
            complains: |_| false,
            suspected: &[],
            test: None,
            tested_first_in: None,
            alive: MODELS,
            asks: &[&[MODELS]],
            details: None,
            liveness: liveness_by_list,
            read: all_unknown,
            load: None,
            progress: None,
            unload: None,
            works_on: false,
            own_question: None,
            processes: &[],
        }
    }
}

/// The web framework that a server is built with, as far as it shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    FastApi,
    /// FastAPI that gives each answer an id.
    FastApiTraced,
    /// Go's gin.
    Gin,
    /// Go's echo.
    Echo,
    /// A key guards the API before its paths.
    Guarded,
    Unknown,
}

/// An answer that is no success, with what is known of the server so far.
pub(crate) struct Refusal<'a> {
    pub reply: &'a Reply,
    pub complaint: Complaint,
    pub family: Family,
}

/// A list of models of an unknown server.
pub(crate) struct ListClues<'a> {
    pub reply: &'a Reply,
    pub rows: &'a [Row<Plain>],
    pub family: Family,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Match {
    Sure,
    /// Its test will tell.
    Maybe,
    No,
}

/// A path that one kind alone answers like this.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Test {
    pub at: Endpoint,
    pub holds: fn(&Reply) -> bool,
    /// What it shows, as half a sentence about the answer.
    pub shows: &'static str,
}

/// Facts about one model, each read from a POST that reads the server's disk and loads nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Details {
    pub at: Endpoint,
    /// The models to ask for, of those that the config names.
    pub wanted: fn(&Answers, Option<&[String]>) -> Vec<ModelVersion>,
    pub read: fn(&Reply) -> Option<ModelDetails>,
}

#[derive(Debug)]
pub(crate) struct ModelVersion {
    pub model: String,
    /// Changes when the model does.
    pub digest: String,
}

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ModelDetails {
    pub max_context: Option<u64>,
    pub configured_context: Option<u64>,
    pub tools: Option<bool>,
}

/// What the answer to the liveness call means.
#[derive(Debug)]
pub(crate) enum Liveness {
    /// Alive, and of this kind.
    Mine,
    /// Of this kind, and unwell.
    Unwell(Failure),
    /// Not an answer that this kind gives.
    Stranger,
}

/// What a deep round learned.
#[derive(Debug)]
pub(crate) struct Found {
    /// Mostly the kind that was asked for; an answer may know better.
    pub kind: Kind,
    pub version: Option<String>,
    pub serving: Serving,
}

impl Family {
    pub(super) fn is_fast_api(self) -> bool {
        matches!(self, Family::FastApi | Family::FastApiTraced)
    }

    fn of(reply: &Reply, complaint: &Complaint) -> Family {
        let uvicorn = reply.header("server") == "uvicorn";
        let text = reply.text();
        let not_allowed = reply.status == 405 && complaint.detail == "Method Not Allowed";
        match reply.status {
            _ if not_allowed && uvicorn && !reply.header("x-request-id").is_empty() => Family::FastApiTraced,
            _ if not_allowed => Family::FastApi,
            405 if text == "405 method not allowed" => Family::Gin,
            404 if text == "404 page not found" => Family::Gin,
            405 if complaint.message == "Method Not Allowed" || text.starts_with('<') => Family::Echo,
            401 if complaint.plain && complaint.message == "Unauthorized" => Family::Guarded,
            _ if uvicorn => Family::FastApi,
            _ => Family::Unknown,
        }
    }
}

impl<'a> Refusal<'a> {
    /// Of a GET of `CALL`, which shows the family.
    pub(crate) fn of_call(reply: &'a Reply) -> Self {
        let complaint = reply.error();
        Self { reply, family: Family::of(reply, &complaint), complaint }
    }
}

impl ListClues<'_> {
    /// There are models, and this holds for all of them.
    pub(super) fn all(&self, is: impl Fn(&Row<Plain>) -> bool) -> bool {
        !self.rows.is_empty() && self.rows.iter().all(is)
    }
}

impl Match {
    pub(super) fn sure_if(holds: bool) -> Match {
        if holds { Match::Sure } else { Match::No }
    }

    pub(super) fn maybe_if(holds: bool) -> Match {
        if holds { Match::Maybe } else { Match::No }
    }
}

impl Test {
    pub(super) const fn new(at: Endpoint, holds: fn(&Reply) -> bool) -> Test {
        Test { at, holds, shows: "it answers the last of these questions as only that kind does" }
    }
}

impl Liveness {
    pub(super) fn mine_if(holds: bool) -> Liveness {
        if holds { Liveness::Mine } else { Liveness::Stranger }
    }
}

impl Found {
    pub(super) fn version(mut self, version: Option<String>) -> Self {
        self.version = version.filter(|it| !it.is_empty());
        self
    }
}
