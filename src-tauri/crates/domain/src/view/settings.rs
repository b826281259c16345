//! The settings that have no field of their own, as the window edits them.

use serde::Serialize;
use ts_rs::TS;

use super::keys::{KeyView, key_view};
use crate::config::{Content, Setting};

#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SettingView {
    /// From its owner down.
    pub key: Vec<String>,
    /// As written: what a change of it takes as `was`. `null` for what is or holds a secret.
    #[ts(type = "unknown")]
    pub value: Option<serde_json::Value>,
    pub secret: Option<KeyView>,
    /// A SecretRef can stand in its place.
    pub reference: bool,
}

pub fn settings(all: &[Setting], seed: u64) -> Vec<SettingView> {
    let one = |it: &Setting| {
        let (value, secret) = match &it.value {
            Content::Plain(value) => (Some(value.clone()), None),
            Content::Secret(key) => (None, Some(key_view(key, seed))),
            Content::Hidden => (None, None),
        };
        SettingView { key: it.key.clone(), value, secret, reference: it.reference }
    };
    all.iter().map(one).collect()
}
