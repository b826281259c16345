//! `pilotlight providers`: lists and edits the providers in the config.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use domain::base::change::{self, Change, Fields, NewKey};
use domain::config::template::Template;
use domain::config::{Provider, Secret};
use domain::schema::Generation;
use domain::server::kinds;
use engine::EditSession;
use serde_json::{Value, json};

use crate::args::{DryRun, KeyFrom, Place, Setting, header_from_env, secret_line};
use crate::check::say;
use crate::edit::{Done, edit, pretty};
use crate::fault::Fault;
use crate::text::table;

#[derive(Subcommand, Debug)]
pub enum Providers {
    /// List all providers that the file has or refers to; no key is shown
    List,
    /// Add a provider
    Add(Box<Add>),
    /// Change settings of a provider; the value `none` removes one
    Set(Box<SetProvider>),
    /// Give a provider another id, also in every place that refers to it
    Rename {
        /// The provider's id
        id: String,
        /// The new id
        new: String,
        #[command(flatten)]
        dry: DryRun,
    },
    /// Remove a provider and its models; refused while something refers to them
    Remove {
        /// The provider's id
        id: String,
        /// Remove those references as well: in routes, aliases and allowlists
        #[arg(long)]
        force: bool,
        #[command(flatten)]
        dry: DryRun,
    },
}

#[derive(Args, Debug)]
pub struct Add {
    /// The provider's id, as in ID/model
    id: String,
    #[arg(long, value_name = "NAME", value_parser = template, help = template_help())]
    template: Option<&'static Template>,
    /// Where the server answers, such as http://127.0.0.1:1234/v1
    #[arg(long, value_name = "URL", required_unless_present = "template")]
    base_url: Option<String>,
    /// openai-completions, openai-responses, anthropic-messages, ollama, ...
    #[arg(long)]
    api: Option<String>,
    #[command(flatten)]
    key: KeyFrom,
    #[command(flatten)]
    more: More,
    /// The id of its first model
    #[arg(long, value_name = "ID")]
    model: Option<String>,
    /// The name of that model, instead of its id
    #[arg(long, requires = "model", value_name = "NAME")]
    model_name: Option<String>,
    /// The context that the first model is served with
    #[arg(long, requires = "model", value_name = "TOKENS")]
    context_window: Option<u64>,
    /// The longest answer of the first model
    #[arg(long, requires = "model", value_name = "TOKENS")]
    max_tokens: Option<u64>,
    #[command(flatten)]
    dry: DryRun,
}

#[derive(Args, Debug)]
pub struct SetProvider {
    /// The provider's id
    id: String,
    /// Where the server answers, such as http://127.0.0.1:1234/v1
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// openai-completions, openai-responses, anthropic-messages, ollama, ...
    #[arg(long)]
    api: Option<Setting<String>>,
    #[command(flatten)]
    key: KeyFrom,
    /// Remove the key
    #[arg(long, conflicts_with_all = ["key_env", "key_stdin"])]
    no_key: bool,
    #[command(flatten)]
    more: More,
    #[command(flatten)]
    dry: DryRun,
}

/// Settings of both `providers add` and `providers set`.
#[derive(Args, Debug)]
struct More {
    /// How long OpenClaw waits for a sign of life before it falls back
    #[arg(long, value_name = "SECONDS")]
    timeout_seconds: Option<Setting<u64>>,
    /// Whether the key goes into the Authorization header
    #[arg(long, value_name = "BOOL")]
    auth_header: Option<Setting<bool>>,
    /// Whether other private addresses on your network are allowed
    #[arg(long, value_name = "BOOL")]
    allow_private_network: Option<Setting<bool>>,
    /// A header whose value is in a variable; repeatable
    #[arg(long, value_name = "HEADER=VAR")]
    header_env: Vec<String>,
    /// A header whose value is the first line of standard input
    #[arg(long, value_name = "HEADER", conflicts_with = "key_stdin")]
    header_stdin: Option<String>,
    /// Remove a header; repeatable
    #[arg(long, value_name = "HEADER")]
    remove_header: Vec<String>,
}

pub fn run(command: &Providers, place: &Place) -> Done {
    match command {
        Providers::List => list(place),
        Providers::Add(it) => add(it, place),
        Providers::Set(it) => set(it, place),
        Providers::Rename { id, new, dry } => {
            edit(place, *dry, |_| Ok(vec![Change::Rename { provider: id.clone(), model: None, to: new.clone() }]))
        }
        Providers::Remove { id, force, dry } => {
            edit(place, *dry, |_| Ok(vec![Change::Remove { provider: id.clone(), model: None, force: *force }]))
        }
    }
}

/// Templates with an address; hosted providers are built into OpenClaw.
fn local_templates() -> impl Iterator<Item = &'static Template> {
    kinds::templates().filter(|template| template.base_url.is_some())
}

fn template(name: &str) -> Result<&'static Template, String> {
    local_templates().find(|template| template.id == name).ok_or_else(|| "there is no such template".to_owned())
}

fn template_help() -> String {
    let names: Vec<&str> = local_templates().map(|template| template.id).collect();
    format!("Start from a template: {} (any compatible server)", names.join(", "))
}

