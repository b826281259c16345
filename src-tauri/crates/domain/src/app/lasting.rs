//! The states that last, as they are now: for notices that had to wait, and for ends that a restart has missed.

use crate::ModelRef;
use crate::app::state::State;
use crate::base::Now;
use crate::notify::{Lasting, LastingKind};
use crate::server::health::Health;
use crate::server::{Server, ServerTransition};
use crate::transition::Transition;
use crate::turns::fallback::{Fallback, RouteTransition};

/// An answer is of now for so long.
const RECENT_MS: i64 = 60_000;

impl State {
    /// The beginning of a state, if it lasts for sure.
    pub(crate) fn lasting(&self, lasting: &Lasting, now: &Now) -> Option<Transition> {
        let subject = &lasting.subject;
        match lasting.kind {
            LastingKind::Fallback => {
                let from = ModelRef::parse(subject)?;
                let fallback = self.turns.fallbacks.active.get(&from).filter(|it| self.is_sure(it, now))?.clone();
                Some(RouteTransition::FellBack { from, fallback }.into())
            }
            LastingKind::BoxDown => {
                let (since, why) = self.servers().get(subject)?.health.outage()?;
                Some(ServerTransition::BoxDown { provider: subject.clone(), since, why: why.clone() }.into())
            }
            LastingKind::UpstreamDown => self.servers().upstream_outage(subject).map(Into::into),
            LastingKind::NoAnswer => {
                let model = ModelRef::parse(subject)?;
                let why = self.fleet.liveness_checks.get(&model.provider)?.fault()?.to_owned();
                Some(ServerTransition::CheckFailed { model, why }.into())
            }
        }
    }

    /// By the log alone an answer of the primary may have gone unseen since.
    fn is_sure(&self, fallback: &Fallback, now: &Now) -> bool {
        let stays = self.turns.release.keeps_fallback() == Some(true) && !fallback.doubted;
        self.turns.connection.is_up() || stays || now.wall_ms - fallback.last < RECENT_MS
    }

    /// Boxes that were down when Pilot Light ended, and are up.
    pub(crate) fn unnoticed_ends(&self) -> Vec<Transition> {
        let down = self.notify.ledger.beginnings().filter(|it| it.0.kind == LastingKind::BoxDown);
        let up = down.filter(|(lasting, _)| self.servers().get(&lasting.subject).is_some_and(is_up));
        up.map(|(lasting, since)| ServerTransition::BoxUp { provider: lasting.subject.clone(), since }.into()).collect()
    }

    /// Whether a state may still last.
    pub(crate) fn may_last(&self, lasting: &Lasting) -> bool {
        let subject = &lasting.subject;
        match lasting.kind {
            LastingKind::Fallback => ModelRef::parse(subject).is_some_and(|from| {
                let fallbacks = &self.turns.fallbacks;
                fallbacks.active.contains_key(&from) || fallbacks.dormant.contains_key(&from)
            }),
            LastingKind::BoxDown => self.servers().get(subject).is_some_and(|it| !is_up(it)),
            LastingKind::UpstreamDown => match self.fleet.upstreams.get(subject) {
                Some(server) => !is_up(server),
                // What a router has behind it is known when it was asked.
                None => !self.fleet.is_settled(),
            },
            LastingKind::NoAnswer => {
                let check = ModelRef::parse(subject).and_then(|it| self.fleet.liveness_checks.get(&it.provider));
                check.is_none_or(|it| it.last.is_none() || it.fault().is_some())
            }
        }
    }
}

fn is_up(server: &Server) -> bool {
    matches!(server.health, Health::Up | Health::Wavering { .. })
}
