//! What a written model means to OpenClaw: ids in another case, ids without a provider, publishers in front, and whose route answers.

use document::Document;
use domain::base::change::{Change, Place};
use domain::config::Config;
use insta::assert_snapshot;

use crate::edit::reviewed;
use crate::scene::Scene;

fn read(agents: &str) -> Config {
    Config::read(&Document::parse(file(agents)).expect("parses"), &|_| None).0
}

fn file(agents: &str) -> String {
    format!(
        "{{ agents: {{ {agents} }},\n models: {{ providers: {{\n  'LMStudio': {{ baseUrl: 'http://127.0.0.1:1234/v1', timeoutSeconds: 300, models: [\n   {{ id: 'google/gemma-4', name: 'G', contextWindow: 65536, maxTokens: 8192 }}, {{ id: 'qwen3:8b', name: 'Q', contextWindow: 65536, maxTokens: 8192 }} ] }},\n  rig: {{ baseUrl: 'http://rig.lan:8000/v1', timeoutSeconds: 300, models: [ {{ id: 'qwen3:8b', name: 'Q', contextWindow: 65536, maxTokens: 8192 }}, {{ id: 'phi', name: 'P', contextWindow: 65536, maxTokens: 8192 }} ] }},\n }} }} }}"
    )
}

/// Written and what it means; `-` where it names nothing.
#[test]
fn what_a_written_model_means() {
    let config =
        read("defaults: { models: { 'LMSTUDIO/qwen3:8b': { alias: 'Fast' }, phi: { alias: 'Small' }, 'openai/gpt-5.2': {} } }");
    let means = |written: &str| config.resolve(written).map_or_else(|| "-".to_owned(), |it| it.to_string());
    for (written, meant) in [
        ("lmstudio/qwen3:8b", "LMStudio/qwen3:8b"),
        (" LMStudio /qwen3:8b", "LMStudio/qwen3:8b"),
        ("RIG/phi", "rig/phi"),
        ("Anthropic/claude-opus-4-6", "anthropic/claude-opus-4-6"),
        ("fast", "LMStudio/qwen3:8b"),
        ("SMALL", "rig/phi"),
        ("phi", "rig/phi"),
        ("Phi", "rig/phi"),
        ("gpt-5.2", "openai/gpt-5.2"),
        ("qwen3:8b", "-"),
        ("nothing", "-"),
        ("google/gemma-4", "google/gemma-4"),
        ("lmstudio/google/gemma-4", "LMStudio/google/gemma-4"),
    ] {
        assert_eq!(means(written), meant, "{written}");
    }
}

