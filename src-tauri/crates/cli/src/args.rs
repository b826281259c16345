//! What many commands take: where the config is, how to answer, and values that can also be taken away.

use std::io::BufRead;
use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;
use domain::base::change::NewKey;
use domain::base::refusal::{Refusal, RefusalCode};
use engine::Options;

use crate::fault::Fault;

pub const EXIT_CODES: &str = "Exit codes of the commands that read or edit the config:
  0  done, or nothing to do
  1  refused, or lint found a warning or an error
  2  the command line is wrong
  3  the config is missing, broken, or can't be written
  4  another program changed it at the same time

Exit codes of check: 0 ready, 1 attention or fallback, 2 down, 3 a problem with the config";

/// Which config, and for whom the answer is.
#[derive(Args, Clone, Debug)]
pub struct Place {
    /// Machine-readable; the fields are documented in the README
    #[arg(long, global = true)]
    pub json: bool,
    /// The config file, instead of the one that OpenClaw would use
    #[arg(long, value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,
    /// OpenClaw's named profile
    #[arg(long, value_name = "NAME", global = true)]
    pub profile: Option<String>,
}

impl Place {
    pub fn options(&self) -> Options {
        Options { config: self.config.clone(), profile: self.profile.clone(), ..Options::default() }
    }
}

#[derive(Args, Clone, Copy, Debug)]
pub struct DryRun {
    /// Show what would change as a diff, and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Write it although OpenClaw would refuse what it adds
    #[arg(long)]
    pub anyway: bool,
}

/// A value, or `none`: out of the file.
#[derive(Clone, Debug, PartialEq)]
pub enum Setting<T> {
    Nothing,
    To(T),
}

impl<T> Setting<T> {
    pub fn to(self) -> Option<T> {
        match self {
            Setting::Nothing => None,
            Setting::To(it) => Some(it),
        }
    }
}

impl<T: FromStr> FromStr for Setting<T> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "none" => Ok(Setting::Nothing),
            _ => text.parse().map(Setting::To).map_err(|_| "it is of another sort; `none` takes it out of the file".to_owned()),
        }
    }
}

/// A secret is never an argument: there it would stay in the history of the shell, and all could see it run.
#[derive(Args, Clone, Debug)]
#[group(multiple = false)]
pub struct KeyFrom {
    /// The key is in this variable of OpenClaw's environment; the file gets ${VAR}
    #[arg(long, value_name = "VAR")]
    key_env: Option<String>,
    /// The key is the first line of the standard input, and goes into the file as it is
    #[arg(long)]
    key_stdin: bool,
}

impl KeyFrom {
    pub fn read(&self) -> Result<Option<NewKey>, Fault> {
        match &self.key_env {
            Some(name) => Ok(Some(NewKey::Env(name.clone()))),
            None if self.key_stdin => secret_line().map(|it| Some(NewKey::Literal(it))),
            None => Ok(None),
        }
    }
}

/// `HEADER=VAR`. Checked here and not while the command line is read: what is wrong there is repeated on the screen, and it may be a
/// secret that was typed by mistake.
pub fn header_from_env(text: &str) -> Result<(String, NewKey), Fault> {
    match text.split_once('=') {
        Some((name, var)) if !name.is_empty() && !var.is_empty() => {
            let var = var.trim_start_matches("${").trim_end_matches('}');
            Ok((name.to_owned(), NewKey::Env(var.to_owned())))
        }
        _ => Err(Fault::Usage("--header-env takes HEADER=VAR, with the name of a variable".to_owned())),
    }
}

pub fn secret_line() -> Result<String, Fault> {
    let mut line = String::new();
    let read = std::io::stdin().lock().read_line(&mut line);
    match read {
        Ok(0) | Err(_) => Err(Refusal::new(RefusalCode::Invalid, "nothing came on the standard input")
            .hint("pipe the key in, like: pilotlight ... --key-stdin < file")
            .into()),
        Ok(_) => Ok(line.trim_end_matches(['\r', '\n']).to_owned()),
    }
}
