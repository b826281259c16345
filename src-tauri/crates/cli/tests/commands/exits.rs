//! How it ends: the codes that the help promises, and errors that a script can read.

use std::fs;

use crate::desk::{CONFIG, Desk};

#[test]
fn the_codes() {
    let desk = Desk::with(CONFIG);
    desk.refuses("models list --nonsense", 2, "unexpected argument");
    desk.refuses("models set box/m --max-tokens 1 --profile ../x --config", 2, "");
    let help = desk.run("models --help");
    assert!(help.code == 0 && help.out.contains("4  another program changed the config"), "{help:?}");
    fs::write(desk.path(), "{ agents: “").expect("written");
    desk.refuses("models list", 3, "the file has an error in line 1");
    desk.refuses("models set box/m --max-tokens 1", 3, "curly quote");
    fs::write(desk.path(), "[]").expect("written");
    desk.refuses("aliases set A a/b", 3, "should be an object");
    fs::remove_file(desk.path()).expect("removed");
    let said = desk.run("fallbacks list --json");
    assert_eq!((said.code, &said.json()["error"]["code"]), (3, &"file".into()));
    assert!(said.err.contains("there is no config at") && said.err.contains("\nhint: "), "{said:?}");
}

#[test]
fn what_an_edit_says_to_a_script() {
    let desk = Desk::with(CONFIG);
    let said = desk.run("models set Local --context-window 16000 --json").json();
    assert_eq!((&said["changed"], &said["written"], &said["dryRun"]), (&true.into(), &true.into(), &false.into()));
    assert_eq!(said["problems"][0]["code"], "contextWindow.small");
    assert_eq!(said["sentences"][0], "Local: context is now 16,000, was 65,536");
    let refused = desk.run("models remove Local --json");
    assert_eq!((refused.code, &refused.json()["error"]["code"]), (1, &"invalid".into()));
    let dry = desk.run("models set Local --context-window 65536 --json --dry-run").json();
    assert_eq!((&dry["changed"], &dry["written"], &dry["linesChanged"]), (&true.into(), &false.into(), &1.into()));
}

#[test]
fn lint() {
    let desk = Desk::with(CONFIG);
    let clean = desk.run("lint");
    assert!(clean.code == 0 && clean.out.contains("note: line 12: Agent kid: Its own primary switches"), "{clean:?}");
    fs::write(desk.path(), CONFIG.replace("timeoutSeconds: 300", "timeoutSeconds: 10")).expect("written");
    let found = desk.run("lint --json");
    assert_eq!(found.code, 1);
    let short = found.json()["problems"].as_array().and_then(|it| it.iter().find(|it| it["code"] == "timeout.short").cloned());
    assert_eq!(short.expect("found")["line"], 21);
    desk.edits_once("lint --fix timeout.short", "timeoutSeconds: 10", "timeoutSeconds: 300");
    assert_eq!(desk.text(), CONFIG);
    fs::write(desk.path(), CONFIG.replace("contextWindow: 65536", "contextWindow: 16000")).expect("written");
    desk.refuses("lint --fix contextWindow.small", 1, "has no automatic fix");
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_written_stays() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::with(CONFIG);
    fs::set_permissions(desk.path(), fs::Permissions::from_mode(0o400)).expect("set");
    desk.refuses("models set Local --max-tokens 1000", 3, "can't be written: no permission");
}

#[test]
fn the_style_of_the_file_stays() {
    let strict = "\u{feff}{\r\n\t\"models\": {\"providers\": {\"box\": {\"baseUrl\": \"http://127.0.0.1:1/v1\", \"timeoutSeconds\": 300, \"models\": [\r\n\t\t{\"id\": \"m\", \"name\": \"M\", \"contextWindow\": 65536}\r\n\t]}}}\r\n}\r\n";
    let desk = Desk::with(strict);
    desk.edits_once("models set box/m --max-tokens 8192", "65536}", "65536, \"maxTokens\": 8192}");
    desk.edits_once("models add box/n --name N", "8192}\r\n", "8192},\r\n\t\t{\"id\": \"n\", \"name\": \"N\"}\r\n");
    desk.edits("providers rename box rig", "\"box\"", "\"rig\"");
    let twice = Desk::with("{ models: { mode: 'merge', mode: 'replace' } }");
    twice.edits_once("models mode merge", "'replace'", "'merge'");
}
