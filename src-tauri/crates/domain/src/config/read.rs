//! Reads the config from a document. It never fails: a value of the wrong shape becomes a problem and is left out.

use document::{Document, Path, Segment, ValueKind, ValueRef};

use super::extra_settings::SettingIndex;
use super::{About, Agent, Alias, Config, Gateway, Logging, Model, Posture, Problem, Provider, Route, Secret, implied, lint};
use crate::base::Severity;
use crate::base::locality::is_local;
use crate::schema::{self, Generation, Violation};

impl Config {
    /// `env` returns the value of a `${VAR}`.
    #[must_use]
    pub fn read(doc: &Document, env: &dyn Fn(&str) -> Option<String>) -> (Config, Vec<Problem>) {
        let (config, met) = Self::of(doc, env);
        let problems = config.problems(doc, met);
        (config, problems)
    }

    /// Reads the config, with only the problems found while reading.
    #[must_use]
    pub fn of(doc: &Document, env: &dyn Fn(&str) -> Option<String>) -> (Config, Vec<Problem>) {
        let mut reader = Reader { doc, env, index: SettingIndex::default(), problems: Vec::new() };
        let config = reader.config();
        (config, reader.problems)
    }

    /// Returns all problems of the document that this config was read from, including `met`, those found while reading.
    #[must_use]
    pub fn problems(&self, doc: &Document, met: Vec<Problem>) -> Vec<Problem> {
        self.problems_with(doc, met, schema::violations(doc, self.generation))
    }

    /// The same, with the faults that OpenClaw would refuse already known.
    pub(crate) fn problems_with(&self, doc: &Document, met: Vec<Problem>, violations: Vec<Violation>) -> Vec<Problem> {
        let mut problems = met;
        problems.extend(lint::lint(self, self.release));
        problems.extend(lint::others(self, doc));
        // Our own sentence, where there is one, says more than the schema's.
        let violations = violations.into_iter().map(Problem::from);
        let told: Vec<Problem> = violations
            .filter(|it| !problems.iter().any(|known| known.at == it.at && known.severity == Severity::Error))
            .collect();
        problems.extend(told);
        problems.extend(doc.duplicates().into_iter().map(|at| {
            let message = format!("{at} is written more than once. OpenClaw reads the last one.");
            Problem::new("key.duplicate", Severity::Warning, at, message)
        }));
        for problem in &mut problems {
            problem.line = problem.line.or_else(|| Some(doc.nearest_line(&problem.at)));
        }
        problems
    }
}

/// The owner of the setting being read.
#[derive(Clone, Copy)]
pub(super) enum Of<'a> {
    Config,
    Provider(&'a str),
    Model(&'a str, &'a str),
}

impl From<Of<'_>> for About {
    fn from(of: Of<'_>) -> Self {
        match of {
            Of::Config => About::Config,
            Of::Provider(provider) => About::Provider(provider.to_owned()),
            Of::Model(provider, model) => About::Model { provider: provider.to_owned(), model: model.to_owned() },
        }
    }
}

/// Where a value stands. The path is built only for a problem: a large config has many values.
pub(super) type At<'a> = &'a dyn Fn() -> Path;

