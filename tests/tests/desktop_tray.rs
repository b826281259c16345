//! The real app on a real session bus: its icon and menu are read, clicked and answered as a panel and a notification daemon would.

use serde_json::json;
use tests::desktop::app::{Setup, second_start};
use tests::desktop::tray::Tray;
use tests::desktop::{Desktop, on_desktop, until};
use tests::fake_box::FakeBox;

fn config(base_url: &str) -> String {
    format!(
        r#"// Local first, hosted as the safety net.
{{
  models: {{
    mode: "merge",
    providers: {{
      box_1: {{
        baseUrl: "{base_url}",
        apiKey: "none",
        api: "openai-completions",
        timeoutSeconds: 300,
        models: [{{ id: "gemma", name: "Gemma", contextWindow: 32768, maxTokens: 4096 }}],
      }},
    }},
  }},
  agents: {{
    defaults: {{
      model: {{ primary: "box_1/gemma", fallbacks: ["anthropic/claude-opus-4-6"] }},
      models: {{ "box_1/gemma": {{ alias: "Local" }}, "anthropic/claude-opus-4-6": {{ alias: "Opus" }} }},
    }},
  }},
}}
"#
    )
}

/// The gateway's words for "the primary did not answer, the fallback did".
fn fallback_log() -> String {
    let now = jiff::Timestamp::now().to_string();
    let line = |decision: &str, candidate: (&str, &str), more: serde_json::Value| {
        let mut entry = json!({
            "event": "model_fallback_decision", "runId": "r1", "sessionId": "s1", "decision": decision,
            "requestedProvider": "box_1", "requestedModel": "gemma",
            "candidateProvider": candidate.0, "candidateModel": candidate.1,
        });
        if let (Some(entry), Some(more)) = (entry.as_object_mut(), more.as_object()) {
            entry.extend(more.clone());
        }
        json!({ "0": "{\"subsystem\":\"model-fallback/decision\"}", "1": entry, "2": "model fallback decision", "time": now })
            .to_string()
    };
    let failed = json!({
        "reason": "timeout", "status": 408, "isPrimary": true, "attempt": 1, "total": 2, "errorPreview": "Connection error.",
        "nextCandidateProvider": "anthropic", "nextCandidateModel": "claude-opus-4-6",
    });
    let answered = json!({ "isPrimary": false, "requestedModelMatched": false, "attempt": 2, "total": 2 });
    let lines = [
        line("candidate_failed", ("box_1", "gemma"), failed),
        line("candidate_succeeded", ("anthropic", "claude-opus-4-6"), answered),
    ];
    lines.map(|it| it + "\n").concat()
}

#[test]
fn icon_and_menu_follow_a_server_that_dies_and_comes_back() {
    on_desktop("icon_and_menu_follow_a_server_that_dies_and_comes_back", async || {
        let mut server = FakeBox::start("gemma").await;
        let desktop = Desktop::start().await;
        let setup = Setup::new(&desktop, &config(&server.base_url()));
        let mut app = setup.start(&desktop, &["--interval", "0.2"]);
        let tray = Tray::find(desktop.host()).await;

        tray.until_headline("Ready: Local").await;
        let ready = until("the icon is drawn", async || tray.picture().await).await;
        let submenu = tray.until_row("llama.cpp: Ready").await;

        server.kill().await;
        tray.until_headline("Fallback: Opus").await;
        let fallback = until("another icon", async || tray.picture().await.filter(|it| *it != ready)).await;
        let down = tray.until_row("llama.cpp: Down").await;
        assert_eq!(down.id, submenu.id, "the row changes in place, so that an open menu stays open");
        assert!(down.label.contains("refused"), "{}", down.label);

        server.revive().await;
        tray.until_headline("Ready: Local").await;
        until("the first icon again", async || tray.picture().await.filter(|it| *it == ready)).await;
        assert_ne!(ready, fallback);
        assert_eq!(tray.until_row("llama.cpp: Ready").await.id, submenu.id);
        assert!(app.is_running(), "{}", app.log());
        assert_eq!(app.complaints(), "");
        assert_eq!(app.terminate().await.code(), Some(0), "a clean end on SIGTERM");
        let left = std::fs::read_dir(desktop.home().join("run")).expect("its folder").count();
        assert_eq!(left, 0, "the icon's files are gone");
    });
}

