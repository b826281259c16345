//! Runs `openclaw` for what it prints: with nothing to read, away from the user's own state, at a low priority where nobody waits for it,
//! for a limited time and a limited output. Whatever it started ends with it.

use std::ffi::OsString;
use std::io::{Error, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

/// 2026.9.6 prints 2.4 MB.
const MOST_BYTES: u64 = 8 << 20;
/// Between two looks whether a program that has nothing more to say has ended.
const LOOK_EVERY: Duration = Duration::from_millis(20);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Haste {
    /// A person waits for it.
    Someone,
    Nobody,
}

impl Haste {
    /// `config schema` took 6 s on two busy cores, with the priority of `Nobody` 21 s, and with the lowest there is 75 s (2026.9.6).
    fn patience(self) -> Duration {
        Duration::from_secs(if self == Haste::Someone { 60 } else { 300 })
    }
}

/// Returns what the program prints.
///
/// # Errors
/// Why there is no output, in a few words.
pub(super) async fn output(program: &Path, arguments: &[&str], haste: Haste) -> Result<String, String> {
    output_within(program, arguments, haste, haste.patience()).await
}

async fn output_within(program: &Path, arguments: &[&str], haste: Haste, patience: Duration) -> Result<String, String> {
    let failed = |error: Error| format!("it can't be run: {error}");
    // Its state, its config and the `.env` that it reads are in an empty folder: it changes nothing, and what it prints depends on its version
    // alone.
    let nowhere = crate::files::empty_folder().map_err(failed)?;
    let mut command = Command::new(program);
    command
        .args(arguments)
        .current_dir(nowhere.path())
        .env("PATH", path(program))
        .env("OPENCLAW_STATE_DIR", nowhere.path())
        .env("OPENCLAW_CONFIG_PATH", nowhere.path().join("openclaw.json"))
        .env("OPENCLAW_NO_RESPAWN", "1")
        .env("NO_COLOR", "1")
        .env_remove("OPENCLAW_PROFILE")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let mut running = Running::new(command.spawn().map_err(failed)?, haste);
    let ended = tokio::time::timeout(patience, running.ended()).await;
    drop(running);
    match ended {
        Err(_) => Err(format!("it did not end within {} s", patience.as_secs())),
        Ok(Err(error)) => Err(failed(error)),
        Ok(Ok((_, None))) => Err(format!("it printed more than {} MB", MOST_BYTES >> 20)),
        Ok(Ok((_, Some(status)))) if !status.success() => Err(format!("it ended with {status}")),
        Ok(Ok((printed, Some(_)))) => String::from_utf8(printed).map_err(|_| "what it printed is not text".to_owned()),
    }
}

/// The Node that it was installed with is beside it, and may be nowhere else.
fn path(program: &Path) -> OsString {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let own = program.parent().map(Path::to_owned);
    std::env::join_paths(own.into_iter().chain(std::env::split_paths(&path))).unwrap_or(path)
}

/// The program and what it started. Dropping it ends them.
struct Running(Child);

impl Running {
    fn new(child: Child, haste: Haste) -> Running {
        let running = Running(child);
        // Where that fails, it runs like any other program.
        #[cfg(any(target_os = "linux", target_os = "macos"))]
        if haste == Haste::Nobody {
            let _ = rustix::process::setpriority_process(running.leader(), 10);
        }
        running
    }

    /// Returns what it printed, and how it ended; `None` for one that prints more than is read.
    async fn ended(&mut self) -> Result<(Vec<u8>, Option<ExitStatus>), Error> {
        let stdout = self.0.stdout.take().ok_or_else(|| Error::other("it has no output"))?;
        let read = tokio::task::spawn_blocking(move || {
            let mut printed = Vec::new();
            stdout.take(MOST_BYTES + 1).read_to_end(&mut printed).map(|_| printed)
        });
        let printed = read.await??;
        if printed.len() as u64 > MOST_BYTES {
            return Ok((printed, None));
        }
        loop {
            match self.0.try_wait()? {
                None => tokio::time::sleep(LOOK_EVERY).await,
                ended => return Ok((printed, ended)),
            }
        }
    }

    #[cfg(any(target_os = "linux", target_os = "macos"))]
    fn leader(&self) -> Option<rustix::process::Pid> {
        rustix::process::Pid::from_raw(i32::try_from(self.0.id()).ok()?)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Mostly they have ended by now.
        #[cfg(any(target_os = "linux", target_os = "macos"))]
        if let Some(leader) = self.leader() {
            let _ = rustix::process::kill_process_group(leader, rustix::process::Signal::KILL);
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    async fn sh(script: &str, patience: Duration) -> Result<String, String> {
        output_within(Path::new("/bin/sh"), &["-c", script], Haste::Nobody, patience).await
    }

    const LONG: Duration = Duration::from_secs(20);

    #[tokio::test]
    async fn what_it_printed_or_why_not() {
        for (script, said) in [
            ("echo yes", Ok("yes\n")),
            ("cat; echo $OPENCLAW_STATE_DIR | grep -c /; ls -A | wc -l", Ok("1\n0\n")),
            ("echo no; exit 3", Err("it ended with exit status: 3")),
            ("yes", Err("it printed more than 8 MB")),
            ("printf '\\377'", Err("what it printed is not text")),
        ] {
            assert_eq!(sh(script, LONG).await, said.map(str::to_owned).map_err(str::to_owned), "{script}");
        }
        let missing = output(Path::new("/nowhere/openclaw"), &[], Haste::Someone).await;
        assert!(missing.is_err_and(|it| it.starts_with("it can't be run")));
    }

    #[tokio::test]
    async fn what_hangs_is_ended_with_all_that_it_started() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("pid");
        let script = format!("sleep 1000 & echo $! > {}; wait", file.display());
        assert_eq!(sh(&script, Duration::from_millis(1_500)).await, Err("it did not end within 1 s".to_owned()));
        let pid = std::fs::read_to_string(file).expect("it was started");
        let stat = Path::new("/proc").join(pid.trim()).join("stat");
        // Ended, though nobody may have looked at it yet.
        let is_gone = || std::fs::read_to_string(&stat).map_or(true, |it| it.contains(") Z "));
        let deadline = std::time::Instant::now() + LONG;
        while !is_gone() {
            assert!(std::time::Instant::now() < deadline, "it runs on");
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn it_stands_behind_others() {
        assert_eq!(sh("sleep 0.2; nice", LONG).await.as_deref().map(str::trim), Ok("10"));
    }
}
