//! Where a model really runs: what its server says counts, not its address alone.

use crate::base::locality::is_loopback;
use crate::config::Config;
use crate::server::kinds::Cloud;
use crate::server::observation::ServedModel;
use crate::server::{Server, Servers};
use crate::{Kind, ModelRef};

/// Where a request to a model is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    ThisMachine,
    Network,
    /// A server here or on the network answers; whether it runs the model or hands it on can't be seen.
    Answered {
        here: bool,
    },
    /// It leaves, through a server at home: what people call that way.
    Through(&'static str),
    Hosted,
}

impl Place {
    /// Whether requests are known to leave the person's own machines.
    #[must_use]
    pub fn is_away(self) -> bool {
        matches!(self, Place::Through(_) | Place::Hosted)
    }

    /// As the end of a sentence.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Place::ThisMachine => "on this machine".to_owned(),
            Place::Network => "on your network".to_owned(),
            Place::Answered { here: true } => "answered at this machine; where it runs is not known".to_owned(),
            Place::Answered { here: false } => "answered on your network; where it runs is not known".to_owned(),
            Place::Through(way) => format!("requests leave this machine, through {way}"),
            Place::Hosted => "hosted: requests leave this machine".to_owned(),
        }
    }

    /// From home to away; what is not known stands between.
    #[must_use]
    pub fn distance(self) -> u8 {
        match self {
            Place::ThisMachine | Place::Network => 0,
            Place::Answered { .. } => 1,
            Place::Through(_) | Place::Hosted => 2,
        }
    }
}

impl Servers<'_> {
    #[must_use]
    pub fn place(self, model: &ModelRef) -> Place {
        let Some(provider) = self.config.provider(&model.provider).filter(|it| it.is_local()) else { return Place::Hosted };
        let here = provider.base_url.as_deref().is_some_and(is_loopback);
        let server = self.fleet.servers.get(&provider.id);
        let kind = server.and_then(|it| it.kind);
        let served = self.served(model);
        if let Some(cloud) = cloud(self.config, kind, model) {
            return Place::Through(cloud.name);
        }
        if served.is_some_and(|it| it.remote) {
            return Place::Through(kind.map_or("its server", |it| it.info().cloud.map_or(it.label(), |cloud| cloud.name)));
        }
        let home = if here { Place::ThisMachine } else { Place::Network };
        match server {
            Some(it) if it.serving.as_ref().is_some_and(|it| it.routes_elsewhere) => self.place_behind(served, here),
            Some(Server { kind: Some(kind), .. }) if kind.is_known() => home,
            _ => Place::Answered { here },
        }
    }

    /// Of a router: where all servers are that it may ask, if they are known.
    fn place_behind(self, served: Option<&ServedModel>, here: bool) -> Place {
        let upstreams = served.map_or(&[][..], |it| it.upstreams.as_slice());
        let runs = |base_url: &str| {
            self.fleet
                .upstreams
                .get(base_url)
                .and_then(|it| it.kind)
                .is_some_and(|it| it.is_known() && !it.info().routes_elsewhere)
        };
        if upstreams.is_empty() || !upstreams.iter().all(|it| runs(&it.base_url)) {
            Place::Answered { here }
        } else if here && upstreams.iter().all(|it| is_loopback(&it.base_url)) {
            Place::ThisMachine
        } else {
            Place::Network
        }
    }

    /// Whether its requests stay at home, as far as is known.
    #[must_use]
    pub fn is_local(self, model: &ModelRef) -> bool {
        !self.place(model).is_away()
    }
}

/// The cloud that a model's name alone tells of, by the kind of its server, or by an API that only one kind has.
fn cloud(config: &Config, kind: Option<Kind>, model: &ModelRef) -> Option<Cloud> {
    let api = || Kind::with_own_api(config.provider(&model.provider)?.api.as_deref()?);
    let cloud = kind.or_else(api)?.info().cloud?;
    cloud.endings.iter().any(|it| model.model.to_ascii_lowercase().ends_with(it)).then_some(cloud)
}
