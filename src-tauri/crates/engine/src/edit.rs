//! One edit from its start to its end, for those who keep no state: read, propose, verify, back up, write. The owner task proposes by
//! the same function, so that the window and the command line make the same text of the same change.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use document::Document;
use domain::change::Change;
use domain::config::{Config, Problem};
use domain::edit::Proposal;
use domain::intent::{Refusal, RefusalCode};
use domain::view_types::Review;
use domain::{Pace, State};

use crate::Options;
use crate::config::{Environment, Text, hash, text, write};

/// Others that write all the time have to pause once within this time.
const PATIENCE: Duration = Duration::from_secs(10);

/// What an edit starts from.
#[derive(Clone, Debug)]
pub struct Ground {
    pub path: PathBuf,
    pub doc: Document,
    pub config: Config,
    pub problems: Vec<Problem>,
    /// Nothing was probed: it knows names and paths, and mixes the tags of keys.
    pub state: State,
}

#[derive(Clone, Debug)]
pub struct Edited {
    pub path: PathBuf,
    pub review: Review,
    /// The text would be, or is, another one.
    pub changed: bool,
    pub written: bool,
}

impl Ground {
    /// Reads the file as it is now.
    ///
    /// # Errors
    /// When there is no file, or it does not read as a config.
    pub fn read(options: &Options) -> Result<Ground, Refusal> {
        let path = path(options)?;
        let mut state = crate::state(&path, Pace::default());
        if matches!(text(&path), Text::Missing) {
            return Err(Refusal::new(RefusalCode::File, format!("there is no config at {}", path.display()))
                .hint("OpenClaw makes one when it is set up; or name another file"));
        }
        let (_, doc) = current(&path).map_err(|it| Refusal { hint: it.hint.map(|_| "mend it first".to_owned()), ..it })?;
        if !doc.value().is_object() {
            return Err(Refusal::new(RefusalCode::File, "the config should be an object: { ... }"));
        }
        let env = Environment::beside(&path).with_config(&doc);
        let (config, problems) = Config::read(&doc, &|name| env.get(name));
        state.config = config.clone();
        Ok(Ground { path, doc, config, problems, state })
    }

    /// The tag of a key, as a change takes it for `was`.
    #[must_use]
    pub fn key_tag(&self, key: &domain::config::Key) -> String {
        domain::edit::key_tag(&self.state, key)
    }
}

/// Makes changes of what the file says now, and writes them, unless it is to be a dry run. Where another program writes at the same
/// time, they are made anew of what it wrote.
///
/// # Errors
/// When the changes are refused, or the file can't be read or written. Then nothing was written.
pub fn edit(options: &Options, dry_run: bool, make: impl Fn(&Ground) -> Result<Vec<Change>, Refusal>) -> Result<Edited, Refusal> {
    let begun = Instant::now();
    loop {
        let last = begun.elapsed() > PATIENCE;
        let ground = Ground::read(options)?;
        let changes = make(&ground)?;
        let (before, proposal) = propose_on(&ground.path, &ground.state, &ground.doc, &changes)?;
        match conclude(options, ground.path, &before, proposal, dry_run) {
            Err(refusal) if refusal.code == RefusalCode::Stale && !last => {}
            concluded => return concluded,
        }
    }
}

/// Against the freshest text, whatever was read before. Where there never was one, a first config.
pub(crate) fn propose(path: &Path, state: &State, changes: &[Change]) -> Result<(String, Proposal), Refusal> {
    if is_first(path, state) {
        let env = Environment::beside(path);
        let proposal = domain::edit::found(state, &hash(""), changes, &|name| env.get(name))?;
        return Ok((String::new(), proposal));
    }
    let (_, doc) = current(path)?;
    propose_on(path, state, &doc, changes)
}

/// Each place that names a provider, or one model of it.
pub(crate) fn referrers(path: &Path, provider: &str, model: Option<&str>) -> Result<Vec<String>, Refusal> {
    let (_, doc) = current(path)?;
    let (config, _) = Config::read(&doc, &|_| None);
    Ok(domain::edit::referrers(&doc, &config, provider, model))
}

/// The same as `propose`, without its review: the text before, and after.
pub(crate) fn apply(path: &Path, state: &State, changes: &[Change]) -> Result<(Option<String>, Document), Refusal> {
    if is_first(path, state) {
        return Ok((None, propose(path, state, changes)?.1.after));
    }
    let (before, doc) = current(path)?;
    let env = Environment::beside(path).with_config(&doc);
    let after = domain::edit::apply(state, &doc, changes, &|name| env.get(name))?;
    Ok((Some(before), after))
}

/// There is no file, and there was none before: one that is gone may come back from elsewhere.
fn is_first(path: &Path, state: &State) -> bool {
    state.file.hash.is_none() && matches!(text(path), Text::Missing)
}

/// Writes what is proposed in the place of `before`, unless that is the same.
pub(crate) fn conclude(
    options: &Options,
    path: PathBuf,
    before: &str,
    proposal: Proposal,
    dry_run: bool,
) -> Result<Edited, Refusal> {
    let changed = proposal.text() != before;
    if changed && !dry_run {
        write(&path, &hash(before), &proposal.after, &options.backups())?;
    }
    Ok(Edited { path, review: proposal.review, changed, written: changed && !dry_run })
}

pub(crate) fn path(options: &Options) -> Result<PathBuf, Refusal> {
    crate::config_path(options).map_err(|it| Refusal::new(RefusalCode::File, it.to_string()))
}

fn propose_on(path: &Path, state: &State, doc: &Document, changes: &[Change]) -> Result<(String, Proposal), Refusal> {
    let env = Environment::beside(path).with_config(doc);
    let proposal = domain::edit::propose(state, doc, &hash(doc.text()), changes, &|name| env.get(name))?;
    Ok((doc.text().to_owned(), proposal))
}

fn current(path: &Path) -> Result<(String, Document), Refusal> {
    let current = match text(path) {
        Text::Read(text) => text,
        Text::Missing => return Err(Refusal::new(RefusalCode::File, "there is no file to save to")),
        Text::Unreadable(why) => return Err(Refusal::new(RefusalCode::File, format!("the file can't be read: {why}"))),
    };
    let doc = Document::parse(&current).map_err(|error| {
        Refusal::new(RefusalCode::File, format!("the file has an error in line {}: {}", error.line, error.message))
            .hint("mend it first; your changes are kept")
    })?;
    Ok((current, doc))
}
