//! A config that takes in other files by `$include`: read as one, written where each setting stands. An edit is made on the whole and
//! then parted among the files that hold what it changed; where more than one file makes up a value, it is not changed at all.

use std::borrow::Cow;

use document::{Document, Edit, EditError, Path, Segment, Value, ValueRef};
use serde_json::Map;

use super::{Config, Problem};
use crate::base::Severity;
use crate::base::refusal::{Refusal, RefusalCode};
use crate::base::secrets::secrets;

const INCLUDE: &str = "$include";
/// OpenClaw follows so many, one in another (2026.9.6).
const MOST_LEVELS: usize = 10;

#[derive(Clone, Debug)]
pub struct IncludeTree {
    /// All of it, where it is more than the config's own file.
    merged: Option<Document>,
    /// Files that can't be taken in.
    pub problems: Vec<Problem>,
    /// The config's own file first.
    files: Vec<File>,
    holders: Vec<Holder>,
}

#[derive(Clone, Debug)]
struct File {
    name: String,
    doc: Document,
}

/// Who holds what stands at a path and below.
#[derive(Clone, Debug)]
struct Holder {
    at: Path,
    /// A file and the place in it, or why that is unclear.
    by: Result<(usize, Path), String>,
}

/// A file as it would be written.
#[derive(Clone, Debug)]
pub struct ChangedFile<'a> {
    /// Index in the order in which the files were loaded; 0 is the config's own.
    pub file: usize,
    pub after: Cow<'a, Document>,
}

impl IncludeTree {
    /// `load` is given the name as written and the file that it is written in, by its index; files count up as they are loaded.
    pub fn assemble(name: &str, main: Document, load: &mut dyn FnMut(&str, usize) -> Result<Document, String>) -> Self {
        let value = main.value();
        let mut assembler = Assembler { tree: IncludeTree::alone(name, main), load };
        let merged = assembler.resolve(value, (0, Path::root()), &Path::root(), 0);
        let mut tree = assembler.tree;
        if !tree.is_alone()
            && let Ok(merged) = Document::parse(merged.to_string())
        {
            tree.merged = Some(merged);
        }
        tree
    }

    /// A config that takes in no other file.
    #[must_use]
    pub fn alone(name: &str, doc: Document) -> Self {
        let file = File { name: name.to_owned(), doc };
        IncludeTree { merged: None, problems: Vec::new(), files: vec![file], holders: Vec::new() }
    }

    /// All of it: the config's own file, where it takes in no other.
    #[must_use]
    pub fn doc(&self) -> &Document {
        self.merged.as_ref().unwrap_or(&self.files[0].doc)
    }

    /// A file of it, with its name as written; 0 is the config's own.
    #[must_use]
    pub fn file(&self, file: usize) -> (&str, &Document) {
        (&self.files[file].name, &self.files[file].doc)
    }

    /// What a file of it says; 0 is the config's own.
    #[must_use]
    pub fn text(&self, file: usize) -> &str {
        self.files[file].doc.text()
    }

    /// All that is wrong with it, with lines where they stand in its own file, and the names of other files where they stand there. `met` is
    /// what [`IncludeTree::config`] gave.
    #[must_use]
    pub fn problems(&self, config: &Config, met: Vec<Problem>) -> Vec<Problem> {
        let mut problems = config.problems(self.doc(), met);
        if self.is_alone() {
            return problems;
        }
        problems.splice(0..0, self.problems.iter().cloned());
        for problem in &mut problems {
            problem.line = None;
            match self.holder(&problem.at) {
                Ok((0, inner)) => problem.line = Some(self.files[0].doc.nearest_line(&inner)),
                Ok((file, inner)) => {
                    let File { name, doc } = &self.files[file];
                    problem.message =
                        format!("{} ({name}, line {}).", problem.message.trim_end_matches('.'), doc.nearest_line(&inner));
                }
                Err(_) => {}
            }
        }
        problems
    }

