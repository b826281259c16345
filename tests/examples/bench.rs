//! `make bench`: the figures that Pilot Light promises, measured on the release build and printed as a table (p50 and p95).
#![expect(clippy::print_stdout, reason = "the table is what it is for")]

#[path = "bench/commands.rs"]
mod commands;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use domain::Overall;
use domain::base::change::{Change, Place};
use tests::desktop::app::{App, Setup};
use tests::desktop::driver::Driver;
use tests::desktop::tray::Tray;
use tests::desktop::{Desktop, until};
use tests::fake_box::FakeBox;
use tests::gateway::{Gateway, TOKEN, agent_event, fallback_frames};
use tests::stage::{Stage, fallback_lines, hybrid, lit};

/// Far longer than anything takes.
const PATIENCE: Duration = Duration::from_secs(20);
const LOCAL: &str = "box/my-local-model";
const OPUS: &str = "anthropic/claude-opus-4-6";

struct Row {
    what: &'static str,
    unit: &'static str,
    wanted: f64,
    samples: Vec<f64>,
}

impl Row {
    fn print(mut self) {
        self.samples.sort_by(f64::total_cmp);
        let at = |share: f64| self.samples[((self.samples.len() - 1) as f64 * share).round() as usize];
        let (p50, p95) = (at(0.5), at(0.95));
        let verdict = if p95 <= self.wanted { "ok" } else { "OVER" };
        println!(
            "{:<58} {p50:>9.2} {p95:>9.2} {:>9.2} {:<9} {:>3} {verdict}",
            self.what,
            self.wanted,
            self.unit,
            self.samples.len()
        );
    }
}

#[tokio::main]
async fn main() {
    let seconds: u64 = std::env::args().nth(1).and_then(|it| it.parse().ok()).unwrap_or(60);
    println!("{:<58} {:>9} {:>9} {:>9} {:<9} {:>3}", "", "p50", "p95", "at most", "unit", "n");
    file_to_view().await.print();
    for row in death_to_down().await {
        row.print();
    }
    line_to_notice().await.print();
    socket_to_notice().await.print();
    for row in flood().await {
        row.print();
    }
    large_edit().await.print();
    for row in [draft_judged(1).await, draft_judged(20).await] {
        row.print();
    }
    status_command().await.print();
    for row in commands::rows() {
        row.print();
    }
    binary_size().print();
    tray_start().await.print();
    for row in tray_at_rest(seconds).await {
        row.print();
    }
    first_paint().await.print();
}

fn ms(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1_000.0
}

async fn file_to_view() -> Row {
    let (_fake, mut stage) = lit().await;
    let mut samples = Vec::new();
    for n in 0..40 {
        let beside = stage.folder.path().join("openclaw.json~");
        let text = hybrid(&stage.now().view.boxes[0].base_url).replace("maxTokens: 8192", &format!("maxTokens: {}", 1_000 + n));
        std::fs::write(&beside, text).expect("written");
        let saved = Instant::now();
        std::fs::rename(&beside, stage.config_path()).expect("renamed");
        stage.until("the new value", |it| it.view.models[0].max_tokens == Some(1_000 + n)).await;
        samples.push(ms(saved));
    }
    Row { what: "file saved -> view updated", unit: "ms", wanted: 300.0, samples }
}

/// In probe intervals, of half a second here: the rule is in intervals, whatever they are.
async fn death_to_down() -> Vec<Row> {
    const INTERVAL: Duration = Duration::from_millis(500);
    let mut refused = Vec::new();
    let mut shown_after = Vec::new();
    let mut hanging = Vec::new();
    for n in 0..26 {
        let refuses = n < 20;
        let mut fake = FakeBox::start("my-local-model").await;
        let mut stage = Stage::every(&hybrid(&fake.base_url()), INTERVAL);
        stage.until("ready", |it| it.view.overall == Overall::Ready).await;
        let died = Instant::now();
        if refuses {
            fake.kill().await;
        } else {
            fake.set_mode(tests::fake_box::BoxMode::Hanging);
        }
        stage.until("down", |it| it.status.providers[0].state == "down").await;
        let took = died.elapsed();
        let now = jiff::Timestamp::now().as_millisecond();
        if refuses {
            refused.push(took.as_secs_f64() / INTERVAL.as_secs_f64());
            // The notice bears the time of the probe that settled it.
            shown_after.push((now - stage.told().await.at) as f64);
        } else {
            // Each unanswered probe also waits out its own time-out of two seconds.
            let waited = Duration::from_secs(2) * 3;
            hanging.push(took.saturating_sub(waited).as_secs_f64() / INTERVAL.as_secs_f64());
        }
    }
    vec![
        Row { what: "server dies, refused -> box.down", unit: "intervals", wanted: 2.0, samples: refused },
        Row { what: "second refused probe -> shown as down", unit: "ms", wanted: 2_000.0, samples: shown_after },
        Row { what: "server hangs -> box.down (less the 3 time-outs of 2 s)", unit: "intervals", wanted: 3.0, samples: hanging },
    ]
}

