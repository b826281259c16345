//! What a save replaced comes back: listed, looked at, put back, and that taken back too.

use std::fs;

use domain::base::change::{Change, Place};
use domain::base::refusal::RefusalCode;
use tests::stage::{Stage, lit};

async fn saved(stage: &Stage, was: u64, to: u64) {
    let change = Change::set(Place::model("box", "my-local-model", &["contextWindow"]), Some(was), Some(to));
    let review = stage.handle.review(vec![change.clone()]).await.expect("a review");
    stage.handle.save(vec![change], review.base).await.expect("saved");
}

#[tokio::test]
async fn a_backup_comes_back_and_can_be_taken_back() {
    let (_fake, stage) = lit().await;
    assert_eq!(stage.handle.backups().await.expect("none"), []);
    let before = stage.config();
    saved(&stage, 32_768, 16_384).await;
    let after = stage.config();
    let backups = stage.handle.backups().await.expect("one");
    let [backup] = backups.as_slice() else { panic!("one backup: {backups:?}") };
    assert!(backup.when.starts_with("today, "), "{}", backup.when);
    let review = stage.handle.backup_review(backup.name.clone()).await.expect("a review");
    assert_eq!((review.lines_changed, review.sentences.len()), (1, 0));
    assert_eq!(stage.config(), after, "a review writes nothing");
    stage.handle.restore(backup.name.clone(), review.base).await.expect("restored");
    assert_eq!(stage.config(), before);
    stage.handle.undo().await.expect("undone");
    assert_eq!(stage.config(), after);
}

#[tokio::test]
async fn a_file_that_moved_on_is_looked_at_again() {
    let (_fake, stage) = lit().await;
    saved(&stage, 32_768, 16_384).await;
    let name = stage.handle.backups().await.expect("one")[0].name.clone();
    let review = stage.handle.backup_review(name.clone()).await.expect("a review");
    let foreign = stage.config() + "// theirs\n";
    stage.write_config(&foreign);
    assert_eq!(stage.handle.restore(name, review.base).await.expect_err("stale").code, RefusalCode::Stale);
    assert_eq!(stage.config(), foreign);
}

#[tokio::test]
async fn it_mends_a_file_that_is_broken_or_gone() {
    let (_fake, stage) = lit().await;
    let before = stage.config();
    saved(&stage, 32_768, 16_384).await;
    let name = stage.handle.backups().await.expect("one")[0].name.clone();
    stage.write_config("{ models: ");
    let review = stage.handle.backup_review(name.clone()).await.expect("of a broken file");
    stage.handle.restore(name.clone(), review.base).await.expect("restored");
    assert_eq!(stage.config(), before);
    assert_eq!(stage.handle.undo().await.expect_err("nothing good").code, RefusalCode::Invalid);
    fs::remove_file(stage.config_path()).expect("removed");
    let review = stage.handle.backup_review(name.clone()).await.expect("of no file");
    stage.handle.restore(name, review.base).await.expect("restored");
    assert_eq!(stage.config(), before);
}

#[tokio::test]
async fn only_what_is_listed() {
    let (_fake, stage) = lit().await;
    saved(&stage, 32_768, 16_384).await;
    for name in ["../openclaw.json", "", "latest", "/etc/passwd"] {
        assert_eq!(stage.handle.backup_review(name.into()).await.expect_err(name).code, RefusalCode::Invalid);
    }
}

#[tokio::test]
async fn what_a_removal_takes_along_is_told_before() {
    let (_fake, stage) = lit().await;
    let model = stage.handle.referrers("box".into(), Some("my-local-model".into())).await.expect("told");
    assert!(model.contains(&"agents.defaults.model.primary".to_owned()), "{model:?}");
    assert_eq!(stage.handle.referrers("nobody".into(), None).await.expect("told"), Vec::<String>::new());
}

#[tokio::test]
async fn a_file_that_the_config_takes_in_comes_back_by_itself() {
    let (_fake, mut stage) = lit().await;
    let included = stage.config_path().with_file_name("models.json5");
    let text = || fs::read_to_string(&included).expect("the included file");
    let whole = stage.config();
    let (before, rest) = whole.split_once("\n  models: {").expect("models");
    let models = rest.trim_end().strip_suffix('}').map(|it| it.trim_end().trim_end_matches(',')).expect("an end");
    fs::write(&included, format!("{{{models}\n")).expect("written");
    stage.write_config(&format!("{before}\n  models: {{ $include: './models.json5' }},\n}}\n"));
    stage.until("the included provider", |it| it.view.providers[0].in_file && it.view.providers[0].line.is_none()).await;
    let (main, was) = (stage.config(), text());
    saved(&stage, 32_768, 16_384).await;
    let saved = text();
    let listed = || async { stage.handle.backups().await.expect("one") };
    let backup = listed().await.remove(0);
    assert_eq!(backup.file.as_deref(), Some("models.json5"));

    let review = stage.handle.backup_review(backup.name.clone()).await.expect("a review");
    assert_eq!((review.lines_changed, review.problems.as_slice(), review.short_path.as_str()), (1, &[][..], "models.json5"));
    stage.handle.restore(backup.name.clone(), review.base).await.expect("restored");
    assert_eq!((text(), stage.config()), (was.clone(), main.clone()));
    stage.handle.undo().await.expect("undone");
    assert_eq!(text(), saved);

    // One that is broken or gone is when a backup is wanted most.
    let backup = listed().await.remove(0);
    fs::write(&included, "{ providers: ").expect("written");
    let review = stage.handle.backup_review(backup.name.clone()).await.expect("of a broken part");
    stage.handle.restore(backup.name.clone(), review.base).await.expect("restored");
    assert_eq!(text(), was);
    fs::remove_file(&included).expect("gone");
    let review = stage.handle.backup_review(backup.name.clone()).await.expect("of a part that is gone");
    stage.handle.restore(backup.name.clone(), review.base).await.expect("restored");
    assert_eq!((text(), stage.config()), (was, main));
}
