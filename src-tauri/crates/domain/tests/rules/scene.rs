//! A small stage for the rules: a config, servers that answer or do not, a log, and time that passes when told to.

use std::collections::BTreeMap;
use std::time::Duration;

use document::Document;
use domain::config::Config;
use domain::history::{Entry, Record};
use domain::intent::Intent;
use domain::notify::notice::Notice;
use domain::server::observation::{Answer, Failure, Load, Observation, ServedModel, Serving};
use domain::turns::gateway_connection::{ConnectionState, GatewayEvent};
use domain::turns::signal::{LogEvent, Next, Reason, SignalKind, Source, TurnSignal};
use domain::update;
use domain::view::View;
use domain::view::menu::{Item, menu};
use domain::{BadText, Effect, Event, FileEvent, Kind, ModelRef, Now, Pace, State};

pub struct Scene {
    pub state: State,
    pub now: Now,
    /// `code: title | body`, as they were told.
    pub told: Vec<String>,
    /// All of them, as they were handed to the desktop.
    pub notices: Vec<Notice>,
    /// Of those, what the desktop has not shown yet.
    pub unseen: Vec<Notice>,
    /// But for what is to be remembered.
    pub effects: Vec<Effect>,
    pub kept: Vec<Entry>,
    /// What comes back after a restart.
    pub values: BTreeMap<String, String>,
}

/// 2026-11-23 14:00:00 UTC.
const START: i64 = 1_795_442_400_000;

pub const LOCAL_FIRST: &str = r#"{
  agents: { defaults: {
    model: { primary: "lmstudio/my-local-model", fallbacks: ["anthropic/claude-sonnet-4-6", "anthropic/claude-opus-4-6"] },
    models: {
      "lmstudio/my-local-model": { alias: "Local" },
      "anthropic/claude-sonnet-4-6": { alias: "Sonnet" },
      "anthropic/claude-opus-4-6": { alias: "Opus" },
    },
  } },
  models: { mode: "merge", providers: {
    lmstudio: { baseUrl: "http://127.0.0.1:1234/v1", apiKey: "lm-studio", api: "openai-responses", timeoutSeconds: 300, models: [
      { id: "my-local-model", name: "Local Model", reasoning: false, input: ["text"], cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 }, contextWindow: 196608, maxTokens: 8192 },
    ] },
  } },
  meta: { lastTouchedVersion: "2026.9.6" },
}"#;

pub const HOSTED_FIRST: &str = r#"{
  agents: { defaults: {
    model: { primary: "anthropic/claude-sonnet-4-6", fallbacks: ["lmstudio/my-local-model"] },
    models: { "lmstudio/my-local-model": { alias: "Local" }, "anthropic/claude-sonnet-4-6": { alias: "Sonnet" } },
  } },
  models: { mode: "merge", providers: {
    lmstudio: { baseUrl: "http://127.0.0.1:1234/v1", api: "openai-responses", timeoutSeconds: 300, models: [
      { id: "my-local-model", name: "Local Model", contextWindow: 196608, maxTokens: 8192 },
    ] },
  } },
  meta: { lastTouchedVersion: "2026.9.6" },
}"#;

impl Scene {
    pub fn new(config: &str) -> Scene {
        let state = State::new("/home/me/.openclaw/openclaw.json".into(), Some("/home/me".into()), Pace::default(), 1);
        let mut scene = Scene {
            state,
            now: Now { wall_ms: START, ..Now::default() },
            told: Vec::new(),
            notices: Vec::new(),
            unseen: Vec::new(),
            effects: Vec::new(),
            kept: Vec::new(),
            values: BTreeMap::new(),
        };
        scene.config(config);
        scene
    }

    pub fn happen(&mut self, event: Event) -> &mut Self {
        self.effects.clear();
        for effect in update(&mut self.state, event, self.now) {
            match effect {
                Effect::Remember(Record::Entry(it)) => self.kept.push(it),
                Effect::Remember(Record::Value { key, value }) => {
                    assert!(!self.effects.iter().any(|it| matches!(it, Effect::Notify(_))), "it is kept before it is told");
                    self.values.insert(key.to_owned(), value);
                }
                Effect::Remember(_) => {}
                effect => {
                    if let Effect::Notify(it) = &effect {
                        self.notices.push(it.clone());
                        self.unseen.push(it.clone());
                        self.told.push(format!("{}: {} | {}", it.code.id(), it.title, it.body));
                    }
                    self.effects.push(effect);
                }
            }
        }
        self
    }

