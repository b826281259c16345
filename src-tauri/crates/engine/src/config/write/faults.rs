//! Writes that end in the middle, and places that can't be written: the old or the new file is there, whole, always.

use std::cell::Cell;
use std::fs::File;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, SystemTime};

use super::super::replace::WriteStep;
use super::*;

const OLD: &str = "{ a: 1, // one\n}\n";
const NEW_TEXT: &str = "{ a: 2, // one\n}\n";
/// What this very test does as the program that is cut off: at which step, and where.
const CRASH: &str = "PILOTLIGHT_TEST_CRASH";

struct Place {
    folder: tempfile::TempDir,
}

fn verified(to: &Document) -> Verified<'_> {
    verify(to).expect("two parsers agree")
}

impl Place {
    fn new(mode: u32) -> Place {
        let place = Place { folder: tempfile::tempdir().expect("a folder") };
        fs::write(place.config(), OLD).expect("written");
        fs::set_permissions(place.config(), fs::Permissions::from_mode(mode)).expect("set");
        place
    }

    fn config(&self) -> PathBuf {
        self.folder.path().join("openclaw.json")
    }

    fn text(&self) -> String {
        fs::read_to_string(self.config()).expect("it is there")
    }

    fn mode(&self) -> u32 {
        fs::metadata(self.config()).expect("it is there").permissions().mode() & 0o777
    }

    fn write(&self, to: &str) -> Result<String, Refusal> {
        let to = Document::parse(to).expect("parses");
        let current = fs::read_to_string(self.config()).unwrap_or_default();
        write(&self.config(), &hash(&current), verified(&to), &self.folder.path().join("state/backups"))
    }

    fn has_backups(&self) -> bool {
        let folders = fs::read_dir(self.folder.path().join("state/backups")).into_iter().flatten().flatten();
        folders.flat_map(|folder| fs::read_dir(folder.path()).into_iter().flatten()).count() > 0
    }

    /// All files of ours that a write makes and takes away again, made to look as if left long ago.
    fn leftovers(&self) -> Vec<PathBuf> {
        let mut folders = vec![self.folder.path().to_owned()];
        let mut found = Vec::new();
        while let Some(folder) = folders.pop() {
            for file in fs::read_dir(folder).into_iter().flatten().flatten() {
                let name = file.file_name().to_string_lossy().into_owned();
                if file.path().is_dir() {
                    folders.push(file.path());
                } else if name.starts_with(".pilotlight-") {
                    let long_ago = SystemTime::now() - Duration::from_secs(3_600);
                    File::open(file.path()).and_then(|it| it.set_modified(long_ago)).expect("set");
                    found.push(file.path());
                }
            }
        }
        found
    }
}

#[test]
fn cut_off_at_every_step() {
    if let Ok(crash) = std::env::var(CRASH) {
        return cut_off(&crash);
    }
    let mut left = 0;
    for step in 1.. {
        let place = Place::new(0o640);
        let me = std::env::current_exe().expect("this test");
        let child = Command::new(me)
            .args(["--exact", "config::write::faults::cut_off_at_every_step"])
            .env(CRASH, format!("{step} {}", place.folder.path().display()))
            .output()
            .expect("it runs");
        let was_cut_off = child.status.signal().is_some();
        assert!(was_cut_off || child.status.success(), "{child:?}");
        let text = place.text();
        assert!(text == OLD || text == NEW_TEXT, "step {step}: {text:?}");
        assert!(was_cut_off || text == NEW_TEXT);
        assert_eq!(place.mode(), 0o640, "step {step}");
        left += place.leftovers().len();
        place.write("{ a: 3, // one\n}\n").expect("the next write is like any other");
        assert_eq!(place.text(), "{ a: 3, // one\n}\n");
        assert_eq!(place.leftovers(), Vec::<PathBuf>::new(), "step {step}");
        if !was_cut_off {
            assert_eq!(step, 9, "one more than there are steps");
            break;
        }
    }
    assert!(left > 0, "some were left, or nothing was swept");
}

fn cut_off(crash: &str) {
    let (step, folder) = crash.split_once(' ').expect("a step and a folder");
    let left = Cell::new(step.parse::<usize>().expect("a number"));
    let config = Path::new(folder).join("openclaw.json");
    let to = Document::parse(NEW_TEXT).expect("parses");
    let done = |_: WriteStep| {
        left.set(left.get() - 1);
        if left.get() == 0 {
            std::process::abort();
        }
        Ok(())
    };
    let backups = Path::new(folder).join("state/backups");
    write_in_steps(&config, &hash(OLD), verified(&to), &backups, &done).map(drop).expect("written");
}

