//! `pilotlight set`: sets any setting of the model side, by its key in OpenClaw's schema.

use std::str::FromStr;

use clap::Args;
use domain::ModelRef;
use domain::base::change::{self, Owner};
use domain::schema::{SettingSort, catalog};
use engine::EditSession;
use serde_json::{Value, json};

use crate::args::{DryRun, Place};
use crate::check::say;
use crate::edit::{Done, edit, pretty, resolve};
use crate::fault::Fault;
use crate::text::table;

#[derive(Args, Debug)]
pub struct Set {
    /// KEY=VALUE, such as compat.supportsTools=false or imageModel=box/m; VALUE is JSON or text, `none` removes the setting
    #[arg(value_name = "KEY=VALUE", required_unless_present = "list")]
    settings: Vec<Pair>,
    #[command(flatten)]
    of: Of,
    /// List what can be set
    #[arg(long, conflicts_with_all = ["settings", "dry_run"])]
    list: bool,
    #[command(flatten)]
    dry: DryRun,
}

/// Whose settings; without any of these, those of all agents.
#[derive(Args, Debug)]
struct Of {
    /// A setting of the whole catalogue: the key stands below `models`
    #[arg(long, conflicts_with_all = ["provider", "model", "agent", "entry"])]
    models: bool,
    /// A setting of this provider
    #[arg(long, value_name = "ID", conflicts_with_all = ["model", "agent", "entry"])]
    provider: Option<String>,
    /// A setting of this model in the file: an alias or provider/model
    #[arg(long, value_name = "MODEL", conflicts_with_all = ["agent", "entry"])]
    model: Option<String>,
    /// A setting of this agent
    #[arg(long, value_name = "ID")]
    agent: Option<String>,
    /// A setting of this model's entry under the agent or the defaults: its parameters
    #[arg(long, value_name = "MODEL")]
    entry: Option<String>,
}

#[derive(Clone, Debug)]
struct Pair {
    key: Vec<String>,
    to: Option<Value>,
}

impl FromStr for Pair {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (key, value) = text.split_once('=').ok_or("must look like KEY=VALUE")?;
        let to = match value {
            "none" => None,
            text => Some(serde_json::from_str(text).unwrap_or_else(|_| Value::from(text))),
        };
        Ok(Pair { key: key.split('.').map(str::to_owned).collect(), to })
    }
}

impl Of {
    fn owner(&self, session: &EditSession) -> Result<Owner, domain::base::refusal::Refusal> {
        let model_ref = |it: &ModelRef| it.to_string();
        Ok(match (&self.provider, &self.model, &self.entry) {
            _ if self.models => Owner::Models,
            (Some(provider), ..) => Owner::Provider { provider: provider.clone() },
            (_, Some(model), _) => {
                let it = resolve(session, model)?;
                Owner::Model { provider: it.provider, model: it.model }
            }
            (.., Some(entry)) => Owner::Entry { agent: self.agent.clone(), model_ref: model_ref(&resolve(session, entry)?) },
            _ => Owner::Agent { agent: self.agent.clone() },
        })
    }
}

pub fn run(command: &Set, place: &Place) -> Done {
    if command.list {
        return list(place);
    }
    edit(place, command.dry, |session| {
        let of = command.of.owner(session)?;
        let change = |it: &Pair| session.set(change::Place { of: of.clone(), key: it.key.clone() }, it.to.clone());
        Ok(command.settings.iter().map(change).collect())
    })
}

fn list(place: &Place) -> Result<std::process::ExitCode, Fault> {
    let specs = catalog();
    if place.json {
        say(&pretty(&json!({ "settings": specs })));
        return Ok(std::process::ExitCode::SUCCESS);
    }
    let rows = specs.iter().filter(|it| !matches!(it.sort, SettingSort::Secret | SettingSort::Secrets)).map(|it| {
        let sort = match it.sort {
            SettingSort::Choice => it.options.join("|"),
            SettingSort::Flag => "true|false".to_owned(),
            SettingSort::Texts => "list of texts".to_owned(),
            SettingSort::Json | SettingSort::SecretTexts => "JSON".to_owned(),
            other => format!("{other:?}").to_lowercase(),
        };
        let since = match (it.newer, it.older) {
            (true, _) => "refused by 2026.3.28",
            (_, true) => "refused by 2026.9.6",
            _ => "",
        };
        [it.of.to_owned(), it.key.join("."), sort, since.to_owned()]
    });
    say(&table(["of", "key", "value", ""], rows.collect()));
    Ok(std::process::ExitCode::SUCCESS)
}
