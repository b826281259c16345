//! The entry in the desktop's autostart. Written here, for the plugin's ignores XDG_CONFIG_HOME, breaks at a space in the path, and goes on
//! naming a program that was moved away (tauri-plugin-autostart 2.7).

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use gtk::glib;

pub struct Autostart {
    file: PathBuf,
    name: String,
    program: PathBuf,
}

impl Autostart {
    /// `program` is what is to be started: the AppImage, where this is one, else this very binary.
    pub fn new(name: &str, program: PathBuf) -> Self {
        let file = glib::user_config_dir().join("autostart").join(format!("{name}.desktop"));
        Autostart { file, name: name.to_owned(), program }
    }

    pub fn is_on(&self) -> io::Result<bool> {
        let text = self.read()?;
        let off = |it: &str| matches!(it.trim(), "Hidden=true" | "X-GNOME-Autostart-enabled=false");
        Ok(text.is_some_and(|it| !it.lines().any(off)))
    }

    pub fn set(&self, on: bool) -> io::Result<()> {
        if on {
            if let Some(folder) = self.file.parent() {
                fs::create_dir_all(folder)?;
            }
            return fs::write(&self.file, entry(&self.name, &self.program));
        }
        match fs::remove_file(&self.file) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// An entry whose program is not there any more gets this one. Another copy's entry is left alone.
    pub fn mend(&self) -> io::Result<()> {
        let Some(text) = self.read()? else { return Ok(()) };
        let there = program_of(&text).is_some_and(|it| it.is_file());
        if there || !self.is_on()? { Ok(()) } else { self.set(true) }
    }

    fn read(&self) -> io::Result<Option<String>> {
        match fs::read_to_string(&self.file) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn entry(name: &str, program: &Path) -> String {
    let program = quoted(&program.to_string_lossy());
    format!(
        "[Desktop Entry]\nType=Application\nVersion=1.0\nName={name}\nComment=Whether the local box is lit\nExec={program} --hidden\nStartupNotify=false\nTerminal=false\n"
    )
}

/// An argument of `Exec` as the Desktop Entry Specification wants it: quoted, then escaped like every value; a percent sign is a field code.
fn quoted(argument: &str) -> String {
    let escaped: String =
        argument.chars().flat_map(|it| matches!(it, '"' | '`' | '$' | '\\').then_some('\\').into_iter().chain([it])).collect();
    format!("\"{escaped}\"").replace('\\', "\\\\").replace('%', "%%")
}

fn program_of(entry: &str) -> Option<PathBuf> {
    let line = entry.lines().find_map(|it| it.strip_prefix("Exec="))?;
    let arguments = glib::shell_parse_argv(line.replace("%%", "%").replace("\\\\", "\\")).ok()?;
    arguments.into_iter().next().map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_path_is_found_again() {
        for path in ["/usr/bin/pilotlight-tray", "/home/me/my apps/tray", "/a\"b/$HOME/`x`/50%/back\\slash/it's"] {
            let text = entry("Pilot Light", Path::new(path));
            assert_eq!(program_of(&text), Some(PathBuf::from(path)), "{text}");
        }
        let text = entry("Pilot Light", Path::new("/my apps/100%"));
        assert!(text.contains("\nExec=\"/my apps/100%%\" --hidden\n"), "{text}");
    }

    #[test]
    fn a_moved_program_and_another_copy() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| {
            let program = folder.path().join(name);
            Autostart { file: folder.path().join("autostart/Pilot Light.desktop"), name: "Pilot Light".into(), program }
        };
        let (first, second) = (at("first"), at("second"));
        fs::write(&first.program, "").expect("written");
        second.mend().expect("looked at");
        assert!(!second.is_on().expect("read"), "who never asked for it is not started");
        first.set(true).expect("set");
        let text = fs::read_to_string(&first.file).expect("an entry");
        second.mend().expect("looked at");
        assert_eq!(fs::read_to_string(&first.file).expect("an entry"), text, "the other copy is there");
        fs::rename(&first.program, &second.program).expect("moved");
        second.mend().expect("mended");
        assert_eq!(program_of(&fs::read_to_string(&first.file).expect("an entry")), Some(second.program.clone()));
        fs::write(&first.file, "[Desktop Entry]\nHidden=true\nExec=/gone\n").expect("written");
        second.mend().expect("looked at");
        assert!(!second.is_on().expect("read"), "switched off elsewhere stays off");
        second.set(false).expect("removed");
        second.set(false).expect("nothing to remove");
        assert!(!first.file.exists());
    }
}
