//! Answers the calls of the window.

use std::path::Path;

use domain::ModelRef;
use domain::base::refusal::Refusal;
use domain::calls::{Answer, Call};
use domain::intent::{Intent, Show};

use crate::handle::Handle;

/// What only the desktop can do.
pub trait Shell: Sync {
    /// Takes what the window was opened for.
    fn take_show(&self) -> Show;

    /// Returns whether the app starts with the session.
    ///
    /// # Errors
    /// When the system does not say.
    fn autostart(&self) -> Result<bool, Refusal>;

    /// Has the app start with the session, or not.
    ///
    /// # Errors
    /// When the system does not take it.
    fn set_autostart(&self, on: bool) -> Result<(), Refusal>;

    /// Opens a file in the person's editor.
    ///
    /// # Errors
    /// When there is none.
    fn open(&self, path: &Path) -> Result<(), Refusal>;
}

impl Handle {
    /// Does what the window asks.
    ///
    /// # Errors
    /// As the method that answers it.
    pub async fn answer(&self, call: Call, shell: &impl Shell) -> Result<Answer, Refusal> {
        let send = |intent| {
            self.send(intent);
            Ok(())
        };
        match call {
            Call::View => Ok(Answer::View(Box::new(self.published().borrow().view.clone()))),
            Call::Show => Ok(Answer::Show(shell.take_show())),
            Call::Review { changes } => self.review(changes).await.map(Answer::Review),
            Call::DraftCheck { changes } => self.draft_check(changes).await.map(Answer::DraftCheck),
            Call::Save { changes, base } => self.save(changes, base).await.map(Answer::Save),
            Call::Undo => self.undo().await.map(Answer::Undo),
            Call::Reveal { at } => self.reveal(at).await.map(Answer::Reveal),
            Call::Referrers { provider, model } => self.referrers(provider, model).await.map(Answer::Referrers),
            Call::Backups => self.backups().await.map(Answer::Backups),
            Call::BackupReview { name } => self.backup_review(name).await.map(Answer::BackupReview),
            Call::Restore { name, base } => self.restore(name, base).await.map(Answer::Restore),
            Call::CheckNow { provider } => send(Intent::CheckNow { provider }).map(Answer::CheckNow),
            Call::BeginJob { provider, model, job } => {
                send(Intent::Job { job, model: ModelRef::new(provider, model) }).map(Answer::BeginJob)
            }
            Call::CancelJob { provider } => send(Intent::CancelJob { provider }).map(Answer::CancelJob),
            Call::Trust { provider, fingerprint } => send(Intent::Trust { provider, fingerprint }).map(Answer::Trust),
            Call::Forget { origin } => send(Intent::Forget { origin }).map(Answer::Forget),
            Call::Pause { pause } => send(Intent::Pause(pause)).map(Answer::Pause),
            Call::TryUrl { provider, base_url } => self.try_url(provider, base_url).await.map(Answer::TryUrl),
            Call::Discover => self.discover().await.map(Answer::Discover),
            Call::ListModels { provider, base_url } => self.list_models(provider, base_url).await.map(Answer::ListModels),
            Call::History => self.history().await.map(Answer::History),
            Call::Uptime { range } => self.uptime(range).await.map(Answer::Uptime),
            Call::ExportHistory { format } => self.export_history(format).await.map(Answer::ExportHistory),
            Call::SetSettings { values } => self.set(values).await.map(Answer::SetSettings),
            Call::Autostart => shell.autostart().map(Answer::Autostart),
            Call::SetAutostart { on } => shell.set_autostart(on).map(Answer::SetAutostart),
            Call::OpenConfig => shell.open(self.config_path()).map(Answer::OpenConfig),
        }
    }
}
