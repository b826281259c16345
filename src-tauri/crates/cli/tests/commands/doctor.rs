//! `doctor`: what it prints, that what it advises works, and how it ends.

use std::net::TcpListener;

use crate::desk::{CONFIG, Desk, Said};

/// The gateway is looked for at a port where nobody listens.
fn doctor(desk: &Desk, more: &str) -> Said {
    let closed = TcpListener::bind(("127.0.0.1", 0)).expect("a port").local_addr().expect("an address").port();
    let output =
        desk.command(&format!("doctor{more}")).env("OPENCLAW_GATEWAY_PORT", closed.to_string()).output().expect("it ran");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    Said { code: output.status.code().expect("a code"), out: text(output.stdout), err: text(output.stderr) }
}

/// With a box at a port where nobody listens.
fn config() -> String {
    let closed = TcpListener::bind(("127.0.0.1", 0)).expect("a port").local_addr().expect("an address").port();
    CONFIG.replace(":1234/", &format!(":{closed}/"))
}

#[test]
fn what_is_wrong_and_what_to_do() {
    let desk = Desk::with(&config().replace("timeoutSeconds: 300", "timeoutSeconds: 10").replace("\"merge\"", "\"replace\""));
    let said = doctor(&desk, "");
    assert_eq!(said.code, 2, "{said:?}");
    for piece in [
        "\nSetup\n",
        "  FAILED   The server answers: 127.0.0.1:",
        "\nTroubleshooting\n  FAILED   The gateway runs: 127.0.0.1:",
        "           $ openclaw gateway run\n",
        "  warning  A hung server is noticed: With a timeout of 10 s",
        "           $ pilotlight providers set box --timeout-seconds 300\n",
        "           $ pilotlight models mode merge\n",
        "\nSafety\n  ok       Compaction is on",
    ] {
        assert!(said.out.contains(piece), "{piece} is not in {}", said.out);
    }
    assert!(!said.out.contains("sk-secret"));
    // What it advises is a command that does it.
    for line in said.out.lines().filter_map(|it| it.trim().strip_prefix("$ pilotlight ")) {
        assert_eq!(desk.run(line).code, 0, "{line}");
    }
    assert!(desk.text().contains("mode: \"merge\"") && desk.text().contains("timeoutSeconds: 300"));
}

#[test]
fn what_a_script_reads() {
    let json = doctor(&Desk::with(&config()), " --json").json();
    let server = json["checks"].as_array().and_then(|it| it.iter().find(|it| it["id"] == "server").cloned()).expect("a check");
    assert_eq!((&server["verdict"], &server["group"]), (&"fail".into(), &"setup".into()));
    assert!(server["remedy"]["text"].as_str().is_some_and(|it| it.contains("start the server")), "{server}");
    assert!(json["open"].as_u64().is_some_and(|it| it > 0));
}

#[test]
fn without_a_config_that_can_be_read() {
    let desk = Desk::with("{ agents: “");
    let bad = doctor(&desk, "");
    assert!(bad.code == 3 && bad.out.contains("FAILED   The config can be read: line 1"), "{bad:?}");
    std::fs::remove_file(desk.path()).expect("removed");
    let missing = doctor(&desk, "");
    assert!(missing.code == 3 && missing.out.contains("there is no file at"), "{missing:?}");
}
