//! Servers behind a router such as LiteLLM. A healthy router says nothing about them, so local ones are probed as well,
//! without a key: the router's key is not theirs.

use std::collections::BTreeSet;

use crate::ModelRef;
use crate::base::Now;
use crate::base::locality::{self, is_local, is_loopback};
use crate::config::Config;
use crate::server::ServerTransition;
use crate::server::availability::Availability;
use crate::server::health::Health;
use crate::server::observation::{Failure, Observation, ProbeRequest, ServedModel, Upstream};
use crate::server::{Fleet, Server, Servers};

/// The most servers followed behind routers; a company's router may name hundreds.
const FOLLOWED: usize = 32;

impl<'a> Servers<'a> {
    /// Behind a router, the best availability among the servers that it may ask.
    pub(crate) fn availability_behind(self, model: &ModelRef) -> Option<Availability> {
        let upstreams = self.upstreams_of(model);
        upstreams.iter().map(|it| self.availability_at(model, it)).min_by_key(|it| it.outlook() as u8)
    }

    fn availability_at(self, model: &ModelRef, upstream: &Upstream) -> Availability {
        let Some(server) = self.fleet.upstreams.get(&upstream.base_url) else { return Availability::RoutedUnchecked };
        match (server.health.outage(), &server.refusal) {
            _ if server.unjudged => Availability::RoutedUnchecked,
            // A name that only the router knows, in a container's network perhaps.
            (Some((_, Failure::NameUnknown | Failure::NoRoute | Failure::BadUrl(_))), _) => Availability::RoutedUnchecked,
            (Some((since, _)), _) if self.may_reach(model, upstream, since) => Availability::RoutedUnchecked,
            (Some(_), _) => Availability::UpstreamDown,
            (None, Some(Failure::Starting)) => Availability::Starting,
            _ if server.serving.is_none() => Availability::RoutedUnchecked,
            _ => match crate::server::availability::of_model(server, &upstream.model) {
                // The router may hold the key, and may call the model otherwise.
                Availability::ModelMissing => Availability::RoutedUnchecked,
                it => it,
            },
        }
    }

    /// What can't be reached from here, the router may reach all the same: from another machine, by a container's name for this one, or
    /// because OpenClaw had an answer through it since.
    fn may_reach(self, model: &ModelRef, upstream: &Upstream, since: i64) -> bool {
        let router_is_here = self.fleet.servers.get(&model.provider).is_some_and(|it| is_loopback(&it.base_url));
        let answered = self.fleet.answered.get(model).is_some_and(|at| *at > since);
        !router_is_here || locality::is_containers_name(&upstream.base_url) || answered
    }

    /// What the server behind the router says of a model, where there is but one.
    pub(crate) fn served_behind(self, model: &ModelRef) -> Option<&'a ServedModel> {
        let [upstream] = self.upstreams_of(model) else { return None };
        let server = self.fleet.upstreams.get(&upstream.base_url).filter(|it| !it.health.is_down())?;
        crate::server::availability::find(server.serving.as_ref()?, server.kind, &upstream.model)
    }

    pub(crate) fn upstreams_of(self, model: &ModelRef) -> &'a [Upstream] {
        self.served(model).map_or(&[], |it| it.upstreams.as_slice())
    }

    /// The outage behind a router, and where.
    pub(crate) fn outage_behind(self, model: &ModelRef) -> Option<(&'a str, i64, &'a Failure)> {
        self.upstreams_of(model).iter().find_map(|it| {
            let (since, why) = self.fleet.upstreams.get(&it.base_url)?.health.outage()?;
            Some((it.base_url.as_str(), since, why))
        })
    }

    /// The servers behind a router.
    pub(crate) fn bases_behind(self, provider: &str) -> Vec<String> {
        let models = self.config.provider(provider).map(|it| it.models.as_slice()).unwrap_or_default();
        let upstreams = models.iter().flat_map(|it| self.upstreams_of(&ModelRef::new(provider, &it.id)));
        upstreams.map(|it| it.base_url.clone()).collect()
    }

    /// The outage of a server behind a router, where a model of a route is lost by it.
    pub(crate) fn upstream_outage(self, base_url: &str) -> Option<ServerTransition> {
        let (since, why) = self.fleet.upstreams.get(base_url)?.health.outage()?;
        let lost = |it: &ModelRef| self.availability(it) == Availability::UpstreamDown && self.config.uses(&it.provider);
        let model = self.routed_to(base_url).into_iter().find(lost)?;
        Some(ServerTransition::UpstreamDown { base_url: base_url.to_owned(), model, since, why: why.clone() })
    }

    /// The models of the config that a router sends to this server.
    fn routed_to(self, base_url: &str) -> Vec<ModelRef> {
        let models = self.config.providers.iter().filter(|it| self.fleet.servers.contains_key(&it.id));
        let models = models.flat_map(|it| it.models.iter().map(|model| ModelRef::new(&it.id, &model.id)));
        models.filter(|it| self.upstreams_of(it).iter().any(|it| it.base_url == base_url)).collect()
    }
}

