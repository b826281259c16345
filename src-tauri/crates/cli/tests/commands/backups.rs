//! `backups`: each text before a write, and back.

use std::fs;

use crate::desk::{CONFIG, Desk};

#[test]
fn there_and_back() {
    let desk = Desk::with(CONFIG);
    assert!(desk.run("backups list").out.starts_with("no backups"));
    desk.refuses("backups restore latest", 1, "there is no backup latest");
    assert_eq!(desk.run("models set Local --max-tokens 1000").code, 0);
    let changed = desk.text();
    let listed = desk.run("backups list --json").json();
    assert_eq!(listed["backups"].as_array().map(Vec::len), Some(1));
    let name = listed["backups"][0]["name"].as_str().expect("a name").to_owned();
    let shown = desk.run(&format!("backups restore {name}"));
    assert_eq!((shown.code, desk.text()), (0, changed.clone()));
    assert!(
        shown.out.contains("+          { id: \"m\", name: \"M\", contextWindow: 65536, maxTokens: 8192 }, // as loaded"),
        "{shown:?}"
    );
    assert!(shown.err.contains("hint: Use --yes to restore it.") && !shown.out.contains("sk-secret"), "{shown:?}");
    assert_eq!(desk.run(&format!("backups restore {name} --yes")).code, 0);
    assert_eq!(desk.text(), CONFIG);
    // What it replaced is a backup too.
    assert_eq!(desk.run("backups restore latest --yes").code, 0);
    assert_eq!(desk.text(), changed);
    desk.refuses("backups restore ../../openclaw.json --yes", 1, "there is no backup");
}

#[test]
fn a_broken_or_missing_config_comes_back() {
    let desk = Desk::with(CONFIG);
    assert_eq!(desk.run("models set Local --max-tokens 1000").code, 0);
    fs::write(desk.path(), "{ apiKey: “sk-secret”,").expect("written");
    let shown = desk.run("backups restore latest");
    assert!(shown.code == 0 && !shown.out.contains("sk-secret"), "{shown:?}");
    assert_eq!(desk.run("backups restore latest --yes").code, 0);
    assert_eq!(desk.text(), CONFIG);
    fs::remove_file(desk.path()).expect("removed");
    let oldest = desk.run("backups list --json").json()["backups"].as_array().and_then(|it| it.last().cloned()).expect("one");
    let said = desk.run(&format!("backups restore {} --yes", oldest["name"].as_str().expect("a name")));
    assert_eq!((said.code, desk.text().as_str()), (0, CONFIG), "{said:?}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(desk.path()).expect("there").permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn what_openclaw_set_aside_is_among_them() {
    let desk = Desk::with(CONFIG);
    let name = "openclaw.json.clobbered.2026-11-23T14-00-01-000Z";
    let mine = CONFIG.replace("maxTokens: 8192", "maxTokens: 4096");
    fs::write(desk.path().with_file_name(name), &mine).expect("written");
    let listed = desk.run("backups list --json").json();
    assert_eq!((listed["backups"][0]["name"].as_str(), listed["backups"][0]["setAside"].as_str()), (Some(name), Some("undone")));
    assert!(desk.run("backups list").out.contains("undone by OpenClaw"));
    desk.refuses("backups restore latest", 1, "there is no backup latest");
    assert_eq!(desk.run("backups restore clobbered --yes").code, 0);
    assert_eq!(desk.text(), mine);
}

#[test]
fn another_profile_of_the_same_name_has_its_own() {
    let desk = Desk::with(CONFIG);
    let other = desk.path().with_file_name("other").join("openclaw.json");
    fs::create_dir_all(other.parent().expect("has one")).expect("made");
    fs::write(&other, CONFIG).expect("written");
    assert_eq!(desk.run("models set Local --max-tokens 1000").code, 0);
    let listed = |path: &std::path::Path| {
        let said = desk.run(&format!("backups list --json --config {}", path.display())).json();
        said["backups"].as_array().map_or(0, Vec::len)
    };
    assert_eq!((listed(&desk.path()), listed(&other)), (1, 0));
}

#[test]
fn curly_quotes_are_made_straight_on_request() {
    let curly = CONFIG.replace("mode: \"merge\"", "mode: “merge”");
    let desk = Desk::with(&curly);
    assert!(desk.run("backups list").out.contains("straight-quotes"));
    assert_eq!(desk.run("backups restore straight-quotes").code, 0);
    assert_eq!(desk.text(), curly, "not without --yes");
    assert_eq!(desk.run("backups restore straight-quotes --yes").code, 0);
    assert_eq!(desk.text(), CONFIG);
    // The file as it was is kept, and is nothing that `latest` would mean: it does not read.
    assert!(!desk.run("backups list").out.contains("straight-quotes"));
    desk.refuses("backups restore straight-quotes --yes", 1, "there is no backup");
}
