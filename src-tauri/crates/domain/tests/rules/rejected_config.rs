//! An edit that OpenClaw undid is told once, shown for a day, and offered again.

use std::time::Duration;

use domain::intent::{Intent, Show};
use domain::notify::notice::{Code, Notice};
use domain::transition::{RejectedConfig, Rejection};
use domain::{Effect, Event, view};

use crate::scene::{HOSTED_FIRST, LOCAL_FIRST, Scene, hash};

const LATER: Duration = Duration::from_secs(2);
const NAME: &str = "openclaw.json.clobbered.2026-11-23T14-00-01-000Z";

fn aside(scene: &Scene, why: Rejection) -> RejectedConfig {
    RejectedConfig { name: NAME.to_owned(), at: scene.now.wall_ms, why, hash: hash(HOSTED_FIRST), lines: 3 }
}

fn saved() -> Event {
    Event::Saved { hash: String::new(), said: Vec::new() }
}

fn shown(scene: &Scene) -> Option<String> {
    let shown = view(&scene.state, &scene.now).config.rejected;
    shown.map(|it| format!("{} {}", it.title, it.text))
}

#[test]
fn it_is_told_once_and_can_be_put_back() {
    let mut scene = Scene::new(LOCAL_FIRST);
    let aside = aside(&scene, Rejection::Undone);
    scene.happen(Event::ConfigRejected { rejected: aside.clone(), known: false });
    scene.happen(Event::ConfigRejected { rejected: aside, known: false });
    assert_eq!(scene.told, [format!("config.reverted: OpenClaw undid an edit | Your version is in {NAME}.")]);
    let said = format!("OpenClaw undid an edit. Your version is in {NAME}. 3 lines differ.");
    assert_eq!(shown(&scene), Some(said));
    scene.config(HOSTED_FIRST);
    assert_eq!(shown(&scene), None, "it was put back");
}

#[test]
fn it_is_not_shown_for_ever() {
    let mut scene = Scene::new(LOCAL_FIRST);
    let aside = aside(&scene, Rejection::Refused);
    scene.happen(Event::ConfigRejected { rejected: aside, known: true });
    assert!(scene.told.is_empty(), "told before the start");
    assert!(shown(&scene).is_some());
    scene.now.wall_ms += 24 * 3_600_000;
    assert_eq!(shown(&scene), None);
}

#[test]
fn another_save_is_the_last_word() {
    let mut scene = Scene::new(LOCAL_FIRST);
    let aside = aside(&scene, Rejection::Undone);
    scene.happen(Event::ConfigRejected { rejected: aside, known: false });
    scene.happen(saved());
    assert_eq!(shown(&scene), None);
}

#[test]
fn a_save_is_looked_at_again_after_two_seconds() {
    let mut scene = Scene::new(LOCAL_FIRST);
    scene.happen(saved());
    assert!(!scene.effects.contains(&Effect::LookAgain));
    assert_eq!(scene.state.next_deadline(&scene.now), Some(scene.now.mono + LATER));
    scene.now.mono += LATER;
    scene.happen(Event::Tick);
    assert!(scene.effects.contains(&Effect::LookAgain));
    scene.happen(Event::Tick);
    assert!(!scene.effects.contains(&Effect::LookAgain), "once");
}

#[test]
fn its_popup_opens_the_review() {
    let notice = Notice { code: Code::ConfigReverted, subject: NAME.into(), title: String::new(), body: String::new(), at: 0 };
    let show = Show::backup(NAME.to_owned());
    assert_eq!(notice.actions(), [("Show the difference", Intent::Open(show))]);
}
