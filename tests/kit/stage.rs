//! A whole Pilot Light without a desktop, on real files and sockets: its config, the gateway's log, and what it publishes and tells.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use domain::Overall;
use domain::notify::notice::Notice;
use engine::{Handle, Options, Published, ShellCommand};
use tempfile::TempDir;
use tokio::sync::{mpsc, watch};

use crate::fake_box::FakeBox;

/// Far longer than anything takes; a test that gets here has failed.
const DEADLINE: Duration = Duration::from_secs(20);

#[derive(Debug)]
pub struct Stage {
    pub folder: TempDir,
    pub handle: Handle,
    published: watch::Receiver<Arc<Published>>,
    commands: mpsc::UnboundedReceiver<ShellCommand>,
}

impl Stage {
    /// Starts with this text as the config, probing ten times a second.
    pub fn start(config: &str) -> Stage {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("openclaw.json"), config).expect("written");
        Stage::start_in(folder)
    }

    /// The same, at a pace of its own.
    pub fn every(config: &str, interval: Duration) -> Stage {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("openclaw.json");
        std::fs::write(&path, config).expect("written");
        let logs = folder.path().join("logs");
        Stage::with(folder, path, Some(logs), interval)
    }

    /// Starts with whatever is there.
    pub fn start_in(folder: TempDir) -> Stage {
        let (config, logs) = (folder.path().join("openclaw.json"), folder.path().join("logs"));
        Stage::watch(folder, config, Some(logs))
    }

    /// Starts on a config of its own place, and on the log that it names unless a folder is given.
    pub fn watch(folder: TempDir, config: PathBuf, log_dir: Option<PathBuf>) -> Stage {
        Stage::with(folder, config, log_dir, Duration::from_millis(100))
    }

    /// The same, at a pace of its own.
    pub fn with(folder: TempDir, config: PathBuf, log_dir: Option<PathBuf>, interval: Duration) -> Stage {
        let state_dir = Some(folder.path().join("state"));
        let settings = Some(folder.path().join("settings.toml"));
        let options = Options {
            settings,
            config: Some(config),
            log_dir,
            interval: Some(interval),
            state_dir,
            // What is installed on this machine is not part of the test.
            openclaw: Some(folder.path().join("bin/openclaw")),
            keeps_history: true,
            ..Options::default()
        };
        let (handle, commands) = engine::start(options).expect("it starts");
        let published = handle.published();
        Stage { folder, handle, published, commands }
    }

    /// Ends it as a person would, with all kept; gives what it leaves.
    pub async fn end(mut self) -> TempDir {
        self.handle.send(domain::intent::Intent::Quit);
        let quit = async { while !matches!(self.commands.recv().await, Some(ShellCommand::Quit) | None) {} };
        tokio::time::timeout(DEADLINE, quit).await.expect("it ends");
        self.folder
    }

    pub fn config_path(&self) -> PathBuf {
        self.folder.path().join("openclaw.json")
    }

    pub fn config(&self) -> String {
        std::fs::read_to_string(self.config_path()).expect("a config")
    }

    pub fn write_config(&self, text: &str) {
        std::fs::write(self.config_path(), text).expect("written");
    }

    /// Today's file of the gateway's log.
    pub fn log_path(&self) -> PathBuf {
        self.folder.path().join("logs").join(format!("openclaw-{}.log", jiff::Zoned::now().date()))
    }

    /// Appends to the gateway's log, making it if need be.
    pub fn log(&self, text: &str) {
        use std::io::Write;
        let path = self.log_path();
        std::fs::create_dir_all(path.parent().expect("it has one")).expect("a folder");
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path).expect("opened");
        file.write_all(text.as_bytes()).expect("written");
    }

    pub fn now(&self) -> Arc<Published> {
        self.published.borrow().clone()
    }

    /// Waits for a published state that satisfies the predicate.
    pub async fn until(&mut self, what: &str, predicate: impl Fn(&Published) -> bool) -> Arc<Published> {
        self.until_for(what, DEADLINE, predicate).await
    }

    /// The same, for what takes longer.
    pub async fn until_for(&mut self, what: &str, patience: Duration, predicate: impl Fn(&Published) -> bool) -> Arc<Published> {
        let wait = tokio::time::timeout(patience, self.published.wait_for(|it| predicate(it)));
        let seen = wait.await.ok().and_then(Result::ok).map(|it| it.clone());
        seen.unwrap_or_else(|| panic!("never {what}; last: {:#?}", self.now().status))
    }

    /// The next notice.
    pub async fn told(&mut self) -> Notice {
        self.told_within(DEADLINE).await
    }

    pub async fn told_within(&mut self, patience: Duration) -> Notice {
        let notice = self.sent_within(patience).await;
        self.handle.shown(notice.clone()).await;
        notice
    }

    /// The next notice, which nobody sees: as if the app ended now.
    pub async fn sent_within(&mut self, patience: Duration) -> Notice {
        loop {
            match tokio::time::timeout(patience, self.commands.recv()).await {
                Ok(Some(ShellCommand::Notify(notice))) => return notice,
                Ok(Some(_)) => {}
                _ => panic!("nothing was told; last: {:#?}", self.published.borrow().status),
            }
        }
    }

    /// What was told so far and not yet looked at.
    pub fn told_so_far(&mut self) -> Vec<Notice> {
        let mut told = Vec::new();
        while let Ok(command) = self.commands.try_recv() {
            if let ShellCommand::Notify(notice) = command {
                told.push(notice);
            }
        }
        told
    }
}

