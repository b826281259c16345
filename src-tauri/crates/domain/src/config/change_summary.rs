//! What another program changed, in a few words for the history: of models, aliases, routes and providers, by their names.

use super::{Config, Provider};
use crate::ModelRef;
use crate::base::words::count;

impl Config {
    /// In the order of what matters most; empty if nothing that this knows of differs.
    #[must_use]
    pub fn change_summary(&self, to: &Config) -> Vec<String> {
        let mut said = Vec::new();
        let names = |config: &Config| config.chain().iter().map(|it| config.name(it)).collect::<Vec<_>>().join(" > ");
        if self.chain() != to.chain() {
            said.push(format!("route: {}", names(to)));
        }
        if self.agents != to.agents {
            said.push("routes of agents".to_owned());
        }
        said.extend(sets("model", &models(self), &models(to)));
        let ids = |config: &Config| config.providers.iter().filter(|it| !it.implied).map(|it| it.id.clone()).collect::<Vec<_>>();
        said.extend(sets("provider", &ids(self), &ids(to)));
        let aliases = |config: &Config| config.aliases.iter().map(|it| format!("{} {}", it.alias, it.model)).collect::<Vec<_>>();
        let (before, after) = (aliases(self), aliases(to));
        let changed =
            before.iter().filter(|it| !after.contains(it)).count().max(after.iter().filter(|it| !before.contains(it)).count());
        if changed > 0 {
            said.push(count(changed, "alias", "aliases"));
        }
        let altered = to.providers.iter().filter(|it| self.provider(&it.id).is_some_and(|was| !same(was, it)));
        said.extend(altered.map(|it| format!("settings of {}", it.id)));
        said
    }
}

fn models(config: &Config) -> Vec<String> {
    let models = config.providers.iter().flat_map(|it| it.models.iter().map(|model| ModelRef::new(&it.id, &model.id)));
    models.map(|it| it.to_string()).collect()
}

fn sets(noun: &str, before: &[String], after: &[String]) -> Vec<String> {
    let gone = before.iter().filter(|it| !after.contains(it)).map(|it| format!("{noun} {it} removed"));
    let new = after.iter().filter(|it| !before.contains(it)).map(|it| format!("{noun} {it} added"));
    new.chain(gone).collect()
}

/// But for the lines that it stands in, and for which models it has.
fn same(a: &Provider, b: &Provider) -> bool {
    let models = |it: &Provider, other: &Provider| {
        let common = it.models.iter().filter(|model| other.model(&model.id).is_some()).cloned();
        common.map(|model| super::Model { line: None, ..model }).collect::<Vec<_>>()
    };
    let plain = |it: &Provider, other: &Provider| Provider { line: None, models: models(it, other), ..it.clone() };
    plain(a, b) == plain(b, a)
}

#[cfg(test)]
mod tests {
    use super::*;
    use document::Document;

    #[track_caller]
    fn check(before: &str, after: &str, said: &[&str]) {
        let read = |text: &str| Config::read(&Document::parse(text).expect("it parses"), &|_| None).0;
        assert_eq!(read(before).change_summary(&read(after)), said);
    }

    const BOX: &str = r#"{ models: { providers: { box: { baseUrl: "http://127.0.0.1:1/v1", models: [{ id: "a" }] } } } }"#;

    #[test]
    fn names_what_is_new_and_what_is_gone() {
        check(BOX, BOX, &[]);
        check(BOX, &format!("\n\n{BOX}"), &[]);
        check(BOX, &BOX.replace(r#"{ id: "a" }"#, r#"{ id: "b" }"#), &["model box/b added", "model box/a removed"]);
        check(BOX, &BOX.replace(":1/", ":2/"), &["settings of box"]);
        check(
            BOX,
            &BOX.replace("models: {", r#"agents: { defaults: { model: { primary: "box/a" } } }, models: {"#),
            &["route: box/a"],
        );
        let alias = r#"agents: { defaults: { models: { "box/a": { alias: "Local" } } } }, models: {"#;
        check(BOX, &BOX.replacen("models: {", alias, 1), &["1 alias"]);
    }

    /// A key is told of by its provider alone.
    #[test]
    fn no_secret_is_said() {
        let with = BOX.replace("models: [", r#"apiKey: "sk-secret", models: ["#);
        check(BOX, &with, &["settings of box"]);
    }
}
