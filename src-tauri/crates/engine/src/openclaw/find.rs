//! Finds `openclaw` and its version, as far as files tell. No program is started for it.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde_json::Value;

use crate::files;

const NAMES: &[&str] = if cfg!(windows) { &["openclaw.cmd", "openclaw.exe"] } else { &["openclaw"] };
/// A desktop starts its programs without what a shell adds to the path: the usual places below the home folder.
const USUAL: [&str; 7] =
    [".local/bin", ".npm-global/bin", ".openclaw/bin", ".local/share/pnpm", "Library/pnpm", ".volta/bin", ".bun/bin"];
const ANYONES: [&str; 2] = ["/usr/local/bin", "/opt/homebrew/bin"];
const NVM: &str = ".nvm/versions/node";

/// Equal as long as nobody puts another one in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Installed {
    pub(super) program: PathBuf,
    /// `None` where something else stands before the program, and only running it tells.
    pub(super) version: Option<String>,
    changed: Option<SystemTime>,
}

impl Installed {
    /// This program, or the one that a shell would start.
    pub(super) fn find(program: Option<&Path>) -> Option<Installed> {
        let found = match program {
            Some(program) => Some(program.to_owned()),
            None => folders().iter().flat_map(|folder| NAMES.iter().map(|name| folder.join(name))).find(|path| is_program(path)),
        };
        let program = found.filter(|it| is_program(it))?;
        let real = std::fs::canonicalize(&program).ok()?;
        let changed = std::fs::metadata(&real).and_then(|it| it.modified()).ok();
        Some(Installed { version: real.ancestors().skip(1).take(2).find_map(version), program, changed })
    }
}

/// Returns the version in the output of `openclaw --version`: `OpenClaw 2026.9.6 (eb377ac)`.
pub(super) fn version_in(output: &str) -> Option<String> {
    let number = output.split_whitespace().find(|word| word.starts_with(|first: char| first.is_ascii_digit()))?;
    is_version(number).then(|| number.to_owned())
}

/// Returns the version of the npm package in this folder.
fn version(folder: &Path) -> Option<String> {
    let package: Value = serde_json::from_slice(&files::read(&folder.join("package.json"), files::SMALL).ok()?).ok()?;
    let version = package["version"].as_str().filter(|it| package["name"] == "openclaw" && is_version(it));
    version.map(str::to_owned)
}

/// Whether a text is a version; it becomes part of a file's name.
fn is_version(text: &str) -> bool {
    let fits = |it: char| it.is_ascii_alphanumeric() || ".-+".contains(it);
    text.starts_with(|it: char| it.is_ascii_digit()) && text.len() <= 64 && text.chars().all(fits)
}

fn folders() -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let home = std::env::home_dir();
    let below = |folder: &str| home.as_ref().map(|home| home.join(folder));
    let nodes = below(NVM).and_then(|folder| std::fs::read_dir(folder).ok());
    let mut nodes: Vec<PathBuf> = nodes.into_iter().flatten().flatten().map(|node| node.path()).collect();
    // The newest Node first, by name.
    nodes.sort_by(|a, b| b.cmp(a));
    let usual = USUAL.into_iter().filter_map(below).chain(ANYONES.map(PathBuf::from));
    let all = std::env::split_paths(&path).chain(usual).chain(nodes.into_iter().map(|it| it.join("bin")));
    // A relative folder would depend on where the app was started.
    all.filter(|it| it.is_absolute()).collect()
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|it| it.is_file() && it.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_as_told() {
        for (output, version) in [
            ("OpenClaw 2026.9.6 (eb377ac)\n", Some("2026.9.6")),
            ("a note\n2026.3.28-beta.1\n", Some("2026.3.28-beta.1")),
            ("OpenClaw", None),
            ("1/../../x", None),
            ("", None),
        ] {
            assert_eq!(version_in(output).as_deref(), version, "{output:?}");
        }
    }
}
