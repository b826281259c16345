//! Where a config refers to a model or a provider: routes, aliases, allowlists, and all the places where a single model can be named.

use document::{Document, Edit, Path, Value, ValueKind, ValueRef};

use super::plan::{file, set};
use crate::ModelRef;
use crate::base::refusal::Refusal;
use crate::config::{Config, RefPlace, is_same_id, ref_places};

/// What is renamed or removed: a model, or a provider with all its models.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    pub provider: &'a str,
    pub model: Option<&'a str>,
}

impl Target<'_> {
    /// Each place that names it, as OpenClaw prints paths; through an alias too.
    pub fn referrers(self, doc: &Document, config: &Config) -> Vec<String> {
        let named = |at: &Path| doc.get(at).and_then(ValueRef::as_str).is_some_and(|it| self.is(config, it));
        let mut found: Vec<Path> = Vec::new();
        for place in ref_places(doc) {
            match place {
                RefPlace::Slot(at) => {
                    found.extend([at.clone(), at.child("primary")].into_iter().filter(named));
                    found.extend(items(doc, &at.child("fallbacks")).filter(named));
                }
                RefPlace::List(at) => found.extend(items(doc, &at).filter(named)),
                RefPlace::Keys(at) => found.extend(self.named_keys(doc, &at).map(|key| at.child(key))),
                RefPlace::Pair(at) => found.extend(self.is_pair(doc, &at).then_some(at)),
            }
        }
        found.iter().map(Path::to_string).collect()
    }

    /// The document with each reference led to the new id: the model's, or else the provider's.
    pub fn lead_to(self, doc: &Document, to: &str) -> Result<Document, Refusal> {
        let (mut edits, mut renames) = (Vec::new(), Vec::new());
        for place in ref_places(doc) {
            match place {
                RefPlace::Slot(at) => {
                    edits.extend(self.lead_text(doc, at.clone(), to));
                    edits.extend(self.lead_text(doc, at.child("primary"), to));
                    edits.extend(self.lead_list(doc, at.child("fallbacks"), to));
                }
                RefPlace::List(at) => edits.extend(self.lead_list(doc, at, to)),
                RefPlace::Keys(at) => renames.extend(self.named_keys(doc, &at).map(|key| (at.child(key), self.led(key, to)))),
                RefPlace::Pair(at) if self.is_pair(doc, &at) => {
                    let key = if self.model.is_some() { "model" } else { "provider" };
                    edits.extend(set(doc, at.child(key), Some(Value::from(to))));
                }
                RefPlace::Pair(_) => {}
            }
        }
        doc.apply(&edits).and_then(|after| after.rename(&renames)).map_err(|error| file(&error))
    }

    /// The document with each reference taken out: the next fallback moves up, and a setting with nothing left goes.
    pub fn take_out(self, doc: &Document, config: &Config) -> Result<Document, Refusal> {
        // From the end, so that the removal of an element leaves the indexes before it as they are.
        let edits = ref_places(doc).into_iter().rev().flat_map(|place| match place {
            RefPlace::Slot(at) => self.take_out_of_slot(doc, config, at),
            RefPlace::List(at) => self.filtered(doc, config, &at).map(|to| set(doc, at, Some(to))).unwrap_or_default(),
            RefPlace::Keys(at) => {
                let named: Vec<&str> = self.named_keys(doc, &at).collect();
                let members = doc.get(&at).into_iter().flat_map(ValueRef::members);
                let kept = members.filter(|(key, _)| !named.contains(key)).map(|(key, value)| (key.to_owned(), value.value()));
                if named.is_empty() { Vec::new() } else { set(doc, at, Some(Value::Object(kept.collect()))) }
            }
            RefPlace::Pair(at) if self.is_pair(doc, &at) => set(doc, at, None),
            RefPlace::Pair(_) => Vec::new(),
        });
        doc.apply(&edits.collect::<Vec<_>>()).map_err(|error| file(&error))
    }

    fn take_out_of_slot(self, doc: &Document, config: &Config, at: Path) -> Vec<Edit> {
        let primary_at = at.child("primary");
        let Some(slot) = doc.get(&at) else { return Vec::new() };
        match slot.kind() {
            ValueKind::String if slot.as_str().is_some_and(|it| self.is(config, it)) => set(doc, at, None),
            ValueKind::Object => {
                let goes = slot.get("primary").and_then(ValueRef::as_str).is_some_and(|it| self.is(config, it));
                let rest = self.filtered(doc, config, &at.child("fallbacks"));
                if !goes {
                    return rest.map(|to| set(doc, at.child("fallbacks"), Some(to))).unwrap_or_default();
                }
                let rest = rest.or_else(|| slot.get("fallbacks").map(ValueRef::value));
                let rest = rest.as_ref().and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
                match rest.split_first() {
                    Some((first, rest)) => {
                        let mut edits = set(doc, primary_at, Some(first.clone()));
                        edits.extend(set(doc, at.child("fallbacks"), Some(Value::from(rest))));
                        edits
                    }
                    None if slot.members().all(|it| it.0 == "primary" || it.0 == "fallbacks") => set(doc, at, None),
                    None => {
                        let mut edits = set(doc, primary_at, None);
                        edits.extend(set(doc, at.child("fallbacks"), None));
                        edits
                    }
                }
            }
            _ => Vec::new(),
        }
    }

    /// `None` where nothing of the list goes.
    fn filtered(self, doc: &Document, config: &Config, at: &Path) -> Option<Value> {
        let list = doc.get(at).filter(|it| it.is_array())?;
        let kept = list.elements().filter(|it| it.as_str().is_none_or(|it| !self.is(config, it))).map(ValueRef::value);
        let kept: Vec<Value> = kept.collect();
        (kept.len() < list.elements().len()).then(|| Value::from(kept))
    }

    fn lead_text(self, doc: &Document, at: Path, to: &str) -> Vec<Edit> {
        match doc.get(&at).and_then(ValueRef::as_str).filter(|it| self.names(it)) {
            Some(written) => {
                let led = self.led(written, to);
                set(doc, at, Some(Value::from(led)))
            }
            None => Vec::new(),
        }
    }

    fn lead_list(self, doc: &Document, at: Path, to: &str) -> Vec<Edit> {
        items(doc, &at).flat_map(|item| self.lead_text(doc, item, to)).collect()
    }

    fn led(self, written: &str, to: &str) -> String {
        match (self.model, ModelRef::parse(written)) {
            (Some(_), _) => format!("{}/{to}", self.provider),
            (None, Some(it)) => format!("{to}/{}", it.model),
            // A provider on its own.
            (None, None) => to.to_owned(),
        }
    }

    /// As a ref, not through an alias.
    fn names(self, written: &str) -> bool {
        ModelRef::parse(written)
            .is_some_and(|it| is_same_id(&it.provider, self.provider) && self.model.is_none_or(|model| it.model == model))
    }

    fn is(self, config: &Config, written: &str) -> bool {
        let model = config.resolve(written);
        self.names(written) || model.is_some_and(|it| self.names(&it.to_string()))
    }

    /// Returns the keys of an object that name it.
    fn named_keys<'d>(self, doc: &'d Document, at: &Path) -> impl Iterator<Item = &'d str> {
        let keys = doc.get(at).into_iter().flat_map(ValueRef::members).map(|(key, _)| key);
        keys.filter(move |key| self.names(key) || self.model.is_none() && is_same_id(key, self.provider))
    }

    fn is_pair(self, doc: &Document, at: &Path) -> bool {
        let text = |key: &str| doc.get(&at.child(key)).and_then(ValueRef::as_str);
        text("provider").is_some_and(|it| is_same_id(it, self.provider))
            && self.model.is_none_or(|model| text("model") == Some(model))
    }
}

/// The document with each reference by an alias written otherwise.
pub fn lead_alias(doc: &Document, alias: &str, to: &str) -> Result<Document, Refusal> {
    let slots = ref_places(doc).into_iter().flat_map(|place| match place {
        RefPlace::Slot(at) => {
            let fallbacks = items(doc, &at.child("fallbacks")).collect();
            [vec![at.clone(), at.child("primary")], fallbacks].concat()
        }
        RefPlace::List(at) => items(doc, &at).collect(),
        RefPlace::Keys(_) | RefPlace::Pair(_) => Vec::new(),
    });
    let is_alias = |at: &Path| doc.get(at).and_then(ValueRef::as_str).is_some_and(|it| it.trim().eq_ignore_ascii_case(alias));
    let edits: Vec<Edit> = slots.filter(is_alias).flat_map(|at| set(doc, at, Some(Value::from(to)))).collect();
    doc.apply(&edits).map_err(|error| file(&error))
}

fn items(doc: &Document, at: &Path) -> impl Iterator<Item = Path> + use<> {
    let at = at.clone();
    let n = doc.get(&at).map_or(0, |it| it.elements().len());
    (0..n).map(move |i| at.child(i))
}
