//! Any text and any edit: never a panic, never an edit that does not read back as meant, and none twice.
//! `cargo +nightly fuzz run edit fuzz/corpus/edit fuzz/seeds`, in the folder of the crate: the seeds are a text of each sort.
#![no_main]

use document::{Document, Edit, EditError, Path, View};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, &str, Vec<u8>)| {
    let (text, to, steps) = input;
    let Ok(document) = Document::parse(text) else { return };
    let mut at = Path::root();
    for step in steps.iter().map(|step| usize::from(*step)) {
        match document.get(&at) {
            Some(it) if it.is_object() => match it.members().nth(step) {
                Some((key, _)) => at.push(key.as_ref()),
                None => at.push("new"),
            },
            Some(it) if it.is_array() => at.push(step.min(it.elements().len())),
            _ => break,
        }
    }
    if let Ok(renamed) = document.rename(&at, to) {
        assert!(renamed == Document::parse(renamed.text()).expect("it reads"));
    }
    let edit = Edit { was: document.get(&at).map(View::value), at, to: serde_json::from_str(to).ok() };
    let edited = document.apply(std::slice::from_ref(&edit));
    if let Ok(edited) = &edited {
        // Only a part of it was read again.
        assert!(*edited == Document::parse(edited.text()).expect("it reads"));
    }
    match edited {
        Ok(edited) if edit.to.is_some() => {
            let again = edited.apply(&[edit]).expect("it is as meant already");
            assert_eq!(again.text(), edited.text());
        }
        Ok(_) => {}
        Err(error) => assert!(!matches!(error, EditError::Broken { .. } | EditError::Conflict { .. }), "{error}"),
    }
});