    pub fn config(&mut self, text: &str) -> &mut Self {
        let doc = Document::parse(text).expect("a config that parses");
        let (config, problems) = Config::read(&doc, &|_| None);
        self.happen(Event::Config(FileEvent::Good { hash: hash(text), strict_json: false, config: Box::new(config), problems }))
    }

    pub fn bad_config(&mut self) -> &mut Self {
        let message = "a curly quote; OpenClaw reads only straight ones: \" or '".to_owned();
        let excerpt = vec![
            (13, "    // keep hosted models".to_owned()),
            (14, "    mode: “merge”,".to_owned()),
            (15, "    providers: {".to_owned()),
        ];
        self.happen(Event::Config(FileEvent::Bad(BadText {
            message,
            line: 14,
            column: 11,
            excerpt,
            straightens: false,
            curly_quotes: Some((6, 3)),
        })))
    }

    pub fn wait(&mut self, seconds: u64) -> &mut Self {
        self.now.mono += Duration::from_secs(seconds);
        self.now.wall_ms += i64::try_from(seconds * 1_000).expect("not that long");
        self
    }

    pub fn probe(&mut self, provider: &str, answer: Answer) -> &mut Self {
        let base_url = self.state.fleet.servers[provider].base_url.clone();
        let kind = matches!(answer, Answer::Up(_)).then_some(Kind::LmStudio);
        let observation = Observation { kind, version: None, latency: Some(Duration::from_millis(38)), answer };
        self.happen(Event::Probed { provider: provider.to_owned(), base_url, deep: true, observation })
    }

    /// One letter a probe, ten seconds apart: `+` ready, `s` small context, `n` not loaded, `r` refused, `-` timed out, `k` wrong key.
    pub fn probes(&mut self, provider: &str, letters: &str) -> &mut Self {
        for letter in letters.chars() {
            self.wait(10);
            self.probe(
                provider,
                match letter {
                    '+' => up(Load::Loaded, 196_608),
                    's' => up(Load::Loaded, 4_096),
                    'n' => up(Load::NotLoaded, 0),
                    'r' => Answer::Failed(Failure::Refused),
                    'k' => Answer::Failed(Failure::AuthWrong),
                    _ => Answer::Failed(Failure::TimedOut),
                },
            );
        }
        self
    }

    /// A turn that fell back, as the log tells it: what failed with which reason, and who answered.
    pub fn turn(&mut self, run: &str, failed: &[(&str, &str)], answered: Option<&str>) -> &mut Self {
        let requested = reference(failed.first().expect("something failed").0);
        for (i, (model, code)) in failed.iter().enumerate() {
            let next = failed.get(i + 1).map(|it| it.0).or(answered).map(reference);
            let next = next.map_or(Next::Nobody, Next::Model);
            let reason = Reason { code: (*code).to_owned(), status: Some(408), preview: "Connection error.".into() };
            self.sign(Some(run), Some(&requested), SignalKind::Failed { model: reference(model), reason, next });
        }
        if let Some(model) = answered {
            self.sign(Some(run), Some(&requested), SignalKind::Answered(reference(model)));
        }
        self
    }

    /// Something that the gateway's socket says now.
    pub fn said(&mut self, run: &str, what: SignalKind) -> &mut Self {
        let run = (!run.is_empty()).then(|| run.to_owned());
        let at = self.now.wall_ms;
        let sign = TurnSignal { run, ..TurnSignal::new(at, Source::Socket, what) };
        self.happen(Event::Gateway(GatewayEvent::Signal(Box::new(sign))))
    }

    /// Something that the log said before the start, half a minute ago.
    pub fn past(&mut self, run: &str, what: SignalKind) -> &mut Self {
        self.past_sign(run, None, what)
    }

    pub fn past_turn(&mut self, run: &str, failed: &[(&str, &str)], answered: &str) -> &mut Self {
        let requested = reference(failed.first().expect("something failed").0);
        for (model, code) in failed {
            let what = SignalKind::Failed { model: reference(model), reason: Reason::of(*code), next: Next::Unsaid };
            self.past_sign(run, Some(&requested), what);
        }
        self.past_sign(run, Some(&requested), SignalKind::Answered(reference(answered)))
    }

