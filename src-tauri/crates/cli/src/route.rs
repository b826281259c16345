//! `pilotlight primary`, `fallbacks` and `route`: which model OpenClaw asks first, and which after it.

use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};
use domain::base::change::Change;
use domain::base::refusal::Refusal;
use domain::config::Route;
use domain::edit::chain;
use engine::EditSession;
use serde_json::json;

use crate::args::{DryRun, Place};
use crate::check::say;
use crate::edit::{Done, edit, pretty, resolve};

#[derive(Subcommand, Debug)]
pub enum Primary {
    /// Set the primary; the model before it becomes the first fallback
    Set {
        /// provider/model, or an alias
        model: String,
        /// Drop the model before it instead
        #[arg(long)]
        replace: bool,
        #[command(flatten)]
        whose: Whose,
        #[command(flatten)]
        dry: DryRun,
    },
}

#[derive(Subcommand, Debug)]
pub enum Fallbacks {
    /// List the fallbacks in their order
    List {
        #[command(flatten)]
        whose: Whose,
    },
    /// Add a last fallback
    Add {
        /// provider/model, or an alias
        model: String,
        #[command(flatten)]
        whose: Whose,
        #[command(flatten)]
        dry: DryRun,
    },
    /// Remove a fallback
    Remove {
        /// provider/model, or an alias
        model: String,
        #[command(flatten)]
        whose: Whose,
        #[command(flatten)]
        dry: DryRun,
    },
    /// Move a fallback to another position; the first is 1
    Move {
        /// provider/model, or an alias
        model: String,
        #[arg(value_parser = clap::value_parser!(u16).range(1..))]
        position: u16,
        #[command(flatten)]
        whose: Whose,
        #[command(flatten)]
        dry: DryRun,
    },
    /// Remove all fallbacks
    Clear {
        #[command(flatten)]
        whose: Whose,
        #[command(flatten)]
        dry: DryRun,
    },
}

#[derive(Args, Debug)]
pub struct Order {
    /// Which models come first; the order within each of the two groups stays
    order: First,
    #[command(flatten)]
    whose: Whose,
    #[command(flatten)]
    dry: DryRun,
}

#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
enum First {
    LocalFirst,
    HostedFirst,
}

#[derive(Args, Clone, Debug)]
pub struct Whose {
    /// The route of this agent, instead of the defaults
    #[arg(long, value_name = "ID")]
    agent: Option<String>,
}

pub fn primary(command: &Primary, place: &Place) -> Done {
    let Primary::Set { model, replace, whose, dry } = command;
    change(place, *dry, whose, |session, route| {
        let wanted = resolve(session, model)?.to_string();
        // OpenClaw reads an agent with nothing but a primary as one without a fallback, so it stays so.
        let strict = whose.agent.is_some() && route.fallbacks.is_empty();
        Ok(chain::with_primary(session.config(), route, &wanted, *replace || strict))
    })
}

pub fn fallbacks(command: &Fallbacks, place: &Place) -> Done {
    match command {
        Fallbacks::List { whose } => list(place, whose),
        Fallbacks::Add { model, whose, dry } => change(place, *dry, whose, |session, route| {
            chain::with_fallback(session.config(), route, &resolve(session, model)?.to_string())
        }),
        Fallbacks::Remove { model, whose, dry } => {
            change(place, *dry, whose, |session, route| chain::without_fallback(session.config(), route, model))
        }
        Fallbacks::Move { model, position, whose, dry } => {
            change(place, *dry, whose, |session, route| chain::with_moved(session.config(), route, model, usize::from(*position)))
        }
        Fallbacks::Clear { whose, dry } => change(place, *dry, whose, |_, route| chain::without_fallbacks(route)),
    }
}

pub fn order(command: &Order, place: &Place) -> Done {
    change(place, command.dry, &command.whose, |session, route| {
        chain::sorted(session.config(), route, command.order == First::LocalFirst)
    })
}

fn change(place: &Place, dry: DryRun, whose: &Whose, to: impl Fn(&EditSession, &Route) -> Result<Vec<String>, Refusal>) -> Done {
    edit(place, dry, |session| {
        let route = route(session, whose);
        Ok(vec![Change::Route { agent: whose.agent.clone(), was: route.written(), to: to(session, &route)? }])
    })
}

/// Returns an empty route for an agent that has none of its own yet.
fn route(session: &EditSession, whose: &Whose) -> Route {
    let found = session.config().routes().find(|it| it.0 == whose.agent.as_deref());
    found.map(|it| it.1.clone()).unwrap_or_default()
}

fn list(place: &Place, whose: &Whose) -> Done {
    let session = EditSession::read(&place.options())?;
    let route = route(&session, whose);
    if place.json {
        say(&pretty(&json!({ "agent": whose.agent, "primary": route.primary, "fallbacks": route.fallbacks })));
    } else {
        for (i, it) in route.fallbacks.iter().enumerate() {
            let name = session.config().resolve(it).map(|it| session.config().name(&it)).filter(|name| name != it);
            say(&format!("{}  {it}{}", i + 1, name.map(|it| format!("  {it}")).unwrap_or_default()));
        }
        if route.fallbacks.is_empty() {
            say("no fallbacks");
        }
    }
    Ok(ExitCode::SUCCESS)
}
