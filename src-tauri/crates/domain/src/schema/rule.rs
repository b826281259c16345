//! The rules that a value can have to follow, and the walk that finds where it does not. Violations name places and types, never values: a
//! secret may stand in the wrong place.

use std::fmt;

use document::{Path, PathRef, Segment, ValueKind, ValueRef};
use serde_json::{Map, Value};

use super::field::Role;
use super::generation::Generation;

const INCLUDE: &str = "$include";

#[derive(Debug)]
pub enum Rule {
    Text,
    /// Text that is not empty.
    Filled,
    Flag,
    Number,
    /// A number above 0.
    Positive,
    /// A whole number above 0.
    Count,
    /// A whole number, 0 or more.
    Whole,
    OneOf(&'static [&'static str]),
    /// Text or `null`.
    Nullable,
    /// Text, or a SecretRef.
    Secret,
    List(&'static Rule),
    /// Any keys; every value follows the one rule.
    Map(&'static Rule),
    /// These keys and no other.
    Object(&'static [KeyRule]),
    /// These keys, and others that are not looked at.
    Open(&'static [KeyRule]),
    Either(&'static [Rule]),
    Anything,
    /// Text that passes, and what it should be.
    Like(fn(&str) -> bool, &'static str),
    /// No value is right: the key is another place's.
    Never,
}

#[derive(Debug)]
pub struct KeyRule {
    pub name: &'static str,
    pub rule: &'static Rule,
    pub age: Age,
    pub needed: bool,
    pub role: Role,
}

/// Which releases take a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Age {
    Always,
    /// 2026.9.6, not 2026.3.28.
    Newer,
    /// 2026.3.28, not 2026.9.6.
    Older,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Violation {
    pub at: Path,
    pub kind: ViolationKind,
}

#[derive(Clone, Debug, PartialEq)]
pub enum ViolationKind {
    Unknown,
    TooNew,
    TooOld,
    Missing,
    Wrong(String),
}

/// Where the file does not tell which OpenClaw it is for, what either takes is right. What is written as it `was` is not looked at.
pub fn check(rule: &Rule, value: ValueRef<'_>, was: Option<ValueRef<'_>>, generation: Generation) -> Vec<Violation> {
    let mut violations = Vec::new();
    Walk { generation }.walk(rule, value, was, &PathRef::root(), &mut violations);
    violations
}

struct Walk {
    generation: Generation,
}

impl Walk {
    fn walk(
        &self,
        rule: &Rule,
        value: ValueRef<'_>,
        was: Option<ValueRef<'_>>,
        at: &PathRef<'_>,
        violations: &mut Vec<Violation>,
    ) {
        if was.is_some_and(|it| it.source() == value.source()) {
            return;
        }
        match (rule, value.kind()) {
            (Rule::Object(keys), ValueKind::Object) => {
                // OpenClaw takes the other file in before it looks at the rest.
                for (name, member) in value.members().filter(|it| it.0 != INCLUDE) {
                    let was = was.and_then(|it| it.get(name));
                    self.member(keys, name, (member, was), &at.key(name), violations);
                }
                self.missing(keys, value, at, violations);
            }
            (Rule::Open(keys), ValueKind::Object) => {
                for (name, member) in value.members().filter(|it| keys.iter().any(|key| key.name == it.0)) {
                    let was = was.and_then(|it| it.get(name));
                    self.member(keys, name, (member, was), &at.key(name), violations);
                }
                self.missing(keys, value, at, violations);
            }
            (Rule::Map(rule), ValueKind::Object) => {
                let members = value.members().filter(|it| it.0 != INCLUDE);
                members.for_each(|(name, it)| {
                    self.walk(rule, it, was.and_then(|it| it.get(name)), &at.key(name), violations);
                });
            }
            (Rule::List(rule), ValueKind::Array) => {
                for (i, it) in value.elements().enumerate() {
                    self.walk(rule, it, was.and_then(|it| it.element(i)), &at.index(i), violations);
                }
            }
            (Rule::Either(rules), _) => {
                let tries = rules.iter().map(|it| {
                    let mut violations = Vec::new();
                    self.walk(it, value, None, at, &mut violations);
                    (it, violations)
                });
                let tries: Vec<_> = tries.collect();
                if tries.iter().all(|it| !it.1.is_empty()) {
                    // The one that it comes nearest to says best what is wrong.
                    let here = at.to_path();
                    let is_sort = |it: &Vec<Violation>| !it.iter().any(|violation| violation.at == here);
                    let nearest = tries.into_iter().filter(|it| is_sort(&it.1)).min_by_key(|it| it.1.len());
                    violations.extend(nearest.map_or_else(
                        || vec![Violation { at: at.to_path(), kind: ViolationKind::Wrong(rule.sort()) }],
                        |it| it.1,
                    ));
                }
            }
            (Rule::Never, _) => violations.push(Violation { at: at.to_path(), kind: ViolationKind::Unknown }),
            (Rule::Secret, ValueKind::Object) => self.reference(value, at, violations),
            (_, kind) if rule.takes(value, kind) => {}
            _ => violations.push(Violation { at: at.to_path(), kind: ViolationKind::Wrong(rule.sort()) }),
        }
    }

    fn member(
        &self,
        keys: &[KeyRule],
        name: &str,
        (value, was): (ValueRef<'_>, Option<ValueRef<'_>>),
        at: &PathRef<'_>,
        violations: &mut Vec<Violation>,
    ) {
        let mut named = keys.iter().filter(|it| it.name == name).peekable();
        let other = named.peek().map(|it| it.age);
        let mut last = None;
        for key in named.filter(|it| self.knows(it.age)) {
            let mut found = Vec::new();
            self.walk(key.rule, value, was, at, &mut found);
            if found.is_empty() {
                return;
            }
            last = Some(found);
        }
        match (last, other) {
            (Some(found), _) => violations.extend(found),
            (None, Some(Age::Newer)) => violations.push(Violation { at: at.to_path(), kind: ViolationKind::TooNew }),
            (None, Some(_)) => violations.push(Violation { at: at.to_path(), kind: ViolationKind::TooOld }),
            (None, None) => violations.push(Violation { at: at.to_path(), kind: ViolationKind::Unknown }),
        }
    }

    fn missing(&self, keys: &[KeyRule], value: ValueRef<'_>, at: &PathRef<'_>, violations: &mut Vec<Violation>) {
        let has = |name: &str| value.get(name).is_some();
        if has(INCLUDE) {
            return;
        }
        let sure = |age| age == Age::Always || self.generation.is_sure() && self.knows(age);
        let missing = keys.iter().filter(|it| it.needed && sure(it.age) && !has(it.name));
        violations.extend(missing.map(|it| Violation { at: at.key(it.name).to_path(), kind: ViolationKind::Missing }));
    }

    fn knows(&self, age: Age) -> bool {
        !matches!((age, self.generation), (Age::Newer, Generation::Old(_)) | (Age::Older, Generation::New))
    }

    /// All three keys are needed, and no other.
    fn reference(&self, value: ValueRef<'_>, at: &PathRef<'_>, violations: &mut Vec<Violation>) {
        let text = |key: &str| value.get(key).and_then(ValueRef::as_str);
        let mut wrong = |key: &str, kind| violations.push(Violation { at: at.key(key).to_path(), kind });
        for (key, _) in value.members().filter(|it| !["source", "provider", "id"].contains(&it.0)) {
            wrong(key, ViolationKind::Unknown);
        }
        for key in ["source", "provider", "id"] {
            match text(key) {
                Some(it) => {
                    if let Err(wanted) = reference_part(key, it, text("source").unwrap_or_default()) {
                        wrong(key, ViolationKind::Wrong(wanted));
                    }
                }
                None if value.get(key).is_some() => wrong(key, ViolationKind::Wrong("text".to_owned())),
                None => wrong(key, ViolationKind::Missing),
            }
        }
        if text("source").is_some_and(|it| it == "store") && !self.knows(Age::Newer) {
            wrong("source", ViolationKind::TooNew);
        }
    }
}

/// The parts of a SecretRef, as OpenClaw takes them (2026.9.6; 2026.3.28 the same but for `store`).
pub fn reference_part(key: &str, text: &str, source: &str) -> Result<(), String> {
    let shaped = |first: fn(char) -> bool, rest: &dyn Fn(char) -> bool, most: usize| {
        text.len() <= most && text.starts_with(first) && text.chars().skip(1).all(rest)
    };
    let lower = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || "_-".contains(it);
    let upper = |it: char| it.is_ascii_uppercase() || it.is_ascii_digit() || it == '_';
    let path = |it: char| it.is_ascii_alphanumeric() || "._:/#-".contains(it);
    let (fits, wanted) = match (key, source) {
        ("source", _) => (["env", "file", "exec", "store"].contains(&text), "env, file, exec or store"),
        ("provider", _) => {
            (shaped(|it| it.is_ascii_lowercase(), &lower, 64), "a name of a-z, 0-9, _ and - that starts with a letter")
        }
        (_, "env" | "store") => {
            (shaped(|it| it.is_ascii_uppercase(), &upper, 128), "a name of A-Z, 0-9 and _ that starts with a letter")
        }
        (_, "file") => (text == "value" || text.starts_with('/'), "a JSON pointer (/a/b), or value"),
        (_, "exec") => (shaped(|it| it.is_ascii_alphanumeric(), &path, 256), "a name of letters, digits and . _ : / # -"),
        _ => (true, ""),
    };
    if fits { Ok(()) } else { Err(wanted.to_owned()) }
}

impl Rule {
    /// Whether a value follows a rule that contains no other rules.
    fn takes(&self, value: ValueRef<'_>, kind: ValueKind) -> bool {
        let number = |fits: fn(f64) -> bool| value.as_f64().is_some_and(fits);
        let whole =
            |least: f64| value.as_f64().is_some_and(|it| it >= least && it.fract() == 0.0 && it <= 9_007_199_254_740_991.0);
        // What a variable brings is known to OpenClaw alone.
        let text = |fits: &dyn Fn(&str) -> bool| value.as_str().is_some_and(|it| it.contains("${") || fits(it));
        match self {
            Rule::Anything => true,
            Rule::Text | Rule::Secret => kind == ValueKind::String,
            Rule::Filled => text(&|it| !it.is_empty()),
            Rule::OneOf(options) => text(&|it| options.contains(&it)),
            Rule::Like(passes, _) => text(passes),
            Rule::Nullable => matches!(kind, ValueKind::String | ValueKind::Null),
            Rule::Flag => kind == ValueKind::Bool,
            Rule::Number => number(|_| true),
            Rule::Positive => number(|it| it > 0.0),
            Rule::Count => whole(1.0),
            Rule::Whole => whole(0.0),
            Rule::List(_) | Rule::Map(_) | Rule::Object(_) | Rule::Open(_) | Rule::Either(_) | Rule::Never => false,
        }
    }

    /// "should be ...".
    fn sort(&self) -> String {
        match self {
            Rule::Text => "text".to_owned(),
            Rule::Filled => "text, and not empty".to_owned(),
            Rule::Flag => "true or false".to_owned(),
            Rule::Number => "a number".to_owned(),
            Rule::Positive => "a number above 0".to_owned(),
            Rule::Count => "a whole number above 0".to_owned(),
            Rule::Whole => "a whole number, 0 or more".to_owned(),
            Rule::OneOf(options) => format!("one of {}", options.join(", ")),
            Rule::Nullable => "text or null".to_owned(),
            Rule::Like(_, wanted) => (*wanted).to_owned(),
            Rule::Secret => "text or a SecretRef".to_owned(),
            Rule::List(_) => "a list [ ... ]".to_owned(),
            Rule::Map(_) | Rule::Object(_) | Rule::Open(_) => "an object { ... }".to_owned(),
            Rule::Either(rules) => rules.iter().map(Rule::sort).collect::<Vec<_>>().join(", or "),
            Rule::Anything => "anything".to_owned(),
            Rule::Never => "left out".to_owned(),
        }
    }

    /// The rule at the end of a path: the newer one if two releases differ, since it stands last.
    pub fn below(&'static self, way: &[Segment]) -> Option<&'static Rule> {
        let Some((first, rest)) = way.split_first() else { return (!matches!(self, Rule::Never)).then_some(self) };
        match (self, first) {
            (Rule::Object(keys) | Rule::Open(keys), Segment::Key(name)) => {
                keys.iter().rev().filter(|it| it.name == name).find_map(|it| it.rule.below(rest))
            }
            (Rule::Map(rule), Segment::Key(_)) | (Rule::List(rule), Segment::Index(_)) => rule.below(rest),
            (Rule::Either(rules), _) => rules.iter().find_map(|it| it.below(way)),
            (Rule::Anything, _) => Some(self),
            _ => None,
        }
    }

    /// Returns how the setting at the end of a way is edited, and the keys that lead on from the row that says so: a header has the
    /// role of all headers.
    pub fn role_below<'w>(&'static self, way: &'w [Segment]) -> Option<(Role, &'w [Segment])> {
        let (first, rest) = way.split_first()?;
        match (self, first) {
            (Rule::Object(keys) | Rule::Open(keys), Segment::Key(name)) => {
                let key = keys.iter().rev().find(|it| it.name == name)?;
                match key.role {
                    Role::Field(_) => Some((key.role, rest)),
                    role if rest.is_empty() => Some((role, rest)),
                    Role::Setting | Role::Structural => key.rule.role_below(rest),
                }
            }
            (Rule::Map(rule), Segment::Key(_)) | (Rule::List(rule), Segment::Index(_)) => rule.role_below(rest),
            _ => None,
        }
    }

    /// Returns a value with the members of its objects in the order of the tables, and what these do not know last.
    pub fn in_order(&self, value: Value) -> Value {
        match (self, value) {
            (Rule::Object(keys) | Rule::Open(keys), Value::Object(mut members)) => {
                let known = keys.iter().filter_map(|key| {
                    let member = members.shift_remove(key.name)?;
                    Some((key.name.to_owned(), key.rule.in_order(member)))
                });
                let mut ordered: Map<String, Value> = known.collect();
                ordered.extend(members);
                Value::Object(ordered)
            }
            (_, value) => value,
        }
    }

    /// Whether a field can show it: neither an object nor a secret.
    pub fn is_plain(&self) -> bool {
        match self {
            Rule::List(rule) => rule.is_plain(),
            Rule::Secret | Rule::Map(_) | Rule::Object(_) | Rule::Open(_) | Rule::Either(_) | Rule::Anything => false,
            _ => true,
        }
    }

    /// Whether a secret can stand in it, in some depth.
    pub fn holds_secrets(&self) -> bool {
        match self {
            Rule::Secret => true,
            Rule::List(rule) | Rule::Map(rule) => rule.holds_secrets(),
            Rule::Object(keys) | Rule::Open(keys) => keys.iter().any(|it| it.rule.holds_secrets()),
            Rule::Either(rules) => rules.iter().any(Rule::holds_secrets),
            _ => false,
        }
    }
}

impl Violation {
    pub fn code(&self) -> &'static str {
        match self.kind {
            ViolationKind::Unknown => "schema.unknownKey",
            ViolationKind::TooNew => "schema.tooNew",
            ViolationKind::TooOld => "schema.tooOld",
            ViolationKind::Missing => "schema.missing",
            ViolationKind::Wrong(_) => "schema.wrongValue",
        }
    }

    /// Without what follows from it.
    pub fn bare(&self) -> String {
        let at = &self.at;
        match &self.kind {
            ViolationKind::Unknown | ViolationKind::TooNew | ViolationKind::TooOld => format!("it knows no {at}"),
            ViolationKind::Missing => format!("{at} is missing"),
            ViolationKind::Wrong(wanted) => format!("{at} should be {wanted}"),
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = &self.at;
        match &self.kind {
            ViolationKind::Unknown => write!(f, "{at} is not a setting of OpenClaw, which does not start with it."),
            ViolationKind::TooNew => {
                write!(f, "{at} is newer than the OpenClaw of this file, which does not start with it. Update OpenClaw first.")
            }
            ViolationKind::TooOld => {
                write!(f, "{at} is a setting that the OpenClaw of this file no longer has.")
            }
            ViolationKind::Missing => write!(f, "{at} is missing. OpenClaw does not start without it."),
            ViolationKind::Wrong(wanted) => write!(f, "{at} should be {wanted}."),
        }
    }
}
