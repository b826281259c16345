//! Ended at each step on the way from the gateway's word to the screen, it neither loses a notice nor tells it twice as if it were new.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use tests::fake_box::FakeBox;
use tests::stage::{fallback_lines, hybrid};

const LOCAL: &str = "box/my-local-model";
/// No probe has a say in whether this one answers.
const SONNET: &str = "anthropic/claude-sonnet-4-6";
const OPUS: &str = "anthropic/claude-opus-4-6";
const AGAIN: &str = "Shown again, because Pilot Light stopped while showing this.";

struct Onlooker {
    child: Child,
    lines: std::io::Lines<BufReader<ChildStdout>>,
    /// What it told so far.
    told: Vec<String>,
}

impl Onlooker {
    fn start(folder: &Path, end: &str) -> Onlooker {
        let mut command = Command::new(env!("CARGO_BIN_EXE_onlooker"));
        command.arg(folder).arg(end).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("it starts");
        let out = child.stdout.take().expect("piped");
        Onlooker { child, lines: BufReader::new(out).lines(), told: Vec::new() }
    }

    /// Reads on to a line that has this; `false` when it ends before.
    fn until(&mut self, what: &str) -> bool {
        while let Some(Ok(line)) = self.lines.next() {
            if line.starts_with("told ") {
                self.told.push(line.clone());
            }
            if line.contains(what) {
                return true;
            }
        }
        false
    }

    /// Lets it end well, and gives all that it told.
    fn end(mut self) -> Vec<String> {
        drop(self.child.stdin.take());
        assert!(!self.until("never said"));
        assert!(self.child.wait().expect("it ends").success());
        self.told
    }
}

fn log(folder: &Path, text: &str) {
    use std::io::Write;
    let path = folder.join("logs").join(format!("openclaw-{}.log", jiff::Zoned::now().date()));
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path).expect("opened");
    file.write_all(text.as_bytes()).expect("written");
}

/// What the first one told before it died there, and what the second told.
async fn killed_at(end: &str) -> (Vec<String>, Vec<String>) {
    let fake = FakeBox::start("my-local-model").await;
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("logs")).expect("made");
    std::fs::write(folder.path().join("openclaw.json"), hybrid(&fake.base_url()).replace(LOCAL, SONNET)).expect("written");
    let (end, folder) = (end.to_owned(), folder);
    let both = tokio::task::spawn_blocking(move || {
        // One that ended well: what comes after it is news, whatever becomes of the next.
        let mut earlier = Onlooker::start(folder.path(), "");
        assert!(earlier.until("settled=true"));
        assert_eq!(earlier.end(), [""; 0]);
        let mut first = Onlooker::start(folder.path(), &end);
        assert!(first.until("settled=true"));
        log(folder.path(), &fallback_lines("run-1", SONNET, OPUS));
        assert!(!first.until("never said"), "it dies");
        assert!(!first.child.wait().expect("it ended").success());
        let mut second = Onlooker::start(folder.path(), "");
        assert!(second.until("route=fallback"));
        log(folder.path(), &fallback_lines("run-2", SONNET, OPUS));
        assert!(second.until("answers=2"), "no answer is counted twice, and none is lost");
        (first.told, second.end())
    });
    both.await.expect("no panic")
}

#[tokio::test]
async fn before_it_is_on_the_disk() {
    let (first, second) = killed_at("heard").await;
    // How far the write had come is a race; either way a person is told once.
    assert_eq!((first.len(), second.len()), (0, 1), "{second:?}");
    assert!(second[0].starts_with("told fallback.started: Fell back to Opus |"), "{second:?}");
}

#[tokio::test]
async fn before_it_is_shown() {
    let (first, second) = killed_at("written").await;
    assert_eq!((first.len(), second.len()), (0, 1), "{second:?}");
    assert!(second[0].starts_with("told fallback.started: Fell back to Opus |") && second[0].ends_with(AGAIN), "{second:?}");
}

/// Nobody can know whether it was seen; so it comes once more, and says so.
#[tokio::test]
async fn before_the_desktop_has_said_that_it_is_shown() {
    let (first, second) = killed_at("shown").await;
    assert_eq!((first.len(), second.len()), (1, 1), "{second:?}");
    assert!(!first[0].ends_with(AGAIN) && second[0].ends_with(AGAIN), "{first:?} {second:?}");
}

#[tokio::test]
async fn after_it_was_shown() {
    let (first, second) = killed_at("confirmed").await;
    assert_eq!((first.len(), second.len()), (1, 0), "{second:?}");
}
