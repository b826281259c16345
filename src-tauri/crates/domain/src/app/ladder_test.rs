//! Each transition goes up one ladder: a notice whose click leads to the History page has its entry there.

use std::collections::{BTreeMap, BTreeSet};

use document::Document;

use super::event::Effect;
use super::state::State;
use super::update::happen;
use crate::base::Now;
use crate::config::{BadText, Config};
use crate::history::Record;
use crate::intent::{Intent, Page};
use crate::notify::notice::Code;
use crate::server::ServerTransition;
use crate::server::job::{Job, JobProgress, JobRequest, JobState};
use crate::server::observation::Failure;
use crate::transition::{RejectedConfig, Rejection, Transition};
use crate::turns::fallback::{Fallback, RouteTransition};
use crate::turns::signal::{Reason, SourceTimes};
use crate::{Kind, ModelRef};

const CONFIG: &str = r#"{
    agents: { defaults: { model: { primary: "box/m", fallbacks: ["anthropic/claude-opus-4-6"] } } },
    models: { providers: { box: { baseUrl: "http://127.0.0.1:8080/v1", models: [{ id: "m", name: "M" }] } } },
}"#;

fn transitions() -> Vec<Transition> {
    let (model, to) = (ModelRef::new("box", "m"), ModelRef::new("anthropic", "claude-opus-4-6"));
    let (provider, base_url, since) = ("box".to_owned(), "http://127.0.0.1:9000/v1".to_owned(), 1);
    let fallback = Fallback {
        to,
        since,
        last: since,
        failed: Vec::new(),
        probe: None,
        answers: BTreeMap::new(),
        agents: BTreeSet::new(),
        saw_down: false,
        sessions: BTreeMap::new(),
        doubted: false,
        evidence: SourceTimes::default(),
        run: "run-1".to_owned(),
    };
    let request = JobRequest {
        id: 1,
        job: Job::Load,
        provider: provider.clone(),
        base_url: base_url.clone(),
        api: None,
        key: None,
        headers: Vec::new(),
        kind: Kind::Ollama,
        model: "m".to_owned(),
        served_as: "m".to_owned(),
        instances: Vec::new(),
        context: None,
    };
    let job = JobState { request, since, progress: Some(JobProgress::Failed("no memory".to_owned())) };
    let rejected = RejectedConfig { name: "x".to_owned(), at: since, why: Rejection::Undone, hash: String::new(), lines: 1 };
    let text =
        BadText { message: "no end".to_owned(), line: 1, column: 1, excerpt: Vec::new(), straightens: false, curly_quotes: None };
    let (requested, on, evidence) = (model.clone(), model.clone(), SourceTimes::default());
    let server = [
        ServerTransition::BoxDown { provider: provider.clone(), since, why: Failure::Refused },
        ServerTransition::BoxUp { provider: provider.clone(), since },
        ServerTransition::UpstreamDown { base_url: base_url.clone(), model: model.clone(), since, why: Failure::Refused },
        ServerTransition::UpstreamUp { base_url, model: model.clone(), since },
        ServerTransition::CheckFailed { model: model.clone(), why: "no memory".to_owned() },
        ServerTransition::CheckPassed { model: model.clone() },
        ServerTransition::ContextSmall { model: model.clone(), served: 4_096, configured: 32_768 },
        ServerTransition::CertificateChanged { provider },
        ServerTransition::JobEnded(Box::new(job)),
    ];
    let route = [
        RouteTransition::FellBack { from: model.clone(), fallback: fallback.clone() },
        RouteTransition::Moved { from: model.clone(), fallback: fallback.clone() },
        RouteTransition::Back { from: model, was: fallback },
        RouteTransition::Exhausted { requested: requested.clone(), failed: Vec::new(), evidence: evidence.clone() },
        RouteTransition::GaveUp {
            requested: requested.clone(),
            on: on.clone(),
            reason: Reason::default(),
            evidence: evidence.clone(),
        },
        RouteTransition::Overflow { requested, on: on.clone(), evidence },
        RouteTransition::Stuck { on, waited_ms: 400_000 },
    ];
    let config = [
        Transition::ConfigChanged { saved_here: true, summary: Vec::new() },
        Transition::ConfigInvalid(text),
        Transition::ConfigRejected(rejected),
    ];
    server.map(Transition::from).into_iter().chain(route.map(Transition::from)).chain(config).collect()
}

#[test]
fn what_leads_to_the_history_is_there() {
    let doc = Document::parse(CONFIG).expect("parses");
    let mut state = State { config: Config::read(&doc, &|_| None).0, ..State::default() };
    state.preferences.settings.group = false;
    let (mut now, mut told) = (Now::default(), BTreeSet::new());
    for transition in transitions() {
        // Past the quiet time of the one before.
        now.mono += std::time::Duration::from_secs(3_600);
        now.wall_ms += 3_600_000;
        let mut effects = Vec::new();
        happen(&mut state, transition.clone(), &now, &mut effects);
        let kept = effects.iter().find_map(|it| if let Effect::Remember(Record::Entry(it)) = it { Some(it.at) } else { None });
        for effect in &effects {
            let Effect::Notify(notice) = effect else { continue };
            told.insert(notice.code);
            if let Intent::Open(show) = notice.click()
                && show.page == Page::History
            {
                assert_eq!(show.moment, kept, "{transition:?}");
            }
        }
    }
    let all: BTreeSet<Code> = Code::TOLD.into_iter().chain([Code::JobDone]).collect();
    assert_eq!(told, all, "a transition for each code");
}
