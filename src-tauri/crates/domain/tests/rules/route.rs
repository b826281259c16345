//! Which model answers, what is told of it and when: the log and the probes joined into one route state.

use crate::scene::{HOSTED_FIRST, LOCAL_FIRST, Scene};
use insta::assert_snapshot;

const LOCAL: &str = "lmstudio/my-local-model";
const SONNET: &str = "anthropic/claude-sonnet-4-6";
const OPUS: &str = "anthropic/claude-opus-4-6";

#[test]
fn from_start_to_ready() {
    let mut scene = Scene::new(LOCAL_FIRST);
    assert_snapshot!(scene.says(), @"Unknown: Looking for Local (lmstudio/my-local-model; first check running)");
    scene.probes("lmstudio", "+");
    assert_snapshot!(scene.says(), @"Ready: OpenClaw answers with Local (lmstudio/my-local-model; on this machine)");
    assert_eq!(scene.told(), "");
}

#[test]
fn a_box_that_dies_and_comes_back_is_told_once_each() {
    let mut scene = Scene::new(LOCAL_FIRST);
    scene.probes("lmstudio", "+r");
    assert_eq!(scene.told(), "", "one miss is no outage");
    scene.probes("lmstudio", "rrr");
    assert_snapshot!(scene.told(), @"box.down: LM Studio stopped answering | connection refused since 14:00. OpenClaw would lose about 80 s on each turn before it falls back.");
    assert_snapshot!(scene.says(), @"Fallback: The next answer comes from Sonnet (Local: connection refused; requests leave this machine)");
    scene.probes("lmstudio", "+");
    assert_eq!(scene.told(), "");
    scene.probes("lmstudio", "+");
    assert_snapshot!(scene.told(), @"box.up: LM Studio is back | after 40 s");
    assert_snapshot!(scene.says(), @"Ready: OpenClaw answers with Local (lmstudio/my-local-model; on this machine)");
}

#[test]
fn a_box_that_is_down_at_the_start_is_shown_and_not_told() {
    let mut scene = Scene::new(LOCAL_FIRST);
    scene.probes("lmstudio", "r");
    assert_eq!(scene.told(), "");
    assert_snapshot!(scene.says(), @"Fallback: The next answer comes from Sonnet (Local: connection refused; requests leave this machine)");
    scene.probes("lmstudio", "++");
    assert_eq!(scene.told(), "");
}

