//! How much the window may send. The page is our own, yet nothing that it sends is taken on trust.

use domain::change::{Change, NewKey};
use domain::intent::{Refusal, RefusalCode};

const CHANGES: usize = 1000;
const TEXT: usize = 64 * 1024;

pub fn changes(changes: &[Change]) -> Result<(), Refusal> {
    if changes.len() > CHANGES {
        return Err(Refusal::new(RefusalCode::Invalid, "more than 1,000 changes at once"));
    }
    changes.iter().try_for_each(|it| texts(it).into_iter().try_for_each(text))
}

pub fn text(text: &str) -> Result<(), Refusal> {
    if text.len() > TEXT {
        return Err(Refusal::new(RefusalCode::Invalid, "a text of more than 64 KiB"));
    }
    Ok(())
}

fn texts(change: &Change) -> Vec<&str> {
    match change {
        Change::Alias { model_ref, was, to } => given([Some(model_ref), was.as_ref(), to.as_ref()]),
        Change::Limit { provider, model, .. } => given([Some(provider), Some(model)]),
        Change::BaseUrl { provider, was, to } | Change::Api { provider, was, to } => {
            given([Some(provider), was.as_ref(), to.as_ref()])
        }
        Change::Timeout { provider, .. } => given([Some(provider)]),
        Change::Key { provider, was, to } => {
            let key = match to {
                NewKey::None => None,
                NewKey::Literal(it) | NewKey::Env(it) => Some(it),
            };
            given([Some(provider), Some(was), key])
        }
        Change::Route { agent, was, to } => given(agent.iter().chain(was).chain(to).map(Some)),
    }
}

fn given<'a>(texts: impl IntoIterator<Item = Option<&'a String>>) -> Vec<&'a str> {
    texts.into_iter().flatten().map(String::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_a_person_types_is_refused() {
        let change = |to: &str| Change::BaseUrl { provider: "rig".to_owned(), was: None, to: Some(to.to_owned()) };
        assert_eq!(changes(&[change("http://rig:8000/v1")]), Ok(()));
        assert!(changes(&[change(&"x".repeat(TEXT + 1))]).is_err());
        assert!(changes(&vec![change("x"); CHANGES]).is_ok());
        assert!(changes(&vec![change("x"); CHANGES + 1]).is_err());
        let long = "x".repeat(TEXT + 1);
        let route = Change::Route { agent: None, was: Vec::new(), to: vec!["a/b".to_owned(), long.clone()] };
        assert!(changes(&[route]).is_err());
        let key = Change::Key { provider: "rig".to_owned(), was: String::new(), to: NewKey::Literal(long) };
        assert!(changes(&[key]).is_err());
    }
}
