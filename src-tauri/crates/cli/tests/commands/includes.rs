//! A config that takes in other files: each edit lands where the setting stands, comments and all.

use std::fs;

use crate::desk::{CONFIG, Desk};

const PROVIDERS: &str = "// the boxes\n{\n  box: {\n    baseUrl: 'http://127.0.0.1:1234/v1', // down there\n    timeoutSeconds: 300,\n    models: [{ id: 'm', name: 'M', contextWindow: 65536 }],\n  },\n}\n";

fn desk(include: &str) -> Desk {
    let main = format!(
        "// mine\n{{\n  meta: {{ lastTouchedVersion: \"2026.9.6\" }},\n  agents: {{ defaults: {{ model: \"box/m\" }} }},\n  models: {{ providers: {{ $include: {include} }} }},\n}}\n"
    );
    let desk = Desk::with(&main);
    fs::write(desk.path().with_file_name("boxes.json5"), PROVIDERS).expect("written");
    desk
}

#[test]
fn an_edit_lands_in_the_file_that_holds_it() {
    let desk = desk("'./boxes.json5'");
    let boxes = desk.path().with_file_name("boxes.json5");
    let main = desk.text();
    let dry = desk.run("models set box/m --context-window 32768 --dry-run");
    assert!(dry.code == 0 && dry.out.contains("boxes.json5") && dry.out.contains("contextWindow: 32768"), "{dry:?}");
    assert_eq!(fs::read_to_string(&boxes).expect("there"), PROVIDERS);
    assert_eq!(desk.run("models set box/m --context-window 32768").code, 0);
    assert_eq!(fs::read_to_string(&boxes).expect("there"), PROVIDERS.replace("65536", "32768"));
    assert_eq!(desk.text(), main);
    // One transaction over both.
    assert_eq!(desk.run("providers rename box rig").code, 0);
    assert_eq!(desk.text(), main.replace("box/m", "rig/m"));
    assert_eq!(fs::read_to_string(&boxes).expect("there"), PROVIDERS.replace("65536", "32768").replace("box: {", "rig: {"));
    assert!(desk.run("providers list").out.contains("rig"));
}

#[test]
fn a_backup_is_judged_with_the_files_around_it() {
    let desk = desk("'./boxes.json5'");
    let boxes = desk.path().with_file_name("boxes.json5");
    // A part by itself names no models that the main file could miss, and a main file by itself lacks them.
    fs::write(&boxes, PROVIDERS.replace("'m'", "'old'").replace("timeoutSeconds: 300", "timeout_seconds: 300")).expect("written");
    assert_eq!(desk.run("models set box/old --context-window 32768").code, 0);
    fs::write(&boxes, PROVIDERS).expect("mended by hand");
    let shown = desk.run("backups restore latest");
    for told in ["schema.unknownKey", "timeout_seconds", "ref.unknown", "box/m"] {
        assert!(shown.err.contains(told), "{told}: {shown:?}");
    }
    assert_eq!(desk.run("primary set box/m2").code, 0);
    let shown = desk.run(&format!("backups restore {}", latest_of(&desk, "openclaw.json")));
    assert!(!shown.err.contains("ref.unknown"), "{shown:?}");
}

/// The name of the last backup of a file.
fn latest_of(desk: &Desk, file: &str) -> String {
    let listed: serde_json::Value = serde_json::from_str(&desk.run("backups list --json").out).expect("JSON");
    let names = listed["backups"].as_array().expect("a list").iter().filter_map(|it| it["name"].as_str());
    names.into_iter().find(|it| it.starts_with(file)).expect("one").to_owned()
}

#[test]
fn what_more_than_one_file_makes_up_is_not_changed() {
    let desk = desk("['./boxes.json5', './more.json5']");
    fs::write(desk.path().with_file_name("more.json5"), "{ box: { timeoutSeconds: 60 } }").expect("written");
    desk.refuses("providers set box --timeout-seconds 120", 1, "it is not clear which file to change");
    assert!(
        desk.run("providers list --json").out.contains("\"timeoutSeconds\": 60"),
        "the later one wins: {:?}",
        desk.run("providers list --json")
    );
}

#[test]
fn only_files_that_openclaw_would_take_in() {
    let outside = tempfile::tempdir().expect("a folder");
    fs::write(outside.path().join("boxes.json5"), PROVIDERS).expect("written");
    let desk = desk(&format!("'{}/boxes.json5'", outside.path().display()));
    let found = desk.run("lint");
    assert!(found.code == 1 && found.out.contains("outside the config's folder"), "{found:?}");
    let mut allowed = desk.command("lint");
    let output = allowed.env("OPENCLAW_INCLUDE_ROOTS", outside.path()).output().expect("it ends");
    assert!(!String::from_utf8_lossy(&output.stdout).contains("outside"), "{output:?}");
    fs::write(desk.path(), CONFIG.replace("mode: \"merge\",", "$include: './broken.json5',")).expect("written");
    fs::write(desk.path().with_file_name("broken.json5"), "{ mode: “merge” }").expect("written");
    let found = desk.run("lint");
    assert!(found.code == 1 && found.out.contains("broken.json5 can't be included: it has an error in line 1"), "{found:?}");
}
