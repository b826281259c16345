//! OpenClaw puts a file back that it takes for damaged, and the edit aside: the person hears of it and can put it back.

use std::fs;
use std::path::Path;

use domain::base::change::{Change, Place};
use domain::base::refusal::RefusalCode;
use tests::stage::{Stage, hybrid, lit};

/// As OpenClaw 2026.9.6 does at its start: the text goes aside, the one before comes back.
fn undo_as_openclaw_does(config: &Path, good: &str, second: u64) -> String {
    let name = format!("openclaw.json.clobbered.2099-11-23T14-00-{second:02}-000Z");
    fs::copy(config, config.with_file_name(&name)).expect("put aside");
    let beside = config.with_file_name("openclaw.json.tmp");
    fs::write(&beside, good).expect("written");
    fs::rename(beside, config).expect("put back");
    name
}

async fn shorten(stage: &Stage) {
    let changes = vec![Change::set(Place::model("box", "my-local-model", &["maxTokens"]), Some(8192), Some(4096))];
    let review = stage.handle.review(changes.clone()).await.expect("a review");
    stage.handle.save(changes, review.base).await.expect("saved");
}

#[tokio::test]
async fn an_edit_that_was_undone_is_told_and_put_back() {
    let (_fake, mut stage) = lit().await;
    let good = stage.config();
    shorten(&stage).await;
    let mine = stage.config();
    let name = undo_as_openclaw_does(&stage.config_path(), &good, 1);
    let notice = stage.told().await;
    assert_eq!((notice.code.id(), notice.title.as_str()), ("config.reverted", "OpenClaw undid an edit"));
    assert_eq!(notice.body, format!("Your version is in {name}."));
    let shown = stage.until("shown", |it| it.view.config.rejected.is_some()).await;
    assert_eq!(shown.view.config.rejected.as_ref().map(|it| it.backup.as_str()), Some(name.as_str()));
    let backups = stage.handle.backups().await.expect("a list");
    assert_eq!((backups[0].name.as_str(), backups[0].remark.as_deref()), (name.as_str(), Some("undone by OpenClaw")));

    let review = stage.handle.backup_review(name.clone()).await.expect("a review");
    assert_eq!(review.lines_changed, 1);
    assert!(!serde_json::to_string(&review).expect("serializes").contains("sk-local-secret"));
    stage.handle.restore(name, review.base).await.expect("put back");
    assert_eq!(stage.config(), mine);
    stage.until("settled", |it| it.view.config.rejected.is_none()).await;
    for strange in ["../../etc/passwd", "openclaw.json", "openclaw.json.clobbered.mine"] {
        assert_eq!(stage.handle.backup_review(strange.into()).await.expect_err("no backup").code, RefusalCode::Invalid);
    }
}

#[tokio::test]
async fn it_is_told_at_the_next_start_and_no_more() {
    let (fake, stage) = lit().await;
    let good = stage.config();
    shorten(&stage).await;
    let Stage { folder, handle, .. } = stage;
    drop(handle);
    undo_as_openclaw_does(&folder.path().join("openclaw.json"), &good, 1);
    let mut stage = Stage::start_in(folder);
    assert_eq!(stage.told().await.code.id(), "config.reverted");

    let Stage { folder, handle, .. } = stage;
    drop(handle);
    let mut stage = Stage::start_in(folder);
    let shown = stage.until("read", |it| it.settled).await;
    assert!(shown.view.config.rejected.is_some(), "it is still there");
    assert_eq!(stage.told_so_far().len(), 0, "and was told");
    drop(fake);
}

#[tokio::test]
async fn what_was_there_before_us_is_not_news() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("openclaw.json");
    fs::write(&config, hybrid("http://127.0.0.1:9/v1")).expect("written");
    fs::write(folder.path().join("openclaw.json.clobbered.2020-01-01T00-00-00-000Z"), "{}").expect("written");
    let mut stage = Stage::start_in(folder);
    let shown = stage.until("read", |it| it.settled).await;
    assert_eq!(shown.view.config.rejected, None);
    // A write that OpenClaw refused itself changes nothing of the config, and is news.
    let refused = stage.folder.path().join("openclaw.json.rejected.2099-11-23T14-00-00-000Z");
    fs::write(refused, "{ models: {} }").expect("written");
    loop {
        let notice = stage.told().await;
        if notice.code.id() == "config.reverted" {
            assert_eq!(notice.title, "OpenClaw refused a change of its own");
            break;
        }
    }
}
