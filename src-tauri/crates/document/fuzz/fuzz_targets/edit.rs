//! Any text and any edit: no panic, no edit that does not read back as meant, and none that changes something twice.
//! `cargo +nightly fuzz run edit fuzz/corpus/edit fuzz/seeds`, in the folder of the crate.
#![no_main]

use document::{Document, Edit, EditError, Path, ValueRef};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, &str, Vec<u8>)| {
    let (text, to, steps) = input;
    let Ok(document) = Document::parse(text) else { return };
    let mut at = Path::root();
    for step in steps.iter().map(|step| usize::from(*step)) {
        match document.get(&at) {
            Some(value) if value.is_object() => match value.members().nth(step) {
                Some((key, _)) => at.push(key),
                None => at.push("new"),
            },
            Some(value) if value.is_array() => at.push(step.min(value.elements().len())),
            _ => break,
        }
    }
    if let Err(error) = document.rename(&[(at.clone(), to.to_owned())]) {
        assert!(!matches!(error, EditError::Broken { .. }), "{error}");
    }
    let edit = Edit { was: document.get(&at).map(ValueRef::value), at, to: serde_json::from_str(to).ok() };
    match document.apply(std::slice::from_ref(&edit)) {
        Ok(edited) if edit.to.is_some() => {
            let again = edited.apply(&[edit]).expect("the value is there already");
            assert_eq!(again.text(), edited.text());
        }
        Ok(_) => {}
        Err(error) => assert!(!matches!(error, EditError::Broken { .. } | EditError::Conflict { .. }), "{error}"),
    }
});
