//! The text diff of a change, with every secret masked before a line of it is compared or shown.

use document::{Document, Path, Value};
use similar::{ChangeTag, TextDiff};

use crate::secrets::{MASK, mask_line, secrets};
use crate::view::types::{DiffLine, DiffSort};

const CONTEXT: usize = 2;

/// The changed lines with their neighbours, and how many lines of the new text are touched.
pub fn diff(before: &Document, after: &Document) -> (Vec<DiffLine>, u32) {
    lines(&masked(before, None), &masked(after, Some(before)))
}

/// From a text that does not read: what is a secret in it can only be guessed, line by line.
pub fn diff_unread(before: &str, after: &Document) -> (Vec<DiffLine>, u32) {
    let guessed: String = before.split_inclusive('\n').map(mask_line).collect();
    lines(&guessed, &masked(after, None))
}

pub fn lines_between(before: &str, after: &str) -> u32 {
    let (mut added, mut removed) = (0, 0);
    for op in TextDiff::from_lines(before, after).ops() {
        if op.tag() != similar::DiffTag::Equal {
            removed += op.old_range().len();
            added += op.new_range().len();
        }
    }
    u32::try_from(added.max(removed)).unwrap_or(u32::MAX)
}

fn lines(old: &str, new: &str) -> (Vec<DiffLine>, u32) {
    let diff = TextDiff::from_lines(old, new);
    let mut lines = Vec::new();
    let (mut added, mut removed) = (0, 0);
    let mut reached = 0;
    for group in diff.grouped_ops(CONTEXT) {
        let start = group.first().map_or(0, |it| it.old_range().start);
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
                let number = |index: Option<usize>| index.and_then(|it| u32::try_from(it + 1).ok());
                lines.push(DiffLine {
                    sort,
                    old: number(change.old_index()),
                    new: number(change.new_index()),
                    pieces: pieces(change.values()),
                });
            }
        }
        reached = group.last().map_or(reached, |it| it.old_range().end);
    }
    let total = old.lines().count();
    if total > reached && !lines.is_empty() {
        lines.push(gap(total - reached));
    }
    (lines, added.max(removed))
}

fn gap(n: usize) -> DiffLine {
    DiffLine { sort: DiffSort::Gap, old: None, new: None, pieces: vec![crate::words::count(n, "line", "lines")] }
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

/// The text with its secrets replaced. A secret that is not the one of `other` says so, else its change would not show.
fn masked(doc: &Document, other: Option<&Document>) -> String {
    let mut spans: Vec<_> = secrets(doc).into_iter().filter_map(|at| Some((doc.value_span(&at)?, at))).collect();
    spans.sort_by_key(|it| it.0.start);
    let mut out = String::with_capacity(doc.text().len());
    let mut reached = 0;
    for (span, at) in spans.into_iter().filter(|it| it.0.start < it.0.end) {
        if span.start < reached {
            continue;
        }
        out.push_str(&doc.text()[reached..span.start]);
        out.push_str(MASK);
        if other.is_some_and(|it| !had(it, doc.get(&at), &at)) {
            out.push_str(" (new)");
        }
        reached = span.end;
    }
    out + &doc.text()[reached..]
}

/// Whether the secret was there before: at its path, or anywhere where its path is a new one (of a renamed provider, say).
fn had(before: &Document, secret: Option<&Value>, at: &Path) -> bool {
    match before.get(at) {
        Some(was) => Some(was) == secret,
        None => secrets(before).iter().any(|it| before.get(it) == secret),
    }
}