pub(super) struct Reader<'a> {
    doc: &'a Document,
    env: &'a dyn Fn(&str) -> Option<String>,
    pub(super) index: SettingIndex,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn config(&mut self) -> Config {
        let root = self.doc.root();
        if !root.is_object() {
            self.wrong(&Path::root, "an object { ... }", root, Of::Config);
            return Config::default();
        }
        let mode = self.text_at(&key_path(&["models", "mode"]));
        let (agents, followers) = self.agents();
        let leading = self.leading_agent().filter(|id| agents.iter().any(|it| it.id == *id));
        let mut config = Config {
            replace: mode.as_deref() == Some("replace"),
            mode,
            entries: keys(self.doc.get(&key_path(&["agents", "defaults", "models"]))),
            allow: texts(self.doc.get(&key_path(&["agents", "defaults", "modelPolicy", "allow"]))),
            generation: Generation::of(self.doc),
            release: schema::release(self.doc),
            defaults: self.route(key_path(&["agents", "defaults", "model"])),
            agents,
            followers,
            leading,
            logging: Logging {
                file: self.text_at(&key_path(&["logging", "file"])),
                level: self.text_at(&key_path(&["logging", "level"])),
            },
            gateway: self.gateway(),
            posture: Posture::read(self.doc),
            agent_timeout: self
                .doc
                .get(&key_path(&["agents", "defaults", "timeoutSeconds"]))
                .and_then(ValueRef::as_u64)
                .filter(|it| *it > 0),
            ..Config::default()
        };
        let at = key_path(&["models", "providers"]);
        let providers = self.doc.get(&at).into_iter().flat_map(ValueRef::members);
        config.providers = providers.filter_map(|(id, it)| self.provider(&at.child(id), id, it)).collect();
        config.aliases = self.aliases(&config);
        implied::providers(&mut config);
        config
    }

    fn gateway(&mut self) -> Gateway {
        let at = |keys: &[&str]| key_path(&[&["gateway"], keys].concat());
        let mut key = |keys: &[&str]| self.key(self.doc.get(&at(keys)), &|| at(keys), Of::Config);
        let (remote_token, token, password) = (key(&["remote", "token"]), key(&["auth", "token"]), key(&["auth", "password"]));
        let port = self.doc.get(&at(&["port"])).and_then(ValueRef::as_f64);
        Gateway {
            is_declared: ["port", "auth"].iter().any(|it| self.doc.get(&at(&[it])).is_some()),
            port: port.filter(|it| (1.0..65_536.0).contains(it)).map(|it| it as u64),
            remote: self.text_at(&at(&["mode"])).as_deref() == Some("remote"),
            url: self.text_at(&at(&["remote", "url"])),
            remote_token,
            auth: self.text_at(&at(&["auth", "mode"])),
            token,
            password,
            tls: self.doc.get(&at(&["tls", "enabled"])).and_then(ValueRef::as_bool).unwrap_or(false),
        }
    }

    fn provider(&mut self, at: &Path, id: &str, value: ValueRef<'_>) -> Option<Provider> {
        let of = Of::Provider(id);
        if !value.is_object() {
            self.wrong(&|| at.clone(), "an object { ... }", value, of);
            return None;
        }
        let base_url_written = self.text(value.get("baseUrl"), &|| at.child("baseUrl"));
        let base_url = base_url_written.as_ref().map(|it| self.expand(it, &|| at.child("baseUrl"), of));
        let headers = value.get("headers").into_iter().flat_map(ValueRef::members).map(|(name, it)| {
            let key = self.key(Some(it), &|| at.child("headers").child(name), of);
            (name.to_owned(), key)
        });
        let headers = headers.collect();
        let models_at = at.child("models");
        let models = match value.get("models") {
            Some(items) if items.is_array() => {
                items.elements().enumerate().filter_map(|(i, it)| self.model(&|| models_at.child(i), it, id)).collect()
            }
            Some(other) => {
                self.wrong(&|| models_at.clone(), "a list [ ... ]", other, of);
                Vec::new()
            }
            None => Vec::new(),
        };
        Some(Provider {
            local: base_url.as_deref().is_some_and(is_local),
            api: self.text(value.get("api"), &|| at.child("api")),
            key: self.key(value.get("apiKey"), &|| at.child("apiKey"), of),
            timeout_seconds: self.number(value.get("timeoutSeconds"), &|| at.child("timeoutSeconds"), of),
            on_demand: value.get("localService").is_some_and(ValueRef::is_object),
            settings: self.settings("provider", value, &|| at.clone(), of),
            fields: schema::provider_fields(value),
            line: Some(self.doc.line_of(value)),
            implied: false,
            id: id.to_owned(),
            base_url,
            base_url_written,
            headers,
            models,
        })
    }

    fn model(&mut self, at: At<'_>, model: ValueRef<'_>, provider: &str) -> Option<Model> {
        // Reads a model in one pass over its members: a catalogue has thousands of models.
        let (mut id, mut name, mut api, mut reasoning, mut input, mut cost) = (None, None, None, None, None, None);
        let (mut context_window, mut max_tokens, mut takes_tools) = (None, None, true);
        let mut has_settings = false;
        for (key, value) in model.members() {
            let place = match key {
                "id" => &mut id,
                "name" => &mut name,
                "api" => &mut api,
                "reasoning" => &mut reasoning,
                "input" => &mut input,
                "cost" => &mut cost,
                "contextWindow" => &mut context_window,
                "contextTokens" => continue,
                "maxTokens" => &mut max_tokens,
                _ => {
                    if key == "compat" {
                        takes_tools = value.get("supportsTools").and_then(ValueRef::as_bool) != Some(false);
                    }
                    has_settings = true;
                    continue;
                }
            };
            *place = Some(value);
        }
        // Only the four prices have fields of their own.
        has_settings |= cost.is_some();
        let Some(id) = id.and_then(ValueRef::as_str).filter(|it| !it.is_empty()) else {
            let at = at();
            let message = format!("{at} has no id. OpenClaw refuses a model without one.");
            self.problems.push(Problem::new("model.noId", Severity::Error, at, message).about(Of::Provider(provider).into()));
            return None;
        };
        let of = Of::Model(provider, id);
        let price = |key: &str| cost.and_then(|it: ValueRef<'_>| it.get(key));
        Some(Model {
            name: self.text(name, &|| at().child("name")),
            api: self.text(api, &|| at().child("api")),
            reasoning: reasoning.and_then(ValueRef::as_bool).unwrap_or(false),
            context_window: self.number(context_window, &|| at().child("contextWindow"), of),
            takes_tools,
            max_tokens: self.number(max_tokens, &|| at().child("maxTokens"), of),
            cost: price("input").and_then(ValueRef::as_f64).zip(price("output").and_then(ValueRef::as_f64)),
            settings: if has_settings { self.settings("model", model, at, of) } else { Vec::new() },
            fields: schema::model_fields(model),
            line: Some(self.doc.line_of(model)),
            id: id.to_owned(),
            input: input.filter(|it| it.is_array()).map(|it| texts(Some(it))),
        })
    }

    fn aliases(&mut self, config: &Config) -> Vec<Alias> {
        let at = key_path(&["agents", "defaults", "models"]);
        let entries = self.doc.get(&at).into_iter().flat_map(ValueRef::members).filter_map(|(key, it)| {
            let alias = self.text(it.get("alias"), &|| at.child(key).child("alias"))?;
            Some(Alias { alias, model: config.as_ref(key)?, key: key.to_owned() })
        });
        entries.collect()
    }

    /// Both generations: `agents.list[]` and `agents.entries.<id>`.
    fn agents(&mut self) -> (Vec<Agent>, Vec<String>) {
        let mut agents = Vec::new();
        let list = key_path(&["agents", "list"]);
        for (i, item) in self.doc.get(&list).into_iter().flat_map(ValueRef::elements).enumerate() {
            let id = item.get("id").and_then(ValueRef::as_str).map_or_else(|| format!("agent {}", i + 1), Into::into);
            agents.push((id, list.child(i).child("model")));
        }
        let entries = key_path(&["agents", "entries"]);
        agents.extend(keys(self.doc.get(&entries)).into_iter().map(|id| {
            let at = entries.child(id.as_str()).child("model");
            (id, at)
        }));
        let (own, rest): (Vec<_>, Vec<_>) = agents.into_iter().partition(|(_, at)| self.doc.get(at).is_some());
        let own = own.into_iter().map(|(id, at)| Agent { id, route: self.route(at) }).collect();
        (own, rest.into_iter().map(|it| it.0).collect())
    }

    /// The one that is marked, else `main`, else the first.
    fn leading_agent(&self) -> Option<String> {
        let is_marked = |it: &ValueRef<'_>| it.get("default").and_then(ValueRef::as_bool) == Some(true);
        let list = || self.doc.get(&key_path(&["agents", "list"])).into_iter().flat_map(ValueRef::elements);
        let entries = || self.doc.get(&key_path(&["agents", "entries"])).into_iter().flat_map(ValueRef::members);
        let id = |it: ValueRef<'_>| it.get("id").and_then(ValueRef::as_str).map(str::to_owned);
        let marked = list().find(is_marked).and_then(id).or_else(|| Some(entries().find(|it| is_marked(&it.1))?.0.to_owned()));
        let first = || list().next().and_then(id).or_else(|| Some(entries().next()?.0.to_owned()));
        let main = || entries().find(|it| it.0 == "main").map(|it| it.0.to_owned());
        marked.or_else(main).or_else(first)
    }

    fn route(&mut self, at: Path) -> Route {
        let agent = at.parent().unwrap_or_default();
        let settings = self.doc.get(&agent).map(|it| self.settings("agent", it, &|| agent.clone(), Of::Config));
        Route { settings: settings.unwrap_or_default(), ..self.chain(at) }
    }

    fn chain(&mut self, at: Path) -> Route {
        let Some(written) = self.doc.get(&at) else { return Route { at, ..Route::default() } };
        match written.kind() {
            ValueKind::String => Route { primary: written.as_str().map(Into::into), is_string: true, at, ..Route::default() },
            ValueKind::Object => {
                let fallbacks = match written.get("fallbacks") {
                    Some(items) if !items.is_array() => {
                        self.wrong(&|| at.child("fallbacks"), "a list of model refs", items, Of::Config);
                        Vec::new()
                    }
                    items => texts(items),
                };
                let primary = self.text(written.get("primary"), &|| at.child("primary"));
                Route { primary, fallbacks, at, ..Route::default() }
            }
            _ => {
                self.wrong(&|| at.clone(), "a model ref or an object with primary and fallbacks", written, Of::Config);
                Route { at, ..Route::default() }
            }
        }
    }

    pub(super) fn key(&mut self, value: Option<ValueRef<'_>>, at: At<'_>, of: Of<'_>) -> Secret {
        let Some(value) = value else { return Secret::None };
        match value.kind() {
            ValueKind::Null => Secret::None,
            ValueKind::String => {
                let text = value.as_str().unwrap_or_default();
                match env_name(text) {
                    Some(name) => self.env_key(name, at, of),
                    None if text.contains("${") => Secret::Literal(self.expand(text, at, of)),
                    None => Secret::Literal(text.to_owned()),
                }
            }
            ValueKind::Object => {
                let part = |key: &str| value.get(key).and_then(ValueRef::as_str);
                match (part("source"), part("id")) {
                    (Some("env"), Some(name)) => self.env_key(name.to_owned(), at, of),
                    (Some(source), _) => Secret::Reference { source: source.to_owned() },
                    (None, _) => {
                        self.wrong(at, "a key or a reference with source, provider and id", value, of);
                        Secret::None
                    }
                }
            }
            _ => {
                self.wrong(at, "text", value, of);
                Secret::None
            }
        }
    }

    fn env_key(&mut self, name: String, at: At<'_>, of: Of<'_>) -> Secret {
        let value = (self.env)(&name).filter(|it| !it.is_empty());
        if value.is_none() {
            self.missing_env(&name, at, of);
        }
        Secret::Env { name, value }
    }

    /// Fills in `${VAR}`; `$${VAR}` stands for the text itself. An unknown one is left as it is written, as OpenClaw does.
    fn expand(&mut self, text: &str, at: At<'_>, of: Of<'_>) -> String {
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
                        self.missing_env(name, at, of);
                    }
                }
            }
            rest = &rest[end + 1..];
        }
        out + rest
    }

    fn missing_env(&mut self, name: &str, at: At<'_>, of: Of<'_>) {
        let at = at();
        let message = format!("{at} uses {name}, which is not set here. OpenClaw may know it from elsewhere.");
        self.problems.push(Problem::new("env.missing", Severity::Warning, at, message).about(of.into()));
    }

    fn text_at(&mut self, at: &Path) -> Option<String> {
        self.text(self.doc.get(at), &|| at.clone())
    }

    fn text(&mut self, value: Option<ValueRef<'_>>, at: At<'_>) -> Option<String> {
        let value = value?;
        let text = value.as_str();
        if text.is_none() && value.kind() != ValueKind::Null {
            self.wrong(at, "text", value, Of::Config);
        }
        text.map(Into::into)
    }

    fn number(&mut self, value: Option<ValueRef<'_>>, at: At<'_>, of: Of<'_>) -> Option<u64> {
        let value = value?;
        // The schema wants a number above 0; a fraction is valid there and means its whole part here.
        match value.as_f64() {
            Some(n) if (1.0..9e15).contains(&n) => Some(n as u64),
            _ => {
                self.wrong(at, "a number above 0", value, of);
                None
            }
        }
    }

    /// Names the kind of value found, never the value: it may be a secret in the wrong place.
    fn wrong(&mut self, at: At<'_>, wanted: &str, found: ValueRef<'_>, of: Of<'_>) {
        let found = match found.kind() {
            ValueKind::Null => "null",
            ValueKind::Bool => "true or false",
            ValueKind::Number => "another kind of number",
            ValueKind::String => "text",
            ValueKind::Array => "a list",
            ValueKind::Object => "an object",
        };
        let at = at();
        let message = format!("{at} should be {wanted}, but is {found}.");
        self.problems.push(Problem::new("schema.wrongType", Severity::Error, at, message).about(of.into()));
    }
}

fn keys(value: Option<ValueRef<'_>>) -> Vec<String> {
    value.into_iter().flat_map(ValueRef::members).map(|it| it.0.to_owned()).collect()
}

fn texts(value: Option<ValueRef<'_>>) -> Vec<String> {
    value.into_iter().flat_map(ValueRef::elements).filter_map(|it| it.as_str().map(Into::into)).collect()
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
