//! What was right, turn by turn and notice by notice.

use std::collections::BTreeMap;
use std::fmt;

use domain::notify::notice::{Code, Notice};

use super::capture::{Capture, Outcome, Turn};

/// A notice comes at the latest so long after what it tells of could be heard.
const GRACE_MS: i64 = 12_000;
/// The same is told at most once in this time.
const QUIET_MS: i64 = 300_000;
/// An outage that lasts so long is seen at any pace of the probes.
const SEEN_MS: i64 = 75_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Right,
    /// What is heard does not tell it.
    Unknown,
    Wrong,
}

#[derive(Clone, Debug, Default)]
pub struct Score {
    pub right: usize,
    pub turns: usize,
    /// Lines for a person, each a turn.
    pub wrong: Vec<String>,
    pub unknown: Vec<String>,
    /// Lines for a person, each a notice.
    pub false_notices: Vec<String>,
    pub missing: Vec<String>,
    pub double: Vec<String>,
    /// All that was told.
    pub told: Vec<Notice>,
}

impl Score {
    #[must_use]
    pub fn is_perfect(&self) -> bool {
        self.right == self.turns && self.tells_nothing_wrong() && self.missing.is_empty()
    }

    #[must_use]
    pub fn tells_nothing_wrong(&self) -> bool {
        self.wrong.is_empty() && self.false_notices.is_empty() && self.double.is_empty()
    }

    pub(super) fn add(&mut self, verdict: Verdict, line: String) {
        self.turns += 1;
        match verdict {
            Verdict::Right => self.right += 1,
            Verdict::Unknown => self.unknown.push(line),
            Verdict::Wrong => self.wrong.push(line),
        }
    }

    /// Compares what was told with what happened until `end`. `by_log`: by the log alone.
    pub(super) fn judge_notices(&mut self, capture: &Capture, told: Vec<Notice>, end: i64, by_log: bool) {
        let fallbacks = episodes(capture, by_log);
        self.judge(&told, (Code::FallbackStarted, Code::FallbackEnded), &fallbacks, end, |it| {
            format!("fallback of {}", it.label)
        });
        let outages = outages(capture);
        self.judge(&told, (Code::BoxDown, Code::BoxUp), &outages, end, |_| "outage of the box".to_owned());
        let mut exhausted: Vec<&Turn> = capture.turns.iter().filter(|it| it.outcome == Outcome::Exhausted).collect();
        for notice in &told {
            match notice.code {
                Code::FallbackStarted | Code::FallbackEnded | Code::BoxDown | Code::BoxUp => {}
                Code::RouteExhausted => {
                    match exhausted.iter().position(|it| (it.begin..=it.end + GRACE_MS).contains(&notice.at)) {
                        Some(which) => drop(exhausted.remove(which)),
                        None => self.false_notices.push(line(capture, notice)),
                    }
                }
                _ => self.false_notices.push(line(capture, notice)),
            }
        }
        self.missing.extend(exhausted.iter().map(|it| format!("no model answered {}", it.label)));
        self.told = told;
    }

    fn judge(&mut self, told: &[Notice], codes: (Code, Code), episodes: &[Episode], end: i64, name: impl Fn(&Episode) -> String) {
        let mut last_told = None;
        let mut matched = vec![false; told.len()];
        for (n, episode) in episodes.iter().enumerate() {
            let mut within = |code: Code, (from, to): (i64, i64)| {
                let which: Vec<usize> = (0..told.len())
                    .filter(|i| told[*i].code == code && (from..=to).contains(&told[*i].at) && !matched[*i])
                    .collect();
                which.iter().for_each(|i| matched[*i] = true);
                which
            };
            // A beginning that is told once the next one has begun is the next one's.
            let next = episodes.get(n + 1).map_or(i64::MAX, |it| it.begins.0 - 1);
            let until = episode.ends.map_or(i64::MAX, |it| it.1).min(next);
            // What waits for the five minutes to be over is told then.
            let starts = within(codes.0, (episode.begins.0, until));
            let ends = episode.ends.map(|(from, to)| within(codes.1, (from, to))).unwrap_or_default();
            let label = name(episode);
            for surplus in starts.iter().skip(1).chain(ends.iter().skip(1)) {
                self.double.push(format!("{label}: {}", told[*surplus].title));
            }
            let quiet_until = last_told.map_or(i64::MIN, |it: i64| it + QUIET_MS);
            match (starts.first(), ends.first()) {
                (None, Some(i)) => self.false_notices.push(format!("{label}: {} without its start", told[*i].title)),
                (None, None) => {
                    let could = episode.begins.1.max(quiet_until + GRACE_MS);
                    if episode.is_long && could < episode.ends.map_or(end, |it| it.0) {
                        self.missing.push(format!("{label}: its start"));
                    }
                }
                (Some(i), ended) => {
                    let at = told[*i].at;
                    if at > episode.begins.1.max(quiet_until + GRACE_MS) {
                        self.missing.push(format!("{label}: its start came {} s late", (at - episode.begins.1) / 1_000));
                    }
                    last_told = Some(at);
                    if ended.is_none() && episode.ends.is_some_and(|it| it.1 < end) {
                        self.missing.push(format!("{label}: its end"));
                    }
                }
            }
        }
        for (i, notice) in told.iter().enumerate() {
            if !matched[i] && (notice.code == codes.0 || notice.code == codes.1) {
                self.false_notices.push(format!("{} ({})", notice.title, notice.body));
            }
        }
    }
}

