//! `pilotlight`: the same rules without a desktop. For terminals, scripts and machines that have no screen.

mod aliases;
mod args;
mod backups;
mod check;
mod diff;
mod discover;
mod doctor;
mod edit;
mod fault;
mod history;
mod lint;
mod models;
mod probe;
mod providers;
mod route;
mod set;
mod text;
mod watch;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use engine::Options;

#[derive(Parser)]
#[command(name = "pilotlight", version, about = "Is the local box lit, and which model does OpenClaw answer with?", after_help = args::EXIT_CODES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Probe once and say what is there
    Status {
        #[command(flatten)]
        common: Common,
    },
    /// Probe once; the exit code says it: 0 ready, 1 attention or fallback, 2 down, 3 a config that OpenClaw would refuse
    Check {
        #[command(flatten)]
        common: Common,
    },
    /// A line for each change and each notice, until it is stopped
    Watch {
        #[command(flatten)]
        common: Common,
        /// Seconds between two probes of a server, from 0.1 to 3600
        #[arg(long, value_parser = interval, value_name = "SECONDS")]
        interval: Option<Duration>,
    },
    /// Run the checks of OpenClaw's local-models guide: what was seen, and what to do
    #[command(after_help = doctor::EXIT_CODES)]
    Doctor {
        #[command(flatten)]
        common: Common,
    },
    /// Look for model servers on the well-known ports of this machine; the exit code is 1 if there is none
    Discover(discover::Discover),
    /// Ask one server what it is and what it serves, and explain how it is known
    Probe(probe::Probe),
    /// List, add, change, rename and remove models
    #[command(subcommand, after_help = args::EXIT_CODES)]
    Models(models::Models),
    /// The short names of models
    #[command(subcommand, after_help = args::EXIT_CODES)]
    Aliases(aliases::Aliases),
    /// The model that is asked first
    #[command(subcommand, after_help = args::EXIT_CODES)]
    Primary(route::Primary),
    /// The models that are asked when the primary fails
    #[command(subcommand, after_help = args::EXIT_CODES)]
    Fallbacks(route::Fallbacks),
    /// Put the local models first, or the hosted ones
    #[command(after_help = args::EXIT_CODES)]
    Route(route::Order),
    /// List, add, change, rename and remove providers
    #[command(subcommand, after_help = args::EXIT_CODES)]
    Providers(providers::Providers),
    /// Any other setting of a provider, a model, an agent or all of them
    #[command(after_help = args::EXIT_CODES)]
    Set(set::Set),
    /// The texts before each write, and those that OpenClaw set aside
    #[command(subcommand, after_help = args::EXIT_CODES)]
    Backups(backups::Backups),
    /// Fallbacks, outages, stuck runs and changes of the config, as the app kept them
    History(history::History),
    /// What is worth mending in the config
    #[command(after_help = args::EXIT_CODES)]
    Lint(lint::Lint),
}

#[derive(Args)]
struct Common {
    /// Machine-readable; the fields are documented in the README
    #[arg(long)]
    json: bool,
    /// The config file, instead of the one that OpenClaw would use
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// OpenClaw's named profile
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// The folder of the gateway's log
    #[arg(long, value_name = "DIR")]
    log_dir: Option<PathBuf>,
}

impl Common {
    fn options(self, interval: Option<Duration>) -> Options {
        Options { config: self.config, profile: self.profile, log_dir: self.log_dir, interval, ..Options::default() }
    }
}

/// `2` for usage errors is clap's, and also "down" of `check`: a usage error says so on stderr.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    engine::log::to_stderr(engine::log::Level::ERROR);
    let done = match Cli::parse().command {
        Command::Status { common } => check::status(common.json, common.options(None)).await,
        Command::Check { common } => check::check(common.json, common.options(None)).await,
        Command::Watch { common, interval } => watch::watch(common.json, common.options(interval)).await,
        Command::Doctor { common } => doctor::run(common.json, common.options(None)).await,
        Command::Discover(it) => discover::run(&it).await,
        Command::Probe(it) => probe::run(&it).await,
        other => return config_command(&other),
    };
    done.unwrap_or_else(|error| {
        eprintln!("pilotlight: {error}");
        ExitCode::from(3)
    })
}

/// The commands that read or edit the config, and look at nothing else.
fn config_command(command: &Command) -> ExitCode {
    let (done, json) = match command {
        Command::Models(it) => (models::run(it), it.place().json),
        Command::Aliases(it) => (aliases::run(it), it.place().json),
        Command::Set(it) => (set::run(it), it.place().json),
        Command::Primary(it) => (route::primary(it), it.place().json),
        Command::Fallbacks(it) => (route::fallbacks(it), it.place().json),
        Command::Route(it) => (route::order(it), it.place().json),
        Command::Providers(it) => (providers::run(it), it.place().json),
        Command::Backups(it) => (backups::run(it), it.place().json),
        Command::History(it) => (history::run(it), it.place().json),
        Command::Lint(it) => (lint::run(it), it.place().json),
        Command::Status { .. }
        | Command::Check { .. }
        | Command::Watch { .. }
        | Command::Discover(_)
        | Command::Probe(_)
        | Command::Doctor { .. } => {
            return ExitCode::SUCCESS;
        }
    };
    done.unwrap_or_else(|fault| fault.tell(json))
}

fn interval(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "it should be a number of seconds".to_owned())?;
    if (0.1..=3_600.0).contains(&seconds) {
        Ok(Duration::from_secs_f64(seconds))
    } else {
        Err("it should be from 0.1 to 3600".to_owned())
    }
}
