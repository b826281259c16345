//! When a notice is told: the beginning of what lasts, and its end if the beginning was.

use domain::Event;
use domain::history::Recalled;
use domain::intent::{Intent, Pause};
use domain::turns::signal::SignalKind;
use insta::assert_snapshot;

use crate::scene::{LOCAL_FIRST, Scene, reference};

const LOCAL: &str = "lmstudio/my-local-model";
const SONNET: &str = "anthropic/claude-sonnet-4-6";

fn codes(scene: &mut Scene) -> Vec<String> {
    scene.told().lines().map(|it| it.split(':').next().unwrap_or_default().to_owned()).collect()
}

/// Told, ended, begun again within five minutes: told when they are over, if it lasts.
#[test]
fn what_begins_again_in_the_quiet_time_is_told_when_it_is_over() {
    let mut scene = Scene::new(LOCAL_FIRST);
    scene.linked().probes("lmstudio", "+rr").turn("run-1", &[(LOCAL, "timeout")], Some(SONNET)).probes("lmstudio", "++");
    assert_eq!(codes(&mut scene), ["box.down", "fallback.started", "box.up", "fallback.ended"]);
    scene.probes("lmstudio", "rr").turn("run-2", &[(LOCAL, "timeout")], Some(SONNET));
    assert_eq!(scene.told(), "", "not twice within five minutes");
    let due = scene.state.next_deadline(&scene.now).expect("a deadline");
    assert!(due.as_secs() < 330, "{due:?}");
    scene.wait(299).tick();
    assert_eq!(codes(&mut scene), ["fallback.started", "box.down"]);
    scene.probes("lmstudio", "++");
    assert_eq!(codes(&mut scene), ["box.up", "fallback.ended"]);
}

#[test]
fn what_began_and_ended_in_the_quiet_time_is_not_told_at_all() {
    let mut scene = Scene::new(LOCAL_FIRST);
    scene.linked().probes("lmstudio", "+rr").turn("run-1", &[(LOCAL, "timeout")], Some(SONNET)).probes("lmstudio", "++").told();
    scene.probes("lmstudio", "rr").turn("run-2", &[(LOCAL, "timeout")], Some(SONNET)).probes("lmstudio", "++");
    assert_eq!(scene.told(), "");
    scene.wait(400).tick();
    assert_eq!(scene.told(), "");
}

/// By the log alone an answer of the primary may have gone unseen.
#[test]
fn by_the_log_alone_the_next_answer_has_to_show_that_it_lasts() {
    let mut scene = Scene::new(LOCAL_FIRST);
    scene.probes("lmstudio", "+").turn("run-1", &[(LOCAL, "server_error")], Some(SONNET)).told();
    scene.wait(20).ended("run-x").told();
    scene.wait(20).turn("run-2", &[(LOCAL, "server_error")], Some(SONNET)).wait(400).tick();
    assert_eq!(scene.told(), "");
    scene.turn("run-3", &[(LOCAL, "server_error")], Some(SONNET));
    assert_eq!(codes(&mut scene), ["fallback.started"]);
}

#[test]
fn what_began_before_a_pause_ends_after_it() {
    let mut scene = Scene::new(LOCAL_FIRST);
    scene.linked().probes("lmstudio", "+rr");
    assert_eq!(codes(&mut scene), ["box.down"]);
    scene.intent(Intent::Pause(Some(Pause::Hour))).probes("lmstudio", "++");
    assert_eq!(scene.told(), "");
    scene.intent(Intent::Pause(None)).tick();
    assert_eq!(codes(&mut scene), ["box.up"]);
}

#[test]
fn what_was_told_before_a_restart_is_ended_after_it() {
    let mut before = Scene::new(LOCAL_FIRST);
    before.happen(Event::Recalled(Box::default())).probes("lmstudio", "+rr");
    assert_eq!(codes(&mut before), ["box.down"]);
    before.shown();
    let restarted = || {
        let mut scene = Scene::new(LOCAL_FIRST);
        scene.now = before.now;
        let values = before.values.clone();
        scene.wait(60).happen(Event::Recalled(Box::new(Recalled { values, ..Recalled::default() })));
        scene
    };
    let mut up = restarted();
    up.probes("lmstudio", "+");
    assert_eq!(codes(&mut up), ["box.up"]);
    let mut down = restarted();
    down.probes("lmstudio", "rrr");
    assert_eq!(down.told(), "", "it was told");
    down.probes("lmstudio", "++");
    assert_eq!(codes(&mut down), ["box.up"]);
}

#[test]
fn a_box_that_comes_back_smaller_than_it_left() {
    let mut scene = Scene::new(LOCAL_FIRST);
    scene.linked().probes("lmstudio", "+rr").told();
    scene.probes("lmstudio", "ss");
    assert_snapshot!(scene.told(), @r"
    box.up: LM Studio is back | after 20 s
    context.small: LM Studio serves 4k of 196k | Longer prompts fail, and OpenClaw does not fall back on that.
    ");
}

/// An outage that nobody was told of has no end either.
#[test]
fn an_end_needs_its_beginning() {
    let mut scene = Scene::new(LOCAL_FIRST);
    scene.linked().probes("lmstudio", "r").said("", SignalKind::Spoke(reference(LOCAL))).probes("lmstudio", "++");
    assert_eq!(scene.told(), "");
}
