//! `models` and `aliases`.

use crate::desk::{CONFIG, Desk};

#[test]
fn settings() {
    let desk = Desk::with(CONFIG);
    desk.edits_once("models set Local --context-window 32768", "contextWindow: 65536", "contextWindow: 32768");
    desk.edits_once("models set box/m --max-tokens none", ", maxTokens: 8192", "");
    desk.edits_once(
        "models set box/m --name New --reasoning true",
        "name: \"M\", contextWindow: 32768",
        "name: \"New\", contextWindow: 32768, reasoning: true",
    );
    desk.edits_once(
        "models set box/m --input text,image --cost-input 0 --cost-output 1.5",
        "reasoning: true",
        "reasoning: true, input: [\"text\", \"image\"], cost: { input: 0, output: 1.5 }",
    );
    desk.edits_once("models set box/m --context-tokens 16384", "1.5 }", "1.5 }, contextTokens: 16384");
    desk.refuses("models set box/m", 2, "no setting was given");
    desk.refuses("models set box/m --context-window many", 2, "not a whole number; use `none` to remove the setting");
    desk.refuses("models set box/m --context-window 0", 1, "out of range");
    desk.refuses("models set box/gone --max-tokens 1", 1, "box/gone is not in the file");
    desk.refuses("models set nobody --max-tokens 1", 1, "neither an alias nor a model ref");
    desk.refuses("models set box/m --api openai", 1, "should be one of openai-completions");
}

#[test]
fn an_old_openclaw_gets_no_new_keys() {
    let desk = Desk::with(&CONFIG.replace("2026.9.6", "2026.3.28").replace("        timeoutSeconds: 300,\n", ""));
    desk.refuses("models set box/m --context-tokens 16384", 1, "contextTokens is newer than the OpenClaw of this file");
    desk.refuses("providers set box --timeout-seconds 300", 1, "timeoutSeconds is newer than the OpenClaw of this file");
    desk.refuses("providers set box --allow-private-network true", 1, "models.providers.box.request is newer");
}

#[test]
fn come_go_and_are_renamed() {
    let desk = Desk::with(CONFIG);
    desk.edits_once(
        "models add box/n --name N --context-window 65536",
        "// as loaded\n",
        "// as loaded\n          { id: \"n\", name: \"N\", contextWindow: 65536 },\n",
    );
    desk.refuses("models add box/n --name Other", 1, "box/n is already in the file");
    desk.refuses("models add box/o", 1, "needs a name");
    desk.refuses("models add nobody/o --name O", 1, "the provider nobody is not in the file");
    desk.edits("models rename box/n q", "id: \"n\"", "id: \"q\"");
    desk.edits("models remove box/q", "          { id: \"q\", name: \"N\", contextWindow: 65536 },\n", "");
    assert_eq!(desk.text(), CONFIG);
    desk.refuses("models remove Local", 1, "still used in 3 places: agents.defaults.model.primary, ");
    assert_eq!(desk.run("models rename Local vendor/m").code, 0);
    assert_eq!(desk.text(), CONFIG.replace("\"box/m\"", "\"box/vendor/m\"").replace("id: \"m\"", "id: \"vendor/m\""));
    assert_eq!(desk.run("models remove Local --force").code, 0);
    assert!(
        !desk.text().contains("vendor/m")
            && desk.text().contains("{ primary: \"hosted/big\", fallbacks: ['hosted/cheap'] }, // the box first")
    );
}

#[test]
fn lists() {
    let desk = Desk::with(CONFIG);
    let rows = desk.run("models list --json").json();
    assert_eq!(rows[0]["modelRef"], "box/m");
    assert_eq!(
        (&rows[0]["alias"], &rows[0]["part"], &rows[0]["contextWindow"]),
        (&"Local".into(), &"primary".into(), &65_536.into())
    );
    assert_eq!(rows[2]["part"], "fallback 2");
    assert_eq!(
        desk.run("aliases list --json").json(),
        serde_json::json!({ "aliases": { "Local": "box/m", "Big": "hosted/big" } })
    );
    assert!(desk.run("models list").out.contains("box/m         Local  65,536   8,192"));
}

#[test]
fn aliases() {
    let desk = Desk::with(CONFIG);
    desk.edits_once("aliases set Box box/m", "\"Local\" }, // short", "\"Box\" }, // short");
    desk.edits_once(
        "aliases set Cheap hosted/cheap",
        "{ alias: \"Big\" },\n",
        "{ alias: \"Big\" },\n        \"hosted/cheap\": { alias: \"Cheap\" },\n",
    );
    desk.edits("aliases remove cheap", "{ alias: \"Cheap\" }", "{}");
    desk.refuses("aliases remove Cheap", 1, "there is no alias Cheap");
    desk.refuses("aliases set a/b box/m", 1, "has a slash");
    assert_eq!(desk.run("aliases set Box Big").code, 0);
    assert!(desk.text().contains("\"box/m\": {}, // short\n        \"hosted/big\": { alias: \"Box\" },"), "{}", desk.text());
}

#[test]
fn the_mode() {
    let desk = Desk::with(CONFIG);
    desk.edits_once("models mode replace", "\"merge\", /*", "\"replace\", /*");
    desk.refuses("models mode both", 2, "possible values");
}
