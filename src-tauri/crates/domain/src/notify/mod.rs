//! Notices: which transitions become one, in which words, and when it is held back.

mod grouping;
pub mod notice;
pub mod settings;
mod wording;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::base::Now;
use crate::server::ServerTransition;
use crate::transition::{Situation, Transition};
use grouping::Grouping;
use notice::{Code, Notice};
use settings::Settings;

/// The same notice is shown at most once in this time.
const QUIET: Duration = Duration::from_secs(300);
/// The most notices kept for a desktop that never confirms showing one.
const UNSHOWN: usize = 16;

#[derive(Clone, Debug, Default)]
pub struct Notify {
    /// Notices are held back until this time (Unix milliseconds).
    pub paused_until: Option<i64>,
    grouping: Grouping,
    /// When each notice was last shown, within the quiet time.
    recent: BTreeMap<(Code, String), Duration>,
    /// Outages that were announced, by provider or base URL: their ends are announced too.
    down: BTreeSet<String>,
    /// Notices that the shell has not confirmed as shown.
    unshown: Vec<Notice>,
}

impl Notify {
    /// Returns the notice of a transition, if it is to be shown now.
    pub(crate) fn take(&mut self, transition: &Transition, situation: Situation<'_>, settings: &Settings) -> Option<Notice> {
        if !self.is_news(transition, situation) {
            return None;
        }
        let notice = wording::notice(transition, situation)?;
        let now = situation.now;
        if !self.may_tell(&notice, settings, now) {
            return None;
        }
        self.grouping.take(notice, settings.group, now)
    }

    /// A server that no route uses makes no noise. A recovery is news if the outage was announced.
    fn is_news(&mut self, transition: &Transition, situation: Situation<'_>) -> bool {
        let Transition::Server(transition) = transition else { return true };
        let config = situation.servers.config;
        match transition {
            ServerTransition::BoxDown { provider, .. } => {
                let used = config.uses(provider);
                if used {
                    self.down.insert(provider.clone());
                }
                used
            }
            ServerTransition::UpstreamDown { base_url, .. } => {
                self.down.insert(base_url.clone());
                true
            }
            ServerTransition::BoxUp { provider: subject, .. } | ServerTransition::UpstreamUp { base_url: subject, .. } => {
                self.down.remove(subject)
            }
            ServerTransition::ContextSmall { model, .. } => config.uses(&model.provider),
            // The window shows how it ended; the menu that it was begun from has closed long since.
            ServerTransition::JobEnded(_) => !situation.servers.fleet.visible,
            ServerTransition::CheckFailed { .. }
            | ServerTransition::CheckPassed { .. }
            | ServerTransition::CertificateChanged { .. } => true,
        }
    }

    fn may_tell(&mut self, notice: &Notice, settings: &Settings, now: &Now) -> bool {
        if self.paused_until.is_some_and(|until| now.wall_ms < until) && !notice.code.is_urgent() {
            return false;
        }
        if !settings.allow(notice.code, &notice.subject, now) {
            return false;
        }
        self.recent.retain(|_, at| now.mono < *at + QUIET);
        let key = (notice.code, notice.subject.clone());
        if self.recent.contains_key(&key) {
            return false;
        }
        self.recent.insert(key, now.mono);
        true
    }

    /// Ends a pause that is over, and returns groups whose time is over.
    pub(crate) fn tick(&mut self, now: &Now) -> Vec<Notice> {
        self.paused_until.take_if(|until| *until <= now.wall_ms);
        self.grouping.ended(now)
    }

    pub(crate) fn next_deadline(&self, now: &Now) -> Option<Duration> {
        self.grouping.due().into_iter().chain(self.paused_until.map(|until| now.mono_at(until))).min()
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
