//! The texts before each write, kept in the app's own state folder, and those that OpenClaw set aside: what there is, and how one
//! comes back.

use std::fs;
use std::path::{Component, Path, PathBuf};

use document::Document;
use domain::base::refusal::{Refusal, RefusalCode};
use domain::edit::{Judged, Proposal};
use domain::transition::Rejection;
use domain::view::types::STRAIGHT_QUOTES;
use domain::{Pace, State};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::Options;
use crate::config::{Source, Text, asides, backups_of, create, hash, text, verify, write};
use crate::edit::{Edited, path};
use crate::openclaw::OpenClaw;

/// A text that was there before a write, or was set aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backup {
    pub name: String,
    /// When it was replaced; RFC 3339.
    pub at: String,
    pub bytes: u64,
    /// For what OpenClaw set aside: why.
    pub aside: Option<Rejection>,
    /// Whose text it was: the config's, or that of a file that it takes in.
    pub file: PathBuf,
}

/// The newest first.
///
/// # Errors
/// When the profile's name can't be one, or the folder can't be read.
pub fn backups(options: &Options) -> Result<Vec<Backup>, Refusal> {
    list(&path(options)?, &options.backups())
}

/// Puts a backup back, named whole or by a part that only it has, or `latest` (of our own, of whichever file). What it replaces is backed up itself.
///
/// # Errors
/// When there is no such backup, it is no config, or the file can't be written. Then nothing was written.
pub fn restore(options: &Options, wanted: &str, dry_run: bool) -> Result<Edited, Refusal> {
    let (path, folder) = (path(options)?, options.backups());
    let all = list(&path, &folder)?;
    let meant: Vec<&Backup> = match wanted {
        "latest" => all.iter().filter(|it| it.aside.is_none() && it.name != STRAIGHT_QUOTES).take(1).collect(),
        _ if all.iter().any(|it| it.name == wanted) => all.iter().filter(|it| it.name == wanted).collect(),
        _ => all.iter().filter(|it| it.name.contains(wanted)).collect(),
    };
    let backup = match meant.as_slice() {
        [one] => *one,
        [] => return Err(invalid(format!("there is no backup {wanted}")).hint("pilotlight backups list shows them")),
        many => {
            return Err(invalid(format!("{} backups have {wanted} in their names", many.len())).hint("name one of them whole"));
        }
    };
    let mut state = crate::state(&path, Pace::default());
    state.own_schema = OpenClaw::new(options).at_hand();
    let Comeback { file: path, before, proposal } = propose(&path, &state, &folder, &backup.name)?;
    match before {
        Some(before) => {
            let changed = proposal.text() != before;
            if changed && !dry_run {
                write(&path, &hash(&before), verify(&proposal.after)?, &options.backups())?;
            }
            Ok(Edited { path, review: proposal.review, changed, written: changed && !dry_run })
        }
        None => {
            if !dry_run {
                create(&path, verify(&proposal.after)?)?;
            }
            Ok(Edited { path, review: proposal.review, changed: true, written: !dry_run })
        }
    }
}

pub(crate) fn list(path: &Path, root: &Path) -> Result<Vec<Backup>, Refusal> {
    let mut found = Vec::new();
    for file in Source::files(path) {
        let ours = ours(&file, root)?;
        found.extend(
            ours.into_iter()
                .map(|(at, bytes, name)| (at, Backup { name, at: at.to_string(), bytes, aside: None, file: file.clone() })),
        );
    }
    let theirs = asides(path).into_iter().filter_map(|it| {
        let bytes = fs::metadata(path.with_file_name(&it.name)).ok()?.len();
        Some((it.at, bytes, Some(it.why), it.name))
    });
    let straight = straightened(path).and_then(|text| {
        let at = Timestamp::try_from(fs::metadata(path).ok()?.modified().ok()?).ok()?;
        Some((at, text.len() as u64, None, STRAIGHT_QUOTES.to_owned()))
    });
    found.extend(
        theirs
            .chain(straight)
            .map(|(at, bytes, aside, name)| (at, Backup { name, at: at.to_string(), bytes, aside, file: path.to_owned() })),
    );
    found.sort_by(|a, b| (b.0, &b.1.name).cmp(&(a.0, &a.1.name)));
    Ok(found.into_iter().map(|it| it.1).collect())
}

