//! The door for text that others wrote (servers, gateways, logs, configs, names of files) on its way to a person.

use std::fmt;

/// A text that does nothing but stand there: control characters, marks that turn the direction of writing and characters without width are
/// written as `\u001b`. Inside of JSON that is what they are, escaped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown(String);

impl Shown {
    /// Keeps lines and tabs: for texts of several lines of our own, and for JSON.
    #[must_use]
    pub fn text(text: &str) -> Shown {
        let mut shown = String::with_capacity(text.len());
        for c in text.chars() {
            match c {
                '\n' | '\t' => shown.push(c),
                _ if acts(c) => escape(c, &mut shown),
                _ => shown.push(c),
            }
        }
        Shown(shown)
    }

    /// Makes one line of it, of so many characters at most: for titles, labels and messages.
    #[must_use]
    pub fn line(text: &str, most: usize) -> Shown {
        let one = text.split(['\n', '\r', '\t', '\u{2028}', '\u{2029}', '\u{85}', '\u{b}', '\u{c}']).map(str::trim);
        let one = one.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
        let Shown(mut shown) = Shown::text(&one);
        if shown.chars().count() > most {
            shown = shown.chars().take(most.saturating_sub(1)).chain(['…']).collect();
        }
        Shown(shown)
    }

    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a character does something to what is around it instead of being seen.
fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

fn escape(c: char, to: &mut String) {
    for unit in c.encode_utf16(&mut [0; 2]) {
        to.push_str(&format!("\\u{unit:04x}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_act_is_seen() {
        for (text, shown) in [
            ("plain ü 漢 🙂 • –", "plain ü 漢 🙂 • –"),
            ("\u{1b}]0;x\u{7}", "\\u001b]0;x\\u0007"),
            ("a\u{9b}31m\0", "a\\u009b31m\\u0000"),
            ("a\u{202e}b\u{2066}c\u{200b}d\u{feff}", "a\\u202eb\\u2066c\\u200bd\\ufeff"),
            ("a\u{e0041}", "a\\udb40\\udc41"),
            ("a\nb\tc\rd", "a\nb\tc\\u000dd"),
        ] {
            assert_eq!(Shown::text(text).to_string(), shown);
        }
        assert_eq!(Shown::line(" a\r\n\n b\u{2028}c\u{1b} ", 20).to_string(), "a b c\\u001b");
        assert_eq!(Shown::line("abcdef", 3).to_string(), "ab…");
    }

    #[test]
    fn json_keeps_the_text() {
        let text = "m\u{1b}\u{9b}\u{202e}\u{e0041}\n";
        let json = document::Value::from(text).to_string();
        let shown = Shown::text(&json).to_string();
        assert!(shown.is_ascii(), "{shown}");
        assert_eq!(serde_json::from_str::<String>(&shown).ok().as_deref(), Some(text));
    }
}
