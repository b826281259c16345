//! What the rules know of a kind of server before one is asked. Each kind is one row of `table`; no other place decides by a kind's name.

mod table;

use crate::config::template::{HOSTED, Template};
pub use table::Kind;

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct KindInfo {
    /// For machines: a part of the JSON contract (`providers[].kind`).
    pub id: &'static str,
    /// For people.
    pub label: &'static str,
    /// Where it listens unless told otherwise.
    pub ports: &'static [u16],
    /// Where below its root the OpenAI paths are.
    pub api_path: &'static str,
    /// What it is called and how it is asked in OpenClaw's own documents (2026.9.6).
    pub provider: ProviderDefaults,
    /// An `api` of OpenClaw's that only this kind has. Its base URL has no `/v1`, and it is told with each request how much context to give.
    pub own_api: Option<&'static str>,
    pub template: Option<Template>,
    /// It speaks OpenAI's Responses API, in the versions of 2026.
    pub has_responses: bool,
    /// It can be told to load a model and to unload it.
    pub loads: bool,
    /// It answers with the model that it has, whatever name is asked for.
    pub ignores_names: bool,
    /// It passes questions on to servers that were not checked.
    pub routes_elsewhere: bool,
    pub names: ModelNames,
    pub listing: ListingCost,
    pub timing: TimingCost,
    pub eviction: Eviction,
    /// What to do when nothing listens at its address.
    pub start: Option<StartHelp>,
    /// Loads a model from the command line.
    pub load: Option<LoadCommands>,
    /// When it unloads a model by itself: "Ollama lets it go after 5 min without use".
    pub unloads: Option<&'static str>,
    /// Gives a model more context: the name of the setting, and the line to paste.
    pub context_setting: Option<Command>,
    pub overflow: Overflow,
    pub small_default: Option<SmallDefault>,
    /// It hands some models on to a cloud of its maker.
    pub cloud: Option<Cloud>,
}

/// A cloud behind a server at home.
#[derive(Clone, Copy, Debug)]
pub struct Cloud {
    pub name: &'static str,
    /// How the names of its models end.
    pub endings: &'static [&'static str],
}

#[derive(Clone, Copy, Debug)]
pub struct ProviderDefaults {
    pub id: &'static str,
    pub api: &'static str,
    /// What OpenClaw takes for a key where the server wants none. No secret.
    pub marker: &'static str,
}

/// How the config's name of a model may differ from the server's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModelNames {
    Exact,
    /// `name` means `name:latest`, in any case.
    Tagged,
    /// `name@q4_k_m` is `name` in one of its quantizations.
    Quantized,
}

/// What asking for the list of models does to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListingCost {
    Cheap,
    /// It is asked for less often.
    ScansDisk,
    /// It is never asked for.
    CutsAnswers,
}

/// What one answer of one token costs, from a model that is in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimingCost {
    /// No more than its time.
    Free,
    /// Perhaps money: it may pass the question on to where it is paid for.
    MayCost,
    /// The rest of the answer that it is writing.
    CutsAnswers,
    /// Perhaps a download of another model.
    MayDownload,
}

/// Which models make room for one that is loaded, where the server does not say how many it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Eviction {
    /// Some, if memory runs short.
    WhenShort,
    /// The one before, whatever the memory.
    TakesPlace,
    /// Those that the groups in its own settings name.
    ByGroups,
}

/// A line for a terminal or a settings file. `{model}` and `{context}` stand for what it is about.
#[derive(Clone, Copy, Debug)]
pub struct Command {
    pub name: &'static str,
    pub line: &'static str,
}

#[derive(Clone, Copy, Debug)]
pub struct StartHelp {
    /// "Is Ollama started?"
    pub question: &'static str,
    /// The same as an order: "Start it."
    pub order: &'static str,
    /// Where to click, if there is a window.
    pub clicks: &'static str,
    pub command: Command,
}

#[derive(Clone, Copy, Debug)]
pub struct LoadCommands {
    pub command: Command,
    /// Loads it until it is told to let go.
    pub keep: Command,
}

/// What becomes of a prompt that is longer than the context.
#[derive(Clone, Copy, Debug)]
pub struct Overflow {
    /// As half a sentence.
    pub brief: &'static str,
    pub full: &'static str,
}

/// The context of a model that was loaded without a word about it, where that is too little for an agent.
#[derive(Clone, Copy, Debug)]
pub struct SmallDefault {
    /// In tokens.
    pub context: u64,
    pub why: &'static str,
}

