//! Masks secrets in texts of any kind, which nothing vouches for: lines of a file that does not parse, comments, addresses, what others
//! write.

use super::MASK;
use super::names::{is_folder, is_plain_query, is_secret, is_secret_before_text};

/// What keys of well-known services begin with, and how many more characters make one of it.
const KEYS: [(&str, usize); 49] = [
    ("sk-", 8),
    ("sk_", 10),
    ("rk_live_", 10),
    ("pk_live_", 10),
    ("ghp_", 10),
    ("gho_", 10),
    ("ghu_", 10),
    ("ghs_", 10),
    ("ghr_", 10),
    ("github_pat_", 10),
    ("glpat-", 16),
    ("xoxb-", 10),
    ("xoxa-", 10),
    ("xoxp-", 10),
    ("xoxr-", 10),
    ("xoxs-", 10),
    ("xapp-", 10),
    ("gsk_", 10),
    ("AIza", 20),
    ("ya29.", 10),
    ("eyJ", 30),
    ("pplx-", 10),
    ("npm_", 10),
    ("pypi-", 10),
    ("dop_v1_", 10),
    ("hf_", 10),
    ("r8_", 10),
    ("tvly-", 10),
    ("xai-", 20),
    ("nvapi-", 10),
    ("AKIA", 16),
    ("ASIA", 16),
    ("LTAI", 10),
    ("AKID", 10),
    ("SG.", 20),
    ("dckr_pat_", 20),
    ("dckr_oat_", 20),
    ("rk_test_", 10),
    ("fal_", 10),
    ("exa_", 10),
    ("doo_v1_", 10),
    ("dor_v1_", 10),
    ("bb_live_", 10),
    ("syt_", 10),
    ("mem0_", 10),
    ("fw_", 30),
    ("fw-", 30),
    ("fpk_", 30),
    ("sbp_", 30),
];
const QUOTES: [char; 7] = ['"', '\'', '“', '”', '‘', '’', '`'];

/// Masks what may be a secret in a text that does not parse: what stands after a secret's name, to the end of the value or of the line.
/// Lines stay lines.
#[must_use]
pub fn mask_unread(text: &str) -> String {
    let mut masking = Masking {
        rest: text,
        out: String::with_capacity(text.len()),
        open: Vec::new(),
        key: String::new(),
        armed: false,
        colon: false,
    };
    while !masking.rest.is_empty() {
        masking.step();
    }
    mask_free(&masking.out)
}

struct Masking<'t> {
    rest: &'t str,
    out: String,
    /// Of each open bracket: the key before it, whether it is a list, and whether all in it is secret.
    open: Vec<(String, bool, bool)>,
    /// The last name, and whether a secret is to come after it.
    key: String,
    armed: bool,
    colon: bool,
}

