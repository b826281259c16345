//! What a person can change, in their own terms. A change names things by id, never by position, so that it still means the same
//! on a file that has moved on; `plan` turns it into edits of the text at hand.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One change of the config. `was` is the value that the person saw: if the file says something else by now, it is a conflict.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[ts(export)]
pub enum Change {
    /// The alias of a model, `null` for none.
    Alias {
        model_ref: String,
        was: Option<String>,
        to: Option<String>,
    },
    /// A limit of a model in tokens, `null` for "not in the file".
    Limit {
        provider: String,
        model: String,
        limit: Limit,
        #[ts(type = "number | null")]
        was: Option<u64>,
        #[ts(type = "number | null")]
        to: Option<u64>,
    },
    BaseUrl {
        provider: String,
        was: Option<String>,
        to: Option<String>,
    },
    /// The API kind (`openai-responses`, ...).
    Api {
        provider: String,
        was: Option<String>,
        to: Option<String>,
    },
    /// `timeoutSeconds` of a provider.
    Timeout {
        provider: String,
        #[ts(type = "number | null")]
        was: Option<u64>,
        #[ts(type = "number | null")]
        to: Option<u64>,
    },
    /// `was` is the tag that the view gave for the key: the key itself never reaches the UI unless asked for.
    Key {
        provider: String,
        was: String,
        to: NewKey,
    },
    /// The whole chain, primary first, each as written in the file. `agent` is `null` for the defaults; an agent without a member
    /// follows these again.
    Route {
        agent: Option<String>,
        was: Vec<String>,
        to: Vec<String>,
    },
    /// One setting of a model, `null` for "not in the file".
    Model {
        provider: String,
        model: String,
        field: ModelField,
        was: Option<FieldValue>,
        to: Option<FieldValue>,
    },
    AddModel {
        provider: String,
        model: String,
        fields: BTreeMap<ModelField, FieldValue>,
    },
    /// Refused while something refers to the model, unless forced: then it is taken out there too.
    RemoveModel {
        provider: String,
        model: String,
        force: bool,
    },
    /// Another id, and the same in each place that refers to the model.
    RenameModel {
        provider: String,
        was: String,
        to: String,
    },
    AddProvider {
        provider: String,
        base_url: String,
        api: Option<String>,
        key: NewKey,
    },
    /// As `RemoveModel`, with all its models.
    RemoveProvider {
        provider: String,
        force: bool,
    },
    RenameProvider {
        was: String,
        to: String,
    },
    /// `models.mode`: `merge` or `replace`.
    Mode {
        was: Option<String>,
        to: Option<String>,
    },
    /// A header of a provider. Its value is a secret, so `was` is a tag, as of a key.
    Header {
        provider: String,
        name: String,
        was: String,
        to: NewKey,
    },
    Flag {
        provider: String,
        flag: Flag,
        was: Option<bool>,
        to: Option<bool>,
    },
    /// Any other setting of the model side that is no secret: `key` leads to it from what it belongs to. `null` for "not in the file".
    Setting {
        of: Owner,
        key: Vec<String>,
        #[ts(type = "unknown")]
        was: Option<serde_json::Value>,
        #[ts(type = "unknown")]
        to: Option<serde_json::Value>,
    },
    /// Any other secret, like a provider's `request.auth.token` or one of the variables of its `localService.env`; `was` is a tag, as
    /// of a key.
    Secret {
        of: Owner,
        key: Vec<String>,
        was: String,
        to: NewKey,
    },
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

/// The settings of a model, in the order in which a new model gets them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum ModelField {
    Name,
    Api,
    Reasoning,
    Input,
    CostInput,
    CostOutput,
    CostCacheRead,
    CostCacheWrite,
    ContextWindow,
    ContextTokens,
    MaxTokens,
}

/// The settings of a model as the file has them, or is to.
pub type Fields = BTreeMap<ModelField, FieldValue>;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(untagged)]
#[ts(export)]
pub enum FieldValue {
    Flag(bool),
    Number(#[ts(type = "number")] serde_json::Number),
    Text(String),
    List(Vec<String>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum Flag {
    AuthHeader,
    AllowPrivateNetwork,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum Limit {
    ContextWindow,
    MaxTokens,
}

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

impl std::fmt::Debug for NewKey {
    /// A typed key is a secret from the first keystroke on.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            NewKey::None => f.write_str("None"),
            NewKey::Literal(_) => f.write_str("Literal(..)"),
            NewKey::Env(name) => write!(f, "Env({name})"),
            NewKey::Reference(it) => write!(f, "{it:?}"),
        }
    }
}
