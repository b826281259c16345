//! What is kept of all that happens.

use domain::Event;
use domain::history::{DayStats, Entry, Recalled, Sample};
use domain::intent::{Intent, Pause};
use domain::server::availability::Availability;
use insta::assert_snapshot;

use crate::scene::{LOCAL_FIRST, Scene};

/// One line an entry, as it is kept.
fn kept(scene: &mut Scene) -> String {
    let line = |it: Entry| serde_json::to_string(&it).expect("it serializes").replace(&format!("\"at\":{},", it.at), "");
    std::mem::take(&mut scene.kept).into_iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn an_outage_with_its_fallback() {
    let mut scene = Scene::new(LOCAL_FIRST);
    scene.probes("lmstudio", "+rr");
    scene.turn("run-1", &[("lmstudio/my-local-model", "timeout")], Some("anthropic/claude-sonnet-4-6"));
    scene.wait(60).turn("run-2", &[("lmstudio/my-local-model", "timeout")], Some("anthropic/claude-sonnet-4-6"));
    scene.wait(60).probes("lmstudio", "++");
    assert_snapshot!(kept(&mut scene), @r#"
    {"what":"box.down","subject":"lmstudio","name":"LM Studio","why":"connection refused","evidence":["probe"]}
    {"what":"fallback.started","subject":"lmstudio/my-local-model","name":"Local","to":"Sonnet","why":"Local did not answer (connection refused).","leftMachine":true,"evidence":["log","probe"]}
    {"what":"box.up","subject":"lmstudio","name":"LM Studio","lastedMs":140000,"evidence":["probe"]}
    {"what":"fallback.ended","subject":"lmstudio/my-local-model","name":"Local","to":"Sonnet","lastedMs":140000,"answers":[["Sonnet",2]],"evidence":["log","probe"]}
    "#);
}

/// What is not told is kept all the same.
#[test]
fn a_pause_is_no_gap() {
    let mut scene = Scene::new(LOCAL_FIRST);
    scene.probes("lmstudio", "+").intent(Intent::Pause(Some(Pause::Hour))).probes("lmstudio", "rr");
    assert_eq!((scene.told().as_str(), scene.kept.len()), ("", 1));
}

#[test]
fn no_model_answered() {
    let mut scene = Scene::new(LOCAL_FIRST);
    scene.probes("lmstudio", "+");
    scene.turn("run-1", &[("lmstudio/my-local-model", "timeout"), ("anthropic/claude-opus-4-6", "billing")], None);
    assert_snapshot!(kept(&mut scene), @r#"{"what":"route.exhausted","subject":"lmstudio/my-local-model","name":"Local","why":"Local: connection error, Opus has no credit left","evidence":["log"]}"#);
}

#[test]
fn who_changed_the_config() {
    let mut scene = Scene::new(LOCAL_FIRST);
    scene.config(LOCAL_FIRST);
    assert_eq!(scene.kept, [], "the first text is no change, and an echo is none");
    let other = LOCAL_FIRST.replace("\"Local\"", "\"Box\"");
    scene.config(&other).bad_config().config(&other);
    let hash = scene.config(LOCAL_FIRST).state.file.hash.clone().expect("it is good");
    scene.config(&other);
    scene.happen(Event::Saved { hash, said: vec!["Local: context is now 32,768".to_owned()] }).config(LOCAL_FIRST);
    assert_snapshot!(kept(&mut scene), @r#"
    {"what":"config.changed","subject":"/home/me/.openclaw/openclaw.json","name":"openclaw.json","why":"1 alias","evidence":["file"]}
    {"what":"config.invalid","subject":"/home/me/.openclaw/openclaw.json","name":"openclaw.json","why":"line 14: a curly quote; OpenClaw reads only straight ones: \" or '","evidence":["file"]}
    {"what":"config.changed","subject":"/home/me/.openclaw/openclaw.json","name":"openclaw.json","why":"1 alias","evidence":["file"]}
    {"what":"config.changed","subject":"/home/me/.openclaw/openclaw.json","name":"openclaw.json","why":"1 alias","evidence":["file"]}
    {"what":"config.saved","subject":"/home/me/.openclaw/openclaw.json","name":"openclaw.json","why":"Local: context is now 32,768","evidence":["file"]}
    "#);
}

/// A restart does not empty the cards, nor does an edit that takes a server out and brings it back.
#[test]
fn the_day_before_comes_back() {
    let mut scene = Scene::new(LOCAL_FIRST);
    assert_eq!(scene.view().boxes[0].day.uptime, "no history yet");
    scene.probes("lmstudio", "++");
    let mut past = DayStats::default();
    let now = scene.now.wall_ms;
    for i in (1..200).rev() {
        let (provider, base_url) = ("lmstudio".to_owned(), "http://127.0.0.1:1234/v1".to_owned());
        let availability = if i % 50 == 0 { Availability::Down } else { Availability::Ready };
        past.add(&Sample { provider, base_url, at: now - i * 60_000, latency_ms: Some(70), availability });
    }
    let key = ("lmstudio".to_owned(), "http://127.0.0.1:1234/v1".to_owned());
    scene.happen(Event::Recalled(Box::new(Recalled { day_stats: [(key, past)].into(), ..Recalled::default() })));
    let without = LOCAL_FIRST.replace("127.0.0.1:1234", "127.0.0.1:4321");
    scene.config(&without);
    assert_eq!(scene.view().boxes[0].day.uptime, "no history yet");
    scene.config(LOCAL_FIRST);
    let card = &scene.view().boxes[0];
    assert_eq!(card.day.uptime, "up 98.4 %");
    assert_eq!(card.day.pace.as_deref(), Some("Half of its answers within 70 ms, 95 % within 70 ms"));
    assert_eq!((card.latencies.len(), card.latencies[47], card.latencies[45]), (48, Some(38), Some(70)));
    assert_eq!(card.day.strip.iter().flatten().count(), 15);
}
