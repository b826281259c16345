//! The check that a person may switch on: now and then, a model that is in memory and has nothing to do is asked for one token, since a
//! server may tell of its models at once and still give no answer. Off as it comes, and never where it could load, cost, cut or wait.

use std::time::Duration;

use crate::ModelRef;
use crate::app::event::Effect;
use crate::app::state::{Now, State};
use crate::notify::notice::Code;
use crate::notify::wording;
use crate::server::availability::Availability;
use crate::server::job::{Job, JobState};
use crate::server::observation::Load;

/// Between two checks of one server, at least. Each time that all is well it is twice as long, so that a server that lets go of a model
/// which nobody uses still can.
const EVERY: Duration = Duration::from_secs(600);
const AT_MOST: Duration = Duration::from_secs(24 * 3_600);
/// So many checks in a row that got no answer in time: one may only have waited behind someone else's.
const SILENCES: u32 = 2;

/// How a check ended.
#[derive(Clone, Debug, PartialEq)]
pub enum CheckOutcome {
    /// In milliseconds.
    Answered(u64),
    /// Nothing came within the time that a loaded model needs at most.
    Silent,
    /// It can't be told: the server went away, or had too much to do.
    Unclear,
    /// What it said instead, as the end of a sentence.
    Failed(String),
}

/// What the checks of one server found, while its model stays as it is.
#[derive(Clone, Debug, PartialEq)]
pub struct LivenessCheck {
    pub model: ModelRef,
    /// When the last check ended (Unix milliseconds), and how.
    pub last: Option<(i64, CheckOutcome)>,
    id: u64,
    running: bool,
    due: Duration,
    pause: Duration,
    silences: u32,
}

impl LivenessCheck {
    /// Why it counts as giving no answer, if it does.
    #[must_use]
    pub fn fault(&self) -> Option<&str> {
        match &self.last.as_ref()?.1 {
            CheckOutcome::Failed(why) => Some(why),
            CheckOutcome::Silent if self.silences >= SILENCES => Some("no answer within 30 s, twice in a row"),
            _ => None,
        }
    }
}

/// Why a model is not asked, the first reason that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SkipReason {
    /// Nobody switched it on.
    Off,
    /// No route uses it.
    Unused,
    /// Its kind may load, evict or cut an answer for it, or hands it on to someone who is paid.
    Kind,
    /// It runs elsewhere, or has a price.
    Paid,
    /// Not in memory for certain.
    NotLoaded,
    /// It answers someone, or something is done with it.
    Busy,
    /// This machine runs on battery.
    Battery,
}

impl State {
    /// What keeps a model from being asked by itself.
    #[must_use]
    pub fn skip_reason(&self, model: &ModelRef) -> Option<SkipReason> {
        if !self.settings.check_answers {
            return Some(SkipReason::Off);
        }
        let server = self.servers.get(&model.provider).filter(|it| it.health == crate::server::health::Health::Up);
        let Some((server, served)) = server.zip(self.served(model)) else { return Some(SkipReason::NotLoaded) };
        let awaited = || {
            self.fallbacks
                .runs
                .open()
                .any(|(_, run)| crate::turns::listen::awaited(self, run).is_some_and(|it| it.provider == model.provider))
        };
        let working = || self.jobs.get(&model.provider).is_some_and(JobState::is_running);
        let free = self.config.model(model).and_then(|it| it.cost).is_none_or(|it| it == (0.0, 0.0));
        match () {
            () if !self.config.uses(&model.provider) => Some(SkipReason::Unused),
            () if !server.kind.is_some_and(crate::Kind::may_be_timed) => Some(SkipReason::Kind),
            () if served.remote || !free => Some(SkipReason::Paid),
            () if served.load != Load::Loaded => Some(SkipReason::NotLoaded),
            () if server.serving.as_ref().is_some_and(|it| it.busy) || awaited() || working() => Some(SkipReason::Busy),
            () if self.machine.battery => Some(SkipReason::Battery),
            () if !matches!(self.availability(model), Availability::Ready | Availability::NoAnswer) => {
                Some(SkipReason::NotLoaded)
            }
            () => None,
        }
    }
}

/// Asks right after a server said what it has in memory (`deep`): what was seen a while ago may not hold any more.
pub(crate) fn follow(state: &mut State, provider: &str, deep: bool, now: &Now, effects: &mut Vec<Effect>) {
    let model = state.config.provider(provider).and_then(|it| state.leading_model(it)).map(|it| ModelRef::new(provider, &it));
    let Some(model) = model else { return };
    // Loaded anew, moved or mended: what was found holds no more.
    let holds = state.settings.check_answers && state.served(&model).is_some_and(|it| it.load == Load::Loaded);
    state.liveness_checks.retain(|id, it| id != provider || holds && it.model == model);
    let due = state.liveness_checks.get(provider).is_none_or(|it| !it.running && it.due <= now.mono);
    if !deep || !due || state.skip_reason(&model).is_some() {
        return;
    }
    let id = state.jobs_begun + 1;
    let Some(request) = state.job_request(Job::Time, &model, id) else { return };
    state.jobs_begun = id;
    let fresh = || LivenessCheck { model, last: None, id, running: true, due: now.mono, pause: EVERY, silences: 0 };
    let proof = state.liveness_checks.entry(provider.to_owned()).or_insert_with(fresh);
    (proof.id, proof.running) = (id, true);
    effects.push(Effect::Ask(request));
}

pub(crate) fn take(state: &mut State, provider: &str, id: u64, outcome: CheckOutcome, now: &Now, effects: &mut Vec<Effect>) {
    let Some(proof) = state.liveness_checks.get_mut(provider).filter(|it| it.running && it.id == id) else { return };
    proof.running = false;
    let was = proof.fault().is_some();
    proof.silences = if outcome == CheckOutcome::Silent { proof.silences + 1 } else { 0 };
    proof.pause = match outcome {
        CheckOutcome::Answered(_) if was => EVERY,
        CheckOutcome::Answered(_) if proof.last.is_some() => (proof.pause * 2).min(AT_MOST),
        _ => EVERY,
    };
    proof.due = now.mono + proof.pause;
    if outcome != CheckOutcome::Unclear {
        proof.last = Some((now.wall_ms, outcome));
    }
    let (why, model) = (proof.fault().map(str::to_owned), proof.model.model.clone());
    state.news += 1;
    let name = state.box_name(provider);
    match (was, why) {
        (false, Some(why)) => {
            let body = format!("{model} is loaded, and a question for one token got none: {why}.");
            wording::tell(state, now, effects, Code::BoxDown, provider, format!("{name} gives no answer"), body);
        }
        (true, None) => {
            wording::tell(
                state,
                now,
                effects,
                Code::BoxUp,
                provider,
                format!("{name} answers again"),
                format!("{model}, asked for one token"),
            );
        }
        _ => {}
    }
}
