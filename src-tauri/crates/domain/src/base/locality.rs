//! Whether a base URL is local: on this machine or on a private network. Only local servers are probed; hosted ones never are.

use crate::base::secrets::mask_url;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use url::{Host, Url};

/// Local means loopback, a private or link-local address, a `.local` name, or a name without a dot.
#[must_use]
pub fn is_local(base_url: &str) -> bool {
    let Ok(url) = Url::parse(base_url.trim()) else { return false };
    if !matches!(url.scheme(), "http" | "https") {
        return false;
    }
    match url.host() {
        Some(Host::Ipv4(ip)) => is_local_v4(ip),
        Some(Host::Ipv6(ip)) => is_local_v6(ip),
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.').to_ascii_lowercase();
            let ours = ["local", "localhost", "lan", "home.arpa", "internal"];
            !name.contains('.') || ours.iter().any(|end| name.ends_with(&format!(".{end}")))
        }
        None => false,
    }
}

/// `true` when requests to it never leave this machine.
#[must_use]
pub fn is_loopback(base_url: &str) -> bool {
    match Url::parse(base_url.trim()).ok().and_then(|url| url.host().map(|it| it.to_owned())) {
        Some(Host::Ipv4(ip)) => ip.is_loopback() || ip.is_unspecified(),
        Some(Host::Ipv6(ip)) => ip.is_loopback() || ip.is_unspecified(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

/// Whether it is a name that only containers know for their host: `host.docker.internal`, `host.containers.internal`.
#[must_use]
pub fn is_containers_name(base_url: &str) -> bool {
    let url = Url::parse(base_url.trim()).ok();
    let name = url.as_ref().and_then(Url::host_str).unwrap_or_default();
    name.ends_with(".docker.internal") || name.ends_with(".containers.internal")
}

/// `host:port` as a person would write it.
#[must_use]
pub fn address(base_url: &str) -> String {
    match Url::parse(base_url.trim()) {
        Ok(url) => match (url.host_str(), url.port()) {
            (Some(host), Some(port)) => format!("{host}:{port}"),
            (Some(host), None) => host.to_owned(),
            (None, _) => mask_url(base_url),
        },
        Err(_) => mask_url(base_url),
    }
}

/// Whether scheme, host and port are the same, so that a key for one may go to the other.
#[must_use]
pub fn same_origin(a: &str, b: &str) -> bool {
    match (Url::parse(a.trim()), Url::parse(b.trim())) {
        (Ok(a), Ok(b)) => a.origin() == b.origin(),
        _ => false,
    }
}

/// Whether they have the same origin, with `localhost` and 127.0.0.1 counted as one host.
#[must_use]
pub fn same_server(a: &str, b: &str) -> bool {
    let port = |it: &str| Url::parse(it.trim()).ok().and_then(|it| it.port_or_known_default());
    same_origin(a, b) || (is_loopback(a) && is_loopback(b) && port(a) == port(b))
}

/// Whether an address is on this machine or on a private network.
#[must_use]
pub fn is_local_ip(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_local_v4(ip),
        IpAddr::V6(ip) => is_local_v6(ip),
    }
}

fn is_local_v4(ip: Ipv4Addr) -> bool {
    let [a, b, ..] = ip.octets();
    // 100.64.0.0/10 is what Tailscale and other carriers' private networks hand out.
    ip.is_loopback() || ip.is_private() || ip.is_link_local() || ip.is_unspecified() || (a == 100 && (64..128).contains(&b))
}

fn is_local_v6(ip: Ipv6Addr) -> bool {
    if let Some(v4) = ip.to_ipv4_mapped() {
        return is_local_v4(v4);
    }
    let first = ip.segments()[0];
    IpAddr::V6(ip).is_loopback() || ip.is_unspecified() || first & 0xfe00 == 0xfc00 || first & 0xffc0 == 0xfe80
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_local() {
        for url in [
            "http://127.0.0.1:1234/v1",
            "http://localhost:8080",
            "http://[::1]:8080/v1",
            "http://192.168.1.20:11434",
            "http://10.0.0.2/v1",
            "http://172.16.0.1/v1",
            "http://100.101.102.103:8000/v1",
            "http://gpu-rig:8000/v1",
            "http://box.local:8000",
            "https://rig.lan/v1",
            "http://[fd00::1]/v1",
            "http://[fe80::1]/v1",
            "http://[::ffff:127.0.0.1]/v1",
            "http://0.0.0.0:8000/v1",
            "http://model-runner.docker.internal/v1",
        ] {
            assert!(is_local(url), "{url}");
        }
    }

    #[test]
    fn what_is_not() {
        for url in [
            "https://api.openai.com/v1",
            "http://8.8.8.8/v1",
            "http://172.32.0.1/v1",
            "http://100.128.0.1/v1",
            "https://local.example.com",
            "",
            "nonsense",
            "ftp://localhost/x",
        ] {
            assert!(!is_local(url), "{url}");
        }
    }
}
