//! A signal ends what stays, whatever it waits for.
#![cfg(target_os = "linux")]

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::desk::{CONFIG, Desk};

#[test]
fn a_signal_ends_a_watch_that_nobody_reads() {
    let desk = Desk::with(CONFIG);
    let (_unread, full) = std::io::pipe().expect("a pipe");
    let mut filler = full.try_clone().expect("cloned");
    // Blocks as soon as the pipe is full, as the watch does then.
    std::thread::spawn(move || filler.write_all(&vec![b'x'; 1 << 20]));
    let mut watch = desk.command("watch").stdin(Stdio::null()).stdout(full).spawn().expect("it runs");
    let waits = std::fs::canonicalize(format!("/proc/{}", watch.id())).expect("it runs").join("wchan");
    let end = Instant::now() + Duration::from_secs(10);
    while !std::fs::read_to_string(&waits).is_ok_and(|it| it.contains("pipe_write")) && Instant::now() < end {
        std::thread::yield_now();
    }
    let asked = Instant::now();
    assert!(Command::new("kill").arg("-TERM").arg(watch.id().to_string()).status().expect("it runs").success());
    while watch.try_wait().expect("a child").is_none() {
        assert!(asked.elapsed() < Duration::from_secs(4), "it runs on");
        std::thread::yield_now();
    }
}
