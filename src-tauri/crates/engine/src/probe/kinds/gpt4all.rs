//! GPT4All. It lists what is installed. An empty 401 means that its API has been switched off, and nothing about keys.

use super::{Found, TurnSignal, found, model, sign_of_list};
use crate::probe::reply::Reply;
use crate::probe::round::Heard;
use domain::server::observation::{Failure, Kind, Load};

pub(super) fn sign(reply: &Reply) -> TurnSignal {
    if reply.status == 401 && reply.body.is_empty() {
        return TurnSignal::Failed(Failure::NotAnApi("its local API server is switched off".to_owned()));
    }
    sign_of_list(reply, Kind::Gpt4All)
}

pub(super) fn read(heard: &Heard) -> Result<Found, Failure> {
    let listing = heard.models()?;
    Ok(found(Kind::Gpt4All, listing.rows.iter().map(|row| model(row, Load::Unknown)).collect(), listing.cut))
}
