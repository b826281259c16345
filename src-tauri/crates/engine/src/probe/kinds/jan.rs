//! Jan. It lists only the models that are running.

use super::{Found, TurnSignal, found, model, sign_of_list};
use crate::probe::reply::Reply;
use crate::probe::round::Heard;
use domain::server::observation::{Failure, Kind, Load};

pub(super) fn sign(reply: &Reply) -> TurnSignal {
    sign_of_list(reply, Kind::Jan)
}

pub(super) fn read(heard: &Heard) -> Result<Found, Failure> {
    let listing = heard.models()?;
    Ok(found(Kind::Jan, listing.rows.iter().map(|row| model(row, Load::Loaded)).collect(), listing.cut))
}
