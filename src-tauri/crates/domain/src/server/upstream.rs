//! What stands behind a router such as LiteLLM. The router being well says nothing of the servers that it asks: those at home are probed
//! as well, without a key, since the router's own is not theirs.

use std::collections::BTreeSet;

use crate::ModelRef;
use crate::app::event::Effect;
use crate::app::state::{Now, Server, State};
use crate::base::locality::{self, is_local, is_loopback};
use crate::base::words::{self, clock};
use crate::notify::notice::Code;
use crate::notify::wording;
use crate::server::availability::Availability;
use crate::server::observation::{Failure, Observation, ProbeRequest, ServedModel, Upstream};

/// A router of a whole company may name hundreds.
const FOLLOWED: usize = 32;

impl State {
    /// Behind a router, the best availability among the servers that it may ask.
    pub(crate) fn availability_behind(&self, model: &ModelRef) -> Option<Availability> {
        let upstreams = self.upstreams_of(model);
        upstreams.iter().map(|it| self.availability_at(model, it)).min_by_key(|it| it.outlook() as u8)
    }

    fn availability_at(&self, model: &ModelRef, upstream: &Upstream) -> Availability {
        let Some(server) = self.upstreams.get(&upstream.base_url) else { return Availability::RoutedUnchecked };
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
    fn may_reach(&self, model: &ModelRef, upstream: &Upstream, since: i64) -> bool {
        let router_is_here = self.servers.get(&model.provider).is_some_and(|it| is_loopback(&it.base_url));
        let answered = self.fallbacks.heard.get(model).is_some_and(|at| *at > since);
        !router_is_here || locality::is_containers_name(&upstream.base_url) || answered
    }

    /// What the server behind the router says of a model, where there is but one.
    pub(crate) fn served_behind(&self, model: &ModelRef) -> Option<&ServedModel> {
        let [upstream] = self.upstreams_of(model) else { return None };
        let server = self.upstreams.get(&upstream.base_url).filter(|it| !it.health.is_down())?;
        crate::server::availability::find(server.serving.as_ref()?, server.kind, &upstream.model)
    }

    pub(crate) fn upstreams_of(&self, model: &ModelRef) -> &[Upstream] {
        self.served(model).map_or(&[], |it| it.upstreams.as_slice())
    }

    /// The outage behind a router, and where.
    pub(crate) fn outage_behind(&self, model: &ModelRef) -> Option<(&str, i64, &Failure)> {
        self.upstreams_of(model).iter().find_map(|it| {
            let (since, why) = self.upstreams.get(&it.base_url)?.health.outage()?;
            Some((it.base_url.as_str(), since, why))
        })
    }

    /// The servers behind a router.
    pub(crate) fn bases_behind(&self, provider: &str) -> Vec<String> {
        let models = self.config.provider(provider).map(|it| it.models.as_slice()).unwrap_or_default();
        let upstreams = models.iter().flat_map(|it| self.upstreams_of(&ModelRef::new(provider, &it.id)));
        upstreams.map(|it| it.base_url.clone()).collect()
    }

    /// The models of the config that a router sends to this server.
    fn routed_to(&self, base_url: &str) -> Vec<ModelRef> {
        let models = self.config.providers.iter().filter(|it| self.servers.contains_key(&it.id));
        let models = models.flat_map(|it| it.models.iter().map(|model| ModelRef::new(&it.id, &model.id)));
        models.filter(|it| self.upstreams_of(it).iter().any(|it| it.base_url == base_url)).collect()
    }
}

/// Follows what the routers say now. A server at home is followed; 127.0.0.1 of another machine is not ours.
pub(crate) fn follow(state: &mut State, now: &Now) {
    let mut behind = BTreeSet::new();
    let routers = state.servers.iter().filter(|it| it.1.serving.as_ref().is_some_and(|it| it.routes_elsewhere));
    for (id, server) in routers {
        let models = state.config.provider(id).map(|it| it.models.as_slice()).unwrap_or_default();
        let ours = models.iter().flat_map(|it| state.upstreams_of(&ModelRef::new(id, &it.id)));
        let near = ours.filter(|it| is_local(&it.base_url) && (is_loopback(&server.base_url) || !is_loopback(&it.base_url)));
        behind.extend(near.map(|it| (it.base_url.clone(), it.api.clone())));
    }
    let behind: Vec<_> = behind.into_iter().take(FOLLOWED).collect();
    state.upstreams.retain(|base_url, _| behind.iter().any(|it| it.0 == *base_url));
    for (base_url, api) in behind {
        let fresh = || Server { due: Some(now.mono), api, base_url: base_url.clone(), ..Server::default() };
        state.upstreams.entry(base_url.clone()).or_insert_with(fresh);
    }
}

/// Takes the answer if it is of a server behind a router; those are asked in the name of their own address.
pub(crate) fn take(
    state: &mut State,
    base_url: &str,
    deep: bool,
    seen: &Observation,
    now: &Now,
    effects: &mut Vec<Effect>,
) -> bool {
    let (excuse, every) = (state.excuse(base_url), state.every());
    let Some(server) = state.upstreams.get_mut(base_url) else { return false };
    let was = server.health.outage().map(|it| it.0);
    let was_known = server.health != crate::server::health::Health::Unknown;
    let lesson = crate::app::update::learn(server, base_url, every, deep, seen.clone(), excuse, now);
    state.news += u32::from(lesson.is_news);
    if !lesson.is_proof {
        return true;
    }
    let is = server.health.outage().map(|(since, why)| (since, why.clone()));
    match (was, is) {
        (None, Some((since, why))) => tell_down(state, base_url, was_known, since, &why, now, effects),
        (Some(since), None) => tell_up(state, base_url, since, now, effects),
        _ => {}
    }
    true
}

fn tell_down(
    state: &mut State,
    base_url: &str,
    was_known: bool,
    since: i64,
    why: &Failure,
    now: &Now,
    effects: &mut Vec<Effect>,
) {
    let lost: Vec<ModelRef> =
        state.routed_to(base_url).into_iter().filter(|it| state.availability(it) == Availability::UpstreamDown).collect();
    for model in &lost {
        state.fallbacks.saw_down(&model.provider);
    }
    // As with any server, what was down from the start is not news.
    let Some(model) = lost.iter().find(|it| was_known && state.config.uses(&it.provider)) else { return };
    let title = format!("{} is up, its upstream is not", state.box_name(&model.provider));
    let address = locality::address(base_url);
    let body = format!("{address} behind it: {} since {}.", words::failure(why), clock(since, now));
    if let Some(server) = state.upstreams.get_mut(base_url) {
        server.told_down = true;
    }
    wording::tell(state, now, effects, Code::BoxDown, base_url, title, body);
}

fn tell_up(state: &mut State, base_url: &str, since: i64, now: &Now, effects: &mut Vec<Effect>) {
    if state.upstreams.get_mut(base_url).is_some_and(|it| std::mem::take(&mut it.told_down))
        && let Some(model) = state.routed_to(base_url).first()
    {
        let title = format!("{}'s upstream is back", state.box_name(&model.provider));
        let lasted = words::duration(crate::view::since(since, now));
        wording::tell(
            state,
            now,
            effects,
            Code::BoxUp,
            base_url,
            title,
            format!("{} after {lasted}", locality::address(base_url)),
        );
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
