//! Where the gateway is and what lets us in, as OpenClaw finds it itself (2026.9.6): from the config, then the environment.

use std::path::Path;

use domain::config::{Gateway, Secret};
use domain::turns::gateway_connection::ConnectionError;
use url::Url;

use crate::config::Environment;

const PORT: u16 = 18_789;
/// OpenClaw's `--dev`.
const DEV_PORT: u16 = 19_001;

#[derive(Clone, PartialEq)]
pub(crate) struct Target {
    pub(crate) url: String,
    pub(crate) key: GatewayAuth,
}

#[derive(Clone, PartialEq)]
pub(crate) enum GatewayAuth {
    /// `gateway.auth.mode: "none"`.
    Unneeded,
    Token(String),
    Password(String),
    /// None is known; a token that the gateway gave this device earlier will do.
    Missing(ConnectionError),
}

impl std::fmt::Debug for Target {
    /// Never the secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Target").field("url", &self.url).finish_non_exhaustive()
    }
}

impl Target {
    /// Returns the gateway that the config at `path` means, or `profile`, or else the environment.
    pub(crate) fn meant(gateway: &Gateway, path: &Path, profile: Option<&str>) -> Target {
        let env = Environment::beside(path);
        let profile = profile.map(str::to_owned).or_else(|| env.get("OPENCLAW_PROFILE"));
        Target::of(gateway, profile.as_deref(), &|name| env.get(name))
    }

    fn of(gateway: &Gateway, profile: Option<&str>, env: &dyn Fn(&str) -> Option<String>) -> Target {
        let remote = gateway.url.as_deref().map(str::trim).filter(|it| gateway.remote && !it.is_empty());
        let url = match remote {
            Some(url) => url.to_owned(),
            None => {
                let scheme = if gateway.tls { "wss" } else { "ws" };
                format!("{scheme}://127.0.0.1:{}", port(gateway, profile, env))
            }
        };
        // The key of this machine's gateway is for no other.
        let (token, password) =
            if remote.is_some() { (&gateway.remote_token, &Secret::None) } else { (&gateway.token, &gateway.password) };
        let given = |key: &Secret, name: &str| {
            let value = key.value().map(str::to_owned).or_else(|| env(name));
            value.map(|it| it.trim().to_owned()).filter(|it| !it.is_empty())
        };
        let by_password = || given(password, "OPENCLAW_GATEWAY_PASSWORD").map(GatewayAuth::Password);
        let by_token = || given(token, "OPENCLAW_GATEWAY_TOKEN").map(GatewayAuth::Token);
        let key = match gateway.auth.as_deref() {
            Some("none") if remote.is_none() => Some(GatewayAuth::Unneeded),
            Some("password") if remote.is_none() => by_password().or_else(by_token),
            _ => by_token().or_else(by_password),
        };
        let missing = match token {
            Secret::Reference { .. } => ConnectionError::TokenElsewhere,
            _ => ConnectionError::NoToken,
        };
        Target { url, key: key.unwrap_or(GatewayAuth::Missing(missing)) }
    }

    /// Returns its address without what opens it.
    pub(crate) fn shown(&self) -> String {
        domain::mask_url(&self.url)
    }

    /// Returns why it must not be asked: a key goes unencrypted to this machine and this house alone.
    pub(crate) fn error(&self) -> Option<ConnectionError> {
        let Ok(url) = Url::parse(&self.url) else {
            return Some(ConnectionError::Unreachable("its address is not a URL".to_owned()));
        };
        match url.scheme() {
            "wss" => None,
            // Schemes may be written in capitals; a parsed URL has them small.
            "ws" if domain::base::locality::is_local(&url.as_str().replacen("ws", "http", 1)) => None,
            "ws" => Some(ConnectionError::Unreachable("ws:// would send the token in the clear; use wss://".to_owned())),
            _ => Some(ConnectionError::Unreachable("its address must begin with ws:// or wss://".to_owned())),
        }
    }
}

fn port(gateway: &Gateway, profile: Option<&str>, env: &dyn Fn(&str) -> Option<String>) -> u16 {
    let port = |text: &str| text.trim().rsplit(':').next()?.parse().ok().filter(|it: &u16| *it > 0);
    let configured = || gateway.port.and_then(|it| u16::try_from(it).ok());
    let of_profile = || match profile.map(str::trim).filter(|it| !it.is_empty() && *it != "default")? {
        "dev" => Some(DEV_PORT),
        name => Some(hashed(name)),
    };
    env("OPENCLAW_GATEWAY_PORT").as_deref().and_then(port).or_else(configured).or_else(of_profile).unwrap_or(PORT)
}

