//! The doctor: the setup checklist, the troubleshooting and the safety advice of OpenClaw's local-models guide (2026.9.6), as checks on what
//! is configured and what the servers say. Each has a verdict, what was seen, and what to do.

mod safety;
mod setup;
mod troubleshooting;
mod types;

use crate::ModelRef;
use crate::app::state::State;
use crate::base::words::count;
use crate::config::Provider;
use crate::config::Reading;
pub use types::{Check, DoctorView, Go, Group, Remedy, Verdict};

/// So many servers or models with the same trouble are told one by one.
const EACH: usize = 5;

#[must_use]
pub fn doctor(state: &State) -> Vec<Check> {
    let mut checks = vec![setup::config(state)];
    checks.extend(setup::schema(state));
    if state.file.good_since.is_some() {
        checks.extend(setup::checks(state));
    }
    checks.extend(troubleshooting::checks(state));
    if state.file.good_since.is_some() {
        checks.extend(safety::checks(state));
    }
    checks
}

#[must_use]
pub fn doctor_view(state: &State) -> DoctorView {
    let checks = doctor(state);
    let number = |verdicts: &[Verdict]| checks.iter().filter(|it| verdicts.contains(&it.verdict)).count();
    let (open, fine) = (number(&[Verdict::Warn, Verdict::Fail]), number(&[Verdict::Ok]));
    let title = match (open, fine) {
        _ if state.file.reading == Reading::Waiting => "Looking".to_owned(),
        (0, _) => format!("{} fine", count(fine, "thing is", "things are")),
        (open, 0) => format!("{} a hand", count(open, "thing needs", "things need")),
        (open, fine) => {
            format!("{} a hand, {fine} {} fine", count(open, "thing needs", "things need"), if fine == 1 { "is" } else { "are" })
        }
    };
    DoctorView { title, open: u32::try_from(open).unwrap_or(u32::MAX), checks }
}

/// What was found of one server or model.
struct Finding {
    subject: String,
    verdict: Verdict,
    evidence: String,
    remedy: Option<Remedy>,
}

impl Finding {
    fn new(subject: impl Into<String>, verdict: Verdict, evidence: impl Into<String>) -> Finding {
        Finding { subject: subject.into(), verdict, evidence: evidence.into(), remedy: None }
    }

    fn remedy(self, remedy: Remedy) -> Finding {
        Finding { remedy: Some(remedy), ..self }
    }
}

struct Topic {
    id: &'static str,
    group: Group,
    title: &'static str,
}

impl Topic {
    fn check(&self, verdict: Verdict, evidence: impl Into<String>) -> Check {
        Check {
            id: self.id.to_owned(),
            group: self.group,
            title: self.title.to_owned(),
            verdict,
            evidence: evidence.into(),
            remedy: None,
        }
    }

    /// A row for each trouble; one for all when there is none.
    fn gather(&self, findings: Vec<Finding>, nothing: &str) -> Vec<Check> {
        let several = findings.len() > 1;
        let said = |it: &Finding| {
            if several && !it.evidence.starts_with(&it.subject) {
                format!("{}: {}", it.subject, it.evidence)
            } else {
                it.evidence.clone()
            }
        };
        let (troubles, calm): (Vec<Finding>, Vec<Finding>) = findings.into_iter().partition(|it| it.verdict >= Verdict::Warn);
        if troubles.is_empty() {
            let judged = calm.iter().any(|it| it.verdict == Verdict::Ok);
            let told: Vec<String> = calm.iter().filter(|it| !judged || it.verdict == Verdict::Ok).map(said).collect();
            let verdict = if judged { Verdict::Ok } else { Verdict::Skipped };
            return vec![self.check(verdict, if told.is_empty() { nothing.to_owned() } else { few(&told) })];
        }
        let rest = troubles.len().saturating_sub(EACH);
        let mut checks: Vec<Check> = troubles
            .iter()
            .take(EACH)
            .map(|it| Check { remedy: it.remedy.clone(), ..self.check(it.verdict, said(it)) })
            .collect();
        if rest > 0 {
            let worst = troubles.iter().skip(EACH).map(|it| it.verdict).max().unwrap_or(Verdict::Warn);
            checks.push(self.check(worst, format!("and {rest} more like that")));
        }
        checks
    }
}

impl Check {
    fn remedy(self, remedy: Remedy) -> Check {
        Check { remedy: Some(remedy), ..self }
    }
}

/// So many facts are told one by one.
const SHOWN: usize = 3;

/// "a; b; c; and 2 more"
fn few(items: &[String]) -> String {
    let rest = items.len().saturating_sub(SHOWN);
    let shown = items.iter().take(SHOWN).cloned().collect::<Vec<_>>().join("; ");
    if rest > 0 { format!("{shown}; and {rest} more") } else { shown }
}

/// "A. B. C. And 2 more."
fn few_sentences(items: &[String]) -> String {
    let rest = items.len().saturating_sub(SHOWN);
    let shown = items.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(" ");
    if rest > 0 { format!("{shown} And {rest} more.") } else { shown }
}

/// The local servers that matter: those of a route, else all that are configured.
fn local_providers(state: &State) -> Vec<&Provider> {
    let local: Vec<&Provider> = state.config.providers.iter().filter(|it| it.is_local()).collect();
    let used: Vec<&Provider> = local.iter().copied().filter(|it| state.config.uses(&it.id)).collect();
    if used.is_empty() { local } else { used }
}

/// The local models that matter: those of a route, else all that are configured.
fn local_models(state: &State) -> Vec<ModelRef> {
    let providers = local_providers(state);
    let is_local = |it: &ModelRef| providers.iter().any(|provider| provider.id == it.provider);
    let mut models: Vec<ModelRef> = Vec::new();
    for model in state.config.routes().flat_map(|(_, route)| state.config.members(route)).filter(is_local) {
        if !models.contains(&model) {
            models.push(model);
        }
    }
    if models.is_empty() {
        models = providers.iter().flat_map(|it| it.models.iter().map(|model| ModelRef::new(&it.id, &model.id))).collect();
    }
    models
}
