//! Where a model stands: what the config wants of it against what its server said. The names are part of the JSON contract.

use crate::config::{Config, Model, Provider};
use crate::observation::{Failure, Load, ServedModel, Serving};
use crate::state::{Server, State};
use crate::{Kind, ModelRef};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Not probed yet.
    Unknown,
    /// Its server is up, but not ready to answer yet.
    Starting,
    Ready,
    Busy,
    ListedNotLoaded,
    Sleeping,
    Loading,
    LoadFailed,
    /// It is loaded, and a question for one token got no answer.
    NoAnswer,
    ModelMissing,
    AuthNeeded,
    AuthWrong,
    /// It answers to another name than the one in the base URL.
    HostRefused,
    /// Its certificate is not trusted, or not the one that is.
    Untrusted,
    Down,
    /// The router is up; the server behind it is not.
    UpstreamDown,
    /// A router answers for it; its upstream was not checked.
    RoutedUnchecked,
    /// Hosted: never probed.
    Assumed,
}

/// What a standing means for the next turn, from best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prospect {
    Answers,
    /// It answers, but slowly at first, or soon.
    AnswersLate,
    /// It is there and refuses: a person has to do something.
    NeedsHand,
    Down,
    Unknown,
}

impl Standing {
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Standing::Unknown => "unknown",
            Standing::Starting => "starting",
            Standing::Ready => "ready",
            Standing::Busy => "busy",
            Standing::ListedNotLoaded => "listedNotLoaded",
            Standing::Sleeping => "sleeping",
            Standing::Loading => "loading",
            Standing::LoadFailed => "loadFailed",
            Standing::NoAnswer => "noAnswer",
            Standing::ModelMissing => "modelMissing",
            Standing::AuthNeeded => "authNeeded",
            Standing::AuthWrong => "authWrong",
            Standing::HostRefused => "hostRefused",
            Standing::Untrusted => "untrusted",
            Standing::Down => "down",
            Standing::UpstreamDown => "upstreamDown",
            Standing::RoutedUnchecked => "routedUnchecked",
            Standing::Assumed => "assumed",
        }
    }

    #[must_use]
    pub fn prospect(self) -> Prospect {
        match self {
            Standing::Ready | Standing::Busy | Standing::Sleeping | Standing::RoutedUnchecked | Standing::Assumed => {
                Prospect::Answers
            }
            Standing::Starting | Standing::Loading | Standing::ListedNotLoaded => Prospect::AnswersLate,
            Standing::LoadFailed
            | Standing::NoAnswer
            | Standing::ModelMissing
            | Standing::AuthNeeded
            | Standing::AuthWrong
            | Standing::HostRefused
            | Standing::Untrusted => Prospect::NeedsHand,
            Standing::Down | Standing::UpstreamDown => Prospect::Down,
            Standing::Unknown => Prospect::Unknown,
        }
    }
}

impl State {
    #[must_use]
    pub fn standing(&self, model: &ModelRef) -> Standing {
        let Some(provider) = self.config.provider(&model.provider) else { return Standing::Assumed };
        if !provider.is_local() {
            return Standing::Assumed;
        }
        self.servers.get(&provider.id).map_or(Standing::Unknown, |server| self.standing_on(provider, server, &model.model))
    }

    fn standing_on(&self, provider: &Provider, server: &Server, id: &str) -> Standing {
        match standing(provider, server, id) {
            Standing::RoutedUnchecked => {
                self.standing_behind(&ModelRef::new(&provider.id, id)).unwrap_or(Standing::RoutedUnchecked)
            }
            Standing::Ready if self.proofs.get(&provider.id).is_some_and(|it| it.model.model == id && it.fault().is_some()) => {
                Standing::NoAnswer
            }
            it => it,
        }
    }

    /// One state for a provider: that of its model which comes first in the default route, else of its first model.
    #[must_use]
    pub fn provider_standing(&self, provider: &Provider) -> Standing {
        if !provider.is_local() {
            return Standing::Assumed;
        }
        let Some(server) = self.servers.get(&provider.id) else { return Standing::Unknown };
        match self.leading_model(provider) {
            Some(model) => self.standing_on(provider, server, &model),
            None => standing_of_server(provider, server).unwrap_or(Standing::Ready),
        }
    }

    /// The model of a provider that matters most.
    #[must_use]
    pub fn leading_model(&self, provider: &Provider) -> Option<String> {
        let routed = self.config.routes().flat_map(|(_, route)| self.config.members(route)).find(|it| it.provider == provider.id);
        routed.map(|it| it.model).or_else(|| provider.models.first().map(|it| it.id.clone()))
    }

    /// What the server says of a configured model, when it said anything.
    #[must_use]
    pub fn served(&self, model: &ModelRef) -> Option<&ServedModel> {
        // A first answer after an outage says what is served, and is not believed yet.
        let server = self.servers.get(&model.provider).filter(|it| !it.health.is_down())?;
        find(server.serving.as_ref()?, server.kind, &model.model)
    }

    /// The context of the next request to a model, and the most that it could take, as its server says.
    #[must_use]
    pub fn context(&self, model: &ModelRef) -> Option<u64> {
        self.served(model).and_then(ServedModel::context).or_else(|| self.served_behind(model)?.context())
    }

