//! Starting with the session, in the tray.

use domain::base::refusal::{Refusal, RefusalCode};
use tauri::AppHandle;

pub fn is_on(app: &AppHandle) -> Result<bool, Refusal> {
    #[cfg(target_os = "linux")]
    return entry(app).and_then(|it| it.is_on()).map_err(refused);
    #[cfg(not(target_os = "linux"))]
    return tauri_plugin_autostart::ManagerExt::autolaunch(app).is_enabled().map_err(refused);
}

pub fn set(app: &AppHandle, on: bool) -> Result<(), Refusal> {
    #[cfg(target_os = "linux")]
    return entry(app).and_then(|it| it.set(on)).map_err(refused);
    #[cfg(not(target_os = "linux"))]
    {
        let autolaunch = tauri_plugin_autostart::ManagerExt::autolaunch(app);
        if on { autolaunch.enable() } else { autolaunch.disable() }.map_err(refused)
    }
}

/// After the program was moved.
#[cfg(target_os = "linux")]
pub fn mend(app: &AppHandle) {
    if let Err(error) = entry(app).and_then(|it| it.mend()) {
        tracing::warn!("the entry that starts Pilot Light with the session can't be mended: {error}");
    }
}

#[cfg(target_os = "linux")]
fn entry(app: &AppHandle) -> std::io::Result<crate::linux::autostart::Autostart> {
    use tauri::Manager;
    let program = match app.env().appimage {
        Some(image) => image.into(),
        None => std::env::current_exe()?,
    };
    let name = app.config().product_name.as_deref().unwrap_or("Pilot Light");
    Ok(crate::linux::autostart::Autostart::new(name, program))
}

fn refused(why: impl std::fmt::Display) -> Refusal {
    Refusal::new(RefusalCode::File, "starting with the session can't be set").hint(why.to_string())
}
