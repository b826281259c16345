//! The desktop app: a tray icon, a window when asked for, and notifications, over the engine. Wiring, no logic.

mod app;
mod autostart;
mod calls;
mod clipboard;
mod icons;
#[cfg(target_os = "linux")]
mod linux;
mod menu;
mod notify;
mod options;
mod tray;
mod window;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    engine::log::to_stderr(engine::log::Level::WARN);
    match app::run(options::Options::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("pilotlight-tray: {error}");
            ExitCode::FAILURE
        }
    }
}
