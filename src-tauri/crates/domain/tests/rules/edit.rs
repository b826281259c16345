//! What a person changes, as it would be written and as it is reviewed.

use document::Document;
use domain::base::change::{Change, NewKey, Place};
use domain::base::refusal::{Refusal, RefusalCode};
use domain::edit::{Proposal, propose};
use domain::view::types::DiffSort;
use insta::assert_snapshot;

use crate::scene::{LOCAL_FIRST, Scene};

pub fn try_changes(config: &str, changes: &[Change]) -> Result<Proposal, Refusal> {
    let mut scene = Scene::new(LOCAL_FIRST);
    scene.probes("lmstudio", "s");
    propose(&scene.state, &Document::parse(config).expect("parses"), "base", changes, &|_| None)
}

/// The sentences, and the lines taken out and put in.
pub fn reviewed(config: &str, changes: &[Change]) -> String {
    match try_changes(config, changes) {
        Err(refusal) => {
            format!("{:?}: {}{}", refusal.code, refusal.message, refusal.hint.map(|it| format!(" ({it})")).unwrap_or_default())
        }
        Ok(Proposal { review, .. }) => {
            let said = review.sentences.iter().map(|it| {
                format!("{}{}", it.pieces.concat(), it.remark.as_ref().map(|it| format!(" [{it}]")).unwrap_or_default())
            });
            let lines = review.diff.iter().filter_map(|it| match it.sort {
                DiffSort::Added => Some(format!("+{}", it.pieces.concat())),
                DiffSort::Removed => Some(format!("-{}", it.pieces.concat())),
                _ => None,
            });
            let problems = review.problems.iter().map(|it| format!("! {} {}", it.code, it.message));
            said.chain(lines).chain(problems).collect::<Vec<_>>().join("\n")
        }
    }
}

fn context(was: u64, to: Option<u64>) -> Change {
    Change::set(Place::model("lmstudio", "my-local-model", &["contextWindow"]), Some(was), to)
}

const COMMENTED: &str = "// mine\n{\n  agents: { defaults: {\n    model: { primary: 'lmstudio/my-local-model', fallbacks: ['anthropic/claude-sonnet-4-6'] }, // the box first\n    models: { 'lmstudio/my-local-model': { alias: 'Local' } },\n  } },\n  models: { providers: { lmstudio: {\n    baseUrl: 'http://127.0.0.1:1234/v1',\n    apiKey: 'sk-secret', // not for others\n    models: [\n      { id: 'my-local-model', name: 'L',\n        contextWindow: 196608, // as loaded\n        maxTokens: 8192 },\n    ],\n  } } },\n}\n";

