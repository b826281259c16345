//! The config on the disk: one file, or several that it includes. Read as one, written file by file.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use document::Document;
use domain::base::refusal::{Refusal, RefusalCode};
use domain::config::{Config, IncludeTree, Problem};
use domain::view::types::Review;

use super::environment::Environment;
use super::text::{FileText, hash, read_text};
use super::write::{Verified, stale, verify, write};
use crate::files::reason;

/// Further folders that files may be included from, as in OpenClaw; separated as in `PATH`.
const ROOTS: &str = "OPENCLAW_INCLUDE_ROOTS";

#[derive(Clone, Debug)]
pub(crate) struct Source {
    tree: IncludeTree,
    /// Of its files, the config's own first.
    paths: Vec<PathBuf>,
    /// Files that it names and that can't be read.
    unread: Vec<PathBuf>,
    /// Of the files' texts.
    hashes: OnceLock<Vec<String>>,
}

/// What a file said before a save, to take that back.
#[derive(Clone, Debug)]
pub(crate) struct FileRollback {
    pub path: PathBuf,
    pub before: String,
    /// Of the text that was written.
    pub hash: String,
}

impl Source {
    /// Reads the config for an edit: what can't be read is a refusal.
    pub fn read(path: &Path) -> Result<Source, Refusal> {
        Ok(Source::of(path, Source::main(path)?))
    }

    fn main(path: &Path) -> Result<Document, Refusal> {
        let text = read_text(path).required(|| Refusal::new(RefusalCode::File, "there is no file to save to"))?;
        Document::parse(text).map_err(|error| {
            Refusal::new(RefusalCode::File, format!("the file has an error in line {}: {}", error.line, error.message))
                .hint("Correct it first. Your changes are kept.")
        })
    }

    /// Returns the config as it would be with another text of one of its files.
    pub fn with(path: &Path, file: &Path, doc: &Document) -> Result<Source, Refusal> {
        if file == path {
            return Ok(Source::of(path, doc.clone()));
        }
        let main = Source::main(path)?;
        Ok(Source::assembled(path, main, &|other| if other == file { Ok(doc.clone()) } else { read_included(other) }))
    }

    /// Reads all that this text of the config's own file includes.
    pub fn of(path: &Path, doc: Document) -> Source {
        Source::assembled(path, doc, &read_included)
    }

    fn assembled(path: &Path, doc: Document, read: &dyn Fn(&Path) -> Result<Document, String>) -> Source {
        let (mut paths, mut unread) = (vec![path.to_owned()], Vec::new());
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        // Searching the text is cheaper than walking the document, and hardly any config includes others.
        let tree = if doc.text().contains("$include") || doc.text().contains('\\') {
            IncludeTree::assemble(&name, doc, &mut |name, from| {
                let other = allowed(path, &paths[from], name)?;
                let doc = read(&other);
                if doc.is_ok() { &mut paths } else { &mut unread }.push(other);
                doc
            })
        } else {
            IncludeTree::alone(&name, doc)
        };
        Source { tree, paths, unread, hashes: OnceLock::new() }
    }

    pub fn doc(&self) -> &Document {
        self.tree.doc()
    }

    /// Returns a hash that changes whenever one of the texts does.
    pub fn base(&self) -> String {
        match self.hashes() {
            [only] => only.clone(),
            all => hash(&all.concat()),
        }
    }

    fn hashes(&self) -> &[String] {
        self.hashes.get_or_init(|| (0..self.paths.len()).map(|file| hash(self.tree.text(file))).collect())
    }

    /// Returns the config as meant, and the problems of reading it.
    pub fn config(&self) -> (Config, Vec<Problem>) {
        let env = self.env();
        self.tree.config(&|name| env.get(name))
    }

    /// Returns all that is wrong with it.
    pub fn problems(&self, config: &Config, met: Vec<Problem>) -> Vec<Problem> {
        self.tree.problems(config, met)
    }

    pub fn env(&self) -> Environment {
        Environment::beside(&self.paths[0]).with_config(self.doc())
    }

