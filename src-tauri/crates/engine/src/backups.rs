//! The texts before each write, kept in the app's own state folder: what there is, and how one comes back.

use std::fs;
use std::path::Path;

use document::Document;
use domain::edit::Proposal;
use domain::intent::{Refusal, RefusalCode};
use domain::{Pace, State};

use crate::Options;
use crate::config::{Environment, Text, create, hash, is_backup_of, text};
use crate::edit::{Edited, conclude, path};

/// A text that was there before a write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backup {
    pub name: String,
    /// When it was replaced; RFC 3339.
    pub at: String,
    pub bytes: u64,
}

/// The newest first. A config of the same name in another folder (another profile) has its backups among them.
///
/// # Errors
/// When the profile's name can't be one, or the folder can't be read.
pub fn backups(options: &Options) -> Result<Vec<Backup>, Refusal> {
    list(&path(options)?, &options.backups())
}

/// Puts a backup back, named whole or by a part that only it has, or `latest`. What it replaces is backed up itself.
///
/// # Errors
/// When there is no such backup, it is no config, or the file can't be written. Then nothing was written.
pub fn restore(options: &Options, wanted: &str, dry_run: bool) -> Result<Edited, Refusal> {
    let (path, folder) = (path(options)?, options.backups());
    let all = list(&path, &folder)?;
    let meant: Vec<&Backup> = match wanted {
        "latest" => all.iter().take(1).collect(),
        _ => all.iter().filter(|it| it.name.contains(wanted)).collect(),
    };
    let backup = match meant.as_slice() {
        [one] => *one,
        [] => return Err(invalid(format!("there is no backup {wanted}")).hint("pilotlight backups list shows them")),
        many => {
            return Err(invalid(format!("{} backups have {wanted} in their names", many.len())).hint("name one of them whole"));
        }
    };
    let Comeback { before, proposal } = propose(&path, &crate::state(&path, Pace::default()), &folder, &backup.name)?;
    match before {
        Some(before) => conclude(options, path, &before, proposal, dry_run),
        None => {
            if !dry_run {
                create(&path, &proposal.after)?;
            }
            Ok(Edited { path, review: proposal.review, changed: true, written: !dry_run })
        }
    }
}

pub(crate) fn list(path: &Path, folder: &Path) -> Result<Vec<Backup>, Refusal> {
    let name = path.file_name().map_or_else(String::new, |it| it.to_string_lossy().into_owned());
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => {
            return Err(Refusal::new(RefusalCode::File, format!("the backups in {} can't be read: {error}", folder.display())));
        }
    };
    let mut found: Vec<Backup> = entries
        .flatten()
        .filter(|it| is_backup_of(&it.path(), &name))
        .filter_map(|it| {
            let file = it.file_name().to_string_lossy().into_owned();
            let at = instant(file.strip_prefix(&name)?)?;
            Some(Backup { at, bytes: it.metadata().ok()?.len(), name: file })
        })
        .collect();
    // The names sort by time.
    found.sort_by(|a, b| b.name.cmp(&a.name));
    Ok(found)
}

/// A backup in the place of what the file says now.
pub(crate) struct Comeback {
    /// `None` where there is no file.
    pub(crate) before: Option<String>,
    pub(crate) proposal: Proposal,
}

/// `name` is that of a file in the folder of backups, and nothing else.
pub(crate) fn propose(path: &Path, state: &State, folder: &Path, name: &str) -> Result<Comeback, Refusal> {
    if !list(path, folder)?.iter().any(|it| it.name == name) {
        return Err(invalid(format!("there is no backup {name}")));
    }
    let at = folder.join(name);
    let Text::Read(to) = text(&at) else {
        return Err(Refusal::new(RefusalCode::File, format!("{} can't be read", at.display())));
    };
    let after = Document::parse(&to)
        .map_err(|error| invalid(format!("the backup itself has an error in line {}: {}", error.line, error.message)))?;
    let before = match text(path) {
        Text::Read(text) => Some(text),
        Text::Missing => None,
        Text::Unreadable(why) => return Err(Refusal::new(RefusalCode::File, format!("the file can't be read: {why}"))),
    };
    let env = Environment::beside(path).with_config(&after);
    let now = before.as_deref().unwrap_or_default();
    let proposal = domain::edit::replace(state, now, &after, &hash(now), &|name| env.get(name));
    Ok(Comeback { before, proposal })
}

fn invalid(message: String) -> Refusal {
    Refusal::new(RefusalCode::Invalid, message)
}

/// `.20261123T091500.123Z.0123456789abcdef` as 2026-11-23T09:15:00.123Z.
fn instant(rest: &str) -> Option<String> {
    let stamp = rest.strip_prefix('.')?.rsplit_once('.')?.0.strip_suffix('Z')?;
    let at = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%S%.f", stamp).ok()?;
    Some(format!("{at}Z"))
}

#[cfg(test)]
mod tests {
    use super::instant;

    #[test]
    fn the_time_is_in_the_name() {
        assert_eq!(instant(".20261123T091500.123Z.0123456789abcdef").as_deref(), Some("2026-11-23T09:15:00.123Z"));
        assert_eq!(instant(".bak"), None);
    }
}
