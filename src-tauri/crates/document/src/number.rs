//! What a written number means, and when two values are the same.

use serde_json::{Number, Value};

/// The value of a JSON5 number, as the `json5` crate reads it: a `u64` or `i64` where it fits, else an `f64`.
/// What JSON cannot say (`NaN`, `Infinity`, `1e999`) is null. `None` if it is no number or a hexadecimal one beyond 128 bits.
pub(crate) fn number(text: &str) -> Option<Value> {
    // Nearly all are plain, and short enough for any integer.
    if text.len() < 19 && text.bytes().all(|it| it.is_ascii_digit()) {
        return text.parse::<u64>().ok().map(Value::from);
    }
    let negative = text.starts_with('-');
    let digits = text.trim_start_matches(['+', '-']);
    if matches!(digits, "Infinity" | "NaN") {
        return Some(Value::Null);
    }
    if let Some(hex) = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        let magnitude = u128::from_str_radix(hex, 16).ok()?;
        return if negative { 0i128.checked_sub_unsigned(magnitude).map(below_zero) } else { Some(above_zero(magnitude)) };
    }
    if negative && let Ok(whole) = text.parse() {
        return Some(below_zero(whole));
    }
    if !negative && let Ok(whole) = digits.parse() {
        return Some(above_zero(whole));
    }
    text.parse().ok().map(float)
}

/// Whether two values mean the same: numbers by value (`1.0` is `1`), objects without regard to order.
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

/// How many containers sit in each other in a value; counts no further than `limit + 1`.
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

fn same_number(a: &Number, b: &Number) -> bool {
    match (exact(a), exact(b)) {
        (Some(a), Some(b)) => a == b,
        (None, None) => a.as_f64() == b.as_f64(),
        _ => false,
    }
}

/// The number as a whole one, if it is.
fn exact(number: &Number) -> Option<i128> {
    /// Every `f64` below it converts without loss.
    const LIMIT: f64 = 1e30;
    if let Some(whole) = number.as_u64() {
        return Some(whole.into());
    }
    if let Some(whole) = number.as_i64() {
        return Some(whole.into());
    }
    let float = number.as_f64()?;
    (float.fract() == 0.0 && float.abs() < LIMIT).then_some(float as i128)
}

fn above_zero(whole: u128) -> Value {
    u64::try_from(whole).map_or_else(|_| float(whole as f64), Value::from)
}

fn below_zero(whole: i128) -> Value {
    i64::try_from(whole).map_or_else(|_| float(whole as f64), Value::from)
}

fn float(float: f64) -> Value {
    Number::from_f64(float).map_or(Value::Null, Value::Number)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn reads_what_json5_reads() {
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
            assert_eq!(number(text), json5::from_str(text).ok(), "{text}");
        }
        assert_eq!(number("0x1ffffffffffffffffffffffffffffffff"), None);
    }

    #[test]
    fn numbers_are_the_same_by_value() {
        assert!(same(&json!([1.0, {"a": 0.5}]), &json!([1, {"a": 0.5}])));
        assert!(same(&json!({"a": 1, "b": 2}), &json!({"b": 2, "a": 1})));
        assert!(!same(&json!(9007199254740993u64), &json!(9007199254740992.0)));
        assert!(!same(&json!(1), &json!("1")) && !same(&json!(null), &json!(0)));
    }

    #[test]
    fn depth_stops_counting() {
        assert_eq!(depth(&json!([{"a": []}]), 10), 3);
        assert_eq!(depth(&json!([[[[[]]]]]), 2), 3);
        assert_eq!(depth(&json!("x"), 10), 0);
    }
}
