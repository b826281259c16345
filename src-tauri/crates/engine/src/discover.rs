//! Looks for servers on a person's request: on the ports of this machine that they are known to use, all at once and within a few
//! seconds, or at an address that is being typed.

use std::time::Duration;

use domain::base::locality;
use domain::base::refusal::{Refusal, RefusalCode};
use domain::config::{Config, Provider};
use domain::server::observation::{Answer, Failure, Observation, ProbeRequest};
use domain::view::discovery::{Found, ListedModel, found, listed};
use domain::view::types::UrlAnswer;
use tokio::task::JoinSet;

use crate::probe::{Prober, anonymous_request};

/// All ports together: a person is waiting.
const WHOLE: Duration = Duration::from_millis(2_500);

/// Returns who answers on loopback, in the order of `ports`. What does not answer in time is not there.
pub async fn discover(prober: &Prober, config: &Config, ports: &[(u16, &str)]) -> Vec<Found> {
    let prober = prober.clone().within(WHOLE);
    let mut rounds = JoinSet::new();
    for (place, (port, path)) in ports.iter().enumerate() {
        let (prober, port, path) = (prober.clone(), *port, (*path).to_owned());
        rounds.spawn(async move { (place, ask_loopback(&prober, port, &path).await) });
    }
    let mut seen = rounds.join_all().await;
    seen.sort_by_key(|it| it.0);
    seen.into_iter().filter_map(|(_, (base_url, seen))| found(config, &base_url, &seen)).collect()
}

/// Most listen on IPv4 alone, some on IPv6 alone.
async fn ask_loopback(prober: &Prober, port: u16, path: &str) -> (String, Observation) {
    let v4 = format!("http://127.0.0.1:{port}{path}");
    let seen = prober.probe(&anonymous_request(&v4)).await;
    if seen.answer != Answer::Failed(Failure::Refused) {
        return (v4, seen);
    }
    let v6 = format!("http://[::1]:{port}{path}");
    let seen = prober.probe(&anonymous_request(&v6)).await;
    (v6, seen)
}

/// Asks whoever answers at an address that may not be in the config yet.
pub(crate) async fn try_url(prober: &Prober, config: &Config, provider: Option<&str>, base_url: &str) -> UrlAnswer {
    match request(config, provider, base_url) {
        Some(request) => UrlAnswer::from(&prober.probe(&request).await),
        None => UrlAnswer::hosted(),
    }
}

/// Returns all that the server at an address lists.
pub(crate) async fn list_models(
    prober: &Prober,
    config: &Config,
    provider: Option<&str>,
    base_url: &str,
) -> Result<Vec<ListedModel>, Refusal> {
    let hosted = || Refusal::new(RefusalCode::Invalid, UrlAnswer::hosted().mark.text);
    let request = request(config, provider, base_url).ok_or_else(hosted)?;
    listed(config, provider, &prober.probe(&request).await)
}

/// With the provider's secrets only where the address is of the origin that they are configured for. `None` for a hosted one.
fn request(config: &Config, provider: Option<&str>, base_url: &str) -> Option<ProbeRequest> {
    if !locality::is_local(base_url) {
        return None;
    }
    let known = provider.and_then(|id| config.provider(id));
    let is_own_origin = |known: &&Provider| known.base_url.as_deref().is_some_and(|own| locality::same_origin(own, base_url));
    let own = known.filter(is_own_origin);
    Some(ProbeRequest {
        provider: provider.unwrap_or_default().to_owned(),
        api: known.and_then(|it| it.api.clone()),
        key: own.and_then(|it| it.key.value()).map(str::to_owned),
        headers: own.map(Provider::sent_headers).unwrap_or_default(),
        ..anonymous_request(base_url)
    })
}
