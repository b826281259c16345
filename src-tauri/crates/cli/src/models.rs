//! `pilotlight models`: lists and edits the models in the config.

use clap::{Args, Subcommand};
use document::{Document, Path, Value, ValueRef};
use domain::ModelRef;
use domain::base::change::{self, Change};
use domain::base::words;
use domain::server::availability::known_models;
use engine::EditSession;
use serde_json::json;

use crate::args::{DryRun, Place, Setting};
use crate::check::say;
use crate::edit::{Done, edit, invalid, pretty, resolve};
use crate::fault::Fault;
use crate::text::table;

#[derive(Subcommand, Debug)]
pub enum Models {
    /// List all models that the file has or refers to
    List,
    /// Change settings of a model; the value `none` removes one
    Set {
        /// provider/model, or an alias
        model: String,
        #[command(flatten)]
        fields: Fields,
        #[command(flatten)]
        dry: DryRun,
    },
    /// Add a model to a provider of the file
    Add {
        /// provider/model
        model: String,
        /// A short name for the model
        #[arg(long)]
        alias: Option<String>,
        #[command(flatten)]
        fields: Fields,
        #[command(flatten)]
        dry: DryRun,
    },
    /// Remove a model; refused while something refers to it
    Remove {
        /// provider/model, or an alias
        model: String,
        /// Remove those references as well: in routes, aliases and allowlists
        #[arg(long)]
        force: bool,
        #[command(flatten)]
        dry: DryRun,
    },
    /// Give a model another id, also in every place that refers to it
    Rename {
        /// provider/model, or an alias
        model: String,
        /// The new id, without the provider
        id: String,
        #[command(flatten)]
        dry: DryRun,
    },
    /// merge: OpenClaw uses its built-in models as well as those in the file; replace: only those in the file
    Mode {
        #[arg(value_parser = ["merge", "replace"])]
        mode: String,
        #[command(flatten)]
        dry: DryRun,
    },
}

/// The settings of a model.
#[derive(Args, Clone, Debug)]
pub struct Fields {
    /// The name that people see
    #[arg(long)]
    name: Option<String>,
    /// openai-completions, openai-responses, anthropic-messages, ollama, ...
    #[arg(long)]
    api: Option<Setting<String>>,
    /// Whether the model reasons: true or false
    #[arg(long, value_name = "BOOL")]
    reasoning: Option<Setting<bool>>,
    /// text,image; newer releases of OpenClaw also take video,audio
    #[arg(long, value_name = "LIST")]
    input: Option<Setting<String>>,
    /// Dollars per million tokens of input
    #[arg(long, value_name = "PRICE")]
    cost_input: Option<Setting<f64>>,
    /// Dollars per million tokens of output
    #[arg(long, value_name = "PRICE")]
    cost_output: Option<Setting<f64>>,
    /// Dollars per million tokens read from the cache
    #[arg(long, value_name = "PRICE")]
    cost_cache_read: Option<Setting<f64>>,
    /// Dollars per million tokens written to the cache
    #[arg(long, value_name = "PRICE")]
    cost_cache_write: Option<Setting<f64>>,
    /// The context that the model is served with
    #[arg(long, value_name = "TOKENS")]
    context_window: Option<Setting<u64>>,
    /// How much of that context OpenClaw uses
    #[arg(long, value_name = "TOKENS")]
    context_tokens: Option<Setting<u64>>,
    /// The longest answer
    #[arg(long, value_name = "TOKENS")]
    max_tokens: Option<Setting<u64>>,
}

impl Fields {
    /// Returns the settings that were given, by their keys; `None` removes one.
    fn given(&self) -> Vec<(&'static [&'static str], Option<Value>)> {
        let list = |it: String| Value::from(it.split(',').map(str::trim).collect::<Vec<_>>());
        let all: [(&'static [&'static str], _); 11] = [
            (&["name"], self.name.clone().map(|it| Some(Value::from(it)))),
            (&["api"], given(&self.api, Value::from)),
            (&["reasoning"], given(&self.reasoning, Value::from)),
            (&["input"], given(&self.input, list)),
            (&["cost", "input"], given(&self.cost_input, price)),
            (&["cost", "output"], given(&self.cost_output, price)),
            (&["cost", "cacheRead"], given(&self.cost_cache_read, price)),
            (&["cost", "cacheWrite"], given(&self.cost_cache_write, price)),
            (&["contextWindow"], given(&self.context_window, Value::from)),
            (&["contextTokens"], given(&self.context_tokens, Value::from)),
            (&["maxTokens"], given(&self.max_tokens, Value::from)),
        ];
        all.into_iter().filter_map(|(key, to)| Some((key, to?))).collect()
    }
}

fn given<T: Clone>(setting: &Option<Setting<T>>, value: impl Fn(T) -> Value) -> Option<Option<Value>> {
    setting.clone().map(|it| it.to().map(value))
}