    /// What the config says, with lines where they stand in its own file. See [`Config::of`].
    #[must_use]
    pub fn config(&self, env: &dyn Fn(&str) -> Option<String>) -> (Config, Vec<Problem>) {
        let (mut config, met) = Config::of(self.doc(), env);
        if self.is_alone() {
            return (config, met);
        }
        let line = |at: &Path| match self.holder(at) {
            Ok((0, inner)) => self.files[0].doc.line(&inner),
            _ => None,
        };
        for provider in &mut config.providers {
            let at = document::path!["models", "providers", &provider.id];
            provider.line = line(&at);
            for (i, model) in provider.models.iter_mut().enumerate() {
                model.line = line(&at.child("models").child(i));
            }
        }
        (config, met)
    }

    /// The files that differ once the whole reads as `after`.
    ///
    /// # Errors
    /// When a value would change that more than one file makes up.
    pub fn changed_files<'a>(&self, after: &'a Document) -> Result<Vec<ChangedFile<'a>>, Refusal> {
        if self.is_alone() {
            let changed = self.doc().text() != after.text();
            return Ok(changed.then_some(ChangedFile { file: 0, after: Cow::Borrowed(after) }).into_iter().collect());
        }
        let mut splitter = Splitter { tree: self, changes: self.files.iter().map(|_| FileChanges::default()).collect() };
        splitter.objects_or_value(&self.doc().value(), &after.value(), &Path::root())?;
        let docs = splitter.docs()?;
        if self.again(&docs).doc().value() != after.value() {
            return Err(unclear("the files do not come out as they should"));
        }
        let parts = docs.into_iter().enumerate().filter(|(i, it)| it.text() != self.files[*i].doc.text());
        Ok(parts.map(|(file, after)| ChangedFile { file, after: Cow::Owned(after) }).collect())
    }

    /// The same files with other texts.
    fn again(&self, docs: &[Document]) -> IncludeTree {
        let found = |name: &str| self.files.iter().position(|it| it.name == name).and_then(|it| docs.get(it));
        IncludeTree::assemble(&self.files[0].name, docs[0].clone(), &mut |name, _| found(name).cloned().ok_or_else(String::new))
    }

    /// One file, and all of it could be read.
    #[must_use]
    pub fn is_alone(&self) -> bool {
        self.files.len() == 1 && self.problems.is_empty()
    }

    /// Whether each secret of the whole is recognised in its own file too, where less context stands around it.
    #[must_use]
    pub fn shows_all(&self, part: &ChangedFile<'_>) -> bool {
        let known = secrets(&self.files[part.file].doc);
        let held = secrets(self.doc()).into_iter().filter_map(|at| self.holder(&at).ok()).filter(|it| it.0 == part.file);
        held.into_iter().all(|(_, inner)| known.contains(&inner))
    }

    /// The nearest holder above counts.
    fn holder(&self, at: &Path) -> Result<(usize, Path), String> {
        let nearest = self.holders.iter().filter(|it| it.at.contains(at)).max_by_key(|it| it.at.segments().len());
        let Some(nearest) = nearest else { return Ok((0, at.clone())) };
        let (file, inner) = nearest.by.as_ref().map_err(Clone::clone)?;
        let mut inner = inner.clone();
        inner.extend(at.segments()[nearest.at.segments().len()..].iter().cloned());
        Ok((*file, inner))
    }
}

struct Assembler<'a> {
    tree: IncludeTree,
    load: &'a mut dyn FnMut(&str, usize) -> Result<Document, String>,
}

