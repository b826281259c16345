//! How the app was started, and the places that follow from it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::config::{BadProfile, locate};
use crate::history::HistoryPlace;

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

impl Options {
    /// Returns the config that is meant, whether or not it is there.
    pub(crate) fn config_path(&self) -> Result<PathBuf, BadProfile> {
        let path = match &self.config {
            Some(path) => path.clone(),
            None => locate(self.profile.as_deref(), &|name| std::env::var(name).ok())?,
        };
        Ok(std::path::absolute(&path).unwrap_or(path))
    }

    pub(crate) fn settings_path(&self) -> PathBuf {
        self.settings.clone().unwrap_or_else(|| {
            let dirs = app_dirs();
            dirs.map_or_else(|| PathBuf::from("pilotlight"), |dirs| dirs.config_dir().to_owned()).join("settings.toml")
        })
    }

    pub(crate) fn state_dir(&self) -> PathBuf {
        self.state_dir.clone().unwrap_or_else(|| {
            let state = app_dirs().map(|dirs| dirs.state_dir().unwrap_or_else(|| dirs.data_local_dir()).to_owned());
            state.unwrap_or_else(|| std::env::temp_dir().join("pilotlight"))
        })
    }

    pub(crate) fn backups(&self) -> PathBuf {
        self.state_dir().join("backups")
    }

    pub(crate) fn history(&self, config: &Path) -> HistoryPlace {
        HistoryPlace { folder: self.state_dir(), config: config.to_string_lossy().into_owned(), read_only: !self.keeps_history }
    }
}

fn app_dirs() -> Option<directories::ProjectDirs> {
    directories::ProjectDirs::from("", "", "pilotlight")
}
