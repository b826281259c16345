//! One edit from its start to its end, for those who keep no state: read, propose, verify, back up, write. The window's edits go through
//! the same functions, so that it and the command line make the same text of the same change.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use document::{Document, Value};
use domain::base::change::{Change, NewKey, Place};
use domain::base::refusal::{Refusal, RefusalCode};
use domain::config::{Config, Problem};
use domain::edit::{DraftCheck, Proposal};
use domain::view::types::Review;
use domain::{Pace, State};

use crate::config::{Environment, FileRollback, FileText, Source, create, hash, read_text, stale, verify};
use crate::openclaw::OpenClaw;
use crate::options::Options;
use crate::world::first_state;

/// Others that write all the time have to pause once within this time.
const PATIENCE: Duration = Duration::from_secs(10);
/// A text that does not read may be half written for as long.
const HALF_WRITTEN: Duration = Duration::from_millis(80);
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// The config as it was read for an edit.
#[derive(Clone, Debug)]
pub struct EditSession {
    pub path: PathBuf,
    /// Of reading the config.
    met: Vec<Problem>,
    /// Nothing was probed: it knows the config, names and paths, and mixes the tags of keys.
    pub state: State,
    source: Source,
}

#[derive(Clone, Debug)]
pub struct Edited {
    pub path: PathBuf,
    pub review: Review,
    /// The text would be, or is, another one.
    pub changed: bool,
    pub written: bool,
}

impl EditSession {
    /// Reads the file as it is now.
    ///
    /// # Errors
    /// When there is no file, or it does not read as a config.
    pub fn read(options: &Options) -> Result<EditSession, Refusal> {
        let path = config_path(options)?;
        let mut state = first_state(&path, Pace::default());
        if !path.exists() {
            return Err(Refusal::new(RefusalCode::File, format!("there is no config at {}", path.display()))
                .hint("OpenClaw makes one when you set it up (openclaw onboard). Or name another file with --config."));
        }
        let source = Source::read(&path)
            .map_err(|refusal| Refusal { hint: refusal.hint.map(|_| "Correct it first.".to_owned()), ..refusal })?;
        if !source.doc().root().is_object() {
            return Err(Refusal::new(RefusalCode::File, "the config should be an object: { ... }"));
        }
        let met;
        (state.config, met) = source.config();
        Ok(EditSession { path, met, state, source })
    }

    #[must_use]
    pub fn config(&self) -> &Config {
        &self.state.config
    }

    /// Returns what is wrong with the config.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        self.source.problems(self.config(), self.met.clone())
    }

    /// Returns all of the config, whatever files it is made of.
    #[must_use]
    pub fn doc(&self) -> &Document {
        self.source.doc()
    }

    /// Returns the change that sets a value, from what the file says now.
    #[must_use]
    pub fn set(&self, at: Place, to: Option<Value>) -> Change {
        let was = at.value(self.doc());
        Change::Set { at, was, to }
    }

    /// Returns the change that sets a secret, from what the file says now.
    #[must_use]
    pub fn set_secret(&self, at: Place, to: NewKey) -> Change {
        let was = domain::edit::secret_tag(self.doc(), self.config(), &at, self.state.seed);
        Change::Secret { at, was, to }
    }
}

/// Makes changes from what the file says now, and writes them if they `may` be once reviewed. Where another program writes at the same
/// time, they are made anew from what it wrote.
///
/// # Errors
/// When the changes are refused, or the file can't be read or written. Then nothing was written.
pub fn edit(
    options: &Options,
    make: impl Fn(&EditSession) -> Result<Vec<Change>, Refusal>,
    may: impl Fn(&Review) -> Result<bool, Refusal>,
) -> Result<Edited, Refusal> {
    let begun = Instant::now();
    let mut unread = None;
    let installed_schema = OpenClaw::new(options).at_hand();
    loop {
        let last = begun.elapsed() > PATIENCE;
        let mut session = match EditSession::read(options) {
            // An editor that writes in place may be at it.
            Err(refusal)
                if refusal.code == RefusalCode::File && unread.get_or_insert_with(Instant::now).elapsed() < HALF_WRITTEN =>
            {
                std::thread::sleep(LOOK_AGAIN);
                continue;
            }
            read => read?,
        };
        unread = None;
        session.state.installed_schema.clone_from(&installed_schema);
        let changes = make(&session)?;
        let EditSession { source, state, met, .. } = &session;
        let Proposal { after, review } = propose_on(source, (&state.config, met), state, &changes)?;
        let changed = after.text() != source.doc().text();
        let written = changed && may(&review)?;
        if written {
            match source.write(verify(&after)?, &options.backups()) {
                Err(refusal) if refusal.code == RefusalCode::Stale && !last => continue,
                written => drop(written?),
            }
        }
        return Ok(Edited { path: session.path, review, changed, written });
    }
}

