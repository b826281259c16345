//! From what a person wants changed to edits of the text at hand, and to the review they see before it is written.

pub mod chain;
mod check;
pub(crate) mod diff;
mod draft_check;
mod installed_schema;
mod new_findings;
mod plan;
mod refs;
mod summaries;
mod warnings;

use std::borrow::Cow;

pub use diff::show_files;
use document::{Document, Value, ValueRef};
pub use draft_check::{DraftCheck, Finding, draft_check};
pub use summaries::ChangeSummary;

use crate::app::state::State;
use crate::base::change::{Change, Place};
use crate::base::refusal::{Conflict, Refusal, RefusalCode};
use crate::config::{Config, Problem};
use crate::schema;
use crate::view::types::Review;

/// The text as it would be written, with what a person is shown of it.
#[derive(Clone, Debug)]
pub struct Proposal {
    pub after: Document,
    pub review: Review,
}

impl Proposal {
    #[must_use]
    pub fn text(&self) -> &str {
        self.after.text()
    }
}

/// Applies changes to the freshest text. `base` is that text's hash; it comes back with the review so that a save can tell whether the
/// file has moved on since.
pub fn propose(
    state: &State,
    doc: &Document,
    base: &str,
    changes: &[Change],
    env: &dyn Fn(&str) -> Option<String>,
) -> Result<Proposal, Refusal> {
    let (config, met) = Config::of(doc, env);
    let after = make(state, doc, &config, changes, env)?;
    let review = review(state, doc, (&config, &met), &after, base, changes, env);
    Ok(Proposal { after, review })
}

/// What a person is shown before it is written. `met` was when the config was read.
#[must_use]
pub fn review(
    state: &State,
    doc: &Document,
    (config, met): (&Config, &[Problem]),
    after: &Document,
    base: &str,
    changes: &[Change],
    env: &dyn Fn(&str) -> Option<String>,
) -> Review {
    let (_, found) = since(doc, config, after, env);
    let before = || config.problems(doc, met.to_vec());
    let new = new_findings::NewFindings::new(changes).new_problems((doc, &before), (after, &found));
    let refused = installed_schema::refused(state, doc, after, changes, &found);
    let (diff, lines_changed) = diff::diff(doc, after);
    Review {
        sentences: changes.iter().map(|it| summaries::sentence(state, config, it)).collect(),
        diff,
        lines_changed,
        short_path: state.file.short_path(),
        format: if doc.is_strict_json() { "JSON" } else { "JSON5" }.to_owned(),
        problems: new
            .into_iter()
            .chain(&refused)
            .map(crate::view::problem)
            .chain(warnings::warnings(state, doc, after, changes))
            .collect(),
        base: base.to_owned(),
    }
}

/// The text alone, for who has seen the review.
pub fn apply(
    state: &State,
    doc: &Document,
    changes: &[Change],
    env: &dyn Fn(&str) -> Option<String>,
) -> Result<Document, Refusal> {
    make(state, doc, &Config::of(doc, env).0, changes, env)
}

/// How many lines it takes to make one text of the other.
#[must_use]
pub fn lines_between(before: &str, after: &str) -> u32 {
    diff::lines_between(before, after)
}

/// A config before and after one of its files got another text, and what is wrong with it then.
#[derive(Clone, Debug)]
pub struct Judged<'d> {
    /// `None` where it did not read.
    pub before: Option<&'d Document>,
    pub after: &'d Document,
    pub problems: Vec<Problem>,
}

/// Another text in the place of this one (a backup), with its review. The text before may be one that does not read.
#[must_use]
pub fn replace(state: &State, before: &str, after: &Document, judged: Option<&Judged<'_>>, base: &str) -> Proposal {
    let read = Document::parse(before).ok();
    let (diff, lines_changed) = match &read {
        Some(before) => diff::diff(before, after),
        None => diff::diff_unread(before, after),
    };
    let mut problems = Vec::new();
    if let Some(Judged { before, after, problems: found }) = judged {
        let refused = before.iter().flat_map(|it| installed_schema::refused(state, it, after, &[], found)).collect::<Vec<_>>();
        problems.extend(found.iter().chain(&refused).map(crate::view::problem));
        problems.extend(before.iter().flat_map(|it| warnings::undone(it, after)));
    }
    let review = Review {
        sentences: Vec::new(),
        diff,
        lines_changed,
        short_path: state.file.short_path(),
        format: if after.is_strict_json() { "JSON" } else { "JSON5" }.to_owned(),
        problems,
        base: base.to_owned(),
    };
    Proposal { after: after.clone(), review }
}

/// What a config starts from where there is none. Without `gateway.mode` OpenClaw takes a file for damaged (2026.9.6, measured).
pub const STARTER: &str = r#"// OpenClaw's config (JSON5). Pilot Light made it and keeps your comments.
{
  gateway: { mode: "local" }, // the gateway runs on this machine
  agents: {
    defaults: {},
  },
  models: {
    mode: "merge", // hosted models stay known beside those below
    providers: {},
  },
}
"#;

/// [`STARTER`], read.
///
/// # Errors
/// None, unless it was broken here.
pub fn starter() -> Result<Document, Refusal> {
    Document::parse(STARTER).map_err(|error| Refusal::new(RefusalCode::Internal, error.message))
}

/// A first config, all of it new.
///
/// # Errors
/// A value that can't be taken.
pub fn found(state: &State, base: &str, changes: &[Change], env: &dyn Fn(&str) -> Option<String>) -> Result<Proposal, Refusal> {
    let starter = starter()?;
    let Proposal { after, review } = propose(state, &starter, base, changes, env)?;
    let whole = replace(state, "", &after, None, base).review;
    Ok(Proposal { after, review: Review { diff: whole.diff, lines_changed: whole.lines_changed, ..review } })
}

