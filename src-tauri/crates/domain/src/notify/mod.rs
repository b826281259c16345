//! Notices: which transitions become one, in which words, and when it is held back.

mod grouping;
mod ledger;
pub mod notice;
pub mod settings;
mod wording;

use std::collections::BTreeMap;
use std::time::Duration;

use crate::base::Now;
use crate::server::ServerTransition;
use crate::server::availability::Outlook;
use crate::transition::{Situation, Transition};
use crate::turns::fallback::RouteTransition;
use grouping::Grouping;
pub(crate) use ledger::Ledger;
pub use ledger::{Lasting, LastingKind};
use notice::{Code, Notice};
use settings::Settings;

/// The same notice is shown at most once in this time.
const QUIET_MS: i64 = 300_000;
/// The most notices kept for a desktop that never confirms showing one.
const UNSHOWN: usize = 16;

#[derive(Clone, Debug, Default)]
pub struct Notify {
    /// Notices are held back until this time (Unix milliseconds).
    pub paused_until: Option<i64>,
    grouping: Grouping,
    /// When each notice was last shown, within the quiet time (Unix milliseconds).
    recent: BTreeMap<(Code, String), i64>,
    pub(crate) ledger: Ledger,
    /// Notices that the shell has not confirmed as shown.
    unshown: Vec<Notice>,
}

/// When a notice may be told.
enum Permission {
    Now,
    /// Not before then (Unix milliseconds).
    Later(i64),
    Never,
}

impl Notify {
    /// Returns the notice of a transition, if it is to be shown now. The end of a lasting state is told only if its start was.
    pub(crate) fn take(&mut self, transition: &Transition, situation: Situation<'_>, settings: &Settings) -> Option<Notice> {
        if !is_news(transition, situation) {
            return None;
        }
        let now = situation.now;
        match Lasting::of(transition) {
            None => {
                let notice = wording::notice(transition, situation)?;
                matches!(self.permission(&notice, settings, now), Permission::Now).then_some(())?;
                self.tell(notice, settings, now)
            }
            Some((lasting, true)) => self.begin(lasting, now.wall_ms, transition, situation, settings),
            Some((lasting, false)) => {
                if !self.ledger.ends(&lasting) {
                    return None;
                }
                self.ledger.hold_end(lasting.clone(), transition.clone(), now.wall_ms);
                self.end(&lasting, situation, settings)
            }
        }
    }

    /// Tells a beginning that waited, since the state still lasts. Its moment is when it began, as in the history.
    pub(crate) fn take_late(
        &mut self,
        lasting: Lasting,
        transition: &Transition,
        situation: Situation<'_>,
        settings: &Settings,
    ) -> Option<Notice> {
        let at = self.ledger.waits_since(&lasting)?;
        self.begin(lasting, at, transition, situation, settings)
    }

    fn begin(
        &mut self,
        lasting: Lasting,
        at: i64,
        transition: &Transition,
        situation: Situation<'_>,
        settings: &Settings,
    ) -> Option<Notice> {
        let notice = Notice { at, ..wording::notice(transition, situation)? };
        let now = situation.now;
        if self.ledger.is_told(&lasting, &notice.subject) {
            self.ledger.goes_on(&lasting);
            return None;
        }
        match self.permission(&notice, settings, now) {
            Permission::Now => {
                self.ledger.told(lasting, notice.subject.clone(), now.wall_ms);
                self.tell(notice, settings, now)
            }
            Permission::Later(until) => {
                self.ledger.wait(lasting, at, until);
                None
            }
            Permission::Never => None,
        }
    }

    /// Tells the end of a state, as soon as nothing that is shown speaks against it.
    fn end(&mut self, lasting: &Lasting, situation: Situation<'_>, settings: &Settings) -> Option<Notice> {
        let now = situation.now;
        let (transition, at) = self.ledger.held_end(lasting)?;
        if let Transition::Route(RouteTransition::Back { from, .. }) = transition
            && situation.servers.availability(from).outlook() == Outlook::Down
        {
            return None;
        }
        let notice = Notice { at, ..wording::notice(transition, situation)? };
        // Each beginning was told, so the end waits for no quiet time.
        match self.permission_of_end(&notice, settings, now) {
            Permission::Now => {
                self.ledger.ended(lasting);
                self.tell(notice, settings, now)
            }
            Permission::Later(_) => None,
            Permission::Never => {
                self.ledger.ended(lasting);
                None
            }
        }
    }

