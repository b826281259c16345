//! The tables of the documentation name each kind of server, code, check, setting and command, and none that is gone.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use domain::Kind;
use domain::notify::notice::Code;
use domain::notify::settings::Settings;

/// From the root of the repository.
fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

fn page(name: &str) -> String {
    fs::read_to_string(repository("docs").join(name)).expect("a page")
}

/// What stands between backticks at the start of a table's row, on the whole page.
fn first_cells(page: &str) -> BTreeSet<String> {
    let cells = page.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` |"));
    cells.map(|(name, _)| name.to_owned()).collect()
}

/// The string literals in the sources of a room of `domain`.
fn literals(room: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut folders = vec![repository("src-tauri/crates/domain/src").join(room)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a room") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = fs::read_to_string(path).expect("a source");
                found.extend(text.lines().flat_map(|line| line.split('"').skip(1).step_by(2).map(str::to_owned)));
            }
        }
    }
    found
}

/// The cells of the table that follows this heading, without its first two lines.
fn table(page: &str, heading: &str) -> Vec<Vec<String>> {
    let text = self::page(page);
    let part = text.split_once(heading).unwrap_or_else(|| panic!("{page} has no {heading}")).1;
    let lines = part.lines().skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|'));
    lines.skip(2).map(|line| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()).collect()
}

/// `vllm`, `sglang`
fn ids(cell: &str) -> Vec<&str> {
    cell.split(", ").map(|id| id.trim_matches('`')).collect()
}

#[test]
fn each_kind_has_its_row() {
    let known: BTreeSet<&str> = Kind::ALL.iter().map(|kind| kind.id()).collect();
    for heading in ["## What each kind is asked", "## What each kind tells", "## What it does on a click"] {
        let rows = table("servers.md", heading);
        let told: Vec<&str> = rows.iter().flat_map(|row| ids(&row[0])).collect();
        assert_eq!(told.iter().copied().collect::<BTreeSet<_>>(), known, "{heading}");
        assert_eq!(told.len(), known.len(), "{heading}: one has two rows");
    }
}

#[test]
fn what_a_click_does() {
    for row in table("servers.md", "## What it does on a click") {
        for id in ids(&row[0]) {
            let kind = Kind::ALL.iter().find(|kind| kind.id() == id).expect("a kind");
            let says = |cell: &str| !cell.starts_with("no");
            assert_eq!(says(&row[1]), kind.info().loads, "{id}: load");
            assert_eq!(says(&row[2]), kind.info().loads, "{id}: unload");
            assert_eq!(says(&row[3]), kind.may_be_timed(), "{id}: time an answer");
        }
    }
}

#[test]
fn the_ports_that_discovery_asks() {
    let rows = table("cli.md", "## discover");
    let ports: Vec<u16> = rows.iter().map(|row| row[0].parse().expect("a port")).collect();
    let known = Kind::well_known_ports();
    assert_eq!(ports, known.iter().map(|(port, _)| *port).collect::<Vec<_>>());
    for kind in Kind::ALL.iter().filter(|kind| kind.is_known()) {
        for port in kind.info().ports {
            let row = rows.iter().find(|row| row[0] == port.to_string()).expect("a row");
            assert!(row[1].contains(kind.label()), "{port}: {}", kind.label());
        }
    }
}

#[test]
fn each_problem_code_has_its_row() {
    let documented = first_cells(&page("problems.md"));
    let subjects: BTreeSet<&str> = documented.iter().filter_map(|code| Some(code.split_once('.')?.0)).collect();
    let is_code = |text: &String| {
        text.split_once('.').is_some_and(|(subject, rest)| {
            subjects.contains(subject) && !rest.is_empty() && rest.chars().all(char::is_alphanumeric)
        })
    };
    let known: BTreeSet<String> = ["config", "schema", "edit", "view"].into_iter().flat_map(literals).filter(is_code).collect();
    assert_eq!(known, documented);
}

#[test]
fn each_notice_code_has_its_row() {
    let known: BTreeSet<String> = Code::TOLD.into_iter().chain([Code::JobDone]).map(|code| code.id().to_owned()).collect();
    assert_eq!(known, first_cells(&page("notices.md")));
}

#[test]
fn each_check_of_the_doctor_has_its_row() {
    let mut known = BTreeSet::new();
    for file in ["setup", "troubleshooting", "safety"] {
        let path = repository("src-tauri/crates/domain/src/view/doctor").join(format!("{file}.rs"));
        let text = fs::read_to_string(path).expect("a source");
        known.extend(text.split("= topic(\"").skip(1).filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())));
    }
    assert_eq!(known, first_cells(&page("doctor.md")));
}

#[test]
fn each_setting_has_its_row() {
    let settings = serde_json::to_value(Settings::default()).expect("settings");
    let known: BTreeSet<&str> = settings.as_object().expect("settings").keys().map(String::as_str).collect();
    let rows = table("settings.md", "Options of the command line go before the file.");
    assert_eq!(rows.iter().map(|row| row[0].trim_matches('`')).collect::<BTreeSet<_>>(), known);
}
