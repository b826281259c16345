//! The installed OpenClaw's own schema: fetched once, kept, asked before a save; and whatever becomes of it, nothing waits for it.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use domain::base::change::{Change, Place};
use domain::view::doctor::{Check, Verdict};
use engine::Published;
use tests::fake_box::FakeBox;
use tests::fake_openclaw::{FakeOpenClaw, prints_a_schema};
use tests::stage::{Stage, hybrid};

fn context(to: u64) -> Vec<Change> {
    vec![Change::set(Place::model("box", "my-local-model", &["contextWindow"]), Some(32_768), Some(to))]
}

async fn lit(does: &str) -> (FakeBox, FakeOpenClaw, Stage) {
    let fake = FakeBox::start("my-local-model").await;
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("openclaw.json"), hybrid(&fake.base_url())).expect("written");
    let openclaw = FakeOpenClaw::install(folder.path(), "2026.9.6", does);
    (fake, openclaw, Stage::start_in(folder))
}

fn row(seen: &Published) -> Option<&Check> {
    seen.view.doctor.checks.iter().find(|it| it.id == "schema")
}

fn says(words: &str) -> impl Fn(&Published) -> bool + '_ {
    move |it| row(it).is_some_and(|it| it.evidence.contains(words))
}

fn kept(state: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(state.join("schema"))
        .into_iter()
        .flatten()
        .flatten()
        .map(|it| it.file_name().into_string().expect("a name"))
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn what_only_openclaw_knows_is_asked_about_before_a_save() {
    let (_fake, openclaw, mut stage) = lit(&prints_a_schema()).await;
    let seen = stage.until("checked", says("checked with OpenClaw 2026.9.6's own schema")).await;
    assert_eq!(row(&seen).map(|it| it.verdict), Some(Verdict::Ok));
    let fine = stage.handle.review(context(24_576)).await.expect("a review");
    assert!(fine.problems.iter().all(|it| it.code != "schema.refused"), "{:?}", fine.problems);
    let review = stage.handle.review(context(16_384)).await.expect("a review");
    let problem = review.problems.iter().find(|it| it.code == "schema.refused").expect("it is refused");
    assert_eq!(
        problem.message,
        "OpenClaw 2026.9.6 would refuse this: models.providers.box.models.0.contextWindow should be a number, 20000 or more."
    );
    // A person may know better.
    stage.handle.save(context(16_384), review.base).await.expect("saved");
    assert!(stage.config().contains("contextWindow: 16384"));
    // It was so before, so it is no news.
    let again = vec![Change::set(Place::model("box", "my-local-model", &["maxTokens"]), Some(8_192), Some(4_096))];
    let review = stage.handle.review(again).await.expect("a review");
    assert!(review.problems.iter().all(|it| it.code != "schema.refused"), "{:?}", review.problems);
    assert_eq!(openclaw.asked(), ["config schema"]);
}

#[tokio::test]
async fn it_is_asked_once_for_each_version() {
    let (_fake, openclaw, mut stage) = lit(&prints_a_schema()).await;
    stage.until("checked", says("checked with OpenClaw 2026.9.6")).await;
    let folder = stage.end().await;
    let state = folder.path().join("state");
    assert_eq!(kept(&state), ["openclaw-2026.9.6.json"]);
    let file = state.join("schema/openclaw-2026.9.6.json");
    assert_eq!(fs::metadata(&file).expect("there").permissions().mode() & 0o777, 0o600);
    assert!(!fs::read_to_string(&file).expect("readable").contains("Context"), "words for people are not kept");

    let mut stage = Stage::start_in(folder);
    stage.until("checked", says("checked with OpenClaw 2026.9.6")).await;
    let folder = stage.end().await;
    assert_eq!(openclaw.asked().len(), 1);

    // What was kept is damaged: asked again.
    fs::write(&file, "{\"properties\":").expect("written");
    let mut stage = Stage::start_in(folder);
    stage.until("checked", says("checked with OpenClaw 2026.9.6")).await;
    let folder = stage.end().await;
    assert_eq!(openclaw.asked().len(), 2);

    let newer = FakeOpenClaw::install(folder.path(), "2026.10.1", &prints_a_schema());
    let mut stage = Stage::start_in(folder);
    stage.until("checked", says("checked with OpenClaw 2026.10.1")).await;
    assert_eq!(newer.asked().len(), 3);
    assert_eq!(kept(&state), ["openclaw-2026.10.1.json"]);
}

#[tokio::test]
async fn one_behind_a_shim_is_asked_for_its_version() {
    let fake = FakeBox::start("my-local-model").await;
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("openclaw.json"), hybrid(&fake.base_url())).expect("written");
    let openclaw = FakeOpenClaw::install(folder.path(), "2026.9.6", &prints_a_schema()).behind_a_shim();
    let mut stage = Stage::start_in(folder);
    stage.until("checked", says("checked with OpenClaw 2026.9.6's")).await;
    assert_eq!(openclaw.asked(), ["--version", "config schema"]);
}

#[tokio::test]
async fn without_a_schema_nothing_is_kept_from_being_saved() {
    let failing = "echo 'sk-secret' >&2; exit 1";
    for (does, why) in [
        (failing, "OpenClaw 2026.9.6 gave none: it ended with exit status: 1"),
        ("echo nothing of the sort", "what it printed is no JSON"),
        ("echo '{\"properties\":{}}'", "no schema of a config"),
        ("yes", "it printed more than 8 MB"),
        // It is still at it.
        ("sleep 1000", "OpenClaw 2026.9.6 is being asked for it"),
    ] {
        let (_fake, _openclaw, mut stage) = lit(does).await;
        let seen = stage.until(why, says(why)).await;
        assert_eq!(row(&seen).map(|it| it.verdict), Some(Verdict::Skipped));
        let review = stage.handle.review(context(16_384)).await.expect("a review");
        assert!(review.problems.iter().all(|it| it.code != "schema.refused"));
        stage.handle.save(context(16_384), review.base).await.expect("saved");
        assert_eq!(kept(&stage.folder.path().join("state")), Vec::<String>::new());
    }
}

#[tokio::test]
async fn where_there_is_no_openclaw() {
    let (_fake, mut stage) = tests::stage::lit().await;
    stage.until("not there", says("there is no openclaw on the PATH")).await;
}
