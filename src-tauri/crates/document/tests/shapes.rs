//! Documents of every odd shape, each with a replacement, an insertion and a removal. The table is `shapes.txt`.
//!
//! A block is `### name`, the text before, then for each edit a line `>>> path = value` or `>>> - path` and the text after.
//! In the texts `→` is a tab, `␍` a carriage return and `▮` a byte order mark. `BLESS=1` writes the table anew; read it
//! before you commit it.

use document::{Document, Edit, Path, Segment, Value};

const TABLE: &str = include_str!("shapes.txt");

#[test]
#[expect(clippy::disallowed_methods, reason = "with BLESS=1 it writes its own table")]
fn every_shape() {
    let mut anew = String::new();
    let (mut shapes, mut edits) = (0, 0);
    for block in TABLE.split("### ").skip(1) {
        let mut parts = block.trim_end().split("\n>>> ");
        let (name, before) = parts.next().and_then(|head| head.split_once('\n')).expect("a name and a text");
        anew.push_str(&format!("### {name}\n{before}\n"));
        shapes += 1;
        for part in parts {
            let edit = part.lines().next().expect("an edit");
            let got = hidden_shown(&set(&hidden_made(before), edit));
            anew.push_str(&format!(">>> {edit}\n{got}\n"));
            edits += 1;
        }
        anew.push('\n');
    }
    let table = TABLE.trim_end().to_owned() + "\n";
    let anew = anew.trim_end().to_owned() + "\n";
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/shapes.txt"), &anew).expect("it can be written");
    } else if anew != table {
        let differing = table.lines().zip(anew.lines()).enumerate().find(|(_, (old, new))| old != new);
        let (line, (old, new)) = differing.expect("a line differs");
        panic!("shapes.txt, line {}:\nexpected {old}\ngot      {new}", line + 1);
    }
    assert!(shapes >= 60 && edits >= 180, "{shapes} shapes, {edits} edits");
}

fn set(before: &str, edit: &str) -> String {
    let document = Document::parse(before).unwrap_or_else(|error| panic!("{error}: {before}"));
    let (at, to): (&str, Option<Value>) = match edit.strip_prefix("- ") {
        Some(at) => (at, None),
        None => {
            let (at, to) = edit.split_once(" = ").expect("path = value");
            (at, Some(serde_json::from_str(to).unwrap_or_else(|error| panic!("{error}: {edit}"))))
        }
    };
    let at = steps(at);
    assert!(to.is_some() || document.get(&at).is_some(), "nothing to remove: {edit}");
    let edit = Edit { was: document.get(&at).map(document::ValueRef::value), at, to };
    let edited = document.apply(&[edit]).unwrap_or_else(|error| panic!("{error}\n{before}"));
    let read: Value = json5::from_str(edited.text().trim_start_matches('\u{feff}')).expect("json5 reads the result");
    assert_eq!(read, edited.value());
    assert!(!document.is_strict_json() || edited.is_strict_json(), "strict JSON stays strict: {}", edited.text());
    edited.text().to_owned()
}

/// `a.b.0.c`; a step in backquotes may hold dots; `.` is the root.
fn steps(at: &str) -> Path {
    let mut path = Path::root();
    for (place, part) in at.split('`').enumerate() {
        if place % 2 == 1 {
            path.push(part);
            continue;
        }
        for step in part.split('.').filter(|step| !step.is_empty()) {
            path.push(step.parse().map_or_else(|_| Segment::from(step), Segment::Index));
        }
    }
    path
}

fn hidden_made(text: &str) -> String {
    text.replace('→', "\t").replace('␍', "\r").replace('▮', "\u{feff}")
}

fn hidden_shown(text: &str) -> String {
    text.replace('\t', "→").replace('\r', "␍").replace('\u{feff}', "▮")
}
