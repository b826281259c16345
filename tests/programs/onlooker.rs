//! A Pilot Light without a screen as a process of its own: to be ended in the middle of things, or started in another environment. It says
//! on its output how it stands and what it tells. Arguments: its folder, and where it dies, if it does.
#![expect(clippy::print_stdout, reason = "what it says is how a test sees it")]

use std::io::Read;
use std::path::PathBuf;
use std::time::Duration;

use domain::intent::Intent;
use engine::{Options, ShellCommand};

/// Who waits for it in vain does so no longer than this.
const DEADLINE: Duration = Duration::from_secs(40);

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().expect("a folder"));
    let end = arguments.next().unwrap_or_default();
    let die_if = |step: &str| {
        if step == end {
            // No farewell, as by `kill -9`.
            std::process::abort();
        }
    };
    let options = Options {
        config: Some(folder.join("openclaw.json")),
        log_dir: Some(folder.join("logs")),
        state_dir: Some(folder.join("state")),
        settings: Some(folder.join("settings.toml")),
        interval: Some(Duration::from_millis(100)),
        keeps_history: true,
        ..Options::default()
    };
    let (handle, mut commands) = engine::start(options).expect("it starts");
    let mut published = handle.published();
    let mut said = String::new();
    let deadline = tokio::time::Instant::now() + DEADLINE;
    // Its input is closed when it is to end well.
    let quit = handle.clone();
    std::thread::spawn(move || {
        let _ = std::io::stdin().read(&mut [0]);
        quit.send(Intent::Quit);
    });
    loop {
        tokio::select! {
            _ = published.changed() => {
                let now = published.borrow_and_update().clone();
                let answers: u32 = now.status.route.answers.iter().map(|it| it.count).sum();
                let line = format!("route={} answers={answers} settled={} gateway={} | {}", now.status.route.state, now.settled, now.status.gateway.state, now.status.gateway.message);
                if now.status.route.state == "fallback" {
                    die_if("heard");
                }
                if line != said {
                    println!("{line}");
                    said = line;
                }
            }
            what = commands.recv() => match what {
                Some(ShellCommand::Notify(notice)) => {
                    die_if("written");
                    println!("told {}: {} | {}", notice.code.id(), notice.title, notice.body);
                    die_if("shown");
                    handle.shown(notice).await;
                    die_if("confirmed");
                }
                Some(ShellCommand::Quit) | None => return,
                Some(_) => {}
            },
            () = tokio::time::sleep_until(deadline) => std::process::exit(3),
        }
    }
}
