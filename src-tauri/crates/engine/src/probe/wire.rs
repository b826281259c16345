//! The two formats that every kind shares, as tolerant as servers are various: the list of models and the error body. Nothing here
//! leaves the engine.

use serde::de::{DeserializeOwned, DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// `{"data": [...]}`, or a bare array. `data` may be null.
#[derive(Debug)]
pub(crate) struct Listing<T> {
    pub rows: Vec<Row<T>>,
    /// The list ended at the size limit.
    pub cut: bool,
    /// It carried an `error` as well.
    pub is_error: bool,
}

/// One model, and what one kind of server adds to it.
#[derive(Debug)]
pub(crate) struct Row<T> {
    pub id: String,
    pub owned_by: Option<String>,
    pub created: Option<u64>,
    pub aliases: Vec<String>,
    pub extra: T,
}

/// A row of which only what all kinds share is read.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Plain {}

#[derive(Deserialize)]
struct Shared {
    id: String,
    #[serde(default, deserialize_with = "lenient")]
    owned_by: Option<String>,
    #[serde(default, deserialize_with = "number")]
    created: Option<u64>,
    #[serde(default, deserialize_with = "lenient")]
    aliases: Option<Vec<String>>,
}

impl<T: DeserializeOwned + Default> Row<T> {
    pub(crate) fn unlisted(id: &str) -> Self {
        Self { id: id.to_owned(), owned_by: None, created: None, aliases: Vec::new(), extra: T::default() }
    }

    /// `None` for a row of another shape or without an id: it is no model.
    fn read(row: &Value) -> Option<Self> {
        let Shared { id, owned_by, created, aliases } = Shared::deserialize(row).ok()?;
        let extra = T::deserialize(row).unwrap_or_default();
        Some(Self { id, owned_by, created, aliases: aliases.unwrap_or_default(), extra })
    }
}

/// `error` may be an object, a text or missing; then it is `detail`, or the object itself says `"object":"error"`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ErrorBody {
    error: Option<Value>,
    detail: Option<Value>,
    object: Option<Value>,
    message: Option<Value>,
    code: Option<Value>,
    path: Option<Value>,
}

/// What an error body says, as far as it tells kinds of servers apart.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Complaint {
    pub message: String,
    pub kind: String,
    pub code: String,
    pub path: String,
    /// It came as `{"error": "..."}`.
    pub plain: bool,
    /// It came as `{"detail": "..."}`.
    pub detail: String,
}

impl ErrorBody {
    pub(crate) fn is_error(&self) -> bool {
        !matches!(self.error, None | Some(Value::Null)) || self.object.as_ref().is_some_and(|it| it == "error")
    }

    pub(crate) fn complaint(&self) -> Complaint {
        let inner = |key: &str| self.error.as_ref().and_then(|it| it.get(key));
        let plain = self.error.as_ref().is_some_and(Value::is_string);
        Complaint {
            message: text(if plain { self.error.as_ref() } else { inner("message").or(self.message.as_ref()) }),
            kind: text(inner("type")),
            code: text(inner("code").or(self.code.as_ref())),
            path: text(inner("path").or(self.path.as_ref())),
            plain,
            detail: text(self.detail.as_ref()),
        }
    }
}

/// Reads row by row, so that a list cut at the limit still gives the rows before the cut.
pub(crate) fn listing<T: DeserializeOwned + Default>(body: &[u8], cut: bool) -> Option<Listing<T>> {
    let mut listing = Listing { rows: Vec::new(), cut, is_error: false };
    let mut found = false;
    let mut json = serde_json::Deserializer::from_slice(body);
    let whole = Top { listing: &mut listing, found: &mut found }.deserialize(&mut json).is_ok() && json.end().is_ok();
    (found && (whole || cut) || listing.is_error).then_some(listing)
}

struct Top<'a, T> {
    listing: &'a mut Listing<T>,
    found: &'a mut bool,
}

