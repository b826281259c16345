//! Another program that edits the same file without knowing of us: now as an editor that writes in place, now as OpenClaw does, by a
//! rename. `foreign_writer FILE`; each line that comes in makes it add a key of its own, and say so.

use std::fs::{self, File};
use std::io::{BufRead, Write};
use std::path::Path;

const MARK: &str = "// foreign";

fn main() -> std::io::Result<()> {
    let path = std::env::args().nth(1).expect("a file");
    for (n, _) in std::io::stdin().lock().lines().enumerate() {
        let text = fs::read_to_string(&path)?;
        let edited = text.replacen(MARK, &format!("f{n}: \"{n}\",\n    {MARK}"), 1);
        assert_ne!(text, edited, "its mark is gone after {n} edits: {text}");
        write(Path::new(&path), &edited, n % 2 == 0)?;
        writeln!(std::io::stdout(), "{n}")?;
    }
    Ok(())
}

fn write(path: &Path, text: &str, in_place: bool) -> std::io::Result<()> {
    let beside = path.with_extension("theirs");
    File::create(if in_place { path } else { &beside })?.write_all(text.as_bytes())?;
    if in_place { Ok(()) } else { fs::rename(beside, path) }
}
