//! The orders that make a server work. They are sent on a person's click alone.

use crate::probe::base::{Base, Endpoint};
use serde_json::Value;

/// A POST below a constant of the program; where it says `{model}`, a model's name stands as one step of the path.
#[derive(Debug)]
pub(crate) struct Call {
    pub at: Endpoint,
    model: Option<String>,
    pub body: Value,
}

/// A question whose answer has this field.
#[derive(Debug)]
pub(crate) struct Question {
    pub call: Call,
    pub field: &'static str,
}

impl Call {
    pub(crate) fn new(at: Endpoint, body: Value) -> Call {
        Call { at, model: None, body }
    }

    pub(super) fn about(model: &str, at: Endpoint, body: Value) -> Call {
        Call { model: Some(model.to_owned()), ..Call::new(at, body) }
    }

    pub(crate) fn url(&self, base: &Base) -> String {
        let escaped = |it: &String| url::form_urlencoded::byte_serialize(it.as_bytes()).collect::<String>().replace('+', "%20");
        match &self.model {
            Some(model) => base.url(self.at).replace("{model}", &escaped(model)),
            None => base.url(self.at),
        }
    }
}

/// Returns the events of a stream so far, the last first.
pub(crate) fn events(body: &str) -> impl Iterator<Item = Value> {
    body.lines().rev().filter_map(|it| serde_json::from_str(it.strip_prefix("data:")?).ok())
}