/// A whole price is written without a fraction; one that is no number (NaN) as a negative one, which is refused.
fn price(it: f64) -> Value {
    match it {
        it if it.fract() == 0.0 && (0.0..1e15).contains(&it) => Value::from(it as u64),
        it => serde_json::Number::from_f64(it).map_or_else(|| Value::from(-1), Value::Number),
    }
}

pub fn run(command: &Models, place: &Place) -> Done {
    match command {
        Models::List => list(place),
        Models::Set { model, fields, dry } => {
            let given = fields.given();
            if given.is_empty() {
                return Err(Fault::Usage("no setting was given".to_owned()));
            }
            edit(place, *dry, |session| {
                let it = resolve(session, model)?;
                let place = |key| change::Place::model(&it.provider, &it.model, key);
                Ok(given.iter().map(|(key, to)| session.set(place(key), to.clone())).collect())
            })
        }
        Models::Add { model, alias, fields, dry } => edit(place, *dry, |session| {
            let it = ModelRef::parse(model)
                .ok_or_else(|| invalid(format!("{model} is no model ref; it should look like provider/model")))?;
            let given = fields.given().into_iter().filter_map(|(key, to)| Some((key, to?)));
            let fields = given.fold(change::Fields::default(), |fields, (key, to)| fields.with(key, to));
            let add = Change::AddModel { provider: it.provider.clone(), model: it.model.clone(), fields };
            let alias = alias.as_ref().map(|alias| crate::aliases::set(session, alias, &it)).unwrap_or_default();
            Ok(std::iter::once(add).chain(alias).collect())
        }),
        Models::Remove { model, force, dry } => edit(place, *dry, |session| {
            let ModelRef { provider, model } = resolve(session, model)?;
            Ok(vec![Change::Remove { provider, model: Some(model), force: *force }])
        }),
        Models::Rename { model, id, dry } => edit(place, *dry, |session| {
            let ModelRef { provider, model } = resolve(session, model)?;
            Ok(vec![Change::Rename { provider, model: Some(model), to: id.clone() }])
        }),
        Models::Mode { mode, dry } => {
            edit(place, *dry, |session| Ok(vec![session.set(change::Place::mode(), Some(mode.as_str().into()))]))
        }
    }
}

fn list(place: &Place) -> Done {
    let session = EditSession::read(&place.options())?;
    let known = known_models(session.config());
    if place.json {
        let rows: Vec<Value> = known.iter().map(|(it, in_file)| row(&session, it, in_file.is_some())).collect();
        say(&pretty(&Value::from(rows)));
        return Ok(std::process::ExitCode::SUCCESS);
    }
    let tokens = |it: Option<u64>| it.map_or_else(|| "-".to_owned(), words::tokens);
    let rows = known.iter().map(|(it, in_file)| {
        let model = in_file.cloned().unwrap_or_default();
        [
            it.to_string(),
            session.config().alias(it).unwrap_or("-").to_owned(),
            tokens(model.context_window),
            tokens(model.max_tokens),
            if in_file.is_some() { model.inputs().join(",") } else { "-".to_owned() },
            part(&session, it),
        ]
    });
    say(&table(["model", "alias", "context", "max", "input", "part"], rows.collect()));
    Ok(std::process::ExitCode::SUCCESS)
}

/// "primary", "fallback 2"
fn part(session: &EditSession, model: &ModelRef) -> String {
    let config = session.config();
    match config.members(&config.defaults).iter().position(|it| it == model) {
        Some(0) if config.defaults.primary.is_some() => "primary".to_owned(),
        Some(i) => format!("fallback {}", i + usize::from(config.defaults.primary.is_none())),
        None => "-".to_owned(),
    }
}

/// Returns the model's settings as written, with its alias and its place in the route.
fn row(session: &EditSession, model: &ModelRef, in_file: bool) -> Value {
    let mut row = json!({
        "modelRef": model.to_string(),
        "alias": session.config().alias(model),
        "part": Some(part(session, model)).filter(|it| it != "-"),
        "inFile": in_file,
    });
    let written = entry(session.doc(), model);
    if let (Some(row), Some(written)) = (row.as_object_mut(), written) {
        let kept = ["name", "api", "reasoning", "input", "cost", "contextWindow", "contextTokens", "maxTokens"];
        row.extend(kept.iter().filter_map(|key| Some(((*key).to_owned(), written.get(key)?.value()))));
    }
    row
}

fn entry<'d>(doc: &'d Document, model: &ModelRef) -> Option<ValueRef<'d>> {
    let mut models = doc.get(&Path::from(["models", "providers", &model.provider, "models"]))?.elements();
    models.find(|it| it.get("id").and_then(ValueRef::as_str) == Some(model.model.as_str()))
}
