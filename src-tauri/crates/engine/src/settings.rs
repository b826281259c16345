//! The app's own settings: one small TOML file that people write too, so a save keeps their comments and their order.

use std::fs;
use std::path::Path;

use domain::base::refusal::{Refusal, RefusalCode};
use domain::notify::settings::Settings;
use toml_edit::{DocumentMut, Item, Value, value};

use crate::files::{FileError, SMALL, read_text, write_private};

/// Reads the settings; the defaults where there is no file.
///
/// # Errors
/// A sentence with its line.
pub(crate) fn read(path: &Path) -> Result<Settings, String> {
    match read_text(path, SMALL) {
        Ok(text) => parse(&text),
        Err(FileError::Missing) => Ok(Settings::default()),
        Err(error) => Err(format!("it can't be read: {error}")),
    }
}

fn parse(text: &str) -> Result<Settings, String> {
    let settings: Settings = toml_edit::de::from_str(text).map_err(|error| {
        let at = error.span().map_or(0, |it| it.start.min(text.len()));
        let line = text.as_bytes()[..at].iter().filter(|it| **it == b'\n').count() + 1;
        format!("line {line}: {}", unquoted(error.message()))
    })?;
    settings.check().map_err(|fault| {
        let line = text.lines().position(|it| it.trim_start().starts_with(fault.key));
        line.map_or_else(|| fault.message.clone(), |line| format!("line {}: {}", line + 1, fault.message))
    })?;
    Ok(settings)
}

/// Returns what a message says is wrong and was expected, without what it quotes: anything may have been pasted there.
fn unquoted(message: &str) -> String {
    let what = message.split(['`', '"', ':', '\n']).next().unwrap_or_default().trim().trim_end_matches(',');
    match message.rsplit_once(", expected ").or_else(|| message.rsplit_once("\nexpected ")) {
        Some((_, expected)) => format!("{what}, expected {}", expected.replace('\n', ", ")),
        None => what.to_owned(),
    }
}

/// Writes into the file what differs from it, and leaves everything else as it is.
pub(crate) fn write(path: &Path, settings: &Settings) -> Result<(), Refusal> {
    settings.check().map_err(|fault| Refusal::new(RefusalCode::Invalid, fault.message))?;
    let name = path.display();
    let text = match read_text(path, SMALL) {
        Ok(text) => text,
        Err(FileError::Missing) => String::new(),
        Err(error) => return Err(Refusal::new(RefusalCode::File, format!("{name} can't be read: {error}"))),
    };
    let before = parse(&text).map_err(|why| {
        Refusal::new(RefusalCode::File, format!("{name} has an error, {why}")).hint("Nothing was written. Correct it first.")
    })?;
    let mut doc: DocumentMut = text.parse().map_err(|_| Refusal::new(RefusalCode::File, format!("{name} has an error")))?;
    let (before, after) = (table(&before)?, table(settings)?);
    for (key, item) in after.iter().filter(|(key, item)| before[*key].to_string() != item.to_string()) {
        if let Item::Value(value) = item {
            put(&mut doc, key, value.clone());
        }
    }
    // A link stays a link: what it points to is written.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    write_private(&target, doc.to_string().as_bytes()).map_err(|error| {
        Refusal::new(RefusalCode::File, format!("{name} can't be written: {error}"))
            .hint("Correct its permissions, or make room on the disk.")
    })
}

fn table(settings: &Settings) -> Result<DocumentMut, Refusal> {
    toml_edit::ser::to_document(settings).map_err(|error| Refusal::new(RefusalCode::Internal, error.to_string()))
}

/// Sets a value in its place, and keeps the comment behind it.
fn put(doc: &mut DocumentMut, key: &str, mut to: Value) {
    match doc.get_mut(key) {
        Some(Item::Value(before)) => {
            *to.decor_mut() = before.decor().clone();
            *before = to;
        }
        _ => doc[key] = value(to),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_order_survive_a_save() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("settings.toml");
        fs::write(&path, "# mine\nhistoryDays = 30 # a month\n\n# the cellar is loud\nmuted = [\"rig\"]\n").expect("written");
        let was = read(&path).expect("it reads");
        assert_eq!((was.history_days, was.muted.as_slice()), (30, ["rig".to_owned()].as_slice()));
        let to = Settings { history_days: 60, quiet: true, ..was };
        write(&path, &to).expect("written");
        let text = fs::read_to_string(&path).expect("there");
        assert_eq!(text, "# mine\nhistoryDays = 60 # a month\n\n# the cellar is loud\nmuted = [\"rig\"]\nquiet = true\n");
        assert_eq!(read(&path), Ok(to));
    }

    #[test]
    fn without_a_file_all_is_as_it_comes() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("deep/settings.toml");
        assert_eq!(read(&path), Ok(Settings::default()));
        write(&path, &Settings { probe_seconds: 5, ..Settings::default() }).expect("written");
        assert_eq!(fs::read_to_string(&path).expect("there"), "probeSeconds = 5\n");
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        for (text, told) in [
            ("group = true\nquiet = maybe\n", "line 2: "),
            ("\nprobeSeconds = 0\n", "line 2: probeSeconds is 0; it must be from 1 to 3600"),
            ("colour = \"red\"\n", "line 1: unknown field, expected one of `probeSeconds`"),
            ("apiKey = sk-canary\n", "line 1: "),
            ("apiKey = \"sk-canary\"\n", "line 1: unknown field, expected"),
            ("quiet = \"sk-canary\"\n", "line 1: invalid type, expected a boolean"),
            ("off = [\"sk-canary\"]\n", "line 1: off names a notification that does not exist"),
            ("quiet = true\nquietFrom = \"sk-canary\"\n", "line 2: quietFrom must be a time"),
            ("sk-canary\n", "line 1: "),
            ("quiet = true sk-canary\n", "line 1: "),
            ("probeSeconds = \"ten\"\n", "line 1: invalid type"),
            ("probeSeconds = -1\n", "line 1: invalid value"),
            ("quiet = true\nquietTo = \"7\"\n", "line 2: quietTo must be a time of day such as \"22:00\""),
        ] {
            let why = parse(text).expect_err(text);
            assert!(why.starts_with(told) && !why.contains("canary"), "{text}: {why}");
        }
    }

    #[test]
    fn a_file_with_an_error_is_not_written_over() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("settings.toml");
        fs::write(&path, "quiet = maybe\n").expect("written");
        let refused = write(&path, &Settings { quiet: true, ..Settings::default() }).expect_err("it has an error");
        assert_eq!((refused.code, refused.hint.as_deref()), (RefusalCode::File, Some("Nothing was written. Correct it first.")));
        assert_eq!(fs::read_to_string(&path).expect("there"), "quiet = maybe\n");
        let bad = write(&folder.path().join("new.toml"), &Settings { history_days: 0, ..Settings::default() });
        assert_eq!(bad.expect_err("out of range").code, RefusalCode::Invalid);
    }
}
