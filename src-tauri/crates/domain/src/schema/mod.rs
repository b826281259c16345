//! What OpenClaw takes on the model side of its config: one unknown key or one value of the wrong sort, and it does not start. The
//! tables hold 2026.3.28 and 2026.9.6, each as its `openclaw config schema` printed it; what is not of models is not looked at. Where an
//! OpenClaw is installed, what it prints itself is held beside them ([`Printed`]).

mod custom;
mod generation;
mod judge;
mod known;
mod policy;
mod printed;
mod shape;
mod tables;
mod wording;

use document::{Document, Path, ValueRef};

pub use generation::Generation;
pub use known::{SettingSort, SettingSpec, has_field, known};
pub use printed::{OwnSchema, Printed};
pub use shape::{Fault, Shape, reference_part};

/// What is wrong with the model side of a config, for an OpenClaw of some generation.
#[must_use]
pub fn faults(doc: &Document, generation: Generation) -> Vec<Fault> {
    found(doc, None, generation)
}

/// The same, but for what is written as it was in another document: an edit of a large config leaves most of it alone.
#[must_use]
pub fn faults_since(before: &Document, doc: &Document, generation: Generation) -> Vec<Fault> {
    found(doc, Some(before.root()), generation)
}

fn found(doc: &Document, was: Option<ValueRef<'_>>, generation: Generation) -> Vec<Fault> {
    let mut faults = shape::check(&tables::CONFIG, doc.root(), was, generation);
    faults.extend(policy::faults(doc));
    faults.extend(custom::faults(doc, generation));
    faults
}

/// The shape of a setting; `None` where no release knows it.
#[must_use]
pub fn shape_at(at: &Path) -> Option<&'static Shape> {
    tables::CONFIG.below(at.segments())
}
