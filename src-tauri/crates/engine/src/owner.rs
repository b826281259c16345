//! The owner task: the one place that holds the state. Events come in, effects go out, and what changed is published.

mod ask;
mod beside;
mod edits;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use domain::base::refusal::Refusal;
use domain::notify::settings::Settings;
use domain::server::observation::{Answer, ProbeRequest};
use domain::turns::gateway_connection::GatewayEvent;
use domain::turns::signal::LogEvent;
use domain::update;
use domain::{Effect, Event, State};
use tokio::sync::{Semaphore, mpsc, watch};

use crate::clock::Clock;
use crate::config::{Asides, Swap, read};
use crate::discover::{WELL_KNOWN, discover};
use crate::gateway::{Aim, Place, Target, pulse, user};
use crate::handle::Request;
use crate::history::{History, Limits};
use crate::jobs::Jobs;
use crate::machine;
use crate::openclaw::OpenClaw;
use crate::probe::Prober;
use crate::settings;
use crate::{Options, Outward, Published, Publisher, World};
use beside::{begin, send_sealed, watch_config};

/// Between two publications of what probes and the log tell, when it comes thick.
const CALM: Duration = Duration::from_millis(200);
/// Of nothing but how fast the servers answered.
const MEASURED: Duration = Duration::from_secs(1);
/// Probes under way at once.
const AT_ONCE: usize = 16;
/// Between two looks at this machine's network and power.
const MACHINE_EVERY: Duration = Duration::from_secs(30);
/// Spoken times ("12 min") move on though nothing happens.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// Events that are taken before anyone else is heard.
const AT_A_TIME: usize = 1_024;

pub(crate) struct Owner {
    state: State,
    path: PathBuf,
    clock: Clock,
    prober: Prober,
    slots: Arc<Semaphore>,
    events: mpsc::UnboundedReceiver<Event>,
    sender: mpsc::UnboundedSender<Event>,
    requests: mpsc::UnboundedReceiver<Request>,
    outward: mpsc::UnboundedSender<Outward>,
    /// What may go out only when all before it is on the disk.
    sealed: mpsc::UnboundedSender<Outward>,
    publisher: Publisher,
    place: watch::Sender<Place>,
    looked_at_machine: Duration,
    jobs: Jobs,
    aim: Aim,
    /// From the gateway's socket.
    said: mpsc::Receiver<Event>,
    /// The last save, to take it back.
    saved: Vec<Swap>,
    history: History,
    openclaw: OpenClaw,
    settings: PathBuf,
    backups: PathBuf,
    asides: Asides,
    published_at: Duration,
    /// When what happened since is published.
    publish_at: Option<Duration>,
}

impl Owner {
    pub(crate) fn new(
        world: World,
        options: Options,
        history: History,
        outward: mpsc::UnboundedSender<Outward>,
    ) -> (Self, mpsc::UnboundedSender<Request>, watch::Receiver<Arc<Published>>) {
        let World { state, path, clock, prober } = world;
        let settings = PathBuf::from(&state.preferences.path);
        let (sender, events) = mpsc::unbounded_channel();
        let (request, requests) = mpsc::unbounded_channel();
        let (publisher, published) = watch::channel(Arc::new(Published::of(&state, &clock.now())));
        let backups = options.backups();
        let openclaw = OpenClaw::new(&options);
        let asides = Asides::new(&path, &backups);
        let (aim, said) = Aim::new(&path, options.profile.clone(), options.state());
        let place = watch::Sender::new(Place { folder: options.log_dir, profile: options.profile, file: None, user: user() });
        let slots = Arc::new(Semaphore::new(AT_ONCE));
        let jobs = Jobs::new(prober.clone(), sender.clone());
        let (sealed, to_write) = mpsc::unbounded_channel();
        tokio::spawn(send_sealed(to_write, history.clone(), outward.clone()));
        let owner = Owner {
            state,
            path,
            clock,
            prober,
            slots,
            events,
            sender,
            requests,
            outward,
            sealed,
            publisher,
            place,
            looked_at_machine: Duration::ZERO,
            jobs,
            aim,
            said,
            saved: Vec::new(),
            history,
            openclaw,
            settings,
            asides,
            backups,
            published_at: Duration::ZERO,
            publish_at: None,
        };
        (owner, request, published)
    }

