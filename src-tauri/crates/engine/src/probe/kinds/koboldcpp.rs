//! KoboldCpp. Its own `/api/ps` is a fake that always says loaded. The first of the list is loaded; any after it are settings to swap to.

use super::wire::{KoboldContext, KoboldPerf, KoboldVersion};
use super::{Found, TurnSignal, found, known, model, sign_of};
use crate::probe::base::At::Open;
use crate::probe::reply::Reply;
use crate::probe::round::Heard;
use domain::server::observation::{Failure, Kind, Load};

pub(super) fn sign(reply: &Reply) -> TurnSignal {
    sign_of(reply, |it: KoboldVersion| it.result == "KoboldCpp")
}

pub(super) fn read(heard: &Heard) -> Result<Found, Failure> {
    let listing = heard.models()?;
    let version = heard.maybe::<KoboldVersion>(Open("api/extra/version")).and_then(|it| it.version);
    let context = heard.maybe::<KoboldContext>(Open("api/extra/true_max_context_length")).and_then(|it| known(it.value));
    let busy = heard.maybe::<KoboldPerf>(Open("api/extra/perf")).is_some_and(|it| it.idle == Some(0));
    let is_none = |id: Option<&str>| id.is_some_and(|it| it == "inactive" || it.ends_with("/inactive"));
    let models = listing.rows.iter().enumerate().filter(|(_, row)| !is_none(row.id.as_deref())).map(|(n, row)| {
        let mut it = model(row, if n == 0 { Load::Loaded } else { Load::NotLoaded });
        it.served_context = context.filter(|_| n == 0);
        it
    });
    let mut found = found(Kind::KoboldCpp, models.collect(), listing.cut).version(version);
    found.serving.busy = busy;
    found.serving.ignores_names = listing.rows.len() == 1;
    Ok(found)
}
