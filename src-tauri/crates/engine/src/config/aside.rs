//! What OpenClaw puts aside beside the config: `openclaw.json.clobbered.<time>`, an edit that it undid, and
//! `openclaw.json.rejected.<time>`, a write of its own that it refused.

use std::fs;
use std::path::{Path, PathBuf};

use domain::Event;
use domain::transition::{RejectedConfig, Rejection};
use jiff::tz::TimeZone;

use super::write::{backups_of, private};
use super::{Text, hash, text};

const SORTS: [(&str, Rejection); 2] = [("clobbered", Rejection::Undone), ("rejected", Rejection::Refused)];

/// A file beside the config.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Aside {
    pub(crate) name: String,
    pub(crate) at: jiff::Timestamp,
    pub(crate) why: Rejection,
}

/// What the names of such files begin with.
pub(super) fn prefixes(config: &Path) -> Vec<String> {
    let name = config.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
    SORTS.iter().map(|it| format!("{name}.{}.", it.0)).collect()
}

/// All of them, the newest first.
pub(crate) fn asides(config: &Path) -> Vec<Aside> {
    let prefixes = prefixes(config);
    let named = |entry: fs::DirEntry| {
        let name = entry.file_name().into_string().ok()?;
        let (stamp, why) =
            SORTS.iter().zip(&prefixes).find_map(|(sort, prefix)| Some((name.strip_prefix(prefix.as_str())?, sort.1)))?;
        Some(Aside { at: instant(stamp)?, why, name })
    };
    let entries = config.parent().and_then(|it| fs::read_dir(it).ok());
    let mut found: Vec<Aside> = entries.into_iter().flatten().flatten().filter_map(named).collect();
    found.sort_by(|a, b| (b.at, &b.name).cmp(&(a.at, &a.name)));
    found
}

/// `2026-11-23T14-00-01-000Z`, and perhaps `-01` for a second one of that instant.
fn instant(stamp: &str) -> Option<jiff::Timestamp> {
    let time = stamp.split_once('Z')?.0;
    let at = jiff::civil::DateTime::strptime("%Y-%m-%dT%H-%M-%S-%3f", time).ok()?;
    Some(at.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// Finds out what is new among them. What was told is kept beside the backups, so that the next start does not tell it again.
#[derive(Debug)]
pub(crate) struct Asides {
    config: PathBuf,
    backups: PathBuf,
    last: Option<String>,
    begun: bool,
}

impl Asides {
    pub(crate) fn new(config: &Path, backups: &Path) -> Self {
        Asides { config: config.to_owned(), backups: backups_of(backups, config), last: None, begun: false }
    }

    /// The newest one, if it is another than last time and newer than what we last wrote.
    pub(crate) fn news(&mut self) -> Option<Event> {
        let begun = std::mem::replace(&mut self.begun, true);
        let aside = asides(&self.config).into_iter().next().filter(|it| self.last.as_ref() != Some(&it.name))?;
        let (told, saved) = (self.told(), crate::backups::last(&self.backups, &self.config));
        if saved.is_some_and(|it| it >= aside.at) {
            return None;
        }
        let text = |path: &Path| if let Text::Read(text) = text(path) { Some(text) } else { None };
        let put_aside = text(&self.config.with_file_name(&aside.name))?;
        self.last = Some(aside.name.clone());
        self.tell(aside.at);
        let now = text(&self.config).unwrap_or_default();
        // The first start of all: nobody knows whose edit it was.
        let is_old_news = !begun && told.is_none() && saved.is_none();
        Some(Event::ConfigRejected {
            known: is_old_news || told.is_some_and(|it| it >= aside.at),
            rejected: RejectedConfig {
                at: aside.at.as_millisecond(),
                why: aside.why,
                hash: hash(&put_aside),
                lines: domain::edit::lines_between(&now, &put_aside),
                name: aside.name,
            },
        })
    }

    fn told(&self) -> Option<jiff::Timestamp> {
        fs::read_to_string(self.backups.join(TOLD)).ok()?.trim().parse().ok()
    }

    /// Where it can't be kept, the next start tells it once more.
    fn tell(&self, at: jiff::Timestamp) {
        let folder = &self.backups;
        let kept = fs::create_dir_all(folder).and_then(|()| fs::write(folder.join(TOLD), at.to_string()));
        let _ = kept.and_then(|()| private(&folder.join(TOLD), 0o600));
    }
}

const TOLD: &str = "told";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_openclaw_put_there_counts() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in [
            "openclaw.json",
            "openclaw.json.bak",
            "openclaw.json.clobbered.mine",
            "openclaw.json.clobbered.2026-11-23T14-00-01-000Z",
            "openclaw.json.clobbered.2026-11-23T14-00-01-000Z-01",
            "openclaw.json.rejected.2026-11-23T14-00-02-500Z",
            "other.json.clobbered.2026-11-23T14-00-03-000Z",
        ] {
            fs::write(folder.path().join(name), "{}").expect("written");
        }
        let found = asides(&folder.path().join("openclaw.json"));
        let shown: Vec<String> = found.iter().map(|it| format!("{} {:?}", it.at, it.why)).collect();
        assert_eq!(shown, ["2026-11-23T14:00:02.5Z Refused", "2026-11-23T14:00:01Z Undone", "2026-11-23T14:00:01Z Undone"]);
    }
}
