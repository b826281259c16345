//! Reads the config out of the document's values. Never fails: what has the wrong shape is told and left out.

use document::{Document, Path, Segment, Value};

use super::more::Known;
use super::{About, Agent, Alias, Config, Gateway, Key, Logging, Model, Posture, Problem, Provider, Route, lint};
use crate::ModelRef;
use crate::change::{Flag, ModelField};
use crate::locality::is_local;
use crate::schema::{self, Generation};
use crate::view_types::Severity;

/// Base URLs that OpenClaw brings along for local servers that a route names without a provider entry (2026.9.6).
const BUNDLED: [(&str, &str); 2] = [("lmstudio", "http://localhost:1234/v1"), ("ollama", "http://127.0.0.1:11434")];

impl Config {
    /// `env` answers for `${VAR}`, as OpenClaw would fill it in.
    #[must_use]
    pub fn read(doc: &Document, env: &dyn Fn(&str) -> Option<String>) -> (Config, Vec<Problem>) {
        let mut reader = Reader { doc, env, known: Known::default(), problems: Vec::new() };
        let config = reader.config();
        let mut problems = reader.problems;
        problems.extend(lint::lint(&config));
        // A sentence of our own, where there is one, says more.
        let faults = schema::faults(doc, config.generation).into_iter().map(Problem::from);
        let told: Vec<Problem> =
            faults.filter(|it| !problems.iter().any(|known| known.at == it.at && known.severity == Severity::Error)).collect();
        problems.extend(told);
        problems.extend(doc.duplicates().into_iter().map(|at| {
            let message = format!("{at} is written more than once; OpenClaw reads the last one");
            Problem::new("key.duplicate", Severity::Warning, at, message)
        }));
        for problem in &mut problems {
            problem.line = problem.line.or_else(|| Some(doc.line_near(&problem.at)));
        }
        (config, problems)
    }
}

