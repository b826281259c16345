//! A folder with a config, and the binary that works on it.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// Comments in every place, both sorts of quotes, a trailing comma.
pub const CONFIG: &str = r#"// mine
{
  meta: { lastTouchedVersion: "2026.9.6" },
  agents: {
    defaults: {
      model: { primary: "box/m", fallbacks: ["hosted/big", 'hosted/cheap'] }, // the box first
      models: {
        "box/m": { alias: "Local" }, // short
        "hosted/big": { alias: "Big" },
      },
    },
    entries: { kid: { model: "box/m" } },
  },
  models: {
    mode: "merge", /* keep the hosted ones */
    providers: {
      // in the cellar
      box: {
        baseUrl: "http://127.0.0.1:1234/v1",
        apiKey: "sk-secret", // not for others
        timeoutSeconds: 300,
        models: [
          { id: "m", name: "M", contextWindow: 65536, maxTokens: 8192 }, // as loaded
        ],
      },
      hosted: { baseUrl: "https://example.com/v1", models: [{ id: "big", name: "Big" }, { id: "cheap", name: "Cheap" }] },
    },
  },
}
"#;

pub struct Desk {
    folder: TempDir,
}

#[derive(Debug)]
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Said {
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

impl Desk {
    pub fn with(config: &str) -> Desk {
        let desk = Desk { folder: tempfile::tempdir().expect("a folder") };
        std::fs::write(desk.path(), config).expect("written");
        desk
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("openclaw.json")
    }

    /// Where it keeps what is its own.
    pub fn state(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    pub fn text(&self) -> String {
        std::fs::read_to_string(self.path()).expect("a config")
    }

    /// A command line, split at spaces.
    pub fn run(&self, line: &str) -> Said {
        self.run_with(line, "")
    }

    pub fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pilotlight"));
        command.args(line.split(' ')).env("OPENCLAW_CONFIG_PATH", self.path());
        // Each system keeps such things elsewhere.
        for name in ["XDG_STATE_HOME", "XDG_DATA_HOME", "HOME", "LOCALAPPDATA"] {
            command.env(name, self.folder.path().join("state"));
        }
        // What is installed on this machine is not part of the test.
        command.env("PATH", self.folder.path().join("bin").display().to_string() + ":/usr/bin:/bin");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// An OpenClaw 2026.9.6, as npm installs it, that does this if asked for its schema.
    #[cfg(unix)]
    pub fn install_openclaw(&self, does: &str) {
        let (bin, package) = (self.folder.path().join("bin"), self.folder.path().join("lib"));
        for folder in [&bin, &package] {
            std::fs::create_dir_all(folder).expect("a folder");
        }
        let program = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../tests/programs/openclaw");
        let copied = Command::new("cp").arg(program).arg(&package).status().expect("cp runs");
        assert!(copied.success());
        std::os::unix::fs::symlink(package.join("openclaw"), bin.join("openclaw")).expect("linked");
        std::fs::write(package.join("package.json"), r#"{ "name": "openclaw", "version": "2026.9.6" }"#).expect("written");
        std::fs::write(bin.join("answer"), does).expect("written");
    }

    /// The file of this name, wherever it is.
    pub fn find(&self, name: &str) -> PathBuf {
        let mut folders = vec![self.folder.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for path in std::fs::read_dir(folder).expect("a folder").flatten().map(|it| it.path()) {
                match path.is_dir() {
                    true => folders.push(path),
                    false if path.ends_with(name) => return path,
                    false => {}
                }
            }
        }
        panic!("there is no {name}");
    }

    pub fn run_with(&self, line: &str, input: &str) -> Said {
        let mut child = self.command(line).spawn().expect("it starts");
        // One that does not read its input may be gone by now.
        let _ = child.stdin.take().expect("piped").write_all(input.as_bytes());
        let output = child.wait_with_output().expect("it ends");
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        Said { code: output.status.code().expect("a code"), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Runs it for real: the one text becomes the other and nothing else changes; a dry run before and a second run write nothing.
    #[track_caller]
    pub fn edits(&self, line: &str, was: &str, to: &str) {
        let before = self.text();
        assert!(before.contains(was), "{was} is not there before");
        let dry = self.run(&format!("{line} --dry-run"));
        assert_eq!((dry.code, self.text()), (0, before.clone()), "a dry run writes nothing: {dry:?}");
        assert!(dry.out.contains("\n@@ -") && !dry.out.contains("sk-secret"), "{dry:?}");
        let said = self.run(line);
        assert_eq!(said.code, 0, "{said:?}");
        assert_eq!(self.text(), before.replacen(was, to, 1), "{line}");
        let _: Value = json5::from_str(&self.text()).expect("JSON5 still");
    }

    /// The same again is nothing to do.
    #[track_caller]
    pub fn edits_once(&self, line: &str, was: &str, to: &str) {
        self.edits(line, was, to);
        let after = self.text();
        let again = self.run(line);
        assert_eq!((again.code, self.text()), (0, after), "{again:?}");
        assert!(again.out.starts_with("nothing to change"), "{again:?}");
    }

    #[track_caller]
    pub fn refuses(&self, line: &str, code: i32, why: &str) {
        let before = self.text();
        let said = self.run(line);
        assert_eq!((said.code, self.text()), (code, before), "{line}: {said:?}");
        assert!(said.err.contains(why), "{line}: {said:?}");
    }
}
