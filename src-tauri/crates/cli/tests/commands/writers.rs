//! Several at once, and a place that can't be written: no edit is lost, and nothing is half done.

use crate::desk::{CONFIG, Desk};

#[test]
fn of_many_at_once_none_is_lost() {
    const EACH: usize = 20;
    let desk = Desk::with(CONFIG);
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let desk = &desk;
            scope.spawn(move || {
                for n in 0..EACH {
                    let said = desk.run(&format!("models add box/w{writer}-{n} --name N"));
                    assert_eq!(said.code, 0, "{said:?}");
                }
            });
        }
    });
    let models = desk.run("providers list --json").json()[0]["models"].as_array().map(Vec::len);
    assert_eq!(models, Some(1 + 4 * EACH));
    assert!(desk.text().contains("}, // as loaded\n"));
}

/// Files are replaced by renaming, so it is the folder that has to be writable.
#[cfg(unix)]
#[test]
fn a_read_only_folder_is_told_and_nothing_is_written() {
    use std::fs::{Permissions, set_permissions};
    use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
    use std::os::unix::process::CommandExt;

    const NOBODY: u32 = 65_534;
    let desk = Desk::with(CONFIG);
    let state = tempfile::tempdir().expect("a folder");
    let mut command = desk.command("models set box/m --max-tokens 4096");
    command.env("XDG_STATE_HOME", state.path());
    let folder = desk.path().parent().expect("a folder").to_owned();
    if std::fs::metadata(desk.path()).expect("there").uid() == 0 {
        // The superuser may write anywhere, so somebody else has to try; with the program where they can reach it.
        let program = folder.join("pilotlight");
        // By another process: a file that this one has open to write, a child of another test would keep open.
        let copied = std::process::Command::new("cp").arg(command.get_program()).arg(&program).status().expect("it runs");
        assert!(copied.success());
        let mut other = std::process::Command::new(program);
        other.args(command.get_args()).uid(NOBODY).gid(NOBODY);
        other.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        for path in [folder.as_path(), state.path(), &desk.path()] {
            chown(path, Some(NOBODY), Some(NOBODY)).expect("given away");
        }
        command = other;
    }
    let allow = |mode| set_permissions(&folder, Permissions::from_mode(mode)).expect("set");
    allow(0o555);
    let refused = command.output().expect("it runs");
    let left = std::fs::read_dir(&folder).expect("a folder").flatten().map(|it| it.file_name()).collect::<Vec<_>>();
    allow(0o755);
    let said = String::from_utf8_lossy(&refused.stderr);
    assert_eq!((refused.status.code(), desk.text().as_str()), (Some(3), CONFIG), "{said}");
    assert!(said.contains("no permission") && said.contains("Correct the permissions of the file or its folder"), "{said}");
    assert!(left.iter().all(|it| ["openclaw.json", "pilotlight", "state"].iter().any(|name| it == name)), "{left:?}");
}
