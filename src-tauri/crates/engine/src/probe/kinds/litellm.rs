//! LiteLLM, a router to other servers. That it is well says nothing of them. Its `/health` makes real completions on every model and is
//! never asked.

use super::wire::{ModelGroups, Readiness};
use super::{Found, Sign, found, known, model, sign_of};
use crate::probe::base::At::{Open, Root};
use crate::probe::reply::Reply;
use crate::probe::round::Heard;
use domain::observation::{Failure, Kind, Load};

pub(super) fn sign(reply: &Reply) -> Sign {
    sign_of(reply, |text: String| text == "I'm alive!")
}

pub(super) fn read(heard: &Heard) -> Result<Found, Failure> {
    let listing = heard.models()?;
    let groups = heard.maybe::<ModelGroups>(Root("model_group/info"));
    let version = heard.maybe::<Readiness>(Open("health/readiness")).map(|it| it.litellm_version);
    let models = listing.rows.iter().map(|row| {
        let mut it = model(row, Load::Unknown);
        let group = groups.iter().flat_map(|it| &it.data).find(|group| group.model_group.as_ref() == Some(&it.id));
        // From a table of known models, not from the server behind.
        it.max_context = group.and_then(|it| known(it.max_input_tokens));
        it
    });
    let models: Vec<_> = models.collect();
    let partial = listing.cut || models.iter().any(|it| it.id.contains('*'));
    Ok(found(Kind::LiteLlm, models, partial).version(version))
}
