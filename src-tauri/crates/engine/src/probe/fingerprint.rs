//! Finds out what kind of server answers at a base URL, in at most four GETs that change nothing. Each kind says in its module what shows
//! it; the order of the questions stands here, since many servers answer in the manner of others, and one must not be asked for its
//! models at all.

use super::kinds::{self, CALL, Family, KindSpec, ListClues, MODELS, Match, OPENAPI, Refusal};
use super::reply::Reply;
use super::round::Round;
use super::wire::{Listing, Plain};
use domain::Kind;
use domain::server::observation::Failure;

const MOST_QUESTIONS: usize = 4;

const BY_REFUSAL: &str = "it refuses a GET where a POST belongs in words of its own";
const BY_LIST: &str = "its list of models is written as only that kind does";
const BY_NOTHING: &str = "it lists models as OpenAI does, with no sign of a kind of its own";

/// Returns the kind, and what shows it: a fact about the last answer.
///
/// # Errors
/// What keeps it from being known: it can't be reached, or lists no models and shows no sign of its own.
pub(super) async fn fingerprint(round: &mut Round<'_>) -> Result<(Kind, &'static str), Failure> {
    if round.base.native
        && let Some(found) = put_to_test(round, suspects(|spec| spec.kind.info().own_api.is_some())).await?
    {
        return Ok(found);
    }
    let first = round.ask(CALL).await?;
    if (300..400).contains(&first.status) {
        first.refusal()?;
    }
    let refusal = Refusal::of_call(first);
    if let Some(spec) = kinds::specs().find(|spec| (spec.refuses)(&refusal)) {
        return Ok((spec.kind, BY_REFUSAL));
    }
    let family = refusal.family;
    if let Some(found) = put_to_test(round, suspects(|spec| spec.tested_first_in == Some(family))).await? {
        return Ok(found);
    }
    let listed = round.ask(MODELS).await?;
    let listing = listed.listing::<Plain>();
    let suspects = match &listing {
        Ok(listing) => match by_list(listed, listing, family) {
            ByList::Sure(kind) => return Ok((kind, BY_LIST)),
            ByList::Suspects(suspects) => suspects,
        },
        Err(_) => by_complaint(listed, family),
    };
    match put_to_test(round, suspects).await? {
        Some(found) => Ok(found),
        None => listing.map(|_| (Kind::Generic, BY_NOTHING)),
    }
}

fn suspects(is_one: impl Fn(&KindSpec) -> bool) -> Vec<&'static KindSpec> {
    kinds::specs().filter(|spec| is_one(spec)).collect()
}

async fn put_to_test(round: &mut Round<'_>, suspects: Vec<&'static KindSpec>) -> Result<Option<(Kind, &'static str)>, Failure> {
    let mut tests: Vec<_> = suspects.into_iter().filter_map(|spec| Some((spec.kind, spec.test?))).collect();
    tests.sort_by_key(|(_, test)| test.at == OPENAPI);
    for (kind, test) in tests {
        if round.asked() < MOST_QUESTIONS && (test.holds)(round.ask(test.at).await?) {
            return Ok(Some((kind, test.shows)));
        }
    }
    Ok(None)
}

enum ByList {
    Sure(Kind),
    Suspects(Vec<&'static KindSpec>),
}

fn by_list(reply: &Reply, listing: &Listing<Plain>, family: Family) -> ByList {
    let clues = ListClues { reply, rows: &listing.rows, family };
    let owner = kinds::known_owner(&listing.rows);
    let written_so = kinds::specs().find(|spec| (spec.lists)(&clues) == Match::Sure);
    let owned = || kinds::specs().find(|spec| owner.is_some() && spec.owner == owner);
    match written_so.or_else(owned) {
        Some(spec) => ByList::Sure(spec.kind),
        None => ByList::Suspects(suspects(|spec| (spec.lists)(&clues) == Match::Maybe)),
    }
}

/// Whom a refusal sounds like: those in whose words it is, or else those of their family.
fn by_complaint(reply: &Reply, family: Family) -> Vec<&'static KindSpec> {
    let refusal = Refusal { reply, complaint: reply.error(), family };
    let by_words = suspects(|spec| (spec.complains)(&refusal));
    if by_words.is_empty() { suspects(|spec| spec.suspected.contains(&family)) } else { by_words }
}
