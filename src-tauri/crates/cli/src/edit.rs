//! Carries an edit out and says what came of it: each change in a sentence, what to be warned of, the diff of a dry run.

use std::process::ExitCode;

use domain::ModelRef;
use domain::base::change::Change;
use domain::base::refusal::{Refusal, RefusalCode};
use domain::view::types::{ProblemView, Severity};
use engine::{EditSession, Edited};
use serde_json::{Value, json};

use crate::args::{DryRun, Place};
use crate::check::say;
use crate::diff::unified;
use crate::fault::Fault;
use crate::text::{count, severity};

pub type Done = Result<ExitCode, Fault>;

pub fn edit(place: &Place, dry: DryRun, make: impl Fn(&EditSession) -> Result<Vec<Change>, Refusal>) -> Done {
    // A new problem that keeps OpenClaw from reading the file is written if a person says so. The rest is told.
    let edited =
        engine::edit(&place.options(), make, |review| match review.problems.iter().find(|it| it.severity == Severity::Error) {
            Some(problem) if !dry.anyway => Err(invalid(would_refuse(problem)).hint("--anyway writes it all the same")),
            _ => Ok(!dry.dry_run),
        })?;
    tell(place, dry.dry_run, &edited);
    Ok(ExitCode::SUCCESS)
}

pub fn tell(place: &Place, dry_run: bool, edited: &Edited) {
    let review = &edited.review;
    let diff = unified(&review.short_path, &review.diff);
    if place.json {
        let sentences: Vec<String> = review.sentences.iter().map(|it| it.pieces.concat()).collect();
        say(&pretty(&json!({
            "path": edited.path,
            "changed": edited.changed,
            "written": edited.written,
            "dryRun": dry_run,
            "linesChanged": review.lines_changed,
            "sentences": sentences,
            "problems": review.problems,
            "diff": diff,
        })));
        return;
    }
    if !edited.changed {
        say(&format!("nothing to change: {} says so already", review.short_path));
        return;
    }
    if dry_run {
        say(diff.trim_end_matches('\n'));
    } else {
        for it in &review.sentences {
            let remark = it.remark.as_ref().map(|it| format!(" ({it})")).unwrap_or_default();
            say(&format!("{}{remark}", it.pieces.concat()));
        }
        say(&format!("saved {}: {}", review.short_path, count(review.lines_changed, "line", "lines")));
    }
    review.problems.iter().for_each(warn);
    if dry_run {
        eprintln!("nothing was written: a dry run");
    }
}

fn would_refuse(problem: &ProblemView) -> String {
    match problem.code.as_str() {
        // It says who.
        "schema.refused" => problem.message.clone(),
        _ => format!("OpenClaw would refuse that: {}", problem.message),
    }
}

/// A ref, or the alias of one.
pub fn resolve(session: &EditSession, written: &str) -> Result<ModelRef, Refusal> {
    session.config().resolve(written).ok_or_else(|| {
        invalid(format!("{written} is neither an alias nor a model ref")).hint("a model ref looks like provider/model")
    })
}

pub fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new(RefusalCode::Invalid, message)
}

pub fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

fn warn(problem: &ProblemView) {
    eprintln!("{}: {} [{}]", severity(problem.severity), problem.message, problem.code);
}
