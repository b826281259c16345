//! `pilotlight lint`: lists what is wrong or odd in the config, and fixes it.

use std::process::ExitCode;

use clap::Args;
use domain::base::change::Change;
use domain::config::Problem;
use domain::view::types::Severity;
use engine::EditSession;
use serde_json::json;

use crate::args::{DryRun, Place};
use crate::check::say;
use crate::edit::{Done, edit, invalid, pretty};
use crate::text::severity;

#[derive(Args, Debug)]
pub struct Lint {
    /// Fix all findings of this code
    #[arg(long, value_name = "CODE")]
    fix: Option<String>,
    #[command(flatten)]
    dry: DryRun,
}

pub fn run(command: &Lint, place: &Place) -> Done {
    match &command.fix {
        Some(code) => edit(place, command.dry, |session| fixes(&session.problems(), code)),
        None => list(place),
    }
}

fn fixes(problems: &[Problem], code: &str) -> Result<Vec<Change>, domain::base::refusal::Refusal> {
    let found: Vec<&Problem> = problems.iter().filter(|it| it.code == code).collect();
    let fixes: Vec<Change> = found.iter().filter_map(|it| it.fix.as_ref()).map(|it| it.1.clone()).collect();
    if fixes.is_empty() && !found.is_empty() {
        return Err(invalid(format!("{code} has no automatic fix")).hint("Run pilotlight lint to see where it is."));
    }
    Ok(fixes)
}

/// Fails on warnings and errors, not on notes.
fn list(place: &Place) -> Done {
    let session = EditSession::read(&place.options())?;
    let problems = &session.problems();
    if place.json {
        let rows: Vec<_> = problems
            .iter()
            .map(|it| {
                json!({
                    "code": it.code,
                    "severity": it.severity,
                    "message": it.message,
                    "path": it.at.to_string(),
                    "line": it.line,
                    "fix": it.fix.as_ref().map(|it| &it.0),
                })
            })
            .collect();
        say(&pretty(&json!({ "problems": rows })));
    } else {
        for it in problems {
            let line = it.line.map(|line| format!("line {line}: ")).unwrap_or_default();
            let fix = it.fix.as_ref().map(|fix| format!(" ({}: --fix {})", fix.0, it.code)).unwrap_or_default();
            say(&format!("{}: {line}{} [{}]{fix}", severity(it.severity), it.message, it.code));
        }
        if problems.is_empty() {
            say("nothing found");
        }
    }
    let failed = problems.iter().any(|it| it.severity >= Severity::Warning);
    Ok(ExitCode::from(u8::from(failed)))
}
