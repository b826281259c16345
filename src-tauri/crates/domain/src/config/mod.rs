//! The model side of OpenClaw's config: providers, models, aliases, routes. A value that can't be read is left out and becomes
//! a [`Problem`], so that one mistake does not hide the rest.

mod change_summary;
mod extra_settings;
mod file;
mod implied;
mod includes;
mod lint;
mod posture;
mod problem;
mod read;
mod ref_places;
mod refs;
pub mod template;

use std::fmt;

use document::Path;

use crate::ModelRef;
use crate::base::change::Fields;
use crate::base::releases::Release;
use crate::schema::Generation;
pub use extra_settings::{Content, Setting};
pub use file::{BadText, ConfigFile, Reading};
pub use includes::{ChangedFile, IncludeTree};
pub(crate) use lint::lint;
pub use lint::{alias_fault, covers};
pub use posture::{Posture, Tools};
pub use problem::{About, Problem, ProblemField};
pub(crate) use read::is_env_name;
pub(crate) use ref_places::{RefPlace, ref_places};
pub use refs::{RefFault, is_same_id};

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Config {
    /// `models.mode: "replace"`: OpenClaw knows only the models in this file.
    pub replace: bool,
    /// `models.mode` as written.
    pub mode: Option<String>,
    /// In the order of the file.
    pub providers: Vec<Provider>,
    pub defaults: Route,
    /// Agents with a model of their own.
    pub agents: Vec<Agent>,
    /// Agents without one: they follow the defaults.
    pub followers: Vec<String>,
    /// The agent that answers what is asked of nobody else, where it has a route of its own.
    pub(crate) leading: Option<String>,
    pub aliases: Vec<Alias>,
    /// The keys of `agents.defaults.models`.
    pub entries: Vec<String>,
    /// `agents.defaults.modelPolicy.allow`; empty allows all.
    pub allow: Vec<String>,
    pub generation: Generation,
    /// The OpenClaw that the file is for, as far as it tells.
    pub release: Release,
    pub logging: Logging,
    pub gateway: Gateway,
    /// `agents.defaults.timeoutSeconds`: how long OpenClaw lets any model be silent.
    pub agent_timeout: Option<u64>,
    pub posture: Posture,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Provider {
    pub id: String,
    /// With `${VAR}` filled in.
    pub base_url: Option<String>,
    /// As it stands in the file.
    pub base_url_written: Option<String>,
    /// Cached for [`Provider::is_local`], which is asked too often to parse a URL each time.
    pub(crate) local: bool,
    pub api: Option<String>,
    pub key: Secret,
    pub headers: Vec<(String, Secret)>,
    pub timeout_seconds: Option<u64>,
    /// OpenClaw starts this server when it needs it: idle is not down.
    pub on_demand: bool,
    /// The settings that the window has a field for, as written.
    pub fields: Fields,
    /// All others.
    pub settings: Vec<Setting>,
    pub models: Vec<Model>,
    /// Not in the file; known only from a ref that names it.
    pub implied: bool,
    pub line: Option<usize>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Model {
    pub id: String,
    pub name: Option<String>,
    pub api: Option<String>,
    pub reasoning: bool,
    /// As written; see [`Model::inputs`].
    pub input: Option<Vec<String>>,
    /// Dollars per million tokens, in and out.
    pub cost: Option<(f64, f64)>,
    pub context_window: Option<u64>,
    pub max_tokens: Option<u64>,
    /// OpenClaw sends it tools: `compat.supportsTools` is not `false`.
    pub takes_tools: bool,
    /// The settings that the window has a field for, as written.
    pub fields: Fields,
    /// All others.
    pub settings: Vec<Setting>,
    pub line: Option<usize>,
}

/// A chain as written (refs or aliases), primary first when there is one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Route {
    pub primary: Option<String>,
    pub fallbacks: Vec<String>,
    /// `model: "x/y"` instead of `model: { primary, fallbacks }`.
    pub is_string: bool,
    /// Other settings of its agent, or of the defaults.
    pub settings: Vec<Setting>,
    pub at: Path,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Agent {
    pub id: String,
    pub route: Route,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Alias {
    pub alias: String,
    /// The key of its entry, as written.
    pub key: String,
    pub model: ModelRef,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Logging {
    pub file: Option<String>,
    pub level: Option<String>,
}

/// Where OpenClaw's gateway is, and its credentials.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Gateway {
    /// The file says where a gateway is or how it is entered, as OpenClaw writes it on setting up.
    pub is_declared: bool,
    pub port: Option<u64>,
    /// `gateway.mode: "remote"`: another machine's gateway is meant.
    pub remote: bool,
    /// `gateway.remote.url`.
    pub url: Option<String>,
    pub remote_token: Secret,
    /// `gateway.auth.mode`.
    pub auth: Option<String>,
    pub token: Secret,
    pub password: Secret,
    /// `gateway.tls.enabled`.
    pub tls: bool,
}

/// A secret setting: how it is written, and its value if that is known. Never shown, not even in `Debug`.
#[derive(Clone, Default, PartialEq, Eq)]
pub enum Secret {
    #[default]
    None,
    Literal(String),
    /// `${NAME}`, `$NAME` or an env SecretRef.
    Env {
        name: String,
        value: Option<String>,
    },
    /// A SecretRef that Pilot Light does not follow (file, exec, store).
    Reference {
        source: String,
    },
}

impl Secret {
    /// The value to send, if it is known.
    #[must_use]
    pub fn value(&self) -> Option<&str> {
        match self {
            Secret::Literal(value) => Some(value),
            Secret::Env { value, .. } => value.as_deref(),
            Secret::None | Secret::Reference { .. } => None,
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Secret::None => f.write_str("None"),
            Secret::Literal(_) => f.write_str("Literal(..)"),
            Secret::Env { name, value } => write!(f, "Env({name}, {})", if value.is_some() { "set" } else { "not set" }),
            Secret::Reference { source } => write!(f, "Reference({source})"),
        }
    }
}

impl Provider {
    /// Whether its server is probed: on this machine or on a private network.
    #[must_use]
    pub fn is_local(&self) -> bool {
        self.local
    }

    /// Names and values, where a value is known.
    #[must_use]
    pub fn sent_headers(&self) -> Vec<(String, String)> {
        self.headers.iter().filter_map(|(name, key)| Some((name.clone(), key.value()?.to_owned()))).collect()
    }

    #[must_use]
    pub fn model(&self, id: &str) -> Option<&Model> {
        self.models.iter().find(|it| it.id == id)
    }
}

impl Model {
    /// The kinds of input: text, unless the file says otherwise.
    #[must_use]
    pub fn inputs(&self) -> Vec<String> {
        self.input.clone().unwrap_or_else(|| vec!["text".to_owned()])
    }
}

impl Route {
    /// All members as written, primary first.
    #[must_use]
    pub fn written(&self) -> Vec<String> {
        self.primary.iter().chain(&self.fallbacks).cloned().collect()
    }
}

impl Config {
    #[must_use]
    pub fn model(&self, model: &ModelRef) -> Option<&Model> {
        self.provider(&model.provider)?.model(&model.model)
    }

    /// Whether the file gives it no price.
    #[must_use]
    pub fn is_free(&self, model: &ModelRef) -> bool {
        self.model(model).and_then(|it| it.cost).is_none_or(|it| it == (0.0, 0.0))
    }

    #[must_use]
    pub fn alias(&self, model: &ModelRef) -> Option<&str> {
        self.aliases.iter().find(|it| it.model == *model).map(|it| it.alias.as_str())
    }

    /// The name a person knows the model by: its alias, else its ref.
    #[must_use]
    pub fn name(&self, model: &ModelRef) -> String {
        self.alias(model).map_or_else(|| model.to_string(), str::to_owned)
    }

    /// The chain of the agent that answers, primary first; a repeated member counts once, at its first place.
    #[must_use]
    pub fn chain(&self) -> Vec<ModelRef> {
        self.members(self.leading_route())
    }

    /// An agent with fallbacks and no primary of its own has the default one.
    #[must_use]
    pub fn members(&self, route: &Route) -> Vec<ModelRef> {
        let mut chain: Vec<ModelRef> = Vec::new();
        let primary = route.primary.iter().chain(&self.defaults.primary).next();
        for member in primary.into_iter().chain(&route.fallbacks).filter_map(|it| self.resolve(it)) {
            if !chain.contains(&member) {
                chain.push(member);
            }
        }
        chain
    }

    /// All chains: the defaults first, then the agents' own.
    pub fn routes(&self) -> impl Iterator<Item = (Option<&str>, &Route)> {
        std::iter::once((None, &self.defaults)).chain(self.agents.iter().map(|it| (Some(it.id.as_str()), &it.route)))
    }

    /// Whether a turn of some agent asks this model first, or no route names it, so that something else asks for it.
    #[must_use]
    pub fn asks_first(&self, model: &ModelRef) -> bool {
        let members: Vec<Vec<ModelRef>> = self.routes().map(|(_, route)| self.members(route)).collect();
        members.iter().any(|chain| chain.first() == Some(model)) || !members.iter().flatten().any(|it| it == model)
    }

    /// The models that a turn for this one may use, itself first: a route that begins with it, else it alone.
    #[must_use]
    pub fn chain_of(&self, requested: &ModelRef) -> Vec<ModelRef> {
        let mut chains = self.routes().map(|(_, route)| self.members(route));
        chains.find(|it| it.first() == Some(requested)).unwrap_or_else(|| vec![requested.clone()])
    }

    /// The model that an agent asks first: its own primary, else the default one.
    #[must_use]
    pub fn primary_of(&self, agent: Option<&str>) -> Option<ModelRef> {
        let own = self.agents.iter().find(|it| Some(it.id.as_str()) == agent).map(|it| self.members(&it.route));
        own.filter(|it| !it.is_empty()).unwrap_or_else(|| self.members(&self.defaults)).into_iter().next()
    }

    /// Whether some route uses this provider.
    #[must_use]
    pub fn uses(&self, provider: &str) -> bool {
        self.routes().any(|(_, route)| self.members(route).iter().any(|it| it.provider == provider))
    }

    /// Counts the places that name it: route members and alias entries.
    #[must_use]
    pub fn referrers(&self, provider: &str) -> usize {
        let in_routes: usize = self
            .routes()
            .map(|(_, route)| {
                route
                    .written()
                    .iter()
                    .filter(|it| ModelRef::parse(it).is_some_and(|it| is_same_id(&it.provider, provider)))
                    .count()
            })
            .sum();
        in_routes + self.aliases.iter().filter(|it| it.model.provider == provider).count()
    }
}
