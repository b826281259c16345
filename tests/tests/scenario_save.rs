//! Saving, as carefully as can be: one line changes, nothing else; a file that moved on is never overwritten.

use std::fs;

use domain::base::change::{Change, NewKey, Place};
use domain::base::refusal::RefusalCode;
use engine::Options;
use tests::stage::{Stage, lit};

fn context(was: u64, to: u64) -> Vec<Change> {
    vec![Change::set(Place::model("box", "my-local-model", &["contextWindow"]), Some(was), Some(to))]
}

#[tokio::test]
async fn one_line_and_nothing_else() {
    let (_fake, mut stage) = lit().await;
    let before = stage.config();
    let review = stage.handle.review(context(32_768, 16_384)).await.expect("a review");
    assert_eq!(review.lines_changed, 1);
    assert_eq!(stage.config(), before, "a review writes nothing");
    stage.handle.save(context(32_768, 16_384), review.base).await.expect("saved");
    assert_eq!(stage.config(), before.replace("contextWindow: 32768, // as loaded", "contextWindow: 16384, // as loaded"));
    stage.until("the new value", |it| it.view.models[0].context_window == Some(16_384)).await;
    stage.handle.undo().await.expect("undone");
    assert_eq!(stage.config(), before);
    assert_eq!(stage.handle.undo().await.expect_err("only once").code, RefusalCode::Invalid);
}

#[tokio::test]
async fn a_foreign_change_after_the_review_is_kept() {
    let (_fake, stage) = lit().await;
    let review = stage.handle.review(context(32_768, 16_384)).await.expect("a review");
    let foreign = stage.config().replace("maxTokens: 8192", "maxTokens: 4096");
    stage.write_config(&foreign);
    assert_eq!(stage.handle.save(context(32_768, 16_384), review.base).await.expect_err("stale").code, RefusalCode::Stale);
    assert_eq!(stage.config(), foreign);
    let review = stage.handle.review(context(32_768, 16_384)).await.expect("on the new text");
    stage.handle.save(context(32_768, 16_384), review.base).await.expect("saved");
    assert_eq!(stage.config(), foreign.replace("contextWindow: 32768", "contextWindow: 16384"));
}

#[tokio::test]
async fn a_foreign_change_of_the_same_setting_is_a_conflict() {
    let (_fake, stage) = lit().await;
    let foreign = stage.config().replace("contextWindow: 32768", "contextWindow: 12000");
    stage.write_config(&foreign);
    let refusal = stage.handle.review(context(32_768, 16_384)).await.expect_err("a conflict");
    assert_eq!(refusal.code, RefusalCode::Conflict);
    assert_eq!((refusal.conflicts[0].theirs.as_str(), refusal.conflicts[0].yours.as_str()), ("12,000", "16,384"));
    assert_eq!(stage.config(), foreign);
}

#[tokio::test]
async fn a_broken_file_is_never_overwritten() {
    let (_fake, stage) = lit().await;
    let review = stage.handle.review(context(32_768, 16_384)).await.expect("a review");
    let broken = stage.config().replace("mode: \"merge\"", "mode: “merge”");
    stage.write_config(&broken);
    assert_eq!(stage.handle.review(context(32_768, 16_384)).await.expect_err("broken").code, RefusalCode::File);
    assert_eq!(stage.handle.save(context(32_768, 16_384), review.base).await.expect_err("broken").code, RefusalCode::File);
    assert_eq!(stage.config(), broken);
}

#[tokio::test]
async fn undo_leaves_a_foreign_change_alone() {
    let (_fake, stage) = lit().await;
    let review = stage.handle.review(context(32_768, 16_384)).await.expect("a review");
    stage.handle.save(context(32_768, 16_384), review.base).await.expect("saved");
    let foreign = stage.config() + "// theirs\n";
    stage.write_config(&foreign);
    assert_eq!(stage.handle.undo().await.expect_err("moved on").code, RefusalCode::Stale);
    assert_eq!(stage.config(), foreign);
}

#[cfg(unix)]
#[tokio::test]
async fn mode_link_and_backup_are_kept() {
    use std::os::unix::fs::PermissionsExt;
    let (_fake, stage) = lit().await;
    let before = stage.config();
    let real = stage.folder.path().join("real.json5");
    fs::rename(stage.config_path(), &real).expect("moved");
    std::os::unix::fs::symlink(&real, stage.config_path()).expect("linked");
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).expect("set");
    let review = stage.handle.review(context(32_768, 16_384)).await.expect("a review");
    stage.handle.save(context(32_768, 16_384), review.base).await.expect("saved");
    assert!(fs::symlink_metadata(stage.config_path()).expect("there").is_symlink(), "a link stays a link");
    assert_eq!(fs::metadata(&real).expect("there").permissions().mode() & 0o777, 0o640);
    let options =
        Options { config: Some(stage.config_path()), state_dir: Some(stage.folder.path().join("state")), ..Options::default() };
    let backups = engine::backups(&options).expect("readable");
    assert_eq!(backups.len(), 1);
    let folders: Vec<_> = fs::read_dir(stage.folder.path().join("state/backups"))
        .expect("there")
        .flatten()
        .map(|it| it.path())
        .filter(|it| it.is_dir())
        .collect();
    let kept = folders[0].join(&backups[0].name);
    assert_eq!(fs::read_to_string(&kept).expect("readable"), before);
    assert_eq!(fs::metadata(&kept).expect("there").permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::metadata(&folders[0]).expect("there").permissions().mode() & 0o777, 0o700);
}

