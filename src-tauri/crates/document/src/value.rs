//! Values: the meaning of a written number, equality, depth.

use serde_json::{Number, Value};

/// Returns the value of a JSON5 number as the `json5` crate reads it: a `u64` or `i64` where it fits, else an `f64`.
///
/// `NaN`, `Infinity` and what overflows to it become null, because JSON has no such numbers. Returns `None` for text that is no number
/// and for hexadecimal numbers beyond 128 bits.
pub(crate) fn parse_number(text: &str) -> Option<Value> {
    let negative = text.starts_with('-');
    let digits = text.trim_start_matches(['+', '-']);
    if matches!(digits, "Infinity" | "NaN") {
        return Some(Value::Null);
    }
    if let Some(hex) = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        let magnitude = u128::from_str_radix(hex, 16).ok()?;
        return if negative { 0i128.checked_sub_unsigned(magnitude).map(signed) } else { Some(unsigned(magnitude)) };
    }
    if negative && let Ok(integer) = text.parse() {
        return Some(signed(integer));
    }
    if !negative && let Ok(integer) = digits.parse() {
        return Some(unsigned(integer));
    }
    text.parse().ok().map(float)
}

/// Returns whether two values are equal. Numbers are compared by value (`1.0` is `1`), objects without regard to order.
pub(crate) fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => same_number(a, b),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        _ => a == b,
    }
}

/// Returns how deep objects and arrays are nested in a value. Counts no further than `limit + 1`.
pub(crate) fn depth(value: &Value, limit: usize) -> usize {
    let below = |inner: &mut dyn Iterator<Item = &Value>| {
        if limit == 0 { 1 } else { 1 + inner.map(|it| depth(it, limit - 1)).max().unwrap_or(0) }
    };
    match value {
        Value::Object(members) => below(&mut members.values()),
        Value::Array(elements) => below(&mut elements.iter()),
        _ => 0,
    }
}

pub(crate) fn same_number(a: &Number, b: &Number) -> bool {
    match (as_integer(a), as_integer(b)) {
        (Some(a), Some(b)) => a == b,
        (None, None) => a.as_f64() == b.as_f64(),
        _ => false,
    }
}

fn as_integer(number: &Number) -> Option<i128> {
    /// Every whole `f64` below it converts to an `i128` without loss.
    const LIMIT: f64 = 1e30;
    if let Some(integer) = number.as_u64() {
        return Some(integer.into());
    }
    if let Some(integer) = number.as_i64() {
        return Some(integer.into());
    }
    let float = number.as_f64()?;
    (float.fract() == 0.0 && float.abs() < LIMIT).then_some(float as i128)
}

fn unsigned(integer: u128) -> Value {
    u64::try_from(integer).map_or_else(|_| float(integer as f64), Value::from)
}

fn signed(integer: i128) -> Value {
    i64::try_from(integer).map_or_else(|_| float(integer as f64), Value::from)
}

fn float(float: f64) -> Value {
    Number::from_f64(float).map_or(Value::Null, Value::Number)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_are_read_as_json5_reads_them() {
        for text in [
            "0",
            "-0",
            "+1",
            ".5",
            "5.",
            "-.5",
            "+.5e3",
            "0x1D4C0",
            "-0X10",
            "1e3",
            "18446744073709551616",
            "-9223372036854775809",
            "Infinity",
            "-Infinity",
            "NaN",
            "1e999",
            "0xffffffffffffffffffffffffffffffff",
            "-0x80000000000000000000000000000000",
            "1.7976931348623157e308",
            "-0.0",
            "123456789012345678901234567890123456789012345",
        ] {
            assert_eq!(parse_number(text), json5::from_str(text).ok(), "{text}");
        }
        assert_eq!(parse_number("0x1ffffffffffffffffffffffffffffffff"), None);
    }

    #[test]
    fn numbers_are_the_same_by_value() {
        assert!(same(&json!([1.0, {"a": 0.5}]), &json!([1, {"a": 0.5}])));
        assert!(same(&json!({"a": 1, "b": 2}), &json!({"b": 2, "a": 1})));
        assert!(!same(&json!(9007199254740993u64), &json!(9007199254740992.0)));
        assert!(!same(&json!(1), &json!("1")) && !same(&json!(null), &json!(0)));
    }

    #[test]
    fn depth_stops_counting_at_the_limit() {
        assert_eq!(depth(&json!([{"a": []}]), 10), 3);
        assert_eq!(depth(&json!([[[[[]]]]]), 2), 3);
        assert_eq!(depth(&json!("x"), 10), 0);
    }
}
