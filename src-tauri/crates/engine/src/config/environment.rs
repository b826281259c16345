//! The values of `${VAR}` in the config, from where OpenClaw takes them: the process, the `.env` beside the config, the config's own
//! `env.vars`.

use std::collections::HashMap;
use std::path::Path;

use crate::files::{SMALL, read_text};

/// Taken with each reading of the config.
#[derive(Default)]
pub struct Environment {
    vars: HashMap<String, String>,
}

impl std::fmt::Debug for Environment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Environment({} variables)", self.vars.len())
    }
}

impl Environment {
    /// `config` is the path of the config file: the `.env` is beside it.
    #[must_use]
    pub fn beside(config: &Path) -> Self {
        let mut vars = HashMap::new();
        let file = config.parent().map(|folder| folder.join(".env"));
        if let Some(text) = file.and_then(|file| read_text(&file, SMALL).ok()) {
            vars.extend(dotenvy::from_read_iter(text.as_bytes()).flatten());
        }
        vars.extend(std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))));
        Environment { vars }
    }

    /// Adds the config's own `env.vars` (and the flat form, `env.NAME`), which come last.
    #[must_use]
    pub fn with_config(mut self, doc: &document::Document) -> Self {
        let strings = |at: document::Path| {
            let members = doc.get(&at).into_iter().flat_map(document::ValueRef::members);
            members.filter_map(|(name, value)| Some((name.to_owned(), value.as_str()?.to_owned()))).collect::<Vec<_>>()
        };
        for (name, value) in strings(["env", "vars"].into()).into_iter().chain(strings(["env"].into())) {
            self.vars.entry(name).or_insert(value);
        }
        self
    }

    #[must_use]
    pub fn get(&self, name: &str) -> Option<String> {
        self.vars.get(name).filter(|value| !value.is_empty()).cloned()
    }
}
