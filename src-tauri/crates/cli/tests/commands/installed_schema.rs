//! The installed OpenClaw's own schema: the doctor asks for it, an edit that it would refuse is written only if a person says so.
#![cfg(unix)]

use std::fs;

use crate::desk::{CONFIG, Desk};

/// Takes no context of more than 100,000 tokens. The rest of the config is not looked at.
const SCHEMA: &str = r#"{"properties":{"meta":{},"agents":{},"models":{"properties":{"providers":{"additionalProperties":{"properties":{
    "models":{"items":{"properties":{"contextWindow":{"type":"number","maximum":100000}}}}}}}}}}}"#;

fn desk() -> Desk {
    let desk = Desk::with(CONFIG);
    desk.install_openclaw(&format!("echo '{SCHEMA}'"));
    desk
}

const EDIT: &str = "models set box/m --context-window 120000";

#[test]
fn what_openclaw_would_refuse_takes_a_word_more() {
    let desk = desk();
    // Nobody has asked yet, and an edit does not wait.
    assert_eq!(desk.run(&format!("{EDIT} --dry-run")).code, 0);
    let said = desk.run("doctor");
    assert!(said.out.contains("checked with OpenClaw 2026.9.6's own schema"), "{said:?}");
    let why =
        "OpenClaw 2026.9.6 would refuse this: models.providers.box.models.0.contextWindow should be a number, 100000 or less";
    desk.refuses(EDIT, 1, why);
    desk.refuses(EDIT, 1, "--anyway");
    desk.refuses(&format!("{EDIT} --dry-run"), 1, why);
    let said = desk.run(&format!("{EDIT} --anyway"));
    assert!(said.code == 0 && desk.text().contains("contextWindow: 120000") && said.err.contains(why), "{said:?}");
    // Now it is so; what else is changed has nothing to do with it.
    desk.edits("models set box/m --max-tokens 4096", "maxTokens: 8192", "maxTokens: 4096");
}

#[test]
fn one_that_makes_no_sense_is_none() {
    let desk = desk();
    desk.run("doctor");
    let kept = desk.find("openclaw-2026.9.6.json");
    fs::write(&kept, &fs::read(&kept).expect("readable")[..100]).expect("written");
    assert_eq!(desk.run(EDIT).code, 0);
}

#[test]
fn one_of_another_version_is_none() {
    let desk = desk();
    desk.run("doctor");
    let kept = desk.find("openclaw-2026.9.6.json");
    fs::rename(&kept, kept.with_file_name("openclaw-2026.9.5.json")).expect("renamed");
    assert_eq!(desk.run(EDIT).code, 0);
}

#[test]
fn a_backup_is_judged_too() {
    let desk = desk();
    assert_eq!(desk.run(EDIT).code, 0);
    desk.run("models set box/m --context-window 65536");
    desk.run("doctor");
    let said = desk.run("backups restore latest");
    assert!(said.err.contains("OpenClaw 2026.9.6 would refuse this"), "{said:?}");
}
