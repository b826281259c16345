//! Puts a text on the clipboard.

/// Call it on the main thread.
#[cfg(target_os = "linux")]
pub fn copy(text: &str) {
    let clipboard = gtk::Clipboard::get(&gtk::gdk::SELECTION_CLIPBOARD);
    clipboard.set_text(text);
    // Asks the desktop to keep it after this app has ended.
    clipboard.store();
}

/// With the system's own tool, which reads the text from its input.
#[cfg(not(target_os = "linux"))]
pub fn copy(text: &str) {
    use std::io::Write;
    use std::process::{Command, Stdio};

    let tool = if cfg!(target_os = "macos") { "pbcopy" } else { "clip" };
    let piped = Command::new(tool).stdin(Stdio::piped()).spawn().and_then(|mut child| {
        child.stdin.take().map_or(Ok(()), |mut input| input.write_all(text.as_bytes()))?;
        child.wait()
    });
    if let Err(error) = piped {
        tracing::warn!("{tool} did not take the text: {error}");
    }
}