#[test]
fn another_program_writes_at_the_last_moment() {
    let theirs = "{ b: 1 }";
    for renamed in [true, false] {
        let place = Place::new(0o600);
        let meddle = |step: WriteStep| {
            if step == WriteStep::Compared {
                let beside = place.folder.path().join("theirs");
                let at = if renamed { &beside } else { &place.config() };
                fs::write(at, theirs).expect("written");
                if renamed {
                    fs::rename(&beside, place.config()).expect("renamed");
                }
            }
            Ok(())
        };
        let to = Document::parse(NEW_TEXT).expect("parses");
        let backups = place.folder.path().join("state/backups");
        let refused =
            write_in_steps(&place.config(), &hash(OLD), verified(&to), &backups, &meddle).expect_err("it is another text");
        assert_eq!(refused.code, RefusalCode::Stale);
        assert_eq!(place.text(), theirs);
        assert_eq!(place.leftovers(), Vec::<PathBuf>::new());
    }
}

#[test]
fn a_link_stays_and_its_target_is_written() {
    let place = Place::new(0o600);
    let real = place.folder.path().join("dotfiles.json");
    fs::rename(place.config(), &real).expect("moved");
    symlink("dotfiles.json", place.config()).expect("linked");
    place.write(NEW_TEXT).expect("written");
    assert!(fs::symlink_metadata(place.config()).expect("there").is_symlink());
    assert_eq!(fs::read_to_string(real).expect("there"), NEW_TEXT);
}

#[test]
fn a_file_with_other_names_is_refused_with_advice() {
    let place = Place::new(0o600);
    let other = place.folder.path().join("other.json");
    fs::hard_link(place.config(), &other).expect("linked");
    let refused = place.write(NEW_TEXT).expect_err("it has two names");
    assert!(refused.message.contains("2 names") && refused.hint.is_some_and(|it| it.contains("ln -s")), "{}", refused.message);
    assert_eq!((place.text().as_str(), fs::read_to_string(&other).expect("there").as_str()), (OLD, OLD));
    assert!(!place.has_backups(), "a refused write leaves no backup");
    fs::remove_file(other).expect("gone");
    place.write(NEW_TEXT).expect("it has one name");
}

#[test]
fn what_is_no_file_is_refused_and_never_waited_for() {
    for make in [
        |at: &Path| fs::create_dir(at).expect("a folder"),
        |at: &Path| assert!(Command::new("mkfifo").arg(at).status().expect("it runs").success()),
    ] {
        let place = Place::new(0o600);
        fs::remove_file(place.config()).expect("gone");
        make(&place.config());
        let to = Document::parse(NEW_TEXT).expect("parses");
        let refused = write(&place.config(), "", verified(&to), &place.folder.path().join("state")).expect_err("no file");
        assert_eq!(refused.code, RefusalCode::File, "{}", refused.message);
        assert_eq!(place.leftovers(), Vec::<PathBuf>::new());
    }
}

#[test]
fn a_new_file_is_for_this_user_alone() {
    let place = Place::new(0o644);
    fs::remove_file(place.config()).expect("gone");
    let to = Document::parse(NEW_TEXT).expect("parses");
    create(&place.config(), verified(&to)).expect("made");
    assert_eq!((place.text().as_str(), place.mode()), (NEW_TEXT, 0o600));
    assert_eq!(create(&place.config(), verified(&to)).expect_err("there is one").code, RefusalCode::File);
}

#[test]
fn a_disk_that_fails_at_any_step() {
    let kinds = [
        (io::ErrorKind::StorageFull, "Make room"),
        (io::ErrorKind::QuotaExceeded, "Make room"),
        (io::ErrorKind::ReadOnlyFilesystem, "read-only"),
        (io::ErrorKind::PermissionDenied, "permissions"),
    ];
    for (kind, hint) in kinds {
        for step in 1..=8 {
            let place = Place::new(0o600);
            let left = Cell::new(step);
            let fail = |_: WriteStep| {
                left.set(left.get() - 1);
                if left.get() == 0 { Err(io::Error::from(kind)) } else { Ok(()) }
            };
            let to = Document::parse(NEW_TEXT).expect("parses");
            let done =
                write_in_steps(&place.config(), &hash(OLD), verified(&to), &place.folder.path().join("state/backups"), &fail);
            // After the sixth the new file has the old one's name; what fails then no longer undoes it.
            let Err(refused) = done else {
                assert_eq!((step > 6, place.text().as_str()), (true, NEW_TEXT), "step {step}");
                continue;
            };
            assert_eq!((step > 6, place.text().as_str()), (false, OLD), "step {step}");
            let said = format!("{} {}", refused.message, refused.hint.unwrap_or_default());
            assert!(said.contains("Nothing was written") && said.contains(hint), "step {step}: {said}");
            assert_eq!(place.leftovers(), Vec::<PathBuf>::new(), "step {step}");
            // After the fifth step the backup itself has failed, though it is there.
            assert_eq!(place.has_backups(), step == 5, "step {step}");
        }
    }
}

#[test]
fn a_read_only_file_is_told_with_what_to_do() {
    let place = Place::new(0o444);
    let refused = place.write(NEW_TEXT).expect_err("read-only");
    assert_eq!((place.text().as_str(), place.mode()), (OLD, 0o444));
    assert!(refused.message.contains("no permission"), "{}", refused.message);
}
