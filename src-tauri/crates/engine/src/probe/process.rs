//! A server whose port is still closed may be alive and reading its model: vLLM opens the port only after minutes. Looked for among this
//! machine's processes, where the system shows them as files (Linux).

use super::kinds;
use crate::files;
use std::collections::HashSet;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// One that takes longer than this does not start any more.
const PATIENCE: Duration = Duration::from_secs(15 * 60);
/// Many closed ports are looked for at one glance.
const FRESH: Duration = Duration::from_secs(5);

/// The ports that young processes of model servers name on their command lines.
#[derive(Clone, Debug, Default)]
pub(super) struct Processes(Arc<Mutex<Option<Glance>>>);

#[derive(Debug)]
struct Glance {
    at: Instant,
    ports: HashSet<u16>,
}

impl Processes {
    pub(super) fn are_starting_on(&self, port: u16) -> bool {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.as_ref().is_none_or(|it| it.at.elapsed() > FRESH) {
            *seen = Some(Glance { at: Instant::now(), ports: starting(Path::new("/proc")) });
        }
        seen.as_ref().is_some_and(|it| it.ports.contains(&port))
    }
}

fn starting(proc: &Path) -> HashSet<u16> {
    let processes = std::fs::read_dir(proc).into_iter().flatten().flatten();
    let processes = processes.filter(|it| it.file_name().to_string_lossy().starts_with(|c: char| c.is_ascii_digit()));
    let young = processes.filter(|it| {
        let age = it.metadata().and_then(|it| it.modified()).ok().and_then(|it| it.elapsed().ok());
        age.is_some_and(|it| it < PATIENCE)
    });
    young.filter_map(|it| files::read(&it.path().join("cmdline"), files::SMALL).ok()).flat_map(|it| ports(&it)).collect()
}

/// `--port 8000`, `--port=8000`, `127.0.0.1:8000`, `-p 8000`. The rest of a command line may hold a key and is not kept.
fn ports(command: &[u8]) -> Vec<u16> {
    let command = String::from_utf8_lossy(command);
    let parts: Vec<&str> = kinds::specs().flat_map(|spec| spec.processes).copied().collect();
    let is_server = command.split('\0').any(|word| parts.iter().any(|it| word.contains(it)));
    let words = command.split('\0').filter(|_| is_server);
    words.filter_map(|word| word.rsplit(['=', ':']).next()?.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_young_server_that_names_the_port() {
        for (command, is) in [
            ("python3\0-m\0vllm.entrypoints.openai.api_server\0--port\08000", true),
            ("/usr/bin/llama-server\0--port=8000", true),
            ("/usr/bin/llama-server\0--port\08001", false),
            ("vim\0vllm.txt\0:80001", false),
            ("curl\0http://127.0.0.1:8000", false),
            ("", false),
        ] {
            let folder = tempfile::tempdir().expect("a folder");
            std::fs::create_dir(folder.path().join("42")).expect("a folder");
            std::fs::write(folder.path().join("42/cmdline"), command).expect("written");
            assert_eq!(starting(folder.path()).contains(&8000), is, "{command:?}");
        }
    }
}