    fn past_sign(&mut self, run: &str, requested: Option<&ModelRef>, what: SignalKind) -> &mut Self {
        let at = self.now.wall_ms - 30_000;
        let run = Some(run.to_owned());
        let sign = TurnSignal { run, requested: requested.cloned(), ..TurnSignal::new(at, Source::Log, what) };
        self.happen(Event::PastLog(LogEvent::Signal(Box::new(sign))))
    }

    /// Something that the log says now.
    pub fn sign(&mut self, run: Option<&str>, requested: Option<&ModelRef>, what: SignalKind) -> &mut Self {
        let at = self.now.wall_ms;
        let run = run.map(str::to_owned);
        let sign = TurnSignal { run, requested: requested.cloned(), ..TurnSignal::new(at, Source::Log, what) };
        self.happen(Event::Log(LogEvent::Signal(Box::new(sign))))
    }

    /// The gateway lets it in.
    pub fn linked(&mut self) -> &mut Self {
        self.linked_to("2026.9.6")
    }

    pub fn linked_to(&mut self, version: &str) -> &mut Self {
        let link = ConnectionState::Up { version: Some(version.into()) };
        self.link(link)
    }

    pub fn link(&mut self, link: ConnectionState) -> &mut Self {
        self.happen(Event::Gateway(GatewayEvent::Connection { url: "ws://127.0.0.1:18789".into(), state: link }))
    }

    pub fn fetched(&mut self, model: &str) -> &mut Self {
        self.sign(None, None, SignalKind::Fetched { model: reference(model), status: 200 })
    }

    pub fn ended(&mut self, run: &str) -> &mut Self {
        self.sign(Some(run), None, SignalKind::Ended)
    }

    pub fn intent(&mut self, intent: Intent) -> &mut Self {
        self.happen(Event::Intent(intent))
    }

    pub fn tick(&mut self) -> &mut Self {
        self.happen(Event::Tick)
    }

    pub fn view(&self) -> View {
        domain::view(&self.state, &self.now)
    }

    /// The menu as an indented list; a tick mark for what is checked, brackets for what can't be clicked.
    pub fn menu(&self) -> String {
        let mut lines = Vec::new();
        print_items(&menu(&self.state, &self.view(), &self.now), 0, &mut lines);
        lines.join("\n")
    }

    /// State and sentence.
    pub fn says(&self) -> String {
        let view = self.view();
        let facts: Vec<&str> = view.detail.iter().map(|it| it.text.as_str()).collect();
        format!("{:?}: {} ({})", view.overall, view.headline, facts.join("; "))
    }

    /// The desktop has shown all that was told.
    pub fn shown(&mut self) -> &mut Self {
        for notice in std::mem::take(&mut self.unseen) {
            self.happen(Event::Shown(notice));
        }
        self
    }

    pub fn told(&mut self) -> String {
        std::mem::take(&mut self.told).join("\n")
    }
}

/// Any will do that tells two texts apart.
pub fn hash(text: &str) -> String {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish().to_string()
}

pub fn reference(text: &str) -> ModelRef {
    ModelRef::parse(text).expect("a model ref")
}

pub fn up(load: Load, served: u64) -> Answer {
    let model = ServedModel {
        id: "my-local-model".into(),
        load,
        served_context: (served > 0).then_some(served),
        max_context: Some(262_144),
        ..ServedModel::default()
    };
    Answer::Up(Serving { models: Some(vec![model]), ..Serving::default() })
}

fn print_items(items: &[Item], depth: usize, lines: &mut Vec<String>) {
    let indent = "    ".repeat(depth);
    for item in items {
        match item {
            Item::Separator => lines.push(format!("{indent}----")),
            Item::Row(row) => {
                let check = match row.checked {
                    Some(true) => "✓ ",
                    Some(false) => "· ",
                    None => "",
                };
                let label = if row.intent.is_none() && row.checked != Some(true) {
                    format!("[{}]", row.label)
                } else {
                    row.label.clone()
                };
                lines.push(format!("{indent}{check}{label}"));
            }
            Item::Submenu { label, rows } => {
                lines.push(format!("{indent}{label} >"));
                print_items(rows, depth + 1, lines);
            }
        }
    }
}
