//! The end, by a signal. Whatever a program waits for then, two seconds later it is gone.

use std::time::Duration;

use tokio::sync::oneshot;

/// For what a program still wants to write.
const PATIENCE: Duration = Duration::from_millis(1_500);

/// Returns when the system or a person asks the program to end. From then on it has a moment to do so by itself.
///
/// # Errors
/// When signals can't be waited for.
pub async fn asked_to_end() -> std::io::Result<()> {
    let (asked, heard) = oneshot::channel();
    // A thread of its own: the one that waits here may be stuck in a write that nobody reads.
    std::thread::Builder::new().name("ending".to_owned()).spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build();
        let signal = runtime.and_then(|runtime| runtime.block_on(signal()));
        let ends = signal.is_ok();
        let _ = asked.send(signal);
        if ends {
            std::thread::sleep(PATIENCE);
            // SIGTERM's own, as a shell tells it.
            std::process::exit(143);
        }
    })?;
    heard.await.unwrap_or_else(|_| Err(std::io::Error::other("the thread that waits for signals has ended")))
}

#[cfg(unix)]
async fn signal() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};

    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

#[cfg(not(unix))]
async fn signal() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