/// Proposes changes to the freshest text, whatever was read before. Where there never was one, a first config.
pub(crate) fn propose(path: &Path, state: &State, changes: &[Change]) -> Result<Proposal, Refusal> {
    if is_first(path, state) {
        let env = Environment::beside(path);
        return domain::edit::found(state, &hash(""), changes, &|name| env.get(name));
    }
    let source = Source::read(path)?;
    let (config, met) = source.config();
    propose_on(&source, (&config, &met), state, changes)
}

/// What changes would newly break. A file that does not read says so elsewhere.
pub(crate) fn draft_check(path: &Path, state: &State, changes: &[Change]) -> Result<DraftCheck, Refusal> {
    if is_first(path, state) {
        let env = Environment::beside(path);
        return Ok(domain::edit::draft_check(state, &domain::edit::starter()?, changes, &|name| env.get(name)));
    }
    let source = Source::read(path)?;
    let env = source.env();
    Ok(domain::edit::draft_check(state, source.doc(), changes, &|name| env.get(name)))
}

/// Returns each place that names a provider, or one model of it.
pub(crate) fn referrers(path: &Path, provider: &str, model: Option<&str>) -> Result<Vec<String>, Refusal> {
    let source = Source::read(path)?;
    let (config, _) = Config::of(source.doc(), &|_| None);
    Ok(domain::edit::referrers(source.doc(), &config, provider, model))
}

/// Whether there is no file, and there was none before: one that is gone may come back from elsewhere.
fn is_first(path: &Path, state: &State) -> bool {
    state.file.hash.is_none() && matches!(read_text(path), FileText::Missing)
}

/// Writes what was reviewed, if the config is still the one that it was reviewed on. Returns the hash of what it says then, too.
pub(crate) fn save(
    path: &Path,
    state: &State,
    changes: &[Change],
    base: &str,
    backups: &Path,
) -> Result<(Vec<FileRollback>, String), Refusal> {
    if is_first(path, state) {
        let first = propose(path, state, changes)?.after;
        if base != hash("") {
            return Err(stale());
        }
        create(path, verify(&first)?)?;
        return Ok((Vec::new(), hash(first.text())));
    }
    let source = Source::read(path)?;
    let env = source.env();
    let after = domain::edit::apply(state, source.doc(), changes, &|name| env.get(name))?;
    if source.base() != base {
        return Err(stale());
    }
    let rollbacks = source.write(verify(&after)?, backups)?;
    let hash = match rollbacks.as_slice() {
        [only] if source.is_one_file() => only.hash.clone(),
        [] => source.base(),
        // Written it is, though it may not be read at this moment.
        _ => Source::read(path).map_or_else(|_| source.base(), |written| written.base()),
    };
    Ok((rollbacks, hash))
}

pub(crate) fn config_path(options: &Options) -> Result<PathBuf, Refusal> {
    options.config_path().map_err(|error| Refusal::new(RefusalCode::File, error.to_string()))
}

fn propose_on(source: &Source, read: (&Config, &[Problem]), state: &State, changes: &[Change]) -> Result<Proposal, Refusal> {
    let (env, doc) = (source.env(), source.doc());
    let env = |name: &str| env.get(name);
    let after = domain::edit::make(state, doc, read.0, changes, &env)?;
    let mut review = domain::edit::review(state, doc, read, &after, &source.base(), changes, &env);
    source.show(&after, &mut review)?;
    Ok(Proposal { after, review })
}
