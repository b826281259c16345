//! The route: as the chain on the Status page, and as the lists that can be reordered.

use serde::Serialize;
use ts_rs::TS;

use super::config_page::problems;
use super::mark;
use super::settings::settings;
use super::types::{Hop, Mark, ProblemView, SettingView, Shape};
use crate::ModelRef;
use crate::RouteState;
use crate::app::state::State;
use crate::base::Now;
use crate::base::words::ordinal;
use crate::config::{About, Route};
use crate::server::availability::Outlook;
use crate::server::{Place, Servers};

/// A route as it can be edited: the defaults, or an agent that has its own.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RouteView {
    /// `null` for the defaults.
    pub agent: Option<String>,
    /// As written in the file, primary first: what a `Change::Route` takes as `was`.
    pub written: Vec<String>,
    pub members: Vec<Hop>,
    /// `true`: local first, `false`: hosted first, `null`: only one sort, so there is nothing to swap.
    pub local_first: Option<bool>,
    /// The chain with local and hosted swapped round, when that is possible.
    pub swapped: Option<Vec<String>>,
    /// Other settings of its agent, or of the defaults.
    pub settings: Vec<SettingView>,
    pub problems: Vec<ProblemView>,
}

pub fn hops(state: &State, route: &RouteState, now: &Now) -> Vec<Hop> {
    route.chain.iter().enumerate().map(|(i, model)| hop(state, route, i, model, now)).collect()
}

fn hop(state: &State, route: &RouteState, i: usize, model: &ModelRef, now: &Now) -> Hop {
    let lit = route.effective.as_ref() == Some(model);
    let place = if i == 0 { "Primary".to_owned() } else { format!("{} fallback", ordinal(i)) };
    let does = match () {
        () if !lit => "",
        () if route.confirmed || state.servers().availability(model).outlook() == Outlook::Answers && i == 0 => ", answering",
        () => ", next to answer",
    };
    Hop {
        caption: place + does,
        name: state.config.name(model),
        model_ref: model.to_string(),
        mark: hop_mark(state, model, now),
        lit,
    }
}

fn hop_mark(state: &State, model: &ModelRef, now: &Now) -> Mark {
    let failed = state.turns.leading_fallback(&state.config).and_then(|(_, it)| it.failed.iter().find(|it| it.0 == *model));
    let plain = mark(state, model, now);
    match failed {
        Some((_, reason)) if plain.shape == Shape::Hosted => Mark { shape: Shape::Warn, text: reason.code.replace('_', " ") },
        _ if plain.shape == Shape::Ok && state.servers().small_context(model).is_some() => {
            Mark { shape: Shape::Warn, text: "small context".to_owned() }
        }
        _ => plain,
    }
}

pub fn routes(state: &State, now: &Now) -> Vec<RouteView> {
    state.config.routes().map(|(agent, route)| one(state, agent, route, now)).collect()
}

fn one(state: &State, agent: Option<&str>, route: &Route, now: &Now) -> RouteView {
    let current = state.route();
    let written = route.written();
    let members = written.iter().enumerate().map(|(i, written)| {
        let model = state.config.resolve(written);
        let caption = if i == 0 { "Primary".to_owned() } else { format!("{} fallback", ordinal(i)) };
        Hop {
            caption,
            name: model.as_ref().and_then(|it| state.config.alias(it)).unwrap_or_default().to_owned(),
            model_ref: model.as_ref().map_or_else(|| written.clone(), ModelRef::to_string),
            mark: model.as_ref().map_or(Mark { shape: Shape::Warn, text: "unknown".to_owned() }, |it| mark(state, it, now)),
            lit: model.is_some() && model == current.effective && agent == state.config.leading_agent(),
        }
    });
    RouteView {
        agent: agent.map(str::to_owned),
        written: route.written(),
        members: members.collect(),
        local_first: local_first(state.servers(), route),
        swapped: swapped(state.servers(), route),
        settings: settings(&route.settings, state.seed),
        problems: problems(state, &About::Route(agent.map(str::to_owned))),
    }
}

/// How far from home a written member runs; what names nothing is far.
fn distance(servers: Servers<'_>, written: &str) -> u8 {
    servers.config.resolve(written).map_or(Place::Hosted, |it| servers.place(&it)).distance()
}

/// `None` where all members are of one sort, so there is nothing to swap.
pub fn local_first(servers: Servers<'_>, route: &Route) -> Option<bool> {
    let sorts: Vec<u8> = route.written().iter().map(|it| distance(servers, it)).collect();
    let first = *sorts.first()?;
    sorts.iter().any(|it| *it != first).then(|| sorts.is_sorted())
}

/// The other sort first; the order within each sort stays, and no member is lost.
pub fn swapped(servers: Servers<'_>, route: &Route) -> Option<Vec<String>> {
    let is_local_first = local_first(servers, route)?;
    let mut members = route.written();
    members.sort_by_key(|it| if is_local_first { 2 - distance(servers, it) } else { distance(servers, it) });
    Some(members)
}
