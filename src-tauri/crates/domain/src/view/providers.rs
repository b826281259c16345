//! The Providers page.

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
use crate::server::words::{self, failure};

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
        hint: hint(state, provider),
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
fn hint(state: &State, provider: &Provider) -> Mark {
    if !provider.is_local() {
        return Mark { shape: Shape::Hosted, text: "hosted: not checked, so that no key leaves for a check".to_owned() };
    }
    let Some(server) = state.fleet.servers.get(&provider.id) else {
        return Mark { shape: Shape::Wait, text: "not checked yet".to_owned() };
    };
    let availability = state.servers().provider_availability(provider);
    if let Some((_, why)) = server.health.outage() {
        let shape = if availability == Availability::Down { Shape::Bad } else { Shape::Sleep };
        return Mark { shape, text: failure(why) };
    }
    if let Some(why) = &server.refusal {
        return Mark { shape: Shape::Warn, text: failure(why) };
    }
    let Some(latency) = server.latency_ms() else { return Mark { shape: Shape::Wait, text: describe(availability).to_owned() } };
    let lists = server.serving.as_ref().and_then(|it| it.models.as_ref()).map(Vec::len);
    let server = words::server(server.kind, server.version.as_deref());
    Mark { shape: Shape::Ok, text: words::answers_in(Some(latency), server, lists) }
}
