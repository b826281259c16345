//! Holds values against a JSON Schema, and tells what is sure of what a validator finds. Passed over is what the schema can't know: what
//! a variable or another file brings, and what has a default, which the schema of a config with its defaults filled in demands. Faults
//! name places and sorts, never values (the validator's own messages do): a secret may stand in the wrong place.

use document::{Path, Value};
use jsonschema::error::ValidationErrorKind as Kind;
use jsonschema::{Draft, PatternOptions, ValidationError, Validator};
use url::Url;

use super::rule::{Violation, ViolationKind};
use super::wording::sort;

pub const INCLUDE: &str = "$include";

pub struct JsonSchema {
    schema: Value,
    validator: Validator,
}

impl JsonSchema {
    /// None where it is no schema.
    pub fn of(mut schema: Value) -> Option<JsonSchema> {
        leave_what_is_sure(&mut schema);
        let options = jsonschema::options()
            .with_draft(Draft::Draft7)
            .with_pattern_options(PatternOptions::regex())
            .with_format("uri", |it: &str| Url::parse(it).is_ok());
        let validator = options.build(&schema).ok()?;
        Some(JsonSchema { schema, validator })
    }

    pub fn has_default(&self) -> bool {
        self.schema.get("default").is_some()
    }

    pub fn violations(&self, value: &Value, at: &Path) -> Vec<Violation> {
        let found = Found { schema: &self.schema, value, at };
        found.violations(&self.validator.iter_errors(value).collect::<Vec<_>>())
    }
}

/// What was held against what.
struct Found<'a> {
    schema: &'a Value,
    value: &'a Value,
    at: &'a Path,
}

impl Found<'_> {
    fn violations(&self, errors: &[ValidationError<'_>]) -> Vec<Violation> {
        let mut violations: Vec<Violation> = errors.iter().flat_map(|it| self.told(it)).collect();
        // A value of another sort is none of the options either.
        violations.dedup();
        violations
    }

    fn told(&self, error: &ValidationError<'_>) -> Vec<Violation> {
        let (place, value) = (error.instance_path().as_str(), error.instance());
        if place.split('/').any(|it| it == INCLUDE) {
            return Vec::new();
        }
        let at = self.place(place);
        let unknown = |it| Violation { at: it, kind: ViolationKind::Unknown };
        // What a variable brings is known to OpenClaw alone.
        let varies = |it: &Value| it.as_str().is_some_and(|it| it.contains("${"));
        match error.kind() {
            Kind::FalseSchema => vec![unknown(at)],
            Kind::AdditionalProperties { unexpected } => {
                unexpected.iter().filter(|it| *it != INCLUDE).map(|it| unknown(at.child(it))).collect()
            }
            Kind::AdditionalItems { limit } => {
                (*limit..value.as_array().map_or(0, Vec::len)).map(|i| unknown(at.child(i))).collect()
            }
            Kind::PropertyNames { error } => {
                let name = Some(error.instance()).filter(|it| !varies(it)).and_then(|it| it.as_str());
                name.filter(|it| *it != INCLUDE).map(|it| unknown(at.child(it))).into_iter().collect()
            }
            Kind::AnyOf { context } | Kind::OneOfNotValid { context } => self.nearest(error, &at, context),
            // It takes the value, whichever it is of them.
            Kind::OneOfMultipleValid { .. } => Vec::new(),
            // What is missing may come from the other file.
            Kind::Required { .. } | Kind::MinProperties { .. } if value.get(INCLUDE).is_some() => Vec::new(),
            Kind::Required { property } => {
                property.as_str().map(|it| Violation { at: at.child(it), kind: ViolationKind::Missing }).into_iter().collect()
            }
            Kind::Type { .. } => vec![self.wrong(error, at)],
            _ if varies(value) => Vec::new(),
            _ => vec![self.wrong(error, at)],
        }
    }

    /// Of several that it may be, the one that it comes nearest to says best what is wrong.
    fn nearest(&self, error: &ValidationError<'_>, at: &Path, choices: &[Vec<ValidationError<'_>>]) -> Vec<Violation> {
        let schemas = self.schema.pointer(error.schema_path().as_str());
        let mut nearest: Option<(usize, Vec<Violation>)> = None;
        for (i, errors) in choices.iter().enumerate() {
            let found = self.violations(errors);
            if found.is_empty() {
                return Vec::new();
            }
            // At the place itself it is of another sort; at a constant within, it is another one of its sort.
            let tells_apart = |it: &Violation| schemas.and_then(|all| all.get(i)).is_some_and(|schema| is_tag(schema, it, at));
            let far = found.len() + if found.iter().any(tells_apart) { 100 } else { 0 };
            if found.iter().all(|it| it.at != *at) && nearest.as_ref().is_none_or(|it| far < it.0) {
                nearest = Some((far, found));
            }
        }
        nearest.map_or_else(|| vec![self.wrong(error, at.clone())], |it| it.1)
    }

    fn wrong(&self, error: &ValidationError<'_>, at: Path) -> Violation {
        let rule = error.schema_path().as_str();
        let schema = rule.rfind('/').and_then(|end| self.schema.pointer(&rule[..end]));
        Violation { at, kind: ViolationKind::Wrong(sort(schema.unwrap_or(&Value::Null))) }
    }

    /// A pointer does not tell an index from a name; the value does.
    fn place(&self, pointer: &str) -> Path {
        let (mut at, mut within) = (self.at.clone(), Some(self.value));
        for step in pointer.split('/').skip(1) {
            let name = step.replace("~1", "/").replace("~0", "~");
            within = match (within, step.parse::<usize>()) {
                (Some(Value::Array(items)), Ok(i)) => {
                    at.push(i);
                    items.get(i)
                }
                (members, _) => {
                    at.push(name.as_str());
                    members.and_then(|it| it.get(&name))
                }
            };
        }
        at
    }
}

/// The violation is at a member by which such objects are told apart.
fn is_tag(schema: &Value, violation: &Violation, at: &Path) -> bool {
    let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    let mut choices = ["anyOf", "oneOf"].into_iter().filter_map(|it| schema.get(it)?.as_array()).flatten();
    properties.filter(|it| it.1.get("const").is_some()).any(|it| violation.at == at.child(it.0.as_str()))
        || choices.any(|it| is_tag(it, violation, at))
}

/// Takes out of a schema what can't be judged: patterns, which are JavaScript's (the tables know those of the model side), and so the
/// names that fit one; other places of the schema, which not all are there; conditions; formats that have a meaning of their own.
fn leave_what_is_sure(schema: &mut Value) {
    let Some(rules) = schema.as_object_mut() else { return };
    if rules.contains_key("$ref") {
        *schema = Value::Bool(true);
        return;
    }
    let names_fit = rules.contains_key("patternProperties");
    rules.retain(|rule, it| match rule.as_str() {
        "pattern" | "patternProperties" | "not" | "if" | "$defs" | "definitions" => false,
        "additionalProperties" => !names_fit,
        "format" => it == "uri",
        _ => true,
    });
    if let Some(Value::Array(mut names)) = rules.remove("required") {
        names.retain(|name| rules.get("properties").and_then(|it| it.get(name.as_str()?)?.get("default")).is_none());
        rules.insert("required".to_owned(), Value::Array(names));
    }
    for (rule, it) in rules {
        match (rule.as_str(), it) {
            ("const" | "enum" | "default" | "required", _) => {}
            ("properties", Value::Object(named)) => named.values_mut().for_each(leave_what_is_sure),
            (_, Value::Array(all)) => all.iter_mut().for_each(leave_what_is_sure),
            (_, it) => leave_what_is_sure(it),
        }
    }
}