    pub(crate) async fn run(mut self) {
        self.happen(Event::Config(read(&self.path)));
        self.happen(Event::Settings(settings::read(&self.settings)));
        tokio::spawn(settings::watch(self.settings.clone(), self.sender.clone()));
        tokio::spawn(self.openclaw.clone().follow(self.publisher.subscribe(), self.sender.clone()));
        tokio::spawn(watch_config(self.path.clone(), self.sender.clone()));
        tokio::spawn(begin(self.history.clone(), self.place.subscribe(), self.sender.clone()));
        loop {
            let now = self.clock.now();
            if self.publish_at.is_some_and(|at| at <= now.mono) {
                self.publish();
            }
            let deadlines = [Some(now.mono + LONGEST_WAIT), self.state.next_deadline(&now), self.publish_at];
            let deadline = deadlines.into_iter().flatten().min().unwrap_or(now.mono);
            tokio::select! {
                Some(event) = self.events.recv() => self.happen(event),
                Some(event) = self.said.recv() => self.happen(event),
                request = self.requests.recv() => match request {
                    Some(request) => self.answer(request),
                    // The last handle is gone.
                    None => return,
                },
                () = tokio::time::sleep_until(self.clock.at(deadline)) => self.happen(Event::Tick),
            }
            // What has piled up is one change for those who look.
            for _ in 0..AT_A_TIME {
                let Ok(event) = self.events.try_recv().or_else(|_| self.said.try_recv()) else { break };
                self.happen(event);
            }
        }
    }

    fn happen(&mut self, event: Event) {
        self.look_at_machine(&event);
        let is_config = matches!(event, Event::Config(_));
        let is_recalled = matches!(event, Event::Recalled(_));
        let now = self.clock.now();
        // Many boxes answer all the time, and each answer is a little news: those who look are told now and then.
        let mut pause = match event {
            Event::Probed { .. } | Event::Tick => MEASURED,
            Event::Gateway(GatewayEvent::Signal(_)) | Event::Log(LogEvent::Bookmark(_)) => CALM,
            _ => Duration::ZERO,
        };
        let (news, days) = (self.state.fleet.revision, self.state.preferences.settings.history_days);
        let effects = update(&mut self.state, event, now);
        if self.state.preferences.settings.history_days != days {
            self.history.limit(Limits { days: self.state.preferences.settings.history_days, ..Limits::default() });
        }
        if self.state.fleet.revision != news {
            pause = pause.min(CALM);
        }
        if effects.iter().any(|it| matches!(it, Effect::Notify(_))) {
            pause = Duration::ZERO;
        }
        let at = now.mono.max(self.published_at + pause);
        self.publish_at = Some(self.publish_at.map_or(at, |it| it.min(at)));
        if is_config {
            let file = self.state.config.logging.file.clone();
            self.place.send_if_modified(|place| std::mem::replace(&mut place.file, file.clone()) != file);
            if let Some(aside) = self.asides.news() {
                self.happen(aside);
            }
        }
        // What the gateway says is compared with what is remembered.
        if (is_config || is_recalled) && self.state.is_recalled() {
            self.aim.at(&self.state);
        }
        for effect in effects {
            self.carry_out(effect);
        }
    }

    /// Before a miss is judged, and now and then.
    fn look_at_machine(&mut self, event: &Event) {
        let missed = matches!(event, Event::Probed { observation, .. } if matches!(&observation.answer, Answer::Failed(why) if why.is_outage()));
        let now = self.clock.now();
        if !missed && now.mono < self.looked_at_machine + MACHINE_EVERY {
            return;
        }
        self.looked_at_machine = now.mono;
        let machine = machine::look();
        if machine != self.state.fleet.machine {
            tracing::info!(offline = machine.offline, battery = machine.battery, "this machine changed");
            for effect in update(&mut self.state, Event::Machine(machine), now) {
                self.carry_out(effect);
            }
        }
    }

