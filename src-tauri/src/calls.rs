//! The one command of the window: it hands a call on, and answers for the desktop.

use std::path::Path;

use domain::base::refusal::{Refusal, RefusalCode};
use domain::calls::{Answer, read};
use domain::intent::Show;
use engine::{Handle, Shell};
use tauri::State;

use crate::autostart;
use crate::window::Window;

#[tauri::command]
pub async fn call(engine: State<'_, Handle>, window: State<'_, Window>, message: String) -> Result<Answer, Refusal> {
    engine.answer(read(&message)?, window.inner()).await
}

impl Shell for Window {
    fn take_show(&self) -> Show {
        self.take_waiting()
    }

    fn autostart(&self) -> Result<bool, Refusal> {
        autostart::is_on(self.app())
    }

    fn set_autostart(&self, on: bool) -> Result<(), Refusal> {
        autostart::set(self.app(), on)
    }

    fn open(&self, path: &Path) -> Result<(), Refusal> {
        tauri_plugin_opener::open_path(path, None::<&str>).map_err(|error| {
            tracing::warn!("the config file can't be opened in an editor: {error}");
            Refusal::new(RefusalCode::File, "the config file can't be opened in an editor").hint(error.to_string())
        })
    }
}