/// Those of one file: when each was made, its size and its name.
fn ours(file: &Path, root: &Path) -> Result<Vec<(Timestamp, u64, String)>, Refusal> {
    let (name, folder) = (file_name(file), backups_of(root, file));
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => Some(entries),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => {
            return Err(Refusal::new(RefusalCode::File, format!("the backups in {} can't be read: {error}", folder.display())));
        }
    };
    let read = entries.into_iter().flatten().flatten().filter_map(|it| {
        let file = it.file_name().to_string_lossy().into_owned();
        Some((instant(file.strip_prefix(&name)?)?, it.metadata().ok()?.len(), file))
    });
    Ok(read.collect())
}

/// When the last of our own was made. `folder` is that of this config's backups.
pub(crate) fn last(folder: &Path, config: &Path) -> Option<Timestamp> {
    let name = file_name(config);
    let files = fs::read_dir(folder).ok()?.flatten();
    files.filter_map(|it| instant(it.file_name().to_string_lossy().strip_prefix(&name)?)).max()
}

fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |it| it.to_string_lossy().into_owned())
}

/// A backup in the place of what the file says now.
pub(crate) struct Comeback {
    pub(crate) file: PathBuf,
    /// `None` where there is no file.
    pub(crate) before: Option<String>,
    pub(crate) proposal: Proposal,
}

/// A file that does not read for its curly quotes alone, without them.
fn straightened(path: &Path) -> Option<String> {
    match text(path) {
        Text::Read(text) if Document::parse(&text).is_err() => document::straighten_quotes(&text),
        _ => None,
    }
}

/// `name` is that of one in the list, and nothing else.
pub(crate) fn propose(path: &Path, state: &State, root: &Path, name: &str) -> Result<Comeback, Refusal> {
    let read = |at: &Path| match text(at) {
        Text::Read(text) => Ok(text),
        _ => Err(Refusal::new(RefusalCode::File, format!("{} can't be read", at.display()))),
    };
    let found = list(path, root)?.into_iter().find(|it| it.name == name);
    let Backup { file, aside, .. } = found.ok_or_else(|| invalid(format!("there is no backup {name}")))?;
    let to = match aside {
        _ if name == STRAIGHT_QUOTES => straightened(path).ok_or_else(|| invalid("the quotes are straight by now".to_owned()))?,
        None => read(&backups_of(root, &file).join(name))?,
        Some(_) => read(&path.with_file_name(name))?,
    };
    let after = Document::parse(&to)
        .map_err(|error| invalid(format!("the backup itself has an error in line {}: {}", error.line, error.message)))?;
    let before = match text(&file) {
        Text::Read(text) => Some(text),
        Text::Missing => None,
        Text::Unreadable(why) => return Err(Refusal::new(RefusalCode::File, format!("the file can't be read: {why}"))),
    };
    let now = before.as_deref().unwrap_or_default();
    // A part by itself is no config. Where the rest does not read, nothing can be said of the whole.
    let (whole_before, whole) = (Source::read(path).ok(), Source::with(path, &file, &after).ok());
    let judged = whole.as_ref().map(|whole| {
        let (config, met) = whole.config();
        let problems = whole.problems(&config, met);
        Judged { before: whole_before.as_ref().map(Source::doc), after: whole.doc(), problems }
    });
    let mut proposal = domain::edit::replace(state, now, &after, judged.as_ref(), &hash(now));
    if file != path {
        proposal.review.short_path = part_name(path, &file);
    }
    Ok(Comeback { file, before, proposal })
}

/// A file that the config takes in, as seen from the config.
pub(crate) fn part_name(config: &Path, file: &Path) -> String {
    let folder = config.parent().unwrap_or(Path::new(""));
    let below = file.strip_prefix(folder).unwrap_or(file);
    below.components().filter(|it| *it != Component::CurDir).collect::<PathBuf>().to_string_lossy().into_owned()
}

fn invalid(message: String) -> Refusal {
    Refusal::new(RefusalCode::Invalid, message)
}

/// `.20261123T091500.123Z.0123456789abcdef`
fn instant(rest: &str) -> Option<Timestamp> {
    let stamp = rest.strip_prefix('.')?.rsplit_once('.')?.0.strip_suffix('Z')?;
    let at = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%S%.f", stamp).ok()?;
    Some(at.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::instant;

    #[test]
    fn the_time_is_in_the_name() {
        let at = instant(".20261123T091500.123Z.0123456789abcdef").map(|it| it.to_string());
        assert_eq!(at.as_deref(), Some("2026-11-23T09:15:00.123Z"));
        assert_eq!(instant(".bak"), None);
    }
}
