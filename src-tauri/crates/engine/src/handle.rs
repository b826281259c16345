//! How a shell starts the engine and talks to it. Questions are answered beside the actor, from the state as it was when they were asked.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::base::change::{Change, Place};
use domain::base::refusal::{Refusal, RefusalCode};
use domain::config::Secret;
use domain::edit::DraftCheck;
use domain::history::{ExportFormat, Range};
use domain::intent::Intent;
use domain::notify::notice::Notice;
use domain::notify::settings::Settings;
use domain::view::discovery::{Found, ListedModel};
use domain::view::types::{BackupView, HistoryView, Review, Stretch, UrlAnswer};
use domain::{Kind, State};
use tokio::sync::{mpsc, oneshot, watch};

use crate::actor::{Actor, Request, Surroundings};
use crate::background::{self, ConfigCommand, Edit, Files, SetSettings, send_after_flush};
use crate::backups::{RestorePlan, included_name, list};
use crate::clock::{Clock, unix_ms};
use crate::config::Wake;
use crate::discover::{discover, list_models, try_url};
use crate::edit;
use crate::export::{downloads, write};
use crate::history::{History, HistoryContents, Limits};
use crate::inbox::EventSender;
use crate::openclaw::OpenClaw;
use crate::options::Options;
use crate::probe::Prober;
use crate::published::{Published, ShellCommand};
use crate::world::{StartError, World};

#[derive(Clone, Debug)]
pub struct Handle {
    requests: mpsc::UnboundedSender<Request>,
    published: watch::Receiver<Arc<Published>>,
    path: PathBuf,
    backups: PathBuf,
    clock: Clock,
    prober: Prober,
    history: History,
    files: Files,
}

/// Starts everything on the current tokio runtime; it ends when the last handle is dropped.
///
/// # Errors
/// When the profile's name can't be one, or the HTTP client can't be set up.
pub fn start(options: Options) -> Result<(Handle, mpsc::UnboundedReceiver<ShellCommand>), StartError> {
    let World { state, path, clock, prober } = World::new(&options)?;
    let (shell, commands) = mpsc::unbounded_channel();
    let (events, inbox) = EventSender::new();
    let history = History::start(options.history(&path), Limits::default());
    let (recalled, when_recalled) = oneshot::channel();
    let files = background::start(path.clone(), &options, history.clone(), events.clone(), recalled);
    let (after_flush, to_flush) = mpsc::unbounded_channel();
    tokio::spawn(send_after_flush(to_flush, when_recalled, history.clone(), shell.clone()));
    let surroundings = Surroundings {
        clock,
        prober: prober.clone(),
        events: events.clone(),
        history: history.clone(),
        files: files.clone(),
        shell,
        after_flush,
        config_path: path.clone(),
        profile: options.profile.clone(),
    };
    let (actor, requests, published) = Actor::new(state, surroundings, inbox);
    tokio::spawn(OpenClaw::new(&options).follow(published.clone(), events));
    tokio::spawn(actor.run());
    let backups = options.backups();
    Ok((Handle { requests, published, path, backups, clock, prober, history, files }, commands))
}

impl Handle {
    /// Returns what there is to show; it changes only when something of it did.
    #[must_use]
    pub fn published(&self) -> watch::Receiver<Arc<Published>> {
        self.published.clone()
    }

    #[must_use]
    pub fn config_path(&self) -> &Path {
        &self.path
    }

    pub fn send(&self, intent: Intent) {
        let _ = self.requests.send(Request::Intent(intent));
    }

    /// Someone is looking: probe more often.
    pub fn set_visible(&self, visible: bool) {
        let _ = self.requests.send(Request::Visible(visible));
    }

    /// A person could see the notice, so no later start shows it again. Returns when that is on the disk.
    pub async fn shown(&self, notice: Notice) {
        let _ = self.ask(|reply| Request::Shown { notice, reply }).await;
    }

