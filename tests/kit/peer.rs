//! Real programs run for a test, and ended with it.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// OpenClaw may take minutes to fall back.
const PATIENCE: Duration = Duration::from_secs(400);

#[derive(Debug)]
pub struct Peer {
    child: Child,
}

/// The words of a command line in the environment, as `scripts/test-peers` sets it.
fn command(variable: &str, args: &[&str]) -> Command {
    let line = std::env::var(variable).unwrap_or_else(|_| panic!("{variable} is not set; run `make test-peers`"));
    let mut words = line.split(' ');
    let mut command = Command::new(words.next().unwrap_or_default());
    command.args(words).args(args).stdin(Stdio::null()).kill_on_drop(true);
    command
}

/// Without the escapes that colour it.
fn plain(line: &str) -> String {
    let mut pieces = line.split("\u{1b}[");
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |text, piece| text + piece.split_once('m').map_or(piece, |it| it.1))
}

/// For a program that has to be told its port.
///
/// # Panics
/// When there is none.
#[must_use]
pub fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).expect("a free port").port()
}

impl Peer {
    /// Starts it and waits for a line that ends in `ready`, colours aside.
    pub async fn start(variable: &str, args: &[&str], env: &[(&str, &str)], ready: &str) -> Peer {
        let mut child = Peer::spawn(variable, args, env);
        let out = child.child.stdout.take().expect("it is piped");
        let mut lines = BufReader::new(out).lines();
        let wait = async {
            while let Ok(Some(line)) = lines.next_line().await {
                if plain(&line).ends_with(ready) {
                    return true;
                }
            }
            false
        };
        assert!(tokio::time::timeout(PATIENCE, wait).await.unwrap_or(false), "{variable} never said {ready:?}");
        // Whoever writes into a closed pipe dies of it.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        child
    }

    /// Starts it without waiting.
    pub fn spawn(variable: &str, args: &[&str], env: &[(&str, &str)]) -> Peer {
        let mut command = command(variable, args);
        command.envs(env.iter().copied()).stdout(Stdio::piped()).stderr(Stdio::null());
        Peer { child: command.spawn().expect("it starts") }
    }

    /// Runs it to its end and gives what it printed.
    pub async fn run(variable: &str, args: &[&str], env: &[(&str, &str)]) -> String {
        let output = command(variable, args).envs(env.iter().copied()).stderr(Stdio::null()).output();
        let output = tokio::time::timeout(PATIENCE, output).await.expect("in time").expect("it ran");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    pub async fn kill(mut self) {
        let _ = self.child.kill().await;
    }
}
