//! The one window: made when it is asked for, gone when it is closed, so that no web view stays in memory behind the tray.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::intent::Show;
use domain::view::View;
use engine::Handle;
use tauri::webview::{NewWindowResponse, PageLoadEvent};
use tauri::{AppHandle, Emitter, Manager, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder};

const LABEL: &str = "main";

#[derive(Clone)]
pub struct Window {
    app: AppHandle,
    engine: Handle,
    /// What to show, until the page has asked for it.
    waiting: Arc<Mutex<Option<Show>>>,
}

impl Window {
    pub fn new(app: AppHandle, engine: Handle) -> Self {
        Window { app, engine, waiting: Arc::default() }
    }

    /// Opens it on a page, or brings it to the front and turns to that page. Call it on the main thread.
    pub fn open(&self, show: Show) {
        match self.native() {
            Some(window) => {
                self.turn_to(&window, show);
                raise(&window);
            }
            None => {
                *self.waiting() = Some(show);
                if let Err(error) = self.make() {
                    tracing::error!("the window can't be opened: {error}");
                }
            }
        }
    }

    /// Brings it to the front as it is. Call it on the main thread.
    pub fn open_as_it_is(&self) {
        match self.native() {
            Some(window) => raise(&window),
            None => self.open(Show::default()),
        }
    }

    pub fn update(&self, view: &View) {
        if let Some(window) = self.native() {
            emit(&window, "view", view);
        }
    }

    pub fn take_waiting(&self) -> Show {
        self.waiting().take().unwrap_or_default()
    }

    pub fn app(&self) -> &AppHandle {
        &self.app
    }

    fn native(&self) -> Option<WebviewWindow> {
        self.app.get_webview_window(LABEL)
    }

    fn waiting(&self) -> MutexGuard<'_, Option<Show>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn turn_to(&self, window: &WebviewWindow, show: Show) {
        let mut waiting = self.waiting();
        if waiting.is_some() {
            // The page is still loading; it will ask.
            *waiting = Some(show);
        } else {
            drop(waiting);
            emit(window, "show", &show);
        }
    }

    fn make(&self) -> tauri::Result<()> {
        let window = WebviewWindowBuilder::new(&self.app, LABEL, WebviewUrl::App("index.html".into()))
            .title("Pilot Light")
            .inner_size(980.0, 660.0)
            .min_inner_size(720.0, 560.0)
            // Shown once the page is there: no white flash on a dark desktop.
            .visible(false)
            .on_page_load(|window, page| {
                if page.event() == PageLoadEvent::Finished {
                    raise(&window);
                }
            })
            .on_navigation(is_own_page)
            .on_new_window(|_, _| NewWindowResponse::Deny)
            .on_download(|_, _| false)
            .build()?;
        self.engine.set_visible(true);
        let engine = self.engine.clone();
        window.on_window_event(move |event| {
            if let tauri::WindowEvent::Destroyed = event {
                engine.set_visible(false);
            }
        });
        Ok(())
    }
}

fn raise(window: &WebviewWindow) {
    let raised = window.show().and_then(|()| window.unminimize()).and_then(|()| window.set_focus());
    if let Err(error) = raised {
        tracing::warn!("the window can't be brought to the front: {error}");
    }
}

fn emit<T: serde::Serialize + Clone>(window: &WebviewWindow, event: &str, payload: &T) {
    if let Err(error) = window.emit_to(LABEL, event, payload) {
        tracing::warn!("the window can't be told of `{event}`: {error}");
    }
}

/// The pages in the binary, under the names that the platforms give them.
fn is_own_page(url: &Url) -> bool {
    match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        "http" | "https" => cfg!(windows) && url.host_str() == Some("tauri.localhost"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_own_pages_are_navigated_to() {
        let own = |url: &str| is_own_page(&Url::parse(url).expect("a URL"));
        assert!(own("tauri://localhost/index.html"));
        let foreign =
            ["https://example.com/", "http://127.0.0.1:1234/v1", "file:///etc/passwd", "data:text/html,x", "tauri://elsewhere/"];
        assert!(!foreign.into_iter().any(own));
    }
}
