//! The settings as a person changes them.

use serde::Serialize;
use ts_rs::TS;

use super::trust::Trusted;
use crate::app::state::State;
use crate::notify::notice::Code;
use crate::notify::settings::Settings;

#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SettingsView {
    pub values: Settings,
    /// Where the file is.
    pub path: String,
    /// Why the file can't be read: the values are the last good ones.
    pub fault: Option<String>,
    /// The probe interval was given when Pilot Light was started, which goes before the setting.
    pub interval_given: bool,
    pub notices: Vec<Choice>,
    /// The boxes, to mute them one by one.
    pub boxes: Vec<Choice>,
    /// The certificates that were taken on a person's word.
    pub trusted: Vec<Trusted>,
}

#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Choice {
    pub id: String,
    pub name: String,
}

pub fn settings(state: &State) -> SettingsView {
    let choice = |id: &str, name: String| Choice { id: id.to_owned(), name };
    let muted_and_gone = state.preferences.settings.muted.iter().filter(|it| !state.fleet.servers.contains_key(*it));
    SettingsView {
        values: state.preferences.settings.clone(),
        path: state.preferences.path.clone(),
        fault: state.preferences.fault.clone(),
        interval_given: state.preferences.interval_given,
        notices: Code::TOLD.iter().map(|it| choice(it.id(), it.about().to_owned())).collect(),
        boxes: state
            .fleet
            .servers
            .keys()
            .map(|id| choice(id, state.servers().box_name(id)))
            .chain(muted_and_gone.map(|id| choice(id, id.clone())))
            .collect(),
        trusted: super::trust::trusted(state),
    }
}
