//! `pilotlight probe URL`: asks one server, and shows each question and what follows from its answer.

use std::process::ExitCode;

use clap::Args;
use domain::base::words::count;
use domain::server::observation::{Answer, Failure, Serving};
use domain::server::words;
use domain::view::discovery::{ListedModel, listed};
use engine::probe::anonymous_request;
use engine::probe::{Explained, Prober, Purpose, Step};
use serde_json::{Value, json};

use crate::check::say;
use crate::edit::pretty;
use crate::fault::Fault;
use crate::text::table;

const EXIT_CODES: &str = "Exit codes:
  0  it answers as a model server
  1  it is there, but refuses or is not ready: a key, a model that is still loading
  2  the command line or the URL is wrong
  3  nothing answers there, or no model server";

/// Models printed; `--json` prints all.
const SHOWN: usize = 40;

#[derive(Args, Debug)]
#[command(after_help = EXIT_CODES)]
pub struct Probe {
    /// The base URL as in the config, such as http://127.0.0.1:1234/v1
    url: String,
    /// Read the key from this environment variable; it goes only to this URL's server and is never printed
    #[arg(long, value_name = "VAR")]
    key_env: Option<String>,
}

pub async fn run(command: &Probe, json: bool) -> Result<ExitCode, engine::StartError> {
    let key = match command.key_env.as_deref().map(key_in).transpose() {
        Ok(key) => key,
        Err(fault) => return Ok(fault.tell(json)),
    };
    let prober = Prober::new().map_err(engine::StartError::Client)?;
    let told = prober.explain(&domain::server::observation::ProbeRequest { key, ..anonymous_request(&command.url) }).await;
    let seen = &told.seen;
    say(&if json { pretty(&machine(&command.url, &told)) } else { page(&command.url, &told) });
    Ok(ExitCode::from(match &seen.answer {
        Answer::Up(_) => 0,
        Answer::Failed(Failure::BadUrl(_)) => 2,
        Answer::Failed(why) if why.is_outage() => 3,
        Answer::Failed(_) => 1,
    }))
}

fn key_in(name: &str) -> Result<String, Fault> {
    let value = std::env::var(name).ok().filter(|it| !it.trim().is_empty());
    value.ok_or_else(|| Fault::Usage(format!("the variable {name} is not set, or is empty")))
}

fn page(url: &str, told: &Explained) -> String {
    let mut page = Vec::new();
    if !told.steps.is_empty() {
        page.push(format!("asked {}", domain::base::locality::address(url)));
        page.push(indented(&table(["question", "answer", "time", "key", "to learn"], told.steps.iter().map(row).collect())));
    }
    page.push("concluded".to_owned());
    let mut facts: Vec<[String; 2]> = Vec::new();
    let mut fact = |name: &str, text: String| facts.push([name.to_owned(), text]);
    if let Some(kind) = told.seen.kind {
        let name = words::server(Some(kind), told.seen.version.as_deref()).unwrap_or_default();
        fact("kind", told.why.map_or_else(|| name.clone(), |why| format!("{name}: {why}")));
    }
    match &told.seen.answer {
        Answer::Up(serving) => {
            fact("alive", told.seen.latency.map_or_else(|| "yes".to_owned(), |it| format!("yes, after {} ms", it.as_millis())));
            if serving.busy {
                fact("busy", "yes, it is answering someone".to_owned());
            }
            fact("models", models(serving, told));
        }
        Answer::Failed(why) => {
            fact("result", words::failure(why));
            fact("next", words::next_step(why).to_owned());
        }
    }
    let lines: Vec<String> = facts.iter().map(|[name, text]| format!("{name:<8} {text}")).collect();
    page.push(indented(&lines.join("\n")));
    page.join("\n")
}

fn row(step: &Step) -> [String; 5] {
    let answer = match &step.answer {
        Ok(status) => format!("HTTP {status}"),
        Err(why) => words::failure(why),
    };
    let why = match step.purpose {
        Purpose::Kind => "what it is",
        Purpose::Alive => "whether it is alive",
        Purpose::Serves => "what it serves",
    };
    let key = if step.keyed { "sent" } else { "" };
    [format!("{} {}", step.method, step.path), answer, format!("{} ms", step.took.as_millis()), key.to_owned(), why.to_owned()]
}

fn models(serving: &Serving, told: &Explained) -> String {
    let rows = rows(told);
    if serving.models.is_none() {
        return "not asked: the question would cut off an answer in progress".to_owned();
    }
    let mut lines = vec![count(rows.len(), "model", "models")];
    if serving.ignores_names {
        lines[0].push_str("; it answers to any name");
    }
    if serving.routes_elsewhere {
        lines[0].push_str("; a router to other servers, which were not asked");
    }
    if serving.partial {
        lines[0].push_str("; the list is incomplete");
    }
    lines.extend(rows.iter().take(SHOWN).map(|it| format!("    {}: {}", it.id, it.about)));
    if rows.len() > SHOWN {
        lines.push(format!("    and {} more", rows.len() - SHOWN));
    }
    lines.join("\n")
}

fn rows(told: &Explained) -> Vec<ListedModel> {
    listed(&domain::config::Config::default(), None, &told.seen).unwrap_or_default()
}

fn indented(text: &str) -> String {
    text.lines().map(|it| format!("  {it}")).collect::<Vec<_>>().join("\n")
}

fn machine(url: &str, told: &Explained) -> Value {
    let seen = &told.seen;
    let (serving, error) = match &seen.answer {
        Answer::Up(serving) => (Some(serving), None),
        Answer::Failed(why) => (None, Some(why)),
    };
    let complaint = |why: &Failure| json!({ "code": why.id(), "message": words::failure(why), "hint": words::next_step(why) });
    let asked = told.steps.iter().map(|it| {
        json!({
            "method": it.method,
            "path": it.path,
            "purpose": match it.purpose {
                Purpose::Kind => "kind",
                Purpose::Alive => "alive",
                Purpose::Serves => "serves",
            },
            "keySent": it.keyed,
            "status": it.answer.as_ref().ok(),
            "error": it.answer.as_ref().err().map(complaint),
            "ms": u64::try_from(it.took.as_millis()).unwrap_or(u64::MAX),
        })
    });
    json!({
        // A URL that can't be asked may hold a secret.
        "url": (!matches!(error, Some(Failure::BadUrl(_)))).then_some(url),
        "asked": asked.collect::<Vec<_>>(),
        "kind": seen.kind.map(domain::Kind::id),
        "why": told.why,
        "version": seen.version,
        "alive": error.is_none_or(|it| !it.is_outage()),
        "latencyMs": seen.latency.map(|it| u64::try_from(it.as_millis()).unwrap_or(u64::MAX)),
        "models": serving.and_then(|it| it.models.as_ref()).map(|_| rows(told)),
        "partial": serving.is_some_and(|it| it.partial),
        "busy": serving.is_some_and(|it| it.busy),
        "error": error.map(complaint),
    })
}
