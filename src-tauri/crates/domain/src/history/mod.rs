//! The history as data: samples of probes and entries of events. The engine stores it and gives it back at the next
//! start; it is put into words only when it is shown.

mod day_stats;
mod paired_events;
mod range_stats;
mod record;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::base::Now;
use crate::base::secrets::mask_url;
use crate::server::Servers;
use crate::server::availability::Availability;
use crate::transition::{Situation, Transition};
pub use day_stats::{DayStats, STRIP};
pub use paired_events::{PairedEvent, paired_events};
pub use range_stats::{Range, RangeStats, Slot};

/// What other programs read the history as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum ExportFormat {
    /// A table for spreadsheets.
    Csv,
    Json,
}

/// The part of the history held in memory; the rest is in the engine's file.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// The last day of each server, by provider and base URL, including servers that left the config.
    pub day_stats: BTreeMap<(String, String), DayStats>,
    /// Changes whenever an entry is added, so that a view knows when to load again.
    pub revision: u32,
}

impl History {
    /// The entry that a transition leaves, if it leaves one.
    pub(crate) fn take(&mut self, transition: &Transition, situation: Situation<'_>) -> Option<Entry> {
        let entry = record::entry(transition, situation)?;
        self.revision += 1;
        Some(entry)
    }

    /// Adds the result of one probe.
    pub(crate) fn sample(&mut self, provider: &str, servers: Servers<'_>, now: &Now) -> Option<Sample> {
        let (server, config) = (servers.get(provider)?, servers.config.provider(provider)?);
        let sample = Sample {
            provider: provider.to_owned(),
            base_url: mask_url(&server.base_url),
            at: now.wall_ms,
            latency_ms: server.latencies.back().copied().flatten(),
            availability: servers.provider_availability(config),
        };
        let key = (sample.provider.clone(), sample.base_url.clone());
        self.day_stats.entry(key).or_default().add(&sample);
        Some(sample)
    }

    /// Adds what earlier runs kept, before everything seen since this start.
    pub(crate) fn recall(&mut self, kept: BTreeMap<(String, String), DayStats>, now: &Now) {
        for (server, older) in kept {
            let day = self.day_stats.entry(server).or_default();
            day.prepend(older);
            day.settle(now.wall_ms);
        }
        self.revision += 1;
    }
}

/// Something to keep. `Effect::Remember` hands it to the engine, which writes it within seconds.
#[derive(Clone, Debug, PartialEq)]
pub enum Record {
    Sample(Sample),
    Entry(Entry),
    /// A named value that replaces the one before; it comes back in [`Recalled::values`].
    Value {
        key: &'static str,
        value: String,
    },
}

/// What one probe saw of one server.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    pub provider: String,
    pub base_url: String,
    /// Unix milliseconds.
    pub at: i64,
    /// `None` when no answer came.
    pub latency_ms: Option<u32>,
    pub availability: Availability,
}

/// A line of the history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// Unix milliseconds. A notice that tells of it carries the same.
    pub at: i64,
    pub what: EntryKind,
    /// The provider, the model that was asked for, or the file.
    pub subject: String,
    /// Its name at that time.
    pub name: String,
    /// The model that answers instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// Requests moved from a local server to a hosted model.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub left_machine: bool,
    /// How long it took in milliseconds, for an end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lasted_ms: Option<i64>,
    /// Answers by the name of the model that gave them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<(String, u32)>,
    /// Who says so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
}

/// The ids are part of the JSON contract (`history[].what`) and of the file: they don't change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EntryKind {
    #[serde(rename = "fallback.started")]
    FallbackStarted,
    #[serde(rename = "fallback.ended")]
    FallbackEnded,
    #[serde(rename = "route.exhausted")]
    RouteExhausted,
    #[serde(rename = "run.stuck")]
    RunStuck,
    #[serde(rename = "box.down")]
    BoxDown,
    #[serde(rename = "box.up")]
    BoxUp,
    /// Saved from here.
    #[serde(rename = "config.saved")]
    ConfigSaved,
    /// By another program, or by hand.
    #[serde(rename = "config.changed")]
    ConfigChanged,
    #[serde(rename = "config.invalid")]
    ConfigInvalid,
    /// The file of the history itself could not be read.
    #[serde(rename = "history.restarted")]
    HistoryRestarted,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Evidence {
    /// The gateway's log.
    Log,
    /// The gateway's socket.
    Socket,
    Probe,
    File,
}

/// What was kept before this start.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recalled {
    /// The last 24 hours by provider and base URL.
    pub day_stats: BTreeMap<(String, String), DayStats>,
    /// The values of [`Record::Value`].
    pub values: BTreeMap<String, String>,
}

impl Entry {
    #[must_use]
    pub fn new(what: EntryKind, subject: impl Into<String>, name: impl Into<String>, at: i64) -> Self {
        Entry {
            at,
            what,
            subject: subject.into(),
            name: name.into(),
            to: None,
            why: None,
            left_machine: false,
            lasted_ms: None,
            answers: Vec::new(),
            evidence: Vec::new(),
        }
    }
}
