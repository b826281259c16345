//! What a value should be, by a JSON Schema, in words for people.

use serde_json::{Map, Value};

/// More would not be read.
const MOST_OPTIONS: usize = 12;

/// "should be ...".
pub fn sort(schema: &Value) -> String {
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

fn list<'s>(rules: &'s Map<String, Value>, key: &str) -> &'s [Value] {
    rules.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}
