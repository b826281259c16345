//! Which OpenClaw a file is for: a key that came with a later release is written only where the file does not show that its OpenClaw
//! refuses it.

use document::{Document, Path, ValueRef};

use crate::base::releases::{Release, Version, version};

/// Which OpenClaw a file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Generation {
    /// 2026.3 and before.
    Old(Option<(u16, u16)>),
    /// 2026.9 and after.
    New,
    /// In between, where it is not known which release brought which key, or the file does not tell.
    Unsure(Option<(u16, u16)>),
}

impl Default for Generation {
    fn default() -> Self {
        Generation::Unsure(None)
    }
}

impl Generation {
    /// `meta.lastTouchedVersion` says it; else the keys that only one generation takes.
    pub fn of(doc: &Document) -> Self {
        match last_writer(doc).map(Version::month) {
            Some(version) if version < (2026, 4) => Generation::Old(Some(version)),
            Some(version) if version >= (2026, 9) => Generation::New,
            Some(version) => Generation::Unsure(Some(version)),
            None => Self::of_shape(doc),
        }
    }

    fn of_shape(doc: &Document) -> Self {
        let has = |keys: &[&str]| doc.get(&keys.iter().copied().collect()).is_some();
        let providers = doc.get(&Path::from(["models", "providers"])).into_iter().flat_map(ValueRef::members);
        let new_provider = providers.map(|it| it.1).any(|it| {
            let mut models = it.get("models").into_iter().flat_map(ValueRef::elements);
            ["timeoutSeconds", "request", "localService", "maxTokens", "params"].iter().any(|key| it.get(key).is_some())
                || models.any(|it| it.get("contextTokens").is_some())
        });
        if new_provider
            || has(&["agents", "entries"])
            || has(&["agents", "defaults", "modelPolicy"])
            || has(&["agents", "defaults", "mediaModels"])
        {
            Generation::New
        } else if has(&["agents", "defaults", "imageGenerationModel"])
            || has(&["agents", "defaults", "contextTokens"])
            || has(&["models", "bedrockDiscovery"])
        {
            Generation::Old(None)
        } else {
            Generation::Unsure(None)
        }
    }

    /// The file tells.
    pub fn is_sure(self) -> bool {
        !matches!(self, Generation::Unsure(_))
    }

    /// What to tell of a key that another generation refuses, where the file does not show of which it is.
    pub fn doubt(self, refused_by: Generation, key: &str) -> Option<String> {
        match (self, refused_by) {
            (Generation::Unsure(Some((year, month))), _) => Some(format!(
                "{key} changed between OpenClaw 2026.3.28 and 2026.9.6: OpenClaw {year}.{month}, which last wrote this file, may refuse it."
            )),
            (Generation::Unsure(None), Generation::Old(_)) => Some(format!(
                "OpenClaw 2026.3.28 and before refuse {key} as set here, and the file does not tell which release reads it."
            )),
            (Generation::Unsure(None), _) => Some(format!(
                "OpenClaw 2026.9.6 and after refuse {key} as set here, and the file does not tell which release reads it."
            )),
            (Generation::Old(_) | Generation::New, _) => None,
        }
    }

    pub fn before(self, version: (u16, u16)) -> bool {
        match self {
            Generation::Old(it) | Generation::Unsure(it) => it.is_none_or(|it| it < version),
            Generation::New => false,
        }
    }
}

/// The OpenClaw that last wrote the file, else what its keys show: each release refuses those that came later.
pub fn release(doc: &Document) -> Release {
    if let Some(version) = last_writer(doc) {
        return Release::exactly(version);
    }
    let agents = [&["entries"][..], &["defaults", "modelPolicy"], &["defaults", "mediaModels"]];
    if agents.iter().any(|it| doc.get(&[&["agents"], *it].concat().into_iter().collect()).is_some()) {
        return Release::since(version(2026, 8, 1));
    }
    let providers = || doc.get(&Path::from(["models", "providers"])).into_iter().flat_map(ValueRef::members).map(|it| it.1);
    let has = |keys: &[&str]| providers().any(|it| keys.iter().any(|key| it.get(key).is_some()));
    if has(&["params", "region", "agentRuntime", "localService"]) {
        // 2026.4.29 refuses them.
        Release::since(version(2026, 4, 30))
    } else if has(&["timeoutSeconds", "maxTokens"]) {
        // 2026.4.5 refuses them.
        Release::since(version(2026, 4, 6))
    } else {
        Release::UNKNOWN
    }
}

/// The OpenClaw that last wrote the file.
fn last_writer(doc: &Document) -> Option<Version> {
    Version::parse(doc.get(&Path::from(["meta", "lastTouchedVersion"]))?.as_str()?)
}
