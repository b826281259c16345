//! Settings that have no field of their own: found by the list of what OpenClaw knows, and kept as they are, but for secrets.

use std::collections::HashMap;

use document::{Path, Value};

use super::read::Reader;
use super::{About, Key};
use crate::schema::{self, SettingSort, SettingSpec};
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

/// All settings that there are, found by their owner's kind and their first key.
#[derive(Debug)]
pub(super) struct Known {
    specs: Vec<SettingSpec>,
    places: HashMap<(&'static str, &'static str), Vec<usize>>,
}

impl Default for Known {
    fn default() -> Self {
        let specs = schema::known();
        let mut places: HashMap<_, Vec<usize>> = HashMap::new();
        for (i, it) in specs.iter().enumerate() {
            places.entry((it.of, it.key[0])).or_default().push(i);
        }
        Known { specs, places }
    }
}

impl Known {
    /// Those of which the owner has something, in the order of the tables.
    fn of(&self, of: &'static str, owner: &Value) -> Vec<SettingSpec> {
        let keys = owner.as_object().into_iter().flat_map(serde_json::Map::keys);
        let mut places: Vec<usize> = keys.filter_map(|it| self.places.get(&(of, it.as_str()))).flatten().copied().collect();
        places.sort_unstable();
        places.into_iter().map(|it| self.specs[it].clone()).collect()
    }
}

impl Reader<'_> {
    pub(super) fn settings(&mut self, of: &'static str, at: &Path, owner: &Value, about: &About) -> Vec<Setting> {
        let mut found = Vec::new();
        for SettingSpec { key, sort, .. } in self.known.of(of, owner) {
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
