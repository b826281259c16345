//! MLX's server. It lists what is on the disk, at the price of a scan, and does not say what is loaded.

use super::{Found, TurnSignal, found, model};
use crate::probe::reply::Reply;
use crate::probe::round::Heard;
use domain::server::observation::{Failure, Kind, Load};

pub(super) fn sign(reply: &Reply) -> TurnSignal {
    if reply.header("server").starts_with("BaseHTTP/") && reply.text() == "Not Found" {
        TurnSignal::Mine
    } else {
        TurnSignal::Stranger
    }
}

pub(super) fn read(heard: &Heard) -> Result<Found, Failure> {
    let listing = heard.models()?;
    Ok(found(Kind::Mlx, listing.rows.iter().map(|row| model(row, Load::Unknown)).collect(), listing.cut))
}
