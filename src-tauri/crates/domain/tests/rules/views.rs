//! The window's views. Each is also written for the UI's own tests, which play these very files: a contract, not a copy.

use std::path::PathBuf;

use domain::turns::gateway_connection::{ConnectionError, ConnectionState};
use domain::view::types::{ConfigState, Overall, Shape};

use crate::scene::{HOSTED_FIRST, LOCAL_FIRST, Scene};

/// Writes the view beside the UI's fixtures; `make check` sees that nothing changed unnoticed.
#[track_caller]
#[expect(clippy::disallowed_methods, reason = "what the UI's tests play lies in files")]
pub fn fixture(name: &str, scene: &Scene) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../ui/src/fixtures/rust");
    let json = serde_json::to_string_pretty(&scene.view()).expect("a view serializes") + "\n";
    std::fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join(format!("{name}.json"));
    if std::fs::read_to_string(&path).ok().as_deref() != Some(&json) {
        std::fs::write(path, json).expect("written");
    }
}

#[test]
fn ready() {
    let mut scene = Scene::new(LOCAL_FIRST);
    scene.linked().probes("lmstudio", "+++");
    let view = scene.view();
    assert_eq!(view.overall, Overall::Ready);
    assert_eq!(view.hops.iter().filter(|it| it.lit).count(), 1);
    assert_eq!(view.boxes[0].name, "LM Studio");
    assert_eq!(view.boxes[0].latency_ms, Some(38));
    fixture("ready", &scene);
}

#[test]
fn attention() {
    let mut scene = Scene::new(LOCAL_FIRST);
    scene.link(ConnectionState::Down(ConnectionError::WrongToken)).probes("lmstudio", "++s");
    let view = scene.view();
    assert_eq!(view.hops[0].mark.text, "small context");
    let fix = view.boxes[0].notes[0].fix.as_ref().expect("a fix");
    assert_eq!(fix.label, "Use 4,096 in the config");
    fixture("attention", &scene);
}

#[test]
fn fallback() {
    let mut scene = Scene::new(LOCAL_FIRST);
    scene.linked().probes("lmstudio", "+rr");
    scene.turn(
        "run-1",
        &[("lmstudio/my-local-model", "timeout"), ("anthropic/claude-sonnet-4-6", "rate_limit")],
        Some("anthropic/claude-opus-4-6"),
    );
    scene.wait(840);
    let view = scene.view();
    assert_eq!(view.hops.iter().map(|it| it.lit).collect::<Vec<_>>(), [false, false, true]);
    assert_eq!(view.hops[1].mark.text, "rate limit");
    fixture("fallback", &scene);
}

#[test]
fn down() {
    let mut scene = Scene::new(&LOCAL_FIRST.replace(r#"["anthropic/claude-sonnet-4-6", "anthropic/claude-opus-4-6"]"#, "[]"));
    scene.probes("lmstudio", "+rr");
    assert_eq!(scene.view().overall, Overall::Down);
    fixture("down", &scene);
}

/// Its first answer is not believed yet, and the card must not say both.
#[test]
fn a_box_that_is_just_coming_back_is_still_down() {
    let mut scene = Scene::new(LOCAL_FIRST);
    scene.probes("lmstudio", "+rr+");
    let card = &scene.view().boxes[0];
    assert_eq!((card.mark.shape, card.chips.len(), card.contexts.len(), card.latency_ms), (Shape::Bad, 0, 0, None));
}

#[test]
fn waiting_for_the_first_probe() {
    let scene = Scene::new(LOCAL_FIRST);
    assert_eq!(scene.view().overall, Overall::Unknown);
    assert_eq!(scene.view().boxes[0].mark.shape, Shape::Wait);
    fixture("unknown", &scene);
}

#[test]
fn hosted_first() {
    let mut scene = Scene::new(HOSTED_FIRST);
    scene.probes("lmstudio", "+");
    assert_eq!(scene.view().routes[0].local_first, Some(false));
    assert_eq!(
        scene.view().routes[0].swapped,
        Some(vec!["lmstudio/my-local-model".to_owned(), "anthropic/claude-sonnet-4-6".to_owned()])
    );
    fixture("hosted-first", &scene);
}

#[test]
fn a_bad_file_keeps_the_last_good_one_in_view() {
    let mut scene = Scene::new(LOCAL_FIRST);
    scene.probes("lmstudio", "+").bad_config();
    let view = scene.view();
    assert_eq!((view.config.state, view.overall), (ConfigState::Bad, Overall::Attention));
    assert!(view.config.saving_off.is_some());
    assert_eq!(view.models.len(), 3);
    let fault = view.config.fault.expect("it is shown");
    assert_eq!(fault.more.as_deref(), Some("6 curly quotes in 3 lines."));
    assert_eq!(
        scene.told(),
        "config.invalid: openclaw.json has an error | line 14: a curly quote; OpenClaw reads only straight ones: \" or '. OpenClaw keeps the last good config."
    );
    scene.bad_config();
    assert_eq!(scene.told(), "", "told once");
    fixture("bad-file", &scene);
}

#[test]
fn no_file_at_all() {
    use domain::{Event, FileEvent, Now, Pace, State};
    let mut scene = Scene {
        state: State::new("/home/me/.openclaw/openclaw.json".into(), Some("/home/me".into()), Pace::default(), 1),
        now: Now::default(),
        told: vec![],
        notices: vec![],
        unseen: vec![],
        effects: vec![],
        kept: vec![],
        values: std::collections::BTreeMap::new(),
    };
    scene.happen(Event::Config(FileEvent::Missing));
    assert_eq!((scene.view().config.state, scene.view().overall), (ConfigState::Missing, Overall::Unknown));
    assert_eq!(domain::exit_code(&scene.state), 3);
    fixture("missing", &scene);
    scene.happen(Event::Config(FileEvent::Unreadable("there is a folder in its place".into())));
    assert_eq!((scene.view().config.state, scene.view().overall), (ConfigState::Unreadable, Overall::Attention));
    fixture("unreadable", &scene);
}

#[test]
fn nothing_of_a_key_is_in_the_view() {
    let scene = Scene::new(&LOCAL_FIRST.replace("lm-studio\"", "sk-very-secret\", headers: { \"X-Key\": \"sk-other-secret\" }"));
    let json = serde_json::to_string(&scene.view()).expect("a view serializes");
    assert!(!json.contains("secret"), "{json}");
    assert!(!format!("{:?}", scene.state).contains("secret"));
}

/// Latencies come all the time, and those who look need not be told of each at once; of all else they do.
#[test]
fn what_is_news() {
    let mut scene = Scene::new(LOCAL_FIRST);
    let mut is_news = |letters: &str| {
        let before = scene.state.fleet.revision;
        scene.probes("lmstudio", letters);
        scene.state.fleet.revision > before
    };
    let told = ["+", "+", "++", "s", "s", "n", "k", "k", "+", "-", "-", "-", "-"].map(&mut is_news);
    assert_eq!(told, [true, false, false, true, false, true, true, false, true, true, true, true, false]);
}
