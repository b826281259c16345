//! How a shell talks to the owner task.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::base::change::{Change, Owner};
use domain::base::refusal::{Refusal, RefusalCode};
use domain::edit::Finding;
use domain::history::Range;
use domain::intent::Intent;
use domain::notify::notice::Notice;
use domain::notify::settings::Settings;
use domain::view::discovery::{Found, ListedModel};
use domain::view::types::{BackupView, HistoryView, Mark, Review, Stretch};
use tokio::sync::{mpsc, oneshot, watch};

use crate::export::{Format, downloads};
use crate::history::History;
use crate::{DayStats, Published};

/// A request to the owner; each is answered once.
#[derive(Debug)]
pub(crate) enum Request {
    Intent(Intent),
    Visible(bool),
    Shown { notice: Notice, reply: oneshot::Sender<()> },
    Review { changes: Vec<Change>, reply: oneshot::Sender<Result<Review, Refusal>> },
    Judge { changes: Vec<Change>, reply: oneshot::Sender<Result<Vec<Finding>, Refusal>> },
    Save { changes: Vec<Change>, base: String, reply: oneshot::Sender<Result<(), Refusal>> },
    Settings { values: Settings, reply: oneshot::Sender<Result<(), Refusal>> },
    Undo { reply: oneshot::Sender<Result<(), Refusal>> },
    RevealKey { provider: String, header: Option<String>, reply: oneshot::Sender<Result<String, Refusal>> },
    RevealSetting { of: Owner, key: Vec<String>, reply: oneshot::Sender<Result<String, Refusal>> },
    Referrers { provider: String, model: Option<String>, reply: oneshot::Sender<Result<Vec<String>, Refusal>> },
    Backups { reply: oneshot::Sender<Result<Vec<BackupView>, Refusal>> },
    BackupReview { name: String, reply: oneshot::Sender<Result<Review, Refusal>> },
    Restore { name: String, base: String, reply: oneshot::Sender<Result<(), Refusal>> },
    TryUrl { provider: Option<String>, base_url: String, reply: oneshot::Sender<Mark> },
    Discover { reply: oneshot::Sender<Vec<Found>> },
    ListModels { provider: Option<String>, base_url: String, reply: oneshot::Sender<Result<Vec<ListedModel>, Refusal>> },
}

#[derive(Clone, Debug)]
pub struct Handle {
    requests: mpsc::UnboundedSender<Request>,
    published: watch::Receiver<Arc<Published>>,
    path: PathBuf,
    history: History,
}

impl Handle {
    pub(crate) fn new(
        requests: mpsc::UnboundedSender<Request>,
        published: watch::Receiver<Arc<Published>>,
        path: PathBuf,
        history: History,
    ) -> Self {
        Handle { requests, published, path, history }
    }

    /// What there is to show; changes only when something of it did.
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

    /// A person could see it, so no later start tells of it again. Returns when that is on the disk.
    pub async fn shown(&self, notice: Notice) {
        let _ = self.ask(|reply| Request::Shown { notice, reply }).await;
    }

    /// What the changes would do to the file as it is now.
    ///
    /// # Errors
    /// A conflict, a value that can't be taken, or a file that can't be read.
    pub async fn review(&self, changes: Vec<Change>) -> Result<Review, Refusal> {
        self.ask(|reply| Request::Review { changes, reply }).await?
    }

    /// What the changes would newly break, each beside the setting that causes it.
    ///
    /// # Errors
    /// When the file can't be read.
    pub async fn judge(&self, changes: Vec<Change>) -> Result<Vec<Finding>, Refusal> {
        self.ask(|reply| Request::Judge { changes, reply }).await?
    }

    /// Writes the changes, if the file is still the one that was reviewed.
    ///
    /// # Errors
    /// As `review`, and when the file can't be written; then nothing is.
    pub async fn save(&self, changes: Vec<Change>, base: String) -> Result<(), Refusal> {
        self.ask(|reply| Request::Save { changes, base, reply }).await?
    }

    /// Takes the last save back, if nothing was written since.
    ///
    /// # Errors
    /// When there is nothing to undo, or the file has moved on.
    pub async fn undo(&self) -> Result<(), Refusal> {
        self.ask(|reply| Request::Undo { reply }).await?
    }

    /// Each place of the file that names a provider, or one model of it: what its removal takes along.
    ///
    /// # Errors
    /// When the file can't be read.
    pub async fn referrers(&self, provider: String, model: Option<String>) -> Result<Vec<String>, Refusal> {
        self.ask(|reply| Request::Referrers { provider, model, reply }).await?
    }

