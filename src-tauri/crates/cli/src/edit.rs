//! Makes an edit and prints the result: a sentence for each change, warnings, the difference of a dry run.

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
    // What OpenClaw would refuse is written only with --anyway. Warnings don't stop an edit.
    let edited =
        engine::edit(&place.options(), make, |review| match review.problems.iter().find(|it| it.severity == Severity::Error) {
            Some(problem) if !dry.anyway => Err(invalid(would_refuse(problem)).hint("Use --anyway to write it regardless.")),
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
        say(&format!("nothing to change: {} already says so", review.short_path));
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
        eprintln!("dry run: nothing was written");
    }
}

fn would_refuse(problem: &ProblemView) -> String {
    match problem.code.as_str() {
        // This message names the OpenClaw that refuses it.
        "schema.refused" => problem.message.clone(),
        _ => format!("OpenClaw would refuse this: {}", problem.message),
    }
}

/// Finds the model that a ref or an alias names.
pub fn resolve(session: &EditSession, written: &str) -> Result<ModelRef, Refusal> {
    session.config().resolve(written).ok_or_else(|| {
        invalid(format!("{written} is neither an alias nor a model ref")).hint("A model ref looks like provider/model.")
    })
}

pub fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new(RefusalCode::Invalid, message)
}

pub fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

fn warn(problem: &ProblemView) {
    eprintln!("{}: {} [{}]", severity(problem.severity), domain::base::shown::Shown::text(&problem.message), problem.code);
}
