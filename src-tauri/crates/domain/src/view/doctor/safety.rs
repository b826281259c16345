//! How much harm a local model can do that is talked into it: these run without the filters of hosted ones.

use super::{Check, Finding, Group, Remedy, Topic, Verdict, local_models};
use crate::ModelRef;
use crate::app::state::State;
use crate::base::model_size::weight;

const fn topic(id: &'static str, title: &'static str) -> Topic {
    Topic { id, group: Group::Safety, title }
}

const COMPACTION: Topic = topic("compaction", "Compaction is on");
const TOOLS: Topic = topic("tools", "Tools are limited for local models");
const SIZE: Topic = topic("size", "The model is large enough");

pub fn checks(state: &State) -> Vec<Check> {
    let models = local_models(state);
    let mut checks = vec![compaction(state)];
    checks.extend(TOOLS.gather(tools(state, &models), "no local model is configured"));
    checks.extend(SIZE.gather(models.iter().map(|it| size(state, it)).collect(), "no local model is configured"));
    checks
}

fn compaction(state: &State) -> Check {
    let posture = &state.config.posture;
    if posture.compaction == Some(false) {
        let remedy =
            Remedy::say("With compaction, old text leaves the context, and with it what someone may have planted there.");
        return COMPACTION
            .check(Verdict::Warn, "agents.defaults.compaction.enabled is false")
            .remedy(remedy.copy("openclaw config set agents.defaults.compaction.enabled true"));
    }
    let mode = posture.compaction_mode.as_deref().map_or_else(|| "on, OpenClaw's default".to_owned(), |it| format!("on, {it}"));
    COMPACTION.check(Verdict::Ok, mode)
}

/// One finding for each provider: that is where they can be narrowed.
fn tools(state: &State, models: &[ModelRef]) -> Vec<Finding> {
    let posture = &state.config.posture;
    let mut findings: Vec<Finding> = Vec::new();
    for model in models.iter() {
        let provider = &model.provider;
        if findings.iter().any(|it| it.subject == *provider) {
            continue;
        }
        let open = models.iter().filter(|it| it.provider == *provider).any(|it| !posture.tools_are_narrow(provider, &it.model));
        findings.push(if !open {
            Finding::new(provider, Verdict::Ok, format!("{provider} can't run commands"))
        } else if posture.sandbox.as_deref() == Some("all") {
            Finding::new(provider, Verdict::Ok, format!("{provider} runs commands only in a sandbox"))
        } else {
            let remedy = Remedy::say(
                "Give its models fewer tools, for example with the messaging profile, or run all sessions in a sandbox. Then a web page or a mail can do less harm.",
            );
            Finding::new(provider, Verdict::Warn, format!("models of {provider} may run commands on this machine"))
                .remedy(remedy.copy(format!("openclaw config set 'tools.byProvider.{provider}.profile' messaging")))
        });
    }
    findings
}

fn size(state: &State, model: &ModelRef) -> Finding {
    let name = state.config.name(model);
    let served = state.servers().served(model);
    if served.is_some_and(|it| it.remote) {
        return Finding::new(name, Verdict::Skipped, "it runs in someone's cloud");
    }
    let quantisation = served.and_then(|it| it.quantisation.clone()).unwrap_or_default();
    let (facts, weakness) = weight(&quantisation, &[&model.model, served.map_or("", |it| &it.id)]);
    if facts.is_empty() {
        return Finding::new(name, Verdict::Skipped, "neither its name nor its server says how large it is");
    }
    let Some(weakness) = weakness else { return Finding::new(name, Verdict::Ok, facts) };
    Finding::new(name, Verdict::Warn, format!("{facts}: {weakness}"))
        .remedy(Remedy::say("Run the largest build that fits your memory; give this one few tools and text that you trust."))
}
