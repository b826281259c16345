//! What a draft would newly break, told while it is being made, each beside the setting that causes it. The review says the same
//! again; nothing is refused here, and nothing written.

use document::{Document, Path, Segment, ValueRef};
use serde::Serialize;
use ts_rs::TS;

use super::summaries::{ChangeSummary, summary};
use super::{check, field_name, installed_schema, new_findings, plan};
use crate::ModelRef;
use crate::app::state::State;
use crate::base::change::{Change, Owner, Place};
use crate::config::{About, Config, Problem};
use crate::view::types::{ProblemView, Severity};

/// A problem, and what it is to be shown beside.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Finding {
    pub of: Owner,
    pub problem: ProblemView,
}

/// A draft as it is now.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct DraftCheck {
    /// One for each change, in their order.
    pub changes: Vec<ChangeSummary>,
    /// What it would newly break.
    pub findings: Vec<Finding>,
}

/// Returns a draft in words, with what it would newly break, each by the names that the file still has.
#[must_use]
pub fn draft_check(state: &State, doc: &Document, changes: &[Change], env: &dyn Fn(&str) -> Option<String>) -> DraftCheck {
    let (config, met) = Config::of(doc, env);
    let mut findings = Vec::new();
    let mut after = doc.clone();
    for (i, change) in changes.iter().enumerate() {
        let now = (i > 0 && change.needs_config()).then(|| Config::of(&after, env).0);
        let checked = check::check(change);
        let planned =
            checked.and_then(|()| plan::apply(&after, now.as_ref().unwrap_or(&config), change).map_err(|it| it.message));
        match planned {
            Ok(next) => after = next,
            Err(message) => findings.push(refused(change, message)),
        }
    }
    let (later, found) = super::since(doc, &config, &after, env);
    let new =
        new_findings::NewFindings::new(changes).new_problems((doc, &|| config.problems(doc, met.clone())), (&after, &found));
    let refused = installed_schema::refused(state, doc, &after, changes, &found);
    findings.extend(new.into_iter().chain(&refused).map(|it| of_problem(&after, it)));
    findings.extend(of_servers(state, later, changes));
    for finding in &mut findings {
        finding.of = as_seen(std::mem::replace(&mut finding.of, Owner::Models), changes);
        // Of a text that nobody has seen.
        finding.problem.line = None;
    }
    DraftCheck { changes: changes.iter().map(|change| summary(&config, change)).collect(), findings }
}

fn refused(change: &Change, message: String) -> Finding {
    let (of, field) = change.place();
    let problem =
        ProblemView { code: "change.refused".to_owned(), severity: Severity::Error, message, field, line: None, fix: None };
    Finding { of, problem }
}

fn of_problem(doc: &Document, problem: &Problem) -> Finding {
    let (of, rest) = place(doc, &problem.at);
    let of = match &problem.about {
        About::Config => of,
        About::Provider(provider) => Owner::Provider { provider: provider.clone() },
        About::Model { provider, model } => Owner::Model { provider: provider.clone(), model: model.clone() },
        About::Route(agent) => Owner::Agent { agent: agent.clone() },
    };
    let view = crate::view::problem(problem);
    Finding { of, problem: ProblemView { field: view.field.clone().or(field_name(&rest)), ..view } }
}

/// A context that its server does not give.
fn of_servers(state: &State, config: Config, changes: &[Change]) -> Vec<Finding> {
    let limits = changes.iter().filter_map(|it| match it {
        Change::Set { at: Place { of: Owner::Model { provider, model }, key }, .. } if *key == ["contextWindow"] => {
            Some(ModelRef::new(provider, model))
        }
        _ => None,
    });
    let limits: Vec<ModelRef> = limits.collect();
    if limits.is_empty() {
        return Vec::new();
    }
    let later = State { config, ..state.clone() };
    let new = limits.into_iter().filter_map(|model| {
        let problem = crate::view::context_problem(&later, &model)?;
        let known = crate::view::context_problem(state, &model).is_some_and(|it| it.code == problem.code);
        let of = Owner::Model { provider: model.provider, model: model.model };
        (!known).then_some(Finding { of, problem })
    });
    new.collect()
}

/// What a place of the text belongs to, and the way from there.
fn place(doc: &Document, at: &Path) -> (Owner, Vec<String>) {
    let way: Vec<&str> = at.segments().iter().map(|it| if let Segment::Key(key) = it { key.as_str() } else { "" }).collect();
    let id = |steps: usize| {
        let item: Path = at.segments()[..steps].iter().cloned().collect();
        doc.get(&item.child("id")).and_then(ValueRef::as_str).map(Into::into)
    };
    let rest = |steps: usize| at.segments()[steps..].iter().map(Segment::to_string).collect::<Vec<_>>();
    match way.as_slice() {
        ["models", "providers", provider, "models", "", ..] => match id(5) {
            Some(model) => (Owner::Model { provider: (*provider).to_owned(), model }, rest(5)),
            None => (Owner::Provider { provider: (*provider).to_owned() }, rest(3)),
        },
        ["models", "providers", provider, ..] => (Owner::Provider { provider: (*provider).to_owned() }, rest(3)),
        ["agents", "defaults", "models", model, ..] => match ModelRef::parse(model) {
            Some(ModelRef { provider, model }) => (Owner::Model { provider, model }, rest(4)),
            None => (Owner::Agent { agent: None }, rest(2)),
        },
        ["agents", "defaults", ..] => (Owner::Agent { agent: None }, rest(2)),
        ["agents", "list", "", ..] => (Owner::Agent { agent: id(3) }, rest(3)),
        ["agents", "entries", agent, ..] => (Owner::Agent { agent: Some((*agent).to_owned()) }, rest(3)),
        _ => (Owner::Models, rest(usize::from(way.first() == Some(&"models")))),
    }
}