impl Masking<'_> {
    fn step(&mut self) {
        let Some(next) = self.rest.chars().next() else { return };
        if self.rest.starts_with("//") && !self.out.ends_with(':') {
            return self.comment(self.rest.find('\n').unwrap_or(self.rest.len()));
        }
        if let Some(inside) = self.rest.strip_prefix("/*") {
            return self.comment(inside.find("*/").map_or(self.rest.len(), |end| end + 4));
        }
        match next {
            ':' | '=' => {
                self.colon = true;
                self.copy(next.len_utf8());
            }
            // An option in a list of arguments has its value behind the comma.
            ',' if self.armed && self.key.starts_with('-') => self.copy(1),
            ',' => {
                self.name(String::new());
                self.copy(1);
            }
            '{' | '[' => {
                let within = self.open.last().is_some_and(|it| it.2);
                let secret = within || is_secret(&self.key) || is_folder(&self.key);
                self.open.push((std::mem::take(&mut self.key), next == '[', secret));
                self.name(String::new());
                self.copy(1);
            }
            '}' | ']' => {
                self.open.pop();
                self.name(String::new());
                self.copy(1);
            }
            _ if next.is_whitespace() => self.copy(next.len_utf8()),
            _ => self.word(next),
        }
    }

    /// A name, or a value.
    fn word(&mut self, first: char) {
        let (_, in_list, in_secret) = self.open.last().cloned().unwrap_or_default();
        let is_value = self.colon || in_list || self.armed;
        if is_value && (self.armed || in_secret) {
            let length = self.value_length(first);
            let value = &self.rest[..length];
            // What only names a variable is none.
            if value.trim_matches(QUOTES).starts_with("${") && !value.contains('\n') {
                self.copy(length);
            } else {
                let lines = value.matches('\n').count();
                self.out.push_str(&[MASK].repeat(lines + 1).join("\n"));
                self.rest = &self.rest[length..];
            }
            return self.name(String::new());
        }
        let length = self.word_length(first);
        let word = self.rest[..length].trim_matches(QUOTES).to_owned();
        self.copy(length);
        // `--api-key` in a list of arguments, `Bearer` in a header.
        let announces = word.starts_with('-') && !word.contains('=') || word.eq_ignore_ascii_case("bearer");
        if is_value && !announces {
            self.name(String::new());
        } else {
            let folder = self.open.last().map(|it| it.0.as_str());
            let secret = is_secret_before_text(&word) || word == "value" && folder == Some("auth");
            self.name(word);
            self.armed = secret;
        }
    }

    fn name(&mut self, key: String) {
        (self.key, self.armed, self.colon) = (key, false, false);
    }

    /// A quoted word ends with its quote, or with the line.
    fn word_length(&self, first: char) -> usize {
        if QUOTES.contains(&first) {
            return self.quoted_length(first);
        }
        let ends = |c: char| c.is_whitespace() || QUOTES.contains(&c) || matches!(c, ',' | ':' | '=' | '{' | '}' | '[' | ']');
        self.rest.find(ends).unwrap_or(self.rest.len()).max(first.len_utf8())
    }

    /// A value without quotes may have anything in it but what ends it.
    fn value_length(&self, first: char) -> usize {
        if QUOTES.contains(&first) {
            return self.quoted_length(first);
        }
        let end = self.rest.find([',', '}', ']', '\n', '\r']).unwrap_or(self.rest.len());
        self.rest[..end].trim_end().len().max(first.len_utf8())
    }

    fn quoted_length(&self, open: char) -> usize {
        let straight = matches!(open, '"' | '\'' | '`');
        let mut escaped = false;
        for (at, c) in self.rest.char_indices().skip(1) {
            match c {
                _ if escaped => escaped = false,
                '\\' if straight => escaped = true,
                '\n' | '\r' => return at,
                _ if if straight { c == open } else { QUOTES.contains(&c) } => return at + c.len_utf8(),
                _ => {}
            }
        }
        self.rest.len()
    }

    fn comment(&mut self, length: usize) {
        self.out.push_str(&mask_comment(&self.rest[..length]));
        self.rest = &self.rest[length..];
    }

    fn copy(&mut self, length: usize) {
        self.out.push_str(&self.rest[..length]);
        self.rest = &self.rest[length..];
    }
}

/// Masks what looks like a setting or a key in a comment.
#[must_use]
pub(crate) fn mask_comment(comment: &str) -> String {
    let start = comment.len() - comment.trim_start_matches(['/', '*']).len();
    let end = if comment.len() >= start + 2 && comment.starts_with("/*") && comment.ends_with("*/") {
        comment.len() - 2
    } else {
        comment.len()
    };
    format!("{}{}{}", &comment[..start], mask_unread(&comment[start..end]), &comment[end..])
}

/// Masks keys of well-known services and the secret parts of addresses, wherever they stand.
#[must_use]
pub fn mask_free(text: &str) -> String {
    let parts = |c: char| c.is_whitespace() || QUOTES.contains(&c) || matches!(c, '<' | '>');
    let mut out = String::with_capacity(text.len());
    let mut after_scheme = false;
    let mut rest = text;
    while !rest.is_empty() {
        let (word, behind) = rest.split_at(rest.find(parts).unwrap_or(rest.len()));
        match word {
            "" => {}
            // Anything may be in a password.
            _ if word.contains("://") => out.push_str(&mask_url(word)),
            _ if after_scheme && word.len() >= 12 && !word.contains("${") => out.push_str(MASK),
            _ => out.push_str(&mask_keys(word)),
        }
        if !word.is_empty() {
            after_scheme = ["bearer", "basic"].iter().any(|scheme| word.eq_ignore_ascii_case(scheme));
        }
        let separator = behind.chars().next().map_or(0, char::len_utf8);
        out.push_str(&behind[..separator]);
        rest = &behind[separator..];
    }
    out
}

/// Masks each part of a word that is a key of a well-known service.
fn mask_keys(word: &str) -> String {
    let is_of_key = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let mut out = String::new();
    for part in word.split_inclusive(|c| !is_of_key(c)) {
        let bare = part.trim_end_matches(|c| !is_of_key(c));
        let is_key = KEYS.iter().any(|(start, more)| bare.starts_with(start) && bare.len() >= start.len() + more);
        if is_key {
            out.push_str(MASK);
            out.push_str(&part[bare.len()..]);
        } else {
            out.push_str(part);
        }
    }
    out
}