async fn line_to_notice() -> Row {
    let mut samples = Vec::new();
    for n in 0..30 {
        let (_fake, mut stage) = lit().await;
        stage.log("{}\n");
        stage.until("followed", |it| it.settled).await;
        let written = Instant::now();
        stage.log(&fallback_lines(&format!("run-{n}"), LOCAL, OPUS));
        stage.sent_within(PATIENCE).await;
        samples.push(ms(written));
    }
    Row { what: "log line written -> notification sent", unit: "ms", wanted: 100.0, samples }
}

async fn socket_to_notice() -> Row {
    let gateway = Gateway::start().await;
    let mut samples = Vec::new();
    for n in 0..20 {
        let mut stage = linked(&gateway, n).await.1;
        let said = Instant::now();
        gateway.say_all(&fallback_frames(&format!("fell-{n}"), LOCAL, OPUS));
        while stage.sent_within(PATIENCE).await.code.id() != "fallback.started" {}
        samples.push(ms(said));
    }
    Row { what: "socket event -> notification sent", unit: "ms", wanted: 100.0, samples }
}

/// A Pilot Light to which this gateway talks, as the `n`th before.
async fn linked(gateway: &Gateway, n: usize) -> (FakeBox, Stage) {
    let fake = FakeBox::start("my-local-model").await;
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("settings.toml"), "group = false\n").expect("written");
    let config = hybrid(&fake.base_url()).replace(r#"gateway: { mode: "local" },"#, &gateway.config(TOKEN));
    std::fs::write(folder.path().join("openclaw.json"), config).expect("written");
    let mut stage = Stage::start_in(folder);
    gateway.until_asked(|asked| asked.iter().filter(|it| *it == "sessions.list").count() > n).await;
    stage.until("linked", |it| it.status.gateway.state == "connected").await;
    (fake, stage)
}

/// 10,000 events a second for 10 s: parts of answers, and ten turns a second that fell back. Once a second to another model, which is told.
async fn flood() -> Vec<Row> {
    const BURSTS: usize = 1_000;
    let part = serde_json::json!({ "text": "a part of an answer", "delta": "part" });
    let gateway = Gateway::start().await;
    let (_fake, mut stage) = linked(&gateway, 0).await;
    let handle = stage.handle.clone();
    let asking = tokio::spawn(async move {
        let mut samples = Vec::new();
        let mut tick = tokio::time::interval(Duration::from_millis(50));
        for _ in 0..BURSTS / 5 {
            tick.tick().await;
            let asked = Instant::now();
            let _ = handle.review(Vec::new()).await;
            samples.push(ms(asked));
        }
        samples
    });
    let (before, begun) = (rss_mb(), Instant::now());
    let (mut most, mut told) = (before, Vec::new());
    let mut tick = tokio::time::interval(Duration::from_millis(10));
    for burst in 0..BURSTS {
        tick.tick().await;
        let turn = if burst % 10 == 0 {
            fallback_frames(&format!("fell-{burst}"), LOCAL, &format!("anthropic/m-{}", burst / 100))
        } else {
            Vec::new()
        };
        for seq in turn.len()..100 {
            gateway.say(&agent_event(&format!("run-{burst}"), "assistant", seq, &part));
        }
        let said = Instant::now();
        gateway.say_all(&turn);
        if burst % 100 == 0 {
            while stage.sent_within(PATIENCE).await.code.id() != "fallback.started" {}
            told.push(ms(said));
            most = most.max(rss_mb());
        }
    }
    let rate = (BURSTS * 100) as f64 / begun.elapsed().as_secs_f64();
    let answers = |it: &engine::Published| it.status.route.answers.iter().map(|it| it.count).sum::<u32>();
    stage.until("all turns", |it| answers(it) as usize >= BURSTS / 10).await;
    let lost = (BURSTS / 10) as f64 - f64::from(answers(&stage.now()));
    most = most.max(rss_mb());
    let asked = asking.await.expect("no panic");
    vec![
        Row { what: "a flood: events a second less than 10,000", unit: "events", wanted: 100.0, samples: vec![10_000.0 - rate] },
        Row { what: "  socket event -> notification sent", unit: "ms", wanted: 100.0, samples: told },
        Row { what: "  turns that were lost", unit: "turns", wanted: 0.0, samples: vec![lost] },
        Row { what: "  a request of the window -> its answer", unit: "ms", wanted: 100.0, samples: asked },
        Row { what: "  memory grown, with the gateway that floods", unit: "MiB", wanted: 32.0, samples: vec![most - before] },
    ]
}

