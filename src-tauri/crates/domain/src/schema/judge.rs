//! Holds a value against a JSON Schema, as far as OpenClaw writes such schemas and as far as one can be sure: what is not judged is
//! taken for right. Not judged are `not`, `if`, `$ref`, patterns (JavaScript's; the tables know those of the model side), all but the sort
//! of a text with `${VAR}` in it, and the lack of what has a default. Faults name places and sorts, never values: a secret may stand in the wrong place.

use document::{Path, Value};
use serde_json::Map;

use super::shape::{Fault, What};

pub const INCLUDE: &str = "$include";
/// More would not be read.
const MOST_OPTIONS: usize = 12;

pub fn judge(schema: &Value, value: &Value, at: &Path, faults: &mut Vec<Fault>) {
    let Some(rules) = schema.as_object() else {
        if *schema == false {
            faults.push(Fault { at: at.clone(), what: What::Unknown });
        }
        return;
    };
    if !takes(rules, value) {
        faults.push(Fault { at: at.clone(), what: What::Wrong(sort(schema)) });
        return;
    }
    match value {
        Value::Object(members) => object(rules, members, at, faults),
        Value::Array(items) => array(rules, items, at, faults),
        _ => {}
    }
    for schema in list(rules, "allOf") {
        judge(schema, value, at, faults);
    }
    for choices in ["anyOf", "oneOf"].map(|it| list(rules, it)).into_iter().filter(|it| !it.is_empty()) {
        choice(schema, choices, value, at, faults);
    }
}

/// Of several that it may be, the one that it comes nearest to says best what is wrong.
fn choice(schema: &Value, choices: &[Value], value: &Value, at: &Path, faults: &mut Vec<Fault>) {
    let mut nearest: Option<Vec<Fault>> = None;
    for schema in choices {
        let mut found = Vec::new();
        judge(schema, value, at, &mut found);
        if found.is_empty() {
            return;
        }
        // At the place itself it is of another sort; at a constant within, it is another one of its sort.
        let near = |it: &[Fault]| it.len() + if it.iter().any(|fault| is_tag(schema, fault, at)) { 100 } else { 0 };
        if found.iter().all(|it| it.at != *at) && nearest.as_ref().is_none_or(|it| near(&found) < near(it)) {
            nearest = Some(found);
        }
    }
    faults.extend(nearest.unwrap_or_else(|| vec![Fault { at: at.clone(), what: What::Wrong(sort(schema)) }]));
}

/// The fault is at a member by which such objects are told apart.
fn is_tag(schema: &Value, fault: &Fault, at: &Path) -> bool {
    let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    properties.filter(|it| it.1.get("const").is_some()).any(|it| fault.at == at.child(it.0.as_str()))
}

fn object(rules: &Map<String, Value>, members: &Map<String, Value>, at: &Path, faults: &mut Vec<Fault>) {
    let known = rules.get("properties").and_then(Value::as_object);
    let known = |name: &str| known.and_then(|it| it.get(name));
    // Names that fit a pattern are not judged.
    let others = rules.get("additionalProperties").filter(|_| !rules.contains_key("patternProperties"));
    for (name, value) in members.iter().filter(|it| it.0 != INCLUDE) {
        let at = at.child(name.as_str());
        if let Some(names) = rules.get("propertyNames")
            && !names.as_object().is_none_or(|it| takes(it, &Value::String(name.clone())))
        {
            faults.push(Fault { at: at.clone(), what: What::Unknown });
        } else if let Some(schema) = known(name).or(others) {
            judge(schema, value, &at, faults);
        }
    }
    // What is missing may come from the other file.
    if members.contains_key(INCLUDE) {
        return;
    }
    let needed = list(rules, "required").iter().filter_map(Value::as_str);
    let missing = needed.filter(|it| !members.contains_key(*it) && known(it).is_none_or(|it| it.get("default").is_none()));
    faults.extend(missing.map(|it| Fault { at: at.child(it), what: What::Missing }));
}

fn array(rules: &Map<String, Value>, items: &[Value], at: &Path, faults: &mut Vec<Fault>) {
    let (each, rest) = match rules.get("items") {
        Some(Value::Array(each)) => (each.as_slice(), rules.get("additionalItems")),
        all => (&[][..], all),
    };
    for (i, item) in items.iter().enumerate() {
        if let Some(schema) = each.get(i).or(rest) {
            judge(schema, item, &at.child(i), faults);
        }
    }
}

