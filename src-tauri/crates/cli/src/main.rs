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

use crate::args::Place;

#[derive(Parser)]
#[command(name = "pilotlight", version, about = "Is the local box lit, and which model does OpenClaw answer with?", after_help = args::EXIT_CODES)]
struct Cli {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Probe once and say what is there
    Status(Log),
    /// Probe once; the exit code says it: 0 ready, 1 attention or fallback, 2 down, 3 a config that OpenClaw would refuse
    Check(Log),
    /// A line for each change and each notice, until it is stopped
    Watch {
        #[command(flatten)]
        log: Log,
        /// Seconds between two probes of a server, from 0.1 to 3600
        #[arg(long, value_parser = interval, value_name = "SECONDS")]
        interval: Option<Duration>,
    },
    /// Run the checks of OpenClaw's local-models guide: what was seen, and what to do
    #[command(after_help = doctor::EXIT_CODES)]
    Doctor(Log),
    /// Look for model servers on the well-known ports of this machine; the exit code is 1 if there is none
    Discover,
    /// Ask one server what it is and what it serves, and explain how it is known
    Probe(probe::Probe),
    #[command(flatten)]
    Config(Config),
}

/// Those that read or edit the config, and look at nothing else.
#[derive(Subcommand)]
enum Config {
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
struct Log {
    /// The folder of the gateway's log
    #[arg(long, value_name = "DIR")]
    log_dir: Option<PathBuf>,
}

impl Log {
    fn options(self, place: &Place, interval: Option<Duration>) -> Options {
        Options { log_dir: self.log_dir, interval, ..place.options() }
    }
}

/// `2` for usage errors is clap's, and also "down" of `check`: a usage error says so on stderr.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    engine::log::to_stderr(engine::log::Level::ERROR);
    let Cli { place, command } = Cli::parse();
    let done = match command {
        Command::Status(log) => check::status(place.json, log.options(&place, None)).await,
        Command::Check(log) => check::check(place.json, log.options(&place, None)).await,
        Command::Watch { log, interval } => watch::watch(place.json, log.options(&place, interval)).await,
        Command::Doctor(log) => doctor::run(place.json, log.options(&place, None)).await,
        Command::Discover => discover::run(&place).await,
        Command::Probe(it) => probe::run(&it, place.json).await,
        Command::Config(it) => return run(&it, &place).unwrap_or_else(|fault| fault.tell(place.json)),
    };
    done.unwrap_or_else(|error| {
        eprintln!("pilotlight: {error}");
        ExitCode::from(3)
    })
}

fn run(command: &Config, place: &Place) -> edit::Done {
    match command {
        Config::Models(it) => models::run(it, place),
        Config::Aliases(it) => aliases::run(it, place),
        Config::Set(it) => set::run(it, place),
        Config::Primary(it) => route::primary(it, place),
        Config::Fallbacks(it) => route::fallbacks(it, place),
        Config::Route(it) => route::order(it, place),
        Config::Providers(it) => providers::run(it, place),
        Config::Backups(it) => backups::run(it, place),
        Config::History(it) => history::run(it, place),
        Config::Lint(it) => lint::run(it, place),
    }
}

fn interval(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "it should be a number of seconds".to_owned())?;
    if (0.1..=3_600.0).contains(&seconds) {
        Ok(Duration::from_secs_f64(seconds))
    } else {
        Err("it should be from 0.1 to 3600".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
        for line in
            ["pilotlight --json models list", "pilotlight models list --json --config x", "pilotlight --profile p status --json"]
        {
            assert!(Cli::try_parse_from(line.split(' ')).is_ok_and(|it| it.place.json), "{line}");
        }
        assert!(Cli::try_parse_from("pilotlight history --csv --json".split(' ')).is_err());
    }
}
