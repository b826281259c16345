//! The Providers page.

use serde::Serialize;
use ts_rs::TS;

use super::config_page::problems;
use super::keys::key_view;
use super::settings::settings;
use super::types::{HeaderView, Mark, ProviderRow, Shape};
use super::{describe, mark_of, small};
use crate::app::state::State;
use crate::base::Now;
use crate::base::words::count;
use crate::config::{About, Provider};
use crate::server::availability::Availability;
use crate::server::observation::{Answer, Observation};
use crate::server::words::{self, failure};

/// Who answers at a base URL.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct UrlAnswer {
    /// "answers in 38 ms"
    pub mark: Mark,
    /// "LM Studio 0.4", "lists 3 models"
    pub facts: Vec<String>,
}

impl UrlAnswer {
    /// Returns why a server on the internet is not asked.
    #[must_use]
    pub fn hosted() -> UrlAnswer {
        UrlAnswer::of(Shape::Hosted, "hosted: not checked, so that no key leaves for a check")
    }

    fn of(shape: Shape, text: impl Into<String>) -> UrlAnswer {
        UrlAnswer { mark: Mark { shape, text: text.into() }, facts: Vec::new() }
    }

    fn up(ms: u64, server: Option<String>, models: Option<usize>) -> UrlAnswer {
        let lists = models.map(|n| format!("lists {}", count(n, "model", "models")));
        let facts = server.into_iter().chain(lists).collect();
        UrlAnswer { facts, ..UrlAnswer::of(Shape::Ok, format!("answers in {ms} ms")) }
    }
}

/// What a single question to an address showed.
impl From<&Observation> for UrlAnswer {
    fn from(seen: &Observation) -> UrlAnswer {
        match &seen.answer {
            Answer::Up(serving) => UrlAnswer::up(
                seen.latency.map_or(0, |it| u64::try_from(it.as_millis()).unwrap_or(u64::MAX)),
                words::server(seen.kind, seen.version.as_deref()),
                serving.models.as_ref().map(Vec::len),
            ),
            Answer::Failed(why) if why.is_outage() => UrlAnswer::of(Shape::Bad, failure(why)),
            Answer::Failed(why) => UrlAnswer::of(Shape::Warn, failure(why)),
        }
    }
}

pub fn rows(state: &State, now: &Now) -> Vec<ProviderRow> {
    state.config.providers.iter().map(|it| row(state, it, now)).collect()
}

fn row(state: &State, provider: &Provider, now: &Now) -> ProviderRow {
    ProviderRow {
        id: provider.id.clone(),
        about: about(state, provider),
        mark: mark_of(state, state.servers().provider_availability(provider), &provider.id, now),
        in_file: !provider.implied,
        local: provider.is_local(),
        base_url: provider.base_url_written.clone().or_else(|| provider.base_url.clone()),
        api: provider.api.clone(),
        key: key_view(&provider.key, state.seed),
        headers: provider
            .headers
            .iter()
            .map(|(name, value)| HeaderView { name: name.clone(), value: key_view(value, state.seed) })
            .collect(),
        fields: provider.fields.clone(),
        settings: settings(&provider.settings, state.seed),
        answer: answer(state, provider),
        referrers: small(state.config.referrers(&provider.id)),
        line: provider.line.map(small),
        problems: problems(state, &About::Provider(provider.id.clone())),
    }
}

fn about(state: &State, provider: &Provider) -> String {
    if provider.implied && !provider.is_local() {
        return "hosted, built in".to_owned();
    }
    let models = count(provider.models.len(), "model", "models");
    let kind = state.fleet.servers.get(&provider.id).and_then(|it| it.kind);
    match kind {
        Some(kind) => format!("{} · {models}", kind.label()),
        None if provider.is_local() => format!("local · {models}"),
        None => format!("hosted · {models}"),
    }
}

/// What the server at the base URL said, beneath the field.
fn answer(state: &State, provider: &Provider) -> UrlAnswer {
    if !provider.is_local() {
        return UrlAnswer::hosted();
    }
    let Some(server) = state.fleet.servers.get(&provider.id) else { return UrlAnswer::of(Shape::Wait, "not checked yet") };
    let availability = state.servers().provider_availability(provider);
    if let Some((_, why)) = server.health.outage() {
        let shape = if availability == Availability::Down { Shape::Bad } else { Shape::Sleep };
        return UrlAnswer::of(shape, failure(why));
    }
    if let Some(why) = &server.refusal {
        return UrlAnswer::of(Shape::Warn, failure(why));
    }
    let Some(latency) = server.latency_ms() else { return UrlAnswer::of(Shape::Wait, describe(availability)) };
    let lists = server.serving.as_ref().and_then(|it| it.models.as_ref()).map(Vec::len);
    UrlAnswer::up(latency, words::server(server.kind, server.version.as_deref()), lists)
}