/// What is renamed is still shown by the name that the file has for it.
fn as_seen(of: Owner, changes: &[Change]) -> Owner {
    changes.iter().rev().fold(of, |of, change| match (of, change) {
        (Owner::Provider { provider }, Change::Rename { provider: was, model: None, to }) if provider == *to => {
            Owner::Provider { provider: was.clone() }
        }
        (Owner::Model { provider, model }, Change::Rename { provider: was, model: None, to }) if provider == *to => {
            Owner::Model { provider: was.clone(), model }
        }
        (Owner::Model { provider, model }, Change::Rename { provider: of, model: Some(was), to })
            if provider == *of && model == *to =>
        {
            Owner::Model { provider, model: was.clone() }
        }
        (of, _) => of,
    })
}

impl Change {
    /// What it does depends on more than the place that it changes.
    pub(super) fn needs_config(&self) -> bool {
        matches!(self, Change::Route { .. } | Change::Remove { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const TEXT: &str = r#"{
        meta: { lastTouchedVersion: "2026.3.28" },
        models: { providers: { box: { baseUrl: "http://127.0.0.1:1234/v1", apiKey: "none", api: "openai-responses",
          models: [{ id: "gemma", name: "Gemma", contextWindow: 65536, maxTokens: 8192 }] } } },
        agents: { defaults: { model: { primary: "box/gemma", fallbacks: ["anthropic/claude-opus-4-6"] },
          models: { "box/gemma": { alias: "Local" } } } },
    }"#;

    fn limit(key: &str, to: u64) -> Change {
        let was = if key == "maxTokens" { 8192 } else { 65536 };
        Change::set(Place::model("box", "gemma", &[key]), Some(was), Some(to))
    }

    fn told(changes: &[Change]) -> Vec<String> {
        let doc = Document::parse(TEXT).expect("parses");
        let findings = draft_check(&State::default(), &doc, changes, &|_| None).findings;
        let line = |it: &Finding| {
            let of = match &it.of {
                Owner::Models => "models".to_owned(),
                Owner::Provider { provider } => provider.clone(),
                Owner::Model { provider, model } => format!("{provider}/{model}"),
                Owner::Agent { agent } => agent.clone().unwrap_or_else(|| "defaults".to_owned()),
                Owner::Entry { model_ref, .. } => format!("entry {model_ref}"),
            };
            format!("{of} {}: {}", it.problem.field.as_deref().unwrap_or("-"), it.problem.code)
        };
        findings.iter().map(line).collect()
    }

    #[test]
    fn what_a_draft_breaks_is_told_beside_what_breaks_it() {
        let setting = |key: &str, to: serde_json::Value| Change::set(Place::provider("box", &[key]), None, Some(to));
        let inputs = Change::set(Place::model("box", "gemma", &["input"]), None, Some(json!(["smell"])));
        let alias = |to: &str| Change::set(Place::alias("box/gemma"), Some("Local"), Some(to));
        let route = |to: &[&str]| Change::Route {
            agent: None,
            was: vec!["box/gemma".to_owned(), "anthropic/claude-opus-4-6".to_owned()],
            to: to.iter().map(|it| (*it).to_owned()).collect(),
        };
        let url = Change::set(Place::provider("box", &["baseUrl"]), Some("http://127.0.0.1:1234/v1"), Some("127.0.0.1"));
        for (changes, expected) in [
            (vec![limit("maxTokens", 4096)], vec![]),
            (vec![limit("maxTokens", 65536)], vec!["box/gemma maxTokens: maxTokens.noRoom"]),
            // One change mends what the other breaks.
            (vec![limit("maxTokens", 65536), limit("contextWindow", 131_072)], vec![]),
            (vec![limit("maxTokens", 0)], vec!["box/gemma maxTokens: change.refused"]),
            (vec![limit("contextWindow", 16_384)], vec!["box/gemma contextWindow: contextWindow.small"]),
            (vec![alias("a b")], vec!["box/gemma alias: change.refused"]),
            (vec![inputs], vec!["box/gemma input.0: schema.wrongValue"]),
            (vec![url], vec!["box baseUrl: change.refused"]),
            // The file says that its OpenClaw is the older one.
            (vec![setting("region", json!("eu"))], vec!["box region: schema.tooNew"]),
            (
                vec![setting("region", json!("eu")), limit("maxTokens", 65536)],
                vec!["box/gemma maxTokens: maxTokens.noRoom", "box region: schema.tooNew"],
            ),
            (vec![route(&["box/gemma"])], vec!["defaults model: route.noFallback"]),
        ] {
            assert_eq!(told(&changes), expected, "{changes:?}");
        }
    }

    #[test]
    fn what_is_renamed_is_told_of_by_the_name_that_it_has_in_the_file() {
        let rename = Change::Rename { provider: "box".to_owned(), model: Some("gemma".to_owned()), to: "gemma-2".to_owned() };
        let found = told(&[limit("maxTokens", 65536), rename]);
        assert_eq!(found, ["box/gemma maxTokens: maxTokens.noRoom"]);
    }
}
