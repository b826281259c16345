//! How much the window may send. The page is our own, yet nothing that it sends is taken on trust.

use domain::base::change::Change;
use domain::base::refusal::{Refusal, RefusalCode};
use serde_json::Value;

const CHANGES: usize = 1000;
const TEXT: usize = 64 * 1024;

pub fn changes(changes: &[Change]) -> Result<(), Refusal> {
    if changes.len() > CHANGES {
        return Err(Refusal::new(RefusalCode::Invalid, "more than 1,000 changes at once"));
    }
    changes.iter().try_for_each(|it| {
        let written = serde_json::to_value(it).map_err(|error| Refusal::new(RefusalCode::Invalid, error.to_string()))?;
        texts(&written)
    })
}

pub fn text(text: &str) -> Result<(), Refusal> {
    if text.len() > TEXT {
        return Err(Refusal::new(RefusalCode::Invalid, "a text of more than 64 KiB"));
    }
    Ok(())
}

/// Every text in it, whatever sort of change it is.
fn texts(value: &Value) -> Result<(), Refusal> {
    match value {
        Value::String(it) => text(it),
        Value::Array(items) => items.iter().try_for_each(texts),
        Value::Object(fields) => fields.iter().try_for_each(|(name, it)| text(name).and_then(|()| texts(it))),
        Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::base::change::{NewKey, Place};

    #[test]
    fn more_than_a_person_types_is_refused() {
        let change = |to: &str| Change::set(Place::provider("rig", &["baseUrl"]), None, Some(to.to_owned()));
        assert_eq!(changes(&[change("http://rig:8000/v1")]), Ok(()));
        assert!(changes(&[change(&"x".repeat(TEXT + 1))]).is_err());
        assert!(changes(&vec![change("x"); CHANGES]).is_ok());
        assert!(changes(&vec![change("x"); CHANGES + 1]).is_err());
        let long = "x".repeat(TEXT + 1);
        let route = Change::Route { agent: None, was: Vec::new(), to: vec!["a/b".to_owned(), long.clone()] };
        assert!(changes(&[route]).is_err());
        let key = Change::Secret { at: Place::api_key("rig"), was: String::new(), to: NewKey::Literal(long) };
        assert!(changes(&[key]).is_err());
    }
}
