//! Finds the config as OpenClaw finds it (2026.9.6, measured): `OPENCLAW_CONFIG_PATH`, then the state folder of
//! `OPENCLAW_STATE_DIR`, then `~/.openclaw` with the names it had before.

use std::path::{Path, PathBuf};

const NAME: &str = "openclaw.json";
const OLD_NAME: &str = "clawdbot.json";

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" can't be a profile: it may have letters, digits, - and _, and be up to 64 long")]
pub struct BadProfile(pub String);

/// Returns the path to watch, whether or not there is a file. `env` is the process's environment.
pub fn locate(profile: Option<&str>, env: &dyn Fn(&str) -> Option<String>) -> Result<PathBuf, BadProfile> {
    let set = |name: &str| env(name).map(|it| it.trim().to_owned()).filter(|it| !it.is_empty());
    let home = set("OPENCLAW_HOME").or_else(|| set("HOME")).or_else(|| set("USERPROFILE")).map(PathBuf::from).unwrap_or_default();
    let expand = |text: String| match text.strip_prefix('~') {
        Some("") => home.clone(),
        Some(rest) if rest.starts_with(['/', '\\']) => home.join(&rest[1..]),
        _ => PathBuf::from(text),
    };
    let profile = profile.map(str::trim).filter(|it| !it.is_empty() && *it != "default");
    if let Some(name) = profile.filter(|it| !is_profile(it)) {
        return Err(BadProfile(name.to_owned()));
    }
    if let Some(path) = set("OPENCLAW_CONFIG_PATH") {
        return Ok(expand(path));
    }
    if let Some(folder) = set("OPENCLAW_STATE_DIR").map(expand) {
        return Ok(first_there(&[folder.join(NAME), folder.join(OLD_NAME)]));
    }
    if let Some(name) = profile {
        return Ok(home.join(format!(".openclaw-{name}")).join(NAME));
    }
    let (folder, old_folder) = (home.join(".openclaw"), home.join(".clawdbot"));
    Ok(first_there(&[folder.join(NAME), folder.join(OLD_NAME), old_folder.join(NAME), old_folder.join(OLD_NAME)]))
}

/// The first that exists, else the first.
fn first_there(candidates: &[PathBuf]) -> PathBuf {
    let there = candidates.iter().find(|it| Path::exists(it));
    there.or(candidates.first()).cloned().unwrap_or_default()
}

fn is_profile(name: &str) -> bool {
    name.len() <= 64
        && name.starts_with(|it: char| it.is_ascii_alphanumeric())
        && name.chars().all(|it| it.is_ascii_alphanumeric() || matches!(it, '-' | '_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(profile: Option<&str>, vars: &[(&str, &str)]) -> String {
        let env = |name: &str| vars.iter().find(|it| it.0 == name).map(|it| it.1.to_owned());
        locate(profile, &env).expect("a profile").to_string_lossy().into_owned()
    }

    #[test]
    fn the_order_of_places() {
        assert_eq!(found(None, &[("HOME", "/h")]), "/h/.openclaw/openclaw.json");
        assert_eq!(found(None, &[("HOME", "/h"), ("OPENCLAW_HOME", "/o")]), "/o/.openclaw/openclaw.json");
        assert_eq!(found(None, &[("HOME", "/h"), ("OPENCLAW_STATE_DIR", "~/s")]), "/h/s/openclaw.json");
        assert_eq!(
            found(None, &[("HOME", "/h"), ("OPENCLAW_STATE_DIR", "/s"), ("OPENCLAW_CONFIG_PATH", "~/c.json5")]),
            "/h/c.json5"
        );
        assert_eq!(found(Some("work"), &[("HOME", "/h")]), "/h/.openclaw-work/openclaw.json");
        assert_eq!(found(Some("default"), &[("HOME", "/h")]), "/h/.openclaw/openclaw.json");
        assert_eq!(found(Some("work"), &[("HOME", "/h"), ("OPENCLAW_CONFIG_PATH", "/c")]), "/c");
        assert_eq!(found(None, &[("HOME", "/h"), ("OPENCLAW_CONFIG_PATH", "  ")]), "/h/.openclaw/openclaw.json");
    }

    #[test]
    fn a_file_of_before_the_rename_is_found() {
        let home = tempfile::tempdir().expect("a folder");
        let old = home.path().join(".clawdbot").join("clawdbot.json");
        std::fs::create_dir_all(old.parent().expect("has one")).expect("made");
        std::fs::write(&old, "{}").expect("written");
        assert_eq!(found(None, &[("HOME", &home.path().to_string_lossy())]), old.to_string_lossy());
    }

    #[test]
    fn a_profile_is_no_path() {
        assert_eq!(locate(Some("../x"), &|_| None), Err(BadProfile("../x".into())));
    }
}
