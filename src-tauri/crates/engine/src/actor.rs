//! The actor: the one task that holds the state. Events come in, effects go out, and what changed is published. It waits for no file, no
//! server and no person: they are asked in the background, and their answers come back as events.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use domain::intent::Intent;
use domain::notify::notice::Notice;
use domain::server::observation::{Answer, ProbeRequest};
use domain::turns::gateway_connection::GatewayEvent;
use domain::turns::signal::LogEvent;
use domain::{Effect, Event, State};
use tokio::sync::{Semaphore, mpsc, oneshot, watch};

use crate::background::{ConfigCommand, Files, SetSettings};
use crate::clock::Clock;
use crate::config::Wake;
use crate::gateway::{Target, pulse};
use crate::history::{History, Limits};
use crate::inbox::{EventSender, Message};
use crate::jobs::Jobs;
use crate::machine;
use crate::probe::Prober;
use crate::published::{Published, ShellCommand};

/// Between two publications of what probes and the log report, when they report much.
const CALM: Duration = Duration::from_millis(200);
/// Of nothing but how fast the servers answered.
const MEASURED: Duration = Duration::from_secs(1);
/// Probes under way at once.
const AT_ONCE: usize = 16;
/// Between two looks at this machine's network and power.
const MACHINE_EVERY: Duration = Duration::from_secs(30);
/// Times in words ("12 min") move on though nothing happens.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// Events that are handled before requests and the timer get their turn.
const AT_A_TIME: usize = 1_024;

/// What a shell asks of the actor itself. Everything else a [`crate::Handle`] does beside it.
#[derive(Debug)]
pub(crate) enum Request {
    Intent(Intent),
    Visible(bool),
    Shown {
        notice: Notice,
        reply: oneshot::Sender<()>,
    },
    /// The state as it is now, to answer a question from.
    State(oneshot::Sender<Arc<State>>),
}

/// Who does the work beside the actor, and whom it tells.
pub(crate) struct Surroundings {
    pub(crate) clock: Clock,
    pub(crate) prober: Prober,
    pub(crate) events: EventSender,
    pub(crate) history: History,
    pub(crate) files: Files,
    /// Unbounded: the rules tell of one thing at most once in five minutes, and everything else is a person's click.
    pub(crate) shell: mpsc::UnboundedSender<ShellCommand>,
    /// As `shell`, for what may go out only when all before it is on the disk.
    pub(crate) after_flush: mpsc::UnboundedSender<ShellCommand>,
    pub(crate) config_path: PathBuf,
    pub(crate) profile: Option<String>,
}

pub(crate) struct Actor {
    /// Shared with the questions under way: they keep the state of when they were asked.
    state: Arc<State>,
    inbox: mpsc::Receiver<Message>,
    /// Unbounded: a person's clicks, and questions that wait for their answer.
    requests: mpsc::UnboundedReceiver<Request>,
    around: Surroundings,
    probes: Arc<Semaphore>,
    jobs: Jobs,
    publisher: watch::Sender<Arc<Published>>,
    looked_at_machine: Option<Duration>,
    published_at: Duration,
    /// When what happened since is published.
    publish_at: Option<Duration>,
}

impl Actor {
    pub(crate) fn new(
        state: State,
        around: Surroundings,
        inbox: mpsc::Receiver<Message>,
    ) -> (Actor, mpsc::UnboundedSender<Request>, watch::Receiver<Arc<Published>>) {
        let (requests, asked) = mpsc::unbounded_channel();
        let (publisher, published) = watch::channel(Arc::new(Published::of(&state, &around.clock.now())));
        let actor = Actor {
            state: Arc::new(state),
            inbox,
            requests: asked,
            probes: Arc::new(Semaphore::new(AT_ONCE)),
            jobs: Jobs::new(around.prober.clone(), around.events.clone()),
            around,
            publisher,
            looked_at_machine: None,
            published_at: Duration::ZERO,
            publish_at: None,
        };
        (actor, requests, published)
    }

    /// Runs until the last handle is gone.
    pub(crate) async fn run(mut self) {
        loop {
            let now = self.around.clock.now();
            if self.publish_at.is_some_and(|at| at <= now.mono) {
                self.publish();
            }
            let deadlines = [Some(now.mono + LONGEST_WAIT), self.state.next_deadline(&now), self.publish_at];
            let deadline = deadlines.into_iter().flatten().min().unwrap_or(now.mono);
            tokio::select! {
                Some(message) = self.inbox.recv() => self.receive(message),
                request = self.requests.recv() => match request {
                    Some(request) => self.answer(request),
                    None => return,
                },
                () = tokio::time::sleep_until(self.around.clock.at(deadline)) => self.handle(Event::Tick),
            }
            // What has piled up is one change for those who look.
            for _ in 0..AT_A_TIME {
                let Ok(message) = self.inbox.try_recv() else { break };
                self.receive(message);
            }
        }
    }

    fn receive(&mut self, message: Message) {
        match message {
            Message::Event(event) => self.handle(event),
            Message::Publish(reply) => {
                self.publish();
                let _ = reply.send(());
            }
        }
    }

    fn answer(&mut self, request: Request) {
        match request {
            Request::Intent(intent) => self.handle(Event::Intent(intent)),
            Request::Visible(visible) => self.handle(Event::Visible(visible)),
            Request::State(reply) => drop(reply.send(self.state.clone())),
            Request::Shown { notice, reply } => {
                self.handle(Event::Shown(notice));
                let history = self.around.history.clone();
                tokio::spawn(async move {
                    history.flush().await;
                    reply.send(())
                });
            }
        }
    }

