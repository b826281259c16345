//! One answer of a server, and what it says before its kind is even known: refused, redirected, still loading, no API at all.

use super::wire::{self, ErrorBody, Listing};
use domain::server::observation::{BaseUrlFault, Failure};
use reqwest::header::{CONTENT_TYPE, HeaderMap, LOCATION};
use serde::de::DeserializeOwned;
use std::time::Duration;

pub(crate) struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    /// The body went on past the limit.
    pub cut: bool,
    /// To the first byte of the head.
    pub latency: Duration,
    /// A key is configured.
    pub keyed: bool,
    /// The server was asked by a host name.
    pub named: bool,
    /// What is likely wrong with the base URL if this is no API's answer.
    pub hint: Option<BaseUrlFault>,
}

impl Reply {
    /// Lossy, and empty if it isn't there.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|it| it.to_str().ok()).unwrap_or_default()
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap_or_default().trim()
    }

    /// The body as JSON of this shape, whatever the status.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&self.body).ok()
    }

    pub(crate) fn is_ok(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// A success with a body of this shape and no error inside. A 200 alone means nothing.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        self.refusal()?;
        if self.cut {
            return Err(self.no_api("an answer of more than 4 MiB"));
        }
        if self.error_body().is_some_and(|it| it.is_error()) {
            return Err(self.no_api("an error in an answer that says 200"));
        }
        self.json().ok_or_else(|| self.what_instead())
    }

    /// The OpenAI-shaped list of models.
    pub(crate) fn listing<T: DeserializeOwned + Default>(&self) -> Result<Listing<T>, Failure> {
        self.refusal()?;
        let listing = wire::listing(&self.body, self.cut);
        match listing {
            Some(listing) if !listing.is_error => Ok(listing),
            Some(_) => Err(self.no_api("an error in an answer that says 200")),
            None => Err(self.what_instead()),
        }
    }

    /// `Err` for every answer that is not a success.
    pub(crate) fn refusal(&self) -> Result<(), Failure> {
        let auth = || Err(if self.keyed { Failure::AuthWrong } else { Failure::AuthNeeded });
        match self.status {
            200..300 => Ok(()),
            300..400 => Err(Failure::NotAnApi(format!("redirects to {}", self.redirect()))),
            401 => auth(),
            // LiteLLM without a database knows its master key only, and looks any other up in the database that isn't there.
            400 if self.error().kind == "no_db_connection" => auth(),
            403 if self.refuses_host() => Err(Failure::HostRefused),
            403 => auth(),
            404 | 405 => Err(self.hint.map_or(Failure::Status(self.status), Failure::WrongBaseUrl)),
            503 if self.error().message == "Loading model" => Err(Failure::Starting),
            status => Err(Failure::Status(status)),
        }
    }

    /// No error inside, whatever the status.
    pub(crate) fn error_is_absent(&self) -> bool {
        self.error_body().is_none_or(|it| !it.is_error())
    }

    pub(crate) fn error(&self) -> wire::Complaint {
        self.error_body().map(|it| it.complaint()).unwrap_or_default()
    }

    /// An object only: an array would be taken for the fields in their order.
    fn error_body(&self) -> Option<ErrorBody> {
        self.body.trim_ascii_start().starts_with(b"{").then(|| self.json())?
    }

    fn refuses_host(&self) -> bool {
        let text = self.text().to_ascii_lowercase();
        text.contains("host header") || text.contains("invalid host") || (text.is_empty() && self.named)
    }

    /// Where to, without the query: it may hold a secret.
    fn redirect(&self) -> String {
        let to = self.headers.get(LOCATION).and_then(|it| it.to_str().ok()).unwrap_or("nowhere");
        to.split(['?', '#']).next().unwrap_or_default().chars().take(120).collect()
    }

    fn what_instead(&self) -> Failure {
        let html = self.header(CONTENT_TYPE.as_str()).contains("html") || self.body.trim_ascii_start().starts_with(b"<");
        let is_json = serde_json::from_slice::<serde::de::IgnoredAny>(&self.body).is_ok();
        match () {
            () if html => self.no_api("a web page"),
            () if self.body.is_empty() => self.no_api("an empty answer"),
            () if is_json => self.no_api("JSON that is not a model server's"),
            () => self.no_api("an answer that is not JSON"),
        }
    }

    fn no_api(&self, what: &str) -> Failure {
        self.hint.map_or_else(|| Failure::NotAnApi(what.to_owned()), Failure::WrongBaseUrl)
    }
}

/// Bodies hold command lines and settings of the server, with keys among them: only the outline is shown.
impl std::fmt::Debug for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reply").field("status", &self.status).field("bytes", &self.body.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(status: u16, body: &str) -> Reply {
        Reply {
            status,
            headers: HeaderMap::new(),
            body: body.into(),
            cut: false,
            latency: Duration::ZERO,
            keyed: false,
            named: false,
            hint: None,
        }
    }

    #[track_caller]
    fn check(reply: &Reply, failure: &str) {
        let said = reply.listing::<wire::Plain>().map(|_| ()).map_or_else(|it| format!("{it:?}"), |()| "a list".to_owned());
        assert_eq!(said, failure);
    }

    #[test]
    fn what_an_answer_says_before_its_kind_is_known() {
        check(&reply(200, r#"{"data":[]}"#), "a list");
        check(
            &reply(200, r#"{"error":"Unexpected endpoint or method. (GET /x)"}"#),
            "NotAnApi(\"an error in an answer that says 200\")",
        );
        check(&reply(200, r#"{"status":"ok"}"#), "NotAnApi(\"JSON that is not a model server's\")");
        check(&reply(200, ""), "NotAnApi(\"an empty answer\")");
        check(&reply(200, "OK"), "NotAnApi(\"an answer that is not JSON\")");
        check(&reply(200, " <!doctype html>"), "NotAnApi(\"a web page\")");
        check(&reply(307, ""), "NotAnApi(\"redirects to nowhere\")");
        check(&reply(401, ""), "AuthNeeded");
        check(&Reply { keyed: true, ..reply(401, "") }, "AuthWrong");
        check(&Reply { keyed: true, ..reply(400, r#"{"error":{"type":"no_db_connection","code":"400"}}"#) }, "AuthWrong");
        check(&reply(400, r#"{"error":{"type":"invalid_request"}}"#), "Status(400)");
        check(&reply(403, "Invalid host header"), "HostRefused");
        check(&Reply { named: true, ..reply(403, "") }, "HostRefused");
        check(&Reply { named: true, keyed: true, ..reply(403, r#"{"error":{"message":"no"}}"#) }, "AuthWrong");
        check(&reply(403, ""), "AuthNeeded");
        check(&reply(404, ""), "Status(404)");
        check(&Reply { hint: Some(BaseUrlFault::LacksV1), ..reply(404, "") }, "WrongBaseUrl(LacksV1)");
        check(&reply(503, r#"{"error":{"message":"Loading model","code":503}}"#), "Starting");
        check(&reply(503, ""), "Status(503)");
        check(&reply(500, "[]"), "Status(500)");
    }

    #[test]
    fn bodies_are_not_printed() {
        assert!(!format!("{:?}", reply(200, "--api-key secret")).contains("secret"));
    }
}
