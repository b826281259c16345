//! The check that a person may switch on: now and then, a model that is in memory and has nothing to do is asked for one token, since a
//! server may tell of its models at once and still give no answer. Off as it comes, and never where it could load, cost, cut or wait.

use std::time::Duration;

use crate::event::Effect;
use crate::job::{Job, JobState};
use crate::notice::Code;
use crate::observation::Load;
use crate::standing::Standing;
use crate::state::{Now, State};
use crate::{ModelRef, telling};

/// Between two checks of one server, at least. Each time that all is well it is twice as long, so that a server that lets go of a model
/// which nobody uses still can.
const EVERY: Duration = Duration::from_secs(600);
const AT_MOST: Duration = Duration::from_secs(24 * 3_600);
/// So many checks in a row that got no answer in time: one may only have waited behind someone else's.
const SILENCES: u32 = 2;

/// How a check ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
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
pub struct Proof {
    pub model: ModelRef,
    /// When the last check ended (Unix milliseconds), and how.
    pub last: Option<(i64, Outcome)>,
    id: u64,
    running: bool,
    due: Duration,
    pause: Duration,
    silences: u32,
}

impl Proof {
    /// Why it counts as giving no answer, if it does.
    #[must_use]
    pub fn fault(&self) -> Option<&str> {
        match &self.last.as_ref()?.1 {
            Outcome::Failed(why) => Some(why),
            Outcome::Silent if self.silences >= SILENCES => Some("no answer within 30 s, twice in a row"),
            _ => None,
        }
    }
}

/// Why a model is not asked, the first reason that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
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
    pub fn gate(&self, model: &ModelRef) -> Option<Gate> {
        if !self.settings.check_answers {
            return Some(Gate::Off);
        }
        let server = self.servers.get(&model.provider).filter(|it| it.health == crate::health::Health::Up);
        let Some((server, served)) = server.zip(self.served(model)) else { return Some(Gate::NotLoaded) };
        let awaited = || {
            self.fallbacks
                .runs
                .open()
                .any(|(_, run)| crate::hearing::awaited(self, run).is_some_and(|it| it.provider == model.provider))
        };
        let working = || self.jobs.get(&model.provider).is_some_and(JobState::is_running);
        let free = self.config.model(model).and_then(|it| it.cost).is_none_or(|it| it == (0.0, 0.0));
        match () {
            () if !self.config.uses(&model.provider) => Some(Gate::Unused),
            () if !server.kind.is_some_and(crate::Kind::may_be_timed) => Some(Gate::Kind),
            () if served.remote || !free => Some(Gate::Paid),
            () if served.load != Load::Loaded => Some(Gate::NotLoaded),
            () if server.serving.as_ref().is_some_and(|it| it.busy) || awaited() || working() => Some(Gate::Busy),
            () if self.machine.battery => Some(Gate::Battery),
            () if !matches!(self.standing(model), Standing::Ready | Standing::NoAnswer) => Some(Gate::NotLoaded),
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
    state.proofs.retain(|id, it| id != provider || holds && it.model == model);
    let due = state.proofs.get(provider).is_none_or(|it| !it.running && it.due <= now.mono);
    if !deep || !due || state.gate(&model).is_some() {
        return;
    }
    let id = state.jobs_begun + 1;
    let Some(request) = state.job_request(Job::Time, &model, id) else { return };
    state.jobs_begun = id;
    let fresh = || Proof { model, last: None, id, running: true, due: now.mono, pause: EVERY, silences: 0 };
    let proof = state.proofs.entry(provider.to_owned()).or_insert_with(fresh);
    (proof.id, proof.running) = (id, true);
    effects.push(Effect::Ask(request));
}

pub(crate) fn take(state: &mut State, provider: &str, id: u64, outcome: Outcome, now: &Now, effects: &mut Vec<Effect>) {
    let Some(proof) = state.proofs.get_mut(provider).filter(|it| it.running && it.id == id) else { return };
    proof.running = false;
    let was = proof.fault().is_some();
    proof.silences = if outcome == Outcome::Silent { proof.silences + 1 } else { 0 };
    proof.pause = match outcome {
        Outcome::Answered(_) if was => EVERY,
        Outcome::Answered(_) if proof.last.is_some() => (proof.pause * 2).min(AT_MOST),
        _ => EVERY,
    };
    proof.due = now.mono + proof.pause;
    if outcome != Outcome::Unclear {
        proof.last = Some((now.wall_ms, outcome));
    }
    let (why, model) = (proof.fault().map(str::to_owned), proof.model.model.clone());
    state.news += 1;
    let name = state.box_name(provider);
    match (was, why) {
        (false, Some(why)) => {
            let body = format!("{model} is loaded, and a question for one token got none: {why}.");
            telling::tell(state, now, effects, Code::BoxDown, provider, format!("{name} gives no answer"), body);
        }
        (true, None) => {
            telling::tell(
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
