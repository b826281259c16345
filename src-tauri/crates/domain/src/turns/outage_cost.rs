//! What an outage of a provider's server costs the next turn, which differs between the releases of OpenClaw.

use crate::base::locality;
use crate::base::releases::Release;
use crate::server::Servers;
use crate::server::observation::Failure;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutageCost {
    OnlyAFallback,
    NoFallback,
    WaitsForever,
    /// As long as `timeoutSeconds` is shorter than this.
    EndsWithError {
        shortest_timeout: u64,
    },
    LosesMinutes,
    LosesSeconds(u64),
    /// The release is not known, or was not measured.
    Unknown,
}

impl OutageCost {
    #[must_use]
    pub fn of(servers: Servers<'_>, release: Release, provider: &str) -> Self {
        let chain = servers.config.chain();
        if chain.first().is_none_or(|it| it.provider != provider) {
            return OutageCost::OnlyAFallback;
        }
        if chain.iter().all(|it| it.provider == provider) {
            return OutageCost::NoFallback;
        }
        if servers.outage(provider) != Some(&Failure::TimedOut) {
            return release.refused_seconds().map_or(OutageCost::Unknown, OutageCost::LosesSeconds);
        }
        let timeout = servers.config.provider(provider).and_then(|it| it.timeout_seconds);
        let local = servers.get(provider).is_some_and(|it| locality::is_local(&it.base_url));
        match (timeout, release.shortest_timeout()) {
            (None, _) if local => OutageCost::WaitsForever,
            (Some(timeout), Some(shortest_timeout)) if timeout < shortest_timeout => {
                OutageCost::EndsWithError { shortest_timeout }
            }
            (_, Some(_)) => OutageCost::LosesMinutes,
            (Some(timeout), None) if release.retries() == Some(0) => OutageCost::LosesSeconds(timeout),
            _ => OutageCost::Unknown,
        }
    }

    #[must_use]
    pub fn sentence(self) -> String {
        match self {
            OutageCost::OnlyAFallback => "This is only a fallback, so answers continue, but nothing backs them up.".to_owned(),
            OutageCost::NoFallback => "No fallback is set, so OpenClaw can't answer.".to_owned(),
            OutageCost::WaitsForever => "OpenClaw would wait for it forever. Set timeoutSeconds.".to_owned(),
            OutageCost::EndsWithError { shortest_timeout } => format!(
                "OpenClaw would end the turn with an error and no fallback. Set timeoutSeconds to {shortest_timeout} or more."
            ),
            OutageCost::LosesMinutes => "OpenClaw would lose some minutes on each turn before it falls back.".to_owned(),
            OutageCost::LosesSeconds(seconds) => {
                format!("OpenClaw would lose about {seconds} s on each turn before it falls back.")
            }
            OutageCost::Unknown => "OpenClaw would ask it first on each turn, and then fall back.".to_owned(),
        }
    }
}
