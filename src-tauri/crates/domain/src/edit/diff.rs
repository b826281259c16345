//! The text diff of a change, with every secret masked before a line of it is compared or shown.

use std::borrow::Cow;
use std::ops::Range;

use document::{Document, Path, ValueRef};
use similar::{ChangeTag, TextDiff};

use crate::base::secrets::{MASK, mask_comment, mask_free, mask_unread, written, written_in};
use crate::base::words::count;
use crate::config::{ChangedFile, IncludeTree};
use crate::view::types::{DiffLine, DiffSort, Review};

const CONTEXT: usize = 2;

/// The changed lines with their neighbours, and how many lines of the new text are touched.
pub fn diff(before: &Document, after: &Document) -> (Vec<DiffLine>, u32) {
    let (old, new) = apart(before.text(), after.text());
    let ahead = before.line_at(old.start) - 1;
    lines(&masked(before, None, old), &masked(after, Some(before), new), ahead, before.line_count())
}

/// From a text that does not read: what is a secret in it can only be guessed, line by line.
pub fn diff_unread(before: &str, after: &Document) -> (Vec<DiffLine>, u32) {
    lines(&mask_unread(before), &masked(after, None, 0..after.text().len()), 0, before.lines().count())
}

pub fn lines_between(before: &str, after: &str) -> u32 {
    let (mut added, mut removed) = (0, 0);
    let (old, new) = apart(before, after);
    for op in TextDiff::from_lines(&before[old], &after[new]).ops() {
        if op.tag() != similar::DiffTag::Equal {
            removed += op.old_range().len();
            added += op.new_range().len();
        }
    }
    u32::try_from(added.max(removed)).unwrap_or(u32::MAX)
}

/// So many lines stand `ahead` of these texts; the old one has a `total`.
fn lines(old: &str, new: &str, ahead: usize, total: usize) -> (Vec<DiffLine>, u32) {
    let diff = TextDiff::from_lines(old, new);
    let mut lines = Vec::new();
    let (mut added, mut removed) = (0, 0);
    let mut reached = 0;
    for group in diff.grouped_ops(CONTEXT) {
        let start = ahead + group.first().map_or(0, |it| it.old_range().start);
        if start > reached {
            lines.push(gap(start - reached));
        }
        for op in &group {
            for change in diff.iter_inline_changes(op) {
                let sort = match change.tag() {
                    ChangeTag::Equal => DiffSort::Context,
                    ChangeTag::Delete => DiffSort::Removed,
                    ChangeTag::Insert => DiffSort::Added,
                };
                added += u32::from(sort == DiffSort::Added);
                removed += u32::from(sort == DiffSort::Removed);
                let number = |index: Option<usize>| index.and_then(|it| u32::try_from(ahead + it + 1).ok());
                lines.push(DiffLine {
                    sort,
                    old: number(change.old_index()),
                    new: number(change.new_index()),
                    pieces: pieces(change.values()),
                });
            }
        }
        reached = group.last().map_or(reached, |it| ahead + it.old_range().end);
    }
    if total > reached && !lines.is_empty() {
        lines.push(gap(total - reached));
    }
    (lines, added.max(removed))
}

/// Where two texts differ, with the lines around it that are shown. In a large file hardly any line is another one, so all others
/// need not be looked at.
fn apart(old: &str, new: &str) -> (Range<usize>, Range<usize>) {
    let start = alike(old.split_inclusive('\n'), new.split_inclusive('\n'));
    let behind = alike(old[start..].split_inclusive('\n').rev(), new[start..].split_inclusive('\n').rev());
    (start..old.len() - behind, start..new.len() - behind)
}

/// How many bytes the lines take that are the same, up to those that are shown around the first that is not.
fn alike<'t>(old: impl Iterator<Item = &'t str>, new: impl Iterator<Item = &'t str>) -> usize {
    let same: Vec<usize> = old.zip(new).take_while(|(a, b)| a == b).map(|it| it.0.len()).collect();
    same[..same.len().saturating_sub(CONTEXT)].iter().sum()
}

fn gap(n: usize) -> DiffLine {
    DiffLine { sort: DiffSort::Gap, old: None, new: None, pieces: vec![count(n, "line", "lines")] }
}

/// Alternating plain and emphasised, plain first.
fn pieces(values: &[(bool, &str)]) -> Vec<String> {
    let mut pieces = vec![String::new()];
    for (emphasised, text) in values {
        if (pieces.len() % 2 == 0) != *emphasised {
            pieces.push(String::new());
        }
        if let Some(last) = pieces.last_mut() {
            last.push_str(text.trim_end_matches(['\r', '\n']));
        }
    }
    pieces
}

