//! Whether a model can answer: the config against what its server said. The ids are part of the JSON contract.

use crate::base::model_size::are_other_sizes;
use crate::base::openclaw::OWN_PROMPT;
use crate::base::words::short_tokens;
use crate::config::{Config, Model, Provider};
use crate::server::kinds::ModelNames;
use crate::server::observation::{Failure, Load, ServedModel, Serving};
use crate::server::{Server, Servers};
use crate::{Kind, ModelRef};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Availability {
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

/// What an availability means for the next turn, from best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outlook {
    Answers,
    /// It will answer, after loading.
    AnswersLate,
    /// It refuses until a person does something.
    NeedsHand,
    Down,
    Unknown,
}

/// Why a model that answers will not get a turn done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handicap {
    /// OpenClaw's own prompt is longer than its context.
    NoRoom { served: u64 },
    /// It refuses the tools that OpenClaw sends along.
    NoTools,
}

impl Handicap {
    /// As the end of a sentence.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Handicap::NoRoom { served } => {
                format!(
                    "it gives {} of context, and OpenClaw's own prompt takes about {}",
                    short_tokens(served),
                    short_tokens(OWN_PROMPT)
                )
            }
            Handicap::NoTools => "it takes no tools, and OpenClaw sends some with each request".to_owned(),
        }
    }
}

impl Availability {
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Availability::Unknown => "unknown",
            Availability::Starting => "starting",
            Availability::Ready => "ready",
            Availability::Busy => "busy",
            Availability::ListedNotLoaded => "listedNotLoaded",
            Availability::Sleeping => "sleeping",
            Availability::Loading => "loading",
            Availability::LoadFailed => "loadFailed",
            Availability::NoAnswer => "noAnswer",
            Availability::ModelMissing => "modelMissing",
            Availability::AuthNeeded => "authNeeded",
            Availability::AuthWrong => "authWrong",
            Availability::HostRefused => "hostRefused",
            Availability::Untrusted => "untrusted",
            Availability::Down => "down",
            Availability::UpstreamDown => "upstreamDown",
            Availability::RoutedUnchecked => "routedUnchecked",
            Availability::Assumed => "assumed",
        }
    }

    #[must_use]
    pub fn outlook(self) -> Outlook {
        match self {
            Availability::Ready
            | Availability::Busy
            | Availability::Sleeping
            | Availability::RoutedUnchecked
            | Availability::Assumed => Outlook::Answers,
            Availability::Starting | Availability::Loading | Availability::ListedNotLoaded => Outlook::AnswersLate,
            Availability::LoadFailed
            | Availability::NoAnswer
            | Availability::ModelMissing
            | Availability::AuthNeeded
            | Availability::AuthWrong
            | Availability::HostRefused
            | Availability::Untrusted => Outlook::NeedsHand,
            Availability::Down | Availability::UpstreamDown => Outlook::Down,
            Availability::Unknown => Outlook::Unknown,
        }
    }
}

impl<'a> Servers<'a> {
    #[must_use]
    pub fn availability(self, model: &ModelRef) -> Availability {
        let Some(provider) = self.config.provider(&model.provider) else { return Availability::Assumed };
        if !provider.is_local() {
            return Availability::Assumed;
        }
        self.fleet
            .servers
            .get(&provider.id)
            .map_or(Availability::Unknown, |server| self.availability_on(provider, server, &model.model))
    }

    fn availability_on(self, provider: &Provider, server: &Server, id: &str) -> Availability {
        match availability(provider, server, id) {
            Availability::RoutedUnchecked => {
                self.availability_behind(&ModelRef::new(&provider.id, id)).unwrap_or(Availability::RoutedUnchecked)
            }
            Availability::Ready
                if self
                    .fleet
                    .liveness_checks
                    .get(&provider.id)
                    .is_some_and(|it| it.model.model == id && it.fault().is_some()) =>
            {
                Availability::NoAnswer
            }
            it => it,
        }
    }

    /// Whether the model can't have answered lately: its server is down, refuses, or its upstream is down.
    pub(crate) fn is_out(self, model: &ModelRef) -> bool {
        self.get(&model.provider).is_some_and(|it| it.health.is_down() || it.refusal.is_some())
            || self.availability(model) == Availability::UpstreamDown
    }

    /// The availability of a provider: that of its leading model.
    #[must_use]
    pub fn provider_availability(self, provider: &Provider) -> Availability {
        if !provider.is_local() {
            return Availability::Assumed;
        }
        let Some(server) = self.fleet.servers.get(&provider.id) else { return Availability::Unknown };
        match self.leading_model(provider) {
            Some(model) => self.availability_on(provider, server, &model),
            None => availability_of_server(provider, server).unwrap_or(Availability::Ready),
        }
    }

    /// The provider's first model in a route, else its first model.
    #[must_use]
    pub fn leading_model(self, provider: &Provider) -> Option<String> {
        let routed = self.config.routes().flat_map(|(_, route)| self.config.members(route)).find(|it| it.provider == provider.id);
        routed.map(|it| it.model).or_else(|| provider.models.first().map(|it| it.id.clone()))
    }

