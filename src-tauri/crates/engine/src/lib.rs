//! The world around the rules: files, watchers, probes, the gateway's log. One owner task holds the state; everything reaches it as an
//! event, and everything that a shell shows comes from what it publishes. No Tauri.

mod backups;
mod clock;
mod config;
pub mod discover;
mod edit;
mod export;
mod gateway;
mod handle;
mod history;
mod jobs;
pub mod log;
mod look;
mod machine;
mod openclaw;
mod owner;
pub mod probe;
mod settings;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use domain::history::Entry;
use domain::intent::Show;
use domain::notify::notice::Notice;
use domain::view::View;
use domain::view::menu::Item;
use domain::view::types::HistoryView;
use domain::{Now, Overall, Pace, State, Status};
use tokio::sync::{mpsc, watch};

pub use backups::{Backup, backups, restore};
use clock::Clock;
pub use config::{BadProfile, locate};
pub use edit::{Edited, Ground, edit};
pub use export::Format;
pub use gateway::{FrameReader, parse_line};
pub use handle::Handle;
use history::{History, Limits};
pub use look::{examine, look};
use owner::Owner;

/// How the app was started.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// `--config`: this file and no other.
    pub config: Option<PathBuf>,
    /// `--profile`: OpenClaw's named profile.
    pub profile: Option<String>,
    /// `--log-dir`: the folder of the gateway's log.
    pub log_dir: Option<PathBuf>,
    /// `--interval`: between two probes of a server.
    pub interval: Option<Duration>,
    /// Where backups, the history and the key of this device go, instead of the user's own state folder.
    pub state_dir: Option<PathBuf>,
    /// The app's own settings, instead of the user's.
    pub settings: Option<PathBuf>,
    /// This `openclaw` and no other, instead of the one that a shell would start.
    pub openclaw: Option<PathBuf>,
    /// Keep a history. One program does; others beside it only read what it kept.
    pub keeps_history: bool,
}

/// What a shell shows. Published only when something of it changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Published {
    pub view: View,
    pub menu: Vec<Item>,
    pub tooltip: String,
    pub status: Status,
    /// The exit code of `pilotlight check`.
    pub exit_code: u8,
    /// The config and the log were read, and every server probed at least once.
    pub settled: bool,
}

impl Published {
    pub(crate) fn of(state: &State, now: &Now) -> Self {
        let view = domain::view(state, now);
        Published {
            menu: domain::view::menu::menu(state, &view, now),
            tooltip: domain::view::menu::tooltip(state, &view, now),
            view,
            status: domain::status(state, now),
            exit_code: domain::exit_code(state),
            settled: state.is_settled(),
        }
    }

    #[must_use]
    pub fn overall(&self) -> Overall {
        self.view.overall
    }
}

/// What the rules ask of a shell.
#[derive(Debug)]
pub enum Outward {
    Notify(Notice),
    Show(Show),
    CopyText(String),
    Quit,
}

#[derive(Debug)]
pub enum StartError {
    Profile(BadProfile),
    Client(probe::ProberError),
}

impl std::fmt::Display for StartError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            StartError::Profile(error) => error.fmt(f),
            StartError::Client(error) => write!(f, "the HTTP client could not be set up: {error}"),
        }
    }
}

impl std::error::Error for StartError {}

/// Starts everything on the current tokio runtime; it ends when the last handle is dropped.
///
/// # Errors
/// When the profile's name can't be one, or the HTTP client can't be set up.
pub fn start(options: Options) -> Result<(Handle, mpsc::UnboundedReceiver<Outward>), StartError> {
    let world = World::new(&options)?;
    let path = world.path.clone();
    let (outward, shell) = mpsc::unbounded_channel();
    let history = History::start(options.history(&path), Limits::default());
    let (owner, requests, published) = Owner::new(world, options, history.clone(), outward);
    tokio::spawn(owner.run());
    Ok((Handle::new(requests, published, path, history), shell))
}

/// What was kept, as data and as a person reads it.
#[derive(Clone, Debug)]
pub struct DayStats {
    /// The newest first.
    pub entries: Vec<Entry>,
    pub view: HistoryView,
}

impl DayStats {
    pub(crate) fn new(entries: Vec<Entry>, days: u32) -> Self {
        let view = HistoryView::new(&entries, days, &Clock::new().now());
        DayStats { entries, view }
    }
}

/// The history of a config, all of it or its last part. For a program that only looks; one that runs asks its [`Handle`].
///
/// # Errors
/// A sentence, when the profile's name can't be one, or the file can't be read.
pub fn history(options: &Options, since: Option<Duration>) -> Result<DayStats, String> {
    let path = config_path(options).map_err(|it| it.to_string())?;
    let since = since.map_or(0, |it| Clock::new().now().wall_ms - i64::try_from(it.as_millis()).unwrap_or(i64::MAX));
    let place = Options { keeps_history: false, ..options.clone() }.history(&path);
    Ok(DayStats::new(history::read_entries(&place, since)?, Limits::default().days))
}

/// What everything starts from.
pub(crate) struct World {
    pub(crate) state: State,
    pub(crate) path: PathBuf,
    pub(crate) clock: Clock,
    pub(crate) prober: probe::Prober,
}

impl World {
    fn new(options: &Options) -> Result<World, StartError> {
        let path = config_path(options).map_err(StartError::Profile)?;
        let prober = probe::Prober::new().map_err(StartError::Client)?.trusting(options.state().join("trust.json"));
        let settings = options.settings.clone().unwrap_or_else(settings::file);
        let pace = options.interval.map_or_else(Pace::default, Pace::every);
        let mut state = state(&path, pace);
        state.preferences.path = settings.to_string_lossy().into_owned();
        state.fleet.trusted = prober.trusted();
        state.preferences.interval_given = options.interval.is_some();
        Ok(World { state, path, clock: Clock::new(), prober })
    }
}

/// The config that is meant, whether or not it is there.
pub(crate) fn config_path(options: &Options) -> Result<PathBuf, BadProfile> {
    let path = match &options.config {
        Some(path) => path.clone(),
        None => locate(options.profile.as_deref(), &|name| std::env::var(name).ok())?,
    };
    Ok(std::path::absolute(&path).unwrap_or(path))
}

/// Before anything was read.
pub(crate) fn state(path: &std::path::Path, pace: Pace) -> State {
    let home = std::env::var("HOME").or_else(|_| std::env::var("USERPROFILE")).ok();
    State::new(path.to_string_lossy().into_owned(), home, pace, seed())
}

impl Options {
    /// Where backups go.
    pub(crate) fn backups(&self) -> PathBuf {
        self.state().join("backups")
    }

    /// The history of this config.
    pub(crate) fn history(&self, config: &std::path::Path) -> history::Place {
        history::Place { folder: self.state(), config: config.to_string_lossy().into_owned(), read_only: !self.keeps_history }
    }

    pub(crate) fn state(&self) -> PathBuf {
        self.state_dir.clone().unwrap_or_else(state_dir)
    }
}

/// The app's own, where the system keeps such things.
fn state_dir() -> PathBuf {
    let dirs = directories::ProjectDirs::from("", "", "pilotlight");
    let state = dirs.map(|it| it.state_dir().unwrap_or_else(|| it.data_local_dir()).to_owned());
    state.unwrap_or_else(|| std::env::temp_dir().join("pilotlight"))
}

/// Random, from the hasher that the standard library seeds from the system.
fn seed() -> u64 {
    use std::hash::{BuildHasher, Hasher, RandomState};
    RandomState::new().build_hasher().finish()
}

pub(crate) type Publisher = watch::Sender<Arc<Published>>;