#[test]
fn a_click_in_the_menu_does_what_it_says() {
    on_desktop("a_click_in_the_menu_does_what_it_says", async || {
        let server = FakeBox::start("gemma").await;
        let desktop = Desktop::start().await;
        let setup = Setup::new(&desktop, &config(&server.base_url()));
        let mut app = setup.start(&desktop, &["--interval", "3600"]);
        let tray = Tray::find(desktop.host()).await;
        tray.until_headline("Ready: Local").await;

        let before = server.asked().len();
        tray.click("Check now").await;
        until("the server is asked again", async || (server.asked().len() > before).then_some(())).await;

        assert!(desktop.windows().is_empty(), "no window before it is asked for");
        tray.click("Open Pilot Light").await;
        let window = desktop.window().await;

        desktop.close(&window).await;
        tray.until_headline("Ready: Local").await;
        assert!(app.is_running(), "the tray lives on: {}", app.log());
        tray.click("Open Pilot Light").await;
        desktop.window().await;

        tray.click("For 1 hour").await;
        tray.until_row("Notifications paused until").await;
        let resume = tray.until_row("Resume").await;
        assert!(tray.click_id(resume.id).await);
        tray.until_row("Pause notifications").await;
        // A menu that some panel still shows: the row has gone, so a click on it finds nothing.
        assert!(!tray.click_id(resume.id).await);

        tray.click("Quit").await;
        assert_eq!(app.until_ended().await.code(), Some(0));
    });
}

#[test]
fn a_fallback_in_the_log_is_told_with_buttons_that_work() {
    on_desktop("a_fallback_in_the_log_is_told_with_buttons_that_work", async || {
        let server = FakeBox::start("gemma").await;
        let desktop = Desktop::start().await;
        let setup = Setup::new(&desktop, &config(&server.base_url()));
        // The app lives in UTC here.
        let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
        let log = setup.logs.join(format!("openclaw-{today}.log"));
        std::fs::write(&log, "").expect("a log");
        let app = setup.start(&desktop, &["--interval", "3600"]);
        let tray = Tray::find(desktop.host()).await;
        tray.until_headline("Ready: Local").await;

        std::fs::write(&log, fallback_log()).expect("a log");
        let popup = desktop.host().popup("Fell back to Opus").await;
        assert!(popup.body.contains("leave this machine"), "{}", popup.body);
        assert_eq!(popup.urgency, Some(1), "{popup:?}");
        assert!(popup.pictured, "{popup:?}");
        tray.until_headline("Fallback: Opus").await;

        desktop.host().press(&popup, "Pause 1 h").await;
        tray.until_row("Notifications paused until").await;
        desktop.host().press(&popup, "Open").await;
        desktop.window().await;
        assert_eq!(app.complaints(), "");
    });
}

#[test]
fn a_second_start_shows_the_window_of_the_first() {
    on_desktop("a_second_start_shows_the_window_of_the_first", async || {
        let server = FakeBox::start("gemma").await;
        let desktop = Desktop::start().await;
        let setup = Setup::new(&desktop, &config(&server.base_url()));
        let mut app = setup.start(&desktop, &[]);
        Tray::find(desktop.host()).await;
        assert!(desktop.windows().is_empty());

        let (status, said, took) = second_start(&desktop, &[]).await;
        assert_eq!(status.code(), Some(0), "{said}");
        assert_eq!(said, "");
        eprintln!("the second start took {took:?}");
        desktop.window().await;
        assert!(app.is_running());

        let (status, said, _) = second_start(&desktop, &["--config", "/elsewhere/openclaw.json"]).await;
        assert_eq!(status.code(), Some(0), "{said}");
        assert!(said.contains("already running"), "{said}");
    });
}

#[test]
fn a_desktop_without_a_tray_gets_the_window() {
    on_desktop("a_desktop_without_a_tray_gets_the_window", async || {
        let server = FakeBox::start("gemma").await;
        let desktop = Desktop::bare();
        let setup = Setup::new(&desktop, &config(&server.base_url()));
        let mut app = setup.start(&desktop, &[]);
        desktop.window().await;
        assert!(app.log().contains("nothing on this desktop shows tray icons"), "{}", app.log());
        assert_eq!(app.terminate().await.code(), Some(0));
    });
}

#[test]
fn without_a_display_it_says_so() {
    on_desktop("without_a_display_it_says_so", async || {
        let output = std::process::Command::new(tests::desktop::app::binary())
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
            .output()
            .expect("the app");
        assert_eq!(output.status.code(), Some(1));
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("there is no display"), "{said}");
    });
}
