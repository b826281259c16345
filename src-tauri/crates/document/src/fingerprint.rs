//! What a text means, in a number: to tell whether another parser reads the same in it, without keeping what it reads.

use std::fmt;
use std::hash::{BuildHasher, Hash};

use foldhash::quality::FixedState;
use serde_core::Deserialize;
use serde_core::de::{Deserializer, MapAccess, SeqAccess, Visitor};

use crate::{Document, View};

/// Equal for equal values in the same order, members written twice and all. Numbers are compared as floats: one parser keeps `1.0`,
/// another `1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fingerprint(u64);

impl Document {
    /// What the whole text means.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        of(self.root())
    }
}

fn of(value: View<'_>) -> Fingerprint {
    if value.is_array() {
        return Fingerprint::array(&value.elements().map(of).collect::<Vec<_>>());
    }
    if value.is_object() {
        let members = value.all().map(|(name, it)| (Fingerprint::text(&name.unwrap_or_default()), of(it)));
        return Fingerprint::object(&members.collect::<Vec<_>>());
    }
    match (value.as_str(), value.as_bool()) {
        (Some(text), _) => Fingerprint::text(&text),
        (_, Some(flag)) => Fingerprint::flag(flag),
        _ => value.as_f64().map_or_else(Fingerprint::nothing, Fingerprint::number),
    }
}

impl Fingerprint {
    /// Each sort of value has a seed of its own.
    fn of(sort: u64, what: impl Hash) -> Self {
        Fingerprint(FixedState::with_seed(sort).hash_one(what))
    }

    fn nothing() -> Self {
        Self::of(0, ())
    }

    fn flag(flag: bool) -> Self {
        Self::of(1, flag)
    }

    fn number(number: f64) -> Self {
        // What JSON can't say is read as null.
        if number.is_finite() { Self::of(2, (number + 0.0).to_bits()) } else { Self::nothing() }
    }

    fn text(text: &str) -> Self {
        Self::of(3, text)
    }

    fn array(elements: &[Self]) -> Self {
        Self::of(4, elements)
    }

    fn object(members: &[(Self, Self)]) -> Self {
        Self::of(5, members)
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Fingerprint;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Fingerprint, E> {
        Ok(Fingerprint::nothing())
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Fingerprint, E> {
        Ok(Fingerprint::flag(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Fingerprint, E> {
        Ok(Fingerprint::number(number as f64))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Fingerprint, E> {
        Ok(Fingerprint::number(number as f64))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Fingerprint, E> {
        Ok(Fingerprint::number(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Fingerprint, E> {
        Ok(Fingerprint::text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Fingerprint, A::Error> {
        let mut all = Vec::new();
        while let Some(element) = elements.next_element()? {
            all.push(element);
        }
        Ok(Fingerprint::array(&all))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Fingerprint, A::Error> {
        let mut all = Vec::new();
        while let Some(member) = members.next_entry()? {
            all.push(member);
        }
        Ok(Fingerprint::object(&all))
    }
}
