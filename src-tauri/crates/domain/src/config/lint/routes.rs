//! Routes: unknown members, repeated members, and routes without a real fallback.

use document::{Document, Path, ValueRef, path};

use crate::ModelRef;
use crate::base::Severity;
use crate::base::change::{Change, Place};
use crate::config::{About, Config, Problem, RefFault, RefPlace, Route, ref_places};

pub fn routes(config: &Config) -> Vec<Problem> {
    config.routes().flat_map(|(agent, route)| chain(config, agent, route)).collect()
}

fn chain(config: &Config, agent: Option<&str>, route: &Route) -> Vec<Problem> {
    let whose = agent.map_or_else(String::new, |it| format!("Agent {it}: "));
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
        if let Some(fault) = config.ref_fault(member) {
            let (code, message) = told(member, &fault);
            let problem = found(code, Severity::Warning, at.clone(), message);
            problems.push(match &fault {
                RefFault::Elsewhere { meant, .. } => {
                    let with = written.iter().enumerate().map(|(n, it)| if n == i { meant.to_string() } else { it.clone() });
                    problem.fix(format!("Use {meant}"), to(with.collect()))
                }
                RefFault::Ambiguous(_) => problem,
                RefFault::NotARef | RefFault::UnknownModel(_) => mendable(problem, "Remove it", without(i)),
            });
        }
        let Some(model) = config.resolve(member) else { continue };
        let in_file = config.provider(&model.provider).filter(|it| !it.implied);
        if in_file.is_none() && config.replace {
            let message = format!("With models.mode \"replace\" OpenClaw does not know {member}.");
            let merge = Change::set(Place::mode(), Some("replace"), Some("merge"));
            problems.push(found("mode.replace", Severity::Warning, at.clone(), message).fix("Set merge", merge));
        }
        if seen.contains(&model) {
            let at_first = if seen.first() == Some(&model) { "the primary" } else { "an earlier fallback" };
            let message = format!("{member} is also {at_first}.");
            problems.push(mendable(found("route.repeated", Severity::Warning, at, message), "Remove it", without(i)));
        }
        seen.push(model);
    }
    match (agent, &route.primary) {
        (None, None) => {
            let message = "No primary model is set, so OpenClaw uses its built-in default.".to_owned();
            problems.push(found("route.noPrimary", Severity::Warning, route.at.clone(), message));
        }
        (Some(_), Some(primary)) if route.fallbacks.is_empty() && !config.defaults.fallbacks.is_empty() => {
            let message = "Its own primary switches the default fallbacks off.".to_owned();
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
            let message = "There is no fallback: when the primary fails, nothing answers.".to_owned();
            problems.push(found("route.noFallback", Severity::Info, route.at.clone(), message));
        }
        _ => {}
    }
    problems
}

/// Code and sentence of a written model that names nothing here.
fn told(written: &str, fault: &RefFault) -> (&'static str, String) {
    let names = |models: &[ModelRef]| models.iter().map(ModelRef::to_string).collect::<Vec<_>>().join(" and ");
    let code = match fault {
        RefFault::Elsewhere { .. } => "ref.elsewhere",
        RefFault::NotARef | RefFault::Ambiguous(_) | RefFault::UnknownModel(_) => "ref.unknown",
    };
    let message = match fault {
        RefFault::NotARef => format!("{written} is neither an alias nor a model ref (provider/model)."),
        RefFault::Ambiguous(models) => {
            format!("{written} names no provider, and more than one has such a model: {}.", names(models))
        }
        RefFault::Elsewhere { asked, meant } => {
            format!("OpenClaw asks the provider {} for {}. Probably {meant} is meant.", asked.provider, asked.model)
        }
        RefFault::UnknownModel(model) => format!("{written} is not among the models of the provider {}.", model.provider),
    };
    (code, message)
}

/// Written models that name nothing here, in all settings but the routes: of images, subagents, heartbeats, utilities, policies.
pub fn others(config: &Config, doc: &Document) -> Vec<Problem> {
    let routes: Vec<&Path> = config.routes().map(|it| &it.1.at).collect();
    let items = |at: Path| (0..doc.get(&at).map_or(0, |it| it.elements().len())).map(move |i| at.child(i));
    let slots = ref_places(doc).into_iter().flat_map(|place| match place {
        RefPlace::Slot(at) if routes.contains(&&at) => Vec::new(),
        RefPlace::Slot(at) => {
            let fallbacks = items(at.child("fallbacks")).collect();
            [vec![at.clone(), at.child("primary")], fallbacks].concat()
        }
        RefPlace::Keys(at) if at == path!["agents", "defaults", "models"] => {
            let keys = doc.get(&at).into_iter().flat_map(ValueRef::members).filter(|it| !it.0.ends_with('*'));
            keys.map(|it| at.child(it.0)).collect()
        }
        RefPlace::List(_) | RefPlace::Keys(_) | RefPlace::Pair(_) => Vec::new(),
    });
    let named = |at: Path| {
        let value = doc.get(&at)?;
        let written = value.as_str().map(str::to_owned).or_else(|| match at.segments().last() {
            Some(document::Segment::Key(key)) if value.is_object() && at.segments().len() == 4 => Some(key.clone()),
            _ => None,
        })?;
        let fault = config.ref_fault(&written)?;
        let (code, message) = told(&written, &fault);
        (!written.contains("${")).then(|| Problem::new(code, Severity::Warning, at, message))
    };
    slots.filter_map(named).collect()
}

/// Where a member stands, counted from the primary.
fn place(route: &Route, i: usize) -> Path {
    match (i, &route.primary) {
        (0, Some(_)) if route.is_string => route.at.clone(),
        (0, Some(_)) => route.at.child("primary"),
        (i, primary) => route.at.child("fallbacks").child(i - usize::from(primary.is_some())),
    }
}
