//! `set`: settings without an option of their own; and providers from templates.

use crate::desk::{CONFIG, Desk};

#[test]
fn settings_of_each_owner() {
    let desk = Desk::with(CONFIG);
    desk.edits_once(
        "set --model Local compat.supportsTools=false",
        "maxTokens: 8192 }",
        "maxTokens: 8192, compat: { supportsTools: false } }",
    );
    desk.edits_once("set --model Local compat.supportsTools=none compat=none", ", compat: { supportsTools: false }", "");
    desk.edits_once(
        "set --entry Local params.temperature=0.2",
        "alias: \"Local\" }",
        "alias: \"Local\", params: { temperature: 0.2 } }",
    );
    desk.edits_once(
        "set --agent kid utilityModel=box/m",
        "kid: { model: \"box/m\" }",
        "kid: { model: \"box/m\", utilityModel: \"box/m\" }",
    );
    desk.edits_once("set --provider box region=eu", "        ],\n      },", "        ],\n        region: \"eu\",\n      },");
    assert_eq!(desk.run("set --models catalogRefresh.enabled=false").code, 0);
    let written: serde_json::Value = json5::from_str(&desk.text()).expect("JSON5");
    assert_eq!(written["models"]["catalogRefresh"]["enabled"], false);
}

#[test]
fn what_can_not_be_set() {
    let desk = Desk::with(CONFIG);
    desk.refuses("set --provider box timeOut=3", 1, "OpenClaw knows no setting timeOut");
    desk.refuses("set --provider box apiKey=sk-1", 1, "has a command of its own");
    desk.refuses("set --provider box region", 2, "KEY=VALUE");
    desk.refuses("set --model box/gone params.x=1", 1, "box/gone is not in the file");
    desk.refuses("set --agent nobody utilityModel=box/m", 1, "the agent nobody is not in the file");
    desk.refuses("set", 2, "KEY=VALUE");
    assert!(desk.run("set --list").out.contains("compat.supportsTools"));
}

#[test]
fn a_provider_from_a_template() {
    let desk = Desk::with(CONFIG);
    assert_eq!(desk.run("providers add rig --template vllm --base-url http://127.0.0.1:9000/v1").code, 0);
    let text = desk.text();
    assert!(
        text.contains("http://127.0.0.1:9000/v1") && text.contains("vllm-local") && text.contains("timeoutSeconds: 300"),
        "{text}"
    );
    desk.refuses("providers add x --template nothing", 2, "there is no such template");
    desk.refuses("providers add x", 2, "--base-url");
    let old = Desk::with(
        &CONFIG
            .replace("2026.9.6", "2026.3.28")
            .replace("        timeoutSeconds: 300,\n", "")
            .replace("entries: { kid: { model: \"box/m\" } }", "list: []"),
    );
    let said = old.run("providers add rig --template ollama");
    assert!(said.code == 0 && !old.text().contains("timeoutSeconds"), "{said:?}");
}