/// Each place that refers to a provider, or to one model of it, as OpenClaw prints paths.
#[must_use]
pub fn referrers(doc: &Document, config: &Config, provider: &str, model: Option<&str>) -> Vec<String> {
    refs::Target { provider, model }.referrers(doc, config)
}

/// Returns a sentence for each change, for those who do not need its review.
#[must_use]
pub fn summaries(state: &State, changes: &[Change]) -> Vec<String> {
    changes.iter().map(|it| summaries::sentence(state, &state.config, it).pieces.concat()).collect()
}

/// Tells two secrets apart and gives nothing of them away: what `Change::Secret` takes as `was`, and the view tells.
#[must_use]
pub fn secret_tag(doc: &Document, config: &Config, at: &Place, seed: u64) -> String {
    match config.secret(at) {
        Some(key) => crate::view::key_tag(key, seed),
        // Nothing that the view knows as a secret.
        None => crate::view::value_tag(at.path(doc).ok().and_then(|at| doc.get(&at)).map(ValueRef::value).as_ref(), seed),
    }
}

/// What a text says after an edit, and what is wrong with it, but for what OpenClaw would refuse of what is written as it was.
fn since(doc: &Document, config: &Config, after: &Document, env: &dyn Fn(&str) -> Option<String>) -> (Config, Vec<Problem>) {
    let (later, met) = Config::of(after, env);
    let violations = match later.generation {
        it if it == config.generation => schema::violations_since(doc, after, it),
        // Another OpenClaw refuses other things.
        it => schema::violations(after, it),
    };
    let problems = later.problems_with(after, met, violations);
    (later, problems)
}

/// Makes changes in the order given, if each is free of conflicts and none brings what OpenClaw would not start with.
///
/// # Errors
/// When one can't be made. Then none is.
pub fn make(
    state: &State,
    doc: &Document,
    config: &Config,
    changes: &[Change],
    env: &dyn Fn(&str) -> Option<String>,
) -> Result<Document, Refusal> {
    let conflicts = conflicts(doc, config, changes, state.seed);
    if !conflicts.is_empty() {
        let message = "the same setting was changed in the file in the meantime";
        return Err(Refusal { conflicts, ..Refusal::new(RefusalCode::Conflict, message).hint("Choose which value to keep.") });
    }
    let mut after = Cow::Borrowed(doc);
    for (i, change) in changes.iter().enumerate() {
        // What a change finds is what the ones before it left.
        check::check(change).map_err(|message| Refusal::new(RefusalCode::Invalid, message))?;
        let now = (i > 0 && change.needs_config()).then(|| Config::of(&after, env).0);
        after = Cow::Owned(plan::apply(&after, now.as_ref().unwrap_or(config), change)?);
    }
    let violations = schema::violations_since(doc, &after, config.generation);
    match new_findings::NewFindings::new(changes).new_violations(doc, &after, config.generation, &violations).first() {
        // What OpenClaw would not start with is never written; what it would not start with before is no reason to refuse all else.
        Some(violation) => Err(Refusal::new(RefusalCode::Invalid, violation.to_string())),
        None => Ok(after.into_owned()),
    }
}

/// Settings whose value in the file is neither what the person saw nor what they want.
fn conflicts(doc: &Document, config: &Config, changes: &[Change], seed: u64) -> Vec<Conflict> {
    let conflict = |(i, change): (usize, &Change)| {
        let (theirs, yours, differs) = match change {
            Change::Set { at, was, to } => {
                let now = at.value(doc);
                let words = |value: &Option<Value>| value.as_ref().map_or("nothing".to_owned(), |it| summaries::value(at, it));
                (words(&now), words(to), !is_same(&now, was) && !is_same(&now, to))
            }
            Change::Secret { at, was, .. } => {
                ("another value".to_owned(), "your value".to_owned(), secret_tag(doc, config, at, seed) != *was)
            }
            Change::Route { agent, was, to } => {
                let now = config.routes().find(|it| it.0 == agent.as_deref()).map(|it| it.1.written()).unwrap_or_default();
                (now.join(", "), to.join(", "), now != *was && now != *to)
            }
            // These name what they are about; if it is gone or there already, the plan says so.
            Change::AddModel { .. } | Change::AddProvider { .. } | Change::Remove { .. } | Change::Rename { .. } => return None,
        };
        differs.then(|| Conflict {
            change: u32::try_from(i).unwrap_or(u32::MAX),
            what: summaries::label(config, change),
            theirs,
            yours,
        })
    };
    changes.iter().enumerate().filter_map(conflict).collect()
}

/// Numbers by value: 1 is 1.0.
fn is_same(a: &Option<Value>, b: &Option<Value>) -> bool {
    match (a, b) {
        (Some(Value::Number(a)), Some(Value::Number(b))) => a.as_f64() == b.as_f64(),
        _ => a == b,
    }
}

/// As the window calls it.
fn field_name(way: &[String]) -> Option<String> {
    match way {
        [] => None,
        [key] if key == "apiKey" => Some("key".to_owned()),
        _ => Some(way.join(".")),
    }
}

impl Refusal {
    #[must_use]
    pub fn new(code: RefusalCode, message: impl Into<String>) -> Self {
        Refusal { code, message: message.into(), hint: None, conflicts: Vec::new() }
    }

    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}
