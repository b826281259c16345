//! What the command line takes from start to end: an edit and a reading, on configs of every size.

use std::fmt::Write;
use std::process::{Command, Stdio};
use std::time::Instant;

use super::{Row, ms, release};

const TIMES: usize = 40;

pub fn rows() -> Vec<Row> {
    let configs = [
        ("3 models", with_models(3)),
        ("200 models", with_models(200)),
        ("1 MB of other things", config(&models(3), &others(9_200))),
        ("1 MB of models (12,000)", with_models(12_000)),
    ];
    configs.iter().flat_map(|(what, text)| [edit(what, text), lint(what, text)]).collect()
}

pub fn with_models(n: usize) -> String {
    config(&models(n), "")
}

fn edit(what: &str, text: &str) -> Row {
    let samples = timed(text, |n| format!("models set box/m1 --max-tokens {}", 1_000 + n));
    Row { what: format!("command: an edit, {what}").leak(), unit: "ms", wanted: 50.0, samples }
}

fn lint(what: &str, text: &str) -> Row {
    let samples = timed(text, |_| "lint".to_owned());
    Row { what: format!("command: open and lint, {what}").leak(), unit: "ms", wanted: 100.0, samples }
}

fn timed(text: &str, line: impl Fn(usize) -> String) -> Vec<f64> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("openclaw.json");
    std::fs::write(&path, text).expect("written");
    let run = |n| {
        let mut command = Command::new(release("pilotlight"));
        command.args(line(n).split(' ')).env("OPENCLAW_CONFIG_PATH", &path).env("XDG_STATE_HOME", folder.path().join("state"));
        let begun = Instant::now();
        let status = command.stdout(Stdio::null()).status().expect("it runs");
        // A lint that finds something says so with its exit code.
        assert!(status.code().is_some_and(|it| it < 2), "{status}");
        ms(begun)
    };
    (0..TIMES).map(run).collect()
}

fn config(models: &str, others: &str) -> String {
    format!(
        "// mine\n{{\n  agents: {{ defaults: {{ model: {{ primary: 'box/m0', fallbacks: ['box/m1'] }} }} }},\n{others}  models: {{\n    mode: 'merge',\n    \
         providers: {{\n      box: {{\n        baseUrl: 'http://127.0.0.1:1234/v1',\n        timeoutSeconds: 300,\n        models: [\n{models}        ],\n      }},\n    \
         }},\n  }},\n}}\n"
    )
}

fn models(n: usize) -> String {
    (0..n).fold(String::new(), |mut out, n| {
        let _ =
            writeln!(out, "          {{ id: 'm{n}', name: 'Model {n}', contextWindow: 65536, maxTokens: 8192 }}, // as loaded");
        out
    })
}

fn others(n: usize) -> String {
    let entries = (0..n).fold(String::new(), |mut out, n| {
        let _ = writeln!(
            out,
            "    // entry {n}, kept for its comment\n    entry{n}: {{ name: 'number {n}', tags: ['a', 'b'], value: {n} }},"
        );
        out
    });
    format!("  plugins: {{\n{entries}  }},\n")
}
