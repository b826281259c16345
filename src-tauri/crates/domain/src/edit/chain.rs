//! What a person does to a chain, as a whole new chain: nothing is lost that they did not name, and what stays is written as it was.

use crate::base::refusal::{Refusal, RefusalCode};
use crate::config::{Config, Route};

/// `written` becomes the primary. The one before becomes the first fallback, unless it is to go.
#[must_use]
pub fn with_primary(config: &Config, route: &Route, written: &str, drop_old: bool) -> Vec<String> {
    let mut chain = route.written();
    if drop_old && route.primary.is_some() {
        chain.remove(0);
    }
    let kept = position(config, &chain, written).map(|i| chain.remove(i));
    chain.insert(0, kept.unwrap_or_else(|| written.to_owned()));
    chain
}

/// `written` comes last, unless the chain has it.
pub fn with_fallback(config: &Config, route: &Route, written: &str) -> Result<Vec<String>, Refusal> {
    let mut chain = whole(route)?;
    match position(config, &chain, written) {
        Some(0) => Err(invalid(format!("{written} is the primary")).hint("A model can't be its own fallback.")),
        Some(_) => Ok(chain),
        None => {
            chain.push(written.to_owned());
            Ok(chain)
        }
    }
}

pub fn without_fallback(config: &Config, route: &Route, written: &str) -> Result<Vec<String>, Refusal> {
    let mut chain = whole(route)?;
    chain.remove(fallback(config, &chain, written)?);
    Ok(chain)
}

/// `to` is its place among the fallbacks, from 1; beyond the last is the last.
pub fn with_moved(config: &Config, route: &Route, written: &str, to: usize) -> Result<Vec<String>, Refusal> {
    let mut chain = whole(route)?;
    let member = chain.remove(fallback(config, &chain, written)?);
    chain.insert(to.clamp(1, chain.len()), member);
    Ok(chain)
}

pub fn without_fallbacks(route: &Route) -> Result<Vec<String>, Refusal> {
    let mut chain = whole(route)?;
    chain.truncate(1);
    Ok(chain)
}

/// All local or all hosted members first; the order within each sort stays.
pub fn sorted(config: &Config, route: &Route, local_first: bool) -> Result<Vec<String>, Refusal> {
    let is_local =
        |written: &String| config.resolve(written).and_then(|it| config.provider(&it.provider)).is_some_and(|it| it.is_local());
    let (local, hosted): (Vec<String>, Vec<String>) = whole(route)?.into_iter().partition(is_local);
    let (first, rest, sort) = if local_first { (local, hosted, "local") } else { (hosted, local, "hosted") };
    if first.is_empty() {
        return Err(invalid(format!("the route has no {sort} model to put first")).hint("Add one to the fallbacks."));
    }
    Ok(first.into_iter().chain(rest).collect())
}

/// Without a primary, the first fallback would silently become it.
fn whole(route: &Route) -> Result<Vec<String>, Refusal> {
    match route.primary {
        Some(_) => Ok(route.written()),
        None => Err(invalid("the route has no primary").hint("Set one first.")),
    }
}

fn fallback(config: &Config, chain: &[String], written: &str) -> Result<usize, Refusal> {
    match position(config, chain, written) {
        Some(0) => Err(invalid(format!("{written} is the primary, not a fallback")).hint("Set another primary first.")),
        Some(i) => Ok(i),
        None => Err(invalid(format!("{written} is not among the fallbacks"))),
    }
}

/// Where the chain has the same model, whichever way it is written.
fn position(config: &Config, chain: &[String], written: &str) -> Option<usize> {
    let wanted = config.resolve(written);
    chain.iter().position(|it| it == written || wanted.is_some() && config.resolve(it) == wanted)
}

fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new(RefusalCode::Invalid, message)
}
