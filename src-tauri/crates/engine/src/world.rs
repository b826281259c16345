//! What every run starts from: a state in which nothing was read yet, and the means to look at the world.

use std::path::{Path, PathBuf};

use domain::{Pace, State};

use crate::clock::Clock;
use crate::config::BadProfile;
use crate::options::Options;
use crate::probe::{Prober, ProberError};
use crate::random::random;

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Profile(#[from] BadProfile),
    #[error(transparent)]
    Client(#[from] ProberError),
}

pub(crate) struct World {
    pub(crate) state: State,
    pub(crate) path: PathBuf,
    pub(crate) clock: Clock,
    pub(crate) prober: Prober,
}

impl World {
    pub(crate) fn new(options: &Options) -> Result<World, StartError> {
        let path = options.config_path()?;
        let prober = Prober::new()?.trusting(options.state_dir().join("trust.json"));
        let mut state = first_state(&path, options.interval.map_or_else(Pace::default, Pace::every));
        state.preferences.path = options.settings_path().to_string_lossy().into_owned();
        state.fleet.trusted = prober.trusted();
        state.preferences.interval_given = options.interval.is_some();
        Ok(World { state, path, clock: Clock::new(), prober })
    }
}

/// Returns the state before anything was read.
pub(crate) fn first_state(path: &Path, pace: Pace) -> State {
    let home = std::env::var("HOME").or_else(|_| std::env::var("USERPROFILE")).ok();
    State::new(path.to_string_lossy().into_owned(), home, pace, random())
}