/// Returns a named profile's own port: FNV-1a of its name.
fn hashed(profile: &str) -> u16 {
    let hash = profile.bytes().fold(2_166_136_261_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(16_777_619));
    20_000 + u16::try_from(hash % 40_000).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(gateway: Gateway, vars: &[(&str, &str)]) -> Target {
        Target::of(&gateway, None, &|name| vars.iter().find(|it| it.0 == name).map(|it| it.1.to_owned()))
    }

    fn literal(text: &str) -> Secret {
        Secret::Literal(text.to_owned())
    }

    #[test]
    fn where_the_gateway_is() {
        assert_eq!(target(Gateway::default(), &[]).url, "ws://127.0.0.1:18789");
        assert_eq!(target(Gateway { port: Some(4_000), ..Gateway::default() }, &[]).url, "ws://127.0.0.1:4000");
        let env = [("OPENCLAW_GATEWAY_PORT", "127.0.0.1:5000")];
        assert_eq!(target(Gateway { port: Some(4_000), ..Gateway::default() }, &env).url, "ws://127.0.0.1:5000");
        let remote = Gateway { remote: true, url: Some("wss://claw.example/gw".to_owned()), ..Gateway::default() };
        assert_eq!(target(remote, &[]).url, "wss://claw.example/gw");
        let local = Gateway { url: Some("wss://claw.example".to_owned()), tls: true, ..Gateway::default() };
        assert_eq!(target(local, &[]).url, "wss://127.0.0.1:18789", "a remote that is set up and not switched on");
        let of = |profile| Target::of(&Gateway::default(), Some(profile), &|_| None).url;
        // As OpenClaw reckons it for these names.
        assert_eq!(
            (of("work"), of("dev"), of("default")),
            (format!("ws://127.0.0.1:{}", hashed("work")), "ws://127.0.0.1:19001".into(), "ws://127.0.0.1:18789".into())
        );
        assert_eq!(hashed("work"), 41_984);
    }

    #[test]
    fn what_opens_it() {
        let key = |gateway, env: &[(&str, &str)]| target(gateway, env).key;
        let env = [("OPENCLAW_GATEWAY_TOKEN", "of-env"), ("OPENCLAW_GATEWAY_PASSWORD", "pw-env")];
        assert!(key(Gateway::default(), &[]) == GatewayAuth::Missing(ConnectionError::NoToken));
        assert!(key(Gateway::default(), &env) == GatewayAuth::Token("of-env".into()));
        assert!(key(Gateway { token: literal("of-file"), ..Gateway::default() }, &env) == GatewayAuth::Token("of-file".into()));
        let unset = Secret::Env { name: "X".into(), value: None };
        assert!(key(Gateway { token: unset, ..Gateway::default() }, &env) == GatewayAuth::Token("of-env".into()));
        let stored = Secret::Reference { source: "store".into() };
        assert!(
            key(Gateway { token: stored, ..Gateway::default() }, &[]) == GatewayAuth::Missing(ConnectionError::TokenElsewhere)
        );
        let mode = |auth: &str| Gateway { auth: Some(auth.into()), password: literal("pw"), ..Gateway::default() };
        assert!(key(mode("password"), &env) == GatewayAuth::Password("pw".into()));
        assert!(key(mode("none"), &env) == GatewayAuth::Unneeded);
        let remote = Gateway {
            remote: true,
            url: Some("wss://x.example".into()),
            token: literal("for this machine"),
            ..Gateway::default()
        };
        assert!(key(remote, &[]) == GatewayAuth::Missing(ConnectionError::NoToken), "a key of this machine's gateway stays here");
    }

    #[test]
    fn no_key_in_the_clear() {
        let at = |url: &str| Target { url: url.into(), key: GatewayAuth::Unneeded }.error().is_none();
        assert!(at("ws://127.0.0.1:1") && at("WS://127.0.0.1:1") && at("ws://192.168.1.4:1") && at("wss://claw.example"));
        assert!(!at("ws://claw.example") && !at("http://127.0.0.1") && !at("nonsense"));
    }
}
