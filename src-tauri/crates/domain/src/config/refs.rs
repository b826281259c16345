//! What a written model means to OpenClaw: an alias, a ref, or a bare id, and the route of the agent that answers.

use super::{Config, Provider, Route};
use crate::ModelRef;
use crate::schema;

/// Why a written model names nothing that this file knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RefFault {
    /// Neither an alias nor a ref, and no provider has such a model.
    NotARef,
    /// More than one provider has a model of this id.
    Ambiguous(Vec<ModelRef>),
    /// The part before the slash is no provider of this file, or not one with that model; what is probably meant.
    Elsewhere { asked: ModelRef, meant: ModelRef },
    /// The provider has a list of models, and not this one.
    UnknownModel(ModelRef),
}

impl Config {
    /// Finds a provider; OpenClaw compares their ids without case.
    #[must_use]
    pub fn provider(&self, id: &str) -> Option<&Provider> {
        self.providers.iter().find(|it| it.id == id).or_else(|| self.providers.iter().find(|it| is_same_id(&it.id, id)))
    }

    /// A model as this file spells its provider.
    #[must_use]
    pub fn spelled(&self, model: &ModelRef) -> ModelRef {
        let id = self.provider(&model.provider).map_or_else(|| model.provider.trim().to_ascii_lowercase(), |it| it.id.clone());
        ModelRef::new(id, &model.model)
    }

    /// What a route member means: an alias (any case, as OpenClaw matches them), a ref, or the id of a model that one provider has.
    #[must_use]
    pub fn resolve(&self, written: &str) -> Option<ModelRef> {
        let written = written.trim();
        let alias = self.aliases.iter().find(|it| it.alias.eq_ignore_ascii_case(written));
        alias.map(|it| it.model.clone()).or_else(|| self.as_ref(written))
    }

    /// The same, aliases apart.
    pub(super) fn as_ref(&self, written: &str) -> Option<ModelRef> {
        if let Some(model) = ModelRef::parse(written) {
            return Some(self.spelled(&model));
        }
        match self.of_id(written).as_slice() {
            [only] => Some(only.clone()),
            _ => None,
        }
    }

    /// The models of this id.
    fn of_id(&self, id: &str) -> Vec<ModelRef> {
        let same = |it: &&super::Model| it.id.eq_ignore_ascii_case(id);
        let models = self.providers.iter().filter_map(|it| Some(ModelRef::new(&it.id, &it.models.iter().find(same)?.id)));
        let mut found: Vec<ModelRef> = models.collect();
        for entry in self.entries.iter().filter_map(|it| ModelRef::parse(it)) {
            let entry = self.spelled(&entry);
            if entry.model.eq_ignore_ascii_case(id) && !found.iter().any(|it| it.provider == entry.provider) {
                found.push(entry);
            }
        }
        found
    }

    /// Why a written model names nothing that this file knows, if so.
    #[must_use]
    pub fn ref_fault(&self, written: &str) -> Option<RefFault> {
        let written = written.trim();
        let Some(asked) = self.resolve(written) else {
            let all = self.of_id(written);
            return Some(if all.len() > 1 { RefFault::Ambiguous(all) } else { RefFault::NotARef });
        };
        let in_file = self.provider(&asked.provider).filter(|it| !it.implied);
        if in_file.is_some_and(|it| it.models.is_empty() || it.model(&asked.model).is_some()) {
            return None;
        }
        // A publisher in front of the slash, as LM Studio and vLLM name models; or the id without it, or in another case.
        let candidates = [self.of_id(written), self.of_id(&asked.model)].concat();
        let meant = candidates.into_iter().find(|it| it.provider != asked.provider || in_file.is_some() && *it != asked);
        let is_publisher = |it: &ModelRef| it.model.eq_ignore_ascii_case(written);
        let is_here = |it: &ModelRef| it.provider == asked.provider;
        match (in_file, meant) {
            (Some(_), Some(meant)) if is_here(&meant) || is_publisher(&meant) => Some(RefFault::Elsewhere { asked, meant }),
            (Some(_), _) => Some(RefFault::UnknownModel(asked)),
            (None, Some(meant)) if is_publisher(&meant) || !schema::brings(&asked.provider) => {
                Some(RefFault::Elsewhere { asked, meant })
            }
            // OpenClaw, or a plug-in, may bring the provider.
            (None, _) => None,
        }
    }

    /// The agent whose route answers what is asked of nobody else, if it has a route of its own; else the defaults answer.
    #[must_use]
    pub fn leading_agent(&self) -> Option<&str> {
        self.leading.as_deref()
    }

    /// The route of the agent that answers: its own, else the defaults.
    #[must_use]
    pub fn leading_route(&self) -> &Route {
        self.agents.iter().find(|it| Some(it.id.as_str()) == self.leading_agent()).map_or(&self.defaults, |it| &it.route)
    }
}

/// OpenClaw trims the ids of providers and compares them without case (2026.9.6, measured).
#[must_use]
pub fn is_same_id(a: &str, b: &str) -> bool {
    a.trim().eq_ignore_ascii_case(b.trim())
}
