//! The house is walked in one direction: a room of `domain` imports only rooms above it, and no crate's modules stand in a circle.

#![expect(clippy::disallowed_methods, reason = "it reads the source")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// From the ground up; `lib.rs` and ARCHITECTURE.md list them in the same order.
const ROOMS: [&str; 13] =
    ["base", "schema", "config", "server", "turns", "intent", "transition", "notify", "history", "app", "view", "edit", "calls"];

#[test]
fn rooms_import_only_rooms_above_them() {
    let imports = imports(&crates().join("domain"));
    let place = |room: &str| ROOMS.iter().position(|it| *it == room).unwrap_or_else(|| panic!("no place for the room {room}"));
    let mut upward = Vec::new();
    for (room, others) in &imports {
        for (other, file) in others.iter().filter(|(other, _)| place(other) > place(room)) {
            upward.push(format!("{room} imports {other}, which stands below it: {}", file.display()));
        }
    }
    assert!(upward.is_empty(), "\n{}", upward.join("\n"));
}

#[test]
fn the_list_of_rooms_is_the_one_of_the_crate() {
    let lib = fs::read_to_string(crates().join("domain/src/lib.rs")).expect("lib.rs");
    let listed: Vec<&str> = lib.lines().filter_map(|it| it.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    assert_eq!(listed, ROOMS);
}

#[test]
fn no_modules_stand_in_a_circle() {
    for name in ["document", "engine"] {
        let imports = imports(&crates().join(name));
        let mut left: BTreeMap<&str, BTreeSet<&str>> =
            imports.iter().map(|(module, others)| (module.as_str(), others.keys().map(String::as_str).collect())).collect();
        // Whoever imports nobody that is left can't be part of a circle.
        while let Some(free) = left.iter().find(|(_, others)| others.is_empty()).map(|it| *it.0) {
            left.remove(free);
            for others in left.values_mut() {
                others.remove(free);
            }
        }
        assert!(left.is_empty(), "{name}: these modules import each other in a circle: {left:#?}");
    }
}

fn crates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a folder of crates").to_owned()
}

/// For each top-level module of a crate: the others that it names after `crate::`, each with a file that does.
fn imports(package: &Path) -> BTreeMap<String, BTreeMap<String, PathBuf>> {
    let root = package.join("src");
    let lib = fs::read_to_string(root.join("lib.rs")).expect("lib.rs");
    let mut files = Vec::new();
    collect(&root, &mut files);
    let module = |file: &Path| {
        let first = file.strip_prefix(&root).ok()?.components().next()?;
        Some(first.as_os_str().to_str()?.trim_end_matches(".rs").to_owned()).filter(|it| it != "lib")
    };
    let modules: BTreeSet<String> = files.iter().filter_map(|it| module(it)).collect();
    let reexported = reexports(&lib, &modules);
    let mut imports: BTreeMap<String, BTreeMap<String, PathBuf>> =
        modules.iter().map(|it| (it.clone(), BTreeMap::new())).collect();
    for file in &files {
        let Some(of) = module(file) else { continue };
        for name in names_after_crate(&fs::read_to_string(file).expect("a source file")) {
            let target = if modules.contains(&name) { Some(&name) } else { reexported.get(&name) };
            if let Some(target) = target.filter(|it| **it != of) {
                imports.entry(of.clone()).or_default().entry(target.clone()).or_insert_with(|| file.clone());
            }
        }
    }
    imports
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|it| it == "rs") {
            files.push(path);
        }
    }
}

/// The first names of all paths that begin with `crate::`, in lists as well; comments left out.
fn names_after_crate(source: &str) -> Vec<String> {
    let code: String = source.lines().map(|it| it.split("//").next().unwrap_or_default().to_owned() + "\n").collect();
    let mut names = Vec::new();
    for (at, start) in code.match_indices("crate::") {
        let rest = &code[at + start.len()..];
        if let Some(list) = rest.strip_prefix('{') {
            let mut depth = 0;
            for item in list.split_inclusive([',', '{', '}']) {
                if depth == 0 {
                    names.push(first_name(item.trim()));
                }
                match item.chars().last() {
                    Some('{') => depth += 1,
                    Some('}') if depth == 0 => break,
                    Some('}') => depth -= 1,
                    _ => {}
                }
            }
        } else {
            names.push(first_name(rest));
        }
    }
    names
}

fn first_name(path: &str) -> String {
    path.chars().take_while(|it| it.is_alphanumeric() || *it == '_').collect()
}

/// What `lib.rs` gives out under another path: each name with the module that it comes from.
fn reexports(lib: &str, modules: &BTreeSet<String>) -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    for line in lib.lines().filter_map(|it| it.strip_prefix("pub use ")) {
        let module = first_name(line);
        if modules.contains(&module) {
            let list = line.trim_end_matches(';').rsplit("::").next().unwrap_or_default();
            names.extend(list.trim_matches(['{', '}']).split(',').map(|it| (it.trim().to_owned(), module.clone())));
        }
    }
    names
}
