//! `pilotlight aliases`: lists and edits the short names of models.

use clap::Subcommand;
use domain::ModelRef;
use domain::base::change::{self, Change};
use engine::EditSession;
use serde_json::{Map, Value};

use crate::args::{DryRun, Place};
use crate::check::say;
use crate::edit::{Done, edit, invalid, pretty, resolve};
use crate::text::table;

#[derive(Subcommand, Debug)]
pub enum Aliases {
    /// List all aliases
    List,
    /// Give a model an alias; another model that had it loses it
    Set {
        /// The short name
        alias: String,
        /// provider/model
        model: String,
        #[command(flatten)]
        dry: DryRun,
    },
    /// Remove an alias
    Remove {
        /// The short name
        alias: String,
        #[command(flatten)]
        dry: DryRun,
    },
}

pub fn run(command: &Aliases, place: &Place) -> Done {
    match command {
        Aliases::List => list(place),
        Aliases::Set { alias, model, dry } => edit(place, *dry, |session| Ok(set(session, alias, &resolve(session, model)?))),
        Aliases::Remove { alias, dry } => edit(place, *dry, |session| {
            let removed: Vec<Change> = holders(session, alias).map(|(model, was)| change(model, Some(was), None)).collect();
            if removed.is_empty() {
                return Err(invalid(format!("there is no alias {alias}")).hint("Run pilotlight aliases list to see them."));
            }
            Ok(removed)
        }),
    }
}

/// Moves an alias from the model that has it to this one.
pub fn set(session: &EditSession, alias: &str, model: &ModelRef) -> Vec<Change> {
    let others = holders(session, alias).filter(|it| it.0 != *model).map(|(other, was)| change(other, Some(was), None));
    let was = session.config().alias(model).map(str::to_owned);
    // The new holder first: then what refers to the alias keeps it.
    std::iter::once(change(model.clone(), was, Some(alias.to_owned()))).chain(others).collect()
}

/// Finds an alias in any case, as OpenClaw does.
fn holders<'g>(session: &'g EditSession, alias: &'g str) -> impl Iterator<Item = (ModelRef, String)> + 'g {
    let held = session.config().aliases.iter().filter(move |it| it.alias.eq_ignore_ascii_case(alias));
    held.map(|it| (it.model.clone(), it.alias.clone()))
}

fn change(model: ModelRef, was: Option<String>, to: Option<String>) -> Change {
    Change::set(change::Place::alias(model.to_string()), was, to)
}

fn list(place: &Place) -> Done {
    let session = EditSession::read(&place.options())?;
    let aliases = &session.config().aliases;
    if place.json {
        let all: Map<String, Value> = aliases.iter().map(|it| (it.alias.clone(), it.model.to_string().into())).collect();
        say(&pretty(&serde_json::json!({ "aliases": all })));
    } else {
        say(&table(["alias", "model"], aliases.iter().map(|it| [it.alias.clone(), it.model.to_string()]).collect()));
    }
    Ok(std::process::ExitCode::SUCCESS)
}