/// A state that has a beginning and an end, each within a span of time in which it may be told.
#[derive(Clone, Debug)]
pub(super) struct Episode {
    label: String,
    begins: (i64, i64),
    ends: Option<(i64, i64)>,
    /// Long enough to be seen at all.
    is_long: bool,
}

/// When answers came from a fallback, by the turns that were answered.
fn episodes(capture: &Capture, by_log: bool) -> Vec<Episode> {
    let mut episodes: Vec<Episode> = Vec::new();
    let mut truth = Truth::default();
    // The last turn that was not in a fallback, and the last that was.
    let (mut before, mut last) = (i64::MIN, 0);
    let mut told_open = false;
    for turn in &capture.turns {
        if !matches!(turn.outcome, Outcome::Answered(_)) {
            continue;
        }
        let fell = truth.after(capture, turn);
        let swapped = !capture.swaps_until(turn.end).is_multiple_of(2);
        match (fell, told_open) {
            (true, false) => {
                let begins = (before, turn.end + GRACE_MS);
                episodes.push(Episode { label: turn.label.clone(), begins, ends: None, is_long: true });
                told_open = true;
            }
            // Where the route was turned round, nobody is back until its own primary answers.
            (false, true) if !swapped => {
                if let Some(episode) = episodes.last_mut() {
                    let from = if capture.is_sticky() { turn.begin } else { last };
                    // Where the log does not tell of the turn, the probes show that the box is back.
                    let grace = if by_log && capture.untold_by_log(turn).is_some() { SEEN_MS } else { GRACE_MS };
                    episode.ends = Some((from, turn.end + grace));
                }
                told_open = false;
            }
            _ => {}
        }
        if fell {
            last = turn.end;
        } else if !swapped {
            before = turn.end;
        }
    }
    episodes
}

fn outages(capture: &Capture) -> Vec<Episode> {
    let pairs = capture.alive.windows(2).map(|it| (it[0].1, Some(it[1].0)));
    let last = capture.alive.last().filter(|it| it.1 < i64::MAX).map(|it| (it.1, None));
    let episode = |(down, up): (i64, Option<i64>)| Episode {
        label: String::new(),
        begins: (down, down + SEEN_MS),
        ends: up.map(|up| (up, up + SEEN_MS)),
        is_long: up.is_none_or(|up| up - down > SEEN_MS),
    };
    pairs.chain(last).map(episode).collect()
}

fn line(capture: &Capture, notice: &Notice) -> String {
    let section = capture.sections.iter().rev().find(|it| it.0 <= notice.at).map_or("", |it| it.1.as_str());
    format!("in {section:?}: {}: {} ({})", notice.code.id(), notice.title, notice.body)
}

/// Whose answers a person gets, by the turns until now.
#[derive(Clone, Debug, Default)]
pub(super) struct Truth {
    /// By session: the fallback that it stays on until another provider answers it.
    stays_on: BTreeMap<String, String>,
    latest: Option<String>,
}

impl Truth {
    /// Whether the default route is in a fallback after this turn.
    pub(super) fn after(&mut self, capture: &Capture, turn: &Turn) -> bool {
        let [primary, _] = capture.chain(capture.swaps_until(turn.end));
        if let Outcome::Answered(by) = &turn.outcome {
            self.latest = Some(by.clone());
            if !by.eq_ignore_ascii_case(&primary.provider) {
                self.stays_on.insert(turn.session.clone(), by.clone());
            } else if self.stays_on.get(&turn.session).is_some_and(|it| it != by) {
                self.stays_on.remove(&turn.session);
            }
        }
        if capture.is_sticky() {
            self.stays_on.values().any(|it| !it.eq_ignore_ascii_case(&primary.provider))
        } else {
            self.latest.as_ref().is_some_and(|it| !it.eq_ignore_ascii_case(&primary.provider))
        }
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let notices = (self.false_notices.len(), self.missing.len(), self.double.len());
        write!(
            f,
            "{} of {} turns right, {} wrong, {} not known; notices: {} false, {} missing, {} double",
            self.right,
            self.turns,
            self.wrong.len(),
            self.unknown.len(),
            notices.0,
            notices.1,
            notices.2
        )?;
        let lists = [
            ("wrong", &self.wrong),
            ("not known", &self.unknown),
            ("false", &self.false_notices),
            ("missing", &self.missing),
            ("double", &self.double),
        ];
        for (name, lines) in lists {
            for line in lines {
                write!(f, "\n    {name}: {line}")?;
            }
        }
        Ok(())
    }
}
