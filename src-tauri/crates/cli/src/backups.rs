//! `pilotlight backups`: lists and restores the texts before each write and those that OpenClaw set aside.

use std::process::ExitCode;

use clap::Subcommand;
use domain::transition::Rejection;
use domain::view::types::STRAIGHT_QUOTES;
use engine::Backup;
use serde_json::json;

use crate::args::Place;
use crate::check::say;
use crate::edit::{Done, pretty, tell};
use crate::text::table;

#[derive(Subcommand, Debug)]
pub enum Backups {
    /// List what there is, newest first
    List,
    /// Restore one; without --yes it only shows what would change
    Restore {
        /// Its name, a part of it that no other has, or `latest`
        name: String,
        /// Write it; the text that it replaces is backed up first
        #[arg(long, conflicts_with = "dry_run")]
        yes: bool,
        /// Show the difference and write nothing
        #[arg(long)]
        dry_run: bool,
    },
}

pub fn run(command: &Backups, place: &Place) -> Done {
    match command {
        Backups::List => list(place),
        Backups::Restore { name, yes, dry_run } => {
            let restored = engine::restore(&place.options(), name, !yes)?;
            tell(place, !yes, &restored);
            if restored.changed && !yes && !dry_run && !place.json {
                eprintln!("hint: Use --yes to restore it.");
            }
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn list(place: &Place) -> Done {
    let all = engine::backups(&place.options())?;
    if place.json {
        let row = |it: &Backup| json!({ "name": it.name, "at": it.at, "bytes": it.bytes, "setAside": it.aside.map(id), "file": it.file });
        let rows: Vec<_> = all.iter().map(row).collect();
        say(&pretty(&json!({ "backups": rows })));
    } else if all.is_empty() {
        say("no backups: nothing was written yet");
    } else {
        // The name begins with that of its file.
        let row = |it: &Backup| [it.at.clone(), it.bytes.to_string(), why(it).to_owned(), it.name.clone()];
        say(&table(["replaced at", "bytes", "what", "name"], all.iter().map(row).collect()));
    }
    Ok(ExitCode::SUCCESS)
}

/// The `setAside` of the JSON.
fn id(why: Rejection) -> &'static str {
    match why {
        Rejection::Undone => "undone",
        Rejection::Refused => "refused",
    }
}

fn why(backup: &Backup) -> &'static str {
    match backup.aside {
        _ if backup.name == STRAIGHT_QUOTES => "the file with straight quotes",
        aside => aside.map_or("before a save", Rejection::words),
    }
}
