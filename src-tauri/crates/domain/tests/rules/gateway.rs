//! What the gateway's own word adds: retries, waits without end, exact recovery, and a memory over restarts.

use std::collections::BTreeMap;

use domain::Event;
use domain::history::Recalled;
use domain::server::observation::{Answer, Failure};
use domain::turns::gateway_connection::{ConnectionError, ConnectionState, GatewayEvent};
use domain::turns::signal::{LogEvent, Reason, SignalKind, Source, TurnSignal};
use insta::assert_snapshot;

use crate::scene::{LOCAL_FIRST, Scene, reference};

const LOCAL: &str = "lmstudio/my-local-model";
const OPUS: &str = "anthropic/claude-opus-4-6";

/// A box for which OpenClaw has no time-out of its own.
fn untimed() -> String {
    LOCAL_FIRST.replace(", timeoutSeconds: 300", "")
}

#[test]
fn a_wait_without_end_is_told_once() {
    let mut scene = Scene::new(&untimed());
    scene.linked().probes("lmstudio", "+").said("run-1", SignalKind::Asking(None));
    scene.wait(299).tick();
    assert_eq!(scene.told(), "");
    scene.wait(1).tick();
    assert_snapshot!(scene.told(), @"run.stuck: OpenClaw is waiting for Local | It has not answered for 5 min, and OpenClaw will not fall back by itself. Set timeoutSeconds.");
    assert_snapshot!(scene.says(), @"Attention: OpenClaw is waiting for Local (no answer for 5 min; OpenClaw will not fall back by itself)");
    scene.wait(900).tick();
    assert_eq!(scene.told(), "", "it is still the same wait");
    scene.said("run-1", SignalKind::Alive { speaking: true });
    assert_snapshot!(scene.says(), @"Ready: OpenClaw answers with Local (lmstudio/my-local-model; on this machine)");
}

#[test]
fn a_model_that_stops_in_the_middle_of_its_answer() {
    let mut scene = Scene::new(&untimed());
    scene.linked().probes("lmstudio", "+").said("run-1", SignalKind::Asking(None));
    scene.wait(200).said("run-1", SignalKind::Alive { speaking: true }).wait(299).tick();
    assert_eq!(scene.told(), "");
    scene.wait(1).tick();
    assert!(scene.told().starts_with("run.stuck"));
}

/// Of these OpenClaw gives up by itself, or nobody waits.
#[test]
fn waits_that_have_an_end() {
    let mut timed = Scene::new(LOCAL_FIRST);
    timed.linked().probes("lmstudio", "+").said("run-1", SignalKind::Asking(None)).wait(3_000).tick();
    assert_eq!(timed.told(), "", "timeoutSeconds is set");
    let mut working = Scene::new(&untimed());
    working
        .linked()
        .probes("lmstudio", "+")
        .said("run-1", SignalKind::Asking(None))
        .said("run-1", SignalKind::Alive { speaking: false });
    assert_eq!(working.wait(3_000).tick().told(), "", "a tool is at work");
    let mut blind = Scene::new(&untimed());
    blind
        .linked()
        .probes("lmstudio", "+")
        .said("run-1", SignalKind::Asking(None))
        .link(ConnectionState::Down(ConnectionError::Lost));
    assert_eq!(blind.wait(3_000).tick().told(), "", "it is not known any more");
}

#[test]
fn a_prompt_that_is_too_long() {
    let mut scene = Scene::new(LOCAL_FIRST);
    scene.linked().probes("lmstudio", "+").said("run-1", SignalKind::Asking(Some(reference(LOCAL))));
    scene.said("run-1", SignalKind::Errored(Reason::of("context_overflow")));
    assert_snapshot!(scene.told(), @"route.exhausted: No model answered | The prompt is longer than the context of Local, and OpenClaw does not fall back on that. Start over with /new, or serve more context.");
    assert_eq!(scene.view().overall, domain::Overall::Ready, "the box is well");
}

#[test]
fn a_turn_without_an_answer_shows_until_there_is_one() {
    let mut scene = Scene::new(LOCAL_FIRST);
    scene.linked().probes("lmstudio", "+").turn("run-1", &[(LOCAL, "timeout"), (OPUS, "billing")], None).told();
    assert_snapshot!(scene.says(), @"Down: No model answered just now (Local: connection error; Opus has no credit left)");
    scene.wait(60).said("run-2", SignalKind::Answered(reference(LOCAL)));
    assert_snapshot!(scene.says(), @"Down: No model answered 1 min ago (Local: connection error; Opus has no credit left)");
    scene.wait(1).said("", SignalKind::Spoke(reference(LOCAL)));
    assert_snapshot!(scene.says(), @"Ready: OpenClaw answers with Local (lmstudio/my-local-model; on this machine)");
    assert_eq!(scene.told(), "");
}

