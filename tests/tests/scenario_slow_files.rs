//! A file that gives no answer holds nothing up but what asks for it: servers are watched, a person can end the app.
#![cfg(unix)]

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::Command;

use domain::Overall;
use domain::base::change::{Change, Place};
use tests::stage::{Stage, hybrid, lit};

/// A pipe in the place of a file: whoever opens it waits for what nobody writes.
struct Stuck {
    path: PathBuf,
}

impl Stuck {
    fn at(path: PathBuf) -> Stuck {
        assert!(Command::new("mkfifo").arg(&path).status().expect("it runs").success());
        Stuck { path }
    }

    /// Gives the waiting reader an empty file; the next one finds none.
    fn release(self) {
        let writer: File = OpenOptions::new().read(true).write(true).open(&self.path).expect("opened");
        std::fs::remove_file(&self.path).expect("removed");
        drop(writer);
    }
}

fn env_file(folder: &Path) -> Stuck {
    Stuck::at(folder.join(".env"))
}

fn context(was: u64, to: u64) -> Vec<Change> {
    vec![Change::set(Place::model("box", "my-local-model", &["contextWindow"]), Some(was), Some(to))]
}

#[tokio::test]
async fn a_question_that_waits_holds_nothing_up() {
    let (mut fake, mut stage) = lit().await;
    let stuck = env_file(stage.folder.path());
    let handle = stage.handle.clone();
    let judged = tokio::spawn(async move { handle.draft_check(context(32_768, 16_384)).await });
    fake.kill().await;
    stage.until("down", |it| it.view.overall != Overall::Ready).await;
    fake.revive().await;
    stage.until("up again", |it| it.view.overall == Overall::Ready).await;
    assert!(!judged.is_finished());
    stuck.release();
    assert!(judged.await.expect("no panic").is_ok());
}

#[tokio::test]
async fn edits_wait_for_each_other_and_hold_nothing_up() {
    let (mut fake, mut stage) = lit().await;
    let before = stage.config();
    let base = stage.handle.review(context(32_768, 16_384)).await.expect("a review").base;
    let stuck = env_file(stage.folder.path());
    let (saver, undoer) = (stage.handle.clone(), stage.handle.clone());
    let saved = tokio::spawn(async move { saver.save(context(32_768, 16_384), base).await });
    fake.kill().await;
    stage.until("down", |it| it.view.overall != Overall::Ready).await;
    let undone = tokio::spawn(async move { undoer.undo().await });
    fake.revive().await;
    stage.until("up again", |it| it.view.overall == Overall::Ready).await;
    assert_eq!((stage.config(), saved.is_finished(), undone.is_finished()), (before.clone(), false, false));
    stuck.release();
    saved.await.expect("no panic").expect("saved");
    undone.await.expect("no panic").expect("taken back");
    assert_eq!(stage.config(), before);
}

#[tokio::test]
async fn a_start_that_waits_can_be_ended() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("openclaw.json"), hybrid("http://127.0.0.1:9/v1")).expect("written");
    let stuck = env_file(folder.path());
    let stage = Stage::start_in(folder);
    let folder = stage.end().await;
    stuck.release();
    drop(folder);
}