    /// What the server says of a configured model, when it said anything.
    #[must_use]
    pub fn served(self, model: &ModelRef) -> Option<&'a ServedModel> {
        // A first answer after an outage says what is served, and is not believed yet.
        let server = self.fleet.servers.get(&model.provider).filter(|it| !it.health.is_down())?;
        find(server.serving.as_ref()?, server.kind, &model.model)
    }

    /// The context of the next request to a model, and the most that it could take, as its server says.
    #[must_use]
    pub fn context(self, model: &ModelRef) -> Option<u64> {
        self.served(model).and_then(ServedModel::context).or_else(|| self.served_behind(model)?.context())
    }

    #[must_use]
    pub fn max_context(self, model: &ModelRef) -> Option<u64> {
        let behind = self.served_behind(model).and_then(|it| it.max_context);
        behind.or_else(|| self.served(model)?.max_context)
    }

    /// Who answers, where a server answers with the model that it has, and that has another name.
    #[must_use]
    pub fn stand_in(self, model: &ModelRef) -> Option<&'a ServedModel> {
        let server = self.fleet.servers.get(&model.provider)?;
        self.served(model)
            .filter(|it| it.id != model.model && !it.aliases.contains(&model.model) && !is_named(server.kind, it, &model.model))
    }

    /// Why a model that answers will not get a turn of an agent done, as far as its server tells.
    #[must_use]
    pub fn handicap(self, model: &ModelRef) -> Option<Handicap> {
        let served = self.served(model)?;
        let gives_tools = self.config.model(model).is_none_or(|it| it.takes_tools);
        match self.context(model) {
            Some(served) if served < OWN_PROMPT => Some(Handicap::NoRoom { served }),
            _ if served.tools == Some(false) && gives_tools => Some(Handicap::NoTools),
            _ => None,
        }
    }

    /// What of a route needs a look although its primary answers, as ends of sentences.
    #[must_use]
    pub fn flaws(self, chain: &[ModelRef]) -> Vec<String> {
        let mut flaws = Vec::new();
        for (i, model) in chain.iter().enumerate() {
            let name = self.config.name(model);
            let outlook = self.availability(model).outlook();
            if i > 0 && matches!(outlook, Outlook::NeedsHand | Outlook::Down) {
                flaws.push(format!("{name} could not stand in"));
            }
            if let Some((served, configured)) = self.small_context(model) {
                flaws.push(format!("{name} is served with {} of {}", short_tokens(served), short_tokens(configured)));
            }
            if i > 0
                && let Some(handicap) = self.handicap(model)
            {
                flaws.push(format!("{name}: {}", handicap.words()));
            }
            // A name of one's own choice is no claim; a size in it is.
            let other = self.stand_in(model).filter(|it| are_other_sizes(&model.model, &it.id));
            flaws.extend(other.map(|it| format!("{} answers instead of {}", it.id, model.model)));
        }
        flaws
    }

    /// The context served, where it is smaller than the config says: (served, configured).
    #[must_use]
    pub fn small_context(self, model: &ModelRef) -> Option<(u64, u64)> {
        let configured = self.config.model(model)?.context_window?;
        let served = self.context(model)?;
        // A server is told by its own API how much is wanted, and loads the model again with that.
        let api = self.config.provider(&model.provider).and_then(|it| it.api.as_deref());
        let asks = api.and_then(Kind::with_own_api).is_some();
        (!asks && served < configured).then_some((served, configured))
    }
}

fn availability(provider: &Provider, server: &Server, id: &str) -> Availability {
    availability_of_server(provider, server).unwrap_or_else(|| of_model(server, id))
}

/// Of a server that answers.
pub(crate) fn of_model(server: &Server, id: &str) -> Availability {
    let Some(serving) = &server.serving else { return Availability::Ready };
    if serving.routes_elsewhere {
        return match &serving.models {
            Some(models) if !serving.partial && !models.iter().any(|it| it.id == id) => Availability::ModelMissing,
            _ => Availability::RoutedUnchecked,
        };
    }
    let Some(models) = &serving.models else { return if serving.busy { Availability::Busy } else { Availability::Ready } };
    match find(serving, server.kind, id) {
        Some(model) => match model.load {
            Load::Loaded | Load::Unknown if serving.busy => Availability::Busy,
            Load::Loaded | Load::Unknown => Availability::Ready,
            Load::NotLoaded => Availability::ListedNotLoaded,
            Load::Loading => Availability::Loading,
            Load::Sleeping => Availability::Sleeping,
            Load::Failed => Availability::LoadFailed,
        },
        None if serving.partial => Availability::RoutedUnchecked,
        None if models.is_empty() && serving.ignores_names => Availability::Ready,
        None => Availability::ModelMissing,
    }
}

/// What holds whatever the model: down, starting, a key refused. `None` when it answers.
fn availability_of_server(provider: &Provider, server: &Server) -> Option<Availability> {
    if server.health == crate::server::health::Health::Unknown || server.unjudged {
        return Some(Availability::Unknown);
    }
    if server.health.is_down() {
        // OpenClaw starts such a server when it needs it.
        return Some(if provider.on_demand { Availability::Sleeping } else { Availability::Down });
    }
    match server.refusal.as_ref()? {
        Failure::Starting => Some(Availability::Starting),
        Failure::AuthNeeded => Some(Availability::AuthNeeded),
        Failure::AuthWrong => Some(Availability::AuthWrong),
        Failure::HostRefused => Some(Availability::HostRefused),
        Failure::Untrusted(_) => Some(Availability::Untrusted),
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
    let names = kind.map_or(ModelNames::Exact, |kind| kind.info().names);
    std::iter::once(&model.id).chain(&model.aliases).any(|name| names.are_same(name, id))
}

/// Returns all models that the config names: those with an entry, then those that only refs and aliases name.
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
