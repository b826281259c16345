//! The real app on a desktop of the test's own.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use super::{Desktop, Running, until};

/// The binary under test: `PILOTLIGHT_TRAY_BIN`, or the one that was built last beside this test.
///
/// # Panics
/// When there is none.
#[must_use]
pub fn binary() -> PathBuf {
    let named = std::env::var_os("PILOTLIGHT_TRAY_BIN").map(PathBuf::from);
    let built = || {
        // target/debug/deps/desktop_tray-0123 -> target/{debug,release}
        let target = std::env::current_exe().expect("this test's path").ancestors().nth(3).map(Path::to_path_buf);
        let all = ["debug", "release"].map(|it| target.clone().unwrap_or_default().join(it).join("pilotlight-tray"));
        all.into_iter().filter(|it| it.is_file()).max_by_key(|it| it.metadata().and_then(|it| it.modified()).ok())
    };
    named
        .or_else(built)
        .expect("no app to test: cargo build -p pilotlight-tray --features custom-protocol, or set PILOTLIGHT_TRAY_BIN")
}

/// Where the app is pointed at.
#[derive(Debug)]
pub struct Setup {
    pub config: PathBuf,
    pub logs: PathBuf,
}

impl Setup {
    /// # Panics
    /// When the home can't be written.
    #[must_use]
    pub fn new(desktop: &Desktop, config: &str) -> Self {
        let setup = Setup { config: desktop.home().join("openclaw.json"), logs: desktop.home().join("logs") };
        std::fs::create_dir_all(&setup.logs).expect("a folder");
        std::fs::write(&setup.config, config).expect("a config");
        setup
    }

    #[must_use]
    pub fn arguments(&self) -> Vec<String> {
        let path = |it: &Path| it.to_string_lossy().into_owned();
        ["--config".to_owned(), path(&self.config), "--log-dir".to_owned(), path(&self.logs)].to_vec()
    }

    #[must_use]
    pub fn start(&self, desktop: &Desktop, more: &[&str]) -> App {
        App::start(desktop, self.arguments().iter().map(String::as_str).chain(more.iter().copied()))
    }
}

#[derive(Debug)]
pub struct App {
    running: Running,
    log: PathBuf,
}

impl App {
    /// # Panics
    /// When it can't be started.
    pub fn start<'a>(desktop: &Desktop, arguments: impl IntoIterator<Item = &'a str>) -> Self {
        let log = desktop.home().join("app.log");
        let to_log = std::fs::File::create(&log).expect("a log");
        let child =
            command(desktop).args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(to_log).spawn().expect("the app");
        App { running: Running(child), log }
    }

    #[must_use]
    pub fn id(&self) -> u32 {
        self.running.0.id()
    }

    /// What it said on stderr so far.
    #[must_use]
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// What of that is a warning or worse, of ours or of the toolkit's. WebKit's own chatter is not.
    #[must_use]
    pub fn complaints(&self) -> String {
        let bad = |it: &&str| ["WARN", "ERROR", "WARNING", "CRITICAL", "panicked"].iter().any(|word| it.contains(word));
        self.log().lines().filter(bad).map(|it| format!("{it}\n")).collect()
    }

    pub fn is_running(&mut self) -> bool {
        matches!(self.running.0.try_wait(), Ok(None))
    }

    /// Asks it to end, as a session manager does.
    ///
    /// # Panics
    /// When `kill` is not there.
    pub async fn terminate(&mut self) -> ExitStatus {
        let asked = Command::new("kill").args(["-TERM", &self.running.0.id().to_string()]).status();
        assert!(asked.expect("kill").success(), "the app is not there any more");
        self.until_ended().await
    }

    pub async fn until_ended(&mut self) -> ExitStatus {
        until("the app ends", async || self.running.0.try_wait().ok().flatten()).await
    }
}

/// Starts it a second time and waits for that one to end.
///
/// # Panics
/// When it can't be started.
pub async fn second_start(desktop: &Desktop, arguments: &[&str]) -> (ExitStatus, String, Duration) {
    let started = Instant::now();
    let child = command(desktop).args(arguments).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the app");
    let ended = tokio::task::spawn_blocking(move || child.wait_with_output()).await;
    let ended = ended.expect("the thread").expect("its end");
    (ended.status, String::from_utf8_lossy(&ended.stderr).into_owned(), started.elapsed())
}

fn command(desktop: &Desktop) -> Command {
    let mut command = desktop.command(binary());
    command.env("PILOTLIGHT_LOG", "warn").env("NO_PROXY", "127.0.0.1,localhost");
    command
}
