//! Routes: unknown members, repeated members, and routes without a real fallback.

use document::Path;

use crate::ModelRef;
use crate::base::Severity;
use crate::base::change::{Change, Place};
use crate::config::{About, Config, Problem, Route};

pub fn routes(config: &Config) -> Vec<Problem> {
    config.routes().flat_map(|(agent, route)| chain(config, agent, route)).collect()
}

fn chain(config: &Config, agent: Option<&str>, route: &Route) -> Vec<Problem> {
    let whose = agent.map_or_else(String::new, |it| format!("agent {it}: "));
    let found = |code, severity, at: Path, message: String| {
        Problem::new(code, severity, at, format!("{whose}{message}")).about(About::Route(agent.map(str::to_owned)))
    };
    let written = route.written();
    let to = |to: Vec<String>| Change::Route { agent: agent.map(str::to_owned), was: written.clone(), to };
    // Removes this member, if others are left.
    let without = |i: usize| {
        let rest: Vec<String> = written.iter().enumerate().filter(|it| it.0 != i).map(|it| it.1.clone()).collect();
        (!rest.is_empty()).then(|| to(rest))
    };
    let mendable = |problem: Problem, label: &str, change: Option<Change>| match change {
        Some(change) => problem.fix(label, change),
        None => problem,
    };
    let mut problems = Vec::new();
    let mut seen: Vec<ModelRef> = Vec::new();
    for (i, member) in written.iter().enumerate() {
        let at = place(route, i);
        let Some(model) = config.resolve(member) else {
            let message = format!("{member} is neither an alias nor a model ref (provider/model)");
            problems.push(mendable(found("ref.unknown", Severity::Warning, at, message), "Take it out", without(i)));
            continue;
        };
        let in_file = config.provider(&model.provider).filter(|it| !it.implied);
        if in_file.is_some_and(|it| !it.models.is_empty() && it.model(&model.model).is_none()) {
            let message = format!("{member} names no model of the provider {}", model.provider);
            problems.push(mendable(found("ref.unknown", Severity::Warning, at.clone(), message), "Take it out", without(i)));
        } else if in_file.is_none() && config.replace {
            let message = format!("with models.mode \"replace\" OpenClaw does not know {member}");
            let merge = Change::set(Place::mode(), Some("replace"), Some("merge"));
            problems.push(found("mode.replace", Severity::Warning, at.clone(), message).fix("Set merge", merge));
        }
        if seen.contains(&model) {
            let at_first = if seen.first() == Some(&model) { "the primary" } else { "an earlier fallback" };
            let message = format!("{member} is also {at_first}");
            problems.push(mendable(found("route.repeated", Severity::Warning, at, message), "Take it out", without(i)));
        }
        seen.push(model);
    }
    match (agent, &route.primary) {
        (None, None) => {
            let message = "no primary model is set, so OpenClaw uses its built-in default".to_owned();
            problems.push(found("route.noPrimary", Severity::Warning, route.at.clone(), message));
        }
        (Some(_), Some(primary)) if route.fallbacks.is_empty() && !config.defaults.fallbacks.is_empty() => {
            let message = "its own primary switches the default fallbacks off".to_owned();
            let model = config.resolve(primary);
            let fallbacks = config.defaults.fallbacks.iter().filter(|it| config.resolve(it) != model).cloned();
            let chain = std::iter::once(primary.clone()).chain(fallbacks).collect::<Vec<_>>();
            let change = (chain.len() > 1).then(|| to(chain));
            problems.push(mendable(
                found("route.noFallback", Severity::Info, route.at.clone(), message),
                "Use the default fallbacks",
                change,
            ));
        }
        (None, Some(_)) if route.fallbacks.is_empty() => {
            let message = "there is no fallback: when the primary fails, nothing answers".to_owned();
            problems.push(found("route.noFallback", Severity::Info, route.at.clone(), message));
        }
        _ => {}
    }
    problems
}

/// Where a member stands, counted from the primary.
fn place(route: &Route, i: usize) -> Path {
    match (i, &route.primary) {
        (0, Some(_)) if route.is_string => route.at.clone(),
        (0, Some(_)) => route.at.child("primary"),
        (i, primary) => route.at.child("fallbacks").child(i - usize::from(primary.is_some())),
    }
}
