//! How numbers and times are put into words. One place, so that the menu, the window, the notices and the command line agree.

use std::time::Duration;

use crate::base::Now;

/// `196,608`
#[must_use]
pub fn tokens(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `196k`, for where there is little room. Never rounds up: a context is not larger than it is.
#[must_use]
pub fn short_tokens(n: u64) -> String {
    match n {
        0..1_000 => n.to_string(),
        1_000..1_000_000 => format!("{}k", n / 1_000),
        _ if (n / 100_000).is_multiple_of(10) => format!("{}M", n / 1_000_000),
        _ => format!("{}.{}M", n / 1_000_000, n / 100_000 % 10),
    }
}

/// `240 ms`, `1.2 s`, `2 min`: how long something took.
#[must_use]
pub fn took(ms: u64) -> String {
    match ms {
        0..1_000 => format!("{ms} ms"),
        1_000..10_000 => format!("{}.{} s", ms / 1_000, ms % 1_000 / 100),
        _ => duration(Duration::from_millis(ms)),
    }
}

/// `12 s`, `14 min`, `3 h 20 min`, `2 days`
#[must_use]
pub fn duration(d: Duration) -> String {
    let s = d.as_secs();
    match s {
        0..60 => format!("{s} s"),
        60..3_600 => format!("{} min", s / 60),
        3_600..86_400 if s % 3_600 < 60 => format!("{} h", s / 3_600),
        3_600..86_400 => format!("{} h {} min", s / 3_600, s % 3_600 / 60),
        86_400..172_800 => "1 day".to_owned(),
        _ => format!("{} days", s / 86_400),
    }
}

/// `99.2 %`, of tenths of a percent.
#[must_use]
pub fn tenths(n: u32) -> String {
    if n.is_multiple_of(10) { format!("{} %", n / 10) } else { format!("{}.{} %", n / 10, n % 10) }
}

#[must_use]
pub fn lasted(ms: i64) -> String {
    duration(Duration::from_millis(u64::try_from(ms).unwrap_or(0)))
}

/// Whole minutes, so that a text on the screen changes once a minute and not with each probe. `None` below one minute.
#[must_use]
pub fn minutes(d: Duration) -> Option<String> {
    (d.as_secs() >= 60).then(|| duration(d))
}

/// `14:02`, local.
#[must_use]
pub fn clock(unix_ms: i64, now: &Now) -> String {
    let minutes = (unix_ms.div_euclid(1_000) + i64::from(now.utc_offset_s)).div_euclid(60).rem_euclid(24 * 60);
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

#[must_use]
pub fn count(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// `A, B and C`
#[must_use]
pub fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// `1st`, `2nd`, `3rd`, `4th`
#[must_use]
pub fn ordinal(n: usize) -> String {
    let end = match (n % 10, n % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{n}{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        assert_eq!(
            ["0", "999", "1,000", "196,608", "1,234,567"],
            [0, 999, 1_000, 196_608, 1_234_567].map(tokens).each_ref().map(String::as_str)
        );
        assert_eq!(
            ["512", "4k", "196k", "1M", "1.5M"],
            [512, 4_096, 196_608, 1_048_576, 1_500_000].map(short_tokens).each_ref().map(String::as_str)
        );
    }

    #[test]
    fn times() {
        let said = [5, 60, 840, 3_600, 12_000, 90_000, 200_000].map(|s| duration(Duration::from_secs(s)));
        assert_eq!(said, ["5 s", "1 min", "14 min", "1 h", "3 h 20 min", "1 day", "2 days"]);
        let now = Now { utc_offset_s: 3_600, ..Now::default() };
        assert_eq!(clock(1_795_345_769_670, &now), "12:09");
        assert_eq!(clock(-1, &Now::default()), "23:59");
    }

    #[test]
    fn ordinals() {
        assert_eq!([1, 2, 3, 4, 11, 12, 21, 102].map(ordinal), ["1st", "2nd", "3rd", "4th", "11th", "12th", "21st", "102nd"]);
    }
}
