//! The flame in the tray: its icon, tooltip and menu follow what the engine publishes.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::Overall;
use domain::intent::Intent;
use engine::Published;
use tauri::tray::{TrayIcon, TrayIconBuilder};
use tauri::{AppHandle, Manager};

use crate::icons::{self, Panel};
use crate::menu::NativeMenu;

/// To be used on the main thread alone; the lock is never waited for.
#[derive(Clone)]
pub struct Tray {
    inner: Arc<Mutex<Inner>>,
}

struct Inner {
    icon: TrayIcon,
    menu: NativeMenu,
    overall: Overall,
    panel: Panel,
    tooltip: String,
}

impl Tray {
    pub fn new(app: &AppHandle, published: &Published, panel: Panel) -> tauri::Result<Self> {
        let mut menu = NativeMenu::new(app)?;
        menu.show(&published.menu)?;
        let overall = published.overall();
        let builder = TrayIconBuilder::with_id("pilotlight")
            .icon(icons::tray(overall, panel)?)
            .icon_as_template(cfg!(target_os = "macos"))
            .tooltip(&published.tooltip)
            .menu(menu.native());
        let builder = match picture_folder(app) {
            Some(folder) => builder.temp_dir_path(folder),
            None => builder,
        };
        let icon = builder.build(app)?;
        #[cfg(target_os = "linux")]
        menu.find_labels();
        let inner = Inner { icon, menu, overall, panel, tooltip: published.tooltip.clone() };
        Ok(Tray { inner: Arc::new(Mutex::new(inner)) })
    }

    pub fn show(&self, published: &Published) {
        let mut it = self.lock();
        let shown = it.show(published);
        if let Err(error) = shown {
            tracing::warn!("the tray can't be brought up to date: {error}");
        }
    }

    #[cfg(target_os = "linux")]
    pub fn set_panel(&self, panel: Panel) {
        let mut it = self.lock();
        if it.panel != panel {
            it.panel = panel;
            if let Err(error) = it.draw() {
                tracing::warn!("the tray's icon can't be changed: {error}");
            }
        }
    }

    /// What a click on a row of the menu means.
    pub fn clicked(&self, id: &str) -> Option<Intent> {
        self.lock().menu.clicked(id)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn show(&mut self, published: &Published) -> tauri::Result<()> {
        if self.overall != published.overall() {
            self.overall = published.overall();
            self.draw()?;
        }
        if self.tooltip != published.tooltip {
            self.tooltip.clone_from(&published.tooltip);
            self.icon.set_tooltip(Some(&self.tooltip))?;
        }
        self.menu.show(&published.menu)
    }

    fn draw(&self) -> tauri::Result<()> {
        let picture = icons::tray(self.overall, self.panel)?;
        self.icon.set_icon_with_as_template(Some(picture), cfg!(target_os = "macos"))
    }
}

/// On Linux a tray is given its icon as a file. The folder is this process's own: nobody else may put a picture there, and trays
/// remember pictures by their path.
fn picture_folder(app: &AppHandle) -> Option<PathBuf> {
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|it| it.is_dir());
    let folder = runtime.or_else(|| app.path().app_cache_dir().ok())?;
    Some(folder.join(format!("pilotlight-{}", std::process::id())))
}

/// At the end: takes away what the tray was given.
pub fn remove_pictures(app: &AppHandle) {
    if cfg!(target_os = "linux")
        && let Some(folder) = picture_folder(app)
        && let Err(error) = std::fs::remove_dir_all(folder)
    {
        tracing::debug!("the tray's pictures can't be removed: {error}");
    }
}