#[test]
fn what_a_turn_costs_now() {
    let opus = r#"anthropic: { baseUrl: "https://api.anthropic.com", models: [{ id: "claude-opus-4-6", name: "Opus", cost: { input: 5, output: 25 } }] },
    lmstudio: {"#;
    let mut scene = Scene::new(&LOCAL_FIRST.replacen("lmstudio: {", opus, 1));
    scene.linked().probes("lmstudio", "+").turn("run-1", &[(LOCAL, "timeout")], Some(OPUS));
    assert_snapshot!(scene.told(), @"fallback.started: Fell back to Opus | Local did not answer (connection error). Requests now leave this machine. A turn costs about $0.10 or more.");
}

fn restarted(values: BTreeMap<String, String>, after: &Scene, seconds: u64) -> Scene {
    let mut scene = Scene::new(LOCAL_FIRST);
    scene.now = after.now;
    scene.wait(seconds).happen(Event::Recalled(Box::new(Recalled { values, ..Recalled::default() })));
    scene
}

#[test]
fn a_restart_neither_repeats_nor_loses_a_notice() {
    let mut before = Scene::new(LOCAL_FIRST);
    before.happen(Event::Recalled(Box::default())).probes("lmstudio", "+");
    before.turn("run-1", &[(LOCAL, "timeout")], Some(OPUS));
    assert!(before.shown().told().starts_with("fallback.started"));
    let values = before.values.clone();

    let mut same = restarted(values.clone(), &before, 60);
    same.past_turn("run-1", &[(LOCAL, "timeout")], OPUS).past_turn("run-2", &[(LOCAL, "timeout")], OPUS);
    same.happen(Event::Log(LogEvent::CaughtUp));
    assert_eq!(same.told(), "", "it was told, and is still in force");
    assert_snapshot!(same.says(), @"Fallback: OpenClaw fell back to Opus 1 min ago (Local did not answer (connection error); 2 answers from Opus; requests leave this machine)");

    let mut moved = restarted(values.clone(), &before, 60);
    moved.past_turn("run-2", &[(LOCAL, "timeout")], "anthropic/claude-sonnet-4-6").happen(Event::Log(LogEvent::CaughtUp));
    assert!(moved.told().starts_with("fallback.started: Fell back to Sonnet"), "another one answers now");

    let mut over = restarted(values, &before, 120);
    over.past("run-2", SignalKind::Ended).happen(Event::Log(LogEvent::CaughtUp));
    assert_snapshot!(over.told(), @"fallback.ended: Back on Local | after 2 min, 1 answer from Opus");
}

/// Ended between the decision and the screen: it comes once more, and says so; after that, or too late, no more.
#[test]
fn a_notice_that_nobody_saw() {
    let mut before = Scene::new(LOCAL_FIRST);
    before.happen(Event::Recalled(Box::default())).probes("lmstudio", "+");
    before.turn("run-1", &[(LOCAL, "timeout")], Some(OPUS));
    let mut again = restarted(before.values.clone(), &before, 60);
    assert_snapshot!(again.told(), @"fallback.started: Fell back to Opus | Local did not answer (connection error). Requests now leave this machine. Shown again, because Pilot Light stopped while showing this.");
    let unseen = again.values.clone();
    assert_eq!(restarted(again.shown().values.clone(), &again, 60).told(), "", "it was seen");
    assert_eq!(restarted(unseen.clone(), &again, 60).told().matches("Shown again").count(), 1);
    assert_eq!(restarted(unseen, &again, 600).told(), "", "that is no news any more");
}

/// A crash before anything was kept. Where there is no log to read once more, the gateway's list of sessions tells; where both do, it is
/// one notice and one line of the history.
#[test]
fn what_only_the_sessions_still_show_after_a_restart() {
    let mut before = Scene::new(LOCAL_FIRST);
    before.happen(Event::Recalled(Box::default())).probes("lmstudio", "+");
    let sessions = |scene: &Scene| {
        let what = SignalKind::Answered(reference(OPUS));
        let run = Some("run-1".to_owned());
        let requested = Some(reference(LOCAL));
        let sign = TurnSignal { run, requested, ..TurnSignal::new(scene.now.wall_ms - 1_000, Source::Socket, what) };
        Event::Gateway(GatewayEvent::Sessions(vec![sign]))
    };
    for log_first in [false, true] {
        let mut after = restarted(before.values.clone(), &before, 60);
        let log = |after: &mut Scene| {
            after.past_turn("run-1", &[(LOCAL, "timeout")], OPUS).happen(Event::Log(LogEvent::CaughtUp));
        };
        if log_first {
            log(&mut after);
        }
        let listed = sessions(&after);
        after.linked().happen(listed);
        if !log_first {
            log(&mut after);
        }
        assert_eq!(after.told().lines().count(), 1, "log first: {log_first}");
        assert_eq!(after.kept.len(), 1, "log first: {log_first}, {:?}", after.kept);
    }
    let mut first = Scene::new(LOCAL_FIRST);
    let listed = sessions(first.happen(Event::Recalled(Box::default())));
    assert_eq!(first.linked().happen(listed).told(), "", "a first start has nothing to compare with");
}

/// A first start has nothing to compare with: what was before is shown, not told.
#[test]
fn a_first_start_tells_nothing_of_the_past() {
    let mut scene = Scene::new(LOCAL_FIRST);
    scene.happen(Event::Recalled(Box::default())).past_turn("run-1", &[(LOCAL, "timeout")], OPUS);
    scene.happen(Event::Log(LogEvent::CaughtUp));
    assert_eq!(scene.told(), "");
    assert_eq!(scene.view().overall, domain::Overall::Fallback);
}

/// Mended before a probe saw it once more.
#[test]
fn a_primary_that_takes_its_key_again() {
    let mut scene = Scene::new(LOCAL_FIRST);
    scene.probes("lmstudio", "+").probe("lmstudio", Answer::Failed(Failure::AuthWrong));
    scene.turn("run-1", &[(LOCAL, "auth")], Some(OPUS));
    assert!(scene.told().starts_with("fallback.started"));
    scene.wait(30).probes("lmstudio", "+");
    assert!(scene.told().starts_with("fallback.ended: Back on Local"));
}
