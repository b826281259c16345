//! What must hold for every document and every edit, tested on random documents in every style that JSON5 allows.

#[path = "properties/documents.rs"]
mod documents;

use std::ops::Range;

use document::{Document, Edit, Path, Segment, Value, ValueKind, ValueRef};
use documents::{Written, any_value, comment_words, document};
use proptest::{prelude::*, sample::Index};
use serde_json::json;

/// A random edit, independent of the document that it will be made for.
#[derive(Clone, Debug)]
struct Pick {
    place: Index,
    what: What,
}

#[derive(Clone, Debug)]
enum What {
    Replace(Value),
    Remove,
    Insert(String, Value),
    /// Replaces a container by one that differs in a few places.
    Rework(Vec<(Index, Option<Value>)>),
    Shuffle(Index),
}

fn pick() -> impl Strategy<Value = Pick> {
    let key = prop_oneof![
        "[a-z]{1,4}",
        "[a-z]{1,3}/[a-z.]{1,3}",
        any::<String>().prop_map(|it| it.chars().filter(|c| *c != '#').take(4).collect())
    ];
    let rework = prop::collection::vec((any::<Index>(), prop::option::of(any_value())), 1..4);
    let what = prop_oneof![
        any_value().prop_map(What::Replace),
        Just(What::Remove),
        (key, any_value()).prop_map(|(key, value)| What::Insert(key, value)),
        rework.prop_map(What::Rework),
        any::<Index>().prop_map(What::Shuffle),
    ];
    (any::<Index>(), what).prop_map(|(place, what)| Pick { place, what })
}

/// Returns the edit that a pick means for a document; `None` if it makes no sense there.
fn edit(document: &Document, pick: &Pick) -> Option<Edit> {
    let mut places = vec![];
    collect(&document.value(), &Path::root(), &mut places);
    let at = places[pick.place.index(places.len())].clone();
    let found = document.get(&at)?.value();
    let edit = |at: Path, was: Option<Value>, to: Option<Value>| Some(Edit { at, was, to });
    match (&pick.what, found) {
        (What::Replace(to), found) => edit(at, Some(found), Some(to.clone())),
        (What::Remove, found) => {
            at.parent()?;
            edit(at, Some(found), None)
        }
        (What::Insert(key, to), Value::Object(_)) => {
            let at = at.child(key);
            let was = document.get(&at).map(ValueRef::value);
            edit(at, was, Some(to.clone()))
        }
        (What::Insert(_, to), Value::Array(elements)) => edit(at.child(elements.len()), None, Some(to.clone())),
        (What::Rework(changes), Value::Object(members)) => {
            let mut to = members.clone();
            for (which, change) in changes {
                let key = members.keys().nth(which.index(members.len() + 1)).cloned();
                match (key, change) {
                    (Some(key), Some(value)) => drop(to.insert(key, value.clone())),
                    (Some(key), None) => drop(to.shift_remove(&key)),
                    (None, value) => drop(to.insert("new".into(), value.clone().unwrap_or(json!("x")))),
                }
            }
            edit(at, Some(Value::Object(members)), Some(Value::Object(to)))
        }
        (What::Rework(changes), Value::Array(elements)) => {
            let mut to = elements.clone();
            for (which, change) in changes {
                let index = which.index(to.len() + 1);
                match change {
                    Some(value) => to.insert(index, value.clone()),
                    None if index < to.len() => drop(to.remove(index)),
                    None => {}
                }
            }
            edit(at, Some(Value::Array(elements)), Some(Value::Array(to)))
        }
        (What::Shuffle(by), Value::Array(elements)) if !elements.is_empty() => {
            let mut to = elements.clone();
            to.rotate_left(by.index(elements.len()));
            edit(at, Some(Value::Array(elements)), Some(Value::Array(to)))
        }
        _ => None,
    }
}

fn collect(value: &Value, at: &Path, places: &mut Vec<Path>) {
    places.push(at.clone());
    match value {
        Value::Object(members) => members.iter().for_each(|(key, value)| collect(value, &at.child(key), places)),
        Value::Array(elements) => elements.iter().enumerate().for_each(|(at_, it)| collect(it, &at.child(at_), places)),
        _ => {}
    }
}

