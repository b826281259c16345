//! The providers to start from, on configs of each generation.

use std::path::PathBuf;

use document::Document;
use domain::base::change::NewKey;
use domain::config::Config;
use domain::edit::propose;
use domain::schema::{Generation, catalog, violations};
use domain::server::kinds::templates;
use insta::assert_snapshot;

use crate::edit::reviewed;
use crate::scene::{LOCAL_FIRST, Scene};

/// Written beside the UI's types; `make check` sees that nothing changed unnoticed.
#[test]
#[expect(clippy::disallowed_methods, reason = "what the window reads lies in files")]
fn the_window_reads_what_stands_here() {
    let folder = PathBuf::from(
        std::env::var_os("TS_RS_EXPORT_DIR")
            .unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../ui/src/generated").into()),
    );
    let write = |name: &str, value: serde_json::Value| {
        let text = format!("{}\n", serde_json::to_string_pretty(&value).expect("serializes"));
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join(name), text).expect("the UI's folder is there");
    };
    write("templates.json", serde_json::to_value(templates().collect::<Vec<_>>()).expect("serializes"));
    write("settings.json", serde_json::to_value(catalog()).expect("serializes"));
}

#[test]
fn each_is_taken_by_both_generations() {
    for version in ["2026.3.28", "2026.9.6"] {
        let doc = Document::parse(format!("{{ meta: {{ lastTouchedVersion: '{version}' }} }}")).expect("parses");
        let generation = Generation::of(&doc);
        for template in templates() {
            let changes = template.changes(None, None, None, version == "2026.9.6");
            let after = propose(&Scene::new(LOCAL_FIRST).state, &doc, "", &changes, &|_| None);
            let after = after.unwrap_or_else(|it| panic!("{version} {}: {}", template.id, it.message)).after;
            assert_eq!(violations(&after, generation), [], "{version} {}", template.id);
            let (_, problems) = Config::read(&after, &|_| Some("set".into()));
            let told: Vec<_> = problems.iter().filter(|it| it.code.starts_with("baseUrl")).collect();
            assert_eq!(told, Vec::<&domain::config::Problem>::new());
        }
    }
}

#[test]
fn as_the_guide_sets_it_up() {
    let added = |id: &str, key: Option<NewKey>| {
        let template = templates().find(|it| it.id == id).expect("a template");
        reviewed("{\n  meta: { lastTouchedVersion: '2026.9.6' },\n}\n", &template.changes(Some("box"), None, key, true))
    };
    assert_snapshot!(added("lmstudio", None), @r"
    A new provider box at http://127.0.0.1:1234/v1 [stored in the file as it is]
    +  models: {
    +    providers: {
    +      box: {
    +        baseUrl: 'http://127.0.0.1:1234/v1',
    +        apiKey: •••••••• (new),
    +        api: 'openai-responses',
    +        models: [],
    +        timeoutSeconds: 300,
    +      },
    +    },
    +  },
    ");
    assert_snapshot!(added("ollama", Some(NewKey::Env("MY_KEY".into()))), @r"
    A new provider box at http://127.0.0.1:11434 [needs MY_KEY=... in OpenClaw's .env]
    +  models: {
    +    providers: {
    +      box: {
    +        baseUrl: 'http://127.0.0.1:11434',
    +        apiKey: '${MY_KEY}',
    +        api: 'ollama',
    +        models: [],
    +        timeoutSeconds: 300,
    +      },
    +    },
    +  },
    ! env.missing models.providers.box.apiKey uses MY_KEY, which is not set here. OpenClaw may know it from elsewhere.
    ");
    assert_snapshot!(added("openrouter", None), @r#"
    openrouter/minimax/minimax-m2.7: alias is now MiniMax
    openrouter/minimax/minimax-m2.7: params.provider is now {"only":["fireworks","together","baseten"],"allow_fallbacks"…
    openrouter/moonshotai/kimi-k2.6: alias is now Kimi
    openrouter/moonshotai/kimi-k2.6: params.provider is now {"only":["fireworks","together","baseten"],"allow_fallbacks"…
    openrouter/z-ai/glm-5.1: alias is now GLM
    openrouter/z-ai/glm-5.1: params.provider is now {"only":["fireworks","together","baseten"],"allow_fallbacks"…
    +  agents: {
    +    defaults: {
    +      models: {
    +        'openrouter/minimax/minimax-m2.7': {
    +          alias: 'MiniMax',
    +          params: {
    +            provider: {
    +              only: ['fireworks', 'together', 'baseten'],
    +              allow_fallbacks: false,
    +              data_collection: 'deny',
    +            },
    +          },
    +        },
    +        'openrouter/moonshotai/kimi-k2.6': {
    +          alias: 'Kimi',
    +          params: {
    +            provider: {
    +              only: ['fireworks', 'together', 'baseten'],
    +              allow_fallbacks: false,
    +              data_collection: 'deny',
    +            },
    +          },
    +        },
    +        'openrouter/z-ai/glm-5.1': {
    +          alias: 'GLM',
    +          params: {
    +            provider: {
    +              only: ['fireworks', 'together', 'baseten'],
    +              allow_fallbacks: false,
    +              data_collection: 'deny',
    +            },
    +          },
    +        },
    +      },
    +    },
    +  },
    "#);
}
