//! What a person asks of a server through the window, before anything of it is in the config.

use domain::base::refusal::{Refusal, RefusalCode};
use domain::config::Provider;
use domain::server::observation::{Answer, ProbeRequest};
use domain::view::discovery::{ListedModel, listed};
use domain::view::types::{Mark, Shape};
use tokio::sync::oneshot;

use crate::discover::question;

const HOSTED: &str = "hosted: not checked, so that no key leaves for a check";

impl super::Owner {
    pub(super) fn try_url(&self, provider: Option<&str>, base_url: &str, reply: oneshot::Sender<Mark>) {
        let Some(request) = self.question(provider, base_url) else {
            let _ = reply.send(Mark { shape: Shape::Hosted, text: HOSTED.to_owned() });
            return;
        };
        let prober = self.prober.clone();
        tokio::spawn(async move {
            let seen = prober.probe(&request).await;
            let mark = match &seen.answer {
                Answer::Up(_) => Mark { shape: Shape::Ok, text: domain::server::words::answers(&seen) },
                Answer::Failed(why) if why.is_outage() => Mark { shape: Shape::Bad, text: domain::server::words::failure(why) },
                Answer::Failed(why) => Mark { shape: Shape::Warn, text: domain::server::words::failure(why) },
            };
            let _ = reply.send(mark);
        });
    }

    pub(super) fn list_models(
        &self,
        provider: Option<String>,
        base_url: &str,
        reply: oneshot::Sender<Result<Vec<ListedModel>, Refusal>>,
    ) {
        let Some(request) = self.question(provider.as_deref(), base_url) else {
            let _ = reply.send(Err(Refusal::new(RefusalCode::Invalid, HOSTED)));
            return;
        };
        let (prober, config) = (self.prober.clone(), self.state.config.clone());
        tokio::spawn(async move {
            let seen = prober.probe(&request).await;
            reply.send(listed(&config, provider.as_deref(), &seen))
        });
    }

    /// All about whoever answers at an address that may not be in the config yet; with the provider's secrets if that is its own origin.
    /// `None` for a hosted one.
    fn question(&self, provider: Option<&str>, base_url: &str) -> Option<ProbeRequest> {
        if !domain::base::locality::is_local(base_url) {
            return None;
        }
        let known = provider.and_then(|it| self.state.config.provider(it));
        let own = known.filter(|it| it.base_url.as_deref().is_some_and(|it| domain::base::locality::same_origin(it, base_url)));
        Some(ProbeRequest {
            provider: provider.unwrap_or_default().to_owned(),
            api: known.and_then(|it| it.api.clone()),
            key: own.and_then(|it| it.key.value()).map(str::to_owned),
            headers: own.map(Provider::sent_headers).unwrap_or_default(),
            ..question(base_url)
        })
    }
}
