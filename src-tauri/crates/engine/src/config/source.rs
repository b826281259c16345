//! The config as it lies on the disk: one file, or several that it takes in by `$include`. Read as one, written file by file.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use document::Document;
use domain::base::refusal::{Refusal, RefusalCode};
use domain::config::{Config, Problem, Whole};
use domain::view::types::Review;

use super::{Environment, Text, Verified, hash, stale, text, verify, write};

/// Further folders that files may be taken in from, as in OpenClaw; apart by the system's path separator.
const ROOTS: &str = "OPENCLAW_INCLUDE_ROOTS";

#[derive(Clone, Debug)]
pub(crate) struct Source {
    whole: Whole,
    /// Of its files, the config's own first.
    paths: Vec<PathBuf>,
    /// Named there, and not to be read.
    unread: Vec<PathBuf>,
    /// Of the files' texts.
    hashes: OnceLock<Vec<String>>,
}

/// What a file said and says, to take a save back.
#[derive(Clone, Debug)]
pub(crate) struct Swap {
    pub path: PathBuf,
    pub before: String,
    /// Of the text that was written.
    pub hash: String,
}

impl Source {
    /// For an edit: what can't be read is a refusal.
    pub fn read(path: &Path) -> Result<Source, Refusal> {
        Ok(Source::of(path, Source::main(path)?))
    }

    fn main(path: &Path) -> Result<Document, Refusal> {
        let main = match text(path) {
            Text::Read(text) => text,
            Text::Missing => return Err(Refusal::new(RefusalCode::File, "there is no file to save to")),
            Text::Unreadable(why) => return Err(Refusal::new(RefusalCode::File, format!("the file can't be read: {why}"))),
        };
        Document::parse(main).map_err(|error| {
            Refusal::new(RefusalCode::File, format!("the file has an error in line {}: {}", error.line, error.message))
                .hint("mend it first; your changes are kept")
        })
    }

    /// As it would be with another text of one of its files.
    pub fn with(path: &Path, file: &Path, doc: &Document) -> Result<Source, Refusal> {
        if file == path {
            return Ok(Source::of(path, doc.clone()));
        }
        let main = Source::main(path)?;
        Ok(Source::assembled(path, main, &|other| if other == file { Ok(doc.clone()) } else { taken_in(other) }))
    }

    /// With all that this text of the config's own file takes in.
    pub fn of(path: &Path, doc: Document) -> Source {
        Source::assembled(path, doc, &taken_in)
    }

    fn assembled(path: &Path, doc: Document, taken_in: &dyn Fn(&Path) -> Result<Document, String>) -> Source {
        let (mut paths, mut unread) = (vec![path.to_owned()], Vec::new());
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        // Looked for, not parsed for: hardly any config has one.
        let whole = if doc.text().contains("$include") || doc.text().contains('\\') {
            Whole::assemble(&name, doc, &mut |name, from| {
                let other = allowed(path, &paths[from], name)?;
                let read = taken_in(&other);
                if read.is_ok() { &mut paths } else { &mut unread }.push(other);
                read
            })
        } else {
            Whole::alone(&name, doc)
        };
        Source { whole, paths, unread, hashes: OnceLock::new() }
    }

    pub fn doc(&self) -> &Document {
        self.whole.doc()
    }

    /// Changes whenever one of the texts does.
    pub fn base(&self) -> String {
        match self.hashes() {
            [only] => only.clone(),
            all => hash(&all.concat()),
        }
    }

    fn hashes(&self) -> &[String] {
        self.hashes.get_or_init(|| (0..self.paths.len()).map(|it| hash(self.whole.text(it))).collect())
    }

    /// With what was met when it was read.
    pub fn config(&self) -> (Config, Vec<Problem>) {
        let env = self.env();
        self.whole.config(&|name| env.get(name))
    }

    /// All that is wrong with it.
    pub fn problems(&self, config: &Config, met: Vec<Problem>) -> Vec<Problem> {
        self.whole.problems(config, met)
    }

