//! Where the gateway's log is: one file a day in OpenClaw's own folder, or the file that the config names.

use std::path::{Path, PathBuf};

const SHARED: &str = "/tmp/openclaw";

/// Where to look, as the app was started and OpenClaw is configured.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct LogPlace {
    /// From the command line; comes before everything.
    pub(crate) folder: Option<PathBuf>,
    pub(crate) profile: Option<String>,
    /// `logging.file` of the config.
    pub(crate) file: Option<String>,
}

impl LogPlace {
    /// Returns the log of a day, which has the local date in its name.
    pub(crate) fn path(&self, today: jiff::civil::Date) -> PathBuf {
        if self.folder.is_none()
            && let Some(file) = self.file.as_deref().map(str::trim).filter(|it| !it.is_empty())
        {
            return expand(file);
        }
        let profile = self.profile.as_deref().filter(|it| *it != "default").map(|it| format!("{it}-")).unwrap_or_default();
        let name = format!("openclaw-{profile}{today}.log");
        self.folder.clone().unwrap_or_else(|| default_folder(Path::new(SHARED), user())).join(name)
    }
}

/// OpenClaw falls back to a folder of the user's own where the shared one is not safe to use.
fn default_folder(shared: &Path, user: Option<u32>) -> PathBuf {
    let own = |user: u32| std::env::temp_dir().join(format!("openclaw-{user}"));
    match user {
        None => std::env::temp_dir().join("openclaw"),
        Some(user) if is_unsafe(shared, user) => own(user),
        Some(_) => shared.to_owned(),
    }
}

/// Whether a folder is another user's, a link, or open to others (2026.9.6).
#[cfg(unix)]
fn is_unsafe(folder: &Path, user: u32) -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::symlink_metadata(folder).is_ok_and(|meta| !meta.is_dir() || meta.uid() != user || meta.mode() & 0o022 != 0)
}

#[cfg(not(unix))]
fn is_unsafe(_folder: &Path, _user: u32) -> bool {
    false
}

/// Returns the user that this runs as.
fn user() -> Option<u32> {
    #[cfg(unix)]
    return Some(rustix::process::geteuid().as_raw());
    #[cfg(not(unix))]
    None
}

fn expand(file: &str) -> PathBuf {
    match file.strip_prefix("~/").zip(std::env::var_os("HOME")) {
        Some((rest, home)) => PathBuf::from(home).join(rest),
        None => PathBuf::from(file),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_file() {
        let day = jiff::civil::date(2026, 3, 9);
        let path = |place: LogPlace| place.path(day).to_string_lossy().into_owned();
        let folder = Some(PathBuf::from("/logs"));
        let shared = default_folder(Path::new(SHARED), user());
        let in_shared = |name: &str| shared.join(name).to_string_lossy().into_owned();
        let (any, named) = (LogPlace::default, || LogPlace { file: Some("/var/gw.log".into()), ..LogPlace::default() });
        assert_eq!(path(any()), in_shared("openclaw-2026-03-09.log"));
        assert_eq!(path(LogPlace { folder: folder.clone(), ..any() }), "/logs/openclaw-2026-03-09.log");
        assert_eq!(path(LogPlace { profile: Some("work".into()), ..any() }), in_shared("openclaw-work-2026-03-09.log"));
        assert_eq!(path(named()), "/var/gw.log");
        assert_eq!(path(LogPlace { folder, ..named() }), "/logs/openclaw-2026-03-09.log");
    }

    #[cfg(unix)]
    #[test]
    fn a_shared_folder_that_is_not_safe() {
        use std::os::unix::fs::PermissionsExt;
        let here = tempfile::tempdir().expect("a folder");
        let me = user().expect("someone");
        let own = std::env::temp_dir().join(format!("openclaw-{me}"));
        assert_eq!(default_folder(&here.path().join("none yet"), Some(me)), here.path().join("none yet"));
        assert_eq!(default_folder(here.path(), Some(me)), here.path());
        assert_eq!(
            default_folder(here.path(), Some(me + 1)),
            std::env::temp_dir().join(format!("openclaw-{}", me + 1)),
            "another's"
        );
        std::fs::set_permissions(here.path(), std::fs::Permissions::from_mode(0o777)).expect("opened to all");
        assert_eq!(default_folder(here.path(), Some(me)), own);
        let link = here.path().join("link");
        std::os::unix::fs::symlink("/", &link).expect("linked");
        assert_eq!(default_folder(&link, Some(me)), own);
    }
}