pub(super) struct Reader<'a> {
    pub(super) doc: &'a Document,
    env: &'a dyn Fn(&str) -> Option<String>,
    pub(super) known: Known,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn config(&mut self) -> Config {
        if !self.doc.value().is_object() {
            self.wrong(&Path::default(), "an object { ... }", self.doc.value());
            return Config::default();
        }
        let mode = self.text(&key_path(&["models", "mode"]));
        let (agents, followers) = self.agents();
        let mut config = Config {
            replace: mode.as_deref() == Some("replace"),
            mode,
            aliases: self.aliases(),
            entries: self.keys(&key_path(&["agents", "defaults", "models"])),
            allow: self.texts(&key_path(&["agents", "defaults", "modelPolicy", "allow"])),
            generation: Generation::of(self.doc),
            defaults: self.route(key_path(&["agents", "defaults", "model"])),
            agents,
            followers,
            logging: Logging {
                file: self.text(&key_path(&["logging", "file"])),
                level: self.text(&key_path(&["logging", "level"])),
            },
            gateway: self.gateway(),
            posture: Posture::read(self.doc),
            agent_timeout: self
                .doc
                .get(&key_path(&["agents", "defaults", "timeoutSeconds"]))
                .and_then(Value::as_u64)
                .filter(|it| *it > 0),
            ..Config::default()
        };
        let at = key_path(&["models", "providers"]);
        config.providers = self.keys(&at).into_iter().filter_map(|id| self.provider(&at.child(id.as_str()), id)).collect();
        imply_providers(&mut config);
        config
    }

    fn gateway(&mut self) -> Gateway {
        let at = |keys: &[&str]| key_path(&[&["gateway"], keys].concat());
        let flag = |keys: &[&str]| self.doc.get(&at(keys)).and_then(Value::as_bool).unwrap_or(false);
        let tls = flag(&["tls", "enabled"]);
        Gateway {
            port: self
                .doc
                .get(&at(&["port"]))
                .and_then(Value::as_f64)
                .filter(|it| (1.0..65_536.0).contains(it))
                .map(|it| it as u64),
            remote: self.text(&at(&["mode"])).as_deref() == Some("remote"),
            url: self.text(&at(&["remote", "url"])),
            remote_token: self.key(&at(&["remote", "token"]), &About::Config),
            auth: self.text(&at(&["auth", "mode"])),
            token: self.key(&at(&["auth", "token"]), &About::Config),
            password: self.key(&at(&["auth", "password"]), &About::Config),
            tls,
        }
    }

    fn provider(&mut self, at: &Path, id: String) -> Option<Provider> {
        let value = self.doc.get(at)?;
        let about = About::Provider(id.clone());
        if !value.is_object() {
            self.wrong_about(at, "an object { ... }", value, about);
            return None;
        }
        let base_url_written = self.text(&at.child("baseUrl"));
        let base_url = base_url_written.as_ref().map(|it| self.expand(it, &at.child("baseUrl"), &about));
        let headers_at = at.child("headers");
        let headers = self.keys(&headers_at).into_iter().map(|name| {
            let key = self.key(&headers_at.child(name.as_str()), &about);
            (name, key)
        });
        let headers = headers.collect();
        let models_at = at.child("models");
        let models = match self.doc.get(&models_at) {
            Some(Value::Array(items)) => {
                items.iter().enumerate().filter_map(|(i, it)| self.model(&models_at.child(i), it, &id)).collect()
            }
            Some(other) => {
                self.wrong_about(&models_at, "a list [ ... ]", other, about.clone());
                Vec::new()
            }
            None => Vec::new(),
        };
        Some(Provider {
            local: base_url.as_deref().is_some_and(is_local),
            api: self.text(&at.child("api")),
            key: self.key(&at.child("apiKey"), &about),
            timeout_seconds: self.number_in(value, "timeoutSeconds", at, &about),
            on_demand: self.doc.get(&at.child("localService")).is_some_and(Value::is_object),
            settings: self.settings("provider", at, value, &about),
            auth_header: Flag::AuthHeader.read(self.doc, &id),
            allow_private_network: Flag::AllowPrivateNetwork.read(self.doc, &id),
            line: self.doc.line(at),
            implied: false,
            id,
            base_url,
            base_url_written,
            headers,
            models,
        })
    }

    fn model(&mut self, at: &Path, model: &Value, provider: &str) -> Option<Model> {
        let id = match model.get("id") {
            Some(Value::String(id)) if !id.is_empty() => id.clone(),
            _ => {
                let message = format!("{at} has no id; OpenClaw refuses a model without one");
                self.problems.push(
                    Problem::new("model.noId", Severity::Error, at.clone(), message).about(About::Provider(provider.to_owned())),
                );
                return None;
            }
        };
        let about = About::Model { provider: provider.to_owned(), model: id.clone() };
        let price = |key: &str| model.get("cost")?.get(key)?.as_f64();
        let input = match model.get("input") {
            Some(Value::Array(items)) => items.iter().filter_map(|it| it.as_str().map(str::to_owned)).collect(),
            _ => vec!["text".to_owned()],
        };
        Some(Model {
            name: self.text_in(model, "name", at),
            api: self.text_in(model, "api", at),
            reasoning: model.get("reasoning").and_then(Value::as_bool).unwrap_or(false),
            context_window: self.number_in(model, "contextWindow", at, &about),
            max_tokens: self.number_in(model, "maxTokens", at, &about),
            cost: price("input").zip(price("output")),
            settings: self.settings("model", at, model, &about),
            fields: ModelField::ALL.into_iter().filter_map(|it| Some((it, it.of(model)?))).collect(),
            line: self.doc.line(at),
            id,
            input,
        })
    }

    fn aliases(&mut self) -> Vec<Alias> {
        let at = key_path(&["agents", "defaults", "models"]);
        let entries = self.keys(&at).into_iter().filter_map(|key| {
            let model = ModelRef::parse(&key)?;
            let alias = self.text(&at.child(key.as_str()).child("alias"))?;
            Some(Alias { alias, model })
        });
        entries.collect()
    }

    /// Both generations: `agents.list[]` and `agents.entries.<id>`.
    fn agents(&mut self) -> (Vec<Agent>, Vec<String>) {
        let mut agents = Vec::new();
        let list = key_path(&["agents", "list"]);
        if let Some(Value::Array(items)) = self.doc.get(&list) {
            for (i, item) in items.iter().enumerate() {
                let id = item.get("id").and_then(Value::as_str).map_or_else(|| format!("agent {}", i + 1), str::to_owned);
                agents.push((id, list.child(i).child("model")));
            }
        }
        let entries = key_path(&["agents", "entries"]);
        agents.extend(self.keys(&entries).into_iter().map(|id| {
            let at = entries.child(id.as_str()).child("model");
            (id, at)
        }));
        let (own, rest): (Vec<_>, Vec<_>) = agents.into_iter().partition(|(_, at)| self.doc.get(at).is_some());
        let own = own.into_iter().map(|(id, at)| Agent { id, route: self.route(at) }).collect();
        (own, rest.into_iter().map(|it| it.0).collect())
    }

    fn texts(&self, at: &Path) -> Vec<String> {
        let items = self.doc.get(at).and_then(Value::as_array);
        items.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    fn route(&mut self, at: Path) -> Route {
        let agent = at.parent().unwrap_or_default();
        let settings = self.doc.get(&agent).map(|it| self.settings("agent", &agent, it, &About::Config));
        Route { settings: settings.unwrap_or_default(), ..self.chain(at) }
    }

    fn chain(&mut self, at: Path) -> Route {
        match self.doc.get(&at) {
            Some(Value::String(primary)) => Route { primary: Some(primary.clone()), is_string: true, at, ..Route::default() },
            Some(Value::Object(_)) => {
                let fallbacks_at = at.child("fallbacks");
                let fallbacks = match self.doc.get(&fallbacks_at) {
                    Some(Value::Array(items)) => items.iter().filter_map(|it| it.as_str().map(str::to_owned)).collect(),
                    Some(other) => {
                        self.wrong(&fallbacks_at, "a list of model refs", other);
                        Vec::new()
                    }
                    None => Vec::new(),
                };
                Route { primary: self.text(&at.child("primary")), fallbacks, at, ..Route::default() }
            }
            Some(other) => {
                self.wrong(&at, "a model ref or an object with primary and fallbacks", other);
                Route { at, ..Route::default() }
            }
            None => Route { at, ..Route::default() },
        }
    }

    pub(super) fn key(&mut self, at: &Path, about: &About) -> Key {
        match self.doc.get(at) {
            None | Some(Value::Null) => Key::None,
            Some(Value::String(text)) => match env_name(text) {
                Some(name) => self.env_key(name, at, about),
                None if text.contains("${") => Key::Literal(self.expand(text, at, about)),
                None => Key::Literal(text.clone()),
            },
            Some(Value::Object(reference)) => {
                match (reference.get("source").and_then(Value::as_str), reference.get("id").and_then(Value::as_str)) {
                    (Some("env"), Some(name)) => self.env_key(name.to_owned(), at, about),
                    (Some(source), _) => Key::Reference { source: source.to_owned() },
                    (None, _) => {
                        self.wrong_about(
                            at,
                            "a key or a reference with source, provider and id",
                            &Value::Object(reference.clone()),
                            about.clone(),
                        );
                        Key::None
                    }
                }
            }
            Some(other) => {
                self.wrong_about(at, "text", other, about.clone());
                Key::None
            }
        }
    }

    fn env_key(&mut self, name: String, at: &Path, about: &About) -> Key {
        let value = (self.env)(&name).filter(|it| !it.is_empty());
        if value.is_none() {
            self.missing_env(&name, at, about);
        }
        Key::Env { name, value }
    }

    /// Fills in `${VAR}`; `$${VAR}` stands for the text itself. An unknown one is left as it is written, as OpenClaw does.
    fn expand(&mut self, text: &str, at: &Path, about: &About) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find("${") {
            let Some(end) = rest[start..].find('}').map(|it| start + it) else { break };
            let name = &rest[start + 2..end];
            let escaped = rest[..start].ends_with('$');
            out.push_str(&rest[..if escaped { start - 1 } else { start }]);
            match (self.env)(name).filter(|_| !escaped && is_env_name(name)) {
                Some(value) => out.push_str(&value),
                None => {
                    out.push_str(&rest[start..=end]);
                    if !escaped && is_env_name(name) {
                        self.missing_env(name, at, about);
                    }
                }
            }
            rest = &rest[end + 1..];
        }
        out + rest
    }

    fn missing_env(&mut self, name: &str, at: &Path, about: &About) {
        let message = format!("{at} uses {name}, which is not set here; OpenClaw may know it from elsewhere");
        self.problems.push(Problem::new("env.missing", Severity::Warning, at.clone(), message).about(about.clone()));
    }

    fn keys(&self, at: &Path) -> Vec<String> {
        self.doc.get(at).and_then(Value::as_object).map(|it| it.keys().cloned().collect()).unwrap_or_default()
    }

    fn text(&mut self, at: &Path) -> Option<String> {
        self.as_text(self.doc.get(at)?, || at.clone())
    }

    fn text_in(&mut self, owner: &Value, key: &str, at: &Path) -> Option<String> {
        self.as_text(owner.get(key)?, || at.child(key))
    }

    /// The path is made only where it is told: a large config has many texts.
    fn as_text(&mut self, value: &Value, at: impl Fn() -> Path) -> Option<String> {
        match value {
            Value::String(text) => Some(text.clone()),
            Value::Null => None,
            other => {
                self.wrong(&at(), "text", other);
                None
            }
        }
    }

    fn number_in(&mut self, owner: &Value, key: &str, at: &Path, about: &About) -> Option<u64> {
        let value = owner.get(key)?;
        // The schema wants a number above 0; a fraction is valid there and means its whole part here.
        match value.as_f64() {
            Some(n) if (1.0..9e15).contains(&n) => Some(n as u64),
            _ => {
                self.wrong_about(&at.child(key), "a number above 0", value, about.clone());
                None
            }
        }
    }

    fn wrong(&mut self, at: &Path, wanted: &str, found: &Value) {
        self.wrong_about(at, wanted, found, About::Config);
    }

    /// Says what kind of value was found, never the value: it may be a secret in the wrong place.
    fn wrong_about(&mut self, at: &Path, wanted: &str, found: &Value, about: About) {
        let found = match found {
            Value::Null => "null",
            Value::Bool(_) => "true or false",
            Value::Number(_) => "a number of another sort",
            Value::String(_) => "text",
            Value::Array(_) => "a list",
            Value::Object(_) => "an object",
        };
        let message = format!("{at} should be {wanted}, but is {found}");
        self.problems.push(Problem::new("schema.wrongType", Severity::Error, at.clone(), message).about(about));
    }
}

