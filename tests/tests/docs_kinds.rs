//! The tables of the documentation name each kind of server, and say of it what the program does.

use std::collections::BTreeSet;
use std::path::Path;

use domain::Kind;

/// The cells of the table that follows this heading, without its first two lines.
fn table(page: &str, heading: &str) -> Vec<Vec<String>> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(page);
    let text = std::fs::read_to_string(file).expect("a page");
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