/// Masks user and password of an address, and the values of its query.
#[must_use]
pub fn mask_url(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return mask_keys(url) };
    let authority_end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    // A password may have a slash in it, though it should not.
    let spilled = || {
        let is_password = rest[..authority_end].rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_err());
        if is_password { rest.rfind('@') } else { None }
    };
    let user_end = rest[..authority_end].rfind('@').or_else(spilled);
    let (user, rest) = user_end.map_or(("", rest), |at| (&rest[..at], &rest[at + 1..]));
    let user = match user {
        "" if user_end.is_none() => String::new(),
        _ if user.rsplit(':').next().is_some_and(|it| it.starts_with("${")) => format!("{user}@"),
        _ => format!("{MASK}@"),
    };
    // What follows the path: queries and fragments, each with its mark.
    let place_end = rest.find(['?', '#']).unwrap_or(rest.len());
    let (place, mut behind) = rest.split_at(place_end);
    let mut masked = format!("{scheme}://{user}{}", mask_keys(place));
    while let Some(mark) = behind.chars().next() {
        let end = behind[1..].find(['?', '#']).map_or(behind.len(), |it| it + 1);
        masked.push(mark);
        masked.push_str(&mask_query(&behind[1..end]));
        behind = &behind[end..];
    }
    masked
}

fn mask_query(query: &str) -> String {
    let pair = |pair: &str| match pair.split_once('=') {
        Some((name, value)) if !value.is_empty() && !value.starts_with("${") && !is_plain_query(name) => format!("{name}={MASK}"),
        _ => mask_keys(pair),
    };
    query.split('&').map(pair).collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_does_not_parse_shows_no_secret() {
        for (text, shown) in [
            ("  apiKey: “sk-live-1”, // mine", "  apiKey: ••••••••, // mine"),
            (r#"  "token" : "abc", mode: "merge""#, r#"  "token" : ••••••••, mode: "merge""#),
            ("  mode: “merge”,", "  mode: “merge”,"),
            ("  maxTokens: 8192,", "  maxTokens: 8192,"),
            ("  apiKey: \"unclosed", "  apiKey: ••••••••"),
            ("  apiKey: bare, x: 1", "  apiKey: ••••••••, x: 1"),
            ("  auth: { token: 'a', mode: 'token' }", "  auth: { token: ••••••••, mode: 'token' }"),
            ("apiKey bare, x: 1", "apiKey ••••••••, x: 1"),
            ("apiKey = 'a', x: 1", "apiKey = ••••••••, x: 1"),
            ("apiKey:\n  bare: of two parts\nmode: a", "apiKey:\n  ••••••••\nmode: a"),
            ("apiKey: 'a\\'b', x: 1", "apiKey: ••••••••, x: 1"),
            ("headers: { X-Any: h1, 'X-B': \"h 2\" }, a: b", "headers: { X-Any: ••••••••, 'X-B': •••••••• }, a: b"),
            ("env: {\n  A: b\n  C: [ d, e ] }", "env: {\n  A: ••••••••\n  C: [ ••••••••, •••••••• ] }"),
            ("apiKey: \"${KEY}\", b: c", "apiKey: \"${KEY}\", b: c"),
            ("args: ['--api-key', 'abc', '-v', 'plain']", "args: ['--api-key', ••••••••, '-v', 'plain']"),
            ("// old apiKey: 'abc', b\n a: 1", "// old apiKey: ••••••••, b\n a: 1"),
            ("/* password hunter2 */ a: 1", "/* password •••••••• */ a: 1"),
            ("note: sk-0123456789abcdef", "note: ••••••••"),
            ("baseUrl: 'http://me:pw@rig:1/v1'", "baseUrl: 'http://••••••••@rig:1/v1'"),
        ] {
            assert_eq!(mask_unread(text), shown, "{text}");
        }
    }

    #[test]
    fn addresses_without_what_opens_them() {
        for (url, shown) in [
            ("http://rig:8000/v1", "http://rig:8000/v1"),
            ("http://me:pw@rig:8000/v1", "http://••••••••@rig:8000/v1"),
            ("http://me@rig/v1", "http://••••••••@rig/v1"),
            ("http://me:p@w@rig/v1", "http://••••••••@rig/v1"),
            ("http://me:p/w@rig/v1", "http://••••••••@rig/v1"),
            ("http://me:${PW}@rig/v1", "http://me:${PW}@rig/v1"),
            ("https://a.example/v1?api_key=k&api-version=2024", "https://a.example/v1?api_key=••••••••&api-version=2024"),
            ("https://a.example/?k=${K}#token=t", "https://a.example/?k=${K}#token=••••••••"),
            ("https://a.example/#token=t", "https://a.example/#token=••••••••"),
            ("postgres://u:p@db/x", "postgres://••••••••@db/x"),
        ] {
            assert_eq!(mask_url(url), shown);
        }
    }

    #[test]
    fn keys_in_what_others_write() {
        for (text, shown) in [
            ("Incorrect API key provided: sk-abcdefghij1234.", "Incorrect API key provided: ••••••••"),
            ("Authorization: Bearer abcdefghijklmnop", "Authorization: Bearer ••••••••"),
            ("at http://u:p@h/ (404)", "at http://••••••••@h/ (404)"),
            ("qwen3-coder:30b is not found", "qwen3-coder:30b is not found"),
        ] {
            assert_eq!(mask_free(text).trim_end_matches('.'), shown);
        }
    }
}