#[test]
fn a_limit_is_one_line() {
    assert_snapshot!(reviewed(COMMENTED, &[context(196_608, Some(4_096))]), @r"
    Local: context is now 4,096, was 196,608 [agrees with what LM Studio serves]
    -        contextWindow: 196608, // as loaded
    +        contextWindow: 4096, // as loaded
    ! contextWindow.small 4,096 tokens leave little room: OpenClaw's own prompt takes about 19,000.
    ! maxTokens.noRoom maxTokens is as large as the context, so there is no room for a prompt.
    ");
}

#[test]
fn what_the_file_says_already_writes_nothing() {
    let same = try_changes(COMMENTED, &[context(1, Some(196_608))]).expect("no conflict");
    assert_eq!(same.text(), COMMENTED);
}

#[test]
fn a_foreign_change_of_the_same_setting_is_a_conflict() {
    let refusal = try_changes(COMMENTED, &[context(100_000, Some(4_096))]).expect_err("a conflict");
    assert_eq!(refusal.code, RefusalCode::Conflict);
    let conflict = &refusal.conflicts[0];
    assert_eq!(
        (conflict.what.as_str(), conflict.theirs.as_str(), conflict.yours.as_str()),
        ("Local: context", "196,608", "4,096")
    );
}

#[test]
fn a_foreign_change_elsewhere_survives() {
    let moved = COMMENTED.replace("maxTokens: 8192", "maxTokens: 1000");
    let text = try_changes(&moved, &[context(196_608, Some(4_096))]).expect("no conflict").text().to_owned();
    assert!(text.contains("maxTokens: 1000") && text.contains("contextWindow: 4096, // as loaded"));
}

#[test]
fn aliases() {
    let alias = |model: &str, was: Option<&str>, to: Option<&str>| Change::set(Place::alias(model), was, to);
    assert_snapshot!(reviewed(COMMENTED, &[alias("lmstudio/my-local-model", Some("Local"), Some("Box"))]), @r"
    lmstudio/my-local-model: alias is now Box, was Local
    -    models: { 'lmstudio/my-local-model': { alias: 'Local' } },
    +    models: { 'lmstudio/my-local-model': { alias: 'Box' } },
    ");
    assert_snapshot!(reviewed(COMMENTED, &[alias("anthropic/claude-sonnet-4-6", None, Some("Sonnet"))]), @r"
    anthropic/claude-sonnet-4-6: alias is now Sonnet
    -    models: { 'lmstudio/my-local-model': { alias: 'Local' } },
    +    models: { 'lmstudio/my-local-model': { alias: 'Local' }, 'anthropic/claude-sonnet-4-6': { alias: 'Sonnet' } },
    ");
    assert_snapshot!(reviewed(COMMENTED, &[alias("lmstudio/my-local-model", Some("Local"), None)]), @r"
    lmstudio/my-local-model: alias is no longer set, was Local
    -    models: { 'lmstudio/my-local-model': { alias: 'Local' } },
    +    models: { 'lmstudio/my-local-model': {} },
    ");
    assert_snapshot!(reviewed(COMMENTED, &[alias("lmstudio/my-local-model", Some("Local"), Some("a/b"))]), @r#"Invalid: the alias "a/b" has a slash, so OpenClaw would read it as a model ref"#);
    assert_snapshot!(reviewed(COMMENTED, &[alias("anthropic/claude-sonnet-4-6", None, Some("local"))]), @r"
    anthropic/claude-sonnet-4-6: alias is now local
    -    models: { 'lmstudio/my-local-model': { alias: 'Local' } },
    +    models: { 'lmstudio/my-local-model': { alias: 'Local' }, 'anthropic/claude-sonnet-4-6': { alias: 'local' } },
    ! alias.duplicate local is also the alias of lmstudio/my-local-model.
    ");
}

#[test]
fn the_first_entry_of_an_allowlist_is_warned_of() {
    let bare = "{ agents: { defaults: { model: { primary: 'a/b' } } } }";
    let change = Change::set(Place::alias("a/b"), None, Some("B"));
    assert_snapshot!(reviewed(bare, &[change]), @r"
    a/b: alias is now B
    -{ agents: { defaults: { model: { primary: 'a/b' } } } }
    +{ agents: { defaults: { model: { primary: 'a/b' }, models: { 'a/b': { alias: 'B' } } } } }
    ! models.becomesAllowlist a/b would be the first entry in agents.defaults.models. OpenClaw before 2026.8 then allows only the models listed there.
    ");
}

#[test]
fn a_key_is_never_shown() {
    let tag = |config: &str| {
        let mut scene = Scene::new(config);
        scene.tick();
        scene.view().providers[0].key.tag.clone()
    };
    let change =
        Change::Secret { at: Place::api_key("lmstudio"), was: tag(COMMENTED), to: NewKey::Literal("sk-brand-new".into()) };
    let shown = reviewed(COMMENTED, std::slice::from_ref(&change));
    assert_snapshot!(shown, @r"
    lmstudio: key is now •••••••• [stored in the file as it is]
    -    apiKey: ••••••••, // not for others
    +    apiKey: •••••••• (new), // not for others
    ");
    assert!(!format!("{change:?}{shown}").contains("brand-new"));
    let other = COMMENTED.replace("sk-secret", "sk-changed-meanwhile");
    assert_eq!(try_changes(&other, &[change]).expect_err("a conflict").code, RefusalCode::Conflict);
    let change = Change::Secret { at: Place::api_key("lmstudio"), was: tag(COMMENTED), to: NewKey::Env("LMSTUDIO_KEY".into()) };
    assert_snapshot!(reviewed(COMMENTED, &[change]), @r"
    lmstudio: key is now ${LMSTUDIO_KEY} [needs LMSTUDIO_KEY=... in OpenClaw's .env]
    -    apiKey: ••••••••, // not for others
    +    apiKey: '${LMSTUDIO_KEY}', // not for others
    ! env.missing models.providers.lmstudio.apiKey uses LMSTUDIO_KEY, which is not set here. OpenClaw may know it from elsewhere.
    ");
}

#[test]
fn routes() {
    let route = |to: &[&str]| Change::Route {
        agent: None,
        was: vec!["lmstudio/my-local-model".into(), "anthropic/claude-sonnet-4-6".into()],
        to: to.iter().map(|it| (*it).to_owned()).collect(),
    };
    assert_snapshot!(reviewed(COMMENTED, &[route(&["anthropic/claude-sonnet-4-6", "lmstudio/my-local-model"])]), @r"
    The route is now anthropic/claude-sonnet-4-6 > Local
    -    model: { primary: 'lmstudio/my-local-model', fallbacks: ['anthropic/claude-sonnet-4-6'] }, // the box first
    +    model: { primary: 'anthropic/claude-sonnet-4-6', fallbacks: ['lmstudio/my-local-model'] }, // the box first
    ");
    assert_snapshot!(reviewed(COMMENTED, &[route(&[])]), @"Invalid: a route needs a primary model");
    let string = "{ agents: { defaults: { model: 'a/b' } } }";
    let change =
        |to: &[&str]| Change::Route { agent: None, was: vec!["a/b".into()], to: to.iter().map(|it| (*it).to_owned()).collect() };
    assert_snapshot!(reviewed(string, &[change(&["a/c"])]), @r"
    The route is now a/c
    -{ agents: { defaults: { model: 'a/b' } } }
    +{ agents: { defaults: { model: 'a/c' } } }
    ");
    assert_snapshot!(reviewed(string, &[change(&["a/c", "a/b"])]), @r"
    The route is now a/c > a/b
    -{ agents: { defaults: { model: 'a/b' } } }
    +{ agents: { defaults: { model: { primary: 'a/c', fallbacks: ['a/b'] } } } }
    ");
}

#[test]
fn what_openclaw_would_refuse_is_refused() {
    let base = |to: &str| Change::set(Place::provider("lmstudio", &["baseUrl"]), Some("http://127.0.0.1:1234/v1"), Some(to));
    for to in ["nonsense", "ftp://x/v1", "http://", "http://user:pass@host/v1"] {
        assert_eq!(try_changes(COMMENTED, &[base(to)]).expect_err(to).code, RefusalCode::Invalid);
    }
    for to in [0, 2_000_000_000] {
        assert_eq!(try_changes(COMMENTED, &[context(196_608, Some(to))]).expect_err("out of range").code, RefusalCode::Invalid);
    }
    let api = Change::set(Place::provider("lmstudio", &["api"]), None, Some("openai"));
    assert_eq!(try_changes(COMMENTED, &[api]).expect_err("no such api").code, RefusalCode::Invalid);
    let timeout = Change::set(Place::provider("lmstudio", &["timeoutSeconds"]), None, Some(300));
    let old = COMMENTED.replacen("{\n", "{\n  meta: { lastTouchedVersion: '2026.3.28' },\n", 1);
    assert_snapshot!(reviewed(&old, std::slice::from_ref(&timeout)), @"Invalid: models.providers.lmstudio.timeoutSeconds is newer than the OpenClaw of this file, which does not start with it. Update OpenClaw first.");
    assert_snapshot!(reviewed(COMMENTED, &[timeout]), @r"
    lmstudio: timeout is now 300 s
    +    timeoutSeconds: 300,
    ! schema.unsure OpenClaw 2026.3.28 and before refuse timeoutSeconds as set here, and the file does not tell which release reads it.
    ");
}

#[test]
fn an_agent_gets_a_route_of_its_own_and_gives_it_back() {
    let file = "{\n  agents: {\n    defaults: { model: 'a/b' },\n    entries: {\n      main: { model: 'a/c' }, // strict\n      research: {},\n    },\n  },\n}\n";
    let route = |agent: Option<&str>, was: &[&str], to: &[&str]| {
        let owned = |it: &[&str]| it.iter().map(|it| (*it).to_owned()).collect();
        Change::Route { agent: agent.map(str::to_owned), was: owned(was), to: owned(to) }
    };
    assert_eq!(crate::scene::Scene::new(file).view().followers, ["research"]);
    assert_snapshot!(reviewed(file, &[route(Some("research"), &[], &["a/c", "a/b"])]), @r"
    The route of research is now a/c > a/b
    -      research: {},
    +      research: { model: { primary: 'a/c', fallbacks: ['a/b'] } },
    ");
    assert_snapshot!(reviewed(file, &[route(Some("main"), &["a/c"], &[])]), @r"
    main follows the default route
    -      main: { model: 'a/c' }, // strict
    +      main: {}, // strict
    ");
    assert_snapshot!(reviewed(file, &[route(None, &["a/b"], &[])]), @"Invalid: a route needs a primary model");
}
