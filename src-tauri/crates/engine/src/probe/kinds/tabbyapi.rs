//! TabbyAPI. With an admin's key it lists the whole folder, so what is loaded is asked on its own.

use super::wire::{ServiceInfo, TabbyModel};
use super::{Found, Sign, found, known, model, sign_of};
use crate::probe::base::At::Root;
use crate::probe::reply::Reply;
use crate::probe::round::Heard;
use domain::observation::{Failure, Kind, Load};

pub(super) fn sign(reply: &Reply) -> Sign {
    sign_of(reply, |it: ServiceInfo| it.software.name == "TabbyAPI")
}

pub(super) fn read(heard: &Heard) -> Result<Found, Failure> {
    let listing = heard.models()?;
    let now = heard.maybe::<TabbyModel>(Root("v1/model"));
    let models = listing.rows.iter().map(|row| {
        let mut it = model(row, Load::NotLoaded);
        if let Some(now) = now.as_ref().filter(|now| now.id == it.id) {
            it.load = Load::Loaded;
            it.served_context = now.parameters.as_ref().and_then(|it| known(it.max_seq_len));
        }
        it
    });
    let mut models: Vec<_> = models.collect();
    // It answers any name with the loaded one, so that comes first.
    models.sort_by_key(|it| it.load != Load::Loaded);
    Ok(found(Kind::TabbyApi, models, listing.cut))
}
