//! Arguments that many commands share.

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
  3  the config is missing, has an error, or can't be written
  4  another program changed the config at the same time

Exit codes of check: 0 ready, 1 attention or fallback, 2 down, 3 a problem with the config";

/// Which config to use, and how to print.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Options of every command")]
pub struct Place {
    /// Print JSON; docs/json.md describes the fields
    #[arg(long, global = true)]
    pub json: bool,
    /// Use this config file instead of the one that OpenClaw would use
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
    /// Show the difference and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Write even what OpenClaw would refuse
    #[arg(long)]
    pub anyway: bool,
}

/// The value of a setting, or `none`, which removes it.
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

/// A type that a setting can have.
pub trait Value: FromStr {
    /// What to say of a text that is none.
    const WRONG: &'static str;
}

impl Value for String {
    const WRONG: &'static str = "not text";
}

impl Value for bool {
    const WRONG: &'static str = "neither true nor false";
}

impl Value for u64 {
    const WRONG: &'static str = "not a whole number";
}

impl Value for f64 {
    const WRONG: &'static str = "not a number";
}

impl<T: Value> FromStr for Setting<T> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "none" => Ok(Setting::Nothing),
            _ => text.parse().map(Setting::To).map_err(|_| format!("{}; use `none` to remove the setting", T::WRONG)),
        }
    }
}

/// A secret is never an argument: it would stay in the history of the shell and show in the list of processes.
#[derive(Args, Clone, Debug)]
#[group(multiple = false)]
pub struct KeyFrom {
    /// The key is in this variable of OpenClaw's environment; the file gets ${VAR}
    #[arg(long, value_name = "VAR")]
    key_env: Option<String>,
    /// Read the key from the first line of standard input and write it into the file
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

/// Parses `HEADER=VAR`. Not while clap reads the command line: clap repeats a wrong value on the screen, and it may be a secret that was
/// typed by mistake.
pub fn header_from_env(text: &str) -> Result<(String, NewKey), Fault> {
    match text.split_once('=') {
        Some((name, var)) if !name.is_empty() && !var.is_empty() => {
            let var = var.trim_start_matches("${").trim_end_matches('}');
            Ok((name.to_owned(), NewKey::Env(var.to_owned())))
        }
        _ => Err(Fault::Usage("--header-env takes HEADER=VAR, where VAR is the name of a variable".to_owned())),
    }
}

pub fn secret_line() -> Result<String, Fault> {
    let mut line = String::new();
    let read = std::io::stdin().lock().read_line(&mut line);
    match read {
        Ok(0) | Err(_) => Err(Refusal::new(RefusalCode::Invalid, "standard input is empty")
            .hint("Pipe the secret in, for example: pilotlight ... --key-stdin < FILE.")
            .into()),
        Ok(_) => Ok(line.trim_end_matches(['\r', '\n']).to_owned()),
    }
}