/// A part of the text with its secrets replaced. One that is not the one of `other` says so, else its change would not show.
fn masked<'d>(doc: &'d Document, other: Option<&Document>, part: Range<usize>) -> Cow<'d, str> {
    let text = doc.text();
    let secrets = written_in(doc, &part).into_iter().map(|(at, secret)| {
        let is_new = other.is_some_and(|it| !had(it, secret, &at));
        (secret.span(), is_new)
    });
    let comments = doc
        .comments()
        .filter(|it| it.start < part.end && part.start < it.end && mask_comment(&text[it.clone()]) != text[it.clone()]);
    let mut hidden: Vec<(Range<usize>, Option<bool>)> = secrets.map(|(span, is_new)| (span, Some(is_new))).collect();
    hidden.extend(comments.map(|span| (span, None)));
    hidden.sort_by_key(|it| it.0.start);
    let mut out = String::with_capacity(part.len());
    let mut reached = part.start;
    for (span, secret) in hidden {
        let span = span.start.max(reached)..span.end.min(part.end);
        out.push_str(&mask_free(&text[reached..span.start]));
        match secret {
            None => out.push_str(&mask_comment(&text[span.clone()])),
            Some(is_new) => {
                // It may go over several lines, which are still to be counted.
                for line in text[span.clone()].split_inclusive('\n') {
                    out.push_str(MASK);
                    out.push_str(&line[line.trim_end_matches(['\r', '\n']).len()..]);
                }
                out.push_str(if is_new { " (new)" } else { "" });
            }
        }
        reached = span.end;
    }
    Cow::Owned(out + &mask_free(&text[reached..part.end]))
}

/// Whether the secret was there before: at its path, or anywhere where its path is a new one (of a renamed provider, say).
fn had(before: &Document, secret: ValueRef<'_>, at: &Path) -> bool {
    let same = |it: ValueRef<'_>| it.as_str() == secret.as_str();
    match before.get(at) {
        Some(was) if same(was) => true,
        was => written(before).into_iter().any(|(known, it)| same(it) && (known == *at || was.is_none())),
    }
}

/// Puts the differences of the files themselves into a review of a config that is made of several.
pub fn show_files(tree: &IncludeTree, review: &mut Review, parts: &[ChangedFile<'_>]) {
    review.diff.clear();
    review.lines_changed = 0;
    for part in parts {
        let (name, before) = tree.file(part.file);
        let (lines, changed) = diff(before, &part.after);
        let title = |text: String| DiffLine { sort: DiffSort::File, old: None, new: None, pieces: vec![text] };
        review.lines_changed += changed;
        if tree.shows_all(part) {
            review.diff.push(title(name.to_owned()));
            review.diff.extend(lines);
        } else {
            let lines = count(changed as usize, "line", "lines");
            review.diff.push(title(format!("{name}: {lines}, not shown, for there are secrets among them")));
        }
    }
}

#[cfg(test)]
mod tests {
    use document::{Edit, Value};

    use super::*;

    #[test]
    fn a_line_in_a_long_text() {
        for end in ["\n", "\r\n", "\r"] {
            let text = |at: u32, what: &str| -> String {
                let line = |it: u32| format!("{}{}{end}", if it == at { what } else { "0" }, if it < 100 { "," } else { "]" });
                format!("[{}", (1..=100).map(line).collect::<String>())
            };
            for at in [1, 2, 3, 50, 98, 100] {
                let doc = |what| Document::parse(text(at, what)).expect("parses");
                let (lines, changed) = diff(&doc("1"), &doc("2"));
                let shown: Vec<u32> = lines.iter().filter_map(|it| it.old).collect();
                let around: Vec<u32> = (1..=100).filter(|it| at.abs_diff(*it) <= 2).collect();
                assert_eq!((shown, changed), (around, 1), "line {at}, {end:?}");
            }
        }
    }

    #[test]
    fn a_secret_that_begins_above_what_is_shown() {
        let text = |b: u32| format!("{{ apiKey: 'sk-a\\\nsk-b\\\nsk-c\\\nsk-d', // mine\n b: {b} }}");
        let doc = |b| Document::parse(text(b)).expect("parses");
        let shown: Vec<String> = diff(&doc(1), &doc(2)).0.into_iter().map(|it| it.pieces.concat()).collect();
        assert_eq!(shown, ["2 lines", "••••••••", "••••••••, // mine", " b: 1 }", " b: 2 }"]);
    }

    #[test]
    fn texts_that_begin_and_end_alike() {
        for (old, new, changed) in [
            ("", "", 0),
            ("a", "a", 0),
            ("a\n", "a", 1),
            ("", "a\n", 1),
            ("a\na\na\n", "a\na\n", 1),
            ("a\nb\na\nb\n", "a\nb\n", 2),
            ("x\r\ny", "x\ny", 1),
            ("\u{e9}\n\u{e8}\n", "\u{e9}\n\u{ea}\n", 1),
        ] {
            assert_eq!(lines_between(old, new), changed, "{old:?} {new:?}");
        }
    }

    #[test]
    fn a_secret_that_does_not_count_is_masked_too() {
        let doc = Document::parse("{ a: { apiKey: 'sk-first', apiKey: 'sk-last' }, b: 1 }").expect("parses");
        let edit = Edit { at: Path::from(["b"]), was: Some(Value::from(1)), to: Some(Value::from(2)) };
        let after = doc.apply(&[edit]).expect("made");
        let shown: String = diff(&doc, &after).0.into_iter().flat_map(|it| it.pieces).collect();
        assert!(!shown.contains("sk-") && shown.contains(MASK) && !shown.contains("(new)"), "{shown}");
    }
}
