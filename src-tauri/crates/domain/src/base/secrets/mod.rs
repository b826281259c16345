//! Finds the secrets of a config by name and by place, so that none is ever shown.

mod names;
mod text;

use std::ops::Range;

use document::{Document, Path, PathRef, ValueRef};

pub(crate) use names::FOLDERS;
pub(crate) use text::mask_comment;
pub use text::{mask_free, mask_unread, mask_url};

/// Shown in place of a secret wherever the file's text is shown.
pub const MASK: &str = "••••••••";

/// Returns the paths of all secrets written out in the document. Names of variables are not secrets.
#[must_use]
pub fn secrets(doc: &Document) -> Vec<Path> {
    written(doc).into_iter().map(|it| it.0).collect()
}

/// Returns all secrets in the order of the text, both values of a key that is written twice included.
pub(crate) fn written(doc: &Document) -> Vec<(Path, ValueRef<'_>)> {
    written_in(doc, &(0..doc.text().len()))
}

/// Returns the secrets in one part of the text.
pub(crate) fn written_in<'d>(doc: &'d Document, part: &Range<usize>) -> Vec<(Path, ValueRef<'d>)> {
    let mut found = Vec::new();
    walk(doc.root(), part, &PathRef::root(), false, &mut |at, value| found.push((at.to_path(), value)));
    found
}

/// Returns the secrets written out in the value of a key, as paths that start with the key.
pub(crate) fn secrets_below(key: &str, value: ValueRef<'_>) -> Vec<Path> {
    let mut found = Vec::new();
    walk(value, &value.span(), &PathRef::root().key(key), names::is_secret_before_text(key), &mut |at, _| {
        found.push(at.to_path())
    });
    found
}

fn walk<'d>(
    value: ValueRef<'d>,
    part: &Range<usize>,
    at: &PathRef<'_>,
    is_secret: bool,
    found: &mut dyn FnMut(&PathRef<'_>, ValueRef<'d>),
) {
    let is_there = |it: ValueRef<'_>| it.span().start < part.end && part.start < it.span().end;
    if value.is_array() {
        // `--api-key`, then the key.
        let mut announced = false;
        for (i, item) in value.elements().enumerate() {
            let follows =
                std::mem::replace(&mut announced, item.as_str().is_some_and(|it| it.starts_with('-') && names::is_secret(it)));
            if is_there(item) {
                walk(item, part, &at.index(i), is_secret || follows, found);
            }
        }
    } else if value.is_object() {
        let in_folder = at.last_key().is_some_and(names::is_folder);
        // A SecretRef only names where the secret is.
        let is_reference = || value.get("source").is_some() && value.get("id").is_some();
        for (key, member) in value.all_members().filter(|it| is_there(it.1)) {
            let is_named = || match (member.is_array() || member.is_object(), member.as_str()) {
                (true, _) => names::is_secret(key),
                (false, Some(_)) => names::is_secret_before_text(key),
                (false, None) => false,
            };
            let under = is_secret || in_folder || is_named() || key == "value" && at.last_key() == Some("auth");
            walk(member, part, &at.key(key), under && !is_reference(), found);
        }
    } else if let Some(text) = value.as_str() {
        if is_secret && !text.is_empty() && !text.starts_with("${") || !is_secret && mask_free(text) != text {
            found(at, value);
        }
    } else if at.last_key().is_some_and(names::is_secret_before_number) && value.as_number().is_some() {
        found(at, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_found_by_name_and_by_place() {
        let doc = Document::parse(
            r#"{ gateway: { auth: { token: "t-1" } }, models: { providers: { a: { apiKey: "sk-1", headers: { "X-Any": "h-1" },
                models: [{ id: "m", maxTokens: 5 }] }, b: { apiKey: "${KEY}" }, c: { apiKey: { source: "env", provider: "default", id: "NAME" } } } } }"#,
        )
        .expect("parses");
        let found: Vec<String> = secrets(&doc).iter().map(Path::to_string).collect();
        assert_eq!(found, ["gateway.auth.token", "models.providers.a.apiKey", "models.providers.a.headers.X-Any"]);
    }

    /// What OpenClaw itself redacts, by name and by look.
    #[test]
    fn what_openclaw_redacts_is_masked() {
        let lists: document::Value = serde_json::from_str(include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../../tests/fixtures/openclaw/redacted-names.json"
        )))
        .expect("it is JSON");
        let list = |name: &str| -> Vec<String> { serde_json::from_value(lists[name].clone()).expect("a list") };
        let doc = |name: &str| Document::parse(format!("{{ \"{name}\": \"canary\" }}")).expect("parses");
        let shown: Vec<String> = list("fields").into_iter().filter(|name| secrets(&doc(name)).is_empty()).collect();
        assert_eq!(shown, [""; 0]);
        let hidden: Vec<String> = list("notFields").into_iter().filter(|name| !secrets(&doc(name)).is_empty()).collect();
        assert_eq!(hidden, [""; 0]);
        let url = |name: &String| mask_url(&format!("https://a.example/v1?a=1&{name}=canary")).contains("canary");
        assert_eq!(list("queries").into_iter().filter(url).collect::<Vec<_>>(), [""; 0]);
        assert_eq!(list("texts").into_iter().filter(|text| mask_free(text) == *text).collect::<Vec<_>>(), [""; 0]);
    }

    #[test]
    fn secrets_of_other_kinds() {
        let doc = Document::parse(
            r#"{ webhookUrl: "https://x/1", mnemonic: "a b", accessKeyId: "A1", extra_headers: { X: "y" }, pin: 1234, botToken: 42,
                args: ["--api-key", "z", "-v", "plain"], url: "http://u:p@h/", session: { scope: "per-sender" }, maxTokens: 5,
                note: "sk-0123456789abcdef", compat: { maxTokensField: "max_tokens" }, auth: "api-key" }"#,
        )
        .expect("parses");
        let found: Vec<String> = secrets(&doc).iter().map(Path::to_string).collect();
        let expected = ["webhookUrl", "mnemonic", "accessKeyId", "extra_headers.X", "pin", "botToken", "args.1", "url", "note"];
        assert_eq!(found, expected);
    }
}
