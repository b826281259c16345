//! The liveness check that a person may switch on: sometimes an idle model in memory is asked for one token, because a
//! server may list its models and still not answer. Off by default; never where it could load, cost, cut an answer or wait.

use std::time::Duration;

use crate::ModelRef;
use crate::base::Now;
use crate::config::Config;
use crate::server::ServerTransition;
use crate::server::availability::Availability;
use crate::server::health::Health;
use crate::server::job::{Job, JobRequest, JobState};
use crate::server::observation::Load;
use crate::server::{Fleet, Servers};

/// The least time between two checks of one server. It doubles after each success, so that a server can still unload a model
/// that nobody uses.
const EVERY: Duration = Duration::from_secs(600);
const AT_MOST: Duration = Duration::from_secs(24 * 3_600);
/// Timeouts in a row before it counts: one may only have waited behind another request.
const SILENCES: u32 = 2;

/// How a check ended.
#[derive(Clone, Debug, PartialEq)]
pub enum CheckOutcome {
    /// In milliseconds.
    Answered(u64),
    /// No answer within the time that a loaded model needs.
    Silent,
    /// Unknown: the server went away or was too busy.
    Unclear,
    /// The error, as the end of a sentence.
    Failed(String),
}

/// The checks of one server's model, while that stays loaded.
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
    /// Why the model counts as not answering, if it does.
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
    /// Servers of its kind may load, evict or cut an answer for it, or pass it on to a paid service.
    Kind,
    /// It runs elsewhere, or has a price.
    Paid,
    /// Not in memory for certain.
    NotLoaded,
    /// It is answering, or a job is running.
    Busy,
    /// This machine runs on battery.
    Battery,
}

impl Servers<'_> {
    /// Returns what keeps a model from being asked. `enabled`: a person switched the check on; `awaited`: OpenClaw waits for it.
    #[must_use]
    pub fn skip_reason(self, model: &ModelRef, enabled: bool, awaited: bool) -> Option<SkipReason> {
        if !enabled {
            return Some(SkipReason::Off);
        }
        let server = self.get(&model.provider).filter(|it| it.health == Health::Up);
        let Some((server, served)) = server.zip(self.served(model)) else { return Some(SkipReason::NotLoaded) };
        let working = || self.fleet.jobs.get(&model.provider).is_some_and(JobState::is_running);
        let free = self.config.is_free(model);
        match () {
            () if !self.config.uses(&model.provider) => Some(SkipReason::Unused),
            () if !server.kind.is_some_and(crate::Kind::may_be_timed) => Some(SkipReason::Kind),
            () if served.remote || !free => Some(SkipReason::Paid),
            () if served.load != Load::Loaded => Some(SkipReason::NotLoaded),
            () if server.serving.as_ref().is_some_and(|it| it.busy) || awaited || working() => Some(SkipReason::Busy),
            () if self.fleet.machine.battery => Some(SkipReason::Battery),
            () if !matches!(self.availability(model), Availability::Ready | Availability::NoAnswer) => {
                Some(SkipReason::NotLoaded)
            }
            () => None,
        }
    }
}

impl Fleet {
    /// Begins a check right after a server said what it has in memory (`deep`): what was seen a while ago may not hold any more.
    pub(crate) fn begin_check(
        &mut self,
        provider: &str,
        deep: bool,
        enabled: bool,
        awaited: bool,
        config: &Config,
        now: &Now,
    ) -> Option<JobRequest> {
        let servers = Servers { config, fleet: self };
        let model = ModelRef::new(provider, config.provider(provider).and_then(|it| servers.leading_model(it))?);
        // Loaded anew, moved or mended: what was found holds no more.
        let holds = enabled && servers.served(&model).is_some_and(|it| it.load == Load::Loaded);
        let id = self.jobs_begun + 1;
        let may = deep && servers.skip_reason(&model, enabled, awaited).is_none();
        let request = if may { servers.job_request(Job::Time, &model, id) } else { None };
        self.liveness_checks.retain(|id, it| id != provider || holds && it.model == model);
        let due = self.liveness_checks.get(provider).is_none_or(|it| !it.running && it.due <= now.mono);
        let request = request.filter(|_| due)?;
        self.jobs_begun = id;
        let fresh = || LivenessCheck { model, last: None, id, running: true, due: now.mono, pause: EVERY, silences: 0 };
        let check = self.liveness_checks.entry(provider.to_owned()).or_insert_with(fresh);
        (check.id, check.running) = (id, true);
        Some(request)
    }

    pub(crate) fn check_ended(&mut self, provider: &str, id: u64, outcome: CheckOutcome, now: &Now) -> Option<ServerTransition> {
        let check = self.liveness_checks.get_mut(provider).filter(|it| it.running && it.id == id)?;
        check.running = false;
        let was = check.fault().is_some();
        check.silences = if outcome == CheckOutcome::Silent { check.silences + 1 } else { 0 };
        check.pause = match outcome {
            CheckOutcome::Answered(_) if was => EVERY,
            CheckOutcome::Answered(_) if check.last.is_some() => (check.pause * 2).min(AT_MOST),
            _ => EVERY,
        };
        check.due = now.mono + check.pause;
        if outcome != CheckOutcome::Unclear {
            check.last = Some((now.wall_ms, outcome));
        }
        self.revision += 1;
        let model = check.model.clone();
        match (was, check.fault()) {
            (false, Some(why)) => Some(ServerTransition::CheckFailed { model, why: why.to_owned() }),
            (true, None) => Some(ServerTransition::CheckPassed { model }),
            _ => None,
        }
    }
}