/// Providers that only refs name: bundled local servers with OpenClaw's own base URL, hosted ones without.
fn imply_providers(config: &mut Config) {
    let routed = config.routes().flat_map(|(_, route)| config.members(route)).collect::<Vec<_>>();
    let named =
        routed.into_iter().chain(config.aliases.iter().map(|it| it.model.clone())).map(|it| it.provider).collect::<Vec<_>>();
    for id in named {
        if config.provider(&id).is_none() {
            let base_url = BUNDLED.iter().find(|it| it.0 == id).map(|it| it.1.to_owned());
            let local = base_url.as_deref().is_some_and(is_local);
            let api = (id == "ollama").then(|| "ollama".to_owned());
            config.providers.push(Provider { id, base_url, local, api, implied: true, ..Provider::default() });
        }
    }
}

/// `${NAME}` or `$NAME` as the whole text.
fn env_name(text: &str) -> Option<String> {
    let name = text.strip_prefix("${").and_then(|it| it.strip_suffix('}')).or_else(|| text.strip_prefix('$'))?;
    is_env_name(name).then(|| name.to_owned())
}

pub fn is_env_name(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|it| it.is_ascii_uppercase() || it == '_')
        && chars.all(|it| it.is_ascii_uppercase() || it.is_ascii_digit() || it == '_')
}

fn key_path(keys: &[&str]) -> Path {
    keys.iter().map(|it| Segment::from(*it)).collect()
}
