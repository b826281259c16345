//! Plays a capture on a simulated clock: what the gateway said comes through the engine's own readers, and the probes see what the box
//! did.

use std::collections::{BTreeMap, BinaryHeap, VecDeque};
use std::time::Duration;

use document::Document;
use domain::config::Config;
use domain::history::{Recalled, Record};
use domain::intent::Intent;
use domain::notify::notice::Notice;
use domain::server::observation::{Answer, Failure, Load, Observation, ProbeRequest, ServedModel, Serving};
use domain::turns::Rung;
use domain::turns::gateway_connection::{ConnectionError, ConnectionState, GatewayEvent};
use domain::turns::signal::LogEvent;
use domain::{Effect, Event, FileEvent, Kind, Now, Pace, State, update};
use engine::{FrameReader, parse_line};

use super::capture::{Capture, Outcome, Said, Turn};
use super::score::{Score, Truth, Verdict};

/// How long a probe of the box takes.
const PROBE_MS: i64 = 5;
/// After a turn's end, until its verdict is looked at: what the log says settles more slowly.
const LOG_SETTLES_MS: i64 = 12_000;
const SOCKET_SETTLES_MS: i64 = 1_000;

/// Which of the two is heard, and in which order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replay {
    Log,
    Socket,
    /// Both, by their own time.
    Both,
    /// Both; within each turn any order of the two, by this seed.
    Mixed(u64),
    /// Both, and Pilot Light is restarted at the beginning of each section.
    Restarted,
}

impl Replay {
    fn has_log(self) -> bool {
        self != Replay::Socket
    }

    fn has_socket(self) -> bool {
        self != Replay::Log
    }

    fn settles_ms(self) -> i64 {
        if self.has_socket() { SOCKET_SETTLES_MS } else { LOG_SETTLES_MS }
    }
}

/// # Panics
/// When the capture's config is none.
#[must_use]
pub fn play(capture: &Capture, mode: Replay) -> Score {
    let mut stage = Stage::new(capture, mode);
    let mut score = Score::default();
    let mut truth = Truth::default();
    let fell: Vec<bool> = capture.turns.iter().map(|turn| truth.after(capture, turn)).collect();
    let mut order = Order::new(mode);
    // By the log alone a turn that it does not tell of leaves the state open until the next one.
    let mut untold = None;
    for (i, turn) in capture.turns.iter().enumerate() {
        stage.play_until(turn.end, &mut order);
        let changes = (i + 1..fell.len()).find(|it| fell[*it] != fell[i]).map_or(i64::MAX, |it| capture.turns[it].end - 1);
        stage.play_until((turn.end + mode.settles_ms()).min(changes).min(stage.next_change(turn.end)), &mut order);
        if mode == Replay::Log && turn.outcome != Outcome::Ended {
            untold = capture.untold_by_log(turn);
        }
        let (verdict, why) = stage.judge(turn, fell[i], untold);
        score.add(verdict, format!("{} at {}: {why}", turn.label, stage.clock()));
    }
    let last = capture.turns.last().map_or(0, |it| it.end) + 60_000;
    stage.play_until(last, &mut order);
    let told = std::mem::take(&mut stage.told);
    score.judge_notices(capture, told, last, mode == Replay::Log);
    score
}

enum Heard<'a> {
    Log(&'a str),
    Socket(&'a Said),
}

/// Which of the two accounts goes on, where that is open.
struct Order(Option<u64>);

impl Order {
    fn new(mode: Replay) -> Order {
        Order(match mode {
            Replay::Mixed(seed) => Some(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1),
            _ => None,
        })
    }

    fn log_first(&mut self, by_time: bool) -> bool {
        let Some(seed) = &mut self.0 else { return by_time };
        *seed ^= *seed << 13;
        *seed ^= *seed >> 7;
        *seed ^= *seed << 17;
        *seed & 1 == 0
    }
}

struct Stage<'a> {
    capture: &'a Capture,
    state: State,
    now: Now,
    reader: FrameReader,
    log: VecDeque<&'a (i64, String)>,
    socket: VecDeque<&'a (i64, Said)>,
    /// How often the route was turned round.
    swaps: usize,
    /// When each probe under way is answered.
    probes: BinaryHeap<std::cmp::Reverse<(i64, usize)>>,
    asked: BTreeMap<usize, ProbeRequest>,
    told: Vec<Notice>,
    /// What comes back after a restart.
    kept: BTreeMap<String, String>,
    restarts: VecDeque<i64>,
    connected: Option<ConnectionState>,
}

