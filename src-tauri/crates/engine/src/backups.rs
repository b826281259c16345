//! The texts before each write, kept in the app's own state folder, and those that OpenClaw rejected: what there is, and how one
//! is put back.

use std::path::{Component, Path, PathBuf};

use document::Document;
use domain::base::refusal::{Refusal, RefusalCode};
use domain::edit::{Judged, Proposal};
use domain::transition::Rejection;
use domain::view::types::STRAIGHT_QUOTES;
use domain::{Pace, State};
use jiff::Timestamp;

use crate::config::{FileText, Source, backup_files, backup_folder, create, hash, read_text, rejected_files, verify, write};
use crate::edit::{Edited, config_path};
use crate::openclaw::OpenClaw;
use crate::options::Options;
use crate::world::first_state;

/// A text that was there before a write, or that OpenClaw rejected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backup {
    pub name: String,
    /// When it was replaced; RFC 3339.
    pub at: String,
    pub bytes: u64,
    /// For what OpenClaw rejected: why.
    pub aside: Option<Rejection>,
    /// Whose text it was: the config's, or that of a file that it includes.
    pub file: PathBuf,
}

/// Returns the backups of the config, the newest first.
///
/// # Errors
/// When the profile's name can't be one, or the folder can't be read.
pub fn backups(options: &Options) -> Result<Vec<Backup>, Refusal> {
    list(&config_path(options)?, &options.backups())
}

/// Puts a backup back, named whole or by a part that only it has, or `latest` (of our own, of whichever file). What it replaces is backed
/// up itself.
///
/// # Errors
/// When there is no such backup, it is no config, or the file can't be written. Then nothing was written.
pub fn restore(options: &Options, wanted: &str, dry_run: bool) -> Result<Edited, Refusal> {
    let (path, folder) = (config_path(options)?, options.backups());
    let name = find(&list(&path, &folder)?, wanted)?;
    let mut state = first_state(&path, Pace::default());
    state.installed_schema = OpenClaw::new(options).at_hand();
    let RestorePlan { file, before, proposal } = RestorePlan::new(&path, &state, &folder, &name)?;
    let changed = before.as_deref() != Some(proposal.text());
    let written = changed && !dry_run;
    if written {
        let after = verify(&proposal.after)?;
        match &before {
            Some(before) => drop(write(&file, &hash(before), after, &folder)?),
            None => create(&file, after)?,
        }
    }
    Ok(Edited { path: file, review: proposal.review, changed, written })
}

fn find(all: &[Backup], wanted: &str) -> Result<String, Refusal> {
    let meant: Vec<&Backup> = match wanted {
        "latest" => all.iter().filter(|backup| backup.aside.is_none() && backup.name != STRAIGHT_QUOTES).take(1).collect(),
        _ if all.iter().any(|backup| backup.name == wanted) => all.iter().filter(|backup| backup.name == wanted).collect(),
        _ => all.iter().filter(|backup| backup.name.contains(wanted)).collect(),
    };
    match meant.as_slice() {
        [one] => Ok(one.name.clone()),
        [] => Err(invalid(format!("there is no backup {wanted}")).hint("Run pilotlight backups list to see them.")),
        many => Err(invalid(format!("{} backups have {wanted} in their names", many.len())).hint("Give the whole name of one.")),
    }
}

pub(crate) fn list(path: &Path, root: &Path) -> Result<Vec<Backup>, Refusal> {
    let mut found = Vec::new();
    for file in Source::files(path) {
        let folder = backup_folder(root, &file);
        let own = backup_files(&folder, &file).map_err(|error| {
            Refusal::new(RefusalCode::File, format!("the backups in {} can't be read: {error}", folder.display()))
        })?;
        found.extend(own.into_iter().map(|backup| (backup.at, backup.bytes, None, backup.name, file.clone())));
    }
    found.extend(rejected_files(path).into_iter().filter_map(|rejected| {
        let bytes = path.with_file_name(&rejected.name).metadata().ok()?.len();
        Some((rejected.at, bytes, Some(rejected.why), rejected.name, path.to_owned()))
    }));
    found.extend(straightened(path).and_then(|text| {
        let at = Timestamp::try_from(path.metadata().ok()?.modified().ok()?).ok()?;
        Some((at, text.len() as u64, None, STRAIGHT_QUOTES.to_owned(), path.to_owned()))
    }));
    found.sort_by(|a, b| (b.0, &b.3).cmp(&(a.0, &a.3)));
    let backups = found.into_iter().map(|(at, bytes, aside, name, file)| Backup { name, at: at.to_string(), bytes, aside, file });
    Ok(backups.collect())
}

/// Returns a file that does not read for its curly quotes alone, without them.
fn straightened(path: &Path) -> Option<String> {
    match read_text(path) {
        FileText::Read(text) if Document::parse(&text).is_err() => document::straighten_quotes(&text),
        _ => None,
    }
}

/// A backup in the place of what the file says now.
pub(crate) struct RestorePlan {
    pub(crate) file: PathBuf,
    /// `None` where there is no file.
    pub(crate) before: Option<String>,
    pub(crate) proposal: Proposal,
}

impl RestorePlan {
    /// `name` is that of one in the list, and nothing else.
    pub(crate) fn new(path: &Path, state: &State, root: &Path, name: &str) -> Result<RestorePlan, Refusal> {
        let read = |path: &Path| match read_text(path) {
            FileText::Read(text) => Ok(text),
            _ => Err(Refusal::new(RefusalCode::File, format!("{} can't be read", path.display()))),
        };
        let found = list(path, root)?.into_iter().find(|backup| backup.name == name);
        let Backup { file, aside, .. } = found.ok_or_else(|| invalid(format!("there is no backup {name}")))?;
        let text = match aside {
            _ if name == STRAIGHT_QUOTES => {
                straightened(path).ok_or_else(|| invalid("the quotes are already straight".to_owned()))?
            }
            None => read(&backup_folder(root, &file).join(name))?,
            Some(_) => read(&path.with_file_name(name))?,
        };
        let after = Document::parse(&text)
            .map_err(|error| invalid(format!("the backup itself has an error in line {}: {}", error.line, error.message)))?;
        let before = read_text(&file).optional()?;
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
            proposal.review.short_path = included_name(path, &file);
        }
        Ok(RestorePlan { file, before, proposal })
    }
}

/// Returns the path of a file that the config includes, as seen from the config.
pub(crate) fn included_name(config: &Path, file: &Path) -> String {
    let folder = config.parent().unwrap_or(Path::new(""));
    let below = file.strip_prefix(folder).unwrap_or(file);
    below.components().filter(|part| *part != Component::CurDir).collect::<PathBuf>().to_string_lossy().into_owned()
}

fn invalid(message: String) -> Refusal {
    Refusal::new(RefusalCode::Invalid, message)
}
