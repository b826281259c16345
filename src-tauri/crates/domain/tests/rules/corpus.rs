//! Configs of many contents, each written in many styles, under every sort of change: the same value comes out in every style, all
//! comments stay but those of what is removed, a second time writes nothing, and what is one setting is one line.

use std::collections::HashMap;

use document::Document;
use domain::edit::propose;
use serde_json::Value;

use crate::configs::{Fixture, Sort, changes, fixtures};
use crate::scene::{LOCAL_FIRST, Scene};

#[test]
fn every_change_in_every_style() {
    let small: Vec<Fixture> = fixtures().into_iter().filter(|it| !is_large(it)).collect();
    let edits = hold(&small);
    assert!(small.len() >= 60 && edits > 1_000, "{} {edits}", small.len());
}

#[test]
fn every_change_of_a_large_config() {
    let large: Vec<Fixture> = fixtures().into_iter().filter(is_large).collect();
    assert!(hold(&large) > 10);
}

fn is_large(fixture: &Fixture) -> bool {
    fixture.text.len() > 1_000_000
}

fn hold(fixtures: &[Fixture]) -> usize {
    let scene = Scene::new(LOCAL_FIRST);
    let mut expected: HashMap<(usize, usize), Value> = HashMap::new();
    let mut edits = 0;
    for fixture in fixtures {
        let text = &fixture.text;
        let shown = if is_large(fixture) { "(large)" } else { text.as_str() };
        let doc = Document::parse(text).unwrap_or_else(|it| panic!("{}: {it}", fixture.name));
        assert_eq!(doc.value(), other_parser(text), "{}", fixture.name);
        for (i, (sort, change)) in changes(&scene.state, &doc).into_iter().enumerate() {
            let what = format!("{}, change {i}: {change:?}\n{shown}", fixture.name);
            let done = propose(&scene.state, &doc, "", std::slice::from_ref(&change), &|_| None);
            let proposal = done.unwrap_or_else(|it| panic!("{}: {what}", it.message));
            let after = proposal.text();
            let read = other_parser(after);
            assert_eq!(read, proposal.after.value(), "{what}");
            // The first style says what is meant; the others may differ in nothing.
            assert_eq!(&read, expected.entry((fixture.content, i)).or_insert_with(|| read.clone()), "{what}");
            let lost: Vec<&str> = comments(text).into_iter().filter(|it| !after.contains(it)).collect();
            assert!(
                lost.is_empty() || sort == Sort::Removal && lost.len() < comments(text).len() / 3,
                "lost {lost:?}: {what}\n{after}"
            );
            assert!(sort != Sort::OneSetting || proposal.review.lines_changed == 1, "{what}\n{after}");
            assert!(!doc.is_strict_json() || proposal.after.is_strict_json(), "{what}\n{after}");
            assert_eq!(after.starts_with('\u{feff}'), fixture.style.bom, "{what}");
            assert_eq!(after.contains('\r'), fixture.style.newline.contains('\r') && text.contains('\r'), "{what}");
            // Again: nothing to do, or no longer what it was.
            if let Ok(again) = propose(&scene.state, &proposal.after, "", &[change], &|_| None) {
                assert_eq!(again.text(), after, "{what}");
            }
            edits += 1;
        }
    }
    edits
}

fn other_parser(text: &str) -> Value {
    json5::from_str(text.trim_start_matches('\u{feff}')).unwrap_or_else(|it| panic!("{it}: {text}"))
}

/// The marks of all comments.
fn comments(text: &str) -> Vec<&str> {
    text.match_indices("<c").filter_map(|(at, _)| text[at..].find('>').map(|end| &text[at..=at + end])).collect()
}
