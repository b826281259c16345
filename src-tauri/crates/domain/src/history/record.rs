//! Which transitions become history entries. A pause of the notices does not change that.

use crate::ModelRef;
use crate::base::locality;
use crate::base::secrets::mask_url;
use crate::history::{Entry, EntryKind, Evidence};
use crate::server::ServerTransition;
use crate::server::words::failure;
use crate::transition::{Situation, Transition};
use crate::turns::fallback::{Fallback, RouteTransition};
use crate::turns::signal::{Source, SourceTimes};
use crate::turns::{failed_with, gave_up, why_left};

/// `None` for transitions whose notices lead to other pages: a job's end, a changed certificate, a small context.
pub(super) fn entry(transition: &Transition, situation: Situation<'_>) -> Option<Entry> {
    match transition {
        Transition::Server(it) => of_server(it, situation),
        Transition::Route(it) => Some(of_route(it, situation)),
        Transition::ConfigChanged { saved_here, summary } => {
            let kind = if *saved_here { EntryKind::ConfigSaved } else { EntryKind::ConfigChanged };
            let why = Some(summary.join(", ")).filter(|it| !it.is_empty());
            Some(Entry { why, ..of_file(kind, situation) })
        }
        Transition::ConfigInvalid(text) => {
            let why = Some(format!("line {}: {}", text.line, text.message));
            Some(Entry { why, ..of_file(EntryKind::ConfigInvalid, situation) })
        }
        Transition::ConfigRejected(_) => None,
    }
}

fn of_file(kind: EntryKind, Situation { file, now, .. }: Situation<'_>) -> Entry {
    Entry { evidence: vec![Evidence::File], ..Entry::new(kind, file.path.clone(), file.name(), now.wall_ms) }
}

/// Every box, also one that no route uses.
fn of_server(transition: &ServerTransition, Situation { servers, now, .. }: Situation<'_>) -> Option<Entry> {
    let entry = |kind, subject: &str, name: String| Entry {
        evidence: vec![Evidence::Probe],
        ..Entry::new(kind, subject, name, now.wall_ms)
    };
    let behind = |base_url: &str, model: &ModelRef| {
        format!("{} behind {}", locality::address(base_url), servers.box_name(&model.provider))
    };
    Some(match transition {
        ServerTransition::BoxDown { provider, why, .. } => {
            Entry { why: Some(failure(why)), ..entry(EntryKind::BoxDown, provider, servers.box_name(provider)) }
        }
        ServerTransition::BoxUp { provider, since } => {
            let lasted_ms = Some(now.wall_ms - since);
            Entry { lasted_ms, ..entry(EntryKind::BoxUp, provider, servers.box_name(provider)) }
        }
        ServerTransition::UpstreamDown { base_url, model, why, .. } => {
            Entry { why: Some(failure(why)), ..entry(EntryKind::BoxDown, &mask_url(base_url), behind(base_url, model)) }
        }
        ServerTransition::UpstreamUp { base_url, model, since } => {
            let lasted_ms = Some(now.wall_ms - since);
            Entry { lasted_ms, ..entry(EntryKind::BoxUp, &mask_url(base_url), behind(base_url, model)) }
        }
        // A subject of its own: an outage of its server may come and go meanwhile.
        ServerTransition::CheckFailed { model, why } => Entry {
            why: Some(format!("a question for one token got no answer: {why}")),
            ..entry(EntryKind::BoxDown, &model.to_string(), servers.config.name(model))
        },
        ServerTransition::CheckPassed { model } => entry(EntryKind::BoxUp, &model.to_string(), servers.config.name(model)),
        ServerTransition::ContextSmall { .. } | ServerTransition::CertificateChanged { .. } | ServerTransition::JobEnded(_) => {
            return None;
        }
    })
}

fn of_route(transition: &RouteTransition, situation: Situation<'_>) -> Entry {
    let Situation { servers, now, .. } = situation;
    let name = |model: &ModelRef| servers.config.name(model);
    let entry = |kind, about: &ModelRef, evidence: Option<&SourceTimes>| Entry {
        evidence: sources(evidence),
        ..Entry::new(kind, about.to_string(), name(about), now.wall_ms)
    };
    let no_answer = |requested: &ModelRef, evidence: &SourceTimes, why: String| Entry {
        why: Some(why),
        ..entry(EntryKind::RouteExhausted, requested, Some(evidence))
    };
    match transition {
        RouteTransition::FellBack { from, fallback } | RouteTransition::Moved { from, fallback } => {
            let mut kept = entry(EntryKind::FallbackStarted, from, Some(&fallback.evidence));
            kept.to = Some(name(&fallback.to));
            kept.why = Some(why_left(servers, from, fallback));
            kept.left_machine = servers.is_local(from) && !servers.is_local(&fallback.to);
            if probe_agrees(from, fallback, situation) && !kept.evidence.contains(&Evidence::Probe) {
                kept.evidence.push(Evidence::Probe);
            }
            kept
        }
        RouteTransition::Back { from, was } => {
            let mut kept = entry(EntryKind::FallbackEnded, from, Some(&was.evidence));
            kept.to = Some(name(&was.to));
            kept.lasted_ms = Some(now.wall_ms - was.since);
            kept.answers = was.answers.iter().map(|(model, n)| (name(model), *n)).collect();
            kept
        }
        RouteTransition::Exhausted { requested, failed, evidence } => {
            let why = failed.iter().map(|(model, reason)| failed_with(&name(model), reason, servers.outage(&model.provider)));
            no_answer(requested, evidence, why.collect::<Vec<_>>().join(", "))
        }
        RouteTransition::GaveUp { requested, on, reason, evidence } => {
            no_answer(requested, evidence, gave_up(servers, situation.release, on, reason).0)
        }
        RouteTransition::Overflow { requested, on, evidence } => no_answer(
            requested,
            evidence,
            format!("the prompt was longer than the context of {}, and OpenClaw does not fall back on that", name(on)),
        ),
        RouteTransition::Stuck { on, waited_ms } => Entry { lasted_ms: Some(*waited_ms), ..entry(EntryKind::RunStuck, on, None) },
    }
}

/// OpenClaw says nothing without its log.
fn sources(evidence: Option<&SourceTimes>) -> Vec<Evidence> {
    let source = |it| match it {
        Source::Log => Evidence::Log,
        Source::Socket => Evidence::Socket,
        Source::Probe => Evidence::Probe,
    };
    let said: Vec<Evidence> = evidence.into_iter().flat_map(SourceTimes::iter).map(|it| source(it.0)).collect();
    if said.is_empty() { vec![Evidence::Log] } else { said }
}

fn probe_agrees(from: &ModelRef, fallback: &Fallback, situation: Situation<'_>) -> bool {
    fallback.probe.is_some() || situation.servers.outage(&from.provider).is_some()
}
