//! The config file itself: where it is, and how it reads.

#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConfigFile {
    pub path: String,
    /// The home folder, shown as `~` in paths.
    pub home: Option<String>,
    pub reading: Reading,
    /// Of the last good text; SHA-256 in hex.
    pub hash: Option<String>,
    pub strict_json: bool,
    /// When the last good version was read (Unix milliseconds).
    pub good_since: Option<i64>,
}

impl ConfigFile {
    /// The path with the home folder as `~`.
    #[must_use]
    pub fn short_path(&self) -> String {
        let rest =
            self.home.as_deref().filter(|it| !it.is_empty()).and_then(|home| self.path.strip_prefix(home.trim_end_matches('/')));
        match rest {
            Some(rest) if rest.starts_with(['/', '\\']) => format!("~{rest}"),
            _ => self.path.clone(),
        }
    }

    #[must_use]
    pub fn name(&self) -> &str {
        self.path.rsplit(['/', '\\']).next().filter(|it| !it.is_empty()).unwrap_or("openclaw.json")
    }

    /// Whether it needs a person: it is gone, or can't be read.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        match self.reading {
            Reading::Missing => self.hash.is_some(),
            Reading::Bad(_) | Reading::Unreadable(_) => true,
            Reading::Waiting | Reading::Good => false,
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub enum Reading {
    #[default]
    Waiting,
    Good,
    Missing,
    /// It can't be opened; the reason ends a sentence.
    Unreadable(String),
    Bad(BadText),
}

/// A text that is not a config: where and why.
#[derive(Clone, Debug, PartialEq)]
pub struct BadText {
    pub message: String,
    pub line: usize,
    pub column: usize,
    /// (number, text) of the lines around it.
    pub excerpt: Vec<(usize, String)>,
    /// It would read if its quotes were straight.
    pub straightens: bool,
    /// How many curly quotes it has, and in how many lines.
    pub curly_quotes: Option<(usize, usize)>,
}
