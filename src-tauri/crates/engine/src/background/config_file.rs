//! The thread of the config file. It alone reads and writes the file for the actor, one thing after another: a reading never crosses a
//! save, and one save never another.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use document::Document;
use domain::base::change::Change;
use domain::base::refusal::{Refusal, RefusalCode};
use domain::{Event, FileEvent, State};
use tokio::sync::oneshot;

use crate::backups::RestorePlan;
use crate::config::{FileRollback, RejectedConfigs, Source, Wake, Watch, create, hash, put_back, read, stale, verify, write};
use crate::edit;
use crate::gateway::GatewayConnector;
use crate::inbox::EventSender;

/// A text that does not read may be half written: look once more before saying so.
const SECOND_LOOK: Duration = Duration::from_millis(80);
const LOOK_EVERY: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(crate) enum ConfigCommand {
    Read,
    Edit { edit: Edit, reply: oneshot::Sender<Result<(), Refusal>> },
}

/// What writes the file. `state` is what was known when it was asked for.
#[derive(Debug)]
pub(crate) enum Edit {
    /// The changes that were reviewed, if the file is still the one of the review, whose hash is `base`.
    Save { changes: Vec<Change>, base: String, state: Arc<State> },
    /// Takes the last save back.
    Undo,
    /// Puts a backup back.
    Restore { name: String, base: String, state: Arc<State> },
}

pub(crate) struct ConfigFile {
    path: PathBuf,
    backups: PathBuf,
    watch: Watch<ConfigCommand>,
    rejected: RejectedConfigs,
    gateway: GatewayConnector,
    events: EventSender,
    /// The last save, to take it back.
    saved: Vec<FileRollback>,
}

impl ConfigFile {
    pub(crate) fn new(
        path: &Path,
        backups: PathBuf,
        mut watch: Watch<ConfigCommand>,
        gateway: GatewayConnector,
        events: EventSender,
    ) -> Self {
        watch.set(path, &[]);
        let rejected = RejectedConfigs::new(path, &backups);
        ConfigFile { path: path.to_owned(), backups, watch, rejected, gateway, events, saved: Vec::new() }
    }

    /// Runs until the actor has ended.
    pub(crate) fn run(mut self) {
        while !self.events.is_closed() {
            match self.watch.wait(LOOK_EVERY) {
                Some(Wake::Changed) => self.read_settled(),
                Some(Wake::Command(ConfigCommand::Read)) => self.read(),
                Some(Wake::Command(ConfigCommand::Edit { edit, reply })) => drop(reply.send(self.edit(edit))),
                None => {}
            }
        }
    }

    /// Reports what the file says now, and what OpenClaw rejected since.
    pub(crate) fn read(&mut self) {
        let file = self.read_watched();
        self.report(file);
    }

    fn read_settled(&mut self) {
        let mut file = self.read_watched();
        if matches!(file, FileEvent::Bad(_) | FileEvent::Missing) {
            std::thread::sleep(SECOND_LOOK);
            file = self.read_watched();
        }
        self.report(file);
    }

    /// Each file was watched before it was read, so that no change falls between.
    fn read_watched(&mut self) -> FileEvent {
        loop {
            let (file, included) = read(&self.path);
            if !self.watch.set(&self.path, &included) {
                return file;
            }
        }
    }

    fn report(&mut self, file: FileEvent) {
        if let FileEvent::Good { config, .. } = &file {
            self.gateway.aim(config);
        }
        let _ = self.events.send_blocking(Event::Config(file));
        if let Some(rejected) = self.rejected.look() {
            let _ = self.events.send_blocking(rejected);
        }
    }

    fn edit(&mut self, edit: Edit) -> Result<(), Refusal> {
        let saved = match edit {
            Edit::Save { changes, base, state } => {
                let (rollbacks, hash) = edit::save(&self.path, &state, &changes, &base, &self.backups)?;
                self.saved = rollbacks;
                Some((hash, domain::edit::summaries(&state, &changes)))
            }
            Edit::Undo => Some((self.undo()?, vec!["the last save undone".to_owned()])),
            Edit::Restore { name, base, state } => {
                self.restore(&name, &base, &state)?.map(|hash| (hash, vec!["a backup restored".to_owned()]))
            }
        };
        if let Some((hash, said)) = saved {
            let _ = self.events.send_blocking(Event::Saved { hash, said });
        }
        // The answer finds the new view; what the watch reports of it then changes nothing.
        self.read();
        self.events.wait_until_published();
        Ok(())
    }

    fn undo(&mut self) -> Result<String, Refusal> {
        let Some(last) = self.saved.last() else { return Err(Refusal::new(RefusalCode::Invalid, "there is no save to undo")) };
        let hash = hash(&last.before);
        match put_back(&self.saved, &self.backups) {
            Ok(()) => {
                self.saved.clear();
                Ok(hash)
            }
            Err(refusal) if refusal.code == RefusalCode::Stale => {
                self.saved.clear();
                Err(Refusal::new(RefusalCode::Stale, "the file was changed since that save")
                    .hint("Undo it by hand: the text from before is among the backups."))
            }
            Err(refusal) => Err(refusal),
        }
    }

    /// Returns the hash of the text that is there then, where it replaced another one.
    fn restore(&mut self, name: &str, base: &str, state: &State) -> Result<Option<String>, Refusal> {
        let RestorePlan { file, before, proposal } = RestorePlan::new(&self.path, state, &self.backups, name)?;
        if proposal.review.base != base {
            return Err(stale());
        }
        // A file that was broken, or not there, is nothing to come back to.
        self.saved.clear();
        let after = verify(&proposal.after)?;
        let Some(before) = before else {
            create(&file, after)?;
            return Ok(None);
        };
        let written = write(&file, base, after, &self.backups)?;
        let hash = Source::read(&self.path).map_or_else(|_| written.clone(), |source| source.base());
        if Document::parse(&before).is_ok() {
            self.saved.push(FileRollback { path: file, before, hash: written });
        }
        Ok(Some(hash))
    }
}
