//! The jobs under way: what a person had a server do, each in a task that can be stopped.

use std::collections::HashMap;

use domain::Event;
use domain::server::job::JobRequest;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::inbox::EventSender;
use crate::probe::Prober;

#[derive(Debug)]
pub(crate) struct Jobs {
    prober: Prober,
    events: EventSender,
    running: HashMap<u64, JoinHandle<()>>,
}

impl Jobs {
    pub(crate) fn new(prober: Prober, events: EventSender) -> Self {
        Jobs { prober, events, running: HashMap::new() }
    }

    pub(crate) fn begin(&mut self, request: JobRequest) {
        self.running.retain(|_, task| !task.is_finished());
        tracing::info!(provider = request.provider, model = request.model, job = ?request.job, "a person asked for it");
        let (prober, events, id) = (self.prober.clone(), self.events.clone(), request.id);
        let task = tokio::spawn(async move {
            // Only the latest progress counts: a slow actor misses some, and never the last.
            let (report, mut latest) = watch::channel(None);
            let provider = request.provider.clone();
            let work = async move { prober.work(&request, |progress| drop(report.send_replace(Some(progress)))).await };
            let forward = async {
                while latest.changed().await.is_ok() {
                    let Some(progress) = latest.borrow_and_update().clone() else { continue };
                    let _ = events.send(Event::Job { provider: provider.clone(), id, progress }).await;
                }
            };
            tokio::join!(work, forward);
        });
        self.running.insert(id, task);
    }

    pub(crate) fn ask(&self, request: JobRequest) {
        tracing::debug!(provider = request.provider, model = request.model, "asked for one token");
        let (prober, events) = (self.prober.clone(), self.events.clone());
        tokio::spawn(async move {
            let outcome = prober.ask(&request).await;
            let _ = events.send(Event::Asked { provider: request.provider, id: request.id, outcome }).await;
        });
    }

    pub(crate) fn stop(&mut self, request: &JobRequest) {
        let Some(task) = self.running.remove(&request.id) else { return };
        task.abort();
        let (prober, request) = (self.prober.clone(), request.clone());
        tokio::spawn(async move { prober.stop(&request).await });
    }
}
