//! Why a command failed: a message for people, an exit code and JSON for scripts.

use std::process::ExitCode;

use domain::base::refusal::{Refusal, RefusalCode};
use domain::base::shown::Shown;
use serde_json::json;

use crate::check::say;

const LONGEST: usize = 400;

#[derive(Debug)]
pub enum Fault {
    Refused(Box<Refusal>),
    Usage(String),
}

impl Fault {
    /// Prints the reason to stderr and, with `json`, as an object to stdout.
    pub fn tell(&self, json: bool) -> ExitCode {
        let (message, hint, code) = match self {
            Fault::Usage(message) => (message.as_str(), Some("See --help for the options."), 2),
            Fault::Refused(refusal) => (refusal.message.as_str(), refusal.hint.as_deref(), exit_code(refusal.code)),
        };
        eprintln!("pilotlight: {}", Shown::text(message));
        if let Fault::Refused(refusal) = self {
            for it in &refusal.conflicts {
                let conflict = format!("{}: the file now has {}, you set {}", it.what, it.theirs, it.yours);
                eprintln!("  {}", Shown::line(&conflict, LONGEST));
            }
        }
        if let Some(hint) = hint {
            eprintln!("hint: {}", Shown::text(hint));
        }
        if json {
            let told = match self {
                Fault::Usage(message) => json!({ "error": { "code": "usage", "message": message } }),
                Fault::Refused(refusal) => json!({ "error": refusal }),
            };
            say(&told.to_string());
        }
        ExitCode::from(code)
    }
}

fn exit_code(code: RefusalCode) -> u8 {
    match code {
        RefusalCode::Invalid => 1,
        RefusalCode::File | RefusalCode::Internal => 3,
        RefusalCode::Conflict | RefusalCode::Stale => 4,
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        Fault::Refused(Box::new(refusal))
    }
}