impl Kind {
    #[must_use]
    pub fn id(self) -> &'static str {
        self.info().id
    }

    #[must_use]
    pub fn label(self) -> &'static str {
        self.info().label
    }

    /// Whether it is a product with a name of its own.
    #[must_use]
    pub fn is_known(self) -> bool {
        self != Kind::Generic
    }

    /// Whether one token may be asked for by itself: it costs no more than its time.
    #[must_use]
    pub fn may_be_timed(self) -> bool {
        self.info().timing == TimingCost::Free
    }

    /// Returns the kind that alone speaks this `api` of OpenClaw's.
    #[must_use]
    pub fn with_own_api(api: &str) -> Option<Kind> {
        Kind::ALL.iter().copied().find(|kind| kind.info().own_api == Some(api))
    }

    /// Returns the ports where servers listen unless told otherwise, each with the path of the OpenAI API there, the commonest first.
    #[must_use]
    pub fn well_known_ports() -> Vec<(u16, &'static str)> {
        let mut known = Vec::new();
        for info in Kind::ALL.iter().map(|kind| kind.info()) {
            for place in info.ports.iter().map(|port| (*port, info.api_path)) {
                if !known.contains(&place) {
                    known.push(place);
                }
            }
        }
        known
    }
}

impl ModelNames {
    #[must_use]
    pub fn are_same(self, served: &str, configured: &str) -> bool {
        let bare = |name: &str| match self {
            ModelNames::Exact => name.to_owned(),
            ModelNames::Tagged if name.contains(':') => name.to_ascii_lowercase(),
            ModelNames::Tagged => format!("{}:latest", name.to_ascii_lowercase()),
            ModelNames::Quantized => name.split('@').next().unwrap_or_default().to_owned(),
        };
        bare(served) == bare(configured)
    }
}

impl Command {
    #[must_use]
    pub fn of_model(&self, model: &str) -> String {
        self.line.replace("{model}", model)
    }

    #[must_use]
    pub fn with_context(&self, model: &str, context: u64) -> String {
        self.of_model(model).replace("{context}", &context.to_string())
    }
}

/// Returns the providers to start from: the kinds that have a template, then the hosted ones.
pub fn templates() -> impl Iterator<Item = &'static Template> {
    Kind::ALL.iter().filter_map(|kind| kind.info().template.as_ref()).chain(&HOSTED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_labels_and_own_apis_name_one_kind() {
        let unique = |of: fn(&KindInfo) -> &'static str| {
            let mut names: Vec<&str> = Kind::ALL.iter().map(|kind| of(kind.info())).collect();
            names.sort_unstable();
            names.windows(2).all(|pair| pair[0] != pair[1])
        };
        assert!(unique(|info| info.id) && unique(|info| info.label));
        for kind in Kind::ALL {
            assert_eq!(kind.info().own_api.and_then(Kind::with_own_api), kind.info().own_api.map(|_| *kind));
        }
    }

    #[test]
    fn a_template_is_for_the_port_of_its_kind() {
        for info in Kind::ALL.iter().filter(|kind| kind.is_known()).map(|kind| kind.info()) {
            let Some(url) = info.template.and_then(|template| template.base_url) else { continue };
            let port = url.trim_end_matches("/v1").rsplit(':').next().and_then(|port| port.parse().ok());
            assert!(port.is_some_and(|port| info.ports.contains(&port)), "{}: {url}", info.id);
        }
    }

    #[test]
    fn the_commonest_ports_come_first() {
        let known = Kind::well_known_ports();
        assert_eq!(known[..3], [(1234, "/v1"), (11434, "/v1"), (8080, "/v1")]);
        assert!(known.contains(&(12434, "/engines/v1")));
    }

    #[track_caller]
    fn check(names: ModelNames, served: &str, configured: &str, same: bool) {
        assert_eq!(names.are_same(served, configured), same, "{served} {configured}");
    }

    #[test]
    fn when_two_names_mean_one_model() {
        check(ModelNames::Exact, "m", "M", false);
        check(ModelNames::Tagged, "qwen3:latest", "Qwen3", true);
        check(ModelNames::Tagged, "qwen3:8b", "qwen3", false);
        check(ModelNames::Quantized, "gemma@q4_k_m", "gemma", true);
        check(ModelNames::Quantized, "gemma@q4_k_m", "gemma@q8_0", true);
        check(ModelNames::Quantized, "gemma", "Gemma", false);
    }
}
