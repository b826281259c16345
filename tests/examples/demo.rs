//! An outage to look at, for someone who has no OpenClaw: a made-up box, config and gateway log, and the real Pilot Light watching
//! them. `make demo` runs it. All it writes is in a folder of its own, which goes with it.

#![expect(clippy::print_stdout, reason = "it tells the story")]

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};
use std::time::Duration;

use tests::fake_box::FakeBox;
use tests::stage::fallback_lines;
use tokio::process::{Child, Command};

const MODEL: &str = "my-local-model";
const CONFIG: &str = include_str!("../demo/openclaw.json5");

const USAGE: &str = "usage: demo (--tray | --watch) PROGRAM [--step SECONDS] [--text]";

#[tokio::main]
async fn main() -> ExitCode {
    let Some(options) = Options::parse(std::env::args().skip(1)) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match play(&options).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("demo: {error}");
            ExitCode::FAILURE
        }
    }
}

#[derive(Debug)]
struct Options {
    program: PathBuf,
    tray: bool,
    step: Duration,
}

impl Options {
    fn parse(mut args: impl Iterator<Item = String>) -> Option<Options> {
        let (mut program, mut step) = (None, Duration::from_secs(10));
        while let Some(arg) = args.next() {
            match arg.as_str() {
                "--tray" | "--watch" => program = Some((arg == "--tray", PathBuf::from(args.next()?))),
                "--step" => step = Duration::try_from_secs_f64(args.next()?.parse().ok()?).ok()?,
                // The script that starts this has heeded it.
                "--text" => {}
                _ => return None,
            }
        }
        program.map(|(tray, program)| Options { program, tray, step })
    }
}

async fn play(options: &Options) -> Result<(), Box<dyn Error>> {
    let folder = tempfile::Builder::new().prefix("pilotlight-demo-").tempdir()?;
    let mut stage = Stage::set(folder.path()).await?;
    let mut app = stage.start(options)?;
    println!(
        "A made-up box, config and log are in {}. Your own OpenClaw is not touched. Ctrl-C ends the demo.",
        folder.path().display()
    );
    let told = tokio::select! {
        told = stage.tell(options.step) => told,
        ended = app.wait() => Err(early_end(options, ended?)),
        () = stopped() => Ok(()),
    };
    if options.tray && told.is_ok() {
        tell("That was it. The flame stays until you quit it, or press Ctrl-C here.");
        tokio::select! {
            _ = app.wait() => {}
            () = stopped() => {}
        }
    }
    app.kill().await?;
    told
}

fn early_end(options: &Options, status: std::process::ExitStatus) -> Box<dyn Error> {
    let name = options.program.file_name().unwrap_or_default().to_string_lossy();
    if options.tray && status.success() {
        "the tray app ended. If Pilot Light runs already, quit it first, or play the demo in the terminal: make demo ARGS=--text"
            .into()
    } else {
        format!("{name} ended ({status})").into()
    }
}

/// What Pilot Light is shown.
#[derive(Debug)]
struct Stage<'a> {
    folder: &'a Path,
    the_box: FakeBox,
}

impl<'a> Stage<'a> {
    async fn set(folder: &'a Path) -> Result<Self, Box<dyn Error>> {
        let stage = Stage { folder, the_box: FakeBox::start(MODEL).await };
        std::fs::create_dir(folder.join("logs"))?;
        stage.save_config("")?;
        Ok(stage)
    }

    fn start(&self, options: &Options) -> std::io::Result<Child> {
        let mut command = Command::new(&options.program);
        if !options.tray {
            command.arg("watch");
        }
        command.arg("--config").arg(self.config()).arg("--log-dir").arg(self.folder.join("logs")).args(["--interval", "1"]);
        // Backups of a config saved in the demo go with the demo.
        command.env("XDG_STATE_HOME", self.folder.join("state"));
        command.stdin(Stdio::null()).kill_on_drop(true).spawn()
    }

    async fn tell(&mut self, step: Duration) -> Result<(), Box<dyn Error>> {
        let pause = || tokio::time::sleep(step);
        tell("The box is up, its model loaded: the flame is lit. OpenClaw answers from this machine.");
        pause().await;
        tell("The box dies. Two refused connections later it counts as down; the next answer would come from Opus.");
        self.the_box.kill().await;
        pause().await;
        tell("OpenClaw gave up on the box and took the answer from Opus: its gateway has just logged that.");
        self.log(&fallback_lines("demo-1", "box/my-local-model", "anthropic/claude-opus-4-6"))?;
        pause().await;
        tell(
            "The box is back, and the config was saved, which makes Pilot Light look at once. Two answers later the fallback is over.",
        );
        self.the_box.revive().await;
        self.save_config("// The box was restarted.\n")?;
        pause().await;
        tell("The model was loaded anew, with a context of 4,096 tokens where the config says 32,768: long prompts would fail.");
        self.the_box.set_context(4_096);
        pause().await;
        Ok(())
    }

    fn config(&self) -> PathBuf {
        self.folder.join("openclaw.json")
    }

    fn save_config(&self, above: &str) -> std::io::Result<()> {
        std::fs::write(self.config(), format!("{above}{}", CONFIG.replace("BASE_URL", &self.the_box.base_url())))
    }

    fn log(&self, lines: &str) -> std::io::Result<()> {
        std::fs::write(self.folder.join("logs").join(format!("openclaw-{}.log", jiff::Zoned::now().date())), lines)
    }
}

fn tell(what: &str) {
    println!("\n>> {what}");
}

/// Ctrl-C, or a plain `kill`: either way the folder goes too.
async fn stopped() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
