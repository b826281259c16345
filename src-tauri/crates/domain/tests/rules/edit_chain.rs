//! What is done to a chain, as one line each: nothing is lost that was not named.

use document::Document;
use domain::base::refusal::Refusal;
use domain::config::{Config, Route};
use domain::edit::chain;

const CONFIG: &str = r#"{
  agents: { defaults: {
    model: { primary: "Local", fallbacks: ["hosted/big", "box/small", "hosted/cheap"] },
    models: { "box/m": { alias: "Local" } },
  } },
  models: { providers: { box: { baseUrl: "http://127.0.0.1:1/v1", models: [] }, hosted: { baseUrl: "https://example.com", models: [] } } },
}"#;

fn on(config: &str, act: impl Fn(&Config, &Route) -> Result<Vec<String>, Refusal>) -> String {
    let (config, _) = Config::read(&Document::parse(config).expect("parses"), &|_| None);
    match act(&config, &config.defaults) {
        Ok(chain) => chain.join(" "),
        Err(refusal) => format!("refused: {}", refusal.message),
    }
}

#[track_caller]
fn check(act: impl Fn(&Config, &Route) -> Result<Vec<String>, Refusal>, chain: &str) {
    assert_eq!(on(CONFIG, act), chain);
}

#[test]
fn another_primary_keeps_the_old_one() {
    check(|c, r| Ok(chain::with_primary(c, r, "hosted/cheap", false)), "hosted/cheap Local hosted/big box/small");
    check(|c, r| Ok(chain::with_primary(c, r, "new/one", false)), "new/one Local hosted/big box/small hosted/cheap");
    check(|c, r| Ok(chain::with_primary(c, r, "new/one", true)), "new/one hosted/big box/small hosted/cheap");
    // Its alias and its ref are the same model, written as it was.
    check(|c, r| Ok(chain::with_primary(c, r, "box/m", false)), "Local hosted/big box/small hosted/cheap");
    check(|c, r| Ok(chain::with_primary(c, r, "box/m", true)), "box/m hosted/big box/small hosted/cheap");
}

#[test]
fn fallbacks() {
    check(|c, r| chain::with_fallback(c, r, "new/one"), "Local hosted/big box/small hosted/cheap new/one");
    check(|c, r| chain::with_fallback(c, r, "box/small"), "Local hosted/big box/small hosted/cheap");
    check(|c, r| chain::with_fallback(c, r, "box/m"), "refused: box/m is the primary");
    check(|c, r| chain::without_fallback(c, r, "box/small"), "Local hosted/big hosted/cheap");
    check(|c, r| chain::without_fallback(c, r, "Local"), "refused: Local is the primary, not a fallback");
    check(|c, r| chain::without_fallback(c, r, "new/one"), "refused: new/one is not among the fallbacks");
    check(|c, r| chain::with_moved(c, r, "hosted/cheap", 1), "Local hosted/cheap hosted/big box/small");
    check(|c, r| chain::with_moved(c, r, "hosted/big", 9), "Local box/small hosted/cheap hosted/big");
    check(|_, r| chain::without_fallbacks(r), "Local");
}

#[test]
fn one_sort_first() {
    check(|c, r| chain::sorted(c, r, false), "hosted/big hosted/cheap Local box/small");
    check(|c, r| chain::sorted(c, r, true), "Local box/small hosted/big hosted/cheap");
    let hosted = CONFIG.replace("\"Local\", fallbacks", "\"hosted/big\", fallbacks").replace("\"box/small\", ", "");
    assert_eq!(on(&hosted, |c, r| chain::sorted(c, r, true)), "refused: the route has no local model to put first");
}

#[test]
fn a_fallback_never_becomes_the_primary_by_itself() {
    let none = CONFIG.replace("primary: \"Local\", ", "");
    assert_eq!(on(&none, |c, r| chain::with_fallback(c, r, "new/one")), "refused: the route has no primary");
    assert_eq!(on(&none, |c, r| Ok(chain::with_primary(c, r, "box/m", true))), "box/m hosted/big box/small hosted/cheap");
}
