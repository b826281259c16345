//! What the OpenClaw that is installed here would refuse of an edit, by the schema that it prints itself. Pilot Light's own rules may know
//! less of this release, and the schema may be wrong: it is told, and a person decides.

use document::Document;

use super::new_findings::NewFindings;
use crate::app::state::State;
use crate::base::Severity;
use crate::base::change::Change;
use crate::config::Problem;
use crate::schema::SchemaStatus;

/// What is new, and not among what is `told` of the same place already.
pub fn refused(state: &State, doc: &Document, after: &Document, changes: &[Change], told: &[Problem]) -> Vec<Problem> {
    let Some(SchemaStatus::Known(installed)) = &state.installed_schema else { return Vec::new() };
    let mut violations = NewFindings::new(changes).newly_refused(doc, after, installed);
    violations.retain(|it| !told.iter().any(|known| known.severity == Severity::Error && known.at == it.at));
    let message = |it: &str| format!("OpenClaw {} would refuse this: {it}.", installed.version());
    violations.into_iter().map(|it| Problem::new("schema.refused", Severity::Error, it.at.clone(), message(&it.bare()))).collect()
}
