//! How long one edit of a large document takes, at best of many: `cargo run --release -p document --example edit_bench`.

#![expect(clippy::print_stdout, clippy::disallowed_methods, reason = "it tells what it measured by the clock")]

use std::time::{Duration, Instant};

use document::{Document, Edit, Value, path};

fn main() {
    let line =
        |n: usize| format!("    {{ id: 'model-{n}', name: \"Model {n}\", contextWindow: 32768, input: ['text'] }}, // {n}\n");
    let text = format!("{{\n  models: [\n{}  ],\n}}\n", (0..11_000).map(line).collect::<String>());
    let document = Document::parse(&text).expect("JSON5");
    let edit = |at, was: Option<Value>, to: Option<Value>| [Edit { at, was, to }];
    let first = document.get(&path!["models", 5]).map(document::View::value);
    let edits = [
        ("one field", edit(path!["models", 9000, "contextWindow"], Some(32768.into()), Some(65536.into()))),
        ("insert", edit(path!["models", 9000, "maxTokens"], None, Some(4096.into()))),
        ("append", edit(path!["models", 11000], None, Some("x".into()))),
        ("remove", edit(path!["models", 5], first, None)),
    ];
    let say = |what: &str, best: Duration| println!("{what}: {:.1} ms", best.as_secs_f64() * 1e3);
    println!("{} KB", text.len() / 1024);
    say("json5 crate", best(|| drop(json5::from_str::<Value>(&text))));
    say("parse", best(|| drop(Document::parse(&text))));
    for (what, edits) in edits {
        say(what, best(|| drop(document.apply(&edits).expect("it is made"))));
    }
}

fn best(mut work: impl FnMut()) -> Duration {
    let mut time = || {
        let start = Instant::now();
        work();
        start.elapsed()
    };
    (0..40).map(|_| time()).min().unwrap_or_default()
}