    #[must_use]
    pub fn max_context(&self, model: &ModelRef) -> Option<u64> {
        let behind = self.served_behind(model).and_then(|it| it.max_context);
        behind.or_else(|| self.served(model)?.max_context)
    }

    /// The context served, where it is smaller than the config says: (served, configured).
    #[must_use]
    pub fn small_context(&self, model: &ModelRef) -> Option<(u64, u64)> {
        let configured = self.config.model(model)?.context_window?;
        let served = self.context(model)?;
        // Ollama is told by its own API how much is wanted, and loads again with that.
        let asks = self.config.provider(&model.provider).is_some_and(|it| it.api.as_deref() == Some("ollama"));
        (!asks && served < configured).then_some((served, configured))
    }
}

fn standing(provider: &Provider, server: &Server, id: &str) -> Standing {
    standing_of_server(provider, server).unwrap_or_else(|| of_model(server, id))
}

/// Of a server that answers.
pub(crate) fn of_model(server: &Server, id: &str) -> Standing {
    let Some(serving) = &server.serving else { return Standing::Ready };
    if serving.routes_elsewhere {
        return match &serving.models {
            Some(models) if !serving.partial && !models.iter().any(|it| it.id == id) => Standing::ModelMissing,
            _ => Standing::RoutedUnchecked,
        };
    }
    let Some(models) = &serving.models else { return if serving.busy { Standing::Busy } else { Standing::Ready } };
    match find(serving, server.kind, id) {
        Some(model) => match model.load {
            Load::Loaded | Load::Unknown if serving.busy => Standing::Busy,
            Load::Loaded | Load::Unknown => Standing::Ready,
            Load::NotLoaded => Standing::ListedNotLoaded,
            Load::Loading => Standing::Loading,
            Load::Sleeping => Standing::Sleeping,
            Load::Failed => Standing::LoadFailed,
        },
        None if serving.partial => Standing::RoutedUnchecked,
        None if models.is_empty() && serving.ignores_names => Standing::Ready,
        None => Standing::ModelMissing,
    }
}

/// What holds whatever the model: down, starting, a key refused. `None` when it answers.
fn standing_of_server(provider: &Provider, server: &Server) -> Option<Standing> {
    if server.health == crate::health::Health::Unknown || server.unjudged {
        return Some(Standing::Unknown);
    }
    if server.health.is_down() {
        // OpenClaw starts such a server when it needs it.
        return Some(if provider.on_demand { Standing::Sleeping } else { Standing::Down });
    }
    match server.refusal.as_ref()? {
        Failure::Starting => Some(Standing::Starting),
        Failure::AuthNeeded => Some(Standing::AuthNeeded),
        Failure::AuthWrong => Some(Standing::AuthWrong),
        Failure::HostRefused => Some(Standing::HostRefused),
        Failure::Untrusted(_) => Some(Standing::Untrusted),
        _ => None,
    }
}

pub(crate) fn find<'a>(serving: &'a Serving, kind: Option<Kind>, id: &str) -> Option<&'a ServedModel> {
    let models = serving.models.as_ref()?;
    let same = |it: &&ServedModel| it.id == id || it.aliases.iter().any(|alias| alias == id);
    let by_name = models.iter().find(same).or_else(|| models.iter().find(|it| is_named(kind, it, id)));
    by_name.or_else(|| models.first().filter(|_| serving.ignores_names))
}

/// The config's id means this model.
pub(crate) fn is_named(kind: Option<Kind>, model: &ServedModel, id: &str) -> bool {
    std::iter::once(&model.id).chain(&model.aliases).any(|name| name == id || is_same_name(kind, name, id))
}

/// Ollama reads `name` as `name:latest`, in any case; LM Studio's ids may carry the quantisation (`name@q4_k_m`).
fn is_same_name(kind: Option<Kind>, served: &str, configured: &str) -> bool {
    match kind {
        Some(Kind::Ollama) => {
            let full = |name: &str| {
                if name.contains(':') { name.to_ascii_lowercase() } else { format!("{}:latest", name.to_ascii_lowercase()) }
            };
            full(served) == full(configured)
        }
        Some(Kind::LmStudio) => {
            served.split_once('@').map_or(served, |it| it.0) == configured.split_once('@').map_or(configured, |it| it.0)
        }
        _ => false,
    }
}

/// All models a person has to do with: those in the file, then those that only refs and aliases name.
#[must_use]
pub fn known_models(config: &Config) -> Vec<(ModelRef, Option<&Model>)> {
    let in_file = config
        .providers
        .iter()
        .flat_map(|provider| provider.models.iter().map(|model| (ModelRef::new(&provider.id, &model.id), Some(model))));
    let mut known: Vec<(ModelRef, Option<&Model>)> = in_file.collect();
    let routed = config.routes().flat_map(|(_, route)| config.members(route)).collect::<Vec<_>>();
    for model in routed.into_iter().chain(config.aliases.iter().map(|it| it.model.clone())) {
        if !known.iter().any(|it| it.0 == model) && model.model != "*" {
            known.push((model, None));
        }
    }
    known
}
