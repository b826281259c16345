//! What real gateways wrote and said, of three versions, replayed: the route's states and the notices, in order; and the same outcome in
//! whatever order log and socket are heard.

use std::collections::BTreeSet;
use std::fs;
use std::time::Duration;

use document::Document;
use domain::config::Config;
use domain::turns::gateway_connection::{ConnectionState, GatewayEvent};
use domain::turns::signal::{LogEvent, Source, TurnSignal};
use domain::update;
use domain::{Effect, Event, FileEvent, Now, Pace, State};
use engine::{FrameReader, parse_line};
use insta::assert_snapshot;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

fn capture(name: &str) -> String {
    let path = format!("{}/fixtures/openclaw/{name}", env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// What a log says of these runs or sessions.
fn log(name: &str, about: &[&str]) -> Vec<TurnSignal> {
    let lines = capture(name);
    let signs = lines.lines().filter(|line| about.is_empty() || about.iter().any(|it| line.contains(it))).filter_map(parse_line);
    signs.collect()
}

fn socket(name: &str) -> Vec<TurnSignal> {
    let mut reader = FrameReader::default();
    capture(name).lines().filter_map(|line| reader.signal(line)).collect()
}

struct Stage {
    state: State,
    now: Now,
    phase: String,
    seen: Vec<String>,
    told: BTreeSet<String>,
    /// Only the outcome matters.
    blind: bool,
}

impl Stage {
    fn new(config: &str, linked: bool) -> Stage {
        let doc = Document::parse(config).expect("a config");
        let (config, problems) = Config::read(&doc, &|_| None);
        let state = State::new("/h/openclaw.json".into(), None, Pace::default(), 1);
        let mut stage =
            Stage { state, now: Now::default(), phase: String::new(), seen: Vec::new(), told: BTreeSet::new(), blind: false };
        stage.happen(Event::Config(FileEvent::Good { hash: "1".into(), strict_json: false, config: Box::new(config), problems }));
        if linked {
            let link = ConnectionState::Up { version: None };
            stage.happen(Event::Gateway(GatewayEvent::Connection { url: String::new(), state: link }));
        }
        stage
    }

    fn happen(&mut self, event: Event) {
        let time = jiff::Timestamp::from_millisecond(self.now.wall_ms).expect("an instant").strftime("%H:%M:%S").to_string();
        for effect in update(&mut self.state, event, self.now) {
            if let Effect::Notify(it) = effect {
                let told = format!("{}: {} | {}", it.code.id(), it.title, it.body);
                self.seen.push(format!("{time} [{told}]"));
                self.told.insert(told);
            }
        }
        if !self.blind {
            self.look(&time);
        }
    }

    fn look(&mut self, time: &str) {
        let view = domain::view(&self.state, &self.now);
        let phase = format!("{} · {}", self.state.route().phase.id(), view.headline.trim_end_matches(" just now"));
        if phase != self.phase {
            self.seen.push(format!("{time} {phase}"));
            self.phase = phase;
        }
    }

    /// Lets time pass, with a tick whenever one is due.
    fn pass_until(&mut self, wall_ms: i64) {
        if self.now.wall_ms == 0 {
            self.now.wall_ms = wall_ms;
        }
        while self.now.wall_ms < wall_ms {
            let left = Duration::from_millis(u64::try_from(wall_ms - self.now.wall_ms).expect("ahead"));
            let due = self.state.next_deadline(&self.now).map_or(left, |it| it.saturating_sub(self.now.mono));
            let step = due.clamp(Duration::from_millis(1), left);
            self.now.mono += step;
            self.now.wall_ms += i64::try_from(step.as_millis()).expect("not that long");
            self.happen(Event::Tick);
        }
    }

    fn hear(&mut self, sign: TurnSignal) {
        self.pass_until(sign.at);
        self.happen(match sign.source {
            Source::Socket => Event::Gateway(GatewayEvent::Signal(Box::new(sign))),
            _ => Event::Log(LogEvent::Signal(Box::new(sign))),
        });
    }

    /// The state at the end, without the milliseconds in which the two accounts differ.
    fn outcome(&self) -> (&'static str, Vec<String>, BTreeSet<String>) {
        let all = &self.state.turns.fallbacks;
        let active =
            all.active.iter().map(|(from, it)| format!("{from} > {} {:?} {:?} {:?}", it.to, it.failed, it.answers, it.agents));
        let stranded = all.stranded.iter().map(|(from, it)| format!("{from} {:?}", it.failed));
        let stuck = all.stuck.keys().map(|it| format!("stuck {it}"));
        (self.state.route().phase.id(), active.chain(stranded).chain(stuck).collect(), self.told.clone())
    }
}

fn replay(config: &str, mut signs: Vec<TurnSignal>, linked: bool) -> String {
    signs.sort_by_key(|it| it.at);
    let mut stage = Stage::new(config, linked);
    for sign in signs {
        stage.hear(sign);
    }
    stage.pass_until(stage.now.wall_ms + 20 * 60_000);
    stage.seen.join("\n")
}

fn agents() -> String {
    capture("agents.json5")
}

/// One route for the captures of the older versions.
fn old(primary: &str) -> String {
    agents().replace("primary: \"deadbox/my-local-model\"", &format!("primary: \"{primary}\""))
}

#[test]
fn refused_2026_9_6_log() {
    assert_snapshot!(replay(&agents(), log("2026.9.6.log.jsonl", &["k-arefused-1"]), false), @r"
    00:00:00 unknown · Looking for Local
    11:13:11 [fallback.started: Fell back to Hosted | frefused/m-refused did not answer (connection error). Another of your boxes answers.]
    11:13:11 fallback · OpenClaw fell back to Hosted
    11:33:11 fallback · OpenClaw fell back to Hosted 20 min ago
    ");
}

#[test]
fn refused_2026_9_6_socket() {
    assert_snapshot!(replay(&agents(), socket("refused.socket.jsonl"), true), @r"
    00:00:00 unknown · Looking for Local
    11:11:53 retrying · OpenClaw is asking frefused/m-refused again
    11:11:54 unknown · Looking for Local
    11:11:59 retrying · OpenClaw is asking frefused/m-refused again
    11:13:09 unknown · Looking for Local
    11:13:11 [fallback.started: Fell back to Hosted | frefused/m-refused did not answer (connection error). Another of your boxes answers.]
    11:13:11 fallback · OpenClaw fell back to Hosted
    11:33:12 fallback · OpenClaw fell back to Hosted 20 min ago
    ");
}

/// A turn over the `agent` call, of which the socket tells no step.
#[test]
fn refused_2026_9_6_agent_call() {
    assert_snapshot!(replay(&agents(), socket("refused-agent-rpc.socket.jsonl"), true), @r"
    00:00:00 unknown · Looking for Local
    11:08:10 retrying · OpenClaw is asking Local again
    11:08:11 unknown · Looking for Local
    11:08:12 retrying · OpenClaw is asking Local again
    11:09:08 unknown · Looking for Local
    11:09:10 retrying · OpenClaw is asking Local again
    11:09:30 [fallback.started: Fell back to Hosted | Local did not answer (connection error). Another of your boxes answers.]
    11:09:30 fallback · OpenClaw fell back to Hosted
    11:29:30 fallback · OpenClaw fell back to Hosted 20 min ago
    ");
}

#[test]
fn wrong_key_and_back_2026_9_6() {
    let mut signs = socket("fallback-401.socket.jsonl");
    signs.extend(log("2026.9.6.log.jsonl", &["k-a401-1"]));
    signs.extend(socket("cleared-401.socket.jsonl"));
    assert_snapshot!(replay(&agents(), signs, true), @r"
    00:00:00 unknown · Looking for Local
    11:12:04 [fallback.started: Fell back to Hosted | f401/m-401 refused its key. Another of your boxes answers.]
    11:12:04 fallback · OpenClaw fell back to Hosted
    11:13:29 fallback · OpenClaw fell back to Hosted 1 min ago
    11:13:29 [fallback.ended: Back on f401/m-401 | after 1 min, 1 answer from Hosted]
    11:13:29 unknown · Looking for Local
    ");
}

#[test]
fn exhausted_2026_9_6() {
    let log = log("2026.9.6.log.jsonl", &["k-aexhaust-1"]);
    assert_snapshot!(replay(&agents(), log, false), @r"
    00:00:00 unknown · Looking for Local
    11:12:08 [route.exhausted: No model answered | f401/m-401 refused its key. f404/m-404 was not found on its server.]
    11:12:08 exhausted · No model answered
    11:32:08 exhausted · No model answered 20 min ago
    ");
    assert_snapshot!(replay(&agents(), socket("exhausted.socket.jsonl"), true), @r"
    00:00:00 unknown · Looking for Local
    11:12:08 [route.exhausted: No model answered | f401/m-401 refused its key. f404/m-404 was not found on its server.]
    11:12:08 exhausted · No model answered
    11:32:09 exhausted · No model answered 20 min ago
    ");
}

#[test]
fn a_hang_with_a_short_timeout_2026_9_6() {
    let config = agents().replacen('{', "{ meta: { lastTouchedVersion: \"2026.9.6\" },", 1);
    let log = log("2026.9.6.log.jsonl", &["model_fallback_chain_stopped"]);
    assert_snapshot!(replay(&config, log, false), @r"
    00:00:00 unknown · Looking for Local
    11:13:46 [route.exhausted: No model answered | fhang20/m-hang20 did not answer in time, and OpenClaw ended the turn without a fallback. Set timeoutSeconds of fhang20 to 30 or more.]
    11:13:46 exhausted · No model answered
    11:33:46 exhausted · No model answered 20 min ago
    ");
    assert_snapshot!(replay(&config, socket("hang-breaker.socket.jsonl"), true), @r"
    00:00:00 unknown · Looking for Local
    11:12:07 retrying · OpenClaw is asking fhang20/m-hang20 again
    11:13:46 [route.exhausted: No model answered | fhang20/m-hang20 did not answer in time, and OpenClaw ended the turn without a fallback. Set timeoutSeconds of fhang20 to 30 or more.]
    11:13:46 exhausted · No model answered
    11:33:46 exhausted · No model answered 20 min ago
    ");
}

/// OpenClaw itself says that the run makes no progress; nothing would end it.
#[test]
fn a_hang_without_a_timeout_2026_9_6() {
    assert_snapshot!(replay(&agents(), log("2026.9.6.log.jsonl", &["ahang:main", "k-ahang-1"]), false), @r"
    00:00:00 unknown · Looking for Local
    11:28:14 [run.stuck: OpenClaw is waiting for fhang/m-hang | It has not answered for 6 min, and OpenClaw will not fall back by itself. Set timeoutSeconds.]
    11:28:14 stuck · OpenClaw is waiting for fhang/m-hang
    11:31:14 unknown · Looking for Local
    11:31:48 [fallback.started: Fell back to Hosted | fhang/m-hang did not answer (no answer in time). Another of your boxes answers.]
    11:31:48 fallback · OpenClaw fell back to Hosted
    11:51:48 fallback · OpenClaw fell back to Hosted 20 min ago
    ");
}

#[test]
fn rate_limit_2026_9_6() {
    assert_snapshot!(replay(&agents(), socket("429.socket.jsonl"), true), @r"
    00:00:00 unknown · Looking for Local
    11:11:34 retrying · OpenClaw is asking f429/m-429 again
    11:11:35 unknown · Looking for Local
    11:11:45 retrying · OpenClaw is asking f429/m-429 again
    11:12:48 unknown · Looking for Local
    11:12:50 retrying · OpenClaw is asking f429/m-429 again
    11:14:25 unknown · Looking for Local
    11:14:26 [fallback.started: Fell back to Hosted | f429/m-429 hit its rate limit. Another of your boxes answers.]
    11:14:26 fallback · OpenClaw fell back to Hosted
    11:34:26 fallback · OpenClaw fell back to Hosted 20 min ago
    ");
}

#[test]
fn context_overflow_2026_9_6() {
    assert_snapshot!(replay(&agents(), socket("context-overflow.socket.jsonl"), true), @r"
    00:00:00 unknown · Looking for Local
    11:11:35 [route.exhausted: No model answered | The prompt is longer than the context of fctx/m-ctx, and OpenClaw does not fall back on that. Start over with /new, or serve more context.]
    ");
}

/// The log has no decision of it: the run overflowed, and could not be shortened.
#[test]
fn context_overflow_by_the_log() {
    let config = agents().replace("fctx", "overflow").replace("m-ctx", "m");
    assert_snapshot!(replay(&config, log("overflow-2026.9.6.log.jsonl", &[]), false), @r"
    00:00:00 unknown · Looking for Local
    14:31:37 [route.exhausted: No model answered | The prompt is longer than the context of overflow/m, and OpenClaw does not fall back on that. Start over with /new, or serve more context.]
    ");
    assert_snapshot!(replay(&config, log("overflow-2026.7.1.log.jsonl", &[]), false), @r"
    00:00:00 unknown · Looking for Local
    14:34:45 [route.exhausted: No model answered | The prompt is longer than the context of overflow/m, and OpenClaw does not fall back on that. Start over with /new, or serve more context.]
    ");
    let config_of_agent = config.replace("actx:", "overflow:");
    assert_snapshot!(replay(&config_of_agent, socket("overflow-2026.7.1.socket.jsonl"), true), @r"
    00:00:00 unknown · Looking for Local
    15:27:11 [route.exhausted: No model answered | The prompt is longer than the context of overflow/m, and OpenClaw does not fall back on that. Start over with /new, or serve more context.]
    ");
    let mut both = log("overflow-2026.9.6.log.jsonl", &[]);
    both.extend(socket("overflow-2026.9.6.socket.jsonl"));
    assert_eq!(replay(&config, both, true).matches("route.exhausted").count(), 1, "log and socket are one account");
    // Shortened, it went well.
    let shortened = log("overflow-2026.7.1.log.jsonl", &["embedded_run_agent_end"]);
    assert_eq!(shortened.len(), 3);
    assert!(!replay(&config, shortened, false).contains('['));
}

#[test]
fn a_whole_day_of_2026_9_6() {
    let seen = replay(&agents(), log("2026.9.6.log.jsonl", &[]), false);
    let count = |code: &str| seen.lines().filter(|it| it.contains(code)).count();
    // 14 runs fell back; twice two agents did within seconds, which is one piece of news.
    assert_eq!((count("[fallback.started"), count("[route.exhausted"), count("[run.stuck")), (12, 2, 1));
}

#[test]
fn model_not_found_and_back_2026_7_1() {
    let config = old("deadbox/m-404");
    assert_snapshot!(replay(&config, log("2026.7.1.log.jsonl", &[]), false), @r"
    00:00:00 unknown · Looking for deadbox/m-404
    11:36:08 [fallback.started: Fell back to Hosted | deadbox/m-404 was not found on its server. Another of your boxes answers.]
    11:36:08 fallback · OpenClaw fell back to Hosted
    11:37:00 [fallback.ended: Back on deadbox/m-404 | after 52 s, 1 answer from Hosted]
    11:37:00 unknown · Looking for deadbox/m-404
    ");
    assert_snapshot!(replay(&config, socket("2026.7.1.socket.jsonl"), true), @r"
    00:00:00 unknown · Looking for deadbox/m-404
    11:36:08 [fallback.started: Fell back to Hosted | deadbox/m-404 was not found on its server. Another of your boxes answers.]
    11:36:08 fallback · OpenClaw fell back to Hosted
    11:36:50 [fallback.ended: Back on deadbox/m-404 | after 42 s, 1 answer from Hosted]
    11:36:50 unknown · Looking for deadbox/m-404
    ");
}

/// Its fallback is broken: the primary is asked over and over.
#[test]
fn refused_2026_3_28() {
    assert_snapshot!(replay(&agents(), log("2026.3.28.log.jsonl", &[]), false), @"00:00:00 unknown · Looking for Local");
    assert_snapshot!(replay(&agents(), socket("2026.3.28.socket.jsonl"), true), @"00:00:00 unknown · Looking for Local");
}

/// A run as both tell it: (config, log, socket).
fn told_twice() -> Vec<(&'static str, String, Vec<TurnSignal>, Vec<TurnSignal>)> {
    let of = |about: &str, frames: &str| (agents(), log("2026.9.6.log.jsonl", &[about]), socket(frames));
    let both = [
        ("refused", of("k-arefused-1", "refused.socket.jsonl")),
        ("agent call", of("cc888e9b", "refused-agent-rpc.socket.jsonl")),
        ("wrong key", of("k-a401-1", "fallback-401.socket.jsonl")),
        ("exhausted", of("k-aexhaust-1", "exhausted.socket.jsonl")),
        ("breaker", of("model_fallback_chain_stopped", "hang-breaker.socket.jsonl")),
        ("rate limit", of("k-a429-1", "429.socket.jsonl")),
    ];
    let overflow = (
        agents().replace("fctx", "overflow").replace("m-ctx", "m"),
        log("overflow-2026.9.6.log.jsonl", &[]),
        socket("overflow-2026.9.6.socket.jsonl"),
    );
    let mut all: Vec<_> = both.into_iter().map(|(name, (config, log, socket))| (name, config, log, socket)).collect();
    let (config, said, heard) = overflow;
    all.push(("overflow", config, said, heard));
    let mid = socket("2026.7.1.socket.jsonl").into_iter().filter(|it| it.run.as_deref() == Some("km1")).collect();
    all.push(("2026.7.1", old("deadbox/m-404"), log("2026.7.1.log.jsonl", &["\"km1\""]), mid));
    all
}

/// Each account keeps its own order, as files and sockets do; between the two there is none.
#[test]
fn any_interleaving_has_one_outcome() {
    let told_twice = told_twice();
    let outcome = |which: usize, choices: &mut dyn Iterator<Item = bool>| {
        let (_, config, log, socket) = &told_twice[which];
        let mut stage = Stage::new(config, true);
        stage.blind = true;
        stage.pass_until(log[0].at.min(socket[0].at));
        let (mut log, mut socket) = (log.iter().cloned().peekable(), socket.iter().cloned().peekable());
        while log.peek().is_some() || socket.peek().is_some() {
            let log_first = choices.next().unwrap_or(true);
            let next = if log_first { log.next().or_else(|| socket.next()) } else { socket.next().or_else(|| log.next()) };
            next.into_iter().for_each(|it| stage.hear(it));
        }
        stage.outcome()
    };
    let log_first: Vec<_> = (0..told_twice.len()).map(|it| outcome(it, &mut std::iter::repeat(true))).collect();
    for (which, (name, ..)) in told_twice.iter().enumerate() {
        assert_eq!(log_first[which], outcome(which, &mut std::iter::repeat(false)), "{name}, the socket first");
    }
    let order = (0..told_twice.len(), proptest::collection::vec(any::<bool>(), 128));
    let config = ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() };
    let held = TestRunner::new(config).run(&order, |(which, choices)| {
        prop_assert_eq!(&log_first[which], &outcome(which, &mut choices.into_iter()), "{}", told_twice[which].0);
        Ok(())
    });
    held.unwrap_or_else(|broken| panic!("{broken}"));
}
