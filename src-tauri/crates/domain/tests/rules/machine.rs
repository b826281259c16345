//! This machine's own troubles are not held against boxes elsewhere.

use domain::Event;
use domain::server::machine::Machine;
use domain::server::observation::{Answer, Failure, Load};

use crate::scene::{LOCAL_FIRST, Scene, reference, up};

fn elsewhere() -> Scene {
    let mut scene = Scene::new(&LOCAL_FIRST.replace("127.0.0.1:1234", "gpu-rig:1234"));
    scene.probe("lmstudio", up(Load::Loaded, 196_608));
    scene
}

fn availability(scene: &Scene) -> &'static str {
    scene.state.servers().availability(&reference("lmstudio/my-local-model")).id()
}

const OFFLINE: Machine = Machine { offline: true, battery: false };

#[test]
fn without_a_network_no_box_elsewhere_is_down() {
    let mut scene = elsewhere();
    scene.happen(Event::Machine(OFFLINE)).probes("lmstudio", "----");
    assert_eq!((availability(&scene), scene.told().as_str()), ("unknown", ""));
    let view = scene.view();
    assert_eq!(view.note.map(|it| it.title).as_deref(), Some("This machine has no network."));
    assert_eq!(view.boxes[0].mark.text, "Not checked: no network here");
}

#[test]
fn boxes_on_this_machine_are_judged_all_the_same() {
    let mut scene = Scene::new(LOCAL_FIRST);
    scene.probe("lmstudio", up(Load::Loaded, 196_608)).happen(Event::Machine(OFFLINE)).probes("lmstudio", "rr");
    assert_eq!(availability(&scene), "down");
}

#[test]
fn back_on_the_network_it_is_asked_at_once_and_has_half_a_minute() {
    let mut scene = elsewhere();
    scene.happen(Event::Machine(OFFLINE)).probes("lmstudio", "-").happen(Event::Machine(Machine::default()));
    assert!(!scene.effects.is_empty(), "it is asked at once");
    scene.wait(5).probe("lmstudio", Answer::Failed(Failure::TimedOut));
    assert_eq!(availability(&scene), "ready", "the network is just waking up");
    scene.wait(30).probes("lmstudio", "rr");
    assert_eq!(availability(&scene), "down");
}

#[test]
fn a_machine_that_just_woke_holds_outages_back() {
    let mut scene = elsewhere();
    scene.now.wall_ms += 3_600_000;
    scene.tick().probe("lmstudio", Answer::Failed(Failure::Refused)).probe("lmstudio", Answer::Failed(Failure::Refused));
    assert_eq!(availability(&scene), "ready");
    assert!(scene.view().note.is_some_and(|it| it.title.starts_with("This machine just woke up")));
    scene.wait(31).probes("lmstudio", "rr");
    assert_eq!(availability(&scene), "down");
}

/// On systems whose steady clock goes on during sleep.
#[test]
fn a_long_silence_was_sleep() {
    let mut scene = elsewhere();
    scene.wait(600).probe("lmstudio", Answer::Failed(Failure::Refused)).probe("lmstudio", Answer::Failed(Failure::Refused));
    assert_eq!(availability(&scene), "ready");
}

#[test]
fn a_clock_set_back_moves_the_past_with_it() {
    let mut scene = Scene::new(LOCAL_FIRST);
    scene.probe("lmstudio", up(Load::Loaded, 196_608)).probes("lmstudio", "rr").wait(60).tick();
    assert_eq!(scene.view().boxes[0].mark.text, "Down for 1 min");
    scene.now.wall_ms -= 7_200_000;
    scene.wait(60).tick();
    assert_eq!(scene.view().boxes[0].mark.text, "Down for 2 min");
}

#[test]
fn on_battery_it_asks_half_as_often() {
    let due = |battery| {
        let mut scene = Scene::new(LOCAL_FIRST);
        scene.happen(Event::Machine(Machine { offline: false, battery })).probe("lmstudio", up(Load::Loaded, 196_608));
        scene.state.next_deadline(&scene.now).expect("a next probe").as_secs()
    };
    assert!((27..=33).contains(&due(false)) && (54..=66).contains(&due(true)), "{} {}", due(false), due(true));
}

#[test]
fn a_certificate_that_changed_is_told_once() {
    use domain::server::observation::Certificate;
    let shows = |changed| {
        let it = Certificate { fingerprint: "AB:CD".into(), why: "self-signed".into(), changed };
        Answer::Failed(Failure::Untrusted(Box::new(it)))
    };
    let mut scene = elsewhere();
    scene.probe("lmstudio", shows(false));
    assert_eq!((availability(&scene), scene.told().as_str()), ("untrusted", ""));
    scene.probe("lmstudio", shows(true)).probe("lmstudio", shows(true));
    assert_eq!(scene.told().lines().count(), 1);
    assert_eq!(scene.view().boxes[0].trust.as_ref().map(|it| it.fingerprint.as_str()), Some("AB:CD"));
    let trust =
        |fingerprint: &str| domain::intent::Intent::Trust { provider: "lmstudio".into(), fingerprint: fingerprint.into() };
    let trusts = |scene: &Scene| scene.effects.iter().any(|it| matches!(it, domain::Effect::Trust { .. }));
    assert!(!trusts(scene.intent(trust("12:34"))), "a click about an older one");
    assert!(trusts(scene.intent(trust("AB:CD"))));
    let held = [("http://gpu-rig:1234", "AB:CD"), ("https://gone:1", "12:34")].map(|it| (it.0.to_owned(), it.1.to_owned()));
    scene.happen(domain::Event::Trusted(held.into()));
    let said = scene.view().settings.trusted.into_iter().map(|it| format!("{} {:?} {}", it.origin, it.boxes, it.fingerprint));
    let boxes = [scene.state.servers().box_name("lmstudio")];
    assert_eq!(said.collect::<Vec<_>>(), [format!("http://gpu-rig:1234 {boxes:?} AB:CD"), "https://gone:1 [] 12:34".to_owned()]);
    scene.intent(domain::intent::Intent::Forget { origin: "https://gone:1".into() });
    assert!(scene.effects.contains(&domain::Effect::Forget { origin: "https://gone:1".into() }));
}
