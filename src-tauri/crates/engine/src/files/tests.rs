//! What no file should be able to do to us, and what we do to no file.

use std::fs::Permissions;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::PathBuf;
use std::process::Command;

use super::*;

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

fn pipe(at: &Path) {
    assert!(Command::new("mkfifo").arg(at).status().expect("it runs").success());
}

fn mode(at: &Path) -> u32 {
    fs::metadata(at).expect("there").mode() & 0o777
}

#[test]
fn only_ordinary_files_are_opened_and_nothing_is_waited_for() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    pipe(&at("pipe"));
    symlink("/dev/zero", at("endless")).expect("linked");
    symlink("pipe", at("linked pipe")).expect("linked");
    symlink("loop", at("loop")).expect("linked");
    drop(std::os::unix::net::UnixListener::bind(at("socket")).expect("bound"));
    for special in ["pipe", "endless", "linked pipe", "socket"] {
        let why = read(&at(special), SMALL).expect_err(special);
        assert!(matches!(why, FileError::Special), "{special}: {why}");
        assert!(matches!(is_free_or_ordinary(&at(special)), Err(FileError::Special)), "{special}");
    }
    assert!(matches!(read(folder.path(), SMALL), Err(FileError::Folder)));
    assert!(matches!(read(&at("none"), SMALL), Err(FileError::Missing)));
    assert!(matches!(read(&at("loop"), SMALL), Err(FileError::Io(_))));
    fs::write(at("large"), [b'x'; 11]).expect("written");
    assert!(matches!(read(&at("large"), 10), Err(FileError::TooLarge(11, 10))));
    assert_eq!(read(&at("large"), 11).expect("read").len(), 11);
    fs::write(at("binary"), b"a\nb\n\xff").expect("written");
    assert_eq!(read_text(&at("binary"), SMALL).expect_err("no text").to_string(), "it is not UTF-8 text (line 3)");
}

#[test]
fn what_is_made_is_for_this_user_alone() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    write_private(&at("new/file"), b"x").expect("written");
    assert_eq!((mode(&at("new")), mode(&at("new/file"))), (0o700, 0o600));
    drop(append_private(&at("log")).expect("made"));
    assert_eq!(mode(&at("log")), 0o600);
    fs::set_permissions(at("log"), Permissions::from_mode(0o644)).expect("set");
    drop(append_private(&at("log")).expect("opened"));
    assert_eq!(mode(&at("log")), 0o600, "an older one is closed to others");
}

#[test]
fn a_link_in_the_place_of_a_lock_is_not_followed() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("theirs"), "dear").expect("written");
    fs::set_permissions(at("theirs"), Permissions::from_mode(0o644)).expect("set");
    symlink("theirs", at("lock")).expect("linked");
    let why = Lock::wait(&at("lock")).expect_err("a link");
    assert!(matches!(why, LockError::Unusable(..)), "{why}");
    assert_eq!((fs::read_to_string(at("theirs")).expect("there").as_str(), mode(&at("theirs"))), ("dear", 0o644));
    pipe(&at("pipe.lock"));
    assert!(matches!(Lock::wait(&at("pipe.lock")), Err(LockError::Unusable(..))));
}

#[test]
fn a_lock_is_waited_for_a_while_and_then_told_with_its_holder() {
    let folder = folder();
    let at = folder.path().join("lock");
    fs::write(&at, "kept").expect("written");
    let held = Lock::wait(&at).expect("free");
    let why = Lock::wait_for(&at, std::time::Duration::from_millis(50)).expect_err("held").to_string();
    let me = format!("(process {})", std::process::id());
    assert!(!cfg!(target_os = "linux") || why.ends_with(&me), "{why}");
    drop(held);
    assert!(Lock::wait(&at).is_ok());
    assert_eq!((fs::read_to_string(&at).expect("there").as_str(), mode(&at)), ("kept", 0o600));
}

#[test]
fn leftovers_go_and_what_is_written_stays() {
    let folder = folder();
    let target = folder.path().join("file");
    let writing = Temporary::beside(&target).expect("made");
    let left: PathBuf = folder.path().join(".pilotlight-Abc123.tmp");
    let others = folder.path().join(".pilotlight-notes");
    for file in [&left, &others] {
        fs::write(file, "sk-1").expect("written");
    }
    remove_leftovers(folder.path());
    assert!(!left.exists() && others.exists() && writing.path().exists());
}

#[test]
fn a_file_is_replaced_by_one_of_the_same_identity() {
    let folder = folder();
    let at = folder.path().join("file");
    fs::write(&at, "old").expect("written");
    fs::set_permissions(&at, Permissions::from_mode(0o640)).expect("set");
    let note = |value: &[u8]| {
        let file = File::open(&at).expect("opened");
        rustix::fs::fsetxattr(file, "user.note", value, rustix::fs::XattrFlags::empty())
    };
    let has_attributes = note(b"mine").is_ok();
    let list: Vec<u8> = [2_u32.to_le_bytes().to_vec()]
        .into_iter()
        .chain([(1, 6, u32::MAX), (2, 4, 1234), (4, 4, u32::MAX), (16, 4, u32::MAX), (32, 0, u32::MAX)].map(
            |(tag, rights, id): (u16, u16, u32)| {
                [&tag.to_le_bytes()[..], &rights.to_le_bytes()[..], &id.to_le_bytes()[..]].concat()
            },
        ))
        .flatten()
        .collect();
    let has_list = rustix::fs::setxattr(&at, "system.posix_acl_access", &list, rustix::fs::XattrFlags::empty()).is_ok();
    // Only root can give files away; others keep what is theirs.
    let is_root = rustix::process::geteuid().is_root();
    if is_root {
        std::os::unix::fs::chown(&at, Some(1234), Some(4321)).expect("given");
    }
    let before = fs::metadata(&at).expect("there");
    write_private(&at, b"new").expect("written");
    let after = fs::metadata(&at).expect("there");
    assert_eq!(
        (after.uid(), after.gid(), after.mode(), fs::read_to_string(&at).expect("there").as_str()),
        (before.uid(), before.gid(), before.mode(), "new")
    );
    let value = |name: &str| {
        let mut value = vec![0; rustix::fs::getxattr_query(&at, name).unwrap_or(0)];
        rustix::fs::getxattr(&at, name, &mut value[..]).map(|_| value)
    };
    assert!(!has_attributes || value("user.note").as_deref() == Ok(b"mine"));
    assert!(!has_list || value("system.posix_acl_access").as_ref() == Ok(&list), "the access list is kept");
}
