//! What writes that were cut off left behind holds keys: it goes at the start.

use std::path::{Path, PathBuf};

use crate::config::{Source, backup_folder};
use crate::files::{Lock, remove_leftovers};
use crate::options::Options;

pub(super) fn sweep(config: &Path, options: &Options) {
    let backups = options.backups();
    // Who holds it is writing, and sweeps.
    let Ok(_lock) = Lock::at_once(&backups.with_extension("lock")) else { return };
    let files = Source::files(config);
    let above = |file: &Path| file.parent().map(Path::to_owned);
    let mut folders: Vec<PathBuf> =
        files.iter().flat_map(|file| above(file).into_iter().chain([backup_folder(&backups, file)])).collect();
    // A file behind a link is written where it is.
    folders.extend(files.iter().filter_map(|file| above(&std::fs::canonicalize(file).ok()?)));
    folders.extend([options.state_dir(), options.state_dir().join("schema")].into_iter().chain(above(&options.settings_path())));
    folders.sort();
    folders.dedup();
    folders.iter().for_each(|folder| remove_leftovers(folder));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leftovers_are_swept_wherever_we_write() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        let options = Options { state_dir: Some(at("state")), settings: Some(at("own/settings.toml")), ..Options::default() };
        let config = at("claw/openclaw.json");
        let backups = backup_folder(&options.backups(), &config);
        let left: Vec<PathBuf> = [at("claw"), at("state"), at("state/schema"), at("own"), backups]
            .iter()
            .map(|folder| {
                std::fs::create_dir_all(folder).expect("made");
                folder.join(".pilotlight-Xy12z3.tmp")
            })
            .collect();
        left.iter().for_each(|file| std::fs::write(file, "sk-1").expect("written"));
        sweep(&config, &options);
        assert_eq!(left.iter().filter(|file| file.exists()).collect::<Vec<_>>(), Vec::<&PathBuf>::new());
    }
}
