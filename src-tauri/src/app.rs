//! The app put together: the engine's publications go to the tray and the window, what it asks for goes to the desktop, and what a
//! person clicks goes back to it.

use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use domain::intent::Show;
use engine::{Handle, ShellCommand};
use tauri::{AppHandle, Manager, RunEvent, async_runtime};
use tokio::sync::{mpsc, oneshot};

use crate::icons::Panel;
use crate::notify::Popups;
use crate::options::Options;
use crate::tray::Tray;
use crate::window::Window;
use crate::{calls, clipboard, tray};

type Failure = Box<dyn std::error::Error>;

pub fn run(options: Options) -> Result<ExitCode, Failure> {
    let context = tauri::generate_context!();
    #[cfg(target_os = "linux")]
    if !crate::linux::has_display(context.config().product_name.as_deref().unwrap_or_default()) {
        return Err("there is no display to draw on; without one, `pilotlight watch` does the watching".into());
    } else if options.names_a_source() && crate::linux::another_instance_runs(&context.config().identifier) {
        eprintln!("pilotlight-tray: already running, so its window is shown and what this start was to watch is ignored");
    }

    let first = options.clone();
    let builder = tauri::Builder::default().plugin(tauri_plugin_single_instance::init(move |app, arguments, _folder| {
        second_start(app, &first, &arguments);
    }));
    #[cfg(not(target_os = "linux"))]
    let builder = builder
        .plugin(tauri_plugin_autostart::init(tauri_plugin_autostart::MacosLauncher::LaunchAgent, Some(vec!["--hidden"])))
        .plugin(tauri_plugin_notification::init());
    let app = builder.invoke_handler(tauri::generate_handler![calls::call]).build(context)?;

    // From here on this is the only instance.
    #[cfg(target_os = "linux")]
    crate::autostart::mend(app.handle());
    let (engine, asked) = {
        let _inside = async_runtime::handle().inner().enter();
        engine::start(options.engine())?
    };
    let window = Window::new(app.handle().clone(), engine.clone());
    app.manage(engine.clone());
    app.manage(window.clone());
    let mut start = Some((engine, asked, window, options.show));
    let code = app.run_return(move |app, event| match event {
        RunEvent::Ready => {
            if let Some((engine, asked, window, show)) = start.take()
                && let Err(error) = begin(app, &engine, asked, &window, show)
            {
                tracing::error!("the tray can't be made: {error}");
                app.exit(1);
            }
        }
        // The last window was closed; the tray lives on.
        RunEvent::ExitRequested { code: None, api, .. } => api.prevent_exit(),
        RunEvent::Exit => tray::remove_pictures(app),
        _ => {}
    });
    Ok(u8::try_from(code).map_or(ExitCode::FAILURE, ExitCode::from))
}

fn begin(
    app: &AppHandle,
    engine: &Handle,
    asked: mpsc::UnboundedReceiver<ShellCommand>,
    window: &Window,
    show: bool,
) -> tauri::Result<()> {
    let tray = Tray::new(app, &engine.published().borrow(), Panel::Dark)?;
    #[cfg(target_os = "linux")]
    follow_desktop(&tray, window);
    app.on_menu_event({
        let (tray, engine) = (tray.clone(), engine.clone());
        move |_, event| {
            if let Some(intent) = tray.clicked(event.id().as_ref()) {
                engine.send(intent);
            }
        }
    });
    async_runtime::spawn(keep_shown(app.clone(), engine.clone(), tray, window.clone()));
    let popups = Popups::new(app, {
        let engine = engine.clone();
        move |intent| engine.send(intent)
    });
    async_runtime::spawn(do_as_asked(app.clone(), engine.clone(), asked, Arc::new(popups), window.clone()));
    async_runtime::spawn(end_on_signal(app.clone()));
    if show {
        window.open(Show::default());
    }
    Ok(())
}

#[cfg(target_os = "linux")]
fn follow_desktop(tray: &Tray, window: &Window) {
    let panel = crate::linux::panel::watch({
        let tray = tray.clone();
        move |panel| tray.set_panel(panel)
    });
    tray.set_panel(panel);
    let window = window.clone();
    crate::linux::when_no_tray_host(move || {
        tracing::warn!("nothing on this desktop shows tray icons, so the window is opened instead");
        window.open_as_it_is();
    });
}

/// What is published goes to the window and the tray; the next one is taken only when the tray has shown this one.
async fn keep_shown(app: AppHandle, engine: Handle, tray: Tray, window: Window) {
    let mut published = engine.published();
    loop {
        let now = published.borrow_and_update().clone();
        window.update(&now.view);
        let (shown, wait) = oneshot::channel();
        let tray = tray.clone();
        let ran = app.run_on_main_thread(move || {
            tray.show(&now);
            let _ = shown.send(());
        });
        if ran.is_err() || wait.await.is_err() || published.changed().await.is_err() {
            return;
        }
    }
}

async fn do_as_asked(
    app: AppHandle,
    engine: Handle,
    mut asked: mpsc::UnboundedReceiver<ShellCommand>,
    popups: Arc<Popups>,
    window: Window,
) {
    while let Some(command) = asked.recv().await {
        let (popups, window) = (popups.clone(), window.clone());
        let ran = match command {
            ShellCommand::Notify(notice) => {
                let (engine, told) = (engine.clone(), notice.clone());
                let shown = move || drop(async_runtime::spawn(async move { engine.shown(told).await }));
                app.run_on_main_thread(move || popups.show(notice, shown))
            }
            ShellCommand::Show(show) => app.run_on_main_thread(move || window.open(show)),
            ShellCommand::CopyText(text) => app.run_on_main_thread(move || clipboard::copy(&text)),
            ShellCommand::Quit => {
                app.exit(0);
                return;
            }
        };
        if ran.is_err() {
            return;
        }
    }
}

fn second_start(app: &AppHandle, first: &Options, arguments: &[String]) {
    if Options::try_parse_from(arguments).is_ok_and(|second| second.names_a_source() && !second.watches_the_same(first)) {
        tracing::warn!("started a second time to watch something else; that is ignored");
    }
    let Some(window) = app.try_state::<Window>() else { return };
    let window = window.inner().clone();
    if let Err(error) = app.run_on_main_thread(move || window.open_as_it_is()) {
        tracing::warn!("the window can't be shown: {error}");
    }
}

async fn end_on_signal(app: AppHandle) {
    match engine::asked_to_end().await {
        Ok(()) => app.exit(0),
        Err(error) => tracing::warn!("signals can't be waited for: {error}"),
    }
}
