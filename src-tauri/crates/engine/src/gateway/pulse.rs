//! Whether OpenClaw's gateway lives, asked without a token: its health page, at its port of this machine.

use domain::Event;
use domain::server::observation::Failure;
use domain::server::words;
use domain::turns::gateway_connection::ConnectionError;
use serde::Deserialize;
use url::Url;

use super::socket::Target;
use crate::probe::Prober;

/// What the gateway's health page says (2026.9.6, measured). All its other paths give its web page.
#[derive(Deserialize)]
struct Health {
    ok: bool,
}

pub(crate) async fn pulse(prober: Prober, target: Target) -> Event {
    let port = Url::parse(&target.url).ok().and_then(|it| it.port_or_known_default()).unwrap_or_default();
    let answer = match prober.get(&format!("http://127.0.0.1:{port}"), "healthz").await {
        Ok(body) => match serde_json::from_slice::<Health>(&body) {
            Ok(Health { ok: true }) => Ok(()),
            Ok(Health { ok: false }) => Err(ConnectionError::NotAGateway("it reports that it is not well".to_owned())),
            Err(_) => Err(ConnectionError::NotAGateway("its answer is not a gateway's".to_owned())),
        },
        Err(Failure::Refused) => Err(ConnectionError::NotRunning),
        Err(why @ (Failure::NotAnApi(_) | Failure::WrongBaseUrl(_) | Failure::Status(_))) => {
            Err(ConnectionError::NotAGateway(words::failure(&why)))
        }
        Err(why) => Err(ConnectionError::Unreachable(words::failure(&why))),
    };
    Event::Pulse { port, answer }
}