/// As far as it does not depend on what is in it.
fn takes(rules: &Map<String, Value>, value: &Value) -> bool {
    if rules.contains_key("$ref") {
        return true;
    }
    let is_sort = match rules.get("type") {
        Some(Value::String(sort)) => is(value, sort),
        Some(Value::Array(sorts)) => sorts.iter().filter_map(Value::as_str).any(|it| is(value, it)),
        _ => true,
    };
    // What a variable brings is known to OpenClaw alone.
    if !is_sort || value.as_str().is_some_and(|it| it.contains("${")) {
        return is_sort;
    }
    let number = |key: &str| rules.get(key).and_then(Value::as_f64);
    let within = |n: f64| {
        number("minimum").is_none_or(|it| n >= it)
            && number("maximum").is_none_or(|it| n <= it)
            && number("exclusiveMinimum").is_none_or(|it| n > it)
            && number("exclusiveMaximum").is_none_or(|it| n < it)
    };
    let size = |n: usize, least: &str, most: &str| {
        #[expect(clippy::cast_precision_loss, reason = "no text is so long")]
        let n = n as f64;
        number(least).is_none_or(|it| n >= it) && number(most).is_none_or(|it| n <= it)
    };
    let fits = match value {
        Value::Number(n) => n.as_f64().is_none_or(within),
        Value::String(text) => {
            size(text.encode_utf16().count(), "minLength", "maxLength")
                && (rules.get("format").is_none_or(|it| it != "uri") || url::Url::parse(text).is_ok())
        }
        Value::Array(items) => size(items.len(), "minItems", "maxItems"),
        Value::Object(members) => size(members.len(), "minProperties", "maxProperties"),
        Value::Null | Value::Bool(_) => true,
    };
    fits && rules.get("const").is_none_or(|it| it == value)
        && rules.get("enum").is_none_or(|_| list(rules, "enum").contains(value))
}

fn is(value: &Value, sort: &str) -> bool {
    match sort {
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.as_f64().is_some_and(|it| it.fract() == 0.0),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "null" => value.is_null(),
        _ => true,
    }
}

fn list<'s>(rules: &'s Map<String, Value>, key: &str) -> &'s [Value] {
    rules.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// "should be ...".
fn sort(schema: &Value) -> String {
    let mut options = Vec::new();
    let mut sorts = Vec::new();
    collect(schema, &mut options, &mut sorts);
    let rest = options.len().saturating_sub(MOST_OPTIONS);
    options.truncate(MOST_OPTIONS);
    match (options.as_slice(), rest) {
        ([], _) => {}
        ([only], _) => sorts.insert(0, only.clone()),
        (some, 0) => sorts.insert(0, format!("one of {}", some.join(", "))),
        (some, rest) => sorts.insert(0, format!("one of {} and {rest} more", some.join(", "))),
    }
    if sorts.is_empty() { "another value".to_owned() } else { sorts.join(", or ") }
}

fn collect(schema: &Value, options: &mut Vec<String>, sorts: &mut Vec<String>) {
    let Some(rules) = schema.as_object() else { return };
    let fixed = rules.get("const").into_iter().chain(list(rules, "enum"));
    let fixed: Vec<String> = fixed.map(|it| it.as_str().map_or_else(|| it.to_string(), str::to_owned)).collect();
    if !fixed.is_empty() {
        options.extend(fixed.into_iter().filter(|it| !it.is_empty()));
        return;
    }
    for schema in list(rules, "anyOf").iter().chain(list(rules, "oneOf")) {
        collect(schema, options, sorts);
    }
    let types = rules.get("type").and_then(Value::as_str).into_iter().chain(list(rules, "type").iter().filter_map(Value::as_str));
    for it in types.map(|it| named(rules, it)) {
        if !sorts.contains(&it) {
            sorts.push(it);
        }
    }
}

fn named(rules: &Map<String, Value>, sort: &str) -> String {
    let number = |key: &str| rules.get(key).and_then(Value::as_f64);
    match sort {
        "string" if rules.get("format").is_some_and(|it| it == "uri") => "a URL".to_owned(),
        "string" => match (number("minLength"), number("maxLength")) {
            (_, Some(most)) => format!("text of at most {most} characters"),
            (Some(least), None) if least > 0.0 => "text, and not empty".to_owned(),
            _ => "text".to_owned(),
        },
        "number" | "integer" => {
            let name = if sort == "integer" { "a whole number" } else { "a number" };
            // The ends of what a number can be are no limits.
            let most = number("maximum").filter(|it| *it < 9_007_199_254_740_991.0);
            match (number("exclusiveMinimum"), number("minimum").filter(|it| *it > -9_007_199_254_740_991.0), most) {
                (Some(least), _, None) => format!("{name} above {least}"),
                (Some(least), _, Some(most)) => format!("{name} above {least}, and at most {most}"),
                (None, Some(least), None) => format!("{name}, {least} or more"),
                (None, Some(least), Some(most)) => format!("{name} from {least} to {most}"),
                (None, None, Some(most)) => format!("{name}, {most} or less"),
                (None, None, None) => name.to_owned(),
            }
        }
        "boolean" => "true or false".to_owned(),
        "array" => "a list [ ... ]".to_owned(),
        "object" => "an object { ... }".to_owned(),
        other => other.to_owned(),
    }
}
