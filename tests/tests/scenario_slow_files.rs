//! A file that gives no answer holds nothing up: what is no ordinary file is not waited for, what another program locks is waited for
//! beside everything else, and a person can end the app.
#![cfg(unix)]

use std::fs::File;
use std::path::Path;
use std::process::Command;

use domain::Overall;
use domain::base::change::{Change, Place};
use tests::stage::{Stage, hybrid, lit};

/// Whoever opens it waits for what nobody writes.
fn pipe(at: &Path) {
    std::fs::create_dir_all(at.parent().expect("it has a folder")).expect("made");
    assert!(Command::new("mkfifo").arg(at).status().expect("it runs").success());
}

fn context(was: u64, to: u64) -> Vec<Change> {
    vec![Change::set(Place::model("box", "my-local-model", &["contextWindow"]), Some(was), Some(to))]
}

#[tokio::test]
async fn a_question_about_a_pipe_is_answered() {
    let (_fake, stage) = lit().await;
    pipe(&stage.folder.path().join(".env"));
    assert!(stage.handle.draft_check(context(32_768, 16_384)).await.is_ok());
}

#[tokio::test]
async fn edits_wait_for_each_other_and_hold_nothing_up() {
    let (mut fake, mut stage) = lit().await;
    let before = stage.config();
    let base = stage.handle.review(context(32_768, 16_384)).await.expect("a review").base;
    let held = File::create(stage.folder.path().join("state/backups.lock")).expect("made");
    held.lock().expect("free");
    let (saver, undoer) = (stage.handle.clone(), stage.handle.clone());
    let saved = tokio::spawn(async move { saver.save(context(32_768, 16_384), base).await });
    fake.kill().await;
    stage.until("down", |it| it.view.overall != Overall::Ready).await;
    let undone = tokio::spawn(async move { undoer.undo().await });
    fake.revive().await;
    stage.until("up again", |it| it.view.overall == Overall::Ready).await;
    assert_eq!((stage.config(), saved.is_finished(), undone.is_finished()), (before.clone(), false, false));
    drop(held);
    saved.await.expect("no panic").expect("saved");
    undone.await.expect("no panic").expect("taken back");
    assert_eq!(stage.config(), before);
}

#[tokio::test]
async fn a_start_among_pipes() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("openclaw.json"), hybrid("http://127.0.0.1:9/v1")).expect("written");
    let log = format!("logs/openclaw-{}.log", jiff::Zoned::now().date());
    let state = ["state/trust.json", "state/history.db", "state/backups.lock", "state/device.json"];
    for name in [".env", "settings.toml", &log].into_iter().chain(state) {
        pipe(&folder.path().join(name));
    }
    let mut stage = Stage::start_in(folder);
    stage.until("settled", |it| it.settled).await;
    stage.end().await;
}