    fn carry_out(&mut self, effect: Effect) {
        let outward = match effect {
            Effect::Probe(request) => return self.probe(request),
            Effect::LookAgain => return self.happen(Event::Config(read(&self.path))),
            Effect::Trust { base_url, fingerprint } => return self.kept(self.prober.trust(&base_url, &fingerprint)),
            Effect::Forget { origin } => return self.kept(self.prober.forget(&origin)),
            Effect::Job(request) => return self.jobs.begin(request),
            Effect::Ask(request) => return self.jobs.ask(request),
            Effect::StopJob(request) => return self.jobs.stop(&request),
            Effect::AskGateway => return self.ask_gateway(),
            Effect::Notify(notice) => return drop(self.sealed.send(Outward::Notify(notice))),
            Effect::Show(show) => Outward::Show(show),
            Effect::CopyText(text) => Outward::CopyText(text),
            Effect::SaveSettings(settings) => {
                if let Err(refusal) = settings::write(&self.settings, &settings) {
                    tracing::warn!("{}", refusal.message);
                }
                return;
            }
            Effect::Remember(record) => return self.history.keep(record),
            Effect::Quit => return drop(self.sealed.send(Outward::Quit)),
        };
        let _ = self.outward.send(outward);
    }

    fn set(&mut self, values: &Settings) -> Result<(), Refusal> {
        settings::write(&self.settings, values)?;
        self.happen(Event::Settings(settings::read(&self.settings)));
        self.publish();
        Ok(())
    }

    fn probe(&self, request: ProbeRequest) {
        let (prober, sender, slots) = (self.prober.clone(), self.sender.clone(), self.slots.clone());
        tokio::spawn(async move {
            let _slot = slots.acquire_owned().await;
            let observation = prober.probe(&request).await;
            let _ = sender.send(Event::Probed {
                provider: request.provider,
                base_url: request.base_url,
                deep: request.deep,
                observation,
            });
        });
    }

    fn ask_gateway(&self) {
        let profile = self.place.borrow().profile.clone();
        let target = Target::meant(&self.state.config.gateway, &self.path, profile.as_deref());
        let (prober, sender) = (self.prober.clone(), self.sender.clone());
        tokio::spawn(async move { sender.send(pulse(prober, target).await) });
    }

    fn publish(&mut self) {
        let now = self.clock.now();
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

    fn answer(&mut self, request: Request) {
        match request {
            Request::Intent(intent) => self.happen(Event::Intent(intent)),
            Request::Visible(visible) => self.happen(Event::Visible(visible)),
            Request::Shown { notice, reply } => {
                self.happen(Event::Shown(notice));
                let history = self.history.clone();
                tokio::spawn(async move {
                    history.flush().await;
                    reply.send(())
                });
            }
            Request::Review { changes, reply } => drop(reply.send(self.propose(&changes).map(|it| it.review))),
            Request::Judge { changes, reply } => drop(reply.send(crate::edit::judge(&self.path, &self.state, &changes))),
            Request::Save { changes, base, reply } => drop(reply.send(self.save(&changes, &base))),
            Request::Settings { values, reply } => drop(reply.send(self.set(&values))),
            Request::Undo { reply } => drop(reply.send(self.undo())),
            Request::TryUrl { provider, base_url, reply } => self.try_url(provider.as_deref(), &base_url, reply),
            Request::Discover { reply } => {
                let (prober, config) = (self.prober.clone(), self.state.config.clone());
                tokio::spawn(async move { reply.send(discover(&prober, &config, &WELL_KNOWN).await) });
            }
            Request::ListModels { provider, base_url, reply } => self.list_models(provider, &base_url, reply),
            Request::RevealKey { provider, header, reply } => drop(reply.send(self.reveal(&provider, header.as_deref()))),
            Request::RevealSetting { of, key, reply } => drop(reply.send(self.reveal_setting(&of, &key))),
            Request::Referrers { provider, model, reply } => {
                drop(reply.send(crate::edit::referrers(&self.path, &provider, model.as_deref())));
            }
            Request::Backups { reply } => drop(reply.send(self.backups())),
            Request::BackupReview { name, reply } => drop(reply.send(self.comeback(&name).map(|it| it.proposal.review))),
            Request::Restore { name, base, reply } => drop(reply.send(self.restore(&name, &base))),
        }
    }
}