/// Makes the edit on the value, by other means than the crate's.
fn meant(value: &Value, edit: &Edit) -> Value {
    let mut value = value.clone();
    let Some((last, above)) = edit.at.segments().split_last() else {
        return edit.to.clone().expect("the root is never removed");
    };
    let holder = above.iter().fold(&mut value, |value, segment| match segment {
        Segment::Key(key) => &mut value[key.as_str()],
        Segment::Index(index) => &mut value[*index],
    });
    match (holder, last, edit.to.clone()) {
        (Value::Object(members), Segment::Key(key), Some(to)) => drop(members.insert(key.clone(), to)),
        (Value::Object(members), Segment::Key(key), None) => drop(members.shift_remove(key)),
        (Value::Array(elements), Segment::Index(index), Some(to)) if *index == elements.len() => elements.push(to),
        (Value::Array(elements), Segment::Index(index), Some(to)) => elements[*index] = to,
        (Value::Array(elements), Segment::Index(index), None) => drop(elements.remove(*index)),
        _ => panic!("no such place"),
    }
    value
}

/// Returns whether two values are equal but for the spelling of numbers.
fn alike(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| alike(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| alike(a, b)))
        }
        _ => a == b,
    }
}

fn by_json5(text: &str) -> Result<Value, json5::Error> {
    json5::from_str(text.strip_prefix('\u{feff}').unwrap_or(text))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_document_is_read_as_json5_reads_it(Written { text, .. } in document()) {
        let document = Document::parse(&text).map_err(|error| TestCaseError::fail(format!("{error}: {text}")))?;
        prop_assert_eq!(document.text(), &text);
        prop_assert_eq!(document.value(), by_json5(&text).expect("json5 reads it"));
    }

    #[test]
    fn value_refs_agree_with_the_value(Written { text, .. } in document()) {
        let document = Document::parse(&text).expect("it is JSON5");
        agrees(document.root(), &document.value())?;
    }

    #[test]
    fn an_edit_reads_back_as_meant(Written { text, .. } in document(), pick in pick()) {
        let document = Document::parse(&text).expect("it is JSON5");
        let Some(edit) = edit(&document, &pick) else { return Ok(()) };
        let edited = document.apply(std::slice::from_ref(&edit))
            .map_err(|error| TestCaseError::fail(format!("{error}\n{edit:?}\n{text}")))?;
        let read = by_json5(edited.text());
        let read = read.map_err(|error| TestCaseError::fail(format!("{error}\n{edit:?}\n{text}\n---\n{}", edited.text())))?;
        prop_assert!(alike(&read, &meant(&document.value(), &edit)), "{:?}\n{}\n---\n{}", edit, text, edited.text());
        prop_assert_eq!(edited.value(), read);
        prop_assert_eq!(text.starts_with('\u{feff}'), edited.text().starts_with('\u{feff}'));
        prop_assert!(!document.is_strict_json() || edited.is_strict_json(), "{}", edited.text());

        // A removed element makes room for the next, so the same removal again is a conflict or another removal.
        if edit.to.is_none() && matches!(edit.at.last(), Some(Segment::Index(_))) {
            return Ok(());
        }
        let again = edited.apply(std::slice::from_ref(&edit)).expect("no conflict");
        prop_assert_eq!(again.text(), edited.text());
    }

    /// Each comment has a mark of its own, so a lost, doubled or cut one shows.
    #[test]
    fn comments_survive(Written { text, .. } in document(), pick in pick()) {
        let document = Document::parse(&text).expect("it is JSON5");
        let Some(edit) = edit(&document, &pick) else { return Ok(()) };
        let edited = document.apply(std::slice::from_ref(&edit)).expect("it is made");
        let (before, after) = (comment_words(&text), comment_words(edited.text()));
        let lost: Vec<&String> = before.iter().filter(|words| !after.contains(words)).collect();
        prop_assert!(after.iter().all(|words| before.contains(words)), "none is new: {:?}\n{}", after, edited.text());
        let mut once = after.clone();
        once.sort();
        once.dedup();
        prop_assert_eq!(once.len(), after.len(), "none is doubled");
        match &pick.what {
            What::Insert(..) if edit.was.is_none() => prop_assert!(lost.is_empty(), "{:?}\n{}", lost, edited.text()),
            What::Shuffle(_) => prop_assert!(lost.is_empty(), "{:?}\n{}", lost, edited.text()),
            // Only comments between the members around it go; an overridden member goes with the one that counts.
            What::Remove if !text.contains("'shadow'") => {
                let around = around(&document, &edit.at);
                let own = document.span(&edit.at).expect("it is there").start;
                for words in &lost {
                    let mark = text.find(&format!("#{words}#")).expect("it was there");
                    let between: Vec<&str> = text.get(mark..own).unwrap_or_default().split('\n').collect();
                    let whole_lines = between.get(1..between.len() - 1).unwrap_or_default();
                    let parted = whole_lines.iter().any(|line| line.trim().is_empty());
                    prop_assert!(!parted, "parted by a blank line: {}\n{}", words, text);
                }
                prop_assert!(lost.iter().all(|it| comment_words(&text[around.clone()]).contains(it)), "{:?}\n{}", lost, text);
            }
            // The comments in an unchanged member stay.
            What::Rework(_) if edit.at.is_root() || !text.contains("'shadow'") => {
                let (Some(was), Some(to)) = (&edit.was, &edit.to) else { return Ok(()) };
                let stays = children(&document, &edit.at, was).into_iter().filter(|(segment, _)| match segment {
                    Segment::Key(key) => to.get(key) == was.get(key),
                    Segment::Index(_) => false,
                });
                for (_, span) in stays {
                    let inside = comment_words(&text[span]);
                    prop_assert!(inside.iter().all(|it| !lost.contains(&it)), "{:?}\n{}", lost, edited.text());
                }
            }
            What::Replace(_) if edit.was.as_ref().is_some_and(|was| !was.is_array() && !was.is_object()) => {
                prop_assert!(lost.is_empty(), "{:?}\n{}", lost, edited.text());
            }
            _ => {}
        }
    }

    /// The text before and after the container of the edit stays, byte for byte.
    #[test]
    fn bytes_outside_stay(Written { text, .. } in document(), pick in pick()) {
        let document = Document::parse(&text).expect("it is JSON5");
        let Some(edit) = edit(&document, &pick) else { return Ok(()) };
        let edited = document.apply(std::slice::from_ref(&edit)).expect("it is made");
        let container = if matches!(pick.what, What::Remove | What::Insert(..)) { edit.at.parent() } else { Some(edit.at.clone()) };
        let span = document.span(&container.expect("it has one")).expect("it is there");
        prop_assert!(edited.text().starts_with(&text[..span.start]), "{}\n---\n{}", text, edited.text());
        prop_assert!(edited.text().ends_with(&text[span.end..]), "{}\n---\n{}", text, edited.text());
        // An insertion leaves all the old characters in their order.
        if matches!(pick.what, What::Insert(..)) && edit.was.is_none() {
            let mut new = edited.text().chars();
            let filled = text[span.clone()].chars().filter(|c| !c.is_whitespace());
            prop_assert!(filled.clone().all(|c| new.any(|it| it == c)), "{}\n---\n{}", text, edited.text());
        }
    }

    /// A removal takes the member and its own comments; every other member keeps its text.
    #[test]
    fn removal_leaves_the_others_alone(Written { text, .. } in document(), place in any::<Index>()) {
        let document = Document::parse(&text).expect("it is JSON5");
        let Some(edit) = edit(&document, &Pick { place, what: What::Remove }) else { return Ok(()) };
        let edited = document.apply(std::slice::from_ref(&edit)).expect("it is made");
        let mut places = vec![];
        collect(&edited.value(), &Path::root(), &mut places);
        let removed = edit.at.clone();
        for at in places.iter().filter(|at| !at.contains(&removed)) {
            let before = shifted(at, &removed);
            if edited.get(at).is_some_and(|value| !value.is_array() && !value.is_object()) {
                let old = document.span(&before).map(|span| &text[span]);
                let new = edited.span(at).map(|span| &edited.text()[span]);
                prop_assert_eq!(old, new, "{}\n---\n{}", text, edited.text());
            }
        }
    }

    /// Several edits at once give the same text as one after the other.
    #[test]
    fn edits_add_up(Written { text, .. } in document(), picks in prop::collection::vec(pick(), 2..5)) {
        let document = Document::parse(&text).expect("it is JSON5");
        let mut one_by_one = document.clone();
        let mut edits = vec![];
        for pick in &picks {
            let Some(edit) = edit(&one_by_one, pick) else { continue };
            one_by_one = one_by_one.apply(std::slice::from_ref(&edit)).expect("it is made");
            edits.push(edit);
        }
        let at_once = document.apply(&edits).expect("they are made");
        prop_assert_eq!(at_once.text(), one_by_one.text());
    }

    #[test]
    fn a_rename_changes_keys_alone(Written { text, .. } in document(), place in any::<Index>(), to in "[a-z/ ]{1,6}") {
        let document = Document::parse(&text).expect("it is JSON5");
        let mut places = vec![];
        collect(&document.value(), &Path::root(), &mut places);
        let at = &places[place.index(places.len())];
        let Ok(renamed) = document.rename(&[(at.clone(), to.clone())]) else { return Ok(()) };
        prop_assert_eq!(renamed.value(), by_json5(renamed.text()).expect("json5 reads it"));
        let under = at.parent().expect("a member").child(to.as_str());
        prop_assert_eq!(document.get(at).map(ValueRef::value), renamed.get(&under).map(ValueRef::value));
        prop_assert_eq!(comment_words(&text), comment_words(renamed.text()));
    }

    #[test]
    fn nonsense_never_panics(text in prop_oneof!["\\PC{0,60}", documents::nearly(), documents::cut()], edit_value in any_value()) {
        if let Ok(document) = Document::parse(&text) {
            let at = Path::root();
            let _ = document.apply(&[Edit { was: document.get(&at).map(ValueRef::value), at, to: Some(edit_value) }]);
        }
        let _ = document::straighten_quotes(&text);
    }

    #[test]
    fn what_is_accepted_is_what_json5_accepts(text in documents::nearly()) {
        let (ours, theirs) = (Document::parse(&text), by_json5(&text));
        match (&ours, &theirs) {
            (Ok(ours), Ok(theirs)) => {
                prop_assert_eq!(&ours.value(), theirs);
            }
            (Err(_), Err(_)) => {}
            (Err(error), Ok(_)) => prop_assert!(documents::refused_on_purpose(&text), "only json5 reads {:?}: {}", text, error),
            (Ok(_), Err(error)) => prop_assert!(false, "json5 refuses {:?}: {}", text, error),
        }
    }
}

