//! The thread of the settings file. It alone reads and writes the file for the actor, one thing after another.

use std::path::PathBuf;
use std::time::Duration;

use domain::Event;
use domain::base::refusal::Refusal;
use domain::notify::settings::Settings;
use tokio::sync::oneshot;

use crate::config::{Wake, Watch};
use crate::inbox::EventSender;
use crate::settings;

const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Settings to write, and who waits for it.
#[derive(Debug)]
pub(crate) struct SetSettings {
    pub(crate) values: Settings,
    pub(crate) reply: Option<oneshot::Sender<Result<(), Refusal>>>,
}

pub(crate) struct SettingsFile {
    path: PathBuf,
    watch: Watch<SetSettings>,
    events: EventSender,
}

impl SettingsFile {
    pub(crate) fn new(path: PathBuf, mut watch: Watch<SetSettings>, events: EventSender) -> Self {
        watch.set(&path, &[]);
        SettingsFile { path, watch, events }
    }

    /// Runs until the actor has ended.
    pub(crate) fn run(mut self) {
        while !self.events.is_closed() {
            match self.watch.wait(LOOK_EVERY) {
                Some(Wake::Changed) => self.read(),
                Some(Wake::Command(SetSettings { values, reply })) => {
                    let outcome = self.write(&values);
                    match reply {
                        Some(reply) => drop(reply.send(outcome)),
                        None => outcome.err().into_iter().for_each(|refusal| tracing::warn!("{}", refusal.message)),
                    }
                }
                None => {}
            }
        }
    }

    pub(crate) fn read(&self) {
        let _ = self.events.send_blocking(Event::Settings(settings::read(&self.path)));
    }

    fn write(&self, values: &Settings) -> Result<(), Refusal> {
        settings::write(&self.path, values)?;
        self.read();
        self.events.wait_until_published();
        Ok(())
    }
}
