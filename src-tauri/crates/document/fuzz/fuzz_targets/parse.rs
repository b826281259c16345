//! Any text: never a panic, the same text back, and where it is read, read as `json5` reads it.
//! `cargo +nightly fuzz run parse fuzz/corpus/parse fuzz/seeds`, in the folder of the crate: the seeds are a text of each sort.
#![no_main]

use document::{Document, Fingerprint, straighten};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|text: &str| {
    let _ = straighten(text);
    let Ok(document) = Document::parse(text) else { return };
    assert_eq!(document.text(), text);
    // Letters that Unicode counts as alphabetic and JSON5 does not are the one known difference; escaped, they are ASCII.
    match json5::from_str::<Value>(text) {
        Ok(read) if text.is_ascii() => {
            assert_eq!(read, document.value());
            assert_eq!(json5::from_str::<Fingerprint>(text).expect("it was read"), document.fingerprint());
        }
        Ok(_) => {}
        Err(error) => assert!(!text.is_ascii() || text.contains("\\u"), "json5 reads it too: {error}"),
    }
    let _ = (document.duplicates(), document.is_strict_json());
});