impl Assembler<'_> {
    /// A value of a file, with all that it takes in.
    fn resolve(&mut self, value: Value, (file, inner): (usize, Path), at: &Path, level: usize) -> Value {
        match value {
            Value::Object(mut members) => match members.remove(INCLUDE) {
                Some(include) => self.include(&include, members, (file, inner), at, level),
                None => {
                    let resolve = |(key, it)| {
                        let it = self.resolve(it, (file, inner.child(&key)), &at.child(&key), level);
                        (key, it)
                    };
                    Value::Object(members.into_iter().map(resolve).collect())
                }
            },
            Value::Array(items) => {
                let resolve = |(i, it)| self.resolve(it, (file, inner.child(i)), &at.child(i), level);
                Value::Array(items.into_iter().enumerate().map(resolve).collect())
            }
            other => other,
        }
    }

    fn include(
        &mut self,
        include: &Value,
        beside: Map<String, Value>,
        (file, inner): (usize, Path),
        at: &Path,
        level: usize,
    ) -> Value {
        let names: Option<Vec<&str>> = match include {
            Value::String(name) => Some(vec![name]),
            Value::Array(names) => names.iter().map(Value::as_str).collect(),
            _ => None,
        };
        let names = names.unwrap_or_else(|| {
            self.fault(at, "$include should be the name of a file, or a list of names.".to_owned());
            Vec::new()
        });
        let mut loaded = Vec::new();
        for name in &names {
            if level >= MOST_LEVELS {
                self.fault(at, format!("{name} is not read: OpenClaw follows includes {MOST_LEVELS} deep at most."));
                continue;
            }
            match (self.load)(name, file) {
                Ok(doc) => {
                    let value = doc.value();
                    self.tree.files.push(File { name: (*name).to_owned(), doc });
                    loaded.push((self.tree.files.len() - 1, value));
                }
                Err(why) => self.fault(at, format!("{name} can't be included: {why}.")),
            }
        }
        if let ([(index, value)], true, 1) = (loaded.as_slice(), beside.is_empty(), names.len()) {
            self.hold(at.clone(), Ok((*index, Path::root())));
            return self.resolve(value.clone(), (*index, Path::root()), at, level + 1);
        }
        self.hold(at.clone(), Err(format!("{at} is made up of {}", [&[self.name(file)], names.as_slice()].concat().join(", "))));
        let only = match loaded.as_slice() {
            [(one, Value::Object(members))] if names.len() == 1 => Some((*one, members.clone())),
            _ => None,
        };
        let mut merged = Value::Object(Map::new());
        for (index, value) in loaded {
            let known = self.tree.holders.len();
            let value = self.resolve(value, (index, Path::root()), at, level + 1);
            // Below what only this file has it stays clear.
            let apart = |it: &Path| matches!(it.segments().get(at.segments().len()), Some(Segment::Key(key)) if !beside.contains_key(key));
            let inner: Vec<Holder> = self.tree.holders.drain(known..).filter(|it| only.is_some() && apart(&it.at)).collect();
            self.tree.holders.extend(inner);
            merge(&mut merged, value);
        }
        if let Some((index, members)) = &only {
            for key in members.keys().filter(|it| !beside.contains_key(*it)) {
                self.hold(at.child(key), Ok((*index, Path::root().child(key))));
            }
        }
        let taken = merged.as_object().map(|it| it.keys().cloned().collect::<Vec<_>>()).unwrap_or_default();
        for (key, value) in beside {
            let (place, here) = (at.child(&key), inner.child(&key));
            if taken.contains(&key) {
                self.hold(
                    place.clone(),
                    Err(format!("{place} stands in more than one of {}, {}", self.name(file), names.join(", "))),
                );
            } else {
                self.hold(place.clone(), Ok((file, here.clone())));
            }
            let value = self.resolve(value, (file, here), &place, level);
            merge(&mut merged, Value::Object([(key, value)].into_iter().collect()));
        }
        merged
    }

    fn hold(&mut self, at: Path, by: Result<(usize, Path), String>) {
        self.tree.holders.push(Holder { at, by });
    }

    fn name(&self, file: usize) -> &str {
        &self.tree.files[file].name
    }

    fn fault(&mut self, at: &Path, message: String) {
        self.tree.problems.push(Problem::new("include.notRead", Severity::Error, at.child(INCLUDE), message));
    }
}