#[tokio::test]
async fn a_typed_key_is_stored_and_shown_to_nobody() {
    let (_fake, mut stage) = lit().await;
    let tag = stage.now().view.providers[0].key.tag.clone();
    let changes =
        vec![Change::Secret { at: Place::api_key("box"), was: tag.clone(), to: NewKey::Literal("sk-brand-new".into()) }];
    let review = stage.handle.review(changes.clone()).await.expect("a review");
    let shown = serde_json::to_string(&review).expect("serializes");
    assert!(!shown.contains("sk-"), "{shown}");
    stage.handle.save(changes, review.base).await.expect("saved");
    assert!(stage.config().contains(r#"apiKey: "sk-brand-new","#));
    stage.until("another tag", |it| it.view.providers[0].key.tag != tag).await;
    assert_eq!(stage.handle.reveal(Place::api_key("box")).await.expect("on a click"), "sk-brand-new");
    assert!(!serde_json::to_string(&stage.now().view).expect("serializes").contains("sk-"));
}

/// The three examples of OpenClaw's guide to local models: loaded, shown, edited, saved, still valid.
#[tokio::test]
async fn the_guides_examples() {
    for (name, provider, model) in [
        ("lmstudio", "lmstudio", "my-local-model"),
        ("hybrid", "lmstudio", "my-local-model"),
        ("proxy", "local", "my-local-model"),
    ] {
        let path = format!("{}/fixtures/config/{name}.json5", env!("CARGO_MANIFEST_DIR"));
        let text = fs::read_to_string(&path).expect(name);
        let mut stage = Stage::start(&text);
        let seen = stage.until("read", |it| it.view.models.iter().any(|it| it.in_file)).await;
        let row = seen.view.models.iter().find(|it| it.model_ref == format!("{provider}/{model}")).expect(name);
        let was = row.context_window.expect("it has one");
        let change = vec![Change::set(Place::model(provider, model, &["contextWindow"]), Some(was), Some(65_536))];
        let review = stage.handle.review(change.clone()).await.expect(name);
        assert_eq!(review.lines_changed, 1, "{name}");
        stage.handle.save(change, review.base).await.expect(name);
        let after = stage.config();
        assert_eq!(after, text.replace(&format!("contextWindow: {was}"), "contextWindow: 65536"), "{name}");
        let read: serde_json::Value = json5::from_str(&after).expect("still JSON5");
        assert_eq!(read["models"]["providers"][provider]["models"][0]["contextWindow"], 65_536, "{name}");
    }
}

#[tokio::test]
async fn a_file_that_is_taken_in_is_watched_and_written() {
    let (_fake, mut stage) = lit().await;
    let whole = stage.config();
    let (before, rest) = whole.split_once("\n  models: {").expect("models");
    let included = stage.config_path().with_file_name("models.json5");
    let models = rest.trim_end().strip_suffix('}').map(|it| it.trim_end().trim_end_matches(',')).expect("an end");
    fs::write(&included, format!("{{{models}\n")).expect("written");
    stage.write_config(&format!("{before}\n  models: {{ $include: './models.json5' }},\n}}\n"));
    stage.until("the included provider", |it| it.view.providers[0].in_file && it.view.providers[0].line.is_none()).await;
    let text = fs::read_to_string(&included).expect("there");
    fs::write(&included, text.replace("32768", "16384")).expect("written");
    stage.until("the foreign change", |it| it.view.models[0].context_window == Some(16_384)).await;
    let review = stage.handle.review(context(16_384, 8_192)).await.expect("a review");
    stage.handle.save(context(16_384, 8_192), review.base).await.expect("saved");
    assert_eq!(fs::read_to_string(&included).expect("there"), text.replace("32768", "8192"));
    stage.handle.undo().await.expect("undone");
    assert_eq!(fs::read_to_string(&included).expect("there"), text.replace("32768", "16384"));
}

#[tokio::test]
async fn a_file_that_is_taken_in_may_come_later() {
    let (_fake, mut stage) = lit().await;
    let parts = stage.folder.path().join("parts");
    fs::create_dir(&parts).expect("made");
    let missing = |it: &engine::Published| it.status.config.problems.iter().any(|it| it.code == "include.notRead");
    stage.write_config("{ models: { $include: './parts/models.json5' } }");
    stage.until("that it is missing", missing).await;
    fs::write(parts.join("models.json5"), "{ providers: {} }").expect("written");
    stage.until("the file", |it| !missing(it)).await;
}
