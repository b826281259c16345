//! Settings that have no field of their own: found by the list of what OpenClaw knows, and kept as they are, but for secrets.

use document::{Path, Value};

use super::read::Reader;
use super::{About, Key};
use crate::schema::{SettingSort, SettingSpec};
use crate::secrets::holds_secret;

/// One of the settings that a provider, a model or an agent may have besides.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// From its owner down.
    pub key: Vec<String>,
    pub value: Content,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    Plain(Value),
    Secret(Key),
    /// There is a secret somewhere in it.
    Hidden,
}

impl Reader<'_> {
    pub(super) fn settings(&mut self, of: &str, at: &Path, about: &About) -> Vec<Setting> {
        let mut found = Vec::new();
        let Some(owner) = self.doc.get(at) else { return found };
        let specs: Vec<SettingSpec> = self
            .known
            .iter()
            .filter(|it| it.of == of && it.key.first().is_some_and(|key| owner.get(key).is_some()))
            .cloned()
            .collect();
        for SettingSpec { key, sort, .. } in specs {
            let Some(value) = key.iter().try_fold(owner, |value, key| value.get(key)) else { continue };
            let place = key.iter().fold(at.clone(), |at, key| at.child(*key));
            let key: Vec<String> = key.iter().map(|it| (*it).to_owned()).collect();
            match (sort, value) {
                (SettingSort::Secret, _) => {
                    found.push(Setting { key, value: Content::Secret(self.key(&place, about)) });
                }
                (SettingSort::Secrets, Value::Object(members)) => found.extend(members.keys().map(|name| {
                    let value = Content::Secret(self.key(&place.child(name.as_str()), about));
                    Setting { key: [key.as_slice(), std::slice::from_ref(name)].concat(), value }
                })),
                _ if holds_secret(key.last().map_or("", String::as_str), value) => {
                    found.push(Setting { key, value: Content::Hidden });
                }
                _ => found.push(Setting { key, value: Content::Plain(value.clone()) }),
            }
        }
        found
    }
}
