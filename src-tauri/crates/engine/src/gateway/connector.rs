//! Points the log's follower and the socket at the gateway that the config means.

use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;
use std::time::Duration;

use domain::config::Config;
use tokio::sync::watch;

use super::follow::follow;
use super::place::LogPlace;
use super::socket::{Target, listen};
use crate::config::{Wake, Watch};
use crate::inbox::EventSender;
use crate::options::Options;

/// Held by the thread that reads the config.
pub(crate) struct GatewayConnector {
    config_path: PathBuf,
    profile: Option<String>,
    place: watch::Sender<LogPlace>,
    /// Wakes the thread that follows the log.
    log: Sender<Wake<()>>,
    target: watch::Sender<Option<Target>>,
}

/// Follows the gateway once it is started.
pub(crate) struct GatewayFollower {
    place: watch::Receiver<LogPlace>,
    log: Watch<()>,
    target: watch::Receiver<Option<Target>>,
    state_dir: PathBuf,
}

impl GatewayConnector {
    pub(crate) fn new(config_path: &Path, options: &Options) -> (GatewayConnector, GatewayFollower) {
        let (config_path, profile) = (config_path.to_owned(), options.profile.clone());
        let place = watch::Sender::new(LogPlace { folder: options.log_dir.clone(), profile: profile.clone(), file: None });
        let (target, log) = (watch::Sender::new(None), Watch::new(Duration::ZERO));
        let sender = log.sender();
        let state_dir = options.state_dir();
        let follower = GatewayFollower { place: place.subscribe(), log, target: target.subscribe(), state_dir };
        (GatewayConnector { config_path, profile, place, log: sender, target }, follower)
    }

    /// Reads the environment of the config too, for the gateway's key.
    pub(crate) fn aim(&self, config: &Config) {
        let file = &config.logging.file;
        if self.place.send_if_modified(|place| std::mem::replace(&mut place.file, file.clone()) != *file) {
            let _ = self.log.send(Wake::Command(()));
        }
        let target = Some(Target::meant(&config.gateway, &self.config_path, self.profile.as_deref()));
        self.target.send_if_modified(|before| std::mem::replace(before, target.clone()) != target);
    }
}

impl GatewayFollower {
    /// Goes on in the log where an earlier run of the app stopped. On the current runtime; ends with the actor.
    pub(crate) fn start(self, bookmark: Option<String>, events: EventSender) {
        let GatewayFollower { place, log, target, state_dir } = self;
        tokio::spawn(listen(target, state_dir, events.clone()));
        std::thread::spawn(move || follow(place, log, bookmark, &events));
    }
}
