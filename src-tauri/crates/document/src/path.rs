//! Paths: the keys and indexes that lead from the root of a document to a value.

use std::fmt;

/// One step down: into an object by key, or into an array by index.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Segment {
    Key(String),
    Index(usize),
}

/// The steps from the root to a value. The empty path is the root itself.
///
/// It prints as OpenClaw prints paths: `models.providers.local.models.0.maxTokens`, and `<root>` for the root.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Path(Vec<Segment>);

impl Path {
    #[must_use]
    pub fn root() -> Self {
        Self::default()
    }

    #[must_use]
    pub fn segments(&self) -> &[Segment] {
        &self.0
    }

    #[must_use]
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    pub fn push(&mut self, segment: impl Into<Segment>) {
        self.0.push(segment.into());
    }

    /// Returns this path with one more step.
    #[must_use]
    pub fn child(&self, segment: impl Into<Segment>) -> Self {
        let mut child = self.clone();
        child.push(segment);
        child
    }

    /// Returns the path of the container that holds this value. The root has none.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        let (_, above) = self.0.split_last()?;
        Some(Self(above.to_vec()))
    }

    #[must_use]
    pub fn last(&self) -> Option<&Segment> {
        self.0.last()
    }

    /// Returns whether `other` is this path or lies below it.
    #[must_use]
    pub fn contains(&self, other: &Self) -> bool {
        other.0.starts_with(&self.0)
    }
}

/// A borrowed path, built step by step while a document is walked.
///
/// It lives on the stack: a [`Path`] is allocated only for the few places where a walk finds something.
#[derive(Clone, Copy, Debug)]
pub struct PathRef<'a> {
    above: Option<&'a PathRef<'a>>,
    last: Step<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Step<'a> {
    Root,
    Key(&'a str),
    Index(usize),
}

impl<'a> PathRef<'a> {
    #[must_use]
    pub fn root() -> Self {
        PathRef { above: None, last: Step::Root }
    }

    #[must_use]
    pub fn key(&'a self, key: &'a str) -> Self {
        PathRef { above: Some(self), last: Step::Key(key) }
    }

    #[must_use]
    pub fn index(&'a self, index: usize) -> Self {
        PathRef { above: Some(self), last: Step::Index(index) }
    }

    /// Returns the key of the last step, if that step leads into an object.
    #[must_use]
    pub fn last_key(&self) -> Option<&'a str> {
        match self.last {
            Step::Key(key) => Some(key),
            Step::Root | Step::Index(_) => None,
        }
    }

    #[must_use]
    pub fn to_path(&self) -> Path {
        let mut path = self.above.map(PathRef::to_path).unwrap_or_default();
        match self.last {
            Step::Root => {}
            Step::Key(key) => path.push(key),
            Step::Index(index) => path.push(index),
        }
        path
    }
}

/// Makes a [`Path`] of its steps: `path!["agents", "defaults", "model", "fallbacks", 0]`.
#[macro_export]
macro_rules! path {
    ($($segment:expr),* $(,)?) => {
        <$crate::Path as ::core::iter::FromIterator<$crate::Segment>>::from_iter([$($crate::Segment::from($segment)),*])
    };
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((first, rest)) = self.0.split_first() else {
            return f.write_str("<root>");
        };
        write!(f, "{first}")?;
        rest.iter().try_for_each(|segment| write!(f, ".{segment}"))
    }
}

impl fmt::Display for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Segment::Key(key) => f.write_str(key),
            Segment::Index(index) => write!(f, "{index}"),
        }
    }
}

impl From<&str> for Segment {
    fn from(key: &str) -> Self {
        Segment::Key(key.to_owned())
    }
}

impl From<String> for Segment {
    fn from(key: String) -> Self {
        Segment::Key(key)
    }
}

impl From<&String> for Segment {
    fn from(key: &String) -> Self {
        Segment::Key(key.clone())
    }
}

impl From<usize> for Segment {
    fn from(index: usize) -> Self {
        Segment::Index(index)
    }
}

impl<S: Into<Segment>> FromIterator<S> for Path {
    fn from_iter<I: IntoIterator<Item = S>>(segments: I) -> Self {
        Self(segments.into_iter().map(Into::into).collect())
    }
}

impl<S: Into<Segment>, const N: usize> From<[S; N]> for Path {
    fn from(segments: [S; N]) -> Self {
        segments.into_iter().collect()
    }
}

impl<S: Into<Segment>> Extend<S> for Path {
    fn extend<I: IntoIterator<Item = S>>(&mut self, segments: I) {
        self.0.extend(segments.into_iter().map(Into::into));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_as_openclaw_prints() {
        let at = path!["models", "providers", "local", "models", 0, "maxTokens"];
        assert_eq!(at.to_string(), "models.providers.local.models.0.maxTokens");
        assert_eq!(path![].to_string(), "<root>");
        assert_eq!(Path::from(["a", "b"]).child(3).to_string(), "a.b.3");
    }

    #[test]
    fn a_path_ref_becomes_a_path() {
        let root = PathRef::root();
        let a = root.key("a");
        let b = a.index(1);
        assert_eq!((root.to_path(), b.to_path(), b.key("c").to_path()), (path![], path!["a", 1], path!["a", 1, "c"]));
        assert_eq!((root.last_key(), a.last_key(), b.last_key()), (None, Some("a"), None));
    }

    #[test]
    fn contains_and_parent() {
        let at = path!["a", 0];
        assert!(at.contains(&at) && at.contains(&at.child("b")) && Path::root().contains(&at));
        assert!(!at.contains(&path!["a"]) && !at.contains(&path!["a", 1]));
        assert_eq!(at.parent(), Some(path!["a"]));
        assert_eq!(Path::root().parent(), None);
    }
}
