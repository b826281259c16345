//! `pilotlight doctor`: runs the checks of OpenClaw's guide, and prints what was seen and what to do.

use std::process::ExitCode;

use domain::base::change::{Change, Owner};
use domain::view::doctor::{Check, DoctorView, Group, Remedy, Verdict};
use domain::view::types::ConfigState;
use engine::{Options, StartError};

use crate::check::say;

pub const EXIT_CODES: &str = "Exit codes:
  0  all is fine, as far as it could be judged
  1  at least one warning
  2  at least one check failed
  3  there is no config, or it can't be read";

pub async fn run(json: bool, options: Options) -> Result<ExitCode, StartError> {
    let file = options.config.as_ref().map(|it| format!(" --config '{}'", it.display()));
    let place = file.or_else(|| options.profile.as_ref().map(|it| format!(" --profile {it}"))).unwrap_or_default();
    let seen = engine::examine(options).await?;
    let doctor = &seen.view.doctor;
    say(&if json { serde_json::to_string_pretty(doctor).unwrap_or_default() } else { page(doctor, &place) });
    if seen.view.config.state != ConfigState::Good {
        return Ok(ExitCode::from(3));
    }
    Ok(ExitCode::from(match doctor.checks.iter().map(|it| it.verdict).max() {
        Some(Verdict::Fail) => 2,
        Some(Verdict::Warn) => 1,
        _ => 0,
    }))
}

fn page(doctor: &DoctorView, place: &str) -> String {
    let mut page = vec![doctor.title.clone()];
    for group in [Group::Setup, Group::Troubleshooting, Group::Safety] {
        let checks: Vec<&Check> = doctor.checks.iter().filter(|it| it.group == group).collect();
        if checks.is_empty() {
            continue;
        }
        page.push(format!("\n{}", group.label()));
        for it in checks {
            let verdict = match it.verdict {
                Verdict::Ok => "ok",
                Verdict::Skipped => "skipped",
                Verdict::Warn => "warning",
                Verdict::Fail => "FAILED",
            };
            page.push(format!("  {verdict:<8} {}: {}", it.title, it.evidence));
            page.extend(it.remedy.iter().flat_map(|it| remedy(it, place)).map(|line| format!("           {line}")));
        }
    }
    page.join("\n")
}

/// `place` holds the arguments that name the same config.
fn remedy(it: &Remedy, place: &str) -> Vec<String> {
    let fix = it.fix.as_ref().and_then(|it| command(&it.change));
    let copy = it.copy.as_ref().map(|it| it.text.clone());
    [Some(it.text.clone()), fix.map(|it| format!("$ {it}{place}")), copy.map(|it| format!("$ {it}"))]
        .into_iter()
        .flatten()
        .collect()
}

/// Returns the command that makes the change.
fn command(change: &Change) -> Option<String> {
    let arguments = match change {
        Change::Set { at, to: Some(to), .. } => {
            let to = to.as_str().map_or_else(|| to.to_string(), str::to_owned);
            // What a shell would read otherwise has no command.
            if !to.chars().all(|it| it.is_ascii_alphanumeric() || "-_./:".contains(it)) {
                return None;
            }
            match (&at.of, at.keys().as_slice()) {
                (Owner::Model { provider, model }, [key]) => format!("models set {provider}/{model} --{} {to}", option(key)),
                (Owner::Provider { provider }, [key]) => format!("providers set {provider} --{} {to}", option(key)),
                (Owner::Models, ["mode"]) => format!("models mode {to}"),
                _ => return None,
            }
        }
        Change::Rename { provider, model: Some(model), to } => format!("models rename {provider}/{model} {to}"),
        _ => return None,
    };
    Some(format!("pilotlight {arguments}"))
}

/// `contextWindow` is set by `--context-window`.
fn option(key: &str) -> String {
    key.chars().flat_map(|it| it.is_ascii_uppercase().then_some('-').into_iter().chain([it.to_ascii_lowercase()])).collect()
}
