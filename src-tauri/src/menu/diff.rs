//! What to do to a menu so that it becomes another: as little as possible, since it may be open.

use domain::intent::Intent;
use domain::view::menu::Item;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The next row stays; its texts may have changed.
    Keep,
    /// The next row goes.
    Remove,
    /// A new row comes before the next one.
    Insert,
}

/// The steps from one menu level to another, from the top.
pub fn steps(old: &[Item], new: &[Item]) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut rest = old;
    for item in new {
        match rest.iter().position(|it| is_same_row(it, item)) {
            Some(gone) => {
                steps.extend(std::iter::repeat_n(Step::Remove, gone));
                steps.push(Step::Keep);
                rest = &rest[gone + 1..];
            }
            None => steps.push(Step::Insert),
        }
    }
    steps.extend(rest.iter().map(|_| Step::Remove));
    steps
}

/// A row is the same one only while a click on it means the same: a click on a row that has changed its meaning must find nothing.
fn is_same_row(old: &Item, new: &Item) -> bool {
    match (old, new) {
        (Item::Separator, Item::Separator) => true,
        (Item::Row(old), Item::Row(new)) => old.intent == new.intent && old.checked.is_some() == new.checked.is_some(),
        (Item::Submenu { rows: old, .. }, Item::Submenu { rows: new, .. }) => meaning(old) == meaning(new),
        _ => false,
    }
}

/// A submenu is told by its first row that can be clicked: "Check now" of a server, a pause, the way to a page.
fn meaning(rows: &[Item]) -> Option<&Intent> {
    rows.iter().find_map(|it| match it {
        Item::Row(row) => row.intent.as_ref(),
        Item::Separator | Item::Submenu { .. } => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::view::menu::Row;

    fn row(label: &str, provider: &str) -> Item {
        let intent = Some(Intent::CheckNow { provider: Some(provider.to_owned()) });
        Item::Row(Row { label: label.to_owned(), intent, checked: None })
    }

    /// Rows as `meaning=label`, `-` for a separator, `[x]` for a submenu about x.
    fn menu(text: &str) -> Vec<Item> {
        let item = |it: &str| match it.trim_matches(['[', ']']) {
            "-" => Item::Separator,
            name if it.starts_with('[') => Item::Submenu { label: name.to_owned(), rows: vec![row("Check now", name)] },
            it => {
                let (meaning, label) = it.split_once('=').unwrap_or((it, it));
                row(label, meaning)
            }
        };
        text.split_whitespace().map(item).collect()
    }

    fn check(old: &str, new: &str, expected: &str) {
        let steps = steps(&menu(old), &menu(new));
        let letters: String = steps
            .iter()
            .map(|it| match it {
                Step::Keep => 'k',
                Step::Remove => 'r',
                Step::Insert => 'i',
            })
            .collect();
        assert_eq!(letters, expected, "{old} -> {new}");
    }

    #[test]
    fn only_what_changed_is_touched() {
        check("", "", "");
        check("", "a - b", "iii");
        check("a - b", "", "rrr");
        check("a=38ms - [b] quit", "a=41ms - [b] quit", "kkkk");
        check("a [b] [c] quit", "a [c] quit", "krkk");
        check("a [c] quit", "a [b] [c] quit", "kikk");
        check("a b", "b a", "rki");
        check("a x quit", "a y quit", "kirk");
    }

    #[test]
    fn a_row_with_another_meaning_is_another_row() {
        check("a=Check", "b=Check", "ir");
        check("[a]", "[b]", "ir");
        check("a", "[a]", "ir");
    }
}
