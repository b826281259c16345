//! Notices as popups of the desktop. On Linux they have buttons and an urgency; elsewhere they are told.

use domain::intent::Intent;
use domain::notify::notice::Notice;
use tauri::AppHandle;

pub struct Popups {
    #[cfg(target_os = "linux")]
    inner: crate::linux::popups::DesktopPopups,
    #[cfg(not(target_os = "linux"))]
    app: AppHandle,
}

impl Popups {
    /// `act` does what a click on a popup or on one of its buttons means.
    #[cfg(target_os = "linux")]
    pub fn new(_app: &AppHandle, act: impl Fn(Intent) + Send + Sync + 'static) -> Self {
        Popups { inner: crate::linux::popups::DesktopPopups::new(act) }
    }

    #[cfg(not(target_os = "linux"))]
    pub fn new(app: &AppHandle, _act: impl Fn(Intent) + Send + Sync + 'static) -> Self {
        Popups { app: app.clone() }
    }

    /// Call it on the main thread; it does not wait for the desktop. `shown` is called when that has taken it.
    pub fn show(&self, notice: Notice, shown: impl FnOnce() + 'static) {
        #[cfg(target_os = "linux")]
        self.inner.show(notice, shown);
        #[cfg(not(target_os = "linux"))]
        {
            use tauri_plugin_notification::NotificationExt;
            let popup = self.app.notification().builder().title(&notice.title).body(&notice.body);
            match popup.show() {
                Ok(()) => shown(),
                Err(error) => tracing::warn!("a notification can't be shown: {error}"),
            }
        }
    }
}
