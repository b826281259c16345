//! One look at everything, for a command that does not stay.

use std::sync::Arc;
use std::time::Duration;

use domain::Event;
use domain::server::observation::{Answer, Failure};

use crate::clock::Clock;
use crate::config::read;
use crate::gateway::{LogPlace, Target, glance, past, pulse};
use crate::history::{HistoryContents, Limits, read_entries};
use crate::openclaw::OpenClaw;
use crate::options::Options;
use crate::probe::Prober;
use crate::published::Published;
use crate::world::{StartError, World};

/// A gateway on this machine answers within this; another one is not worth the wait.
const GATEWAY_PATIENCE: Duration = Duration::from_millis(700);
/// A server that is just restarting gets a second chance.
const ASK_AGAIN_AFTER: Duration = Duration::from_millis(200);

/// Reads the config, probes each local server once (a refused connection once more), looks at the end of the gateway's log.
///
/// # Errors
/// As [`crate::start`].
pub async fn look(options: Options) -> Result<Arc<Published>, StartError> {
    looked(options, false).await
}

/// Looks as `look` does, and asks whether the gateway lives and what the installed OpenClaw's schema says, for the doctor.
///
/// # Errors
/// As [`crate::start`].
pub async fn examine(options: Options) -> Result<Arc<Published>, StartError> {
    looked(options, true).await
}

/// Returns the history of a config, all of it or its last part. For a program that only looks; one that stays asks its [`crate::Handle`].
///
/// # Errors
/// A sentence, when the profile's name can't be one, or the file can't be read.
pub fn history(options: &Options, since: Option<Duration>) -> Result<HistoryContents, String> {
    let path = options.config_path().map_err(|error| error.to_string())?;
    let now = Clock::new().now();
    let since = since.map_or(0, |age| now.wall_ms - i64::try_from(age.as_millis()).unwrap_or(i64::MAX));
    let place = Options { keeps_history: false, ..options.clone() }.history(&path);
    Ok(HistoryContents::new(read_entries(&place, since)?, Limits::default().days, &now))
}

async fn looked(options: Options, doctor: bool) -> Result<Arc<Published>, StartError> {
    let World { mut state, path, clock, prober } = World::new(&options)?;
    let mut happen = |event| domain::update(&mut state, event, clock.now());
    let effects = happen(Event::Config(read(&path).0));
    let asks_gateway = effects.contains(&domain::Effect::AskGateway);
    let target = Target::meant(&state.config.gateway, &path, options.profile.as_deref());
    let state_dir = options.state_dir();
    let openclaw = OpenClaw::new(&options);
    let schema = async { if doctor { Some(openclaw.schema().await) } else { None } };
    let glance = glance(&target, &state_dir, GATEWAY_PATIENCE);
    let lives = async { if asks_gateway { Some(pulse(prober.clone(), target.clone()).await) } else { None } };
    let (mut seen, linked, schema, lives) = tokio::join!(answers(&prober, effects), glance, schema, lives);
    let place = LogPlace { folder: options.log_dir, profile: options.profile, file: state.config.logging.file.clone() };
    // The log first: the probes are newer.
    for event in past(&place).into_iter().chain(linked).chain(schema.map(Event::Schema)).chain(lives) {
        let _ = domain::update(&mut state, event, clock.now());
    }
    // Twice: a router names the servers behind it.
    for _ in 0..2 {
        let effects = seen.into_iter().flat_map(|event| domain::update(&mut state, event, clock.now())).collect();
        seen = answers(&prober, effects).await;
    }
    if doctor && !asks_gateway {
        // As for someone who looks at the window: the gateway is asked where there may be one.
        let effects = domain::update(&mut state, Event::Visible(true), clock.now());
        if effects.contains(&domain::Effect::AskGateway) {
            let event = pulse(prober, target).await;
            let _ = domain::update(&mut state, event, clock.now());
        }
    }
    Ok(Arc::new(Published::of(&state, &clock.now())))
}

async fn answers(prober: &Prober, effects: Vec<domain::Effect>) -> Vec<Event> {
    let asked = effects.into_iter().filter_map(|effect| match effect {
        domain::Effect::Probe(request) => Some(request),
        _ => None,
    });
    let rounds: Vec<_> = asked.map(|request| tokio::spawn(ask(prober.clone(), request))).collect();
    let mut seen = Vec::new();
    for round in rounds {
        seen.extend(round.await);
    }
    seen
}

async fn ask(prober: Prober, request: domain::server::observation::ProbeRequest) -> Event {
    let mut observation = prober.probe(&request).await;
    if observation.answer == Answer::Failed(Failure::Refused) {
        tokio::time::sleep(ASK_AGAIN_AFTER).await;
        observation = prober.probe(&request).await;
    }
    Event::Probed { provider: request.provider, base_url: request.base_url, deep: request.deep, observation }
}