impl<'a> Stage<'a> {
    fn new(capture: &'a Capture, mode: Replay) -> Stage<'a> {
        let begin = capture.log.iter().map(|it| it.0).chain(capture.socket.iter().map(|it| it.0)).min().unwrap_or(0);
        let begin = begin.min(capture.turns.first().map_or(begin, |it| it.begin)) - 60_000;
        let mut stage = Stage {
            capture,
            state: State::default(),
            now: Now { wall_ms: begin, ..Now::default() },
            reader: FrameReader::default(),
            log: capture.log.iter().filter(|_| mode.has_log()).collect(),
            socket: capture.socket.iter().filter(|_| mode.has_socket()).collect(),
            swaps: 0,
            probes: BinaryHeap::new(),
            asked: BTreeMap::new(),
            told: Vec::new(),
            kept: BTreeMap::new(),
            restarts: capture.sections.iter().filter(|_| mode == Replay::Restarted).map(|it| it.0).collect(),
            connected: None,
        };
        stage.start();
        stage
    }

    fn start(&mut self) {
        self.state = State::new("/home/me/.openclaw/openclaw.json".into(), Some("/home/me".into()), Pace::default(), 1);
        self.reader = FrameReader::default();
        (self.probes, self.asked) = (BinaryHeap::new(), BTreeMap::new());
        self.read_config();
        let values = self.kept.clone();
        self.happen(Event::Recalled(Box::new(Recalled { values, ..Recalled::default() })));
        self.happen(Event::Log(LogEvent::CaughtUp));
        if let Some(state) = self.connected.clone() {
            self.connection(state);
        }
    }

    fn connection(&mut self, state: ConnectionState) {
        self.connected = Some(state.clone());
        self.happen(Event::Gateway(GatewayEvent::Connection { url: "ws://127.0.0.1:18789".to_owned(), state }));
    }

    fn read_config(&mut self) {
        let text = self.capture.config_after(self.swaps);
        let (config, problems) = Config::read(&Document::parse(&text).expect("a config"), &|_| None);
        let hash = self.swaps.to_string();
        self.happen(Event::Config(FileEvent::Good { hash, strict_json: false, config: Box::new(config), problems }));
    }

    fn happen(&mut self, event: Event) {
        let mut shown = Vec::new();
        for effect in update(&mut self.state, event, self.now) {
            match effect {
                Effect::Notify(notice) => {
                    // The moment of its telling: one that waited carries the moment of what it tells of.
                    self.told.push(Notice { at: self.now.wall_ms, ..notice.clone() });
                    shown.push(notice);
                }
                Effect::Remember(Record::Value { key, value }) => drop(self.kept.insert(key.to_owned(), value)),
                Effect::Probe(request) => {
                    let id = self.asked.keys().last().map_or(0, |it| it + 1);
                    self.asked.insert(id, request);
                    self.probes.push(std::cmp::Reverse((self.now.wall_ms + PROBE_MS, id)));
                }
                _ => {}
            }
        }
        shown.into_iter().for_each(|it| self.happen(Event::Shown(it)));
    }

    /// All that was said until then, and what the world does meanwhile.
    fn play_until(&mut self, end: i64, order: &mut Order) {
        loop {
            let log = self.log.front().filter(|it| it.0 <= end).map(|it| it.0);
            let socket = self.socket.front().filter(|it| it.0 <= end).map(|it| it.0);
            let log_first = match (log, socket) {
                (None, None) => break,
                (Some(_), None) => true,
                (None, Some(_)) => false,
                (Some(log), Some(socket)) => order.log_first(log <= socket),
            };
            if log_first {
                let (at, line) = self.log.pop_front().expect("a line");
                self.hear(*at, Heard::Log(line));
            } else {
                let (at, said) = self.socket.pop_front().expect("a frame");
                self.hear(*at, Heard::Socket(said));
            }
        }
        self.pass_until(end);
    }

    fn hear(&mut self, at: i64, heard: Heard<'_>) {
        self.pass_until(at);
        match heard {
            Heard::Log(line) => {
                if let Some(signal) = parse_line(line) {
                    self.happen(Event::Log(LogEvent::Signal(Box::new(signal))));
                }
            }
            Heard::Socket(Said::Frame(frame)) => {
                if let Some(signal) = self.reader.signal(frame) {
                    self.happen(Event::Gateway(GatewayEvent::Signal(Box::new(signal))));
                }
            }
            Heard::Socket(Said::Connected { version }) => {
                self.reader = FrameReader::default();
                self.connection(ConnectionState::Up { version: version.clone() });
            }
            Heard::Socket(Said::Refused(frame)) => {
                let why = self.reader.refusal(frame).expect("a reason");
                self.connection(ConnectionState::Down(why));
            }
            Heard::Socket(Said::Closed) => self.connection(ConnectionState::Down(ConnectionError::Lost)),
            Heard::Socket(Said::Unreachable) => self.connection(ConnectionState::Down(ConnectionError::NotRunning)),
        }
    }

    /// Lets time pass: with a tick whenever one is due, an answer to each probe, and each edit of the route.
    fn pass_until(&mut self, wall_ms: i64) {
        while self.now.wall_ms < wall_ms {
            let due = self.state.next_deadline(&self.now).map_or(wall_ms, |it| {
                let left = it.saturating_sub(self.now.mono).max(Duration::from_millis(1));
                self.now.wall_ms.saturating_add(i64::try_from(left.as_millis()).unwrap_or(i64::MAX))
            });
            let probe = self.probes.peek().map_or(i64::MAX, |it| it.0.0);
            let swap = self.capture.swaps.get(self.swaps).copied().unwrap_or(i64::MAX);
            let restart = self.restarts.front().copied().unwrap_or(i64::MAX);
            let next = due.min(probe).min(swap).min(restart).min(wall_ms).max(self.now.wall_ms);
            self.now.mono += Duration::from_millis(u64::try_from(next - self.now.wall_ms).unwrap_or(0));
            self.now.wall_ms = next;
            if restart <= next {
                self.restarts.pop_front();
                self.happen(Event::Intent(Intent::Quit));
                self.start();
            } else if swap <= next {
                self.swaps += 1;
                self.read_config();
            } else if probe <= next {
                self.answer();
            } else {
                self.happen(Event::Tick);
            }
        }
    }

    fn answer(&mut self) {
        let Some(std::cmp::Reverse((at, id))) = self.probes.pop() else { return };
        let Some(request) = self.asked.remove(&id) else { return };
        let is_alive = self.capture.box_is_alive(at);
        let models = request.wanted.unwrap_or_default().into_iter();
        let models = models.map(|id| ServedModel { id, load: Load::Loaded, ..ServedModel::default() }).collect();
        let observation = Observation {
            kind: is_alive.then_some(Kind::Generic),
            version: None,
            latency: Some(Duration::from_millis(5)),
            answer: if is_alive {
                Answer::Up(Serving { models: Some(models), ..Serving::default() })
            } else {
                Answer::Failed(Failure::Refused)
            },
        };
        self.happen(Event::Probed { provider: request.provider, base_url: request.base_url, deep: request.deep, observation });
    }

    /// When the box or the route is another one.
    fn next_change(&self, at: i64) -> i64 {
        let changes = self.capture.alive.iter().flat_map(|it| [it.0, it.1]).chain(self.capture.swaps.iter().copied());
        changes.filter(|it| *it > at).min().map_or(i64::MAX, |it| it - 1)
    }

    /// What is shown now, against what is so.
    fn judge(&self, turn: &Turn, fell: bool, untold: Option<&str>) -> (Verdict, String) {
        let route = self.state.route();
        let [primary, fallback] = self.capture.chain(self.swaps);
        let expected = if fell { &fallback } else { &primary };
        let shows_fallback = route.phase.id() == "fallback";
        let shown = route.effective.as_ref();
        let by = match &turn.outcome {
            Outcome::Answered(by) => format!("answered by {by}"),
            Outcome::Exhausted => "no model answered".to_owned(),
            Outcome::Ended => "ended without an answer".to_owned(),
        };
        let is = if fell { "a fallback" } else { "no fallback" };
        let why = format!(
            "{by}, {is}; shown {} by {}",
            route.phase.id(),
            shown.map_or_else(|| "nobody".to_owned(), ToString::to_string)
        );
        let right = match turn.outcome {
            Outcome::Exhausted => route.phase.id() == "exhausted",
            Outcome::Answered(_) => shows_fallback == fell && shown == Some(expected),
            // A gateway that goes away answers with nobody.
            Outcome::Ended => {
                let is_absent = route.rung == Rung::Absent;
                (is_absent || shows_fallback == fell) && !matches!(route.phase.id(), "exhausted" | "stuck")
            }
        };
        match (right, untold) {
            (true, _) => (Verdict::Right, why),
            (false, Some(untold)) => (Verdict::Unknown, format!("{why}; {untold}")),
            (false, None) => (Verdict::Wrong, why),
        }
    }

    /// Seconds since the first turn.
    fn clock(&self) -> String {
        let since = self.capture.turns.first().map_or(0, |it| it.begin);
        format!("{} s", (self.now.wall_ms - since) / 1_000)
    }
}