fn rss_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kb = status.lines().find_map(|it| it.strip_prefix("VmRSS:")?.trim().strip_suffix("kB")?.trim().parse::<f64>().ok());
    kb.unwrap_or_default() / 1_024.0
}

async fn large_edit() -> Row {
    let fake = FakeBox::start("my-local-model").await;
    let filler: String = (0..9_200)
        .map(|n| {
            format!(
                "    // entry {n}, kept for its comment\n    entry{n}: {{ name: 'number {n}', tags: ['a', 'b'], value: {n} }},\n"
            )
        })
        .collect();
    let text = hybrid(&fake.base_url()).replacen("  models: {", &format!("  plugins: {{\n{filler}  }},\n  models: {{"), 1);
    assert!(text.len() > 1_000_000, "{} bytes", text.len());
    let mut stage = Stage::start(&text);
    stage.until("read", |it| !it.view.models.is_empty()).await;
    let mut samples = Vec::new();
    for n in 0..40_u64 {
        let (was, to) = if n == 0 { (8_192, 1_000) } else { (999 + n, 1_000 + n) };
        let change = vec![Change::set(Place::model("box", "my-local-model", &["maxTokens"]), Some(was), Some(to))];
        let review = stage.handle.review(change.clone()).await.expect("a review");
        let begun = Instant::now();
        stage.handle.save(change, review.base).await.expect("saved");
        samples.push(ms(begun));
    }
    Row { what: "one-field edit of a 1 MB config, read to view", unit: "ms", wanted: 50.0, samples }
}

/// What the window asks on each keystroke: what a draft of so many changes would break, among 200 models.
async fn draft_judged(changes: u64) -> Row {
    let mut stage = Stage::start(&commands::with_models(200));
    stage.until("read", |it| it.view.models.len() >= 200).await;
    let mut samples = Vec::new();
    for n in 0..100 {
        let change =
            |i: u64| Change::set(Place::model("box", &format!("m{i}"), &["maxTokens"]), Some(8_192), Some(1_000_000 + n));
        let draft = (0..changes).map(change).collect();
        let begun = Instant::now();
        stage.handle.draft_check(draft).await.expect("a judgement");
        samples.push(ms(begun));
    }
    let what = if changes == 1 { "one change judged live, 200 models" } else { "a draft of 20 judged live, 200 models" };
    Row { what, unit: "ms", wanted: 16.0, samples }
}

fn release(name: &str) -> PathBuf {
    let here = std::env::current_exe().expect("this program's path");
    here.ancestors()
        .nth(2)
        .map(|it| it.join(name))
        .filter(|it| it.is_file())
        .unwrap_or_else(|| panic!("no {name} beside this program; run `make release`"))
}

async fn status_command() -> Row {
    let fake = FakeBox::start("my-local-model").await;
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("openclaw.json");
    std::fs::write(&config, hybrid(&fake.base_url())).expect("written");
    let mut samples = Vec::new();
    for _ in 0..40 {
        let begun = Instant::now();
        let mut command = tokio::process::Command::new(release("pilotlight"));
        command.arg("status").arg("--config").arg(&config).arg("--log-dir").arg(folder.path()).stdout(Stdio::null());
        assert!(command.status().await.expect("it runs").success());
        samples.push(ms(begun));
    }
    Row { what: "pilotlight status on a ready box", unit: "ms", wanted: 150.0, samples }
}

fn binary_size() -> Row {
    let bytes = std::fs::metadata(release("pilotlight-tray")).expect("it is there").len();
    Row { what: "release binary", unit: "MB", wanted: 12.0, samples: vec![bytes as f64 / 1e6] }
}

