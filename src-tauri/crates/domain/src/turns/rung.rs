//! The ladder of verdicts: the first rung that holds says how the route stands. Headline, icon and exit code all follow it.

use crate::server::availability::Outlook;
use crate::turns::route_status::{Overall, Phase};

/// How the route stands, from what matters most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rung {
    /// OpenClaw itself is not there: nothing answers, however well the box is.
    Absent,
    /// A turn waits without end.
    Stuck,
    /// The last turn got no answer.
    Exhausted {
        is_primary: bool,
    },
    /// OpenClaw said that a fallback answers.
    Fallback,
    /// OpenClaw would not start with this file.
    Refused,
    /// It asks the same model again.
    Retrying,
    /// No primary is set.
    NoPrimary,
    /// The primary names nothing here, or probably not what was meant.
    NamesNothing,
    /// The first check is under way.
    Unknown,
    /// The primary can't answer, and a fallback can.
    FallsBack,
    /// No member can answer.
    Down,
    /// The primary answers, and no turn will get done.
    Unworkable,
    /// It answers after loading.
    Late,
    /// It answers, and something else of the route needs a look.
    Flawed,
    Answers,
}

/// What is known of the route, one fact each.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    pub is_absent: bool,
    pub is_stuck: bool,
    /// The turn that got no answer asked for the primary.
    pub exhausted: Option<bool>,
    pub fell_back: bool,
    pub is_refused: bool,
    pub retries: bool,
    pub has_primary: bool,
    pub names_nothing: bool,
    /// Of each member, the primary first.
    pub outlooks: Vec<Outlook>,
    pub is_unworkable: bool,
    /// A fallback is out, a context is small, or another model answers than the one asked for.
    pub is_flawed: bool,
}

impl Facts {
    #[must_use]
    pub fn rung(&self) -> Rung {
        let next = self.next();
        match self.outlooks.first() {
            _ if self.is_absent => Rung::Absent,
            _ if self.is_stuck => Rung::Stuck,
            _ if self.exhausted.is_some() => Rung::Exhausted { is_primary: self.exhausted == Some(true) },
            _ if self.fell_back => Rung::Fallback,
            _ if self.is_refused => Rung::Refused,
            _ if self.retries => Rung::Retrying,
            _ if !self.has_primary => Rung::NoPrimary,
            _ if self.names_nothing => Rung::NamesNothing,
            None | Some(Outlook::Unknown) => Rung::Unknown,
            Some(Outlook::NeedsHand | Outlook::Down) => match next.map(|i| self.outlooks[i]) {
                Some(Outlook::Unknown) => Rung::Unknown,
                Some(_) => Rung::FallsBack,
                None => Rung::Down,
            },
            Some(_) if self.is_unworkable => Rung::Unworkable,
            Some(Outlook::AnswersLate) => Rung::Late,
            Some(Outlook::Answers) => {
                let out = |it: &Outlook| matches!(it, Outlook::Down | Outlook::NeedsHand);
                if self.is_flawed || self.outlooks.iter().any(out) { Rung::Flawed } else { Rung::Answers }
            }
        }
    }

    /// The first member that can answer, or may.
    #[must_use]
    pub fn next(&self) -> Option<usize> {
        self.outlooks.iter().position(|it| matches!(it, Outlook::Answers | Outlook::AnswersLate | Outlook::Unknown))
    }
}

impl Rung {
    #[must_use]
    pub fn overall(self) -> Overall {
        match self {
            Rung::Answers => Overall::Ready,
            Rung::Absent
            | Rung::Stuck
            | Rung::Exhausted { is_primary: false }
            | Rung::Refused
            | Rung::Retrying
            | Rung::NamesNothing
            | Rung::Unworkable
            | Rung::Late
            | Rung::Flawed => Overall::Attention,
            Rung::Fallback | Rung::FallsBack => Overall::Fallback,
            Rung::Exhausted { is_primary: true } | Rung::Down => Overall::Down,
            Rung::NoPrimary | Rung::Unknown => Overall::Unknown,
        }
    }

