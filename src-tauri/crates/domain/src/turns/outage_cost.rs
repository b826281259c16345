//! What an outage of a provider's server costs the next turn (OpenClaw 2026.9.6, measured).

use crate::base::locality;
use crate::server::Servers;
use crate::server::observation::Failure;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutageCost {
    OnlyAFallback,
    NoFallback,
    WaitsForever,
    EndsWithError,
    LosesMinutes,
    RetriesFirst,
}

impl OutageCost {
    #[must_use]
    pub fn of(servers: Servers<'_>, provider: &str) -> Self {
        let chain = servers.config.chain();
        if chain.first().is_none_or(|it| it.provider != provider) {
            return OutageCost::OnlyAFallback;
        }
        if chain.iter().all(|it| it.provider == provider) {
            return OutageCost::NoFallback;
        }
        let hangs = servers.outage(provider) == Some(&Failure::TimedOut);
        let timeout = servers.config.provider(provider).and_then(|it| it.timeout_seconds);
        let local = servers.get(provider).is_some_and(|it| locality::is_local(&it.base_url));
        match (hangs, timeout) {
            (true, None) if local => OutageCost::WaitsForever,
            (true, Some(s)) if s < 30 => OutageCost::EndsWithError,
            (true, _) => OutageCost::LosesMinutes,
            (false, _) => OutageCost::RetriesFirst,
        }
    }

    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            OutageCost::OnlyAFallback => "This is only a fallback, so answers continue, but nothing backs them up.",
            OutageCost::NoFallback => "No fallback is set, so OpenClaw can't answer.",
            OutageCost::WaitsForever => "OpenClaw would wait for it without end. Set timeoutSeconds.",
            OutageCost::EndsWithError => {
                "OpenClaw would end the turn with an error and no fallback. Set timeoutSeconds to 30 or more."
            }
            OutageCost::LosesMinutes => "OpenClaw would lose some minutes on each turn before it falls back.",
            OutageCost::RetriesFirst => "OpenClaw would lose about 80 s on each turn before it falls back.",
        }
    }
}
