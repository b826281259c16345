//! Which model answers, session by session: releases before 2026.8 keep a session on its fallback, later ones fall back for one turn.

use domain::Event;
use domain::server::observation::{Answer, Failure};
use domain::turns::gateway_connection::GatewayEvent;
use domain::turns::signal::{Next, Reason, SignalKind, Source, TurnSignal};
use insta::assert_snapshot;

use crate::scene::{HOSTED_FIRST, LOCAL_FIRST, Scene, reference};

const LOCAL: &str = "lmstudio/my-local-model";
const SONNET: &str = "anthropic/claude-sonnet-4-6";
const MAIN: &str = "agent:main:main";
const OTHER: &str = "agent:other:main";

/// Keeps a session on its fallback.
const KEEPS: &str = "2026.6.11";

impl Scene {
    /// Over the socket.
    fn hears(&mut self, session: &str, run: Option<&str>, what: SignalKind) -> &mut Self {
        let (run, key) = (run.map(str::to_owned), Some(session.to_owned()));
        let signal = TurnSignal { run, key, ..TurnSignal::new(self.now.wall_ms, Source::Socket, what) };
        self.happen(Event::Gateway(GatewayEvent::Signal(Box::new(signal))))
    }

    fn falls_back(&mut self, session: &str, run: &str) -> &mut Self {
        self.falls_back_on(session, run, "Connection error.")
    }

    fn falls_back_on(&mut self, session: &str, run: &str, error: &str) -> &mut Self {
        let failed = SignalKind::Failed {
            model: reference(LOCAL),
            reason: Reason { code: "timeout".into(), status: Some(408), preview: error.into() },
            next: Next::Model(reference(SONNET)),
        };
        let signal = TurnSignal {
            run: Some(run.to_owned()),
            key: Some(session.to_owned()),
            requested: Some(reference(LOCAL)),
            ..TurnSignal::new(self.now.wall_ms, Source::Socket, failed)
        };
        self.happen(Event::Gateway(GatewayEvent::Signal(Box::new(signal))));
        self.hears(session, Some(run), SignalKind::Answered(reference(SONNET)))
    }

    /// A session has an answer; in the releases that keep the fallback that is all that is said.
    fn spoke(&mut self, session: &str, model: &str) -> &mut Self {
        self.wait(20).hears(session, None, SignalKind::Spoke(reference(model)))
    }

    fn phase(&self) -> &'static str {
        self.state.route().phase.id()
    }
}

/// The box is down, and the main session fell back.
fn fallen(version: &str) -> Scene {
    let mut scene = Scene::new(LOCAL_FIRST);
    scene.linked_to(version).probes("lmstudio", "+rr").falls_back(MAIN, "run-1").told();
    scene
}

#[test]
fn a_session_stays_on_its_fallback_though_its_box_is_back() {
    let mut scene = fallen(KEEPS);
    scene.probes("lmstudio", "++");
    assert_snapshot!(scene.told(), @"box.up: LM Studio is back | after 20 s");
    assert_snapshot!(scene.says(), @"Fallback: OpenClaw fell back to Sonnet just now (Local did not answer (connection refused); 1 answer from Sonnet; requests leave this machine; Local is ready; OpenClaw tries it again every 5 min at most, or after /new)");
    scene.spoke(MAIN, SONNET).spoke(MAIN, SONNET);
    assert_eq!((scene.phase(), scene.told().as_str()), ("fallback", ""));
    scene.spoke(MAIN, LOCAL);
    assert_snapshot!(scene.told(), @"fallback.ended: Back on Local | after 1 min, 3 answers from Sonnet");
    assert_eq!(scene.phase(), "primary");
}

#[test]
fn a_later_release_falls_back_for_one_turn() {
    let mut scene = fallen("2026.8.2");
    scene.probes("lmstudio", "++");
    assert_eq!(scene.told().matches("fallback.ended: Back on Local").count(), 1);
    assert_eq!(scene.phase(), "primary");
}