fn add(it: &Add, place: &Place) -> Done {
    let key = it.key.read()?;
    let headers = it.more.headers()?;
    edit(place, it.dry, |session| {
        let provider = it.id.clone();
        let mut changes = match it.template {
            Some(template) => {
                let timed = it.more.timeout_seconds.is_none() && !matches!(session.config().generation, Generation::Old(_));
                template.changes(Some(&provider), it.base_url.as_deref(), key.clone(), timed)
            }
            None => vec![Change::AddProvider {
                provider: provider.clone(),
                fields: Fields::default().with(&["baseUrl"], it.base_url.as_deref().unwrap_or_default()),
                key: key.clone().unwrap_or(NewKey::None),
            }],
        };
        if let (Some(api), Some(Change::AddProvider { fields, .. })) = (&it.api, changes.first_mut()) {
            fields.set(&["api"], api.as_str());
        }
        changes.extend(it.more.changes(session, &it.id, &headers));
        if let Some(model) = &it.model {
            let mut fields = Fields::default().with(&["name"], it.model_name.as_ref().unwrap_or(model).as_str());
            for (key, limit) in [("contextWindow", it.context_window), ("maxTokens", it.max_tokens)] {
                if let Some(limit) = limit {
                    fields.set(&[key], limit);
                }
            }
            changes.push(Change::AddModel { provider, model: model.clone(), fields });
        }
        Ok(changes)
    })
}

fn set(it: &SetProvider, place: &Place) -> Done {
    let key = if it.no_key { Some(NewKey::None) } else { it.key.read()? };
    let headers = it.more.headers()?;
    if it.base_url.is_none() && it.api.is_none() && key.is_none() && it.more.is_empty() {
        return Err(Fault::Usage("no setting was given".to_owned()));
    }
    edit(place, it.dry, |session| {
        let place = |key| change::Place::provider(&it.id, &[key]);
        let mut changes = Vec::new();
        if let Some(to) = &it.base_url {
            changes.push(session.set(place("baseUrl"), Some(to.as_str().into())));
        }
        if let Some(to) = &it.api {
            changes.push(session.set(place("api"), to.clone().to().map(Value::from)));
        }
        if let Some(to) = &key {
            changes.push(session.set_secret(place("apiKey"), to.clone()));
        }
        changes.extend(it.more.changes(session, &it.id, &headers));
        Ok(changes)
    })
}

impl More {
    fn is_empty(&self) -> bool {
        self.timeout_seconds.is_none()
            && self.auth_header.is_none()
            && self.allow_private_network.is_none()
            && self.header_env.is_empty()
            && self.header_stdin.is_none()
            && self.remove_header.is_empty()
    }

    fn headers(&self) -> Result<Vec<(String, NewKey)>, Fault> {
        let mut headers = self.header_env.iter().map(|it| header_from_env(it)).collect::<Result<Vec<_>, _>>()?;
        if let Some(name) = &self.header_stdin {
            headers.push((name.clone(), NewKey::Literal(secret_line()?)));
        }
        headers.extend(self.remove_header.iter().map(|it| (it.clone(), NewKey::None)));
        Ok(headers)
    }

    fn changes(&self, session: &EditSession, id: &str, headers: &[(String, NewKey)]) -> Vec<Change> {
        let set = |key: &[&str], to: Option<Value>| session.set(change::Place::provider(id, key), to);
        let mut changes = Vec::new();
        changes.extend(self.timeout_seconds.clone().map(|it| set(&["timeoutSeconds"], it.to().map(Value::from))));
        changes.extend(self.auth_header.clone().map(|it| set(&["authHeader"], it.to().map(Value::from))));
        let allow = self.allow_private_network.clone();
        changes.extend(allow.map(|it| set(&["request", "allowPrivateNetwork"], it.to().map(Value::from))));
        changes.extend(headers.iter().map(|(name, to)| session.set_secret(change::Place::header(id, name), to.clone())));
        changes
    }
}

fn list(place: &Place) -> Done {
    let session = EditSession::read(&place.options())?;
    let providers = &session.config().providers;
    if place.json {
        say(&pretty(&Value::from(providers.iter().map(|it| row(&session, it)).collect::<Vec<_>>())));
        return Ok(ExitCode::SUCCESS);
    }
    let rows = providers.iter().map(|it| {
        [
            it.id.clone(),
            shown_url(it).unwrap_or_else(|| "built in".to_owned()),
            it.api.clone().unwrap_or_else(|| "-".to_owned()),
            key(&it.key),
            it.timeout_seconds.map_or_else(|| "-".to_owned(), |it| format!("{it} s")),
            it.models.len().to_string(),
        ]
    });
    say(&table(["provider", "base URL", "api", "key", "timeout", "models"], rows.collect()));
    Ok(ExitCode::SUCCESS)
}

/// Returns the address as it is written, without what opens it.
fn shown_url(provider: &Provider) -> Option<String> {
    provider.base_url_written.as_deref().or(provider.base_url.as_deref()).map(domain::mask_url)
}

fn row(session: &EditSession, it: &Provider) -> Value {
    json!({
        "id": it.id,
        "baseUrl": shown_url(it),
        "api": it.api,
        "key": key(&it.key),
        "timeoutSeconds": it.timeout_seconds,
        "authHeader": it.fields.get(&["authHeader"]).and_then(Value::as_bool),
        "allowPrivateNetwork": it.fields.get(&["request", "allowPrivateNetwork"]).and_then(Value::as_bool),
        "headers": it.headers.iter().map(|it| &it.0).collect::<Vec<_>>(),
        "models": it.models.iter().map(|it| &it.id).collect::<Vec<_>>(),
        "referrers": domain::edit::referrers(session.doc(), session.config(), &it.id, None),
        "local": it.is_local(),
        "inFile": !it.implied,
    })
}

/// Says where the key is kept, never the key.
fn key(key: &Secret) -> String {
    match key {
        Secret::None => "none".to_owned(),
        Secret::Literal(_) => "in the file".to_owned(),
        Secret::Env { name, .. } => format!("${{{name}}}"),
        Secret::Reference { source } => format!("kept by {source}"),
    }
}
