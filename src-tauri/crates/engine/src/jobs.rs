//! The jobs under way: what a person had a server do, each in a task that can be stopped.

use std::collections::HashMap;

use domain::Event;
use domain::server::job::JobRequest;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::JoinHandle;

use crate::probe::Prober;

#[derive(Debug)]
pub(crate) struct Jobs {
    prober: Prober,
    events: UnboundedSender<Event>,
    running: HashMap<u64, JoinHandle<()>>,
}

impl Jobs {
    pub(crate) fn new(prober: Prober, events: UnboundedSender<Event>) -> Self {
        Jobs { prober, events, running: HashMap::new() }
    }

    pub(crate) fn begin(&mut self, request: JobRequest) {
        self.running.retain(|_, it| !it.is_finished());
        tracing::info!(provider = request.provider, model = request.model, job = ?request.job, "a person asked for it");
        let (prober, events, id) = (self.prober.clone(), self.events.clone(), request.id);
        let task = tokio::spawn(async move {
            let tell = |progress| drop(events.send(Event::Job { provider: request.provider.clone(), id, progress }));
            prober.work(&request, tell).await;
        });
        self.running.insert(id, task);
    }

    pub(crate) fn ask(&self, request: JobRequest) {
        tracing::debug!(provider = request.provider, model = request.model, "asked for one token");
        let (prober, events) = (self.prober.clone(), self.events.clone());
        tokio::spawn(async move {
            let outcome = prober.ask(&request).await;
            drop(events.send(Event::Asked { provider: request.provider, id: request.id, outcome }));
        });
    }

    pub(crate) fn stop(&mut self, request: &JobRequest) {
        let Some(task) = self.running.remove(&request.id) else { return };
        task.abort();
        let (prober, request) = (self.prober.clone(), request.clone());
        tokio::spawn(async move { prober.stop(&request).await });
    }
}