impl<'de, T: DeserializeOwned + Default> DeserializeSeed<'de> for Top<'_, T> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de, T: DeserializeOwned + Default> Visitor<'de> for Top<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a list of models")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "data" => {
                    *self.found = true;
                    map.next_value_seed(Rows(&mut self.listing.rows))?;
                }
                "error" => self.listing.is_error = !map.next_value::<Value>()?.is_null(),
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<(), A::Error> {
        *self.found = true;
        Rows(&mut self.listing.rows).visit_seq(seq)
    }
}

struct Rows<'a, T>(&'a mut Vec<Row<T>>);

impl<'de, T: DeserializeOwned + Default> DeserializeSeed<'de> for Rows<'_, T> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de, T: DeserializeOwned + Default> Visitor<'de> for Rows<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an array of models or null")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while let Some(row) = seq.next_element::<Value>()? {
            self.0.extend(Row::read(&row));
        }
        Ok(())
    }
}

/// A field of another type than expected is a field that isn't there.
pub(crate) fn lenient<'de, D: Deserializer<'de>, T: DeserializeOwned>(json: D) -> Result<Option<T>, D::Error> {
    Ok(T::deserialize(Value::deserialize(json)?).ok())
}

/// 2048, 2048.0 and "2048" are the same.
pub(crate) fn number<'de, D: Deserializer<'de>>(json: D) -> Result<Option<u64>, D::Error> {
    Ok(match Value::deserialize(json)? {
        Value::Number(it) => it.as_u64().or_else(|| it.as_f64().and_then(whole)),
        Value::String(it) => it.trim().parse().ok(),
        _ => None,
    })
}

/// As [`number`], without the 0 that servers write where they don't know.
pub(crate) fn known<'de, D: Deserializer<'de>>(json: D) -> Result<Option<u64>, D::Error> {
    Ok(number(json)?.filter(|it| *it > 0))
}

/// The range is checked first, so the cast loses nothing but the fraction.
pub(crate) fn whole(number: f64) -> Option<u64> {
    (0.0..9.0e15).contains(&number).then_some(number as u64)
}

fn text(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(it)) => it.clone(),
        Some(Value::Number(it)) => it.to_string(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, cut: bool, ids: &str) {
        let got = listing::<Plain>(body.as_bytes(), cut);
        let got = got.map(|it| it.rows.iter().map(|row| row.id.clone()).collect::<Vec<_>>().join(" "));
        assert_eq!(got.as_deref(), (ids != "-").then_some(ids), "{body}");
    }

    #[test]
    fn lists_come_in_many_shapes() {
        check(r#"{"object":"list","data":[{"id":"a"},{"id":"b"}]}"#, false, "a b");
        check(r#"{"data":null}"#, false, "");
        check(r#"{"data":[]}"#, false, "");
        check(r#"[{"id":"a"}]"#, false, "a");
        check(r#"{"data":[{"id":null},"x",{"id":7},{"id":"b","owned_by":[],"created":"soon","meta":3}]}"#, false, "b");
        check(r#"{"status":"ok"}"#, false, "-");
        check(r#"{"data":{"id":"a"}}"#, false, "-");
        check(r#"{"data":[{"id":"a"}"#, false, "-");
        check("<html>", false, "-");
        check("", false, "-");
    }

    #[test]
    fn a_list_cut_at_the_limit_keeps_what_came_before() {
        check(r#"{"data":[{"id":"a"},{"id":"b"},{"id":"c","na"#, true, "a b");
        check(r#"{"models":[{"na"#, true, "-");
    }

    #[test]
    fn numbers_in_any_spelling() {
        #[derive(Deserialize)]
        struct Numbers {
            #[serde(default, deserialize_with = "number")]
            any: Option<u64>,
            #[serde(default, deserialize_with = "known")]
            known: Option<u64>,
        }
        for (spelling, any, over_0) in [
            ("2048", Some(2048), Some(2048)),
            ("2048.0", Some(2048), Some(2048)),
            ("\"2048\"", Some(2048), Some(2048)),
            ("0", Some(0), None),
            ("-1", None, None),
            ("\"4.68 GiB\"", None, None),
        ] {
            let read: Numbers = serde_json::from_str(&format!("{{\"any\":{spelling},\"known\":{spelling}}}")).expect("an object");
            assert_eq!((read.any, read.known), (any, over_0), "{spelling}");
        }
    }
}
