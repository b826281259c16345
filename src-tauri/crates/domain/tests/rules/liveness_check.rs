//! The check for an answer that a person may switch on: when it may ask, what comes of it, and that nothing asks otherwise.

use domain::intent::Intent;
use domain::notify::settings::Settings;
use domain::server::job::{Job, JobProgress, Timing};
use domain::server::liveness_check::{CheckOutcome, SkipReason};
use domain::server::machine::Machine;
use domain::server::observation::{Answer, Load, Observation, ServedModel, Serving};
use domain::turns::signal::SignalKind;
use domain::{Effect, Event, Kind};

use crate::scene::{LOCAL_FIRST, Scene, reference};

fn ready() -> ServedModel {
    ServedModel { id: "my-local-model".into(), load: Load::Loaded, served_context: Some(196_608), ..ServedModel::default() }
}

fn on(config: &str) -> Scene {
    let mut scene = Scene::new(config);
    scene.happen(Event::Settings(Ok(Settings { check_answers: true, ..Settings::default() })));
    scene
}

impl Scene {
    /// A deep round, and the id of the question that it leads to, if it leads to one.
    fn lists(&mut self, kind: Kind, model: &ServedModel, busy: bool) -> Option<u64> {
        let serving = Serving { models: Some(vec![model.clone()]), busy, ..Serving::default() };
        let observation = Observation { kind: Some(kind), version: None, latency: None, answer: Answer::Up(serving) };
        let base_url = self.state.fleet.servers["lmstudio"].base_url.clone();
        self.wait(30).happen(Event::Probed { provider: "lmstudio".into(), base_url, deep: true, observation });
        self.effects.iter().find_map(|it| if let Effect::Ask(request) = it { Some(request.id) } else { None })
    }

    fn asked(&mut self) -> Option<u64> {
        self.lists(Kind::LlamaCpp, &ready(), false)
    }

    fn outcome(&mut self, id: u64, outcome: CheckOutcome) -> &mut Self {
        self.wait(1).happen(Event::Asked { provider: "lmstudio".into(), id, outcome })
    }

    fn skip_reason(&self) -> Option<SkipReason> {
        self.skip_reason_of("lmstudio/my-local-model")
    }

    fn skip_reason_of(&self, model: &str) -> Option<SkipReason> {
        let (servers, model) = (self.state.servers(), reference(model));
        let awaited = self.state.turns.awaits(&model.provider, servers);
        servers.skip_reason(&model, self.state.preferences.settings.check_answers, awaited)
    }

    fn stands(&self) -> &'static str {
        self.state.servers().availability(&reference("lmstudio/my-local-model")).id()
    }

    /// Deep rounds until it asks again: how many minutes that took.
    fn minutes_until_asked(&mut self) -> (i64, u64) {
        let begun = self.now.wall_ms;
        for _ in 0..10_000 {
            if let Some(id) = self.asked() {
                return ((self.now.wall_ms - begun) / 60_000, id);
            }
        }
        panic!("it never asked");
    }
}

#[test]
fn the_gate() {
    let check = |kind, model: &ServedModel, busy, expected: Option<SkipReason>| {
        let mut scene = on(LOCAL_FIRST);
        let asked = scene.lists(kind, model, busy).is_some();
        assert_eq!((scene.skip_reason().filter(|_| !asked), asked), (expected, expected.is_none()), "{kind:?} {model:?}");
    };
    let in_state = |load| ServedModel { load, ..ready() };
    check(Kind::LlamaCpp, &ready(), false, None);
    check(Kind::Vllm, &ready(), false, None);
    check(Kind::LlamaCpp, &ready(), true, Some(SkipReason::Busy));
    for load in [Load::NotLoaded, Load::Loading, Load::Sleeping, Load::Failed, Load::Unknown] {
        check(Kind::LlamaCpp, &in_state(load), false, Some(SkipReason::NotLoaded));
    }
    for kind in [Kind::LiteLlm, Kind::Generic, Kind::LlamaCppPython, Kind::Mlx] {
        check(kind, &ready(), false, Some(SkipReason::Kind));
    }
    check(Kind::Ollama, &ServedModel { remote: true, ..ready() }, false, Some(SkipReason::Paid));

    let mut off = Scene::new(LOCAL_FIRST);
    assert_eq!((off.asked(), off.skip_reason()), (None, Some(SkipReason::Off)));
    let mut paid = on(&LOCAL_FIRST.replace("input: 0, output: 0", "input: 1, output: 2"));
    assert_eq!((paid.asked(), paid.skip_reason()), (None, Some(SkipReason::Paid)));
    let mut unused = on(&LOCAL_FIRST.replace("primary: \"lmstudio/my-local-model\"", "primary: \"anthropic/claude-opus-4-6\""));
    assert_eq!((unused.asked(), unused.skip_reason()), (None, Some(SkipReason::Unused)));
    let hosted = on(LOCAL_FIRST);
    assert_eq!(hosted.skip_reason_of("anthropic/claude-opus-4-6"), Some(SkipReason::NotLoaded), "it is not even probed");
    let mut battery = on(LOCAL_FIRST);
    battery.happen(Event::Machine(Machine { offline: false, battery: true }));
    assert_eq!((battery.asked(), battery.skip_reason()), (None, Some(SkipReason::Battery)));
    let mut awaited = on(LOCAL_FIRST);
    awaited.linked().said("run-1", SignalKind::Asking(Some(reference("lmstudio/my-local-model"))));
    assert_eq!((awaited.asked(), awaited.skip_reason()), (None, Some(SkipReason::Busy)), "OpenClaw waits for it");
    let mut working = on(LOCAL_FIRST);
    working.happen(Event::Settings(Ok(Settings::default())));
    working.asked();
    working.intent(Intent::Job { job: Job::Time, model: reference("lmstudio/my-local-model") });
    working.happen(Event::Settings(Ok(Settings { check_answers: true, ..Settings::default() })));
    assert_eq!((working.asked(), working.skip_reason()), (None, Some(SkipReason::Busy)), "a person is at it");
}

