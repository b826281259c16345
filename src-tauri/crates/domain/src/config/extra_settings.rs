//! Settings that have no field of their own: found by the list of what OpenClaw knows, and kept as they are, but for secrets.

use std::collections::HashMap;

use document::{Segment, Value, ValueKind, ValueRef};

use super::read::{At, Of, Reader};
use super::{Config, Secret};
use crate::base::change::{Owner, Place};
use crate::base::secrets::secrets_below;
use crate::schema::{self, SettingSort, SettingSpec};

/// One of the settings that a provider, a model or an agent may have besides.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// From its owner down.
    pub key: Vec<String>,
    pub value: Content,
    /// A SecretRef can stand in its place.
    pub reference: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    Plain(Value),
    Secret(Secret),
    /// There is a secret somewhere in a list.
    Hidden,
}

/// All settings that there are, found by their owner's kind and their first key.
#[derive(Debug)]
pub(super) struct SettingIndex {
    specs: Vec<SettingSpec>,
    places: HashMap<(&'static str, &'static str), Vec<usize>>,
}

impl Default for SettingIndex {
    fn default() -> Self {
        let specs = schema::catalog();
        let mut places: HashMap<_, Vec<usize>> = HashMap::new();
        for (i, it) in specs.iter().enumerate() {
            places.entry((it.of, it.key[0])).or_default().push(i);
        }
        SettingIndex { specs, places }
    }
}

impl SettingIndex {
    /// Those of which the owner has something, in the order of the tables.
    fn of(&self, of: &'static str, owner: ValueRef<'_>) -> Vec<SettingSpec> {
        let mut places: Vec<usize> = Vec::new();
        for (key, _) in owner.members() {
            places.extend(self.places.get(&(of, key)).into_iter().flatten());
        }
        places.sort_unstable();
        places.into_iter().map(|it| self.specs[it].clone()).collect()
    }
}

impl Reader<'_> {
    pub(super) fn settings(&mut self, sort: &'static str, owner: ValueRef<'_>, at: At<'_>, of: Of<'_>) -> Vec<Setting> {
        let mut found = Vec::new();
        for SettingSpec { key, sort, .. } in self.index.of(sort, owner) {
            let Some(value) = key.iter().try_fold(owner, |value, key| value.get(key)) else { continue };
            let keys = key.clone();
            let place = || keys.iter().fold(at(), |at, key| at.child(*key));
            let key: Vec<String> = key.iter().map(|it| (*it).to_owned()).collect();
            let secret = |this: &mut Self, key: Vec<String>, value, place: At<'_>, reference| {
                let value = Content::Secret(this.key(Some(value), place, of));
                Setting { key, value, reference }
            };
            match (sort, value.kind()) {
                (SettingSort::Secret, _) => found.push(secret(self, key, value, &place, true)),
                (SettingSort::Secrets | SettingSort::SecretTexts, ValueKind::Object) => {
                    let reference = sort == SettingSort::Secrets;
                    found.extend(value.members().map(|(name, value)| {
                        let key = [key.as_slice(), &[name.to_string()]].concat();
                        secret(self, key, value, &|| place().child(name), reference)
                    }));
                }
                _ => {
                    let below = secrets_below(key.last().map_or("", String::as_str), value);
                    let parts = parts(value, below.iter().map(|it| &it.segments()[1..]).collect());
                    found.extend(parts.into_iter().map(|(way, part)| {
                        let place = || way.iter().fold(place(), |at, it| at.child(it));
                        let key = [key.as_slice(), &way].concat();
                        match part {
                            Part::Secret(value) => secret(self, key, value, &place, false),
                            Part::Hidden => Setting { key, value: Content::Hidden, reference: false },
                            Part::Plain(value) => Setting { key, value: Content::Plain(value.value()), reference: false },
                        }
                    }));
                }
            }
        }
        found
    }
}

enum Part<'a> {
    Plain(ValueRef<'a>),
    Secret(ValueRef<'a>),
    Hidden,
}

/// A value taken apart as far as it takes to have each of its secrets by itself; whole where it has none.
fn parts<'a>(value: ValueRef<'a>, secrets: Vec<&[Segment]>) -> Vec<(Vec<String>, Part<'a>)> {
    match value.kind() {
        _ if secrets.is_empty() => vec![(Vec::new(), Part::Plain(value))],
        _ if secrets.iter().any(|it| it.is_empty()) => vec![(Vec::new(), Part::Secret(value))],
        ValueKind::Object => {
            let mut found = Vec::new();
            for (name, member) in value.members() {
                let below = secrets.iter().filter_map(|it| match it.split_first() {
                    Some((Segment::Key(key), rest)) if *key == name => Some(rest),
                    _ => None,
                });
                for (mut way, part) in parts(member, below.collect()) {
                    way.insert(0, name.to_string());
                    found.push((way, part));
                }
            }
            found
        }
        _ => vec![(Vec::new(), Part::Hidden)],
    }
}

impl Config {
    /// The secret at a place, if the config has one there.
    #[must_use]
    pub fn secret(&self, at: &Place) -> Option<&Secret> {
        let settings = match (&at.of, at.keys().as_slice()) {
            (Owner::Provider { provider }, ["apiKey"]) => return Some(&self.provider(provider)?.key),
            (Owner::Provider { provider }, ["headers", name]) => {
                return self.provider(provider)?.headers.iter().find(|it| it.0 == *name).map(|it| &it.1);
            }
            (Owner::Provider { provider }, _) => &self.provider(provider)?.settings,
            (Owner::Model { provider, model }, _) => &self.provider(provider)?.model(model)?.settings,
            (Owner::Agent { agent }, _) => &self.routes().find(|it| it.0 == agent.as_deref())?.1.settings,
            (Owner::Models | Owner::Entry { .. }, _) => return None,
        };
        match &settings.iter().find(|it| it.key == at.key)?.value {
            Content::Secret(key) => Some(key),
            Content::Plain(_) | Content::Hidden => None,
        }
    }
}
