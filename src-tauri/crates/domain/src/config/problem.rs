//! A problem of the config: what, where and, if there is one, the change that fixes it.

use document::Path;

use crate::base::Severity;
use crate::base::change::Change;
use crate::schema::Fault;

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
    pub field: Option<Field>,
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
pub enum Field {
    Alias,
    ContextWindow,
    MaxTokens,
    BaseUrl,
    Api,
    Key,
    TimeoutSeconds,
}

impl Field {
    /// The name in the file, which is also the UI's.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Field::Alias => "alias",
            Field::ContextWindow => "contextWindow",
            Field::MaxTokens => "maxTokens",
            Field::BaseUrl => "baseUrl",
            Field::Api => "api",
            Field::Key => "key",
            Field::TimeoutSeconds => "timeoutSeconds",
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
    pub fn field(mut self, field: Field) -> Self {
        self.field = Some(field);
        self
    }

    #[must_use]
    pub fn fix(mut self, label: impl Into<String>, change: Change) -> Self {
        self.fix = Some((label.into(), change));
        self
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        let message = fault.to_string();
        Problem::new(fault.code(), Severity::Error, fault.at, message)
    }
}