/// Then nothing is claimed of the next turn.
#[test]
fn of_a_release_that_is_not_known_a_turn_has_to_show_it() {
    let mut scene = Scene::new(
        &LOCAL_FIRST.replace("  meta: { lastTouchedVersion: \"2026.9.6\" },\n", "").replace(", timeoutSeconds: 300", ""),
    );
    scene.probes("lmstudio", "+rr").turn("run-1", &[(LOCAL, "timeout")], Some(SONNET)).told();
    scene.probes("lmstudio", "++");
    assert_snapshot!(scene.told(), @"box.up: LM Studio is back | after 20 s");
    assert_eq!(scene.phase(), "fallback");
}

#[test]
fn another_session_says_nothing_of_the_one_that_fell_back() {
    let mut scene = fallen(KEEPS);
    scene.falls_back(OTHER, "run-2");
    assert_eq!(scene.told(), "", "the same fallback");
    scene.probes("lmstudio", "++").told();
    scene.spoke("agent:third:main", LOCAL).spoke(OTHER, LOCAL);
    assert_eq!((scene.phase(), scene.told().as_str()), ("fallback", ""));
    scene.spoke(MAIN, LOCAL);
    assert_eq!(scene.told().matches("Back on Local").count(), 1);
}

#[test]
fn of_a_later_release_any_session_shows_that_the_primary_answers() {
    let mut scene = fallen("2026.9.6");
    scene.falls_back(OTHER, "run-2").spoke(OTHER, LOCAL).probes("lmstudio", "+");
    assert_eq!(scene.told().matches("Back on Local").count(), 1);
}

/// `/new` begins another session under the same key.
#[test]
fn a_session_that_begins_anew() {
    let mut scene = fallen(KEEPS);
    scene.probes("lmstudio", "++").told();
    let (key, session) = (Some(MAIN.to_owned()), Some("another-id".to_owned()));
    scene.wait(20);
    let signal =
        TurnSignal { key, session, ..TurnSignal::new(scene.now.wall_ms, Source::Socket, SignalKind::Spoke(reference(LOCAL))) };
    scene.happen(Event::Gateway(GatewayEvent::Signal(Box::new(signal))));
    assert_eq!(scene.told().matches("Back on Local").count(), 1);
}

/// The log does not say of which session the answer is.
#[test]
fn by_the_log_alone_an_answer_of_the_primary_leaves_it_open() {
    let mut scene = Scene::new(&LOCAL_FIRST.replace("2026.9.6", KEEPS));
    scene.probes("lmstudio", "+rr").turn("run-1", &[(LOCAL, "timeout")], Some(SONNET)).probes("lmstudio", "++").told();
    scene.fetched(LOCAL).wait(10).tick();
    assert_eq!((scene.phase(), scene.state.route().confirmed, scene.told().as_str()), ("fallback", false, ""));
    assert_snapshot!(scene.says(), @"Fallback: OpenClaw fell back to Sonnet just now (Local did not answer (connection refused); 1 answer from Sonnet; requests leave this machine; Local has answered a turn since; the log does not tell in which session)");
    scene.wait(60).fetched(SONNET).wait(10).tick();
    assert!(scene.state.route().confirmed, "a session is on the fallback");
}

#[test]
fn a_swapped_route_ends_no_fallback_and_begins_none() {
    for version in [KEEPS, "2026.9.6"] {
        let mut scene = fallen(version);
        scene.config(HOSTED_FIRST);
        assert_eq!(scene.phase(), "primary", "{version}");
        // Its turn began before the route was changed.
        scene.falls_back(MAIN, "run-2");
        assert_eq!((scene.phase(), scene.told().as_str()), ("primary", ""), "{version}");
        scene.probes("lmstudio", "++").told();
        scene.config(LOCAL_FIRST);
        let phase = if version == KEEPS { "fallback" } else { "primary" };
        assert_eq!((scene.phase(), scene.told().as_str()), (phase, ""), "{version}: nobody is back before a turn");
        scene.spoke(MAIN, LOCAL);
        assert_eq!(scene.told().matches("Back on Local").count(), 1, "{version}");
    }
}