    /// Returns what the changes would do to the file as it is now.
    ///
    /// # Errors
    /// A conflict, a value that can't be taken, or a file that can't be read.
    pub async fn review(&self, changes: Vec<Change>) -> Result<Review, Refusal> {
        self.beside(move |path, state| edit::propose(path, state, &changes).map(|proposal| proposal.review)).await
    }

    /// Returns the changes in words, and what they would newly break, each beside the setting that causes it.
    ///
    /// # Errors
    /// When the file can't be read.
    pub async fn draft_check(&self, changes: Vec<Change>) -> Result<DraftCheck, Refusal> {
        self.beside(move |path, state| edit::draft_check(path, state, &changes)).await
    }

    /// Writes the changes, if the file is still the one that was reviewed.
    ///
    /// # Errors
    /// As `review`, and when the file can't be written; then nothing is.
    pub async fn save(&self, changes: Vec<Change>, base: String) -> Result<(), Refusal> {
        let state = self.state().await?;
        self.edit(Edit::Save { changes, base, state }).await
    }

    /// Takes the last save back, if nothing was written since.
    ///
    /// # Errors
    /// When there is nothing to undo, or the file has moved on.
    pub async fn undo(&self) -> Result<(), Refusal> {
        self.edit(Edit::Undo).await
    }

    /// Returns each place of the file that names a provider, or one model of it: what its removal takes along.
    ///
    /// # Errors
    /// When the file can't be read.
    pub async fn referrers(&self, provider: String, model: Option<String>) -> Result<Vec<String>, Refusal> {
        self.beside(move |path, _| edit::referrers(path, &provider, model.as_deref())).await
    }

    /// Returns the texts before each write, the newest first.
    ///
    /// # Errors
    /// When their folder can't be read.
    pub async fn backups(&self) -> Result<Vec<BackupView>, Refusal> {
        let (backups, now) = (self.backups.clone(), self.clock.now());
        self.beside(move |path, _| {
            let view = |backup: crate::Backup| {
                let file = (backup.file != path).then(|| included_name(path, &backup.file));
                BackupView::new(backup.name, file, unix_ms(&backup.at), backup.bytes, backup.aside, &now)
            };
            Ok(list(path, &backups)?.into_iter().map(view).collect())
        })
        .await
    }

    /// Returns what a backup would change, if it was put back now.
    ///
    /// # Errors
    /// When there is no such backup, or it is no config.
    pub async fn backup_review(&self, name: String) -> Result<Review, Refusal> {
        let backups = self.backups.clone();
        self.beside(move |path, state| RestorePlan::new(path, state, &backups, &name).map(|plan| plan.proposal.review)).await
    }

    /// Puts a backup back, if the file is still the one that was reviewed. What it replaces is backed up itself.
    ///
    /// # Errors
    /// As `backup_review`, and when the file can't be written; then nothing is.
    pub async fn restore(&self, name: String, base: String) -> Result<(), Refusal> {
        let state = self.state().await?;
        self.edit(Edit::Restore { name, base, state }).await
    }

    /// Returns a secret that is written out in the file, on a person's click.
    ///
    /// # Errors
    /// When there is none.
    pub async fn reveal(&self, at: Place) -> Result<String, Refusal> {
        match self.state().await?.config.secret(&at) {
            Some(Secret::Literal(key)) => Ok(key.clone()),
            _ => Err(Refusal::new(RefusalCode::Invalid, "there is no such secret written out in the file")),
        }
    }

    /// Returns what answers at a base URL that is being typed. The provider's key goes along only to the origin that it is configured for.
    ///
    /// # Errors
    /// When the actor has ended.
    pub async fn try_url(&self, provider: Option<String>, base_url: String) -> Result<UrlAnswer, Refusal> {
        let state = self.state().await?;
        Ok(try_url(&self.prober, &state.config, provider.as_deref(), &base_url).await)
    }

    /// Returns the model servers on the well-known ports of this machine, on a person's request.
    ///
    /// # Errors
    /// When the actor has ended.
    pub async fn discover(&self) -> Result<Vec<Found>, Refusal> {
        let state = self.state().await?;
        Ok(discover(&self.prober, &state.config, &Kind::well_known_ports()).await)
    }