    fn tell(&mut self, notice: Notice, settings: &Settings, now: &Now) -> Option<Notice> {
        self.recent.insert((notice.code, notice.subject.clone()), now.wall_ms);
        self.grouping.take(notice, settings.group, now)
    }

    fn permission(&mut self, notice: &Notice, settings: &Settings, now: &Now) -> Permission {
        self.recent.retain(|_, at| now.wall_ms < *at + QUIET_MS);
        match self.permission_of_end(notice, settings, now) {
            Permission::Now => match self.recent.get(&(notice.code, notice.subject.clone())) {
                Some(at) => Permission::Later(at + QUIET_MS),
                None => Permission::Now,
            },
            other => other,
        }
    }

    fn permission_of_end(&self, notice: &Notice, settings: &Settings, now: &Now) -> Permission {
        if !settings.wants(notice.code, &notice.subject) {
            return Permission::Never;
        }
        if notice.code.is_urgent() {
            return Permission::Now;
        }
        match self.paused_until {
            Some(until) if now.wall_ms < until => Permission::Later(until),
            _ if settings.is_quiet(now) => Permission::Later(now.wall_ms),
            _ => Permission::Now,
        }
    }

    /// States whose beginning may be told by now: each is to be taken again, if it still lasts.
    pub(crate) fn due(&self, now: &Now) -> Vec<Lasting> {
        self.ledger.waiting().filter(|it| it.1 <= now.wall_ms).map(|it| it.0.clone()).collect()
    }

    /// The ends that can be told by now.
    pub(crate) fn due_ends(&mut self, situation: Situation<'_>, settings: &Settings) -> Vec<Notice> {
        let held = self.ledger.held_ends();
        held.iter().filter_map(|it| self.end(it, situation, settings)).collect()
    }

    /// The clock was set by so much.
    pub(crate) fn clock_set(&mut self, by_ms: i64) {
        self.paused_until = self.paused_until.map(|it| it - by_ms);
        self.recent.values_mut().for_each(|it| *it -= by_ms);
        self.ledger.clock_set(by_ms);
    }

    /// Ends a pause that is over, and returns groups whose time is over.
    pub(crate) fn tick(&mut self, now: &Now) -> Vec<Notice> {
        self.paused_until.take_if(|until| *until <= now.wall_ms);
        self.grouping.ended(now)
    }

    pub(crate) fn next_deadline(&self, now: &Now) -> Option<Duration> {
        let waiting = self.ledger.waiting().map(|it| it.1).filter(|at| *at > now.wall_ms).map(|at| now.mono_at(at));
        self.grouping.due().into_iter().chain(self.paused_until.map(|until| now.mono_at(until))).chain(waiting).min()
    }

    /// Takes over what was told before a restart.
    pub(crate) fn recall(&mut self, ledger: Ledger) {
        let told = ledger.all_told().map(|(lasting, subject, at)| ((lasting.code(), subject.to_owned()), at));
        self.recent.extend(told);
        self.ledger = ledger;
    }

    /// Notices that a restart shows again.
    pub(crate) fn unshown(&self) -> &[Notice] {
        &self.unshown
    }

    pub(crate) fn add_unshown(&mut self, notices: impl IntoIterator<Item = Notice>) {
        self.unshown.extend(notices);
        let surplus = self.unshown.len().saturating_sub(UNSHOWN);
        self.unshown.drain(..surplus);
    }

    pub(crate) fn shown(&mut self, notice: &Notice) {
        self.unshown.retain(|it| it != notice);
    }
}

/// A box that no route uses makes no noise.
fn is_news(transition: &Transition, situation: Situation<'_>) -> bool {
    let config = situation.servers.config;
    match transition {
        Transition::Server(ServerTransition::BoxDown { provider, .. }) => config.uses(provider),
        Transition::Server(ServerTransition::ContextSmall { model, .. }) => config.uses(&model.provider),
        // The window shows how it ended; the menu that it was begun from has closed long since.
        Transition::Server(ServerTransition::JobEnded(_)) => !situation.servers.fleet.visible,
        _ => true,
    }
}