/// One at a time, and each time after twice as long: who lets go of an idle model still can.
#[test]
fn seldom_and_ever_more_so() {
    let mut scene = on(LOCAL_FIRST);
    let mut id = scene.asked().expect("the first one at once");
    assert_eq!(scene.asked(), None, "one is under way");
    let mut pauses = Vec::new();
    for _ in 0..4 {
        let minutes;
        (minutes, id) = scene.outcome(id, CheckOutcome::Answered(320)).minutes_until_asked();
        pauses.push(minutes);
    }
    assert_eq!(pauses, [10, 20, 40, 80]);
    scene.outcome(id, CheckOutcome::Answered(320));
    let card = &scene.view().boxes[0];
    assert!(card.facts.iter().any(|it| it.text.starts_with("answered a test question in 320 ms at ")), "{:?}", card.facts);
    scene.lists(Kind::LlamaCpp, &ServedModel { load: Load::NotLoaded, ..ready() }, false);
    assert!(scene.asked().is_some(), "loaded anew, it is asked at once");
}

#[test]
fn loaded_and_without_an_answer() {
    let mut scene = on(LOCAL_FIRST);
    let id = scene.asked().expect("asked");
    scene.outcome(id, CheckOutcome::Failed("CUDA error: out of memory".into()));
    assert_eq!(scene.stands(), "noAnswer");
    insta::assert_snapshot!(scene.says(), @"Fallback: The next answer comes from Sonnet (Local: does not answer; requests leave this machine)");
    let note = scene.view().boxes[0].notes[0].clone();
    insta::assert_snapshot!(format!("{} {}", note.title, note.text), @"my-local-model is loaded, but does not answer. A test question of one token at 14:00 failed: CUDA error: out of memory. The server reports no trouble, so look at its log, or restart it.");
    insta::assert_snapshot!(scene.told(), @"box.down: llama.cpp does not answer | my-local-model is loaded, but a test question of one token failed: CUDA error: out of memory.");
    let (minutes, id) = scene.minutes_until_asked();
    assert_eq!((minutes, scene.stands()), (10, "noAnswer"));
    scene.outcome(id, CheckOutcome::Answered(90));
    assert_eq!(scene.stands(), "ready");
    insta::assert_snapshot!(scene.told(), @"box.up: llama.cpp answers again | my-local-model answered a test question of one token");
}

/// It may only have waited behind someone else's question.
#[test]
fn one_silence_proves_nothing() {
    let mut scene = on(LOCAL_FIRST);
    let id = scene.asked().expect("asked");
    scene.outcome(id, CheckOutcome::Silent);
    assert_eq!(scene.stands(), "ready");
    let (_, id) = scene.minutes_until_asked();
    scene.outcome(id, CheckOutcome::Unclear);
    let (_, id) = scene.minutes_until_asked();
    scene.outcome(id, CheckOutcome::Silent);
    assert_eq!(scene.stands(), "ready");
    let (_, id) = scene.minutes_until_asked();
    scene.outcome(id, CheckOutcome::Silent);
    assert_eq!(scene.stands(), "noAnswer");
    assert_eq!(scene.probes("lmstudio", "rr").stands(), "down", "what is down is down");
}

#[test]
fn a_persons_own_question_settles_it() {
    let mut scene = on(LOCAL_FIRST);
    let id = scene.asked().expect("asked");
    scene.outcome(id, CheckOutcome::Failed("out of memory".into()));
    scene.intent(Intent::Job { job: Job::Time, model: reference("lmstudio/my-local-model") });
    let done = JobProgress::Done(Timing { cold: Some(90), ..Timing::default() });
    scene.happen(Event::Job { provider: "lmstudio".into(), id: id + 1, progress: done });
    assert_eq!(scene.stands(), "ready");
}
