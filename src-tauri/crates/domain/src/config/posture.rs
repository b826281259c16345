//! Settings beside the model side that matter for local models: compaction, tools, WhatsApp. Read leniently:
//! they are not edited here, and a value of the wrong shape counts as not set.

use std::collections::BTreeMap;

use document::{Document, Path, Segment, ValueRef};

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Posture {
    /// `agents.defaults.compaction.enabled` and `.mode`; on unless switched off.
    pub compaction: Option<bool>,
    pub compaction_mode: Option<String>,
    /// `agents.defaults.sandbox.mode`
    pub sandbox: Option<String>,
    pub tools: Tools,
    /// By provider id or model ref.
    pub tools_by_provider: BTreeMap<String, Tools>,
    /// There is a WhatsApp channel, and it is not switched off.
    pub whatsapp: bool,
    /// `gateway.bind`: the gateway does not listen at 127.0.0.1.
    pub gateway_elsewhere: bool,
}

/// Which tools a model may use.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tools {
    pub profile: Option<String>,
    pub allow: Vec<String>,
    pub deny: Vec<String>,
}

impl Tools {
    /// Whether no tool gives a model a shell.
    #[must_use]
    pub fn are_narrow(&self) -> bool {
        let shell = |list: &[String]| list.iter().any(|it| matches!(it.as_str(), "*" | "exec" | "group:runtime"));
        matches!(self.profile.as_deref(), Some("minimal" | "messaging"))
            || (!self.allow.is_empty() && !shell(&self.allow))
            || shell(&self.deny)
    }
}

impl Posture {
    #[must_use]
    pub fn read(doc: &Document) -> Posture {
        let value = |keys: &[&str]| doc.get(&keys.iter().map(|it| Segment::from(*it)).collect::<Path>());
        let text = |keys: &[&str]| value(keys).and_then(ValueRef::as_str).map(Into::into);
        let flag = |keys: &[&str]| value(keys).and_then(ValueRef::as_bool);
        let by_provider = value(&["tools", "byProvider"]).into_iter().flat_map(ValueRef::members);
        Posture {
            compaction: flag(&["agents", "defaults", "compaction", "enabled"]),
            compaction_mode: text(&["agents", "defaults", "compaction", "mode"]),
            sandbox: text(&["agents", "defaults", "sandbox", "mode"]),
            tools: value(&["tools"]).map(tools).unwrap_or_default(),
            tools_by_provider: by_provider.map(|(id, it)| (id.into(), tools(it))).collect(),
            whatsapp: value(&["channels", "whatsapp"])
                .is_some_and(|it| it.is_object() && it.get("enabled").and_then(ValueRef::as_bool) != Some(false)),
            gateway_elsewhere: matches!(text(&["gateway", "bind"]).as_deref(), Some("tailnet" | "custom")),
        }
    }

    /// The tools of one model: its own setting, else its provider's, else everyone's.
    #[must_use]
    pub fn tools_are_narrow(&self, provider: &str, model: &str) -> bool {
        let own = [provider.to_owned(), format!("{provider}/{model}")];
        self.tools.are_narrow() || own.iter().any(|it| self.tools_by_provider.get(it).is_some_and(Tools::are_narrow))
    }
}

fn tools(value: ValueRef<'_>) -> Tools {
    let list = |key: &str| {
        value.get(key).into_iter().flat_map(ValueRef::elements).filter_map(|it| it.as_str().map(Into::into)).collect()
    };
    Tools { profile: value.get("profile").and_then(ValueRef::as_str).map(Into::into), allow: list("allow"), deny: list("deny") }
}
