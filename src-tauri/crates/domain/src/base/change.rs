//! What a person can change, in their own terms. A change names things by id, never by position, so that it still means the same on a
//! file that has moved on.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

/// One change of the config. `was` is the value that the person saw: if the file says something else by now, it is a conflict.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub enum Change {
    /// Sets one value; `null` takes it out of the file.
    Set {
        at: Place,
        #[ts(type = "unknown")]
        was: Option<Value>,
        #[ts(type = "unknown")]
        to: Option<Value>,
    },
    /// Sets one secret. `was` is the tag that the view gave for it: the secret itself never reaches the window unless asked for.
    Secret {
        at: Place,
        was: String,
        to: NewKey,
    },
    /// Sets a whole chain, primary first, each member as written in the file. `agent` is `null` for the defaults; an agent without a
    /// member follows these again.
    Route {
        agent: Option<String>,
        was: Vec<String>,
        to: Vec<String>,
    },
    AddProvider {
        provider: String,
        fields: Fields,
        key: NewKey,
    },
    AddModel {
        provider: String,
        model: String,
        fields: Fields,
    },
    /// Takes out a model, or with `null` the provider and all its models. Refused while something refers to it, unless forced: then
    /// it is taken out there too.
    Remove {
        provider: String,
        model: Option<String>,
        force: bool,
    },
    /// Gives a model, or with `null` the provider, another id, and the same in each place that refers to it.
    Rename {
        provider: String,
        model: Option<String>,
        to: String,
    },
}

/// Where a setting is: what it belongs to, and the keys that lead to it from there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(export)]
pub struct Place {
    pub of: Owner,
    pub key: Vec<String>,
}

/// What a setting belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[ts(export)]
pub enum Owner {
    /// `models`, beside the providers.
    Models,
    Provider {
        provider: String,
    },
    Model {
        provider: String,
        model: String,
    },
    /// An agent, or `null` for the defaults of all.
    Agent {
        agent: Option<String>,
    },
    /// What an agent, or the defaults, say of a model: its alias, its parameters.
    Entry {
        agent: Option<String>,
        model_ref: String,
    },
}

/// Settings that hold no secret, as the file has them, or is to: `{ name: "M", cost: { input: 3 } }`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, type = "{ [key: string]: unknown }")]
pub struct Fields(pub serde_json::Map<String, Value>);

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", content = "value", rename_all = "camelCase")]
#[ts(export)]
pub enum NewKey {
    None,
    /// Stored in the file as typed.
    Literal(String),
    /// Stored as `${NAME}`.
    Env(String),
    /// Stored as a SecretRef: OpenClaw looks the secret up itself.
    Reference(SecretRef),
}

/// Where OpenClaw finds a secret: `source` is `env`, `file`, `exec` or `store`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SecretRef {
    pub source: String,
    pub provider: String,
    pub id: String,
}

impl Change {
    #[must_use]
    pub fn set<V: Into<Value>>(at: Place, was: Option<V>, to: Option<V>) -> Self {
        Change::Set { at, was: was.map(Into::into), to: to.map(Into::into) }
    }
}

impl Place {
    #[must_use]
    pub fn new(of: Owner, key: &[&str]) -> Self {
        Place { of, key: key.iter().map(|step| (*step).to_owned()).collect() }
    }

    #[must_use]
    pub fn provider(provider: &str, key: &[&str]) -> Self {
        Place::new(Owner::Provider { provider: provider.to_owned() }, key)
    }

    #[must_use]
    pub fn model(provider: &str, model: &str, key: &[&str]) -> Self {
        Place::new(Owner::Model { provider: provider.to_owned(), model: model.to_owned() }, key)
    }

    /// The alias of a model, among the defaults.
    #[must_use]
    pub fn alias(model_ref: impl Into<String>) -> Self {
        Place::new(Owner::Entry { agent: None, model_ref: model_ref.into() }, &["alias"])
    }

    /// The model whose alias, among the defaults, it is.
    #[must_use]
    pub fn alias_of(&self) -> Option<&str> {
        match (&self.of, self.keys().as_slice()) {
            (Owner::Entry { agent: None, model_ref }, ["alias"]) => Some(model_ref),
            _ => None,
        }
    }

    /// The key that requests to a provider go out with.
    #[must_use]
    pub fn api_key(provider: &str) -> Self {
        Place::provider(provider, &["apiKey"])
    }

    #[must_use]
    pub fn header(provider: &str, name: &str) -> Self {
        Place::provider(provider, &["headers", name])
    }

    /// `models.mode`: whether OpenClaw knows its own models beside those of the file.
    #[must_use]
    pub fn mode() -> Self {
        Place::new(Owner::Models, &["mode"])
    }

    /// The keys, as slices to match against.
    #[must_use]
    pub fn keys(&self) -> Vec<&str> {
        self.key.iter().map(String::as_str).collect()
    }
}

impl Fields {
    /// The value that these keys lead to.
    #[must_use]
    pub fn get(&self, key: &[&str]) -> Option<&Value> {
        let (first, rest) = key.split_first()?;
        rest.iter().try_fold(self.0.get(*first)?, |value, step| value.get(step))
    }

    pub fn set(&mut self, key: &[&str], to: impl Into<Value>) {
        let Some((last, above)) = key.split_last() else { return };
        let mut members = &mut self.0;
        for step in above {
            let place = members.entry(*step).or_insert(Value::Null);
            if !place.is_object() {
                *place = Value::Object(serde_json::Map::new());
            }
            let Value::Object(below) = place else { return };
            members = below;
        }
        members.insert((*last).to_owned(), to.into());
    }

    #[must_use]
    pub fn with(mut self, key: &[&str], to: impl Into<Value>) -> Self {
        self.set(key, to);
        self
    }
}

impl std::fmt::Debug for NewKey {
    /// A typed key is a secret from the first keystroke on.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            NewKey::None => f.write_str("None"),
            NewKey::Literal(_) => f.write_str("Literal(..)"),
            NewKey::Env(name) => write!(f, "Env({name})"),
            NewKey::Reference(reference) => write!(f, "{reference:?}"),
        }
    }
}
