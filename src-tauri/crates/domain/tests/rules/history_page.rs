//! The history as it reads, in the window and on the terminal.

use domain::Now;
use domain::history::{Entry, EntryKind};
use domain::view::types::HistoryView;
use insta::assert_snapshot;

use crate::scene::{LOCAL_FIRST, Scene};

fn page(entries: &[Entry], now: &Now) -> String {
    let newest_first: Vec<Entry> = entries.iter().rev().cloned().collect();
    let view = HistoryView::new(&newest_first, 90, now);
    let mut lines = vec![view.about];
    for day in view.days {
        lines.push(day.title);
        let row = |it: domain::view::types::HistoryRow| {
            format!(
                "  {} {:?} {:?} {} | {} | {} | {}",
                it.time,
                it.sort,
                it.shape,
                it.title,
                it.text,
                it.evidence,
                it.moments.len()
            )
        };
        lines.extend(day.rows.into_iter().map(row));
    }
    lines.join("\n")
}

#[test]
fn an_outage_over_midnight_with_its_fallback() {
    let mut scene = Scene::new(LOCAL_FIRST);
    scene.wait(9 * 3_600 + 3_500).probes("lmstudio", "+rr");
    scene.turn("run-1", &[("lmstudio/my-local-model", "timeout")], Some("anthropic/claude-sonnet-4-6"));
    scene.wait(840).probes("lmstudio", "++");
    scene.config(&LOCAL_FIRST.replace("\"Local\"", "\"Box\"")).bad_config();
    assert_snapshot!(page(&scene.kept, &scene.now), @r#"
    90 days are kept on this machine.
    Today
      00:13 Config Warn openclaw.json had an error | line 14: a curly quote; OpenClaw reads only straight ones: " or ' | file | 1
      00:13 Config Edit Another program changed openclaw.json | 1 alias | file | 1
      00:13 Fallback Ok Back on Local | after 14 min, 1 answer from Sonnet | log + probe | 1
    Yesterday
      23:58 Fallback Moved Fell back from Local to Sonnet | Local did not answer (connection refused). Requests left this machine. | log + probe | 2
      23:58 Outage Bad LM Studio stopped answering | connection refused, down 14 min | probe | 2
    "#);
}

/// Two outages of one box: each beginning gets its own end, and one that goes on has none.
#[test]
fn each_beginning_has_its_own_end() {
    let mut scene = Scene::new(LOCAL_FIRST);
    scene.probes("lmstudio", "+rr").wait(60).probes("lmstudio", "++").wait(3_600).probes("lmstudio", "rr");
    scene.wait(600).probes("lmstudio", "++").wait(60).probes("lmstudio", "---");
    assert_snapshot!(page(&scene.kept, &scene.now), @r"
    90 days are kept on this machine.
    Today
      15:14 Outage Bad LM Studio stopped answering | no answer in time | probe | 1
      15:02 Outage Bad LM Studio stopped answering | connection refused, down 10 min | probe | 2
      14:00 Outage Bad LM Studio stopped answering | connection refused, down 1 min | probe | 2
    ");
}

/// The app was not there when it began.
#[test]
fn an_end_without_a_beginning_speaks_for_itself() {
    let now = Now { wall_ms: 1_795_442_400_000, ..Now::default() };
    let end = Entry { lasted_ms: Some(840_000), ..Entry::new(EntryKind::BoxUp, "lmstudio", "LM Studio", now.wall_ms) };
    assert_snapshot!(page(&[end], &now), @r"
    90 days are kept on this machine.
    Today
      14:00 Outage Ok LM Studio is back | after 14 min |  | 1
    ");
    assert_snapshot!(page(&[], &now), @"90 days are kept on this machine.");
}

#[test]
fn a_notification_leads_to_its_row() {
    use domain::intent::{Intent, Page};
    let mut scene = Scene::new(LOCAL_FIRST);
    scene.probes("lmstudio", "+rr");
    let told = scene.effects.iter().find_map(|it| match it {
        domain::Effect::Notify(notice) => Some(notice.click()),
        _ => None,
    });
    let Some(Intent::Open(show)) = told else { panic!("nothing was told") };
    assert_eq!((show.page, show.moment), (Page::History, Some(scene.kept[0].at)));
}