    /// The texts before each write, the newest first.
    ///
    /// # Errors
    /// When their folder can't be read.
    pub async fn backups(&self) -> Result<Vec<BackupView>, Refusal> {
        self.ask(|reply| Request::Backups { reply }).await?
    }

    /// What a backup would change, if it came back now.
    ///
    /// # Errors
    /// When there is no such backup, or it is no config.
    pub async fn backup_review(&self, name: String) -> Result<Review, Refusal> {
        self.ask(|reply| Request::BackupReview { name, reply }).await?
    }

    /// Puts a backup back, if the file is still the one that was reviewed. What it replaces is backed up itself.
    ///
    /// # Errors
    /// As `backup_review`, and when the file can't be written; then nothing is.
    pub async fn restore(&self, name: String, base: String) -> Result<(), Refusal> {
        self.ask(|reply| Request::Restore { name, base, reply }).await?
    }

    /// The literal key of a provider, or the value of one of its headers, on a person's click.
    ///
    /// # Errors
    /// When there is none.
    pub async fn reveal_key(&self, provider: String, header: Option<String>) -> Result<String, Refusal> {
        self.ask(|reply| Request::RevealKey { provider, header, reply }).await?
    }

    /// Any other secret that is written out in the file, on a person's click.
    ///
    /// # Errors
    /// When there is none.
    pub async fn reveal_setting(&self, of: Owner, key: Vec<String>) -> Result<String, Refusal> {
        self.ask(|reply| Request::RevealSetting { of, key, reply }).await?
    }

    /// What answers at a base URL that is being typed. The provider's key goes along only to the origin that it is configured for.
    pub async fn try_url(&self, provider: Option<String>, base_url: String) -> Result<Mark, Refusal> {
        self.ask(|reply| Request::TryUrl { provider, base_url, reply }).await
    }

    /// The model servers on the well-known ports of this machine, on a person's request.
    ///
    /// # Errors
    /// When the owner is gone.
    pub async fn discover(&self) -> Result<Vec<Found>, Refusal> {
        self.ask(|reply| Request::Discover { reply }).await
    }

    /// All that the server at a base URL lists, to choose from. The key goes along as in `try_url`.
    ///
    /// # Errors
    /// When it is hosted, or gives no list.
    pub async fn list_models(&self, provider: Option<String>, base_url: String) -> Result<Vec<ListedModel>, Refusal> {
        self.ask(|reply| Request::ListModels { provider, base_url, reply }).await?
    }

    /// Writes the app's own settings, and follows them.
    ///
    /// # Errors
    /// When a value is out of its range, or the file has an error or can't be written. Then nothing is.
    pub async fn set(&self, values: Settings) -> Result<(), Refusal> {
        self.ask(|reply| Request::Settings { values, reply }).await?
    }

    /// What was kept, as a person reads it.
    ///
    /// # Errors
    /// When the file can't be read.
    pub async fn history(&self) -> Result<HistoryView, Refusal> {
        Ok(self.past().await?.view)
    }

    /// How each server fared over weeks.
    ///
    /// # Errors
    /// When the history can't be read.
    pub async fn uptime(&self, range: Range) -> Result<Vec<Stretch>, Refusal> {
        let longer = self.history.longer(range).await.map_err(|it| Refusal::new(RefusalCode::File, it))?;
        Ok(longer.into_iter().map(|it| Stretch::new(it, range)).collect())
    }

    /// Writes the whole history into the person's folder for downloads, and says which file it is.
    ///
    /// # Errors
    /// When the history can't be read, or the file can't be written.
    pub async fn export_history(&self, format: Format) -> Result<String, Refusal> {
        let past = self.past().await?;
        let written = tokio::task::spawn_blocking(move || {
            let folder = downloads().ok_or_else(|| std::io::Error::other("there is no home folder"))?;
            format.write(&past.entries, &folder)
        });
        let failed = |why: String| Refusal::new(RefusalCode::File, format!("the history can't be exported: {why}"));
        let path = written.await.map_err(|it| failed(it.to_string()))?.map_err(|it| failed(it.to_string()))?;
        Ok(path.to_string_lossy().into_owned())
    }

    async fn past(&self) -> Result<DayStats, Refusal> {
        let entries = self.history.entries(0).await.map_err(|it| Refusal::new(RefusalCode::File, it))?;
        Ok(DayStats::new(entries, self.published.borrow().view.settings.values.history_days))
    }

    async fn ask<T>(&self, request: impl FnOnce(oneshot::Sender<T>) -> Request) -> Result<T, Refusal> {
        let gone = || Refusal::new(RefusalCode::Internal, "Pilot Light is shutting down");
        let (reply, answer) = oneshot::channel();
        self.requests.send(request(reply)).map_err(|_| gone())?;
        answer.await.map_err(|_| gone())
    }
}