/// As OpenClaw does: objects into each other, the later one wins.
fn merge(into: &mut Value, value: Value) {
    match (into, value) {
        (Value::Object(into), Value::Object(members)) => {
            for (key, value) in members {
                match into.get_mut(&key) {
                    Some(there) => merge(there, value),
                    None => drop(into.insert(key, value)),
                }
            }
        }
        (into, value) => *into = value,
    }
}

struct Splitter<'a> {
    tree: &'a IncludeTree,
    /// As many as there are files.
    changes: Vec<FileChanges>,
}

/// What changes in one file.
#[derive(Default)]
struct FileChanges {
    edits: Vec<Edit>,
    renames: Vec<(Path, String)>,
}

impl Splitter<'_> {
    /// Returns the files with their changes made.
    fn docs(&self) -> Result<Vec<Document>, Refusal> {
        let files = self.tree.files.iter().zip(&self.changes);
        let docs = files.map(|(file, changes)| file.doc.apply(&changes.edits)?.rename(&changes.renames));
        docs.collect::<Result<_, EditError>>().map_err(|error| unclear(&error.to_string()))
    }

    fn objects_or_value(&mut self, before: &Value, after: &Value, at: &Path) -> Result<(), Refusal> {
        match (before, after) {
            _ if before == after => Ok(()),
            (Value::Object(before), Value::Object(after)) => self.members(before, after, at),
            (Value::Array(before), Value::Array(after)) if before.len() == after.len() => before
                .iter()
                .zip(after)
                .enumerate()
                .try_for_each(|(i, (before, after))| self.objects_or_value(before, after, &at.child(i))),
            _ => self.edit(at, Some(after.clone())),
        }
    }

    fn members(&mut self, before: &Map<String, Value>, after: &Map<String, Value>, at: &Path) -> Result<(), Refusal> {
        let gone: Vec<&String> = before.keys().filter(|it| !after.contains_key(*it)).collect();
        let mut come: Vec<&String> = after.keys().filter(|it| !before.contains_key(*it)).collect();
        for key in gone {
            // The same value under another key is a rename, which keeps the comments in it.
            match come.iter().position(|it| after[*it] == before[key]) {
                Some(twin) => self.rename(&at.child(key), come.remove(twin))?,
                None => self.edit(&at.child(key), None)?,
            }
        }
        for (key, value) in before {
            if let Some(to) = after.get(key) {
                self.objects_or_value(value, to, &at.child(key))?;
            }
        }
        come.into_iter().try_for_each(|key| self.edit(&at.child(key), Some(after[key].clone())))
    }

    fn edit(&mut self, at: &Path, to: Option<Value>) -> Result<(), Refusal> {
        let (file, inner) = self.place(at, to.is_none())?;
        if to.is_some() && self.tree.holders.iter().any(|it| it.at != *at && at.contains(&it.at)) {
            return Err(unclear(&format!("a part of {at} stands in another file")));
        }
        let was = self.tree.files[file].doc.get(&inner).map(ValueRef::value);
        self.changes[file].edits.push(Edit { at: inner, was, to });
        Ok(())
    }

    fn rename(&mut self, at: &Path, to: &str) -> Result<(), Refusal> {
        let (file, inner) = self.place(at, true)?;
        self.changes[file].renames.push((inner, to.to_owned()));
        Ok(())
    }

    /// Where a setting stands. What has a file for itself is taken out, or called otherwise, where that file is taken in.
    fn place(&self, at: &Path, itself: bool) -> Result<(usize, Path), Refusal> {
        let (file, inner) = self.tree.holder(at).map_err(|why| unclear(&why))?;
        match (inner.is_root() && itself, at.parent(), at.last()) {
            (true, Some(parent), Some(Segment::Key(key))) => {
                let (file, inner) = self.tree.holder(&parent).map_err(|why| unclear(&why))?;
                Ok((file, inner.child(key)))
            }
            _ => Ok((file, inner)),
        }
    }
}

fn unclear(why: &str) -> Refusal {
    Refusal::new(RefusalCode::Invalid, format!("{why}, so it is not clear which file to change"))
        .hint("Nothing was written. Change it in an editor.")
}
