//! `cargo run --release -p tests --example many -- PILOTLIGHT [SECONDS]`: what 200 servers at an interval of 10 s cost `pilotlight watch`, and
//! whether each is asked in time.
#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tests::fake_box::FakeBox;

const SERVERS: usize = 200;
const INTERVAL: Duration = Duration::from_secs(10);
/// The jitter that is meant, up and down.
const JITTER: f64 = 0.1;

#[tokio::main]
async fn main() {
    let mut args = std::env::args().skip(1);
    let program = args.next().expect("the path of pilotlight");
    let seconds = args.next().and_then(|it| it.parse().ok()).unwrap_or(120);
    let idle = run(&program, &[], seconds.min(20)).await;
    let mut boxes = Vec::new();
    for _ in 0..SERVERS {
        boxes.push(FakeBox::start("my-local-model").await);
    }
    let full = run(&program, &boxes, seconds).await;
    println!("CPU of one core     {:.2} % (without servers {:.2} %)", full.cpu * 100.0, idle.cpu * 100.0);
    println!("memory              {:.1} MB, {:.1} MB over idle", full.memory, full.memory - idle.memory);
    let mut gaps = full.gaps;
    gaps.sort_by(f64::total_cmp);
    let late = gaps.iter().filter(|it| **it > 1.0 + JITTER + 0.1).count();
    let at = |share: f64| gaps.get(((gaps.len() - 1) as f64 * share) as usize).copied().unwrap_or_default();
    println!(
        "probes              {} gaps, in intervals: p50 {:.3}, p99 {:.3}, longest {:.3}; {late} late by more than 10 %",
        gaps.len(),
        at(0.5),
        at(0.99),
        at(1.0)
    );
}

struct Figures {
    /// Share of one core.
    cpu: f64,
    /// Megabytes.
    memory: f64,
    /// Between two liveness calls to one server, in intervals.
    gaps: Vec<f64>,
}

async fn run(program: &str, boxes: &[FakeBox], seconds: u64) -> Figures {
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("openclaw.json");
    std::fs::write(&config, text(boxes)).expect("written");
    let mut child = start(program, &config, folder.path());
    // The first round is another matter.
    tokio::time::sleep(INTERVAL * 2).await;
    let (began, before) = (Instant::now(), ticks(child.id()));
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    let cpu = (ticks(child.id()) - before) as f64 / 100.0 / began.elapsed().as_secs_f64();
    let memory = memory(child.id());
    let _ = child.kill();
    let _ = child.wait();
    let gaps = boxes.iter().flat_map(|it| {
        let alive = it.asked_at().into_iter().filter(|it| it.0 >= began && it.1 == "GET /v1/chat/completions").map(|it| it.0);
        let alive: Vec<Instant> = alive.collect();
        alive.windows(2).map(|it| (it[1] - it[0]).as_secs_f64() / INTERVAL.as_secs_f64()).collect::<Vec<_>>()
    });
    Figures { cpu, memory, gaps: gaps.collect() }
}

fn start(program: &str, config: &Path, folder: &Path) -> Child {
    let mut command = Command::new(program);
    command.arg("watch").arg("--json").arg("--interval").arg(INTERVAL.as_secs().to_string()).arg("--config").arg(config);
    command.env("XDG_STATE_HOME", folder).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts")
}

fn text(boxes: &[FakeBox]) -> String {
    let providers = boxes.iter().enumerate().map(|(n, it)| {
        format!(
            r#"box{n}: {{ baseUrl: "{}", api: "openai-completions", timeoutSeconds: 60,
               models: [{{ id: "my-local-model", name: "M", contextWindow: 32768, maxTokens: 4096 }}] }}"#,
            it.base_url()
        )
    });
    let providers: Vec<String> = providers.collect();
    format!("{{ models: {{ mode: \"merge\", providers: {{ {} }} }} }}", providers.join(",\n"))
}

/// Hundredths of a second of CPU so far.
fn ticks(pid: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let field = |at: usize| fields.get(at).and_then(|it| it.parse::<u64>().ok()).unwrap_or(0);
    field(11) + field(12)
}

fn memory(pid: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|it| it.strip_prefix("VmRSS:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|it| it.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}
