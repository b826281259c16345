//! The config file as the world treats it: edited, replaced, broken, gone, in the way.

use std::fs;

use domain::Overall;
use domain::view::types::ConfigState;
use tests::fake_box::FakeBox;
use tests::stage::{Stage, hybrid, lit};

fn context(stage: &tests::stage::Stage) -> Option<u64> {
    stage.now().view.models[0].context_window
}

#[tokio::test]
async fn written_in_place() {
    let (_fake, mut stage) = lit().await;
    stage.write_config(&stage.config().replace("contextWindow: 32768", "contextWindow: 16384"));
    stage.until("the new value", |it| it.view.models[0].context_window == Some(16_384)).await;
}

/// As most editors save: a new file renamed over the old one.
#[tokio::test]
async fn replaced_by_rename() {
    let (_fake, mut stage) = lit().await;
    for n in [20_000, 24_000, 28_000] {
        let beside = stage.folder.path().join("openclaw.json~");
        fs::write(
            &beside,
            stage.config().replace(&format!("contextWindow: {}", context(&stage).expect("set")), &format!("contextWindow: {n}")),
        )
        .expect("written");
        fs::rename(&beside, stage.config_path()).expect("renamed");
        stage.until("the new value", |it| it.view.models[0].context_window == Some(n)).await;
    }
}

/// A dotfile manager's link; the file behind it is what changes.
#[cfg(unix)]
#[tokio::test]
async fn behind_a_link() {
    let fake = FakeBox::start("my-local-model").await;
    let folder = tempfile::tempdir().expect("a folder");
    let real = folder.path().join("dotfiles");
    fs::create_dir(&real).expect("made");
    fs::write(real.join("config.json5"), hybrid(&fake.base_url())).expect("written");
    std::os::unix::fs::symlink(real.join("config.json5"), folder.path().join("openclaw.json")).expect("linked");
    let mut stage = Stage::start_in(folder);
    stage.until("ready", |it| it.view.overall == Overall::Ready).await;
    fs::write(real.join("config.json5"), stage.config().replace("contextWindow: 32768", "contextWindow: 16384"))
        .expect("written");
    stage.until("the new value", |it| it.view.models[0].context_window == Some(16_384)).await;
}

#[tokio::test]
async fn missing_then_there_then_gone() {
    let fake = FakeBox::start("my-local-model").await;
    let mut stage = Stage::start_in(tempfile::tempdir().expect("a folder"));
    let seen = stage.until("missing", |it| it.view.config.state == ConfigState::Missing).await;
    assert_eq!((seen.exit_code, seen.view.overall), (3, Overall::Unknown));
    stage.write_config(&hybrid(&fake.base_url()));
    stage.until("ready", |it| it.view.overall == Overall::Ready).await;
    fs::remove_file(stage.config_path()).expect("removed");
    let seen = stage.until("gone", |it| it.view.config.state == ConfigState::Missing).await;
    assert_eq!(seen.view.models.len(), 2, "the last good version stays in view");
}

/// Even the folder is made later.
#[tokio::test]
async fn a_folder_that_appears_later() {
    let fake = FakeBox::start("my-local-model").await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("not-yet").join("openclaw.json");
    let options =
        engine::Options { config: Some(path.clone()), log_dir: Some(folder.path().join("logs")), ..engine::Options::default() };
    let (handle, _outward) = engine::start(options).expect("it starts");
    fs::create_dir(path.parent().expect("has one")).expect("made");
    fs::write(&path, hybrid(&fake.base_url())).expect("written");
    let mut published = handle.published();
    let seen = published.wait_for(|it| it.view.config.state == ConfigState::Good);
    tokio::time::timeout(std::time::Duration::from_secs(20), seen).await.expect("in time").expect("running");
}

#[tokio::test]
async fn a_folder_in_its_place() {
    let (_fake, mut stage) = lit().await;
    fs::remove_file(stage.config_path()).expect("removed");
    fs::create_dir(stage.config_path()).expect("made");
    let seen = stage.until("unreadable", |it| it.view.config.state == ConfigState::Unreadable).await;
    assert_eq!(seen.view.config.fault.as_ref().map(|it| it.message.as_str()), Some("a folder is in its place"));
    assert!(seen.view.config.saving_off.is_some());
}

