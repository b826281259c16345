//! Any text and any edit: never a panic, never an edit that does not read back as meant, and none twice.
//! `cargo +nightly fuzz run edit fuzz/corpus/edit fuzz/seeds`, in the folder of the crate: the seeds are a text of each sort.
#![no_main]

use document::{Document, Edit, EditError, Path, Value};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, &str, Vec<u8>)| {
    let (text, to, steps) = input;
    let Ok(document) = Document::parse(text) else { return };
    let mut at = Path::root();
    for step in steps.iter().map(|step| usize::from(*step)) {
        match document.get(&at) {
            Some(Value::Object(members)) => match members.keys().nth(step) {
                Some(key) => at.push(key),
                None => at.push("new"),
            },
            Some(Value::Array(elements)) => at.push(step.min(elements.len())),
            _ => break,
        }
    }
    let edit = Edit { was: document.get(&at).cloned(), at, to: serde_json::from_str(to).ok() };
    match document.apply(std::slice::from_ref(&edit)) {
        Ok(edited) if edit.to.is_some() => {
            let again = edited.apply(&[edit]).expect("it is as meant already");
            assert_eq!(again.text(), edited.text());
        }
        Ok(_) => {}
        Err(error) => assert!(!matches!(error, EditError::Broken { .. } | EditError::Conflict { .. }), "{error}"),
    }
});