fn agrees(view: ValueRef<'_>, value: &Value) -> Result<(), TestCaseError> {
    let kind = match value {
        Value::Null => ValueKind::Null,
        Value::Bool(_) => ValueKind::Bool,
        Value::Number(_) => ValueKind::Number,
        Value::String(_) => ValueKind::String,
        Value::Array(_) => ValueKind::Array,
        Value::Object(_) => ValueKind::Object,
    };
    prop_assert_eq!(view.kind(), kind);
    prop_assert_eq!(view.as_bool(), value.as_bool());
    prop_assert_eq!(view.as_f64(), value.as_f64());
    prop_assert_eq!(view.as_u64(), value.as_u64());
    prop_assert_eq!(view.as_str(), value.as_str());
    let (members, elements) = (view.members().collect::<Vec<_>>(), view.elements());
    prop_assert_eq!(members.len(), value.as_object().map_or(0, serde_json::Map::len));
    prop_assert_eq!(elements.len(), value.as_array().map_or(0, Vec::len));
    for (name, member) in members {
        prop_assert_eq!(view.get(name).map(ValueRef::span), Some(member.span()));
        agrees(member, &value[name])?;
    }
    elements.enumerate().try_for_each(|(i, element)| agrees(element, &value[i]))
}

/// Returns the members or elements of a container and where they are written.
fn children(document: &Document, at: &Path, container: &Value) -> Vec<(Segment, Range<usize>)> {
    let segments: Vec<Segment> = match container {
        Value::Object(members) => members.keys().map(Segment::from).collect(),
        Value::Array(elements) => (0..elements.len()).map(Segment::from).collect(),
        _ => vec![],
    };
    segments.into_iter().filter_map(|segment| Some((segment.clone(), document.span(&at.child(segment))?))).collect()
}

/// Returns the range from the end of the sibling before a value to the start of the one after it.
fn around(document: &Document, at: &Path) -> Range<usize> {
    let parent = at.parent().expect("not the root");
    let own = document.span(at).expect("it is there");
    let whole = document.span(&parent).expect("it is there");
    let siblings = children(document, &parent, &document.get(&parent).expect("it is there").value());
    let before = siblings.iter().map(|(_, span)| span.end).filter(|end| *end <= own.start).max();
    let after = siblings.iter().map(|(_, span)| span.start).filter(|start| *start >= own.end).min();
    before.unwrap_or(whole.start)..after.unwrap_or(whole.end)
}

/// Returns the path that a value had before an element ahead of it was removed.
fn shifted(at: &Path, removed: &Path) -> Path {
    let level = removed.segments().len() - 1;
    match (removed.segments().last(), at.segments().get(level)) {
        (Some(Segment::Index(gone)), Some(Segment::Index(now)))
            if at.segments()[..level] == removed.segments()[..level] && now >= gone =>
        {
            let mut segments = at.segments().to_vec();
            segments[level] = Segment::Index(now + 1);
            segments.into_iter().collect()
        }
        _ => at.clone(),
    }
}
