//! A first config: nothing is written before it is saved, and then for this user alone.

use std::fs;

use domain::base::change::{Change, Fields, NewKey, Place};
use domain::base::refusal::RefusalCode;
use domain::view::types::{ConfigState, DiffSort};
use tests::stage::Stage;

fn first() -> Vec<Change> {
    vec![
        Change::AddProvider {
            provider: "lmstudio".into(),
            fields: Fields::default().with(&["baseUrl"], "http://127.0.0.1:1/v1").with(&["api"], "openai-responses"),
            key: NewKey::Literal("lmstudio".into()),
        },
        Change::AddModel {
            provider: "lmstudio".into(),
            model: "my-local-model".into(),
            fields: Fields::default().with(&["name"], "My model"),
        },
        Change::set(Place::provider("lmstudio", &["timeoutSeconds"]), None, Some(300)),
        Change::set(Place::alias("lmstudio/my-local-model"), None, Some("Local")),
        Change::Route { agent: None, was: Vec::new(), to: vec!["lmstudio/my-local-model".into()] },
    ]
}

#[tokio::test]
async fn it_is_seen_whole_and_written_on_a_save_only() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(".openclaw").join("openclaw.json");
    let mut stage = Stage::watch(folder, path.clone(), None);
    stage.until("no config", |it| it.view.config.state == ConfigState::Missing && it.view.config.saving_off.is_none()).await;
    let review = stage.handle.review(first()).await.expect("a review");
    assert_eq!(review.sentences.len(), first().len());
    assert!(review.diff.iter().all(|it| it.sort == DiffSort::Added), "all of it is new: {:?}", review.diff);
    assert!(!path.exists());
    stage.handle.save(first(), review.base).await.expect("saved");
    stage.until("the new config", |it| it.view.config.state == ConfigState::Good).await;
    let text = fs::read_to_string(&path).expect("written");
    assert!(text.contains("gateway: { mode: \"local\" }"), "{text}");
    assert!(text.contains("primary: \"lmstudio/my-local-model\""), "{text}");
    assert_eq!(stage.handle.undo().await.expect_err("nothing before it").code, RefusalCode::Invalid);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &std::path::Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(path.parent().expect("a folder"))), (0o600, 0o700));
    }
}

#[tokio::test]
async fn one_that_comes_from_elsewhere_meanwhile_is_not_overwritten() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut stage = Stage::start_in(folder);
    stage.until("no config", |it| it.view.config.state == ConfigState::Missing).await;
    let review = stage.handle.review(first()).await.expect("a review");
    stage.write_config("{ gateway: { mode: 'local' } } // theirs\n");
    assert_eq!(stage.handle.save(first(), review.base).await.expect_err("stale").code, RefusalCode::Stale);
    assert_eq!(stage.config(), "{ gateway: { mode: 'local' } } // theirs\n");
}

#[tokio::test]
async fn a_config_that_is_gone_is_not_begun_anew() {
    let mut stage = Stage::start("{ gateway: { mode: 'local' } }\n");
    stage.until("read", |it| it.view.config.state == ConfigState::Good).await;
    fs::remove_file(stage.config_path()).expect("removed");
    stage.until("gone", |it| it.view.config.state == ConfigState::Missing && it.view.config.saving_off.is_some()).await;
    assert_eq!(stage.handle.review(first()).await.expect_err("gone").code, RefusalCode::File);
}
