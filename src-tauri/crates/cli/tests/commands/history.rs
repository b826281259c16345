//! `pilotlight history`: what the app kept, as text, JSON and a table, and from when on.

use std::pin::Pin;
use std::time::Duration;

use domain::history::{Entry, EntryKind, Evidence};
use engine::{Options, Published, ShellCommand};

use crate::desk::{CONFIG, Desk};

/// As long as a slow machine may take.
const DEADLINE: Duration = Duration::from_secs(20);

type Waiting = Pin<Box<dyn Future<Output = ()>>>;

/// The app ran on it, and OpenClaw fell back and the config was changed while it did.
fn lived_through(desk: &Desk) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let logs = desk.state().join("logs");
    std::fs::create_dir_all(&logs).expect("made");
    let log = logs.join(format!("openclaw-{}.log", jiff::Zoned::now().date()));
    // What comes after a first start is news, whenever it is read.
    runtime.block_on(run(desk, async |_| {}));
    runtime.block_on(run(desk, async |until| {
        std::fs::write(&log, fallback()).expect("written");
        until("fallback", "Local").await;
        std::fs::write(desk.path(), CONFIG.replace("\"Local\"", "\"Cellar\"")).expect("written");
        until("fallback", "Cellar").await;
    }));
}

/// Runs the app for so long. What is waited for is a state of the route and an alias.
async fn run(desk: &Desk, life: impl AsyncFnOnce(&mut dyn FnMut(&'static str, &'static str) -> Waiting)) {
    let options = Options {
        config: Some(desk.path()),
        log_dir: Some(desk.state().join("logs")),
        state_dir: Some(desk.state().join("pilotlight")),
        settings: Some(desk.state().join("settings.toml")),
        keeps_history: true,
        ..Options::default()
    };
    let (handle, mut commands) = engine::start(options).expect("it starts");
    let mut until = |route, alias| {
        let mut published = handle.published();
        let wait = async move {
            let aliases = |it: &Published| it.view.models.iter().any(|it| it.alias.as_deref() == Some(alias));
            let seen = published.wait_for(|it| it.status.route.state == route && aliases(it));
            tokio::time::timeout(DEADLINE, seen).await.expect("in time").expect("it runs");
        };
        Box::pin(wait) as Waiting
    };
    until("unknown", "Local").await;
    life(&mut until).await;
    handle.send(domain::intent::Intent::Quit);
    while !matches!(tokio::time::timeout(DEADLINE, commands.recv()).await.expect("in time"), Some(ShellCommand::Quit) | None) {}
}

/// A turn that the box did not answer, as OpenClaw 2026.9.6 logs it.
fn fallback() -> String {
    let line = |decision: &str, rest: &str| {
        let time = jiff::Timestamp::now();
        format!(
            r#"{{"1":{{"event":"model_fallback_decision","runId":"r-1","decision":"{decision}","requestedProvider":"box","requestedModel":"m",{rest}}},"time":"{time}"}}"#
        ) + "\n"
    };
    line(
        "candidate_failed",
        r#""candidateProvider":"box","candidateModel":"m","reason":"auth","status":401,"nextCandidateProvider":"hosted","nextCandidateModel":"big""#,
    ) + &line("candidate_succeeded", r#""candidateProvider":"hosted","candidateModel":"big""#)
}

#[test]
fn what_happened() {
    let desk = Desk::with(CONFIG);
    lived_through(&desk);
    let text = desk.run("history");
    assert_eq!(text.code, 0, "{text:?}");
    let lines: Vec<&str> = text.out.lines().collect();
    assert_eq!(lines[0], "Today");
    assert!(lines[1].ends_with("Another program changed openclaw.json: 1 alias  [file]"), "{text:?}");
    assert!(
        lines[2].contains("Fell back from Local to Big: Local refused its key. Requests left this machine.  [log"),
        "{text:?}"
    );

    let json = desk.run("history --json --since 1h").json();
    let rows = json["history"].as_array().expect("a list");
    let whats: Vec<&str> = rows.iter().filter_map(|it| it["what"].as_str()).collect();
    assert_eq!(whats, ["config.changed", "fallback.started"]);
    assert_eq!((&rows[1]["to"], &rows[1]["leftMachine"], &rows[1]["evidence"][0]), (&"Big".into(), &true.into(), &"log".into()));

    let csv = desk.run("history --csv");
    assert!(csv.out.starts_with("at,what,subject,name,to,why,until,seconds,answers,leftMachine,evidence\r\n"), "{csv:?}");
    assert_eq!(csv.out.matches("\r\n").count(), 3, "{csv:?}");
    assert!(!csv.out.contains("sk-secret"));
}

/// Only what is younger than asked for; of another config, nothing.
#[test]
fn since() {
    let desk = Desk::with(CONFIG);
    lived_through(&desk);
    let folder = desk.state().join("pilotlight");
    let old = Entry {
        evidence: vec![Evidence::Probe],
        ..Entry::new(EntryKind::BoxDown, "box", "The old one", jiff::Timestamp::now().as_millisecond() - 3 * 86_400_000)
    };
    let db = rusqlite::Connection::open(folder.join("history.db")).expect("opened");
    let row = (desk.path().to_string_lossy().into_owned(), old.at, serde_json::to_string(&old).expect("JSON"));
    db.execute("INSERT INTO entry (config, at, what, body) VALUES (?, ?, 'box.down', ?)", row).expect("written");
    drop(db);
    assert!(desk.run("history").out.contains("The old one stopped answering"));
    assert!(desk.run("history --since 4d").out.contains("The old one"));
    let recent = desk.run("history --since 2d");
    assert!(!recent.out.contains("The old one") && recent.out.contains("Fell back"), "{recent:?}");
    let other = Desk::with(CONFIG);
    assert_eq!(other.run("history --json").json()["history"], serde_json::json!([]));
}

#[test]
fn nothing_yet() {
    let desk = Desk::with(CONFIG);
    let said = desk.run("history");
    assert_eq!((said.code, said.out.as_str()), (0, "The history is empty. The tray app keeps it while it runs.\n"));
    assert_eq!(desk.run("history --json").json(), serde_json::json!({ "history": [] }));
    assert_eq!(desk.run("history --csv").out.lines().count(), 1, "the names of its columns");
}

#[test]
fn what_can_not_be_asked() {
    let desk = Desk::with(CONFIG);
    for wrong in ["history --since yesterday", "history --since 0d", "history --since 5", "history --since=-1h"] {
        desk.refuses(wrong, 2, "--since");
    }
    desk.refuses("history --csv --json", 2, "cannot be used with");
    let folder = desk.state().join("pilotlight");
    std::fs::create_dir_all(&folder).expect("made");
    std::fs::write(folder.join("history.db"), "not a database, but long enough to look at it twice or so").expect("written");
    desk.refuses("history", 3, "can't be read: the file is damaged");
}
