//! Jan. It lists only the models that are running.

use super::{KindSpec, ListClues, Match, all_loaded};
use domain::Kind;

pub(super) const SPEC: KindSpec = KindSpec { lists, read: all_loaded, ..KindSpec::new(Kind::Jan) };

fn lists(clues: &ListClues<'_>) -> Match {
    Match::sure_if(clues.all(|row| row.owned_by.as_deref() == Some("user") && row.created == Some(1)))
}
