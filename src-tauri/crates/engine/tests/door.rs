//! Files are opened in one place, which opens ordinary files alone and waits for none: `files`.

use std::fs;
use std::path::{Path, PathBuf};

/// What opens a file, or has one opened.
const OPENS: [&str; 11] = [
    "File::open",
    "File::create",
    "File::options",
    "OpenOptions",
    "fs::read(",
    "fs::read_to_string",
    "fs::write(",
    "fs::copy",
    "tempfile::",
    "tokio::fs",
    "from_path",
];

#[test]
fn nobody_else_opens_a_file() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a folder of crates");
    let mut found = Vec::new();
    for part in ["engine/src", "cli/src"] {
        for file in sources(&crates.join(part)) {
            if file.starts_with(crates.join("engine/src/files")) {
                continue;
            }
            let text = fs::read_to_string(&file).expect("a source file");
            // Tests make what they need as they like.
            let own = text.split("\nmod tests {").next().unwrap_or_default();
            let opening = own.lines().filter(|line| OPENS.iter().any(|opens| line.contains(opens)));
            found.extend(opening.map(|line| format!("{}: {}", file.display(), line.trim())));
        }
    }
    assert_eq!(found, [""; 0]);
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path());
    let of_tests = ["tests.rs", "faults.rs"];
    entries
        .flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|it| it == "rs"))
        .filter(|path| !of_tests.iter().any(|name| path.ends_with(name)))
        .collect()
}
