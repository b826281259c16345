//! A problem of the config: what, where and, if there is one, the change that fixes it.

use document::Path;

use crate::base::Severity;
use crate::base::change::Change;
use crate::schema::Violation;

#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// For machines; listed in docs/problems.md.
    pub code: &'static str,
    pub severity: Severity,
    pub message: String,
    pub at: Path,
    pub line: Option<usize>,
    pub column: Option<usize>,
    pub about: About,
    pub field: Option<ProblemField>,
    /// A button's label and what it puts into the draft.
    pub fix: Option<(String, Change)>,
}

/// The part of the window that shows a problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    Config,
    Provider(String),
    Model {
        provider: String,
        model: String,
    },
    /// `None`: the defaults.
    Route(Option<String>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemField {
    Alias,
    ContextWindow,
    MaxTokens,
    BaseUrl,
    Api,
    Key,
    TimeoutSeconds,
}

impl ProblemField {
    /// The name in the file, which is also the UI's.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            ProblemField::Alias => "alias",
            ProblemField::ContextWindow => "contextWindow",
            ProblemField::MaxTokens => "maxTokens",
            ProblemField::BaseUrl => "baseUrl",
            ProblemField::Api => "api",
            ProblemField::Key => "key",
            ProblemField::TimeoutSeconds => "timeoutSeconds",
        }
    }
}

impl Problem {
    #[must_use]
    pub fn new(code: &'static str, severity: Severity, at: Path, message: impl Into<String>) -> Self {
        Problem {
            code,
            severity,
            message: message.into(),
            at,
            line: None,
            column: None,
            about: About::Config,
            field: None,
            fix: None,
        }
    }

    #[must_use]
    pub fn about(mut self, about: About) -> Self {
        self.about = about;
        self
    }

    #[must_use]
    pub fn field(mut self, field: ProblemField) -> Self {
        self.field = Some(field);
        self
    }

    #[must_use]
    pub fn fix(mut self, label: impl Into<String>, change: Change) -> Self {
        self.fix = Some((label.into(), change));
        self
    }
}

impl From<Violation> for Problem {
    fn from(violation: Violation) -> Self {
        let message = violation.to_string();
        Problem::new(violation.code(), Severity::Error, violation.at, message)
    }
}
