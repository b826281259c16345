//! What happens on real files and sockets, as the history tells it, also after a restart and to another program.

use domain::Overall;
use domain::history::Range;
use engine::{Options, Published};
use tests::fake_box::FakeBox;
use tests::stage::{fallback_lines, hybrid, lit};

const LOCAL: &str = "box/my-local-model";
const OPUS: &str = "anthropic/claude-opus-4-6";

fn titles(view: &domain::view::types::HistoryView) -> Vec<String> {
    view.days.iter().flat_map(|it| &it.rows).map(|it| it.title.clone()).collect()
}

fn day(seen: &Published) -> Vec<u8> {
    seen.view.boxes.iter().flat_map(|it| it.day.strip.iter().flatten().copied()).collect()
}

#[tokio::test]
async fn an_outage_a_fallback_and_a_change() {
    let (mut fake, mut stage) = lit().await;
    fake.kill().await;
    assert_eq!(stage.told().await.code.id(), "box.down");
    stage.log(&fallback_lines("run-1", LOCAL, OPUS));
    let started = stage.told().await;
    fake.revive().await;
    stage.until("ready", |it| it.view.overall == Overall::Ready).await;
    let text = stage.config().replace("Local\"", "Box\"");
    stage.write_config(&text);
    stage.until("the new name", |it| it.view.hops[0].name == "Box").await;
    let view = stage.handle.history().await.expect("it is kept");
    let mut told = titles(&view);
    told.sort();
    let expected =
        ["Another program changed openclaw.json", "Back on Local", "Fell back from Local to Opus", "llama.cpp stopped answering"];
    assert_eq!(told, expected);
    let pointed = view.days.iter().flat_map(|it| &it.rows).find(|it| it.moments.contains(&started.at));
    assert_eq!(pointed.map(|it| it.title.as_str()), Some("Fell back from Local to Opus"), "the notice leads to it");

    // Another program reads it meanwhile; what is of another config is not in it.
    let beside =
        Options { config: Some(stage.config_path()), state_dir: Some(stage.folder.path().join("state")), ..Options::default() };
    assert_eq!(titles(&engine::history(&beside, None).expect("it reads").view).len(), 4);
    let other = Options { config: Some(stage.folder.path().join("other.json")), ..beside };
    assert!(engine::history(&other, None).expect("it reads").entries.is_empty());
}

#[tokio::test]
async fn a_save_from_here_is_told_in_its_sentence() {
    use domain::base::change::{Change, Place};
    let (_fake, stage) = lit().await;
    let change = Change::set(Place::alias(LOCAL), Some("Local"), Some("Box"));
    let review = stage.handle.review(vec![change.clone()]).await.expect("reviewed");
    stage.handle.save(vec![change], review.base).await.expect("saved");
    stage.handle.undo().await.expect("undone");
    let view = stage.handle.history().await.expect("it is kept");
    let rows: Vec<(&str, &str)> =
        view.days.iter().flat_map(|it| &it.rows).map(|it| (it.title.as_str(), it.text.as_str())).collect();
    assert_eq!(
        rows,
        [
            ("You changed openclaw.json", "the last save undone"),
            ("You changed openclaw.json", "box/my-local-model: alias is now Box, was Local"),
        ]
    );
}

/// The first view of the next start has the day that was, before anything was probed.
#[tokio::test]
async fn a_restart_keeps_the_day() {
    let fake = FakeBox::start("my-local-model").await;
    let folder = tempfile::tempdir().expect("a folder");
    let config = hybrid(&fake.base_url());
    std::fs::write(folder.path().join("openclaw.json"), &config).expect("written");
    let state = folder.path().join("state");
    let options = || Options {
        config: Some(folder.path().join("openclaw.json")),
        log_dir: Some(folder.path().join("logs")),
        interval: Some(std::time::Duration::from_secs(3_600)),
        state_dir: Some(state.clone()),
        keeps_history: true,
        ..Options::default()
    };
    let (first, _outward) = engine::start(options()).expect("it starts");
    first.published().wait_for(|it| day(it) == [100]).await.expect("running");
    first.history().await.expect("written");
    drop(first);

    let (second, _outward) = engine::start(options()).expect("it starts");
    let mut published = second.published();
    let seen = published.wait_for(|it| it.view.boxes.first().is_some_and(|it| it.latencies.len() > 1));
    assert_eq!(day(&seen.await.expect("running").clone()), [100]);
    for range in [Range::Week, Range::Quarter] {
        let longer = second.uptime(range).await.expect("read");
        let known: Vec<_> =
            longer.iter().map(|it| (it.provider.as_str(), it.day.strip.len(), it.day.strip.last().copied())).collect();
        assert_eq!(known, [("box", range.slots(), Some(Some(100)))]);
    }
}
