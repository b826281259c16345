//! Prints how well the rules do on captures of real gateways: `truth FOLDER...`, each with a log, a socket and the truth beside them.

#![expect(clippy::print_stdout, reason = "it prints the score")]

use std::path::Path;
use std::process::ExitCode;

use tests::truth::{Capture, Replay, play};

const SEEDS: u64 = 20;

fn main() -> ExitCode {
    let folders: Vec<String> = std::env::args().skip(1).collect();
    if folders.is_empty() {
        eprintln!("usage: truth FOLDER...");
        return ExitCode::from(2);
    }
    let mut code = ExitCode::SUCCESS;
    for folder in folders {
        match Capture::read(Path::new(&folder)) {
            Ok(capture) => print(&capture),
            Err(error) => {
                eprintln!("truth: {error}");
                code = ExitCode::FAILURE;
            }
        }
    }
    code
}

fn print(capture: &Capture) {
    println!("{}", capture.release);
    for (name, mode) in [("log", Replay::Log), ("socket", Replay::Socket), ("both", Replay::Both), ("restart", Replay::Restarted)]
    {
        println!("  {name:<7} {}", play(capture, mode));
    }
    let scores: Vec<_> = (0..SEEDS).map(|seed| (seed, play(capture, Replay::Mixed(seed)))).collect();
    let perfect = scores.iter().filter(|it| it.1.is_perfect()).count();
    println!("  mixed   {perfect} of {SEEDS} orders perfect");
    for (seed, score) in scores.iter().filter(|it| !it.1.is_perfect()).take(3) {
        println!("  mixed {seed} {score}");
    }
}