#[tokio::test]
async fn a_curly_quote() {
    let (_fake, mut stage) = lit().await;
    let broken = stage.config().replace(r#"mode: "merge""#, "mode: “merge”");
    stage.write_config(&broken);
    let seen = stage.until("bad", |it| it.view.config.state == ConfigState::Bad).await;
    let fault = seen.view.config.fault.clone().expect("a fault");
    assert_eq!((fault.line, fault.column), (Some(17), Some(11)));
    assert!(fault.message.contains("curly quote"), "{}", fault.message);
    assert_eq!(fault.more.as_deref(), Some("2 curly quotes in 1 line."));
    let notice = stage.told().await;
    assert_eq!((notice.code.id(), notice.title.as_str()), ("config.invalid", "openclaw.json has an error"));
    assert!(notice.body.starts_with("line 17: a curly quote"), "{}", notice.body);
    assert_eq!(stage.config(), broken, "untouched");
    stage.write_config(&broken.replace(['“', '”'], "\""));
    stage.until("good again", |it| it.view.config.state == ConfigState::Good).await;
}

/// Each gives a clear problem and leaves the file as it is, byte for byte.
#[tokio::test]
async fn malformed_files() {
    let deep = "[".repeat(100_000);
    let cases: [(&str, &[u8]); 14] = [
        ("empty", b""),
        ("only a comment", b"// nothing here\n"),
        ("a list", b"[1, 2]"),
        ("null", b"null"),
        ("cut off", b"{ models: { providers: {"),
        ("no comma", b"{ a: 1 b: 2 }"),
        ("two values", b"{} {}"),
        ("not text", &[0xff, 0xfe, 0x00, 0x41]),
        ("UTF-16", &[0xff, 0xfe, b'{', 0, b'}', 0]),
        ("too deep", deep.as_bytes()),
        ("a bare word", b"hello"),
        ("an unclosed string", b"{ a: \"b }"),
        ("an unclosed comment", b"{ a: 1 /* }"),
        ("yaml", b"models:\n  mode: merge\n"),
    ];
    for (name, bytes) in cases {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("openclaw.json");
        fs::write(&path, bytes).expect("written");
        let options = engine::Options {
            config: Some(path.clone()),
            log_dir: Some(folder.path().join("logs")),
            ..engine::Options::default()
        };
        let seen = engine::look(options).await.expect("it looks");
        assert_eq!(seen.exit_code, 3, "{name}");
        assert!(matches!(seen.view.config.state, ConfigState::Bad | ConfigState::Unreadable), "{name}: {:?}", seen.view.config);
        let problem = &seen.status.config.problems[0];
        assert!(!problem.message.is_empty() && problem.message.len() < 300, "{name}: {}", problem.message);
        if problem.code == "config.invalid" {
            assert!(problem.line.is_some() && problem.column.is_some(), "{name}");
        }
        assert_eq!(fs::read(&path).expect("still there"), bytes, "{name}");
    }
}

/// Half of it is wrong; the rest is shown all the same.
#[tokio::test]
async fn half_broken_settings() {
    let fake = FakeBox::start("my-local-model").await;
    let text = hybrid(&fake.base_url()).replace("maxTokens: 8192", "maxTokens: \"lots\"").replace("timeoutSeconds: 300", "timeoutSeconds: -1").replace(
        "providers: {",
        "providers: { odd: 5, list: [], empty: {}, models: { models: 7 }, url: { baseUrl: \"nonsense\", models: [{}, { id: \"\" }, null] },",
    );
    let mut stage = Stage::start(&text);
    let seen = stage.until("read", |it| it.settled).await;
    let codes: Vec<&str> = seen.status.config.problems.iter().map(|it| it.code).collect();
    assert!(codes.iter().filter(|it| **it == "schema.wrongType").count() >= 5, "{codes:?}");
    assert!(codes.contains(&"model.noId") && codes.contains(&"baseUrl.invalid"), "{codes:?}");
    assert!(seen.view.models.iter().any(|it| it.model_ref == "box/my-local-model" && it.context_window == Some(32_768)));
}
