//! What OpenClaw puts aside beside the config: `openclaw.json.clobbered.<time>`, an edit that it undid, and
//! `openclaw.json.rejected.<time>`, a write of its own that it refused.

use std::fs;
use std::path::{Path, PathBuf};

use domain::Event;
use domain::transition::{RejectedConfig, Rejection};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::backup_files::{backup_files, backup_folder};
use super::text::{FileText, hash, read_text};
use crate::files::{self, SMALL, write_private};

const SUFFIXES: [(&str, Rejection); 2] = [("clobbered", Rejection::Undone), ("rejected", Rejection::Refused)];
/// In the folder of the backups: the time of the last one that was reported.
const REPORTED: &str = "told";

/// A file beside the config.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RejectedFile {
    pub(crate) name: String,
    pub(crate) at: Timestamp,
    pub(crate) why: Rejection,
}

/// Returns what the names of such files begin with.
pub(super) fn prefixes(config: &Path) -> Vec<String> {
    let name = config.file_name().unwrap_or_default().to_string_lossy();
    SUFFIXES.iter().map(|(suffix, _)| format!("{name}.{suffix}.")).collect()
}

/// Returns all of them, the newest first.
pub(crate) fn rejected_files(config: &Path) -> Vec<RejectedFile> {
    let prefixes = prefixes(config);
    let named = |entry: fs::DirEntry| {
        let name = entry.file_name().into_string().ok()?;
        let (stamp, why) =
            SUFFIXES.iter().zip(&prefixes).find_map(|((_, why), prefix)| Some((name.strip_prefix(prefix.as_str())?, *why)))?;
        Some(RejectedFile { at: time_in_name(stamp)?, why, name })
    };
    let entries = config.parent().and_then(|folder| fs::read_dir(folder).ok());
    let mut found: Vec<RejectedFile> = entries.into_iter().flatten().flatten().filter_map(named).collect();
    found.sort_by(|a, b| (b.at, &b.name).cmp(&(a.at, &a.name)));
    found
}

/// `2026-11-23T14-00-01-000Z`, and perhaps `-01` for a second one of that instant.
fn time_in_name(stamp: &str) -> Option<Timestamp> {
    let time = stamp.split_once('Z')?.0;
    let at = jiff::civil::DateTime::strptime("%Y-%m-%dT%H-%M-%S-%3f", time).ok()?;
    Some(at.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// Finds what is new among them. The time of the last one is kept beside the backups, so that the next start does not report it again.
#[derive(Debug)]
pub(crate) struct RejectedConfigs {
    config: PathBuf,
    backups: PathBuf,
    last: Option<String>,
    looked: bool,
}

impl RejectedConfigs {
    pub(crate) fn new(config: &Path, backups: &Path) -> Self {
        RejectedConfigs { config: config.to_owned(), backups: backup_folder(backups, config), last: None, looked: false }
    }

    /// Returns the newest one, if it is another than last time and newer than what we last wrote.
    pub(crate) fn look(&mut self) -> Option<Event> {
        let is_first_look = !std::mem::replace(&mut self.looked, true);
        let file = rejected_files(&self.config).into_iter().next().filter(|file| self.last.as_ref() != Some(&file.name))?;
        let backups = backup_files(&self.backups, &self.config).unwrap_or_default();
        let (reported, saved) = (self.reported(), backups.iter().map(|backup| backup.at).max());
        if saved.is_some_and(|at| at >= file.at) {
            return None;
        }
        let FileText::Read(rejected) = read_text(&self.config.with_file_name(&file.name)) else { return None };
        self.last = Some(file.name.clone());
        self.keep_reported(file.at);
        let now = match read_text(&self.config) {
            FileText::Read(text) => text,
            _ => String::new(),
        };
        // The first start of all: nobody knows whose edit it was.
        let is_old_news = is_first_look && reported.is_none() && saved.is_none();
        Some(Event::ConfigRejected {
            known: is_old_news || reported.is_some_and(|at| at >= file.at),
            rejected: RejectedConfig {
                at: file.at.as_millisecond(),
                why: file.why,
                hash: hash(&rejected),
                lines: domain::edit::lines_between(&now, &rejected),
                name: file.name,
            },
        })
    }

    fn reported(&self) -> Option<Timestamp> {
        files::read_text(&self.backups.join(REPORTED), SMALL).ok()?.trim().parse().ok()
    }

    /// Where it can't be kept, the next start reports it once more.
    fn keep_reported(&self, at: Timestamp) {
        let _ = write_private(&self.backups.join(REPORTED), at.to_string().as_bytes());
    }
}

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
        let found = rejected_files(&folder.path().join("openclaw.json"));
        let shown: Vec<String> = found.iter().map(|file| format!("{} {:?}", file.at, file.why)).collect();
        assert_eq!(shown, ["2026-11-23T14:00:02.5Z Refused", "2026-11-23T14:00:01Z Undone", "2026-11-23T14:00:01Z Undone"]);
    }
}
