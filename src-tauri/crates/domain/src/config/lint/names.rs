//! Aliases, and the lists of what may be chosen.

use document::path;

use crate::ModelRef;
use crate::base::Severity;
use crate::base::change::{Change, Owner, Place};
use crate::config::{About, Alias, Config, Problem, ProblemField};
use crate::schema::Generation;

pub fn aliases(config: &Config) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (i, it) in config.aliases.iter().enumerate() {
        let mut tell = |code, message: String, to: Option<String>| {
            let at = path!["agents", "defaults", "models", &it.key, "alias"];
            let problem = Problem::new(code, Severity::Warning, at, message).about(about(&it.model)).field(ProblemField::Alias);
            let label = to.as_ref().map_or_else(|| "Remove it".to_owned(), |to| format!("Rename it to {to}"));
            let change = Change::set(Place::alias(it.model.to_string()), Some(it.alias.clone()), to);
            problems.push(problem.fix(label, change));
        };
        if let Some(first) = config.aliases[..i].iter().find(|other| other.alias.eq_ignore_ascii_case(&it.alias)) {
            tell("alias.duplicate", format!("{} is also the alias of {}.", it.alias, first.model), None);
        }
        if let Some(why) = alias_fault(&it.alias) {
            tell("alias.shape", format!("The alias {why}."), usable(config, it));
        } else if config.provider(&it.alias).is_some() {
            tell("alias.isProvider", format!("{} is also the name of a provider.", it.alias), None);
        }
    }
    problems
}

/// Returns the alias without its fault, if something is left of it and it is free.
fn usable(config: &Config, alias: &Alias) -> Option<String> {
    let words = alias.alias.split(|it: char| it.is_whitespace() || it == '/').filter(|it| !it.is_empty());
    let to = words.collect::<Vec<_>>().join("-");
    let taken = config.aliases.iter().any(|it| it.alias.eq_ignore_ascii_case(&to)) || config.provider(&to).is_some();
    (!to.is_empty() && !taken).then_some(to)
}

/// What is wrong with an alias, as the end of a sentence: "has a slash, so ...".
#[must_use]
pub fn alias_fault(alias: &str) -> Option<&'static str> {
    if alias.is_empty() {
        Some("is empty")
    } else if alias.contains('/') {
        Some("has a slash, so OpenClaw would read it as a model ref")
    } else if alias.contains(char::is_whitespace) {
        Some("has white space, so it can't be typed after /model")
    } else {
        None
    }
}

/// Models in the file that can't be chosen. Members of a route always can (2026.9.6, documented).
pub fn allowed(config: &Config) -> Vec<Problem> {
    // In older releases, one entry makes the list an allowlist.
    let by_entries = matches!(config.generation, Generation::Old(_)) && !config.entries.is_empty();
    if !by_entries && config.allow.is_empty() {
        return Vec::new();
    }
    let members: Vec<ModelRef> = config.routes().flat_map(|(_, route)| config.members(route)).collect();
    let written = config.providers.iter().filter(|it| !it.implied);
    let models =
        written.flat_map(|provider| {
            provider.models.iter().enumerate().map(move |(i, it)| {
                (path!["models", "providers", &provider.id, "models", i], ModelRef::new(&provider.id, &it.id))
            })
        });
    let hidden = models.filter(|(_, model)| !members.contains(model));
    let lists = |list: &[String], model: &ModelRef| list.iter().any(|it| covers(it, &model.to_string()));
    let problem = |code, at, model: &ModelRef, message| Problem::new(code, Severity::Info, at, message).about(about(model));
    hidden
        .filter_map(|(at, model)| {
            if !config.allow.is_empty() && !lists(&config.allow, &model) {
                let message = format!("{model} is not in agents.defaults.modelPolicy.allow, so /model can't choose it.");
                let to: Vec<String> = config.allow.iter().cloned().chain([model.to_string()]).collect();
                let allow = Place::new(Owner::Agent { agent: None }, &["modelPolicy", "allow"]);
                let add = Change::set(allow, Some(config.allow.clone()), Some(to));
                return Some(problem("modelPolicy.notAllowed", at, &model, message).fix("Allow it", add));
            }
            let unlisted = by_entries && !lists(&config.entries, &model);
            unlisted.then(|| {
                let message =
                    format!("{model} has no entry in agents.defaults.models, so /model of this OpenClaw can't choose it.");
                problem("models.notAllowed", at, &model, message)
            })
        })
        .collect()
}

/// `provider/*` stands for all of its models.
pub fn covers(allowed: &str, model: &str) -> bool {
    let (allowed, model) = (allowed.to_ascii_lowercase(), model.to_ascii_lowercase());
    allowed == model || allowed.strip_suffix('*').is_some_and(|it| it.ends_with('/') && model.starts_with(it))
}

fn about(model: &ModelRef) -> About {
    About::Model { provider: model.provider.clone(), model: model.model.clone() }
}
