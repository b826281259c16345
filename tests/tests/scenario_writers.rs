//! Two writers at once: of what either writes nothing is lost, though each of ours meets one of theirs between its look at the file
//! and its write.

use std::cell::{Cell, RefCell};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use domain::base::change::{Change, Place};
use engine::Options;

const OURS: u64 = 100;
/// For each of ours.
const THEIRS: u64 = 10;

#[test]
fn of_a_thousand_foreign_edits_none_is_lost() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("openclaw.json");
    std::fs::write(&config, CONFIG).expect("written");
    let options = Options { config: Some(config.clone()), state_dir: Some(folder.path().join("state")), ..Options::default() };
    let foreign = RefCell::new(Foreign::start(&config));
    for n in 1..=OURS {
        let met = Cell::new(false);
        let make = |session: &engine::EditSession| {
            // We have looked, and have not written.
            if !met.replace(true) {
                (1..THEIRS).for_each(|_| foreign.borrow_mut().edit());
            }
            let was = session.config().provider("box").and_then(|it| it.model("m")).and_then(|it| it.max_tokens);
            assert_eq!(was, Some(n), "ours stays");
            Ok(vec![Change::set(Place::model("box", "m", &["maxTokens"]), was, Some(n + 1))])
        };
        let edited = engine::edit(&options, make, |_| Ok(true));
        assert!(edited.expect("in the end").written);
        foreign.borrow_mut().edit();
    }
    let text = std::fs::read_to_string(&config).expect("it is there");
    let read: serde_json::Value = json5::from_str(&text).expect("JSON5");
    assert_eq!(read["models"]["providers"]["box"]["models"][0]["maxTokens"], OURS + 1);
    let theirs = read["foreign"].as_object().expect("theirs");
    let kept: Vec<String> = theirs.keys().cloned().collect();
    assert_eq!(kept, (0..OURS * THEIRS).map(|n| format!("f{n}")).collect::<Vec<_>>());
    assert!(text.contains("}], // ours, and of nobody else"));
}

struct Foreign {
    child: Child,
    orders: ChildStdin,
    said: BufReader<ChildStdout>,
}

impl Foreign {
    fn start(config: &Path) -> Foreign {
        let mut command = Command::new(env!("CARGO_BIN_EXE_foreign_writer"));
        let mut child = command.arg(config).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
        let orders = child.stdin.take().expect("piped");
        let said = BufReader::new(child.stdout.take().expect("piped"));
        Foreign { child, orders, said }
    }

    /// Has it make an edit, and waits for that.
    fn edit(&mut self) {
        writeln!(self.orders, "edit").expect("it listens");
        let mut line = String::new();
        assert!(self.said.read_line(&mut line).expect("it speaks") > 0, "it is gone");
    }
}

impl Drop for Foreign {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const CONFIG: &str = r#"{
  foreign: {
    // foreign
  },
  models: {
    providers: {
      box: {
        baseUrl: "http://127.0.0.1:2/v1",
        models: [{ id: "m", name: "M", maxTokens: 1 }], // ours, and of nobody else
      },
    },
  },
}
"#;
