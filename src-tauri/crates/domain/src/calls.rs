//! The calls that the window makes, in one list: name, arguments, answer. Nothing that the page sends is taken on trust.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use strum::VariantNames;
use ts_rs::TS;

use crate::base::change::{Change, Place};
use crate::base::refusal::{Refusal, RefusalCode};
use crate::edit::DraftCheck;
use crate::history::{ExportFormat, Range};
use crate::intent::{Pause, Show};
use crate::notify::settings::Settings;
use crate::server::job::Job;
use crate::view::discovery::{Found, ListedModel};
use crate::view::types::{BackupView, HistoryView, Review, Stretch, UrlAnswer, View};

/// What one message may hold at most, in bytes: more than a person changes at once.
pub const MESSAGE_LIMIT: usize = 1024 * 1024;
/// What one text of it may hold, in bytes.
pub const TEXT_LIMIT: usize = 64 * 1024;
pub const CHANGE_LIMIT: usize = 1000;

/// Makes `Call` and `Answer` of one list, with a variant in each for every line of it.
macro_rules! calls {
    ($($(#[$doc:meta])* $name:ident $({ $($arg:ident: $type:ty),+ })? -> $answer:ty,)+) => {
        /// What the window asks: `{ "call": "trust", "args": { "provider": "rig", "fingerprint": "ab:cd" } }`.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, VariantNames)]
        #[serde(tag = "call", content = "args", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
        #[strum(serialize_all = "camelCase")]
        #[ts(export)]
        pub enum Call {
            $($(#[$doc])* $name $({ $($arg: $type),+ })?,)+
        }

        /// What each call is answered with, under its name.
        #[derive(Clone, PartialEq, Serialize, TS)]
        #[serde(tag = "call", content = "answer", rename_all = "camelCase")]
        #[ts(export)]
        #[expect(missing_debug_implementations, reason = "it may hold a secret")]
        pub enum Answer {
            $($name($answer),)+
        }
    };
}

calls! {
    View -> Box<View>,
    /// Takes what the window was opened for. Told once: a reload starts afresh.
    Show -> Show,
    /// Says what changes would do to the file as it is now.
    Review { changes: Vec<Change> } -> Review,
    /// Puts changes into words, with what they would newly break.
    DraftCheck { changes: Vec<Change> } -> DraftCheck,
    /// Writes changes. `base` names the text that the review was made from.
    Save { changes: Vec<Change>, base: String } -> (),
    /// Takes the last save back.
    Undo -> (),
    /// Gives a secret that is written out in the file.
    Reveal { at: Place } -> String,
    /// Names each place of the file that refers to a provider, or to one model of it.
    Referrers { provider: String, model: Option<String> } -> Vec<String>,
    /// Lists the texts before each write, the newest first.
    Backups -> Vec<BackupView>,
    BackupReview { name: String } -> Review,
    /// Puts a backup back. `base` names the text that it was compared with.
    Restore { name: String, base: String } -> (),
    /// Probes one server now, or all of them.
    CheckNow { provider: Option<String> } -> (),
    /// Makes a server work at a model: a person pressed the button.
    BeginJob { provider: String, model: String, job: Job } -> (),
    CancelJob { provider: String } -> (),
    /// Trusts the certificate of this fingerprint, which a person compared.
    Trust { provider: String, fingerprint: String } -> (),
    /// Stops trusting the certificate of this origin.
    Forget { origin: String } -> (),
    /// Holds notifications back; `null` resumes.
    Pause { pause: Option<Pause> } -> (),
    /// Asks an address that is being typed who answers there.
    TryUrl { provider: Option<String>, base_url: String } -> UrlAnswer,
    /// Finds model servers on this machine's well-known ports, in some three seconds.
    Discover -> Vec<Found>,
    /// Lists all models of a server; `provider` lends its key if it is configured for that address.
    ListModels { provider: Option<String>, base_url: String } -> Vec<ListedModel>,
    History -> HistoryView,
    /// Says how each server fared over weeks.
    Uptime { range: Range } -> Vec<Stretch>,
    /// Writes the whole history to a file, and says which.
    ExportHistory { format: ExportFormat } -> String,
    /// Sets the app's own settings, all of them; they hold at once.
    SetSettings { values: Settings } -> (),
    /// Says whether the app starts with the session.
    Autostart -> bool,
    SetAutostart { on: bool } -> (),
    /// Opens the config file in the person's editor; nothing else can be opened this way.
    OpenConfig -> (),
}

/// Reads a message of the window.
///
/// # Errors
/// When it is too large, or no known call with the arguments that this takes. What it says holds nothing of the arguments.
pub fn read(message: &str) -> Result<Call, Refusal> {
    if message.len() > MESSAGE_LIMIT {
        return Err(invalid("the window sent a message of more than 1 MiB"));
    }
    let value: Value = serde_json::from_str(message).map_err(|_| invalid("the window sent a message that is no JSON"))?;
    if !texts_are_short(&value) {
        return Err(invalid("the window sent a text of more than 64 KiB"));
    }
    let name = value.get("call").and_then(Value::as_str).unwrap_or_default();
    let Some(name) = Call::VARIANTS.iter().find(|known| **known == name) else {
        return Err(invalid(format!("the window made an unknown call: {:?}", name.chars().take(40).collect::<String>())));
    };
    let call = serde_json::from_value(value)
        .map_err(|_| invalid(format!("the window called {name} with other arguments than it takes")))?;
    match &call {
        Call::Review { changes } | Call::DraftCheck { changes } | Call::Save { changes, .. } if changes.len() > CHANGE_LIMIT => {
            Err(invalid("the window sent more than 1,000 changes"))
        }
        _ => Ok(call),
    }
}

fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new(RefusalCode::Invalid, message)
}

fn texts_are_short(value: &Value) -> bool {
    match value {
        Value::String(text) => text.len() <= TEXT_LIMIT,
        Value::Array(items) => items.iter().all(texts_are_short),
        Value::Object(fields) => fields.iter().all(|(name, field)| name.len() <= TEXT_LIMIT && texts_are_short(field)),
        Value::Null | Value::Bool(_) | Value::Number(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::change::NewKey;

    fn change(to: &str) -> Change {
        Change::set(Place::provider("rig", &["baseUrl"]), None, Some(to.to_owned()))
    }

    fn one_of_each() -> Vec<Call> {
        let rig = || "rig".to_owned();
        let changes = || vec![change("http://rig:8000/v1")];
        vec![
            Call::View,
            Call::Show,
            Call::Review { changes: changes() },
            Call::DraftCheck { changes: Vec::new() },
            Call::Save { changes: changes(), base: "5f3c".to_owned() },
            Call::Undo,
            Call::Reveal { at: Place::api_key("rig") },
            Call::Referrers { provider: rig(), model: None },
            Call::Backups,
            Call::BackupReview { name: "openclaw.json.1".to_owned() },
            Call::Restore { name: "openclaw.json.1".to_owned(), base: "5f3c".to_owned() },
            Call::CheckNow { provider: Some(rig()) },
            Call::BeginJob { provider: rig(), model: "glm-5-air-awq".to_owned(), job: Job::Load },
            Call::CancelJob { provider: rig() },
            Call::Trust { provider: rig(), fingerprint: "ab:cd".to_owned() },
            Call::Forget { origin: "https://rig:8443".to_owned() },
            Call::Pause { pause: Some(Pause::Tomorrow) },
            Call::TryUrl { provider: None, base_url: "http://rig:8000/v1".to_owned() },
            Call::Discover,
            Call::ListModels { provider: Some(rig()), base_url: "http://rig:8000/v1".to_owned() },
            Call::History,
            Call::Uptime { range: Range::Quarter },
            Call::ExportHistory { format: ExportFormat::Csv },
            Call::SetSettings { values: Settings::default() },
            Call::Autostart,
            Call::SetAutostart { on: true },
            Call::OpenConfig,
        ]
    }

    fn why_not(message: &str) -> String {
        let refusal = read(message).expect_err("refused");
        assert_eq!(refusal.code, RefusalCode::Invalid);
        refusal.message
    }

    fn sent(call: &Call) -> String {
        serde_json::to_string(call).expect("a call can be written")
    }

    #[test]
    fn every_call_is_read_as_it_was_sent() {
        let calls = one_of_each();
        let name = |call: &Call| serde_json::to_value(call).expect("a call can be written")["call"].clone();
        assert_eq!(calls.iter().map(name).collect::<Vec<_>>(), Call::VARIANTS);
        for call in calls {
            assert_eq!(read(&sent(&call)), Ok(call));
        }
    }

    #[test]
    fn what_is_no_call_is_refused() {
        assert_eq!(why_not(r#"{ "call": "launch" }"#), r#"the window made an unknown call: "launch""#);
        assert_eq!(why_not(r#"{ "call": "Undo" }"#), r#"the window made an unknown call: "Undo""#);
        for message in ["{}", "[]", "null", r#""undo""#, r#"{ "call": 7 }"#, r#"{ "args": {} }"#] {
            assert_eq!(why_not(message), r#"the window made an unknown call: """#, "{message}");
        }
        for message in ["", "undo", r#"{ "call": "undo" "#, r#"{ "call": "undo" } { "call": "undo" }"#] {
            assert_eq!(why_not(message), "the window sent a message that is no JSON", "{message}");
        }
        let long = format!(r#"{{ "call": "{}" }}"#, "x".repeat(1000));
        assert_eq!(why_not(&long).len(), r#"the window made an unknown call: """#.len() + 40);
        assert_eq!(why_not(&"[".repeat(10_000)), "the window sent a message that is no JSON");
    }

    #[test]
    fn other_arguments_are_refused_without_a_word_of_them() {
        for (name, args) in [
            ("reveal", "{}"),
            ("reveal", r#"{ "at": "sk-secret" }"#),
            ("trust", r#"{ "provider": "rig", "fingerprint": 7 }"#),
            ("uptime", r#"{ "range": "sk-secret" }"#),
            ("cancelJob", r#"{ "provider": "rig", "model": "sk-secret" }"#),
            ("undo", r#"{ "sk-secret": true }"#),
        ] {
            let message = format!(r#"{{ "call": "{name}", "args": {args} }}"#);
            assert_eq!(why_not(&message), format!("the window called {name} with other arguments than it takes"));
        }
        assert!(read(r#"{ "call": "undo", "id": 1 }"#).is_err());
    }

    #[test]
    fn more_than_a_person_types_is_refused() {
        let review = |changes: Vec<Change>| sent(&Call::Review { changes });
        assert!(read(&review(vec![change("x"); CHANGE_LIMIT])).is_ok());
        let many = || vec![change("x"); CHANGE_LIMIT + 1];
        for call in [
            Call::Review { changes: many() },
            Call::DraftCheck { changes: many() },
            Call::Save { changes: many(), base: String::new() },
        ] {
            assert_eq!(why_not(&sent(&call)), "the window sent more than 1,000 changes");
        }

        let long = "x".repeat(TEXT_LIMIT + 1);
        assert!(read(&review(vec![change(&long[1..])])).is_ok());
        let route = Change::Route { agent: None, was: Vec::new(), to: vec!["a/b".to_owned(), long.clone()] };
        let key = Change::Secret { at: Place::api_key("rig"), was: String::new(), to: NewKey::Literal(long.clone()) };
        let named = Change::Set { at: Place::api_key("rig"), was: None, to: Some(serde_json::json!({ &long: 1 })) };
        for change in [change(&long), route, key, named] {
            assert_eq!(why_not(&review(vec![change])), "the window sent a text of more than 64 KiB");
        }

        let undo = sent(&Call::Undo);
        let padded = |bytes: usize| format!("{undo}{}", " ".repeat(bytes - undo.len()));
        assert_eq!(read(&padded(MESSAGE_LIMIT)), Ok(Call::Undo));
        assert_eq!(why_not(&padded(MESSAGE_LIMIT + 1)), "the window sent a message of more than 1 MiB");
    }
}