    pub fn env(&self) -> Environment {
        Environment::beside(&self.paths[0]).with_config(self.doc())
    }

    /// The files beside the config's own that have a part in it.
    pub fn others(&self) -> &[PathBuf] {
        &self.paths[1..]
    }

    /// All files that the config is made of, its own first, whether they read or not. Of a config that does not read itself, it alone.
    pub fn files(path: &Path) -> Vec<PathBuf> {
        match Source::read(path) {
            Ok(Source { paths, unread, .. }) => paths.into_iter().chain(unread).collect(),
            Err(_) => vec![path.to_owned()],
        }
    }

    /// The differences file by file, in the place of those of the whole.
    pub fn show(&self, after: &Document, review: &mut Review) -> Result<(), Refusal> {
        if self.whole.is_alone() {
            return Ok(());
        }
        let parts = self.whole.part(after)?;
        self.whole.show(review, &parts);
        Ok(())
    }

    /// Writes the files that differ once the whole reads as `after`. The config's own comes last: what it takes in is there then. If one
    /// can't be written, those before it are put back.
    pub fn write(&self, after: Verified<'_>, backups: &Path) -> Result<Vec<Swap>, Refusal> {
        let mut parts = self.whole.part(after.doc())?;
        parts.reverse();
        let mut done: Vec<Swap> = Vec::new();
        for part in parts {
            let (path, before) = (&self.paths[part.file], self.whole.text(part.file));
            let to = if self.whole.is_alone() { Ok(after) } else { verify(&part.after) };
            match to.and_then(|to| write(path, &self.hashes()[part.file], to, backups)) {
                Ok(written) => done.push(Swap { path: path.clone(), before: before.to_owned(), hash: written.hash }),
                Err(refusal) => {
                    // What is not put back is among the backups; the refusal is the news.
                    let _ = put_back(&done, backups);
                    return Err(refusal);
                }
            }
        }
        Ok(done)
    }
}

/// Each file as it was before, if none was written since.
pub(crate) fn put_back(swaps: &[Swap], backups: &Path) -> Result<(), Refusal> {
    let is_ours = |it: &Swap| matches!(text(&it.path), Text::Read(text) if hash(&text) == it.hash);
    if !swaps.iter().all(is_ours) {
        return Err(stale());
    }
    for swap in swaps.iter().rev() {
        let before = Document::parse(&swap.before).map_err(|error| Refusal::new(RefusalCode::Internal, error.message))?;
        write(&swap.path, &swap.hash, verify(&before)?, backups)?;
    }
    Ok(())
}

/// A file that another one names, from the folders that OpenClaw allows: the config's own and those below it, and `ROOTS`.
fn allowed(config: &Path, from: &Path, name: &str) -> Result<PathBuf, String> {
    let folder = from.parent().unwrap_or(Path::new("."));
    let path = folder.join(name);
    // One that is gone would be where its folder is.
    let real = fs::canonicalize(&path).or_else(|error| match (path.parent().map(fs::canonicalize), path.file_name()) {
        (Some(Ok(folder)), Some(name)) => Ok(folder.join(name)),
        _ => Err(super::read::why(&error)),
    })?;
    let own = config.parent().map(Path::to_owned);
    let roots = std::env::var_os(ROOTS).into_iter().flat_map(|it| std::env::split_paths(&it).collect::<Vec<_>>());
    let allowed = own.into_iter().chain(roots).filter_map(|it| fs::canonicalize(it).ok()).any(|it| real.starts_with(it));
    if !allowed {
        return Err(format!("it is outside of the config's folder; OpenClaw takes it in only if {ROOTS} names its folder"));
    }
    Ok(path)
}

fn taken_in(path: &Path) -> Result<Document, String> {
    match text(path) {
        Text::Read(text) => match Document::parse(text) {
            Ok(doc) => Ok(doc),
            Err(error) => Err(format!("it has an error in line {}: {}", error.line, error.message)),
        },
        Text::Missing => Err("there is no such file".to_owned()),
        Text::Unreadable(why) => Err(why),
    }
}