    /// Returns the files that the config's own includes, whether they can be read or not.
    pub fn included(&self) -> Vec<PathBuf> {
        self.paths[1..].iter().chain(&self.unread).cloned().collect()
    }

    pub fn is_one_file(&self) -> bool {
        self.tree.is_alone()
    }

    /// Returns all files that the config is made of, its own first. Of a config that can't be read, it alone.
    pub fn files(path: &Path) -> Vec<PathBuf> {
        let included = Source::read(path).map(|source| source.included()).unwrap_or_default();
        std::iter::once(path.to_owned()).chain(included).collect()
    }

    /// Shows the differences file by file instead of those of the whole.
    pub fn show(&self, after: &Document, review: &mut Review) -> Result<(), Refusal> {
        if self.is_one_file() {
            return Ok(());
        }
        let parts = self.tree.changed_files(after)?;
        domain::edit::show_files(&self.tree, review, &parts);
        Ok(())
    }

    /// Writes the files that differ so that the whole reads as `after`. The config's own comes last: what it includes is there then. If one
    /// can't be written, those before it are put back.
    pub fn write(&self, after: Verified<'_>, backups: &Path) -> Result<Vec<FileRollback>, Refusal> {
        let mut parts = self.tree.changed_files(after.doc())?;
        parts.reverse();
        let mut done: Vec<FileRollback> = Vec::new();
        for part in parts {
            let (path, before) = (&self.paths[part.file], self.tree.text(part.file));
            let to = if self.is_one_file() { Ok(after) } else { verify(&part.after) };
            match to.and_then(|to| write(path, &self.hashes()[part.file], to, backups)) {
                Ok(hash) => done.push(FileRollback { path: path.clone(), before: before.to_owned(), hash }),
                Err(refusal) => {
                    // What can't be put back is among the backups; the person hears of the refusal.
                    let _ = put_back(&done, backups);
                    return Err(refusal);
                }
            }
        }
        Ok(done)
    }
}

/// Puts each file back as it was before, if none was written since.
pub(crate) fn put_back(rollbacks: &[FileRollback], backups: &Path) -> Result<(), Refusal> {
    let is_ours =
        |rollback: &FileRollback| matches!(read_text(&rollback.path), FileText::Read(text) if hash(&text) == rollback.hash);
    if !rollbacks.iter().all(is_ours) {
        return Err(stale());
    }
    for rollback in rollbacks.iter().rev() {
        let before = Document::parse(&rollback.before).map_err(|error| Refusal::new(RefusalCode::Internal, error.message))?;
        write(&rollback.path, &rollback.hash, verify(&before)?, backups)?;
    }
    Ok(())
}

/// Returns the file that another one names, if OpenClaw would include it: from the config's folder and those below it, and from `ROOTS`.
fn allowed(config: &Path, from: &Path, name: &str) -> Result<PathBuf, String> {
    let folder = from.parent().unwrap_or(Path::new("."));
    let path = folder.join(name);
    // One that is gone would be where its folder is.
    let real = fs::canonicalize(&path).or_else(|error| match (path.parent().map(fs::canonicalize), path.file_name()) {
        (Some(Ok(folder)), Some(name)) => Ok(folder.join(name)),
        _ => Err(reason(&error)),
    })?;
    let own = config.parent().map(Path::to_owned);
    let roots = std::env::var_os(ROOTS).into_iter().flat_map(|roots| std::env::split_paths(&roots).collect::<Vec<_>>());
    let mut allowed = own.into_iter().chain(roots).filter_map(|root| fs::canonicalize(root).ok());
    if !allowed.any(|root| real.starts_with(root)) {
        return Err(format!("it is outside the config's folder; OpenClaw includes it only if {ROOTS} names its folder"));
    }
    Ok(path)
}

fn read_included(path: &Path) -> Result<Document, String> {
    match read_text(path) {
        FileText::Read(text) => {
            Document::parse(text).map_err(|error| format!("it has an error in line {}: {}", error.line, error.message))
        }
        FileText::Missing => Err("there is no such file".to_owned()),
        FileText::Unreadable(why) => Err(why),
    }
}