#[test]
fn a_fallback_is_told_with_its_end() {
    let mut scene = Scene::new(LOCAL_FIRST);
    scene.probes("lmstudio", "+rr").told();
    scene.turn("run-1", &[(LOCAL, "timeout"), (SONNET, "rate_limit")], Some(OPUS));
    assert_snapshot!(scene.told(), @"fallback.started: Fell back to Opus | Local did not answer (connection refused). Sonnet hit its rate limit. Requests now leave this machine.");
    scene.wait(60).turn("run-2", &[(LOCAL, "timeout"), (SONNET, "rate_limit")], Some(OPUS));
    assert_eq!(scene.told(), "", "the second answer is no news");
    assert_snapshot!(scene.says(), @"Fallback: OpenClaw fell back to Opus 1 min ago (Local did not answer (connection refused). Sonnet hit its rate limit; 2 answers from Opus; requests leave this machine)");
    scene.wait(760).probes("lmstudio", "++");
    assert_snapshot!(scene.told(), @r"
    box.up: LM Studio is back | after 14 min
    fallback.ended: Back on Local | after 14 min, 2 answers from Opus
    ");
    assert_snapshot!(scene.says(), @"Ready: OpenClaw answers with Local (lmstudio/my-local-model; on this machine)");
}

#[test]
fn one_run_counts_once() {
    let mut scene = Scene::new(LOCAL_FIRST);
    scene.probes("lmstudio", "+");
    scene.turn("run-1", &[(LOCAL, "server_error")], Some(SONNET)).turn("run-1", &[(LOCAL, "server_error")], Some(SONNET));
    assert_snapshot!(scene.says(), @"Fallback: OpenClaw fell back to Sonnet just now (Local did not answer (HTTP 408); 1 answer from Sonnet; requests leave this machine)");
}

/// Its server answers all the time, so only the log can say that it is back: the first answer that nothing is heard against.
#[test]
fn a_primary_that_answers_again_ends_the_fallback() {
    let mut scene = Scene::new(LOCAL_FIRST);
    scene.probes("lmstudio", "+").turn("run-1", &[(LOCAL, "server_error")], Some(SONNET)).told();
    scene.probes("lmstudio", "+++");
    assert_eq!(scene.told(), "", "a healthy server alone proves nothing");
    scene.fetched(LOCAL).wait(5).tick();
    assert_eq!(scene.told(), "", "it may still break off");
    scene.wait(5).tick();
    assert_snapshot!(scene.told(), @"fallback.ended: Back on Local | after 40 s, 1 answer from Sonnet");
}

/// OpenClaw logs no decision where the primary answers at once; only that the run ended well.
#[test]
fn a_later_run_without_a_decision_ends_the_fallback() {
    let mut scene = Scene::new(LOCAL_FIRST);
    scene.probes("lmstudio", "+").turn("run-1", &[(LOCAL, "server_error")], Some(SONNET)).told();
    scene.wait(1).ended("run-1");
    assert_eq!(scene.told(), "", "the run that fell back ends well too");
    scene.wait(60).ended("run-2");
    assert_snapshot!(scene.told(), @"fallback.ended: Back on Local | after 1 min, 1 answer from Sonnet");
}

#[test]
fn an_answer_that_breaks_off_is_no_recovery() {
    let mut scene = Scene::new(LOCAL_FIRST);
    scene.probes("lmstudio", "+").turn("run-1", &[(LOCAL, "timeout")], Some(SONNET)).told();
    scene.wait(20).fetched(LOCAL).wait(2).turn("run-2", &[(LOCAL, "timeout")], Some(SONNET)).wait(30).tick();
    assert_eq!(scene.told(), "");
    assert_snapshot!(scene.says(), @"Fallback: OpenClaw fell back to Sonnet just now (Local did not answer (connection error); 2 answers from Sonnet; requests leave this machine)");
}

#[test]
fn a_hosted_primary_falls_back_to_the_box() {
    let mut scene = Scene::new(HOSTED_FIRST);
    scene.probes("lmstudio", "+").turn("run-1", &[(SONNET, "rate_limit")], Some(LOCAL));
    assert_snapshot!(scene.told(), @"fallback.started: Fell back to Local | Sonnet hit its rate limit. Your box answers.");
    assert_snapshot!(scene.says(), @"Fallback: OpenClaw fell back to Local just now (Sonnet hit its rate limit; 1 answer from Local; your box answers)");
}

#[test]
fn a_hole_in_the_safety_net() {
    let mut scene = Scene::new(HOSTED_FIRST);
    scene.probes("lmstudio", "+---");
    assert_snapshot!(scene.told(), @"box.down: LM Studio stopped answering | no answer in time since 14:00. This is only a fallback, so answers continue, but nothing backs them up.");
    assert_snapshot!(scene.says(), @"Attention: Local could not stand in (anthropic/claude-sonnet-4-6; Sonnet: hosted, assumed; hosted: requests leave this machine)");
}

#[test]
fn nothing_answers() {
    let mut scene = Scene::new(LOCAL_FIRST);
    scene.probes("lmstudio", "+rr").told();
    scene.turn("run-1", &[(LOCAL, "timeout"), (SONNET, "rate_limit"), (OPUS, "billing")], None);
    assert_snapshot!(scene.told(), @"route.exhausted: No model answered | Local: connection refused. Sonnet hit its rate limit. Opus has no credit left.");
}

#[test]
fn what_needs_a_hand() {
    for (letter, expected) in [("n", "not loaded"), ("s", "small")] {
        let mut scene = Scene::new(LOCAL_FIRST);
        scene.probes("lmstudio", letter);
        assert_eq!(scene.view().overall, domain::Overall::Attention, "{expected}");
    }
}

/// As the README says: with a fallback the next one answers, without one nobody does.
#[test]
fn a_model_that_can_t_answer_falls_back_or_is_down() {
    let alone = LOCAL_FIRST.replace(r#", fallbacks: ["anthropic/claude-sonnet-4-6", "anthropic/claude-opus-4-6"]"#, "");
    for letter in ["k", "r"] {
        assert_eq!(Scene::new(LOCAL_FIRST).probes("lmstudio", letter).view().overall, domain::Overall::Fallback, "{letter}");
        let mut scene = Scene::new(&alone);
        scene.probes("lmstudio", letter);
        assert_eq!(scene.view().overall, domain::Overall::Down, "{letter}");
        assert_eq!(domain::view::status::exit_code(&scene.state), 2, "{letter}");
    }
}

/// The watcher reports our own write too.
#[test]
fn an_echo_of_the_same_text_asks_nobody() {
    let mut scene = Scene::new(LOCAL_FIRST);
    scene.probes("lmstudio", "+").config(LOCAL_FIRST);
    assert_eq!(scene.effects, []);
    scene.config(HOSTED_FIRST);
    assert!(matches!(scene.effects[..], [domain::Effect::Probe(_)]), "another text has every server asked at once");
}

/// It reads as JSON5, and OpenClaw would not start with it.
#[test]
fn a_config_that_openclaw_would_refuse() {
    let mut scene = Scene::new(&LOCAL_FIRST.replace("contextWindow: 196608", "contextWindow: \"a lot\""));
    scene.probes("lmstudio", "+");
    assert_eq!((scene.view().overall, domain::exit_code(&scene.state)), (domain::Overall::Attention, 3));
}

#[test]
fn a_context_that_shrinks_is_told() {
    let mut scene = Scene::new(LOCAL_FIRST);
    scene.probes("lmstudio", "s");
    assert_eq!(scene.told(), "", "as it was found at the start");
    scene.probes("lmstudio", "+s");
    assert_snapshot!(scene.told(), @"context.small: LM Studio serves 4k of 196k | Longer prompts fail, and OpenClaw does not fall back on that.");
}

#[test]
fn the_same_notice_waits_five_minutes() {
    let mut scene = Scene::new(LOCAL_FIRST);
    scene.probes("lmstudio", "+rr++rr++");
    assert_eq!(scene.told().lines().filter(|it| it.starts_with("box.down")).count(), 1);
    scene.wait(300).probes("lmstudio", "rr");
    assert_eq!(scene.told().lines().filter(|it| it.starts_with("box.down")).count(), 1);
}

#[test]
fn a_pause_holds_all_but_the_worst() {
    let mut scene = Scene::new(LOCAL_FIRST);
    scene.probes("lmstudio", "+").intent(domain::intent::Intent::Pause(Some(domain::intent::Pause::Hour)));
    scene.probes("lmstudio", "rr").turn("run-1", &[(LOCAL, "timeout")], Some(SONNET));
    assert_eq!(scene.told(), "");
    assert_snapshot!(scene.view().paused.unwrap_or_default(), @"Notifications are paused until 15:00");
    scene.turn("run-2", &[(LOCAL, "timeout"), (SONNET, "auth"), (OPUS, "auth")], None);
    assert_snapshot!(scene.told(), @"route.exhausted: No model answered | Local: connection refused. Sonnet refused its key. Opus refused its key.");
    scene.wait(3_600).tick();
    assert_eq!(scene.view().paused, None);
}

/// The wall clock ran on while the machine slept; its network is not back yet.
#[test]
fn waking_up_is_no_outage_of_a_box_elsewhere() {
    let elsewhere = LOCAL_FIRST.replace("127.0.0.1:1234", "gpu-rig:1234");
    let mut scene = Scene::new(&elsewhere);
    scene.probes("lmstudio", "+");
    scene.now.wall_ms += 8 * 3_600_000;
    scene.tick().probes("lmstudio", "--");
    assert_eq!(scene.told(), "");
    scene.wait(30).tick().probes("lmstudio", "---");
    assert_eq!(scene.told().lines().count(), 1, "a box that stays away is told");
}

#[test]
fn a_line_of_another_gateway_says_nothing_of_this_one() {
    let mut scene = Scene::new(LOCAL_FIRST);
    scene.probes("lmstudio", "+").turn("run-1", &[("other/model", "timeout")], Some(SONNET));
    assert_eq!(scene.told(), "");
    assert_eq!(scene.view().overall, domain::Overall::Ready);
}

#[test]
fn a_new_route_ends_a_fallback_without_a_word() {
    let mut scene = Scene::new(LOCAL_FIRST);
    scene.probes("lmstudio", "+").turn("run-1", &[(LOCAL, "timeout")], Some(SONNET)).told();
    scene.config(HOSTED_FIRST);
    assert_eq!(scene.told(), "");
    assert_snapshot!(scene.says(), @"Ready: OpenClaw answers with Sonnet (anthropic/claude-sonnet-4-6; hosted: requests leave this machine)");
}

#[test]
fn a_fallback_without_further_signs_is_forgotten() {
    let mut scene = Scene::new(HOSTED_FIRST);
    scene.probes("lmstudio", "+").turn("run-1", &[(SONNET, "rate_limit")], Some(LOCAL)).told();
    scene.wait(3_601).tick();
    assert_eq!(scene.told(), "");
    assert_eq!(scene.view().overall, domain::Overall::Ready);
}
