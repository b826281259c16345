//! The base URL of a provider as it stands in the config, in the shapes people write it, and the two places asked below it: the API as
//! the agent uses it, and the root of the server.

use domain::Kind;
use domain::base::locality;
use domain::server::observation::BaseUrlFault;
use url::{Host, Url};

/// Where a server is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Base {
    origin: String,
    api: String,
    root: String,
    port: u16,
    pub reach: Reach,
    /// https.
    pub secure: bool,
    /// The host is a name that a server might refuse, not an address and not localhost.
    pub named: bool,
    /// What is likely wrong with the base URL if the API isn't found there.
    pub hint: Option<BaseUrlFault>,
    /// The provider speaks a server's own API, which is not below the base URL's OpenAI paths.
    pub native: bool,
}

/// How far away a server is: decides on proxies and on patience.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    Loopback,
    Private,
    Public,
}

/// Where a question goes, and whether the key goes with it. The paths are constants of the program: nothing from a config or an answer
/// ever makes a new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Endpoint {
    /// Below the base URL, as the agent asks. With the key.
    Api(&'static str),
    /// Below the server's root. With the key.
    Root(&'static str),
    /// Below the server's root, where its kind wants no key: without it.
    Open(&'static str),
}

impl Base {
    pub(crate) fn parse(written: &str, api: Option<&str>) -> Result<Base, &'static str> {
        let written = written.trim();
        if written.is_empty() {
            return Err("it is empty");
        }
        let url =
            Url::parse(written).map_err(|_| if written.contains("://") { "it is not a URL" } else { "http:// is missing" })?;
        match url.scheme() {
            "http" | "https" => {}
            _ if written.contains("://") => return Err("it starts with neither http:// nor https://"),
            _ => return Err("http:// is missing"),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("it holds a user name or password");
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err("it has a part after ? or #");
        }
        let host = url.host().ok_or("it names no host")?;
        let reach = match () {
            () if locality::is_loopback(written) => Reach::Loopback,
            () if locality::is_local(written) => Reach::Private,
            () => Reach::Public,
        };
        let named = matches!(host, Host::Domain(name) if !is_localhost(name));
        let path = url.path().trim_end_matches('/');
        let root = root_of(path);
        // Anthropic's client adds the /v1 itself.
        let adds_v1 = api == Some("anthropic-messages") && !path.ends_with("/v1");
        let native = api.and_then(Kind::with_own_api).is_some();
        Ok(Base {
            port: url.port_or_known_default().unwrap_or_default(),
            origin: url.origin().ascii_serialization(),
            api: if adds_v1 { format!("{path}/v1") } else { path.to_owned() },
            root: root.to_owned(),
            reach,
            secure: url.scheme() == "https",
            named,
            hint: if adds_v1 || native { None } else { hint(path) },
            native,
        })
    }

    pub(crate) fn is_of_this_machine(&self) -> bool {
        self.reach == Reach::Loopback
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    pub(crate) fn url(&self, at: Endpoint) -> String {
        format!("{}{}", self.origin, self.path(at))
    }

    pub(crate) fn path(&self, at: Endpoint) -> String {
        match at {
            Endpoint::Api(path) => format!("{}/{path}", self.api),
            Endpoint::Root(path) | Endpoint::Open(path) => format!("{}/{path}", self.root),
        }
    }
}

/// The path without its API prefix: `/v1`, `/api/v1`, `/engines/v1`, `/engines/<backend>/v1`.
fn root_of(path: &str) -> &str {
    let Some(mut root) = path.strip_suffix("/v1") else { return path };
    while let Some(shorter) = root.strip_suffix("/v1") {
        root = shorter;
    }
    if let Some(shorter) = root.strip_suffix("/api").or_else(|| root.strip_suffix("/engines")) {
        return shorter;
    }
    match root.rsplit_once('/') {
        Some((engines, _backend)) => engines.strip_suffix("/engines").unwrap_or(root),
        None => root,
    }
}

fn hint(path: &str) -> Option<BaseUrlFault> {
    let ends = |it: &[&str]| it.iter().any(|end| path.ends_with(end));
    if ends(&["/v1/v1"]) {
        Some(BaseUrlFault::RepeatsV1)
    } else if ends(&["/chat/completions", "/completions", "/responses", "/messages", "/models"]) {
        Some(BaseUrlFault::EndsInCall)
    } else if !path.contains("/v1") {
        Some(BaseUrlFault::LacksV1)
    } else {
        None
    }
}

pub(crate) fn is_localhost(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    name.eq_ignore_ascii_case("localhost") || name.to_ascii_lowercase().ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(written: &str, models: &str, props: &str) {
        let base = Base::parse(written, None).expect("a base URL");
        assert_eq!((base.url(Endpoint::Api("models")).as_str(), base.url(Endpoint::Root("props")).as_str()), (models, props));
    }

    #[test]
    fn the_shapes_people_write() {
        check("http://127.0.0.1:8080/v1", "http://127.0.0.1:8080/v1/models", "http://127.0.0.1:8080/props");
        check(" http://127.0.0.1:8080/v1// ", "http://127.0.0.1:8080/v1/models", "http://127.0.0.1:8080/props");
        check("http://127.0.0.1:8080", "http://127.0.0.1:8080/models", "http://127.0.0.1:8080/props");
        check("http://[::1]:8080/v1/v1", "http://[::1]:8080/v1/v1/models", "http://[::1]:8080/props");
        check("https://box.lan/llm/v1", "https://box.lan/llm/v1/models", "https://box.lan/llm/props");
        check("http://localhost:13305/api/v1", "http://localhost:13305/api/v1/models", "http://localhost:13305/props");
        check("http://localhost:12434/engines/v1", "http://localhost:12434/engines/v1/models", "http://localhost:12434/props");
        check("http://h/engines/llama.cpp/v1", "http://h/engines/llama.cpp/v1/models", "http://h/props");
    }

    #[test]
    fn anthropics_client_adds_v1_itself() {
        let base = Base::parse("http://127.0.0.1:1234", Some("anthropic-messages")).expect("a base URL");
        assert_eq!((base.url(Endpoint::Api("models")).as_str(), base.hint), ("http://127.0.0.1:1234/v1/models", None));
    }

    #[test]
    fn what_cannot_be_asked() {
        for (written, why) in [
            ("", "it is empty"),
            ("127.0.0.1:8080/v1", "http:// is missing"),
            ("localhost:8080/v1", "http:// is missing"),
            ("ftp://host/v1", "it starts with neither http:// nor https://"),
            ("http://", "it is not a URL"),
            ("http://me:secret@host/v1", "it holds a user name or password"),
            ("http://host/v1?key=x", "it has a part after ? or #"),
        ] {
            assert_eq!(Base::parse(written, None), Err(why), "{written}");
        }
    }

    #[test]
    fn how_far_away() {
        for (url, far) in [
            ("http://localhost:1/v1", Reach::Loopback),
            ("http://llm.localhost/v1", Reach::Loopback),
            ("http://127.9.9.9/v1", Reach::Loopback),
            ("http://[::1]/v1", Reach::Loopback),
            ("http://0.0.0.0:8000/v1", Reach::Loopback),
            ("http://192.168.1.2/v1", Reach::Private),
            ("http://100.100.1.1/v1", Reach::Private),
            ("http://[fd00::1]/v1", Reach::Private),
            ("http://gpu-rig:8000/v1", Reach::Private),
            ("http://box.local/v1", Reach::Private),
            ("https://api.example.com/v1", Reach::Public),
        ] {
            assert_eq!(Base::parse(url, None).expect("a base URL").reach, far, "{url}");
        }
    }
}
