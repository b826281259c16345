//! The shapes that values can have, and the walk that finds where a value has another. Faults name places and sorts, never values: a
//! secret may stand in the wrong place.

use std::fmt;

use document::{Path, PathRef, Segment, ValueKind, ValueRef};
use serde_json::{Map, Value};

use super::field::Role;
use super::generation::Generation;

const INCLUDE: &str = "$include";

#[derive(Debug)]
pub enum Shape {
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
    List(&'static Shape),
    /// Any keys, all of one shape.
    Map(&'static Shape),
    /// These keys and no other.
    Object(&'static [Key]),
    /// These keys, and others that are not looked at.
    Open(&'static [Key]),
    Either(&'static [Shape]),
    Anything,
    /// Text that passes, and what it should be.
    Like(fn(&str) -> bool, &'static str),
    /// No value is right: the key is another place's.
    Never,
}

#[derive(Debug)]
pub struct Key {
    pub name: &'static str,
    pub shape: &'static Shape,
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
pub struct Fault {
    pub at: Path,
    pub what: What,
}

#[derive(Clone, Debug, PartialEq)]
pub enum What {
    Unknown,
    TooNew,
    TooOld,
    Missing,
    Wrong(String),
}

/// Where the file does not tell which OpenClaw it is for, what either takes is right. What is written as it `was` is not looked at.
pub fn check(shape: &Shape, value: ValueRef<'_>, was: Option<ValueRef<'_>>, generation: Generation) -> Vec<Fault> {
    let mut faults = Vec::new();
    Walk { generation }.walk(shape, value, was, &PathRef::root(), &mut faults);
    faults
}

struct Walk {
    generation: Generation,
}

impl Walk {
    fn walk(&self, shape: &Shape, value: ValueRef<'_>, was: Option<ValueRef<'_>>, at: &PathRef<'_>, faults: &mut Vec<Fault>) {
        if was.is_some_and(|it| it.source() == value.source()) {
            return;
        }
        match (shape, value.kind()) {
            (Shape::Object(keys), ValueKind::Object) => {
                // OpenClaw takes the other file in before it looks at the rest.
                for (name, member) in value.members().filter(|it| it.0 != INCLUDE) {
                    let was = was.and_then(|it| it.get(name));
                    self.member(keys, name, (member, was), &at.key(name), faults);
                }
                self.missing(keys, value, at, faults);
            }
            (Shape::Open(keys), ValueKind::Object) => {
                for (name, member) in value.members().filter(|it| keys.iter().any(|key| key.name == it.0)) {
                    let was = was.and_then(|it| it.get(name));
                    self.member(keys, name, (member, was), &at.key(name), faults);
                }
                self.missing(keys, value, at, faults);
            }
            (Shape::Map(shape), ValueKind::Object) => {
                let members = value.members().filter(|it| it.0 != INCLUDE);
                members.for_each(|(name, it)| {
                    self.walk(shape, it, was.and_then(|it| it.get(name)), &at.key(name), faults);
                });
            }
            (Shape::List(shape), ValueKind::Array) => {
                for (i, it) in value.elements().enumerate() {
                    self.walk(shape, it, was.and_then(|it| it.element(i)), &at.index(i), faults);
                }
            }
            (Shape::Either(shapes), _) => {
                let tries = shapes.iter().map(|it| {
                    let mut faults = Vec::new();
                    self.walk(it, value, None, at, &mut faults);
                    (it, faults)
                });
                let tries: Vec<_> = tries.collect();
                if tries.iter().all(|it| !it.1.is_empty()) {
                    // The one that it comes nearest to says best what is wrong.
                    let here = at.to_path();
                    let is_sort = |it: &Vec<Fault>| !it.iter().any(|fault| fault.at == here);
                    let nearest = tries.into_iter().filter(|it| is_sort(&it.1)).min_by_key(|it| it.1.len());
                    faults.extend(
                        nearest.map_or_else(|| vec![Fault { at: at.to_path(), what: What::Wrong(shape.sort()) }], |it| it.1),
                    );
                }
            }
            (Shape::Never, _) => faults.push(Fault { at: at.to_path(), what: What::Unknown }),
            (Shape::Secret, ValueKind::Object) => self.reference(value, at, faults),
            (_, kind) if shape.takes(value, kind) => {}
            _ => faults.push(Fault { at: at.to_path(), what: What::Wrong(shape.sort()) }),
        }
    }

    fn member(
        &self,
        keys: &[Key],
        name: &str,
        (value, was): (ValueRef<'_>, Option<ValueRef<'_>>),
        at: &PathRef<'_>,
        faults: &mut Vec<Fault>,
    ) {
        let mut named = keys.iter().filter(|it| it.name == name).peekable();
        let other = named.peek().map(|it| it.age);
        let mut last = None;
        for key in named.filter(|it| self.knows(it.age)) {
            let mut found = Vec::new();
            self.walk(key.shape, value, was, at, &mut found);
            if found.is_empty() {
                return;
            }
            last = Some(found);
        }
        match (last, other) {
            (Some(found), _) => faults.extend(found),
            (None, Some(Age::Newer)) => faults.push(Fault { at: at.to_path(), what: What::TooNew }),
            (None, Some(_)) => faults.push(Fault { at: at.to_path(), what: What::TooOld }),
            (None, None) => faults.push(Fault { at: at.to_path(), what: What::Unknown }),
        }
    }

    fn missing(&self, keys: &[Key], value: ValueRef<'_>, at: &PathRef<'_>, faults: &mut Vec<Fault>) {
        let has = |name: &str| value.get(name).is_some();
        if has(INCLUDE) {
            return;
        }
        let sure = |age| age == Age::Always || self.generation.is_sure() && self.knows(age);
        let missing = keys.iter().filter(|it| it.needed && sure(it.age) && !has(it.name));
        faults.extend(missing.map(|it| Fault { at: at.key(it.name).to_path(), what: What::Missing }));
    }

    fn knows(&self, age: Age) -> bool {
        !matches!((age, self.generation), (Age::Newer, Generation::Old(_)) | (Age::Older, Generation::New))
    }

    /// All three keys are needed, and no other.
    fn reference(&self, value: ValueRef<'_>, at: &PathRef<'_>, faults: &mut Vec<Fault>) {
        let text = |key: &str| value.get(key).and_then(ValueRef::as_str);
        let mut wrong = |key: &str, what| faults.push(Fault { at: at.key(key).to_path(), what });
        for (key, _) in value.members().filter(|it| !["source", "provider", "id"].contains(&it.0)) {
            wrong(key, What::Unknown);
        }
        for key in ["source", "provider", "id"] {
            match text(key) {
                Some(it) => {
                    if let Err(wanted) = reference_part(key, it, text("source").unwrap_or_default()) {
                        wrong(key, What::Wrong(wanted));
                    }
                }
                None if value.get(key).is_some() => wrong(key, What::Wrong("text".to_owned())),
                None => wrong(key, What::Missing),
            }
        }
        if text("source").is_some_and(|it| it == "store") && !self.knows(Age::Newer) {
            wrong("source", What::TooNew);
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

impl Shape {
    /// For the shapes that hold no others.
    fn takes(&self, value: ValueRef<'_>, kind: ValueKind) -> bool {
        let number = |fits: fn(f64) -> bool| value.as_f64().is_some_and(fits);
        let whole =
            |least: f64| value.as_f64().is_some_and(|it| it >= least && it.fract() == 0.0 && it <= 9_007_199_254_740_991.0);
        // What a variable brings is known to OpenClaw alone.
        let text = |fits: &dyn Fn(&str) -> bool| value.as_str().is_some_and(|it| it.contains("${") || fits(it));
        match self {
            Shape::Anything => true,
            Shape::Text | Shape::Secret => kind == ValueKind::String,
            Shape::Filled => text(&|it| !it.is_empty()),
            Shape::OneOf(options) => text(&|it| options.contains(&it)),
            Shape::Like(passes, _) => text(passes),
            Shape::Nullable => matches!(kind, ValueKind::String | ValueKind::Null),
            Shape::Flag => kind == ValueKind::Bool,
            Shape::Number => number(|_| true),
            Shape::Positive => number(|it| it > 0.0),
            Shape::Count => whole(1.0),
            Shape::Whole => whole(0.0),
            Shape::List(_) | Shape::Map(_) | Shape::Object(_) | Shape::Open(_) | Shape::Either(_) | Shape::Never => false,
        }
    }

    /// "should be ...".
    fn sort(&self) -> String {
        match self {
            Shape::Text => "text".to_owned(),
            Shape::Filled => "text, and not empty".to_owned(),
            Shape::Flag => "true or false".to_owned(),
            Shape::Number => "a number".to_owned(),
            Shape::Positive => "a number above 0".to_owned(),
            Shape::Count => "a whole number above 0".to_owned(),
            Shape::Whole => "a whole number, 0 or more".to_owned(),
            Shape::OneOf(options) => format!("one of {}", options.join(", ")),
            Shape::Nullable => "text or null".to_owned(),
            Shape::Like(_, wanted) => (*wanted).to_owned(),
            Shape::Secret => "text or a SecretRef".to_owned(),
            Shape::List(_) => "a list [ ... ]".to_owned(),
            Shape::Map(_) | Shape::Object(_) | Shape::Open(_) => "an object { ... }".to_owned(),
            Shape::Either(shapes) => shapes.iter().map(Shape::sort).collect::<Vec<_>>().join(", or "),
            Shape::Anything => "anything".to_owned(),
            Shape::Never => "left out".to_owned(),
        }
    }

    /// The shape at the end of a way; of two generations' the newer one, which stands last.
    pub fn below(&'static self, way: &[Segment]) -> Option<&'static Shape> {
        let Some((first, rest)) = way.split_first() else { return (!matches!(self, Shape::Never)).then_some(self) };
        match (self, first) {
            (Shape::Object(keys) | Shape::Open(keys), Segment::Key(name)) => {
                keys.iter().rev().filter(|it| it.name == name).find_map(|it| it.shape.below(rest))
            }
            (Shape::Map(shape), Segment::Key(_)) | (Shape::List(shape), Segment::Index(_)) => shape.below(rest),
            (Shape::Either(shapes), _) => shapes.iter().find_map(|it| it.below(way)),
            (Shape::Anything, _) => Some(self),
            _ => None,
        }
    }

    /// Returns how the setting at the end of a way is edited, and the keys that lead on from the row that says so: a header has the
    /// role of all headers.
    pub fn role_below<'w>(&'static self, way: &'w [Segment]) -> Option<(Role, &'w [Segment])> {
        let (first, rest) = way.split_first()?;
        match (self, first) {
            (Shape::Object(keys) | Shape::Open(keys), Segment::Key(name)) => {
                let key = keys.iter().rev().find(|it| it.name == name)?;
                match key.role {
                    Role::Field(_) => Some((key.role, rest)),
                    role if rest.is_empty() => Some((role, rest)),
                    Role::Setting | Role::Structural => key.shape.role_below(rest),
                }
            }
            (Shape::Map(shape), Segment::Key(_)) | (Shape::List(shape), Segment::Index(_)) => shape.role_below(rest),
            _ => None,
        }
    }

    /// Returns a value with the members of its objects in the order of the tables, and what these do not know last.
    pub fn in_order(&self, value: Value) -> Value {
        match (self, value) {
            (Shape::Object(keys) | Shape::Open(keys), Value::Object(mut members)) => {
                let known = keys.iter().filter_map(|key| {
                    let member = members.shift_remove(key.name)?;
                    Some((key.name.to_owned(), key.shape.in_order(member)))
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
            Shape::List(shape) => shape.is_plain(),
            Shape::Secret | Shape::Map(_) | Shape::Object(_) | Shape::Open(_) | Shape::Either(_) | Shape::Anything => false,
            _ => true,
        }
    }

    /// Whether a secret can stand in it, in some depth.
    pub fn holds_secrets(&self) -> bool {
        match self {
            Shape::Secret => true,
            Shape::List(shape) | Shape::Map(shape) => shape.holds_secrets(),
            Shape::Object(keys) | Shape::Open(keys) => keys.iter().any(|it| it.shape.holds_secrets()),
            Shape::Either(shapes) => shapes.iter().any(Shape::holds_secrets),
            _ => false,
        }
    }
}

impl Fault {
    pub fn code(&self) -> &'static str {
        match self.what {
            What::Unknown => "schema.unknownKey",
            What::TooNew => "schema.tooNew",
            What::TooOld => "schema.tooOld",
            What::Missing => "schema.missing",
            What::Wrong(_) => "schema.wrongValue",
        }
    }

    /// Without what follows from it.
    pub fn bare(&self) -> String {
        let at = &self.at;
        match &self.what {
            What::Unknown | What::TooNew | What::TooOld => format!("it knows no {at}"),
            What::Missing => format!("{at} is missing"),
            What::Wrong(wanted) => format!("{at} should be {wanted}"),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = &self.at;
        match &self.what {
            What::Unknown => write!(f, "{at} is no setting of OpenClaw's; it does not start with it"),
            What::TooNew => {
                write!(f, "{at} is newer than the OpenClaw of this file, which does not start with it; update OpenClaw first")
            }
            What::TooOld => {
                write!(f, "{at} is a setting that the OpenClaw of this file no longer has")
            }
            What::Missing => write!(f, "{at} is missing; OpenClaw does not start without it"),
            What::Wrong(wanted) => write!(f, "{at} should be {wanted}"),
        }
    }
}
