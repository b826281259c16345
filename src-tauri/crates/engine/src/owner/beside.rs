//! What runs beside the owner: it waits for files and for the disk, so that the owner never does.

use std::path::PathBuf;
use std::time::Duration;

use domain::{Event, FileEvent};
use tokio::sync::{mpsc, watch};

use crate::Outward;
use crate::config::{Watch, read_all};
use crate::gateway::{Place, follow};
use crate::history::History;

/// An editor writes in several steps; the last one counts.
const QUIET: Duration = Duration::from_millis(40);
/// A text that does not read may be half written: look once more before it is told.
const SECOND_LOOK: Duration = Duration::from_millis(80);
/// A slow disk keeps the app neither from telling nor from ending.
const FAREWELL: Duration = Duration::from_secs(1);

/// After a crash before the write, what a notice is about is heard once more; after it, the next start finds the notice.
pub(super) async fn send_sealed(
    mut asked: mpsc::UnboundedReceiver<Outward>,
    history: History,
    outward: mpsc::UnboundedSender<Outward>,
) {
    while let Some(it) = asked.recv().await {
        let _ = tokio::time::timeout(FAREWELL, history.flush()).await;
        let _ = outward.send(it);
    }
}

/// The rules know what was, before the log tells them what is.
pub(super) async fn begin(history: History, place: watch::Receiver<Place>, events: mpsc::UnboundedSender<Event>) {
    let recalled = history.recall().await;
    drop(history);
    let bookmark = domain::Persisted::of(&recalled.values).and_then(|it| it.bookmark);
    if events.send(Event::Recalled(Box::new(recalled))).is_ok() {
        follow(place, bookmark, events).await;
    }
}

/// Reports each change of the file, and no echo: an unchanged text is told once.
pub(super) async fn watch_config(path: PathBuf, events: mpsc::UnboundedSender<Event>) {
    let mut watch = Watch::new(path.clone(), QUIET);
    watch.also(read_all(&path).1);
    while !events.is_closed() {
        watch.changed().await;
        let (mut file, mut others) = read_all(&path);
        if matches!(file, FileEvent::Bad(_) | FileEvent::Missing) {
            tokio::time::sleep(SECOND_LOOK).await;
            (file, others) = read_all(&path);
        }
        watch.also(others);
        if events.send(Event::Config(file)).is_err() {
            return;
        }
    }
}
