//! `primary`, `fallbacks` and `route`.

use crate::desk::{CONFIG, Desk};

const CHAIN: &str = "{ primary: \"box/m\", fallbacks: [\"hosted/big\", 'hosted/cheap'] }, // the box first";

#[test]
fn the_primary() {
    let desk = Desk::with(CONFIG);
    desk.edits_once(
        "primary set Big",
        CHAIN,
        "{ primary: \"hosted/big\", fallbacks: [\"box/m\", 'hosted/cheap'] }, // the box first",
    );
    let desk = Desk::with(CONFIG);
    desk.edits_once("primary set box/new --replace", "primary: \"box/m\"", "primary: \"box/new\"");
    desk.edits_once("primary set Big --agent kid", "kid: { model: \"box/m\" }", "kid: { model: \"hosted/big\" }");
    desk.refuses("primary set Big --agent nobody", 1, "the agent nobody is not in the file");
    let warned = desk.run("primary set box/gone --dry-run");
    assert!(warned.err.contains("[ref.unknown]"), "{warned:?}");
    let text = Desk::with("{ agents: { defaults: { model: 'a/b' } } }\n");
    text.edits_once("primary set c/d --replace", "'a/b'", "'c/d'");
    text.edits_once("primary set a/b", "'c/d'", "{ primary: 'a/b', fallbacks: ['c/d'] }");
}

#[test]
fn the_fallbacks() {
    let desk = Desk::with(CONFIG);
    assert_eq!(desk.run("fallbacks list").out, "1  hosted/big  Big\n2  hosted/cheap\n");
    assert_eq!(desk.run("fallbacks list --json").json()["fallbacks"], serde_json::json!(["hosted/big", "hosted/cheap"]));
    desk.edits_once("fallbacks add box/n", "'hosted/cheap']", "'hosted/cheap', 'box/n']");
    desk.edits_once(
        "fallbacks move box/n 1",
        "[\"hosted/big\", 'hosted/cheap', 'box/n']",
        "['box/n', \"hosted/big\", 'hosted/cheap']",
    );
    desk.edits("fallbacks remove Big", "\"hosted/big\", ", "");
    desk.refuses("fallbacks remove Big", 1, "not among the fallbacks");
    desk.refuses("fallbacks add Local", 1, "box/m is the primary");
    desk.refuses("fallbacks move box/n 0", 2, "");
    desk.edits_once("fallbacks clear", "['box/n', 'hosted/cheap']", "[]");
    desk.edits_once(
        "fallbacks add Big --agent kid",
        "kid: { model: \"box/m\" }",
        "kid: { model: { primary: \"box/m\", fallbacks: [\"hosted/big\"] } }",
    );
}

#[test]
fn one_sort_first() {
    let desk = Desk::with(CONFIG);
    let before = desk.text();
    let same = desk.run("route local-first");
    assert_eq!((same.code, desk.text()), (0, before));
    assert!(same.out.starts_with("nothing to change"), "{same:?}");
    assert_eq!(desk.run("route hosted-first").code, 0);
    let chain = "{ primary: \"hosted/big\", fallbacks: ['hosted/cheap', \"box/m\"] }, // the box first";
    let told = desk.run("fallbacks list --json").json();
    assert_eq!((&told["primary"], &told["fallbacks"]), (&"hosted/big".into(), &serde_json::json!(["hosted/cheap", "box/m"])));
    assert_eq!(desk.text().len(), CONFIG.replace(CHAIN, chain).len());
    desk.refuses("route upside-down", 2, "possible values");
    let local = Desk::with("{ agents: { defaults: { model: 'lmstudio/m' } } }");
    local.refuses("route hosted-first", 1, "no hosted model to put first");
}
