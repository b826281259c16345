//! Events in any order: nothing panics, no deadline repeats itself, what is told leads somewhere, and no sentence says more than is known.

use domain::history::{EntryKind, Record};
use domain::intent::{Intent, Page, Pause};
use domain::notify::settings::Settings;
use domain::server::availability::Outlook;
use domain::server::job::{Job, JobProgress};
use domain::server::liveness_check::CheckOutcome;
use domain::server::machine::Machine;
use domain::turns::gateway_connection::{ConnectionError, ConnectionState};
use domain::turns::signal::{Reason, SignalKind};
use domain::{Effect, Event, Overall, update};
use proptest::prelude::*;

use crate::scene::{HOSTED_FIRST, LOCAL_FIRST, Scene, reference};

const LOCAL: &str = "lmstudio/my-local-model";
const HOSTED: &str = "anthropic/claude-sonnet-4-6";

#[derive(Clone, Debug)]
enum Step {
    Wait(u64),
    Probe(char),
    FellBack(u8),
    NoAnswer(u8),
    Asking(u8),
    Ended(u8),
    Answered(&'static str),
    Config(bool),
    BadConfig,
    Connected(bool),
    Machine(bool, bool),
    Visible(bool),
    Check(bool),
    CheckEnded(bool),
    Job(Job),
    JobEnded,
    Pause,
    CheckNow,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let run = 0..6u8;
    let step = prop_oneof![
        4 => prop_oneof![1..30u64, 60..900u64, 3_000..9_000u64].prop_map(Step::Wait),
        8 => prop::sample::select(vec!['+', '+', 'r', 'r', '-', 's', 'n', 'k']).prop_map(Step::Probe),
        3 => run.clone().prop_map(Step::FellBack),
        1 => run.clone().prop_map(Step::NoAnswer),
        2 => run.clone().prop_map(Step::Asking),
        2 => run.prop_map(Step::Ended),
        2 => prop::sample::select(vec![LOCAL, HOSTED]).prop_map(Step::Answered),
        1 => any::<bool>().prop_map(Step::Config),
        1 => Just(Step::BadConfig),
        1 => any::<bool>().prop_map(Step::Connected),
        1 => any::<(bool, bool)>().prop_map(|(offline, battery)| Step::Machine(offline, battery)),
        1 => any::<bool>().prop_map(Step::Visible),
        1 => any::<bool>().prop_map(Step::Check),
        2 => any::<bool>().prop_map(Step::CheckEnded),
        1 => prop::sample::select(vec![Job::Load, Job::Unload, Job::Time]).prop_map(Step::Job),
        1 => Just(Step::JobEnded),
        1 => Just(Step::Pause),
        1 => Just(Step::CheckNow),
    ];
    prop::collection::vec(step, 1..60)
}

fn play(scene: &mut Scene, step: Step) {
    let name = |run: u8| format!("run-{run}");
    let failure = [(LOCAL, "timeout")];
    match step {
        Step::Wait(seconds) => {
            scene.wait(seconds).tick();
        }
        Step::Probe(letter) => {
            scene.probes("lmstudio", &letter.to_string());
        }
        Step::FellBack(run) => {
            scene.turn(&name(run), &failure, Some(HOSTED));
        }
        Step::NoAnswer(run) => {
            scene.turn(&name(run), &failure, None);
        }
        Step::Asking(run) => {
            scene.said(&name(run), SignalKind::Asking(Some(reference(LOCAL))));
        }
        Step::Ended(run) => {
            scene.ended(&name(run));
        }
        Step::Answered(model) => {
            scene.fetched(model);
        }
        Step::Config(local) => {
            scene.config(if local { LOCAL_FIRST } else { HOSTED_FIRST });
        }
        Step::BadConfig => {
            scene.bad_config();
        }
        Step::Connected(true) => {
            scene.linked();
        }
        Step::Connected(false) => {
            scene.link(ConnectionState::Down(ConnectionError::Lost));
        }
        Step::Machine(offline, battery) => {
            scene.happen(Event::Machine(Machine { offline, battery }));
        }
        Step::Visible(visible) => {
            scene.happen(Event::Visible(visible));
        }
        Step::Check(check_answers) => {
            scene.happen(Event::Settings(Ok(Settings { check_answers, ..Settings::default() })));
        }
        Step::CheckEnded(well) => {
            let outcome = if well { CheckOutcome::Answered(40) } else { CheckOutcome::Failed(Reason::of("no").code) };
            for id in 1..4 {
                scene.happen(Event::Asked { provider: "lmstudio".into(), id, outcome: outcome.clone() });
            }
        }
        Step::Job(job) => {
            scene.intent(Intent::Job { job, model: reference(LOCAL) });
        }
        Step::JobEnded => {
            for id in 1..4 {
                let progress = JobProgress::Failed("no memory".into());
                scene.happen(Event::Job { provider: "lmstudio".into(), id, progress });
            }
        }
        Step::Pause => {
            scene.intent(Intent::Pause(Some(Pause::Hour)));
        }
        Step::CheckNow => {
            scene.intent(Intent::CheckNow { provider: None });
        }
    }
}

/// What must hold whatever happened.
fn check(scene: &Scene) {
    let (state, view) = (&scene.state, scene.view());
    for notice in &scene.notices {
        if let Intent::Open(show) = notice.click()
            && show.page == Page::History
        {
            let kept = scene.kept.iter().any(|it| Some(it.at) == show.moment);
            assert!(kept, "{} leads to a moment that the history does not have", notice.code.id());
        }
    }
    let route = state.route();
    let Some(primary) = route.chain.first() else { return };
    let outlook = state.servers().availability(primary).outlook();
    if view.overall == Overall::Ready {
        assert_eq!(outlook, Outlook::Answers, "{}", view.headline);
    }
    if view.headline.starts_with("OpenClaw answers with") {
        assert!(state.servers().outage(&primary.provider).is_none(), "{}", view.headline);
    }
}

/// With nobody answering, time alone comes to rest: each tick at its deadline moves the deadline on, until none is left.
fn come_to_rest(scene: &mut Scene) {
    for _ in 0..200 {
        let Some(due) = scene.state.next_deadline(&scene.now) else { return };
        let left = due.saturating_sub(scene.now.mono);
        scene.now.mono += left;
        scene.now.wall_ms +=
            i64::try_from(left.as_millis()).expect("not that long") + i64::from(left.subsec_nanos() % 1_000_000 > 0);
        let effects = update(&mut scene.state, Event::Tick, scene.now);
        assert!(!effects.iter().any(|it| matches!(it, Effect::Remember(Record::Entry(it)) if it.what == EntryKind::BoxDown)));
        let next = scene.state.next_deadline(&scene.now);
        assert!(next.is_none_or(|it| it > scene.now.mono), "a deadline that its own tick does not move");
    }
    panic!("deadlines without end");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens(steps in steps()) {
        let mut scene = Scene::new(LOCAL_FIRST);
        for step in steps {
            play(&mut scene, step);
            check(&scene);
        }
        come_to_rest(&mut scene);
    }
}
