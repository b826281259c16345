//! What the window may ask for. Each command is one call of the engine; what it is given is typed and bounded first.

use domain::ModelRef;
use domain::base::change::{Change, Place};
use domain::base::refusal::{Refusal, RefusalCode};
use domain::edit::DraftCheck;
use domain::history::Range;
use domain::intent::{Intent, Pause, Show};
use domain::notify::settings::Settings;
use domain::server::job::Job;
use domain::view::View;
use domain::view::discovery::{Found, ListedModel};
use domain::view::types::{BackupView, HistoryView, Review, Stretch, UrlAnswer};
use engine::{Format, Handle};
use tauri::{AppHandle, State};

use crate::window::Window;
use crate::{autostart, bounds};

#[tauri::command]
pub fn view(engine: State<'_, Handle>) -> View {
    engine.published().borrow().view.clone()
}

/// The page that the window was opened for. Told once: a reload starts afresh.
#[tauri::command]
pub fn show(window: State<'_, Window>) -> Show {
    window.take_show()
}

#[tauri::command]
pub async fn review(engine: State<'_, Handle>, changes: Vec<Change>) -> Result<Review, Refusal> {
    bounds::changes(&changes)?;
    engine.review(changes).await
}

#[tauri::command]
pub async fn draft_check(engine: State<'_, Handle>, changes: Vec<Change>) -> Result<DraftCheck, Refusal> {
    bounds::changes(&changes)?;
    engine.draft_check(changes).await
}

#[tauri::command]
pub async fn save(engine: State<'_, Handle>, changes: Vec<Change>, base: String) -> Result<(), Refusal> {
    bounds::changes(&changes)?;
    bounds::text(&base)?;
    engine.save(changes, base).await
}

#[tauri::command]
pub async fn undo(engine: State<'_, Handle>) -> Result<(), Refusal> {
    engine.undo().await
}

#[tauri::command]
pub async fn reveal(engine: State<'_, Handle>, at: Place) -> Result<String, Refusal> {
    at.key.iter().try_for_each(|it| bounds::text(it))?;
    engine.reveal(at).await
}

#[tauri::command]
pub async fn referrers(engine: State<'_, Handle>, provider: String, model: Option<String>) -> Result<Vec<String>, Refusal> {
    bounds::text(&provider)?;
    bounds::text(model.as_deref().unwrap_or_default())?;
    engine.referrers(provider, model).await
}

#[tauri::command]
pub async fn backups(engine: State<'_, Handle>) -> Result<Vec<BackupView>, Refusal> {
    engine.backups().await
}

#[tauri::command]
pub async fn backup_review(engine: State<'_, Handle>, name: String) -> Result<Review, Refusal> {
    bounds::text(&name)?;
    engine.backup_review(name).await
}

#[tauri::command]
pub async fn restore(engine: State<'_, Handle>, name: String, base: String) -> Result<(), Refusal> {
    bounds::text(&name)?;
    bounds::text(&base)?;
    engine.restore(name, base).await
}

#[tauri::command]
pub fn check_now(engine: State<'_, Handle>, provider: Option<String>) -> Result<(), Refusal> {
    bounds::text(provider.as_deref().unwrap_or_default())?;
    engine.send(Intent::CheckNow { provider });
    Ok(())
}

/// Makes a server work at a model: a person pressed the button.
#[tauri::command]
pub fn begin_job(engine: State<'_, Handle>, provider: String, model: String, job: Job) -> Result<(), Refusal> {
    bounds::text(&provider)?;
    bounds::text(&model)?;
    engine.send(Intent::Job { job, model: ModelRef::new(provider, model) });
    Ok(())
}

/// A person compared the fingerprint and takes the certificate.
#[tauri::command]
pub fn trust(engine: State<'_, Handle>, provider: String, fingerprint: String) -> Result<(), Refusal> {
    bounds::text(&provider)?;
    bounds::text(&fingerprint)?;
    engine.send(Intent::Trust { provider, fingerprint });
    Ok(())
}

/// And takes it back.
#[tauri::command]
pub fn forget(engine: State<'_, Handle>, origin: String) -> Result<(), Refusal> {
    bounds::text(&origin)?;
    engine.send(Intent::Forget { origin });
    Ok(())
}

#[tauri::command]
pub fn cancel_job(engine: State<'_, Handle>, provider: String) -> Result<(), Refusal> {
    bounds::text(&provider)?;
    engine.send(Intent::CancelJob { provider });
    Ok(())
}

#[tauri::command]
pub fn pause(engine: State<'_, Handle>, pause: Option<Pause>) {
    engine.send(Intent::Pause(pause));
}

#[tauri::command]
pub async fn try_url(engine: State<'_, Handle>, provider: Option<String>, base_url: String) -> Result<UrlAnswer, Refusal> {
    bounds::text(provider.as_deref().unwrap_or_default())?;
    bounds::text(&base_url)?;
    engine.try_url(provider, base_url).await
}

#[tauri::command]
pub async fn discover(engine: State<'_, Handle>) -> Result<Vec<Found>, Refusal> {
    engine.discover().await
}

#[tauri::command]
pub async fn list_models(
    engine: State<'_, Handle>,
    provider: Option<String>,
    base_url: String,
) -> Result<Vec<ListedModel>, Refusal> {
    bounds::text(provider.as_deref().unwrap_or_default())?;
    bounds::text(&base_url)?;
    engine.list_models(provider, base_url).await
}

#[tauri::command]
pub async fn history(engine: State<'_, Handle>) -> Result<HistoryView, Refusal> {
    engine.history().await
}

/// How each box fared over weeks.
#[tauri::command]
pub async fn uptime(engine: State<'_, Handle>, range: Range) -> Result<Vec<Stretch>, Refusal> {
    engine.uptime(range).await
}

/// Where the file is that it was written to.
#[tauri::command]
pub async fn export_history(engine: State<'_, Handle>, format: Format) -> Result<String, Refusal> {
    engine.export_history(format).await
}

#[tauri::command]
pub async fn set(engine: State<'_, Handle>, values: Settings) -> Result<(), Refusal> {
    for it in values.off.iter().chain(&values.muted).chain([&values.quiet_from, &values.quiet_to]) {
        bounds::text(it)?;
    }
    engine.set(values).await
}

/// Whether the app starts with the session.
#[tauri::command]
pub fn autostart(app: AppHandle) -> Result<bool, Refusal> {
    autostart::is_on(&app)
}

#[tauri::command]
pub fn set_autostart(app: AppHandle, on: bool) -> Result<(), Refusal> {
    autostart::set(&app, on)
}

/// Opens the config file in the person's editor; nothing else can be opened this way.
#[tauri::command]
pub fn open_config(engine: State<'_, Handle>) -> Result<(), Refusal> {
    tauri_plugin_opener::open_path(engine.config_path(), None::<&str>).map_err(|error| {
        tracing::warn!("the config file can't be opened in an editor: {error}");
        let mut refusal = Refusal::new(RefusalCode::File, "the config file can't be opened in an editor");
        refusal.hint = Some(error.to_string());
        refusal
    })
}
