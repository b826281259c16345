//! Where the gateway's log is: a file a day in OpenClaw's own folder, or the one file that the config names.

use std::path::PathBuf;

/// Where to look, as it was started and configured.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Place {
    /// From the command line; comes before everything.
    pub(crate) folder: Option<PathBuf>,
    pub(crate) profile: Option<String>,
    /// `logging.file` of the config.
    pub(crate) file: Option<String>,
}

impl Place {
    /// A day's file has the local date in its name.
    pub(crate) fn now(&self, today: jiff::civil::Date) -> PathBuf {
        if self.folder.is_none()
            && let Some(file) = self.file.as_deref().map(str::trim).filter(|it| !it.is_empty())
        {
            return expand(file);
        }
        let profile = self.profile.as_deref().filter(|it| *it != "default").map(|it| format!("{it}-")).unwrap_or_default();
        let name = format!("openclaw-{profile}{today}.log");
        self.folder.clone().unwrap_or_else(default_folder).join(name)
    }
}

/// OpenClaw falls back to a folder of the user's own where the shared one is not safe to use.
fn default_folder() -> PathBuf {
    if cfg!(windows) { std::env::temp_dir().join("openclaw") } else { PathBuf::from("/tmp/openclaw") }
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
        let path = |place: &Place| place.now(day).to_string_lossy().into_owned();
        let folder = Some(PathBuf::from("/logs"));
        assert_eq!(path(&Place::default()), "/tmp/openclaw/openclaw-2026-03-09.log");
        assert_eq!(path(&Place { folder: folder.clone(), ..Place::default() }), "/logs/openclaw-2026-03-09.log");
        assert_eq!(
            path(&Place { profile: Some("work".into()), ..Place::default() }),
            "/tmp/openclaw/openclaw-work-2026-03-09.log"
        );
        assert_eq!(path(&Place { file: Some("/var/gw.log".into()), ..Place::default() }), "/var/gw.log");
        assert_eq!(
            path(&Place { folder, file: Some("/var/gw.log".into()), ..Place::default() }),
            "/logs/openclaw-2026-03-09.log"
        );
    }
}