    /// Handles an event, then what its effects made happen at once, one after another.
    fn handle(&mut self, event: Event) {
        let mut queue = VecDeque::from([event]);
        while let Some(event) = queue.pop_front() {
            let effects = self.update(event);
            queue.extend(effects.into_iter().filter_map(|effect| self.carry_out(effect)));
        }
    }

    fn update(&mut self, event: Event) -> Vec<Effect> {
        if let Event::Machine(machine) = &event {
            if *machine == self.state.fleet.machine {
                return Vec::new();
            }
            tracing::info!(offline = machine.offline, battery = machine.battery, "this machine changed");
        }
        let now = self.around.clock.now();
        self.look_at_machine(now.mono);
        // Many boxes answer all the time, and each answer is a little news: those who look are told now and then.
        let mut pause = match event {
            Event::Probed { .. } | Event::Tick => MEASURED,
            Event::Gateway(GatewayEvent::Signal(_)) | Event::Log(LogEvent::Bookmark(_)) => CALM,
            _ => Duration::ZERO,
        };
        let (revision, days) = (self.state.fleet.revision, self.state.preferences.settings.history_days);
        let effects = domain::update(Arc::make_mut(&mut self.state), event, now);
        if self.state.preferences.settings.history_days != days {
            self.around.history.limit(Limits { days: self.state.preferences.settings.history_days, ..Limits::default() });
        }
        if self.state.fleet.revision != revision {
            pause = pause.min(CALM);
        }
        if effects.iter().any(|effect| matches!(effect, Effect::Notify(_))) {
            pause = Duration::ZERO;
        }
        let at = now.mono.max(self.published_at + pause);
        self.publish_at = Some(self.publish_at.map_or(at, |earlier| earlier.min(at)));
        effects
    }

    /// Returns what happens at once by it.
    fn carry_out(&mut self, effect: Effect) -> Option<Event> {
        match effect {
            Effect::Probe(request) => self.probe(request),
            Effect::LookAgain => drop(self.around.files.config.send(Wake::Command(ConfigCommand::Read))),
            Effect::Trust { base_url, fingerprint } => {
                self.around.prober.trust(&base_url, &fingerprint);
                return Some(self.trusted());
            }
            Effect::Forget { origin } => {
                self.around.prober.forget(&origin);
                return Some(self.trusted());
            }
            Effect::Job(request) => self.jobs.begin(request),
            Effect::Ask(request) => self.jobs.ask(request),
            Effect::StopJob(request) => self.jobs.stop(&request),
            Effect::AskGateway => self.ask_gateway(),
            Effect::Notify(notice) => drop(self.around.after_flush.send(ShellCommand::Notify(notice))),
            Effect::Show(show) => drop(self.around.shell.send(ShellCommand::Show(show))),
            Effect::CopyText(text) => drop(self.around.shell.send(ShellCommand::CopyText(text))),
            Effect::SaveSettings(values) => {
                let _ = self.around.files.settings.send(Wake::Command(SetSettings { values, reply: None }));
            }
            Effect::Remember(record) => self.around.history.keep(record),
            Effect::Quit => drop(self.around.after_flush.send(ShellCommand::Quit)),
        }
        None
    }

    /// It holds from now on, though it may not be on the disk yet.
    fn trusted(&self) -> Event {
        let prober = self.around.prober.clone();
        tokio::task::spawn_blocking(move || {
            if let Err(error) = prober.write_trusted() {
                tracing::warn!("the file of trusted certificates can't be written: {error}");
            }
        });
        Event::Trusted(self.around.prober.trusted())
    }

    fn look_at_machine(&mut self, now: Duration) {
        if self.looked_at_machine.is_none_or(|at| now >= at + MACHINE_EVERY) {
            self.looked_at_machine = Some(now);
            tokio::spawn(report_machine(self.around.events.clone()));
        }
    }

    fn probe(&self, request: ProbeRequest) {
        let (prober, events, probes) = (self.around.prober.clone(), self.around.events.clone(), self.probes.clone());
        tokio::spawn(async move {
            let _permit = probes.acquire_owned().await;
            let observation = prober.probe(&request).await;
            // A miss is judged by what this machine is up to now.
            if matches!(&observation.answer, Answer::Failed(why) if why.is_outage()) {
                report_machine(events.clone()).await;
            }
            let ProbeRequest { provider, base_url, deep, .. } = request;
            let _ = events.send(Event::Probed { provider, base_url, deep, observation }).await;
        });
    }

    fn ask_gateway(&self) {
        let (prober, events) = (self.around.prober.clone(), self.around.events.clone());
        let (path, profile) = (self.around.config_path.clone(), self.around.profile.clone());
        let state = self.state.clone();
        tokio::spawn(async move {
            let target = move || Target::meant(&state.config.gateway, &path, profile.as_deref());
            if let Ok(target) = tokio::task::spawn_blocking(target).await {
                let _ = events.send(pulse(prober, target).await).await;
            }
        });
    }

    fn publish(&mut self) {
        let now = self.around.clock.now();
        (self.published_at, self.publish_at) = (now.mono, None);
        let fresh = Published::of(&self.state, &now);
        self.publisher.send_if_modified(|shown| {
            let changed = **shown != fresh;
            if changed {
                *shown = Arc::new(fresh);
            }
            changed
        });
    }
}

async fn report_machine(events: EventSender) {
    if let Ok(machine) = tokio::task::spawn_blocking(machine::look).await {
        let _ = events.send(Event::Machine(machine)).await;
    }
}
