//! Groups notices that come within seconds: the first is shown at once, the rest as one.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::base::Now;
use crate::notify::notice::{Code, Notice};

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Grouping {
    /// The open groups by code.
    groups: BTreeMap<Code, Group>,
}

#[derive(Clone, Debug, PartialEq)]
struct Group {
    until: Duration,
    titles: Vec<String>,
    waiting: Vec<Notice>,
}

impl Grouping {
    /// Returns the notice if it is to be shown at once.
    pub(super) fn take(&mut self, notice: Notice, group: bool, now: &Now) -> Option<Notice> {
        const TOGETHER: Duration = Duration::from_secs(5);
        if !group || notice.code.is_urgent() {
            return Some(notice);
        }
        match self.groups.get_mut(&notice.code) {
            Some(group) if now.mono < group.until => {
                // Two agents that fell back to the same model are one piece of news.
                if !group.titles.contains(&notice.title) {
                    group.titles.push(notice.title.clone());
                    group.waiting.push(notice);
                }
                None
            }
            _ => {
                let group = Group { until: now.mono + TOGETHER, titles: vec![notice.title.clone()], waiting: Vec::new() };
                self.groups.insert(notice.code, group);
                Some(notice)
            }
        }
    }

    pub(super) fn due(&self) -> Option<Duration> {
        self.groups.values().filter(|it| !it.waiting.is_empty()).map(|it| it.until).min()
    }

    /// The groups whose time is over, each as one notice.
    pub(super) fn ended(&mut self, now: &Now) -> Vec<Notice> {
        let over: Vec<Code> = self.groups.iter().filter(|it| it.1.until <= now.mono).map(|it| *it.0).collect();
        let groups = over.into_iter().filter_map(|code| self.groups.remove(&code));
        groups.filter_map(|it| as_one(it.waiting)).collect()
    }
}

fn as_one(waiting: Vec<Notice>) -> Option<Notice> {
    let titles: Vec<&str> = waiting.iter().map(|it| it.title.as_str()).collect();
    let (title, body) = (format!("{} more", waiting.len()), titles.join(". ") + ".");
    match <[Notice; 1]>::try_from(waiting) {
        Ok([only]) => Some(only),
        Err(many) => many.into_iter().next().map(|it| Notice { title, body, ..it }),
    }
}
