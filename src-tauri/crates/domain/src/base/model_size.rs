//! How large a model is, as its name and its quantisation tell.

/// Below this many billion parameters, a model counts as easy to trick.
const SMALL_BILLIONS: f64 = 7.0;
const FEW_BITS: u32 = 3;

/// Returns what is known of a model's size, and why that is a risk, if it is one.
pub fn weight(quantisation: &str, names: &[&str]) -> (String, Option<&'static str>) {
    let billions = names.iter().find_map(|it| billions(it));
    let bits = bits(quantisation).or_else(|| names.iter().find_map(|it| bits(it)));
    let what =
        |it: f64| if it < 1.0 { format!("{:.0} million parameters", it * 1_000.0) } else { format!("{it} billion parameters") };
    let facts: Vec<String> = [billions.map(what), bits.map(|it| format!("{it} bits each"))].into_iter().flatten().collect();
    let weakness = if billions.is_some_and(|it| it < SMALL_BILLIONS) {
        Some("small models follow planted instructions more easily")
    } else if bits.is_some_and(|it| it <= FEW_BITS) {
        Some("hard-quantised models follow planted instructions more easily")
    } else {
        None
    };
    (facts.join(", "), weakness)
}

/// Whether two names tell of models of different sizes.
#[must_use]
pub fn are_other_sizes(a: &str, b: &str) -> bool {
    billions(a).zip(billions(b)).is_some_and(|(a, b)| (a - b).abs() > 0.15 * a.max(b))
}

/// The parameters that a name tells: `qwen3-30b-a3b` 30, `gemma-3-270m` 0.27, `mixtral-8x7b` 56.
fn billions(name: &str) -> Option<f64> {
    let name = name.to_ascii_lowercase();
    name.split(|c: char| !c.is_ascii_alphanumeric() && c != '.').find_map(|word| {
        let (number, unit) = word.split_at(word.len().checked_sub(1)?);
        let scale = match unit {
            "b" => 1.0,
            "m" => 0.001,
            _ => return None,
        };
        let factors: Option<Vec<f64>> = number.split('x').map(|it| it.parse().ok()).collect();
        let product: f64 = factors?.iter().product();
        (product > 0.0 && product * scale < 10_000.0).then_some(product * scale)
    })
}

/// The bits that a quantisation tells: `Q4_K_M` 4, `IQ2_XS` 2, `4bit` 4, `MXFP4` 4, `F16` 16.
fn bits(text: &str) -> Option<u32> {
    let text = text.to_ascii_lowercase();
    text.split(|c: char| !c.is_ascii_alphanumeric()).find_map(|word| {
        let digits = ["iq", "q", "int", "mxfp", "nvfp", "fp", "bf", "f"].iter().find_map(|it| word.strip_prefix(it));
        let digits = digits.or_else(|| word.strip_suffix("bit")).unwrap_or_default();
        digits.parse().ok().filter(|it| (1..=32).contains(it))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_name_tells() {
        let told = [
            "qwen3-30b-a3b",
            "gemma-3-270m",
            "mixtral-8x7b-instruct",
            "llama3.2:3b",
            "phi-1.5b",
            "gpt-oss-120b",
            "my-local-model",
            "b",
            "glm-5-air-awq",
        ];
        let expected = [Some(30.0), Some(0.27), Some(56.0), Some(3.0), Some(1.5), Some(120.0), None, None, None];
        assert_eq!(told.map(billions), expected);
        let told = ["Q4_K - Medium", "IQ2_XS", "q8_0", "qwen3-4bit", "MXFP4", "F16", "AWQ", "", "my-q3-model"];
        assert_eq!(told.map(bits), [Some(4), Some(2), Some(8), Some(4), Some(4), Some(16), None, None, Some(3)]);
    }
}