async fn tray_start() -> Row {
    let fake = FakeBox::start("my-local-model").await;
    let mut samples = Vec::new();
    let desktop = used_desktop(&hybrid(&fake.base_url())).await;
    let setup = Setup::new(&desktop, &hybrid(&fake.base_url()));
    for _ in 0..10 {
        let begun = Instant::now();
        let mut app = setup.start(&desktop, &[]);
        let _tray = Tray::find(desktop.host()).await;
        samples.push(ms(begun));
        app.terminate().await;
        desktop.host().forget_items();
    }
    Row { what: "start -> tray", unit: "ms", wanted: 300.0, samples }
}

/// A desktop on which a GTK program ran before, as on every real one: the first of a session loads the graphics drivers to learn what the
/// screen can do, and leaves the answer for the others.
async fn used_desktop(config: &str) -> Desktop {
    let desktop = Desktop::start().await;
    let mut app = Setup::new(&desktop, config).start(&desktop, &[]);
    let _tray = Tray::find(desktop.host()).await;
    app.terminate().await;
    desktop.host().forget_items();
    desktop
}

/// Ten boxes at the default pace, the window never opened.
async fn tray_at_rest(seconds: u64) -> Vec<Row> {
    let mut boxes = Vec::new();
    for _ in 0..10 {
        boxes.push(FakeBox::start("my-local-model").await);
    }
    let more: String = boxes
        .iter()
        .enumerate()
        .skip(1)
        .map(|(n, it)| {
            format!(
                "box{n}: {{ baseUrl: \"{}\", models: [{{ id: 'my-local-model', name: 'M', contextWindow: 32768 }}] }},\n",
                it.base_url()
            )
        })
        .collect();
    let config = hybrid(&boxes[0].base_url()).replacen("providers: {\n", &format!("providers: {{\n{more}"), 1);
    let desktop = used_desktop(&config).await;
    let setup = Setup::new(&desktop, &config);
    let mut app: App = setup.start(&desktop, &[]);
    let tray = Tray::find(desktop.host()).await;
    tray.until_headline("Ready").await;
    let pid = app.id();
    let before = cpu_seconds(pid);
    let begun = Instant::now();
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    let share = (cpu_seconds(pid) - before) / begun.elapsed().as_secs_f64() * 100.0;
    let pss = pss_mb(pid);
    app.terminate().await;
    vec![
        Row { what: "idle CPU, 10 providers, default pace", unit: "% a core", wanted: 0.3, samples: vec![share] },
        Row { what: "memory (PSS), tray only, window never opened", unit: "MiB", wanted: 50.0, samples: vec![pss] },
    ]
}

/// User and system time of the process, in clock ticks of a hundredth of a second.
fn cpu_seconds(pid: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).expect("it runs");
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
    let ticks: f64 = [11, 12].iter().filter_map(|i| fields.get(*i)?.parse::<f64>().ok()).sum();
    ticks / 100.0
}

fn pss_mb(pid: u32) -> f64 {
    let of = |path: &Path| {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        text.lines().find_map(|it| it.strip_prefix("Pss:")?.trim().strip_suffix("kB")?.trim().parse::<f64>().ok()).unwrap_or(0.0)
    };
    let children = Command::new("pgrep")
        .args(["-P", &pid.to_string()])
        .output()
        .map(|it| String::from_utf8_lossy(&it.stdout).into_owned())
        .unwrap_or_default();
    let all = std::iter::once(pid.to_string()).chain(children.lines().map(str::to_owned));
    all.map(|it| of(Path::new(&format!("/proc/{it}/smaps_rollup")))).sum::<f64>() / 1_024.0
}

async fn first_paint() -> Row {
    let fake = FakeBox::start("my-local-model").await;
    let mut samples = Vec::new();
    for _ in 0..5 {
        let desktop = Desktop::start().await;
        let setup = Setup::new(&desktop, &hybrid(&fake.base_url()));
        let mut arguments = setup.arguments();
        arguments.push("--show".to_owned());
        let driver = Driver::start(&desktop, &arguments).await;
        driver.find("nav-models").await;
        let entry = "return performance.getEntriesByName('first-contentful-paint')[0]?.startTime";
        let paint = until("the page has painted", async || driver.page.execute(entry, vec![]).await.ok()?.as_f64()).await;
        samples.push(paint);
    }
    Row { what: "UI first paint, from the start of its page", unit: "ms", wanted: 400.0, samples }
}
