//! The way into the actor: events are handled in the order in which they were sent, and whoever sends faster than that waits.

use domain::Event;
use tokio::sync::{mpsc, oneshot};

/// Events that may wait. Of a burst of log lines the rest stays in the log until there is room.
const ROOM: usize = 1_024;

#[derive(Debug)]
pub(crate) enum Message {
    Event(Event),
    /// Publish now, then answer.
    Publish(oneshot::Sender<()>),
}

#[derive(Clone, Debug)]
pub(crate) struct EventSender(mpsc::Sender<Message>);

#[derive(Debug, thiserror::Error)]
#[error("the actor has ended")]
pub(crate) struct ActorEnded;

impl EventSender {
    pub(crate) fn new() -> (EventSender, mpsc::Receiver<Message>) {
        let (sender, inbox) = mpsc::channel(ROOM);
        (EventSender(sender), inbox)
    }

    /// Waits for room.
    pub(crate) async fn send(&self, event: Event) -> Result<(), ActorEnded> {
        self.0.send(Message::Event(event)).await.map_err(|_| ActorEnded)
    }

    /// Waits for room; for a thread that runs no tasks.
    pub(crate) fn send_blocking(&self, event: Event) -> Result<(), ActorEnded> {
        self.0.blocking_send(Message::Event(event)).map_err(|_| ActorEnded)
    }

    /// Returns when all that was sent before is handled and published.
    pub(crate) async fn published(&self) {
        let (reply, published) = oneshot::channel();
        if self.0.send(Message::Publish(reply)).await.is_ok() {
            let _ = published.await;
        }
    }

    /// Waits until all that was sent before is handled and published; for a thread that runs no tasks.
    pub(crate) fn wait_until_published(&self) {
        let (reply, published) = oneshot::channel();
        if self.0.blocking_send(Message::Publish(reply)).is_ok() {
            let _ = published.blocking_recv();
        }
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.0.is_closed()
    }

    /// Returns when the actor has ended.
    pub(crate) async fn closed(&self) {
        self.0.closed().await;
    }
}
