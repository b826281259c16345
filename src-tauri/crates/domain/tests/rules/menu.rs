//! The tray's menu, whole.

use insta::assert_snapshot;

use crate::scene::{HOSTED_FIRST, LOCAL_FIRST, Scene};

#[test]
fn ready() {
    let mut scene = Scene::new(LOCAL_FIRST);
    scene.probes("lmstudio", "+");
    assert_snapshot!(scene.menu(), @r"
    Ready: Local (lmstudio/my-local-model), 38 ms
    ----
    LM Studio: Ready, context 196k >
        Check now
        Time an answer of my-local-model
        [It is your primary: turns wait for it, or go to Sonnet.]
        Unload my-local-model
        Copy base URL
        Edit...
    ----
    Route: Local > Sonnet > Opus >
        [Primary, answering: Local, ready]
        [1st fallback: Sonnet, hosted, assumed]
        [2nd fallback: Opus, hosted, assumed]
        ----
        ✓ Local first
        · Hosted first
        Edit...
    Check now
    Pause notifications >
        For 1 hour
        Until tomorrow 8:00
    ----
    Open Pilot Light...
    Quit
    ");
}

#[test]
fn small_context() {
    let mut scene = Scene::new(LOCAL_FIRST);
    scene.probes("lmstudio", "s");
    assert_snapshot!(scene.menu(), @r"
    Local is up, but no turn will get done
    ----
    LM Studio: Ready, context 4k of 196k >
        Check now
        Time an answer of my-local-model
        [It is your primary: turns wait for it, or go to Sonnet.]
        Unload my-local-model
        Use 4k in the config (my-local-model)...
        Copy: lms load
        Copy base URL
        Edit...
    ----
    Route: Local > Sonnet > Opus >
        [Primary, answering: Local, small context]
        [1st fallback: Sonnet, hosted, assumed]
        [2nd fallback: Opus, hosted, assumed]
        ----
        ✓ Local first
        · Hosted first
        Edit...
    Check now
    Pause notifications >
        For 1 hour
        Until tomorrow 8:00
    ----
    Open Pilot Light...
    Quit
    ");
}

#[test]
fn fallback() {
    let mut scene = Scene::new(LOCAL_FIRST);
    scene.probes("lmstudio", "+rr").wait(720);
    assert_snapshot!(scene.menu(), @r"
    Fallback: Sonnet (anthropic/claude-sonnet-4-6) answers next
    ----
    LM Studio: Down for 12 min: connection refused >
        Check now
        Copy: lms server start
        Copy base URL
        Edit...
    ----
    Route: Local > Sonnet > Opus >
        [Primary: Local, down 12 min]
        [1st fallback, next to answer: Sonnet, hosted, assumed]
        [2nd fallback: Opus, hosted, assumed]
        ----
        ✓ Local first
        · Hosted first
        Edit...
    Check now
    Pause notifications >
        For 1 hour
        Until tomorrow 8:00
    ----
    Open Pilot Light...
    Quit
    ");
    scene.turn("run-1", &[("lmstudio/my-local-model", "timeout")], Some("anthropic/claude-sonnet-4-6"));
    assert_snapshot!(scene.menu().lines().next().unwrap_or_default(), @"Fallback: Sonnet (anthropic/claude-sonnet-4-6), since 14:12");
}

#[test]
fn down() {
    let config =
        LOCAL_FIRST.replace(r#"fallbacks: ["anthropic/claude-sonnet-4-6", "anthropic/claude-opus-4-6"]"#, "fallbacks: []");
    let mut scene = Scene::new(&config);
    scene.probes("lmstudio", "+rr");
    assert_snapshot!(scene.menu(), @r"
    Local can't answer
    ----
    LM Studio: Down: connection refused >
        Check now
        Copy: lms server start
        Copy base URL
        Edit...
    ----
    Route: Local >
        [Primary: Local, down]
        ----
        Edit...
    Check now
    Pause notifications >
        For 1 hour
        Until tomorrow 8:00
    ----
    Open Pilot Light...
    Quit
    ");
}

#[test]
fn hosted_first() {
    let mut scene = Scene::new(HOSTED_FIRST);
    scene.probes("lmstudio", "+");
    assert_snapshot!(scene.menu(), @r"
    Ready: Sonnet (anthropic/claude-sonnet-4-6)
    ----
    LM Studio: Ready, context 196k >
        Check now
        Time an answer of my-local-model
        Unload my-local-model
        Copy base URL
        Edit...
    ----
    Route: Sonnet > Local >
        [Primary, answering: Sonnet, hosted, assumed]
        [1st fallback: Local, ready]
        ----
        · Local first
        ✓ Hosted first
        Edit...
    Check now
    Pause notifications >
        For 1 hour
        Until tomorrow 8:00
    ----
    Open Pilot Light...
    Quit
    ");
}

#[test]
fn a_bad_file_leads() {
    let mut scene = Scene::new(LOCAL_FIRST);
    scene.probes("lmstudio", "+").bad_config();
    assert_snapshot!(scene.menu().lines().next().unwrap_or_default(), @"openclaw.json has an error in line 14");
}

#[test]
fn many_boxes() {
    let providers: Vec<String> =
        (0..14).map(|i| format!("box{i:02}: {{ baseUrl: \"http://127.0.0.1:{}/v1\", models: [] }}", 9_000 + i)).collect();
    let config = format!("{{ models: {{ providers: {{ {} }} }} }}", providers.join(", "));
    let scene = Scene::new(&config);
    assert_snapshot!(scene.menu(), @r"
    No primary model is set
    ----
    box00: Not checked yet >
        Check now
        Copy base URL
        Edit...
    box01: Not checked yet >
        Check now
        Copy base URL
        Edit...
    box02: Not checked yet >
        Check now
        Copy base URL
        Edit...
    box03: Not checked yet >
        Check now
        Copy base URL
        Edit...
    box04: Not checked yet >
        Check now
        Copy base URL
        Edit...
    box05: Not checked yet >
        Check now
        Copy base URL
        Edit...
    box06: Not checked yet >
        Check now
        Copy base URL
        Edit...
    box07: Not checked yet >
        Check now
        Copy base URL
        Edit...
    box08: Not checked yet >
        Check now
        Copy base URL
        Edit...
    box09: Not checked yet >
        Check now
        Copy base URL
        Edit...
    4 more...
    ----
    Check now
    Pause notifications >
        For 1 hour
        Until tomorrow 8:00
    ----
    Open Pilot Light...
    Quit
    ");
}

/// A menu row carries its intent: what a click on it does is not read from its label.
#[test]
fn every_row_that_can_be_clicked_says_what_it_does() {
    use domain::intent::{Intent, Page, Show};
    use domain::view::menu::{Item, menu};
    let mut scene = Scene::new(LOCAL_FIRST);
    scene.probes("lmstudio", "s");
    let items = menu(&scene.state, &scene.view(), &scene.now);
    let Item::Row(title) = &items[0] else { panic!("a row leads") };
    assert_eq!(title.intent, Some(Intent::Open(Show::page(Page::Status))));
    let Item::Submenu { rows, .. } = &items[2] else { panic!("a box follows") };
    let uses = rows.iter().find_map(|it| match it {
        Item::Row(row) if row.label.starts_with("Use 4k") => row.intent.clone(),
        _ => None,
    });
    assert!(matches!(uses, Some(Intent::Open(Show { page: Page::Review, draft, .. })) if draft.len() == 1));
}
