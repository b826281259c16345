//! The words of each notice: what happened, what it means, and what to do about it.

use crate::ModelRef;
use crate::base::locality;
use crate::base::secrets::mask_url;
use crate::base::shown::Shown;
use crate::base::words::{clock, count, lasted, list, short_tokens};
use crate::notify::notice::{Code, Notice};
use crate::server::ServerTransition;
use crate::server::observation::Failure;
use crate::server::words::{failure, next_step};
use crate::transition::{Situation, Transition};
use crate::turns::fallback::RouteTransition;
use crate::turns::{Destination, OutageCost, failed_with, gave_up, price_of_turn, why_left};

/// Characters that a popup may have.
const TITLE: usize = 120;
const BODY: usize = 600;

/// `None` for what is kept in the history and not told.
pub(super) fn notice(transition: &Transition, situation: Situation<'_>) -> Option<Notice> {
    let (code, subject, title, body) = match transition {
        Transition::Server(it) => of_server(it, situation),
        Transition::Route(it) => of_route(it, situation),
        Transition::ConfigChanged { .. } => return None,
        Transition::ConfigInvalid(text) => (
            Code::ConfigInvalid,
            "config".to_owned(),
            format!("{} has an error", situation.file.name()),
            format!("line {}: {}. OpenClaw keeps the last good config.", text.line, text.message),
        ),
        Transition::ConfigRejected(it) => (Code::ConfigReverted, it.name.clone(), it.title().to_owned(), it.body()),
    };
    // Servers and files have a say in the words.
    let (title, body) = (Shown::line(&title, TITLE).into_string(), Shown::line(&body, BODY).into_string());
    Some(Notice { code, subject, title, body, at: situation.now.wall_ms })
}

type Words = (Code, String, String, String);

fn of_server(transition: &ServerTransition, Situation { servers, now, release, .. }: Situation<'_>) -> Words {
    let ago = |since: i64| lasted(now.wall_ms - since);
    match transition {
        ServerTransition::BoxDown { provider, since, why } => {
            (Code::BoxDown, provider.clone(), format!("{} stopped answering", servers.box_name(provider)), {
                let fault = if matches!(why, Failure::WrongBaseUrl(_)) { format!(" {}", next_step(why)) } else { String::new() };
                let cost = OutageCost::of(servers, release, provider).sentence();
                format!("{} since {}.{fault} {cost}", failure(why), clock(*since, now))
            })
        }
        ServerTransition::BoxUp { provider, since } => {
            (Code::BoxUp, provider.clone(), format!("{} is back", servers.box_name(provider)), format!("after {}", ago(*since)))
        }
        ServerTransition::UpstreamDown { base_url, model, since, why } => (
            Code::BoxDown,
            mask_url(base_url),
            format!("{} is up, but the server behind it is down", servers.box_name(&model.provider)),
            format!("{}: {} since {}.", locality::address(base_url), failure(why), clock(*since, now)),
        ),
        ServerTransition::UpstreamUp { base_url, model, since } => (
            Code::BoxUp,
            mask_url(base_url),
            format!("The server behind {} is back", servers.box_name(&model.provider)),
            format!("{}, after {}", locality::address(base_url), ago(*since)),
        ),
        ServerTransition::CheckFailed { model, why } => (
            Code::BoxDown,
            model.provider.clone(),
            format!("{} does not answer", servers.box_name(&model.provider)),
            format!("{} is loaded, but a test question of one token failed: {why}.", model.model),
        ),
        ServerTransition::CheckPassed { model } => (
            Code::BoxUp,
            model.provider.clone(),
            format!("{} answers again", servers.box_name(&model.provider)),
            format!("{} answered a test question of one token", model.model),
        ),
        ServerTransition::ContextSmall { model, served, configured } => (
            Code::ContextSmall,
            model.to_string(),
            format!("{} serves {} of {}", servers.box_name(&model.provider), short_tokens(*served), short_tokens(*configured)),
            "Longer prompts fail, and OpenClaw does not fall back on that.".to_owned(),
        ),
        ServerTransition::CertificateChanged { provider } => (
            Code::CertificateChanged,
            provider.clone(),
            format!("{} shows another certificate", servers.box_name(provider)),
            "It is not the one you trusted, so nothing was sent to it. Compare the fingerprint before you trust it.".to_owned(),
        ),
        ServerTransition::JobEnded(job) => {
            let (title, body) = crate::server::job::ended(job);
            (Code::JobDone, format!("{} {}", job.request.provider, job.request.id), title, body)
        }
    }
}

fn of_route(transition: &RouteTransition, Situation { servers, now, release, .. }: Situation<'_>) -> Words {
    let name = |model: &ModelRef| servers.config.name(model);
    let no_answer =
        |requested: &ModelRef, body: String| (Code::RouteExhausted, requested.to_string(), "No model answered".to_owned(), body);
    match transition {
        RouteTransition::FellBack { from, fallback } | RouteTransition::Moved { from, fallback } => {
            let price = price_of_turn(servers, from, &fallback.to).map(|it| format!(" {it}.")).unwrap_or_default();
            let destination = Destination::of(servers, from, &fallback.to).sentence();
            (
                Code::FallbackStarted,
                format!("{from} > {}", fallback.to),
                format!("Fell back to {}", name(&fallback.to)),
                format!("{} {destination}{price}", why_left(servers, from, fallback)),
            )
        }
        RouteTransition::Back { from, was } => {
            let answers = was.answers.iter();
            let answers: Vec<String> =
                answers.map(|(model, n)| format!("{} from {}", count(*n as usize, "answer", "answers"), name(model))).collect();
            (
                Code::FallbackEnded,
                from.to_string(),
                format!("Back on {}", name(from)),
                format!("after {}, {}", lasted(now.wall_ms - was.since), list(&answers)),
            )
        }
        RouteTransition::Exhausted { requested, failed, .. } => {
            let why = failed
                .iter()
                .map(|(model, reason)| format!("{}.", failed_with(&name(model), reason, servers.outage(&model.provider))));
            no_answer(requested, why.collect::<Vec<_>>().join(" "))
        }
        RouteTransition::GaveUp { requested, on, reason, .. } => {
            let (what, advice) = gave_up(servers, release, on, reason);
            no_answer(requested, advice.map_or_else(|| format!("{what}."), |it| format!("{what}. {it}")))
        }
        RouteTransition::Overflow { requested, on, .. } => no_answer(
            requested,
            format!(
                "The prompt is longer than the context of {}, and OpenClaw does not fall back on that. Start over with /new, or serve more context.",
                name(on)
            ),
        ),
        RouteTransition::Stuck { on, waited_ms } => (
            Code::RunStuck,
            on.to_string(),
            format!("OpenClaw is waiting for {}", name(on)),
            format!(
                "It has not answered for {}, and OpenClaw will not fall back by itself. Set timeoutSeconds.",
                lasted(*waited_ms)
            ),
        ),
    }
}
