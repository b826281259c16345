//! An `openclaw` to be found and asked for its schema: of any version, with any answer.

use std::path::{Path, PathBuf};
use std::process::Command;

const PROGRAM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/programs/openclaw");

#[derive(Debug)]
pub struct FakeOpenClaw {
    bin: PathBuf,
}

impl FakeOpenClaw {
    /// As npm installs it: a link in `bin` to a program beside its `package.json`. To `config schema` it does this, in the shell's words.
    pub fn install(folder: &Path, version: &str, does: &str) -> FakeOpenClaw {
        let (bin, package) = (folder.join("bin"), folder.join("lib"));
        for folder in [&bin, &package] {
            std::fs::create_dir_all(folder).expect("a folder");
        }
        let program = package.join("openclaw.mjs");
        // By another program: what this one holds open for writing while a test beside it starts something can't be run.
        let copied = Command::new("cp").args([Path::new(PROGRAM), &program]).status().expect("cp runs");
        assert!(copied.success());
        let named = serde_json::json!({ "name": "openclaw", "version": version });
        std::fs::write(package.join("package.json"), named.to_string()).expect("written");
        std::fs::write(
            bin.join("answer"),
            format!("case \"$*\" in 'config schema') {does} ;; --version) echo 'OpenClaw {version} (fake)' ;; *) exit 2 ;; esac"),
        )
        .expect("written");
        let link = bin.join("openclaw");
        if !link.exists() {
            #[cfg(unix)]
            std::os::unix::fs::symlink(&program, link).expect("linked");
        }
        FakeOpenClaw { bin }
    }

    /// As a version manager has it: what stands before the program tells no version but by running.
    #[must_use]
    pub fn behind_a_shim(self) -> Self {
        std::fs::remove_file(self.bin.join("../lib/package.json")).expect("removed");
        self
    }

    /// What it was asked, in order.
    pub fn asked(&self) -> Vec<String> {
        let asked = std::fs::read_to_string(self.bin.join("asked")).unwrap_or_default();
        asked.lines().map(str::to_owned).collect()
    }
}

/// What prints a schema that takes all of the stage's config but a context of less than 20,000 tokens.
pub fn prints_a_schema() -> String {
    let model = r#"{"properties":{"contextWindow":{"type":"number","minimum":20000,"title":"Context"}}}"#;
    let models = format!(
        r#"{{"properties":{{"providers":{{"additionalProperties":{{"properties":{{"models":{{"items":{model}}}}}}}}}}}}}"#
    );
    format!(
        r#"echo 'a note'; echo '{{"type":"object","properties":{{"gateway":{{}},"agents":{{}},"models":{models}}},"additionalProperties":false}}'"#
    )
}
