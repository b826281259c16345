//! Any text: no panic, the same text back, and a document means what `json5` reads.
//! `cargo +nightly fuzz run parse fuzz/corpus/parse fuzz/seeds`, in the folder of the crate.
#![no_main]

use document::{Document, straighten_quotes};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|text: &str| {
    let _ = straighten_quotes(text);
    let Ok(document) = Document::parse(text) else { return };
    assert_eq!(document.text(), text);
    match json5::from_str::<Value>(text) {
        // Beyond ASCII, keys without quotes may have letters that Unicode counts as alphabetic and JSON5 does not.
        Ok(value) if text.is_ascii() => {
            assert_eq!(value, document.value());
            assert!(document.root() == value);
        }
        Ok(_) => {}
        Err(error) => assert!(!text.is_ascii() || text.contains("\\u"), "json5 refuses it: {error}"),
    }
    let _ = (document.duplicates(), document.is_strict_json());
});
