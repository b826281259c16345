//! `pilotlight`, the command line: the same rules as the tray app, for terminals, scripts and machines without a screen.

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
#[command(name = "pilotlight", version, about = "Shows whether your own model server is up, and which model OpenClaw answers with", after_help = args::EXIT_CODES)]
struct Cli {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Ask each server once and print everything that is known
    Status(Log),
    /// Ask each server once and print one line; exit code 0 ready, 1 attention or fallback, 2 down, 3 a problem with the config
    Check(Log),
    /// Print a line for each change and each notification, until stopped
    Watch {
        #[command(flatten)]
        log: Log,
        /// Seconds between two questions to a server, 0.1 to 3600
        #[arg(long, value_parser = interval, value_name = "SECONDS")]
        interval: Option<Duration>,
    },
    /// Run the checks of OpenClaw's guide to local models: what was seen, and what to do
    #[command(after_help = doctor::EXIT_CODES)]
    Doctor(Log),
    /// Find the model servers that run on this machine; exit code 1 if there are none
    Discover,
    /// Ask one server what it is and what it serves, and show each step
    Probe(probe::Probe),
    #[command(flatten)]
    Config(Config),
}

/// Commands that only read or edit files, and ask no server.
#[derive(Subcommand)]
enum Config {
    /// List, add, change, rename and remove models
    #[command(subcommand, after_help = args::EXIT_CODES)]
    Models(models::Models),
    /// List, set and remove the short names of models
    #[command(subcommand, after_help = args::EXIT_CODES)]
    Aliases(aliases::Aliases),
    /// Set the model that OpenClaw asks first
    #[command(subcommand, after_help = args::EXIT_CODES)]
    Primary(route::Primary),
    /// List and change the models that OpenClaw asks when the primary fails
    #[command(subcommand, after_help = args::EXIT_CODES)]
    Fallbacks(route::Fallbacks),
    /// Put the local models first, or the hosted ones
    #[command(after_help = args::EXIT_CODES)]
    Route(route::Order),
    /// List, add, change, rename and remove providers
    #[command(subcommand, after_help = args::EXIT_CODES)]
    Providers(providers::Providers),
    /// Change any other setting of a provider, a model, an agent or all agents
    #[command(after_help = args::EXIT_CODES)]
    Set(set::Set),
    /// List and restore the texts from before each write, and those that OpenClaw set aside
    #[command(subcommand, after_help = args::EXIT_CODES)]
    Backups(backups::Backups),
    /// Print what the tray app remembers: fallbacks, outages, stuck turns, changes of the config
    History(history::History),
    /// List what is wrong or odd in the config, and fix it
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

/// Exit code 2 means a wrong command line, and "down" of `check`. Only the first prints to stderr.
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
    let seconds: f64 = text.parse().map_err(|_| "not a number of seconds".to_owned())?;
    if (0.1..=3_600.0).contains(&seconds) {
        Ok(Duration::from_secs_f64(seconds))
    } else {
        Err("must be from 0.1 to 3600".to_owned())
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

    #[test]
    fn the_docs_name_every_command_and_option() {
        assert_eq!(unnamed(&Cli::command(), "", include_str!("../../../../docs/cli.md")), [""; 0]);
    }

    fn unnamed(command: &clap::Command, path: &str, docs: &str) -> Vec<String> {
        let options = command.get_arguments().filter_map(|arg| arg.get_long().map(|long| format!("--{long}")));
        let mut found: Vec<String> = options.filter(|option| !docs.contains(option)).collect();
        for child in command.get_subcommands() {
            let path = format!("{path} {}", child.get_name());
            if !docs.contains(&format!("`{}", path.trim_start())) && !docs.contains(&format!("pilotlight{path}")) {
                found.push(path.clone());
            }
            found.extend(unnamed(child, &path, docs));
        }
        found
    }
}
