//! Measures how long parsing and editing take for configs of several sizes: `cargo run --release -p document --example edit_bench`.

#![expect(clippy::print_stdout, clippy::disallowed_methods, reason = "it measures by the clock and prints the result")]

use std::time::{Duration, Instant};

use document::{Document, Edit, Value, ValueRef, path};

const RUNS: usize = 100;

fn main() {
    for (name, models) in [("200 models", 200), ("100 KB", 1_075), ("1 MB", 11_000)] {
        let text = config(models);
        println!("{name}, {} KB", text.len() / 1024);
        measure(&text, models);
    }
}

fn config(models: usize) -> String {
    let line =
        |n: usize| format!("    {{ id: 'model-{n}', name: \"Model {n}\", contextWindow: 32768, input: ['text'] }}, // {n}\n");
    format!("{{\n  models: [\n{}  ],\n}}\n", (0..models).map(line).collect::<String>())
}

fn measure(text: &str, models: usize) {
    let document = Document::parse(text).expect("the config is JSON5");
    let edit = |at, was: Option<Value>, to: Option<Value>| [Edit { at, was, to }];
    let first = document.get(&path!["models", 5]).map(ValueRef::value);
    let last = models - 1;
    let edits = [
        ("change a field", edit(path!["models", last, "contextWindow"], Some(32768.into()), Some(65536.into()))),
        ("add a field", edit(path!["models", last, "maxTokens"], None, Some(4096.into()))),
        ("append", edit(path!["models", models], None, Some("x".into()))),
        ("remove", edit(path!["models", 5], first, None)),
    ];
    time("json5 crate", || drop(json5::from_str::<Value>(text)));
    time("parse", || drop(Document::parse(text)));
    for (name, edits) in edits {
        time(name, || drop(document.apply(&edits).expect("the edit applies")));
    }
}

fn time(name: &str, mut work: impl FnMut()) {
    let mut run = || {
        let start = Instant::now();
        work();
        start.elapsed()
    };
    let mut times: Vec<Duration> = (0..RUNS).map(|_| run()).collect();
    times.sort();
    let ms = |percent: usize| times[RUNS * percent / 100].as_secs_f64() * 1e3;
    println!("  {name}: p50 {:.2} ms, p95 {:.2} ms", ms(50), ms(95));
}
