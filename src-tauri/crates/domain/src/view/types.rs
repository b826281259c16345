//! The view: all that a person reads, in words, made from the state. The only types of the domain that the window knows.

use serde::Serialize;
use ts_rs::TS;

pub use super::backups::{BackupView, STRAIGHT_QUOTES};
pub use super::history::{HistoryDay, HistoryRow, HistoryShape, HistorySort, HistoryView};
pub use super::keys::{HeaderView, KeyKind, KeyView};
pub use super::preferences::{Choice, SettingsView};
pub use super::providers::UrlAnswer;
pub use super::routes::RouteView;
pub use super::settings::SettingView;
pub use super::trust::Distrust;
pub use super::uptime::{Day, Stretch};
pub use super::work::{Offer, Work};
use crate::base::change::{Change, Fields};
use crate::server::kinds::Command;
use crate::view::doctor::DoctorView;

pub use crate::base::Severity;
pub use crate::turns::route_status::Overall;
pub use crate::view::gateway::GatewayView;

#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct View {
    pub overall: Overall,
    /// One sentence: which model answers now.
    pub headline: String,
    /// Shown after the headline, joined by " · ".
    pub detail: Vec<Fact>,
    pub note: Option<Note>,
    pub gateway: GatewayView,
    pub config: ConfigView,
    /// The route, primary first.
    pub hops: Vec<Hop>,
    /// One card for each local server.
    pub boxes: Vec<BoxCard>,
    pub models: Vec<ModelRow>,
    pub providers: Vec<ProviderRow>,
    pub routes: Vec<RouteView>,
    pub doctor: DoctorView,
    /// Agents without a route of their own.
    pub followers: Vec<String>,
    /// Another number than before: something was added to the history.
    pub history: u32,
    pub settings: SettingsView,
    /// "Notifications are paused until 15:02", while they are.
    pub paused: Option<String>,
}

/// A short piece of text; `mono` for refs, addresses and file names.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Fact {
    pub text: String,
    pub mono: bool,
}

/// A state in words with the shape drawn before it: never by colour alone.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Mark {
    pub shape: Shape,
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum Shape {
    Ok,
    Warn,
    Bad,
    Sleep,
    Hosted,
    /// Not known yet.
    Wait,
}

/// A box with a sentence in bold, one more, and what to do.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Note {
    pub severity: Severity,
    pub title: String,
    pub text: String,
    /// A change that would mend it; it goes into the draft, not into the file.
    pub fix: Option<Fix>,
    /// Something to paste into a terminal or a settings page.
    pub copy: Option<Copy>,
}

#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Fix {
    pub label: String,
    pub change: Change,
}

#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Copy {
    pub label: String,
    pub text: String,
}

