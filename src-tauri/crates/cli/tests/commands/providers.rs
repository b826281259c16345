//! `providers`, and that no key is ever shown.

use crate::desk::{CONFIG, Desk};

#[test]
fn settings() {
    let desk = Desk::with(CONFIG);
    desk.edits_once("providers set box --base-url http://127.0.0.1:8080/v1", "127.0.0.1:1234", "127.0.0.1:8080");
    desk.edits_once("providers set box --timeout-seconds 120", "timeoutSeconds: 300", "timeoutSeconds: 120");
    desk.edits_once("providers set box --key-env BOX_KEY", "\"sk-secret\", // not", "\"${BOX_KEY}\", // not");
    desk.edits_once(
        "providers set hosted --api openai-responses",
        "name: \"Cheap\" }] }",
        "name: \"Cheap\" }], api: \"openai-responses\" }",
    );
    desk.edits_once(
        "providers set hosted --header-env X-Org=ORG",
        "openai-responses\" }",
        "openai-responses\", headers: { \"X-Org\": \"${ORG}\" } }",
    );
    desk.edits_once(
        "providers set hosted --remove-header X-Org --auth-header false",
        "headers: { \"X-Org\": \"${ORG}\" } }",
        "headers: {}, authHeader: false }",
    );
    desk.edits_once(
        "providers set hosted --allow-private-network true",
        "authHeader: false",
        "authHeader: false, request: { allowPrivateNetwork: true }",
    );
    desk.refuses("providers set nobody --api ollama", 1, "the provider nobody is not in the file");
    desk.refuses("providers set box", 2, "no setting was given");
    desk.refuses("providers set box --base-url ftp://x", 1, "http:// or https://");
    desk.refuses("providers set box --key-env lower", 1, "the name of a variable");
}

#[test]
fn a_key_comes_in_by_no_argument_and_goes_out_nowhere() {
    let desk = Desk::with(CONFIG);
    let said = desk.run_with("providers set box --key-stdin --json", "sk-fresh\n");
    assert_eq!((said.code, desk.text()), (0, CONFIG.replace("sk-secret", "sk-fresh")));
    let again = desk.run_with("providers set box --key-stdin", "sk-fresh\n");
    let list = desk.run("providers list --json");
    let header = desk.run_with("providers set box --header-stdin X-Any", "h-fresh\n");
    let wrong = desk.run("providers set box --header-env X-Any:sk-fresh");
    let dry = desk.run("providers set box --no-key --dry-run");
    for said in [&said, &again, &list, &header, &wrong, &dry] {
        assert!(!format!("{said:?}").contains("fresh"), "{said:?}");
    }
    assert!(again.out.starts_with("nothing to change"), "{again:?}");
    assert!(desk.text().contains("\"X-Any\": \"h-fresh\""), "{}", desk.text());
    assert_eq!(wrong.code, 2);
    desk.refuses("providers set box --key-stdin", 1, "standard input is empty");
}

#[test]
fn come_go_and_are_renamed() {
    let desk = Desk::with(CONFIG);
    let line = "providers add rig --base-url http://127.0.0.1:8080/v1 --api openai-completions --timeout-seconds 300 --model q --context-window 65536";
    let said = desk.run(line);
    assert_eq!(said.code, 0, "{said:?}");
    let rig = desk.run("providers list --json").json()[2].clone();
    assert_eq!((&rig["id"], &rig["timeoutSeconds"], &rig["models"]), (&"rig".into(), &300.into(), &serde_json::json!(["q"])));
    desk.refuses(line, 1, "there is already a provider rig");
    assert_eq!(desk.run("providers remove rig").code, 0);
    assert_eq!(desk.text(), CONFIG);
    desk.refuses("providers remove box", 1, "box is still used in 3 places");
    desk.refuses("providers rename box hosted", 1, "there is already a provider hosted");
    assert_eq!(desk.run("providers rename box cellar").code, 0);
    assert_eq!(desk.text(), CONFIG.replace("\"box/m\"", "\"cellar/m\"").replace("      box: {", "      cellar: {"));
    assert_eq!(desk.run("providers remove cellar --force").code, 0);
    assert!(!desk.text().contains("cellar/m") && desk.text().contains("primary: \"hosted/big\""));
}
