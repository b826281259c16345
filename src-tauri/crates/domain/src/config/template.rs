//! Providers to start from: each kind of server as OpenClaw's guide to local models sets it up, and the hosted ones that people put
//! behind a box. They are data: the window and the command line make the same changes of them. The window reads them from
//! `ui/src/generated/templates.json`, which a test writes.

use serde::Serialize;
use serde_json::json;
use ts_rs::TS;

use crate::base::change::{Change, Fields, NewKey, Owner, Place};

#[derive(Clone, Copy, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Template {
    /// What the command line calls it.
    pub id: &'static str,
    pub label: &'static str,
    pub about: &'static str,
    pub local: bool,
    /// The id that the provider gets, unless another is given.
    pub provider: &'static str,
    /// `null` where OpenClaw knows the provider itself: it needs no entry, only names for its models.
    pub base_url: Option<&'static str>,
    pub api: Option<&'static str>,
    /// What servers without keys take, and OpenClaw takes for a key at a private address; no secret.
    pub marker: Option<&'static str>,
    /// The variable that a key is expected in.
    pub env: Option<&'static str>,
    /// Seconds; the guide's value, and well over the 30 below which a hung box never falls back. Not for 2026.3.28.
    #[ts(type = "number | null")]
    pub timeout_seconds: Option<u64>,
    #[ts(as = "Vec<TemplateModelData>")]
    pub models: &'static [TemplateModel],
}

/// A hosted model that OpenClaw can name without an entry of its own.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(into = "TemplateModelData")]
pub struct TemplateModel {
    pub model_ref: &'static str,
    pub alias: &'static str,
    /// The hosts that may serve it, by OpenRouter's names for them: pins where requests are answered.
    pub hosts: &'static [&'static str],
}

/// A hosted model of a template as the window reads it.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, rename = "TemplateModel")]
pub struct TemplateModelData {
    model_ref: &'static str,
    alias: &'static str,
    hosts: &'static [&'static str],
    /// What takes it into a config.
    changes: Vec<Change>,
}

impl From<TemplateModel> for TemplateModelData {
    fn from(model: TemplateModel) -> Self {
        let TemplateModel { model_ref, alias, hosts } = model;
        TemplateModelData { model_ref, alias, hosts, changes: model.changes() }
    }
}

const GUIDE_TIMEOUT: u64 = 300;
/// Companies in the United States that serve open models through OpenRouter.
const US_HOSTS: &[&str] = &["fireworks", "together", "baseten"];

pub(crate) const fn local(id: &'static str, label: &'static str, about: &'static str, base_url: &'static str) -> Template {
    Template {
        id,
        label,
        about,
        local: true,
        provider: id,
        base_url: Some(base_url),
        api: Some("openai-completions"),
        marker: Some("custom-local"),
        env: None,
        timeout_seconds: Some(GUIDE_TIMEOUT),
        models: &[],
    }
}

const fn hosted(
    id: &'static str,
    label: &'static str,
    about: &'static str,
    env: &'static str,
    models: &'static [TemplateModel],
) -> Template {
    Template {
        id,
        label,
        about,
        local: false,
        provider: id,
        base_url: None,
        api: None,
        marker: None,
        env: Some(env),
        timeout_seconds: None,
        models,
    }
}

const fn model(model_ref: &'static str, alias: &'static str, hosts: &'static [&'static str]) -> TemplateModel {
    TemplateModel { model_ref, alias, hosts }
}

/// The hosted providers; those of local servers stand with their kinds.
pub(crate) const HOSTED: [Template; 3] = [
    hosted(
        "anthropic",
        "Anthropic",
        "OpenClaw knows it; it needs a key in its environment",
        "ANTHROPIC_API_KEY",
        &[model("anthropic/claude-opus-4-6", "Opus", &[]), model("anthropic/claude-sonnet-4-6", "Sonnet", &[])],
    ),
    hosted(
        "openai-hosted",
        "OpenAI",
        "OpenClaw knows it; it needs a key in its environment",
        "OPENAI_API_KEY",
        &[model("openai/gpt-5.4", "GPT", &[]), model("openai/gpt-5.4-mini", "GPT-mini", &[])],
    ),
    hosted(
        "openrouter",
        "OpenRouter",
        "Open models, answered by hosts in the United States only; check the list of hosts before you rely on it",
        "OPENROUTER_API_KEY",
        &[
            model("openrouter/minimax/minimax-m2.7", "MiniMax", US_HOSTS),
            model("openrouter/moonshotai/kimi-k2.6", "Kimi", US_HOSTS),
            model("openrouter/z-ai/glm-5.1", "GLM", US_HOSTS),
        ],
    ),
];

impl Template {
    /// What takes the provider into a config; with an address or an id of one's own, where one is given. `timed` is for an OpenClaw
    /// that knows `timeoutSeconds`.
    #[must_use]
    pub fn changes(&self, provider: Option<&str>, base_url: Option<&str>, key: Option<NewKey>, timed: bool) -> Vec<Change> {
        let provider = provider.unwrap_or(self.provider).to_owned();
        let Some(base_url) = base_url.or(self.base_url) else {
            return self.models.iter().flat_map(TemplateModel::changes).collect();
        };
        let key = key.unwrap_or_else(|| match (self.marker, self.env) {
            (Some(marker), _) => NewKey::Literal(marker.to_owned()),
            (None, Some(env)) => NewKey::Env(env.to_owned()),
            (None, None) => NewKey::None,
        });
        let mut fields = Fields::default().with(&["baseUrl"], base_url);
        if let Some(api) = self.api {
            fields.set(&["api"], api);
        }
        if let Some(seconds) = self.timeout_seconds.filter(|_| timed) {
            fields.set(&["timeoutSeconds"], seconds);
        }
        vec![Change::AddProvider { provider, fields, key }]
    }
}

impl TemplateModel {
    /// Its alias, and where its requests may go.
    #[must_use]
    pub fn changes(&self) -> Vec<Change> {
        let alias = Change::set(Place::alias(self.model_ref), None, Some(self.alias));
        let pinned = (!self.hosts.is_empty()).then(|| {
            let entry = Owner::Entry { agent: None, model_ref: self.model_ref.to_owned() };
            let hosts = json!({ "only": self.hosts, "allow_fallbacks": false, "data_collection": "deny" });
            Change::set(Place::new(entry, &["params", "provider"]), None, Some(hosts))
        });
        std::iter::once(alias).chain(pinned).collect()
    }
}
