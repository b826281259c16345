//! A desktop of the test's own: an X server on a free display with a window manager, a session bus, somebody who shows trays and popups, and the real app
//! in the middle of it. Everything ends with the value that holds it.

pub mod app;
pub mod driver;
pub mod host;
pub mod tray;

use std::io::{BufRead, BufReader, Write};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use host::Host;

/// Generous: a busy machine is not a fault of the app.
const PATIENCE: Duration = Duration::from_secs(40);
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

/// Waits for what `look` is looking for.
///
/// # Panics
/// When it has not come within the patience; `what` says in words what was waited for.
pub async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    until_seen(what, async || look().await.ok_or_else(|| "nothing".to_owned())).await
}

/// The same, where a look in vain can say what there was instead.
///
/// # Panics
/// When it has not come within the patience.
pub async fn until_seen<T>(what: &str, mut look: impl AsyncFnMut() -> Result<T, String>) -> T {
    let started = Instant::now();
    loop {
        match look().await {
            Ok(found) => return found,
            Err(seen) => assert!(started.elapsed() < PATIENCE, "waited {PATIENCE:?} in vain: {what}; there was {seen}"),
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
}

/// Runs a test on a runtime of its own, and once more if it fails. A display, a bus and a browser are in play that are not ours;
/// a test that needs its second run says so loudly.
///
/// # Panics
/// When it fails twice.
pub fn on_desktop(name: &str, test: impl AsyncFn()) {
    let once = || {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
        runtime.block_on(test());
    };
    if catch_unwind(AssertUnwindSafe(once)).is_err() {
        // Written past the test harness, which swallows what a test prints once it passes.
        let _ = writeln!(std::io::stderr(), "\n!!!! {name} FAILED ITS FIRST RUN; this is its second and last !!!!\n");
        if let Err(failure) = catch_unwind(AssertUnwindSafe(once)) {
            resume_unwind(failure);
        }
    }
}

/// A process that ends with the value.
#[derive(Debug)]
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Fields are dropped in order: first who uses the display and the bus, then these.
#[derive(Debug)]
pub struct Desktop {
    pub host: Option<Host>,
    bus_address: String,
    display: String,
    _manager: Option<Running>,
    _bus: Running,
    _x: Running,
    home: TempDir,
}

impl Desktop {
    /// With somebody who shows trays and popups.
    pub async fn start() -> Self {
        let mut desktop = Self::bare();
        desktop.host = Some(Host::start(desktop.bus_address()).await);
        desktop
    }

    /// Nobody shows trays or popups here.
    ///
    /// # Panics
    /// When Xvfb, openbox or dbus-daemon is not installed.
    #[must_use]
    pub fn bare() -> Self {
        let home = TempDir::new().expect("a folder");
        std::fs::create_dir(home.path().join("run")).expect("a folder");
        // `-displayfd`: the server picks a free number and says it.
        let mut x = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb is not installed: apt-get install xvfb");
        let display = format!(":{}", first_line(&mut x));
        let mut bus = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--print-address=1"])
            .env("XDG_DATA_DIRS", home.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("dbus-daemon is not installed: apt-get install dbus");
        let bus_address = first_line(&mut bus);
        let mut desktop = Desktop { host: None, bus_address, display, _manager: None, _bus: Running(bus), _x: Running(x), home };
        let manager = desktop.command("openbox").stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        desktop._manager = Some(Running(manager.expect("openbox is not installed: apt-get install openbox")));
        desktop
    }

    /// # Panics
    /// On a desktop without one.
    #[must_use]
    pub fn host(&self) -> &Host {
        self.host.as_ref().expect("a desktop with a host")
    }

    #[must_use]
    pub fn bus_address(&self) -> &str {
        &self.bus_address
    }

    #[must_use]
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// A command that runs here and knows nothing of the desktop outside.
    #[must_use]
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .envs(std::env::vars_os().filter(|(name, _)| name == "PATH" || name == "LD_LIBRARY_PATH" || name == "LANG"))
            .env("HOME", self.home())
            .env("XDG_RUNTIME_DIR", self.home().join("run"))
            // Not where most have it, and with spaces.
            .env("XDG_CONFIG_HOME", self.home().join("settings of mine"))
            .env("DISPLAY", &self.display)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus_address)
            .env("NO_AT_BRIDGE", "1")
            .env("GTK_A11Y", "none")
            .env("GDK_BACKEND", "x11")
            .env("TZ", "UTC");
        command
    }

    /// The app's window, once it can be seen.
    pub async fn window(&self) -> String {
        until("the window is shown", async || self.windows().pop()).await
    }

    /// # Panics
    /// When xdotool is not installed.
    #[must_use]
    pub fn windows(&self) -> Vec<String> {
        let found = self
            .command("xdotool")
            .args(["search", "--onlyvisible", "--name", "^Pilot Light$"])
            .output()
            .expect("xdotool is not installed: apt-get install xdotool");
        String::from_utf8_lossy(&found.stdout).lines().map(str::to_owned).collect()
    }

    /// Closes the window as a person does, with Alt+F4 through the window manager, and waits until it is gone.
    pub async fn close(&self, window: &str) {
        until("the window is closed", async || {
            if self.windows().is_empty() {
                return Some(());
            }
            let mut keys = self.command("xdotool");
            // Its complaints (a window that closes under its hands) say nothing.
            let _ = keys.args(["windowactivate", window, "key", "--clearmodifiers", "alt+F4"]).output();
            None
        })
        .await;
    }
}

fn first_line(child: &mut Child) -> String {
    let output = child.stdout.take().expect("its output");
    let mut line = String::new();
    BufReader::new(output).read_line(&mut line).expect("a line");
    assert!(!line.trim().is_empty(), "the process said nothing and ended");
    line.trim().to_owned()
}
