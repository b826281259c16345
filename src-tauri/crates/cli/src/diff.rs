//! The difference of a review in the form of `diff -u`. Secrets are masked, so it is for reading, not for `patch`.

use domain::view::types::{DiffLine, DiffSort};

pub fn unified(path: &str, lines: &[DiffLine]) -> String {
    if lines.is_empty() {
        return String::new();
    }
    let mut out = String::new();
    for file in lines.chunk_by(|_, next| next.sort != DiffSort::File) {
        match file {
            [title, rest @ ..] if title.sort == DiffSort::File => hunks(&title.pieces.concat(), rest, &mut out),
            _ => hunks(path, file, &mut out),
        }
    }
    out
}

fn hunks(path: &str, lines: &[DiffLine], out: &mut String) {
    out.push_str(&format!("--- {path}\n+++ {path}\n"));
    for hunk in lines.split(|it| it.sort == DiffSort::Gap).filter(|it| !it.is_empty()) {
        let (old, new) = (range(hunk, |it| it.old), range(hunk, |it| it.new));
        out.push_str(&format!("@@ -{old} +{new} @@\n"));
        for line in hunk {
            let sign = match line.sort {
                DiffSort::Added => '+',
                DiffSort::Removed => '-',
                DiffSort::Context | DiffSort::Gap | DiffSort::File => ' ',
            };
            out.push(sign);
            out.push_str(&line.pieces.concat());
            out.push('\n');
        }
    }
}

/// Formats `start,length` of one side.
fn range(hunk: &[DiffLine], number: impl Fn(&DiffLine) -> Option<u32>) -> String {
    let numbers: Vec<u32> = hunk.iter().filter_map(number).collect();
    format!("{},{}", numbers.first().copied().unwrap_or(0), numbers.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(sort: DiffSort, old: Option<u32>, new: Option<u32>, text: &str) -> DiffLine {
        DiffLine { sort, old, new, pieces: vec![text.to_owned()] }
    }

    #[test]
    fn hunks_are_told_apart() {
        let lines = [
            line(DiffSort::Gap, None, None, "3 lines"),
            line(DiffSort::Context, Some(4), Some(4), "a"),
            line(DiffSort::Removed, Some(5), None, "b"),
            line(DiffSort::Added, None, Some(5), "c"),
            line(DiffSort::Gap, None, None, "9 lines"),
            line(DiffSort::Added, None, Some(15), "d"),
        ];
        let shown = unified("f", &lines);
        assert_eq!(shown, "--- f\n+++ f\n@@ -4,2 +4,2 @@\n a\n-b\n+c\n@@ -0,0 +15,1 @@\n+d\n");
        assert_eq!(unified("f", &[]), "");
    }
}