impl Copy {
    pub(super) fn of(command: &Command, text: String) -> Copy {
        Copy { label: format!("Copy: {}", command.name), text }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ConfigView {
    /// The full path.
    pub path: String,
    /// The path with the home folder as `~`.
    pub short_path: String,
    /// The name of the file alone.
    pub file: String,
    /// The hash of the last good text: `base` of a review that is still of this text.
    pub base: Option<String>,
    pub state: ConfigState,
    /// Why nothing can be saved now, when that is so.
    pub saving_off: Option<String>,
    /// `models.mode` as written.
    pub mode: Option<String>,
    /// For a file that can't be read: what is wrong, in words, with the lines around it.
    pub fault: Option<FileError>,
    /// Findings about the config as a whole (not about one model or provider).
    pub problems: Vec<ProblemView>,
    /// What OpenClaw put aside lately, until it is put back.
    pub rejected: Option<RejectedConfigView>,
}

/// An edit that OpenClaw undid, or a write of its own that it refused.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RejectedConfigView {
    pub title: String,
    pub text: String,
    /// The backup that has it.
    pub backup: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum ConfigState {
    /// Not read yet.
    Waiting,
    Good,
    Missing,
    /// It does not parse, or is no config; `fault` says why. The last good version, if any, stays in view.
    Bad,
    /// It can't be opened (permissions, a folder in its place).
    Unreadable,
}

#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct FileError {
    /// "openclaw.json has an error in line 14"
    pub title: String,
    /// What it means and the next step.
    pub text: String,
    /// "a curly quote; OpenClaw reads only straight ones: \" or '"
    pub message: String,
    pub line: Option<u32>,
    /// 1-based, in characters.
    pub column: Option<u32>,
    /// The lines around the fault; secrets masked.
    pub excerpt: Vec<ExcerptLine>,
    /// "6 curly quotes in 3 lines." when there are more than one.
    pub more: Option<String>,
    /// The backup that mends it, where one does.
    pub mend: Option<String>,
    /// "the last good version, of 09:40" when one is in view.
    pub last_good: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ExcerptLine {
    pub number: u32,
    pub text: String,
    /// The line with the fault: the caret goes under this column (1-based).
    pub caret: Option<u32>,
}

#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ProblemView {
    pub code: String,
    pub severity: Severity,
    pub message: String,
    /// The setting it is about, when it is about one: `alias`, `contextWindow`, `maxTokens`, `baseUrl`, `api`, `key`, `timeoutSeconds`.
    pub field: Option<String>,
    pub line: Option<u32>,
    pub fix: Option<Fix>,
}

#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Hop {
    /// "Primary, answering", "1st fallback"
    pub caption: String,
    pub name: String,
    pub model_ref: String,
    pub mark: Mark,
    /// The one that answers now.
    pub lit: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct BoxCard {
    /// The provider id.
    pub provider: String,
    /// "LM Studio", or the provider id where the kind says little.
    pub name: String,
    pub mark: Mark,
    /// "loaded: my-local-model", or the kind.
    pub chips: Vec<String>,
    pub facts: Vec<Fact>,
    #[ts(type = "number | null")]
    pub latency_ms: Option<u64>,
    /// The latest latencies in milliseconds, oldest first, `null` for a probe without an answer.
    pub latencies: Vec<Option<u32>>,
    /// The last 24 hours.
    pub day: Day,
    pub contexts: Vec<ContextBar>,
    /// What its state means for the route.
    pub role: Option<String>,
    pub notes: Vec<Note>,
    /// A certificate that is not taken, as long as a person does not say so.
    pub trust: Option<Distrust>,
    /// What its models can be told to do, on a click.
    pub offers: Vec<Offer>,
    pub work: Option<Work>,
    pub base_url: String,
}

/// How much context a model is served with against what the config says.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ContextBar {
    pub model: String,
    #[ts(type = "number")]
    pub served: u64,
    #[ts(type = "number | null")]
    pub configured: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ModelRow {
    pub model_ref: String,
    pub provider: String,
    pub id: String,
    pub alias: Option<String>,
    /// "Local Model · Q4_K_M", "hosted, built in"
    pub about: String,
    /// In the file, so its limits can be edited. A hosted built-in model is not; its alias still can.
    pub in_file: bool,
    #[ts(type = "number | null")]
    pub context_window: Option<u64>,
    #[ts(type = "number | null")]
    pub max_tokens: Option<u64>,
    #[ts(type = "number | null")]
    pub served: Option<u64>,
    #[ts(type = "number | null")]
    pub maximum: Option<u64>,
    pub input: Vec<String>,
    pub reasoning: bool,
    /// "$3.00 in, $15.00 out per million tokens", "free", or nothing when the file gives no price.
    pub cost: Option<String>,
    /// The settings that the window has a field for, as written: what a change of one takes as `was`.
    pub fields: Fields,
    pub settings: Vec<SettingView>,
    pub mark: Mark,
    pub problems: Vec<ProblemView>,
}

#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ProviderRow {
    pub id: String,
    /// "LM Studio · 1 model", "hosted, built in"
    pub about: String,
    pub mark: Mark,
    /// In the file, so it can be edited.
    pub in_file: bool,
    pub local: bool,
    pub base_url: Option<String>,
    pub api: Option<String>,
    pub key: KeyView,
    pub headers: Vec<HeaderView>,
    /// The settings that the window has a field for, as written: what a change of one takes as `was`.
    pub fields: Fields,
    pub settings: Vec<SettingView>,
    pub answer: UrlAnswer,
    /// How many places of the config name it.
    pub referrers: u32,
    pub line: Option<u32>,
    pub problems: Vec<ProblemView>,
}

/// A change as it would be written: what the Review page shows.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Review {
    /// One for each change: "Local: context is now 32,768, was 196,608".
    pub sentences: Vec<Sentence>,
    pub diff: Vec<DiffLine>,
    pub lines_changed: u32,
    pub short_path: String,
    /// "JSON5" or "JSON"
    pub format: String,
    /// What the change would newly bring in.
    pub problems: Vec<ProblemView>,
    /// The hash of the text that the diff was made from; `save` refuses another.
    pub base: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Sentence {
    /// Alternating plain and bold pieces, plain first.
    pub pieces: Vec<String>,
    /// "agrees with what LM Studio serves"
    pub remark: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct DiffLine {
    pub sort: DiffSort,
    pub old: Option<u32>,
    pub new: Option<u32>,
    /// Alternating plain and emphasised pieces, plain first; secrets masked.
    pub pieces: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum DiffSort {
    Context,
    Added,
    Removed,
    /// Lines left out; the text says how many.
    Gap,
    /// The file that the lines below are of, where the config is made of several.
    File,
}
