//! What a person set, as it tells in what is told.

use domain::intent::Intent;
use domain::notify::settings::Settings;
use domain::{Effect, Event};

use crate::scene::{LOCAL_FIRST, Scene};

fn set(scene: &mut Scene, settings: Settings) {
    scene.happen(Event::Settings(Ok(settings)));
}

fn twins() -> Scene {
    let second = r#"lmstudio: { baseUrl: "http://127.0.0.1:1234/v1", api"#;
    let rig = r#"rig: { baseUrl: "http://127.0.0.1:8000/v1", models: [{ id: "m" }] },
    den: { baseUrl: "http://127.0.0.1:8001/v1", models: [{ id: "m" }] },
    lmstudio: { baseUrl: "http://127.0.0.1:1234/v1", api"#;
    let text = LOCAL_FIRST.replace(second, rig).replace(r#""anthropic/claude-opus-4-6"]"#, r#""rig/m", "den/m"]"#);
    Scene::new(&text)
}

#[test]
fn a_category_that_is_off_and_a_box_that_is_muted() {
    let mut scene = Scene::new(LOCAL_FIRST);
    set(&mut scene, Settings { off: vec!["box.up".to_owned()], ..Settings::default() });
    scene.probes("lmstudio", "+rr++");
    assert!(scene.told().starts_with("box.down: LM Studio stopped answering"));
    set(&mut scene, Settings { muted: vec!["lmstudio".to_owned()], ..Settings::default() });
    scene.wait(600).probes("lmstudio", "rr++");
    assert_eq!(scene.told(), "");
    assert_eq!(scene.kept.len(), 4, "the history has all of it");
}

#[test]
fn muting_from_a_notice_is_written() {
    let mut scene = Scene::new(LOCAL_FIRST);
    scene.intent(Intent::Mute("lmstudio".to_owned()));
    assert!(matches!(&scene.effects[..], [Effect::SaveSettings(it), ..] if it.muted == ["lmstudio"]));
    scene.intent(Intent::Mute("lmstudio".to_owned()));
    assert!(!scene.effects.iter().any(|it| matches!(it, Effect::SaveSettings(_))), "it is muted already");
}

#[test]
fn several_at_once_are_two_notices() {
    let mut scene = twins();
    for provider in ["lmstudio", "rig", "den"] {
        scene.probes(provider, "+");
    }
    for _ in 0..2 {
        for provider in ["lmstudio", "rig", "den"] {
            scene.probe(provider, domain::server::observation::Answer::Failed(domain::server::observation::Failure::Refused));
        }
    }
    let first = scene.told();
    assert!(first.contains(" stopped answering |") && first.lines().count() == 1, "{first}");
    let due = scene.state.next_deadline(&scene.now).expect("something is due");
    assert!(due <= scene.now.mono + std::time::Duration::from_secs(5));
    scene.wait(5).tick();
    let rest = scene.told();
    assert!(rest.starts_with("box.down: 2 more | ") && rest.lines().count() == 1, "{rest}");
    scene.wait(60).tick();
    assert_eq!(scene.told(), "");
}

#[test]
fn without_grouping_each_is_told() {
    let mut scene = twins();
    set(&mut scene, Settings { group: false, ..Settings::default() });
    for provider in ["lmstudio", "rig"] {
        scene.probes(provider, "+rr");
    }
    assert_eq!(scene.told().lines().count(), 2);
}

#[test]
fn a_bad_file_keeps_the_last_good_settings() {
    let mut scene = Scene::new(LOCAL_FIRST);
    set(&mut scene, Settings { history_days: 30, ..Settings::default() });
    scene.happen(Event::Settings(Err("line 2: not a number".to_owned())));
    let shown = scene.view().settings;
    assert_eq!((shown.values.history_days, shown.fault.as_deref()), (30, Some("line 2: not a number")));
    set(&mut scene, Settings::default());
    assert_eq!(scene.view().settings.fault, None);
}

#[test]
fn what_was_given_at_the_start_goes_before() {
    let mut scene = Scene::new(LOCAL_FIRST);
    let before = scene.state.fleet.pace;
    scene.state.preferences.interval_given = true;
    set(&mut scene, Settings { probe_seconds: 60, ..Settings::default() });
    assert_eq!(scene.state.fleet.pace, before);
    scene.state.preferences.interval_given = false;
    set(&mut scene, Settings { probe_seconds: 60, ..Settings::default() });
    assert_eq!(scene.state.fleet.pace.visible, std::time::Duration::from_secs(60));
}
