//! Findings and their fixes: each fix, made, takes its own finding away and brings in no other.

use document::Document;
use domain::config::{Config, Problem};
use domain::edit::propose;
use domain::view::types::ProblemView;
use insta::assert_snapshot;

use crate::scene::{LOCAL_FIRST, Scene};

const CONFIG: &str = r#"{
  meta: { lastTouchedVersion: "2026.9.6" },
  channels: { whatsapp: {} },
  agents: {
    defaults: {
      model: { primary: "box/m", fallbacks: ["hosted/h", "box/m", "box/gone", "nobody"] },
      models: { "box/m": { alias: "the box" }, "box/small": { alias: "Mini" }, "ollama/q": { alias: "mini" }, "hosted/x": { alias: "ollama" } },
      modelPolicy: { allow: ["box/m", "hosted/*"] },
    },
    entries: { night: { model: "box/m" } },
  },
  models: { mode: "replace", providers: {
    box: { baseUrl: "http://127.0.0.1:1234//v1", timeoutSeconds: 20, models: [
      { id: "m", contextWindow: 65536, maxTokens: 65536 }, { id: "small", name: "qwen3-4b-q3_k_m", contextWindow: 16000 },
    ] },
    bare: { baseUrl: "http://127.0.0.1:8080/", timeoutSeconds: 300, models: [] },
    proxy: { baseUrl: "http://127.0.0.1:8080/llm", timeoutSeconds: 300, models: [] },
    ollama: { baseUrl: "http://127.0.0.1:11434/v1/", api: "ollama", models: [{ id: "q", name: "Q" }] },
  } },
}
"#;

fn read(text: &str) -> (Document, Vec<Problem>) {
    let doc = Document::parse(text).expect("parses");
    let problems = Config::read(&doc, &|_| None).1;
    (doc, problems)
}

#[test]
fn what_is_found() {
    let said = read(CONFIG).1.into_iter().map(|it| {
        let fix = it.fix.map(|it| format!(" -> {}", it.0)).unwrap_or_default();
        format!("{:?} {} {}: {}{fix}", it.severity, it.code, it.at, it.message)
    });
    assert_snapshot!(said.collect::<Vec<_>>().join("\n"), @r#"
    Warning baseUrl.doubleSlash models.providers.box.baseUrl: The base URL has a double slash, which some servers answer with an error. -> Set http://127.0.0.1:1234/v1
    Warning timeout.short models.providers.box.timeoutSeconds: With a timeout of 20 s, a hung server ends the turn with an error and no fallback. From 30 s on, OpenClaw falls back. -> Set 300 s
    Error model.noName models.providers.box.models.0.name: m has no name. OpenClaw refuses a model without one. -> Use its id
    Warning maxTokens.noRoom models.providers.box.models.0.maxTokens: maxTokens is as large as the context, so there is no room for a prompt. -> Set 8,192
    Warning contextWindow.small models.providers.box.models.1.contextWindow: 16,000 tokens leave little room: OpenClaw's own prompt takes about 19,000.
    Warning baseUrl.noV1 models.providers.bare.baseUrl: The base URL does not end in /v1, where OpenAI-compatible servers answer. -> Set http://127.0.0.1:8080/v1
    Warning baseUrl.noV1 models.providers.proxy.baseUrl: The base URL does not end in /v1, where OpenAI-compatible servers answer.
    Warning baseUrl.ollamaV1 models.providers.ollama.baseUrl: Ollama's own API has no /v1 at the end. With it, tools and the context size fail. -> Set http://127.0.0.1:11434
    Info timeout.missing models.providers.ollama.timeoutSeconds: With no timeout, OpenClaw waits forever for a hung server and never falls back. -> Set 300 s
    Warning contextWindow.missing models.providers.ollama.models.0.contextWindow: No contextWindow is set, so OpenClaw assumes 200,000 tokens.
    Warning alias.shape agents.defaults.models.box/m.alias: The alias has white space, so it can't be typed after /model. -> Rename it to the-box
    Warning alias.duplicate agents.defaults.models.ollama/q.alias: mini is also the alias of box/small. -> Remove it
    Warning alias.isProvider agents.defaults.models.hosted/x.alias: ollama is also the name of a provider. -> Remove it
    Info modelPolicy.notAllowed models.providers.box.models.1: box/small is not in agents.defaults.modelPolicy.allow, so /model can't choose it. -> Allow it
    Info modelPolicy.notAllowed models.providers.ollama.models.0: ollama/q is not in agents.defaults.modelPolicy.allow, so /model can't choose it. -> Allow it
    Warning mode.replace agents.defaults.model.fallbacks.0: With models.mode "replace" OpenClaw does not know hosted/h. -> Set merge
    Warning route.repeated agents.defaults.model.fallbacks.1: box/m is also the primary. -> Remove it
    Warning ref.unknown agents.defaults.model.fallbacks.2: box/gone is not among the models of the provider box. -> Remove it
    Warning ref.unknown agents.defaults.model.fallbacks.3: nobody is neither an alias nor a model ref (provider/model). -> Remove it
    Info route.noFallback agents.entries.night.model: Agent night: Its own primary switches the default fallbacks off. -> Use the default fallbacks
    Info whatsapp.thinking models.providers.box.api: With openai-completions a model's thinking may be sent to WhatsApp as text. Use openai-responses if the server has it.
    Info whatsapp.thinking models.providers.bare.api: With openai-completions a model's thinking may be sent to WhatsApp as text. Use openai-responses if the server has it.
    Info whatsapp.thinking models.providers.proxy.api: With openai-completions a model's thinking may be sent to WhatsApp as text. Use openai-responses if the server has it.
    Info model.weak models.providers.box.models.1.id: 4 billion parameters, 3 bits each: small models follow planted instructions more easily. Give it few tools.
    "#);
}

#[test]
fn each_fix_takes_its_finding_away_and_brings_in_no_other() {
    let (doc, problems) = read(CONFIG);
    let mut made = 0;
    for problem in &problems {
        let Some((_, change)) = problem.fix.clone() else { continue };
        let proposal = propose(&Scene::new(LOCAL_FIRST).state, &doc, "", &[change], &|_| None).expect("a fix is taken");
        // An agent that takes the default fallbacks takes their faults too.
        let brought = proposal
            .review
            .problems
            .iter()
            .filter(|it| problem.code != "route.noFallback" || !it.message.starts_with("Agent night"));
        assert_eq!(brought.collect::<Vec<_>>(), Vec::<&ProblemView>::new(), "{}", problem.code);
        let (_, left) = read(proposal.text());
        assert!(
            !left.iter().any(|it| (it.code, &it.at, &it.message) == (problem.code, &problem.at, &problem.message)),
            "{}",
            problem.message
        );
        made += 1;
    }
    assert!(made > 10, "{made}");
}

/// OpenClaw logs its decisions as warnings.
#[test]
fn a_log_that_says_too_little() {
    for (level, said) in [("silent", true), ("fatal", true), ("error", true), ("warn", false), ("info", false), ("trace", false)]
    {
        let (_, problems) = read(&CONFIG.replacen('{', &format!("{{ logging: {{ level: '{level}' }},"), 1));
        assert_eq!(problems.iter().any(|it| it.code == "logging.level"), said, "{level}");
    }
    assert!(read(CONFIG).1.iter().all(|it| it.code != "logging.level"));
}
