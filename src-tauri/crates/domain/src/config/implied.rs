//! Providers that the file does not describe and still uses.

use super::{Config, Provider};
use crate::base::locality::is_local;

/// Base URLs that OpenClaw has built in for local providers without an entry in the file (2026.9.6).
const LOCAL: [(&str, &str); 2] = [("lmstudio", "http://localhost:1234/v1"), ("ollama", "http://127.0.0.1:11434")];

/// Adds providers that only refs name: bundled local ones with OpenClaw's own base URL, hosted ones without one.
pub(super) fn providers(config: &mut Config) {
    let routed = config.routes().flat_map(|(_, route)| config.members(route)).collect::<Vec<_>>();
    let named =
        routed.into_iter().chain(config.aliases.iter().map(|it| it.model.clone())).map(|it| it.provider).collect::<Vec<_>>();
    for id in named {
        let is_known = config.providers.iter().any(|it| it.id.eq_ignore_ascii_case(&id));
        if !is_known {
            let base_url = LOCAL.iter().find(|it| it.0.eq_ignore_ascii_case(&id)).map(|it| it.1.to_owned());
            let local = base_url.as_deref().is_some_and(is_local);
            let api = id.eq_ignore_ascii_case("ollama").then(|| "ollama".to_owned());
            config.providers.push(Provider { id, base_url, local, api, implied: true, ..Provider::default() });
        }
    }
}