/// The problems of refs, with the fix that is offered.
fn found(agents: &str) -> String {
    let doc = Document::parse(file(agents)).expect("parses");
    let problems = Config::read(&doc, &|_| None).1;
    let refs = problems.iter().filter(|it| it.code.starts_with("ref."));
    let lines = refs.map(|it| {
        let fix = it.fix.as_ref().map(|it| format!(" ({})", it.0)).unwrap_or_default();
        format!("{} {}: {}{fix}", it.code, it.at, it.message)
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn what_names_nothing_is_told_with_what_is_meant() {
    assert_snapshot!(found("defaults: { model: { primary: 'google/gemma-4', fallbacks: ['qwen3:8b', 'nope', 'rig/gemma', 'rig/PHI', 'rg/phi', 'anthropic/claude-opus-4-6'] } }"), @r"
    ref.elsewhere agents.defaults.model.primary: OpenClaw asks the provider google for gemma-4. Probably LMStudio/google/gemma-4 is meant. (Use LMStudio/google/gemma-4)
    ref.unknown agents.defaults.model.fallbacks.0: qwen3:8b names no provider, and more than one has such a model: LMStudio/qwen3:8b and rig/qwen3:8b.
    ref.unknown agents.defaults.model.fallbacks.1: nope is neither an alias nor a model ref (provider/model). (Remove it)
    ref.unknown agents.defaults.model.fallbacks.2: rig/gemma is not among the models of the provider rig. (Remove it)
    ref.elsewhere agents.defaults.model.fallbacks.3: OpenClaw asks the provider rig for PHI. Probably rig/phi is meant. (Use rig/phi)
    ref.elsewhere agents.defaults.model.fallbacks.4: OpenClaw asks the provider rg for phi. Probably rig/phi is meant. (Use rig/phi)
    ");
}

#[test]
fn every_setting_that_names_a_model_is_looked_at() {
    let others = "defaults: { model: 'rig/phi', imageModel: { primary: 'rig/nope', fallbacks: ['google/gemma-4'] }, utilityModel: 'nope', heartbeat: { model: 'phi' }, subagents: { model: 'qwen3:8b' }, models: { 'rig/gone': { alias: 'Gone' }, 'rig/*': {} } }, list: [{ id: 'a', heartbeat: { model: 'google/gemma-4' } }]";
    assert_snapshot!(found(others), @r"
    ref.unknown agents.defaults.imageModel.primary: rig/nope is not among the models of the provider rig.
    ref.elsewhere agents.defaults.imageModel.fallbacks.0: OpenClaw asks the provider google for gemma-4. Probably LMStudio/google/gemma-4 is meant.
    ref.unknown agents.defaults.utilityModel: nope is neither an alias nor a model ref (provider/model).
    ref.unknown agents.defaults.subagents.model: qwen3:8b names no provider, and more than one has such a model: LMStudio/qwen3:8b and rig/qwen3:8b.
    ref.unknown agents.defaults.models.rig/gone: rig/gone is not among the models of the provider rig.
    ref.elsewhere agents.list.0.heartbeat.model: OpenClaw asks the provider google for gemma-4. Probably LMStudio/google/gemma-4 is meant.
    ");
}

/// The chain of the agent that answers.
#[test]
fn the_route_is_that_of_the_agent_that_answers() {
    let defaults = "defaults: { model: { primary: 'rig/phi', fallbacks: ['anthropic/opus'] } }";
    for (agents, chain) in [
        ("", "rig/phi anthropic/opus"),
        (", list: [{ id: 'a' }]", "rig/phi anthropic/opus"),
        (", list: [{ id: 'a', model: 'rig/qwen3:8b' }]", "rig/qwen3:8b"),
        (", list: [{ id: 'a', model: { primary: 'rig/qwen3:8b', fallbacks: [] } }]", "rig/qwen3:8b"),
        (", list: [{ id: 'a', model: { fallbacks: ['openai/x'] } }]", "rig/phi openai/x"),
        (", list: [{ id: 'a' }, { id: 'b', model: 'rig/qwen3:8b' }]", "rig/phi anthropic/opus"),
        (", list: [{ id: 'a' }, { id: 'b', default: true, model: 'rig/qwen3:8b' }]", "rig/qwen3:8b"),
        (", entries: { a: { model: 'rig/qwen3:8b' } }", "rig/qwen3:8b"),
        (", entries: { a: { model: 'rig/qwen3:8b' }, main: {} }", "rig/phi anthropic/opus"),
        (", entries: { a: {}, b: { default: true, model: { primary: 'rig/qwen3:8b' } } }", "rig/qwen3:8b"),
    ] {
        let config = read(&format!("{defaults}{agents}"));
        let is = config.chain().iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        assert_eq!(is, chain, "{agents}");
    }
}

#[test]
fn one_server_has_one_card_whatever_the_case() {
    let scene = Scene::new(&file(
        "defaults: { model: { primary: 'lmstudio/google/gemma-4', fallbacks: ['Anthropic/opus'] }, models: { 'LMStudio/google/gemma-4': { alias: 'G4' } } }",
    ));
    let view = scene.view();
    assert_eq!(view.boxes.iter().map(|it| it.provider.as_str()).collect::<Vec<_>>(), ["LMStudio", "rig"]);
    assert_eq!(view.hops.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["G4", "anthropic/opus"]);
}

const NAMED: &str = "{\n  agents: {\n    defaults: {\n      model: { primary: 'Local', fallbacks: ['a/x'] },\n      models: { 'Rig/phi': { alias: 'Local' } },\n    },\n    list: [{ id: 'a', model: 'local' }],\n  },\n  models: { providers: { rig: { baseUrl: 'http://rig.lan:8000/v1', timeoutSeconds: 300, models: [{ id: 'phi', name: 'P', contextWindow: 65536, maxTokens: 8192 }] } } },\n}\n";

#[test]
fn what_refers_to_an_alias_follows_it() {
    let alias = |to: Option<&str>| vec![Change::set(Place::alias("rig/phi"), Some("Local"), to)];
    assert_snapshot!(reviewed(NAMED, &alias(Some("Box"))), @r"
    rig/phi: alias is now Box, was Local
    -      model: { primary: 'Local', fallbacks: ['a/x'] },
    -      models: { 'Rig/phi': { alias: 'Local' } },
    +      model: { primary: 'Box', fallbacks: ['a/x'] },
    +      models: { 'Rig/phi': { alias: 'Box' } },
    -    list: [{ id: 'a', model: 'local' }],
    +    list: [{ id: 'a', model: 'Box' }],
    ");
    assert_snapshot!(reviewed(NAMED, &alias(None)), @r"
    rig/phi: alias is no longer set, was Local
    -      model: { primary: 'Local', fallbacks: ['a/x'] },
    -      models: { 'Rig/phi': { alias: 'Local' } },
    +      model: { primary: 'rig/phi', fallbacks: ['a/x'] },
    +      models: { 'Rig/phi': {} },
    -    list: [{ id: 'a', model: 'local' }],
    +    list: [{ id: 'a', model: 'rig/phi' }],
    ");
}

#[test]
fn an_alias_that_another_model_takes_over_keeps_its_name() {
    let config = NAMED.replace("'Rig/phi': { alias: 'Local' }", "'Rig/phi': { alias: 'Local' }, 'a/x': {}");
    let moved =
        [Change::set(Place::alias("a/x"), None, Some("Local")), Change::set(Place::alias("rig/phi"), Some("Local"), None)];
    assert_snapshot!(reviewed(&config, &moved), @r"
    a/x: alias is now Local
    rig/phi: alias is no longer set, was Local
    -      models: { 'Rig/phi': { alias: 'Local' }, 'a/x': {} },
    +      models: { 'Rig/phi': {}, 'a/x': { alias: 'Local' } },
    ! route.repeated a/x is also the primary.
    ");
}