    /// Returns all that the server at a base URL lists, to choose from. The key goes along as in `try_url`.
    ///
    /// # Errors
    /// When it is hosted, or gives no list.
    pub async fn list_models(&self, provider: Option<String>, base_url: String) -> Result<Vec<ListedModel>, Refusal> {
        let state = self.state().await?;
        list_models(&self.prober, &state.config, provider.as_deref(), &base_url).await
    }

    /// Writes the app's own settings, and follows them.
    ///
    /// # Errors
    /// When a value is out of its range, or the file has an error or can't be written. Then nothing is.
    pub async fn set(&self, values: Settings) -> Result<(), Refusal> {
        let set = |reply| SetSettings { values, reply: Some(reply) };
        answered(|reply| drop(self.files.settings.send(Wake::Command(set(reply))))).await?
    }

    /// Returns what was kept, as a person reads it.
    ///
    /// # Errors
    /// When the file can't be read.
    pub async fn history(&self) -> Result<HistoryView, Refusal> {
        Ok(self.history_contents().await?.view)
    }

    /// Returns how each server fared over weeks.
    ///
    /// # Errors
    /// When the history can't be read.
    pub async fn uptime(&self, range: Range) -> Result<Vec<Stretch>, Refusal> {
        let stats = self.history.range_stats(range).await.map_err(|why| Refusal::new(RefusalCode::File, why))?;
        Ok(stats.into_iter().map(|stats| Stretch::new(stats, range)).collect())
    }

    /// Writes the whole history into the person's folder for downloads, and returns which file it is.
    ///
    /// # Errors
    /// When the history can't be read, or the file can't be written.
    pub async fn export_history(&self, format: ExportFormat) -> Result<String, Refusal> {
        let entries = self.history_contents().await?.entries;
        let written = tokio::task::spawn_blocking(move || {
            let folder = downloads().ok_or_else(|| std::io::Error::other("there is no home folder"))?;
            write(format, &entries, &folder)
        });
        let failed = |why: String| Refusal::new(RefusalCode::File, format!("the history can't be exported: {why}"));
        let path = written.await.map_err(|error| failed(error.to_string()))?.map_err(|error| failed(error.to_string()))?;
        Ok(path.to_string_lossy().into_owned())
    }

    async fn history_contents(&self) -> Result<HistoryContents, Refusal> {
        let entries = self.history.entries(0).await.map_err(|why| Refusal::new(RefusalCode::File, why))?;
        let days = self.published.borrow().view.settings.values.history_days;
        Ok(HistoryContents::new(entries, days, &self.clock.now()))
    }

    /// Answers from the files and the state as they are now.
    async fn beside<T: Send + 'static>(
        &self,
        answer: impl FnOnce(&Path, &State) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let (path, state) = (self.path.clone(), self.state().await?);
        let answered = tokio::task::spawn_blocking(move || answer(&path, &state)).await;
        answered.map_err(|error| Refusal::new(RefusalCode::Internal, error.to_string()))?
    }

    async fn edit(&self, edit: Edit) -> Result<(), Refusal> {
        answered(|reply| drop(self.files.config.send(Wake::Command(ConfigCommand::Edit { edit, reply })))).await?
    }

    async fn state(&self) -> Result<Arc<State>, Refusal> {
        self.ask(Request::State).await
    }

    async fn ask<T>(&self, request: impl FnOnce(oneshot::Sender<T>) -> Request) -> Result<T, Refusal> {
        answered(|reply| drop(self.requests.send(request(reply)))).await
    }
}

/// Returns the answer to what is sent with `reply`. There is none once the actor has ended.
async fn answered<T>(send: impl FnOnce(oneshot::Sender<T>)) -> Result<T, Refusal> {
    let (reply, answer) = oneshot::channel();
    send(reply);
    answer.await.map_err(|_| Refusal::new(RefusalCode::Internal, "Pilot Light is shutting down"))
}