/// A box that is ready, and a Pilot Light that has seen it.
pub async fn lit() -> (FakeBox, Stage) {
    let fake = FakeBox::start("my-local-model").await;
    let mut stage = Stage::start(&hybrid(&fake.base_url()));
    stage.until("ready", |it| it.settled && it.view.overall == Overall::Ready).await;
    (fake, stage)
}

/// A turn that fell back, as OpenClaw 2026.9.6 logs it: the decision lines, with this instant as their time.
pub fn fallback_lines(run: &str, from: &str, to: &str) -> String {
    let (from_provider, from_model) = from.split_once('/').expect("a ref");
    let (to_provider, to_model) = to.split_once('/').expect("a ref");
    let time = jiff::Timestamp::now();
    let requested = format!(r#""requestedProvider":"{from_provider}","requestedModel":"{from_model}""#);
    let line = |decision: &str, rest: String| {
        format!(
            r#"{{"0":"{{\"subsystem\":\"model-fallback/decision\"}}","1":{{"event":"model_fallback_decision","runId":"{run}","sessionId":"s-{run}","decision":"{decision}",{requested},{rest}}},"2":"model fallback decision","_meta":{{"logLevelName":"WARN"}},"time":"{time}","message":"model fallback decision"}}"#
        ) + "\n"
    };
    let failed = format!(
        r#""candidateProvider":"{from_provider}","candidateModel":"{from_model}","attempt":1,"total":2,"reason":"timeout","status":408,"errorPreview":"Connection error.","fallbackStepFinalOutcome":"next_fallback","nextCandidateProvider":"{to_provider}","nextCandidateModel":"{to_model}","isPrimary":true,"requestedModelMatched":true"#
    );
    let answered = format!(
        r#""candidateProvider":"{to_provider}","candidateModel":"{to_model}","attempt":2,"total":2,"fallbackStepFinalOutcome":"succeeded","isPrimary":false,"requestedModelMatched":false"#
    );
    line("candidate_failed", failed) + &line("candidate_succeeded", answered)
}

/// A config for one box with a hosted fallback, full of comments.
pub fn hybrid(base_url: &str) -> String {
    format!(
        r#"// my box first, hosted as the net
{{
  gateway: {{ mode: "local" }}, // keep
  agents: {{
    defaults: {{
      model: {{
        primary: "box/my-local-model", // the box first
        fallbacks: ["anthropic/claude-opus-4-6"],
      }},
      models: {{
        "box/my-local-model": {{ alias: "Local" }},
        "anthropic/claude-opus-4-6": {{ alias: "Opus" }},
      }},
    }},
  }}, meta: {{ lastTouchedVersion: "2026.9.6" }},
  models: {{
    mode: "merge", // hosted models stay
    providers: {{
      box: {{
        baseUrl: "{base_url}",
        apiKey: "sk-local-secret",
        api: "openai-completions",
        timeoutSeconds: 300,
        models: [
          {{
            id: "my-local-model",
            name: "Local Model",
            reasoning: false,
            input: ["text"],
            cost: {{ input: 0, output: 0, cacheRead: 0, cacheWrite: 0 }},
            contextWindow: 32768, // as loaded
            maxTokens: 8192,
          }},
        ],
      }},
    }},
  }},
}}
"#
    )
}