    #[must_use]
    pub fn phase(self) -> Phase {
        match self {
            Rung::Stuck => Phase::Stuck,
            Rung::Exhausted { .. } => Phase::Exhausted,
            Rung::Fallback => Phase::Fallback,
            Rung::Retrying => Phase::Retrying,
            Rung::FallsBack => Phase::Predicted,
            Rung::Down => Phase::Down,
            Rung::Absent | Rung::Refused | Rung::NoPrimary | Rung::NamesNothing | Rung::Unknown => Phase::Unknown,
            Rung::Unworkable | Rung::Late | Rung::Flawed | Rung::Answers => Phase::Primary,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTLOOKS: [Outlook; 5] = [Outlook::Answers, Outlook::AnswersLate, Outlook::NeedsHand, Outlook::Down, Outlook::Unknown];

    /// Every combination of the facts, with routes of none to three members.
    fn all() -> impl Iterator<Item = Facts> {
        let mut routes: Vec<Vec<Outlook>> = vec![Vec::new()];
        for _ in 0..3 {
            let longer: Vec<Vec<Outlook>> =
                routes.iter().flat_map(|it| OUTLOOKS.iter().map(|one| [it.as_slice(), &[*one]].concat())).collect();
            routes.extend(longer);
        }
        routes.sort_by_key(|it| it.iter().map(|one| *one as u8).collect::<Vec<_>>());
        routes.dedup();
        (0..1u32 << 9).flat_map(move |bits| {
            let is = move |n: u32| bits & (1 << n) != 0;
            routes.clone().into_iter().flat_map(move |outlooks| {
                let exhausted = [None, Some(true), Some(false)];
                exhausted.into_iter().map(move |exhausted| Facts {
                    is_absent: is(0),
                    is_stuck: is(1),
                    exhausted,
                    fell_back: is(2),
                    is_refused: is(3),
                    retries: is(4),
                    has_primary: is(5) && !outlooks.is_empty(),
                    names_nothing: is(6),
                    outlooks: outlooks.clone(),
                    is_unworkable: is(7),
                    is_flawed: is(8),
                })
            })
        })
    }

    #[test]
    fn nothing_known_speaks_against_ready() {
        for facts in all() {
            let against = facts.is_absent
                || facts.is_stuck
                || facts.exhausted.is_some()
                || facts.fell_back
                || facts.is_refused
                || facts.retries
                || !facts.has_primary
                || facts.names_nothing
                || facts.is_unworkable
                || facts.is_flawed
                || facts.outlooks.first() != Some(&Outlook::Answers)
                || facts.outlooks.iter().any(|it| matches!(it, Outlook::Down | Outlook::NeedsHand));
            assert_eq!(facts.rung() == Rung::Answers, !against, "{facts:?}");
            assert_eq!(facts.rung().overall() == Overall::Ready, !against, "{facts:?}");
        }
    }

    #[test]
    fn a_primary_that_answers_is_claimed_only_where_openclaw_can_ask_it() {
        for facts in all() {
            if facts.rung().phase() == Phase::Primary {
                let asked = !facts.is_absent && !facts.is_refused && facts.has_primary && !facts.names_nothing;
                assert!(asked && matches!(facts.outlooks.first(), Some(Outlook::Answers | Outlook::AnswersLate)), "{facts:?}");
            }
        }
    }

    #[test]
    fn without_a_member_that_can_answer_it_is_down() {
        for facts in all().filter(|it| it.rung() == Rung::Down) {
            assert!(facts.outlooks.iter().all(|it| matches!(it, Outlook::Down | Outlook::NeedsHand)), "{facts:?}");
        }
        for facts in all().filter(|it| it.rung() == Rung::FallsBack) {
            let next = facts.next().expect("someone answers next");
            assert!(next > 0 && facts.outlooks[next] != Outlook::Unknown, "{facts:?}");
        }
    }
}