#[test]
fn a_session_that_a_person_pinned_is_not_the_route() {
    let alone = |next| SignalKind::Failed { model: reference(LOCAL), reason: Reason::of("timeout"), next };
    let mut scene = Scene::new(LOCAL_FIRST);
    scene.linked().probes("lmstudio", "+").hears(MAIN, Some("run-1"), alone(Next::Alone));
    assert_eq!((scene.phase(), scene.told().as_str()), ("primary", ""));
    scene.hears(OTHER, None, SignalKind::Pinned(true)).hears(OTHER, Some("run-2"), alone(Next::Unsaid));
    scene.hears(OTHER, Some("run-2"), SignalKind::Errored(Reason::of("timeout")));
    assert_eq!((scene.phase(), scene.told().as_str()), ("primary", ""));
    // Without fallbacks there is nothing else to try.
    let strict =
        LOCAL_FIRST.replace(r#"fallbacks: ["anthropic/claude-sonnet-4-6", "anthropic/claude-opus-4-6"]"#, "fallbacks: []");
    let mut scene = Scene::new(&strict);
    scene.linked().probes("lmstudio", "+").hears(MAIN, Some("run-1"), alone(Next::Alone));
    assert!(scene.told().starts_with("route.exhausted"));
}

/// The gateway restarts, or a person stops the turn: no model is to blame.
#[test]
fn a_turn_that_is_interrupted_says_nothing_of_the_models() {
    let mut scene = Scene::new(LOCAL_FIRST);
    let retrying = || SignalKind::Retrying { n: 2, of: 9, reason: Reason::of("timeout") };
    scene.linked().probes("lmstudio", "+").hears(MAIN, Some("run-1"), SignalKind::Asking(Some(reference(LOCAL))));
    scene.hears(MAIN, Some("run-1"), retrying());
    assert_eq!(scene.phase(), "retrying");
    scene.hears(MAIN, Some("run-1"), SignalKind::Interrupted);
    assert_eq!((scene.phase(), scene.told().as_str()), ("primary", ""));
}

#[test]
fn a_retry_lasts_until_the_model_answers_or_is_left() {
    let mut scene = Scene::new(LOCAL_FIRST);
    let retrying = |n| SignalKind::Retrying { n, of: 9, reason: Reason::of("timeout") };
    scene.linked().probes("lmstudio", "+");
    for n in 2..5 {
        for (session, run) in [(MAIN, "run-1"), (OTHER, "run-2")] {
            scene.wait(3).hears(session, Some(run), SignalKind::Asking(Some(reference(LOCAL))));
            scene.hears(session, Some(run), SignalKind::AttemptEnded).hears(session, Some(run), retrying(n));
            assert_eq!(scene.phase(), "retrying");
        }
    }
    scene.hears(OTHER, Some("run-2"), SignalKind::Alive { speaking: true });
    assert_eq!(scene.phase(), "retrying", "the other still waits");
}

/// 2026.8.2 calls a server error a timeout.
#[test]
fn the_error_text_knows_better_than_the_code() {
    let mut scene = Scene::new(LOCAL_FIRST);
    scene.linked().probes("lmstudio", "+");
    scene.falls_back_on(MAIN, "run-1", "500 internal server error");
    assert!(scene.told().contains("Local did not answer (HTTP 500)."));
}

/// A turn is the better witness: the next probe follows at once, and the flame says the same as the notice.
#[test]
fn a_box_that_answered_a_turn_is_not_shown_as_down() {
    let mut scene = fallen("2026.9.6");
    scene.wait(20).hears(MAIN, None, SignalKind::Spoke(reference(LOCAL)));
    assert!(matches!(scene.effects[..], [domain::Effect::Probe(_)]), "{:?}", scene.effects);
    assert_eq!(scene.told(), "", "nobody is back on a box that is shown as down");
    scene.probe("lmstudio", crate::scene::up(domain::server::observation::Load::Loaded, 196_608));
    assert_snapshot!(scene.told(), @r"
    box.up: LM Studio is back | after 20 s
    fallback.ended: Back on Local | after 20 s, 1 answer from Sonnet
    ");
    assert_eq!(scene.phase(), "primary");
    let mut gone = fallen("2026.9.6");
    gone.wait(20).hears(MAIN, None, SignalKind::Spoke(reference(LOCAL))).probe("lmstudio", Answer::Failed(Failure::Refused));
    assert_eq!(gone.told(), "");
}