impl Fleet {
    /// Follows what the routers say now. A server at home is followed; 127.0.0.1 of another machine is not ours.
    pub(crate) fn follow_upstreams(&mut self, config: &Config, now: &Now) {
        let mut behind = BTreeSet::new();
        let routers = self.servers.iter().filter(|it| it.1.serving.as_ref().is_some_and(|it| it.routes_elsewhere));
        for (id, server) in routers {
            let models = config.provider(id).map(|it| it.models.as_slice()).unwrap_or_default();
            let servers = Servers { config, fleet: self };
            let ours = models.iter().flat_map(|it| servers.upstreams_of(&ModelRef::new(id, &it.id)));
            let near = ours.filter(|it| is_local(&it.base_url) && (is_loopback(&server.base_url) || !is_loopback(&it.base_url)));
            behind.extend(near.map(|it| (it.base_url.clone(), it.api.clone())));
        }
        let behind: Vec<_> = behind.into_iter().take(FOLLOWED).collect();
        self.upstreams.retain(|base_url, _| behind.iter().any(|it| it.0 == *base_url));
        for (base_url, api) in behind {
            let fresh = || Server { due: Some(now.mono), api, base_url: base_url.clone(), ..Server::default() };
            self.upstreams.entry(base_url.clone()).or_insert_with(fresh);
        }
    }

    /// Takes the answer of a server behind a router. `None`: no such server is followed.
    pub(crate) fn upstream_probed(
        &mut self,
        base_url: &str,
        deep: bool,
        seen: &Observation,
        config: &Config,
        now: &Now,
    ) -> Option<Vec<ServerTransition>> {
        let (excuse, every) = (self.excuse(base_url), self.every());
        let server = self.upstreams.get_mut(base_url)?;
        let was = server.health.outage().map(|it| it.0);
        let was_known = server.health != Health::Unknown;
        let lesson = server.learn(base_url, every, deep, seen.clone(), excuse, now);
        self.revision += u32::from(lesson.is_news);
        if !lesson.is_proof {
            return Some(Vec::new());
        }
        let is_down = self.upstreams.get(base_url)?.health.is_down();
        let servers = Servers { config, fleet: self };
        let transition = match (was, is_down) {
            // As with any server, what was down from the start is not news.
            (None, true) if was_known => servers.upstream_outage(base_url),
            (Some(since), false) => {
                let model = servers.routed_to(base_url).into_iter().next();
                model.map(|model| ServerTransition::UpstreamUp { base_url: base_url.to_owned(), model, since })
            }
            _ => None,
        };
        Some(transition.into_iter().collect())
    }
}

/// The next round of one of them.
pub(crate) fn request(server: &Server, deep: bool) -> ProbeRequest {
    ProbeRequest {
        provider: server.base_url.clone(),
        base_url: server.base_url.clone(),
        api: server.api.clone(),
        key: None,
        headers: Vec::new(),
        kind: server.kind.filter(|_| !server.health.is_down()),
        wanted: None,
        deep,
    }
}
