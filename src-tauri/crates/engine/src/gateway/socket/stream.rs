//! The way to the gateway: TCP, TLS where the address says so, and the WebSocket's handshake. No proxy and no `Origin`, which would cost
//! the rights (2026.9.6, measured).

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use domain::turns::gateway_connection::ConnectionError;
use rustls_platform_verifier::ConfigVerifierExt;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::ClientConfig;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use url::{Host, Url};

/// Each step.
const PATIENCE: Duration = Duration::from_secs(5);
/// The gateway's own limit is 25 MiB (`policy.maxPayload`).
const LONGEST: usize = 32 << 20;

pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

pub(super) type Socket = WebSocketStream<Box<dyn Stream>>;

pub(super) async fn open(address: &str) -> Result<Socket, ConnectionError> {
    let url = Url::parse(address).map_err(|_| ConnectionError::Unreachable("its address is not a URL".to_owned()))?;
    let tcp = timeout(PATIENCE, tcp(&url)).await.unwrap_or_else(|_| Err(unanswered()))?;
    let stream: Box<dyn Stream> = if url.scheme() == "wss" {
        Box::new(timeout(PATIENCE, secure(&url, tcp)).await.unwrap_or_else(|_| Err(unanswered()))?)
    } else {
        Box::new(tcp)
    };
    let request =
        address.into_client_request().map_err(|_| ConnectionError::Unreachable("its address is not a URL".to_owned()))?;
    let config = WebSocketConfig::default().max_message_size(Some(LONGEST)).max_frame_size(Some(LONGEST));
    let shaken = tokio_tungstenite::client_async_with_config(request, stream, Some(config));
    match timeout(PATIENCE, shaken).await {
        Ok(Ok((socket, _))) => Ok(socket),
        Ok(Err(Error::Http(answer))) => {
            Err(ConnectionError::NotAGateway(format!("it answers with HTTP {}", answer.status().as_u16())))
        }
        Ok(Err(Error::Io(_) | Error::ConnectionClosed)) => Err(ConnectionError::NotAGateway("it hangs up".to_owned())),
        Ok(Err(_)) => Err(ConnectionError::NotAGateway("its answer is not a WebSocket".to_owned())),
        Err(_) => Err(unanswered()),
    }
}

fn unanswered() -> ConnectionError {
    ConnectionError::Unreachable("no answer in time".to_owned())
}

async fn tcp(url: &Url) -> Result<TcpStream, ConnectionError> {
    let port = url.port_or_known_default().unwrap_or(80);
    let places: Vec<SocketAddr> = match url.host() {
        Some(Host::Ipv4(ip)) => vec![(ip, port).into()],
        Some(Host::Ipv6(ip)) => vec![(ip, port).into()],
        Some(Host::Domain("localhost")) => vec![(Ipv4Addr::LOCALHOST, port).into(), (Ipv6Addr::LOCALHOST, port).into()],
        Some(Host::Domain(name)) => match tokio::net::lookup_host((name, port)).await {
            Ok(found) => found.collect(),
            Err(_) => return Err(ConnectionError::Unreachable("host name not found".to_owned())),
        },
        None => Vec::new(),
    };
    // Whatever the name says: without TLS the token goes to private addresses alone.
    let (places, public): (Vec<_>, Vec<_>) =
        places.into_iter().partition(|place| url.scheme() == "wss" || domain::base::locality::is_local_ip(place.ip()));
    let why = if public.is_empty() {
        "host name not found"
    } else {
        "its name leads to a public address, where ws:// would send the token in the clear; use wss://"
    };
    let mut failed = ConnectionError::Unreachable(why.to_owned());
    for place in places {
        match TcpStream::connect(place).await {
            Ok(stream) => {
                let _ = stream.set_nodelay(true);
                return Ok(stream);
            }
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => failed = ConnectionError::NotRunning,
            Err(error) if failed != ConnectionError::NotRunning => {
                failed = ConnectionError::Unreachable(error.kind().to_string())
            }
            Err(_) => {}
        }
    }
    Err(failed)
}

async fn secure(url: &Url, tcp: TcpStream) -> Result<impl Stream + use<>, ConnectionError> {
    // It reads the certificates of this system from the disk.
    let config = tokio::task::spawn_blocking(ClientConfig::with_platform_verifier).await;
    let unreadable = || ConnectionError::Tls("the certificates of this system can't be read".to_owned());
    let config = config.ok().and_then(Result::ok).ok_or_else(unreadable)?;
    let name = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    let name =
        name.try_into().map_err(|_| ConnectionError::Tls("its host has no name that a certificate could have".to_owned()))?;
    TlsConnector::from(Arc::new(config)).connect(name, tcp).await.map_err(|error| {
        let tls = error.get_ref().and_then(|it| it.downcast_ref::<rustls::Error>());
        let why = tls.map_or_else(|| "it does not speak TLS: ws:// instead of wss://?".to_owned(), crate::probe::tls_words);
        ConnectionError::Tls(why.replace("http", "ws"))
    })
}
