//! Finds the secrets of a config by name and by place, so that none is ever shown.

use std::ops::Range;

use document::{Document, Path, PathRef, ValueRef};

/// Shown in place of a secret wherever the file's text is shown.
pub const MASK: &str = "••••••••";

/// A key with one of these in its name holds a secret.
const NAMES: [&str; 9] =
    ["passphrase", "apikey", "token", "secret", "password", "passwd", "authorization", "credential", "privatekey"];
/// Any value inside one of these may be a secret.
pub(crate) const FOLDERS: [&str; 3] = ["headers", "env", "tls"];

/// Returns the paths of all secrets written out in the document. Names of variables and numbers are not secrets.
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
    walk(value, &value.span(), &PathRef::root().key(key), is_secret_name(key), &mut |at, _| found.push(at.to_path()));
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
        let items = value.elements().enumerate().filter(|it| is_there(it.1));
        items.for_each(|(i, item)| walk(item, part, &at.index(i), is_secret, found));
    } else if value.is_object() {
        let in_folder = at.last_key().is_some_and(|key| FOLDERS.contains(&key));
        // A SecretRef only names where the secret is.
        let is_reference = || value.get("source").is_some() && value.get("id").is_some();
        for (key, member) in value.all_members().filter(|it| is_there(it.1)) {
            let under = is_secret || in_folder || is_secret_name(key) || key == "value" && at.last_key() == Some("auth");
            walk(member, part, &at.key(key), under && !is_reference(), found);
        }
    } else if is_secret && value.as_str().is_some_and(|it| !it.is_empty() && !it.starts_with("${")) {
        found(at, value);
    }
}

fn is_secret_name(key: &str) -> bool {
    // The shortest of the names has five letters; most keys are ruled out here.
    if key.len() < 5 {
        return false;
    }
    let letters: String = key.chars().filter(|it| it.is_alphanumeric()).map(|it| it.to_ascii_lowercase()).collect();
    NAMES.iter().any(|it| letters.contains(it)) && !letters.ends_with("tokens")
}

/// Masks one line of a text that does not parse, so its values can only be guessed at: where a secret's name stands before a colon,
/// everything quoted after it goes.
#[must_use]
pub fn mask_line(line: &str) -> String {
    const QUOTES: [char; 7] = ['"', '\'', '“', '”', '‘', '’', '`'];
    let mut out = String::with_capacity(line.len());
    let mut word = String::new();
    let mut chars = line.char_indices().peekable();
    while let Some((i, c)) = chars.next() {
        out.push(c);
        match c {
            ':' if is_secret_name(&word) || word == "Bearer" => {
                let rest = &line[i + 1..];
                let value_start = rest.find(|c: char| !c.is_whitespace()).unwrap_or(rest.len());
                let value = &rest[value_start..];
                // From an opening quote to the last quote of its sort, else to the next comma or brace.
                let end = match value.chars().next() {
                    Some(open) if QUOTES.contains(&open) => value[open.len_utf8()..].find(QUOTES).map_or(value.len(), |it| {
                        let close = open.len_utf8() + it;
                        close + value[close..].chars().next().map_or(0, char::len_utf8)
                    }),
                    Some('{' | '[') | None => 0,
                    Some(_) => value.find([',', '}', ']']).unwrap_or(value.len()),
                };
                if end > 0 && !value.starts_with("\"${") {
                    out.push_str(&rest[..value_start]);
                    out.push_str(MASK);
                    let skip_to = i + 1 + value_start + end;
                    while chars.peek().is_some_and(|it| it.0 < skip_to) {
                        chars.next();
                    }
                }
                word.clear();
            }
            c if c.is_alphanumeric() || matches!(c, '_' | '-') => word.push(c),
            c if QUOTES.contains(&c) || c.is_whitespace() => {}
            _ => word.clear(),
        }
    }
    out
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

    #[test]
    fn a_line_that_does_not_parse_shows_no_secret() {
        for (line, shown) in [
            ("  apiKey: “sk-live-1”, // mine", "  apiKey: ••••••••, // mine"),
            (r#"  "token" : "abc", mode: "merge""#, r#"  "token" : ••••••••, mode: "merge""#),
            ("  mode: “merge”,", "  mode: “merge”,"),
            ("  maxTokens: 8192,", "  maxTokens: 8192,"),
            ("  apiKey: \"unclosed", "  apiKey: ••••••••"),
            ("  apiKey: sk-bare, x: 1", "  apiKey: ••••••••, x: 1"),
            ("  auth: { token: 'a', mode: 'token' }", "  auth: { token: ••••••••, mode: 'token' }"),
        ] {
            assert_eq!(mask_line(line), shown);
        }
    }
}
