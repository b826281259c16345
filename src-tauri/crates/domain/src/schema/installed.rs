//! The schema as an installed OpenClaw itself prints it (`openclaw config schema`): all of the config, of just that release. Only what an
//! edit changed is held against it, so a config that it judged too hard before is no news.
//!
//! It is JSON Schema (draft 7), yet what it describes is a config after OpenClaw filled in its defaults: it demands settings that a file
//! may well leave out (2026.3.28: `commands`). So what is told is only what OpenClaw is sure to refuse: the `judge` sees to that.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

use document::{Document, Path};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::json_schema::{INCLUDE, JsonSchema};
use super::rule::{Violation, ViolationKind};

/// What there is no config of a model without.
const NEEDED: [&str; 2] = ["models", "agents"];
const NO_SCHEMA: &str = "what it printed is no schema of a config";

/// Cheap to clone, and read piece by piece as it is needed.
#[derive(Clone)]
pub struct InstalledSchema {
    version: Arc<str>,
    root: Arc<Root>,
}

/// What is known of the schema of the OpenClaw that is installed here.
#[derive(Clone, Debug)]
pub enum SchemaStatus {
    NotInstalled,
    /// For the first time since this version is there.
    Fetching {
        version: String,
    },
    Known(InstalledSchema),
    /// A sentence.
    Failed {
        version: Option<String>,
        why: String,
    },
}

impl SchemaStatus {
    /// The version of the OpenClaw that is installed, where that is known.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        match self {
            SchemaStatus::NotInstalled => None,
            SchemaStatus::Fetching { version } => Some(version),
            SchemaStatus::Known(schema) => Some(schema.version()),
            SchemaStatus::Failed { version, .. } => version.as_deref(),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Root {
    properties: BTreeMap<String, Section>,
    #[serde(default)]
    required: Vec<String>,
    #[serde(default)]
    additional_properties: Value,
}

/// One of the first keys of a config. Made a judge of when an edit first touches it.
#[derive(Deserialize)]
#[serde(from = "Box<RawValue>")]
struct Section {
    printed: Box<RawValue>,
    judge: OnceLock<Option<JsonSchema>>,
}

impl From<Box<RawValue>> for Section {
    fn from(printed: Box<RawValue>) -> Self {
        Section { printed, judge: OnceLock::new() }
    }
}

impl Section {
    fn judge(&self) -> Option<&JsonSchema> {
        self.judge.get_or_init(|| serde_json::from_str(self.printed.get()).ok().and_then(JsonSchema::of)).as_ref()
    }
}

impl InstalledSchema {
    /// What is to be kept of what a program printed: without the texts for people, which are most of it.
    ///
    /// # Errors
    /// Why it is no schema of OpenClaw's.
    pub fn reduce(printed: &str) -> Result<String, String> {
        // Something may be said before and after it.
        let json = printed.find('{').and_then(|from| printed.get(from..=printed.rfind('}')?));
        let value: Value = serde_json::from_str(json.unwrap_or_default()).map_err(|_| "what it printed is no JSON".to_owned())?;
        let kept = reduced(&value).to_string();
        let read = InstalledSchema::read("", &kept)?;
        let makes_sense = |key: &str| read.root.properties.get(key).is_some_and(|it| it.judge().is_some());
        if NEEDED.into_iter().all(makes_sense) { Ok(kept) } else { Err(NO_SCHEMA.to_owned()) }
    }

    /// What was kept, of the OpenClaw of this version.
    ///
    /// # Errors
    /// Why it is no schema of OpenClaw's.
    pub fn read(version: &str, kept: &str) -> Result<InstalledSchema, String> {
        let root: Option<Root> = serde_json::from_str(kept).ok();
        match root.filter(|it| NEEDED.iter().all(|key| it.properties.contains_key(*key))) {
            Some(root) => Ok(InstalledSchema { version: version.into(), root: Arc::new(root) }),
            None => Err(NO_SCHEMA.to_owned()),
        }
    }

    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// What OpenClaw would refuse of a config, in those of its first keys that are `looked_at`.
    #[must_use]
    pub fn violations(&self, doc: &Document, looked_at: &dyn Fn(&str) -> bool) -> Vec<Violation> {
        let config = doc.root();
        if !config.is_object() {
            return Vec::new();
        }
        let mut violations = Vec::new();
        for (key, value) in config.members().filter(|it| looked_at(it.0) && it.0 != INCLUDE) {
            let at = Path::root().child(key);
            match self.root.properties.get(key) {
                Some(section) => violations.extend(section.judge().into_iter().flat_map(|it| it.violations(&value.value(), &at))),
                None if self.root.additional_properties == false => {
                    violations.push(Violation { at, kind: ViolationKind::Unknown })
                }
                None => {}
            }
        }
        let gone = |key: &&String| looked_at(key) && config.get(key).is_none() && config.get(INCLUDE).is_none();
        for key in self.root.required.iter().filter(gone) {
            let section = self.root.properties.get(key).and_then(Section::judge);
            if !section.is_some_and(JsonSchema::has_default) {
                violations.push(Violation { at: Path::root().child(key.as_str()), kind: ViolationKind::Missing });
            }
        }
        violations
    }
}

impl fmt::Debug for InstalledSchema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "InstalledSchema({})", self.version)
    }
}

/// Without titles and descriptions; of a default only that there is one.
fn reduced(schema: &Value) -> Value {
    match schema {
        Value::Object(members) => {
            Value::Object(members.iter().filter_map(|(key, it)| Some((key.clone(), member(key, it)?))).collect())
        }
        Value::Array(items) => items.iter().map(reduced).collect(),
        other => other.clone(),
    }
}

fn member(key: &str, value: &Value) -> Option<Value> {
    match key {
        "title" | "description" | "$schema" | "examples" => None,
        "default" => Some(Value::Bool(true)),
        "enum" | "const" | "required" => Some(value.clone()),
        // Its keys are names of settings, whatever they are.
        "properties" | "patternProperties" | "$defs" | "definitions" => {
            let named = |it: &Map<String, Value>| it.iter().map(|(name, it)| (name.clone(), reduced(it))).collect();
            Some(value.as_object().map_or_else(|| value.clone(), |it| Value::Object(named(it))))
        }
        _ => Some(reduced(value)),
    }
}
