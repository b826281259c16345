//! How a setting is edited: by a field of its own in the window, among all others, or only with what refers to it.

use serde_json::Value;

use crate::base::words;

const MOST_TOKENS: u64 = 1_000_000_000;
const MOST_SECONDS: u64 = 86_400;
/// Dollars per million tokens.
const MOST_PRICE: f64 = 1_000_000.0;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// One of many: offered by its key, with an input that fits its type.
    Setting,
    Field(Field),
    /// Others refer to what is in it, so it has a `Change` of its own.
    Structural,
}

/// What a person knows a setting by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// "context", "price of input"
    pub label: &'static str,
    pub unit: Unit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    None,
    Tokens,
    Seconds,
    /// Per million tokens.
    Dollars,
}

impl Unit {
    /// Returns a number as people read it.
    pub fn words(self, number: &serde_json::Number) -> String {
        let plain = number.as_u64().map_or_else(|| number.to_string(), words::tokens);
        match self {
            Unit::None | Unit::Tokens => plain,
            Unit::Seconds => format!("{plain} s"),
            Unit::Dollars => format!("${plain}"),
        }
    }

    /// Returns why a number can't be meant, although it is of the right type.
    pub fn fault(self, value: &Value) -> Option<String> {
        let number = value.as_number()?;
        let whole = number.as_u64();
        match self {
            Unit::None => None,
            Unit::Tokens => match whole {
                None => Some(format!("{number} is no number of tokens")),
                Some(n) if (1..=MOST_TOKENS).contains(&n) => None,
                Some(n) => Some(format!("{n} tokens is out of range; it should be from 1 to 1,000,000,000")),
            },
            Unit::Seconds => match whole {
                Some(n) if (1..=MOST_SECONDS).contains(&n) => None,
                _ => Some(format!("{number} s is out of range; it should be from 1 to 86,400")),
            },
            Unit::Dollars => match number.as_f64() {
                Some(price) if (0.0..=MOST_PRICE).contains(&price) => None,
                _ => Some(format!("{number} is no price in dollars per million tokens")),
            },
        }
    }
}
