//! What is said of the config file itself: where it is, whether it reads, and what to do when it does not.

use super::types::{ConfigState, ConfigView, ExcerptLine, Fact, FileError, Fix, ProblemView};
use super::{said, small};
use crate::app::state::State;
use crate::base::Now;
use crate::base::words::{clock, count};
use crate::config::Reading;
use crate::config::{About, Problem};

pub fn config(state: &State, now: &Now) -> ConfigView {
    let reading = &state.file.reading;
    ConfigView {
        path: state.file.path.clone(),
        short_path: state.file.short_path(),
        file: state.file.name().to_owned(),
        base: state.file.hash.clone(),
        state: match reading {
            Reading::Waiting => ConfigState::Waiting,
            Reading::Good => ConfigState::Good,
            Reading::Missing => ConfigState::Missing,
            Reading::Unreadable(_) => ConfigState::Unreadable,
            Reading::Bad(_) => ConfigState::Bad,
        },
        saving_off: match reading {
            Reading::Good => None,
            Reading::Waiting => Some("The file has not been read yet.".to_owned()),
            // A first one can be made; one that was there comes back from elsewhere.
            Reading::Missing if state.file.hash.is_none() => None,
            Reading::Missing => Some("There is no file to save to.".to_owned()),
            Reading::Unreadable(_) => Some("The file can't be opened.".to_owned()),
            Reading::Bad(_) => Some("Saving is off until the file reads again.".to_owned()),
        },
        mode: state.config.mode.clone(),
        fault: fault(state, now),
        problems: problems(state, &About::Config),
        rejected: super::rejected_config::shown(state, now),
    }
}

/// The headline, where the file is what matters most. With a last good version in view, that one speaks.
pub fn headline(state: &State) -> Option<(String, Vec<Fact>)> {
    let file = state.file.name();
    let path = Fact { text: state.file.short_path(), mono: true };
    let told = match &state.file.reading {
        Reading::Good => return None,
        Reading::Waiting => ("Reading the config".to_owned(), vec![path]),
        Reading::Missing if state.file.hash.is_some() => {
            (format!("{file} is gone"), vec![path, said("the last good version is shown until it comes back")])
        }
        Reading::Missing => ("No OpenClaw config here yet".to_owned(), vec![path]),
        Reading::Unreadable(why) => (format!("{file} can't be read"), vec![path, said(why.clone())]),
        Reading::Bad(bad) => (format!("{file} has an error in line {}", bad.line), vec![said(bad.message.clone())]),
    };
    Some(told)
}

fn fault(state: &State, now: &Now) -> Option<FileError> {
    let last_good = state.file.good_since.map(|at| format!("the last good version, of {}", clock(at, now)));
    let file = state.file.name();
    match &state.file.reading {
        Reading::Bad(bad) => {
            let keeps = if last_good.is_some() {
                "OpenClaw keeps running on the last good version."
            } else {
                "OpenClaw does not start with this file."
            };
            Some(FileError {
                title: format!("{file} has an error in line {}", bad.line),
                text: format!("{keeps} Saving is off until the file reads again."),
                message: bad.message.clone(),
                line: Some(small(bad.line)),
                column: Some(small(bad.column)),
                excerpt: bad
                    .excerpt
                    .iter()
                    .map(|(number, text)| ExcerptLine {
                        number: small(*number),
                        text: text.clone(),
                        caret: (*number == bad.line).then(|| small(bad.column)),
                    })
                    .collect(),
                more: bad.curly_quotes.filter(|it| it.0 > 1).map(|(quotes, lines)| {
                    format!("{} in {}.", count(quotes, "curly quote", "curly quotes"), count(lines, "line", "lines"))
                }),
                mend: bad.straightens.then(|| super::types::STRAIGHT_QUOTES.to_owned()),
                last_good,
            })
        }
        Reading::Unreadable(why) => Some(FileError {
            title: format!("{file} can't be read"),
            text: "Pilot Light looks again as soon as it changes. Saving is off until then.".to_owned(),
            message: why.clone(),
            line: None,
            column: None,
            excerpt: Vec::new(),
            more: None,
            mend: None,
            last_good,
        }),
        _ => None,
    }
}

/// The findings that are shown beside one thing.
pub fn problems(state: &State, about: &About) -> Vec<ProblemView> {
    state.problems.iter().filter(|it| it.about == *about).map(problem).collect()
}

pub fn problem(it: &Problem) -> ProblemView {
    ProblemView {
        code: it.code.to_owned(),
        severity: it.severity,
        message: it.message.clone(),
        field: it.field.map(|it| it.name().to_owned()),
        line: it.line.map(small),
        fix: it.fix.as_ref().map(|(label, change)| Fix { label: label.clone(), change: change.clone() }),
    }
}

impl State {
    /// With the home folder as `~`.
    #[must_use]
    pub fn short_path(&self) -> String {
        let path = &self.file.path;
        let rest =
            self.file.home.as_deref().filter(|it| !it.is_empty()).and_then(|home| path.strip_prefix(home.trim_end_matches('/')));
        match rest {
            Some(rest) if rest.starts_with(['/', '\\']) => format!("~{rest}"),
            _ => path.clone(),
        }
    }
}
