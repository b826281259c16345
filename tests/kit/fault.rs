//! Servers that misbehave, each in one way, for as long as the test lasts.

use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nobody listens on the port.
    Refuses,
    /// Takes the connection and says nothing.
    Hangs,
    /// A proper answer, one byte at a time, forever late.
    Drips,
    /// A head, and then a body without end.
    EndlessBody,
    /// A list of models that goes on and on.
    EndlessList,
    /// 10 MB of headers.
    HugeHead,
    InvalidUtf8,
    WebPage,
    RedirectLoop,
    /// Stops in the middle of the body.
    CutsBody,
    /// Resets the connection in the middle of the body.
    ResetsBody,
    /// Closes at once, without a word.
    Closes,
    /// Something else than HTTP.
    NotHttp,
    /// TLS with a certificate that nobody vouches for.
    SelfSigned,
}

/// Runs until dropped.
#[derive(Debug)]
pub struct Faulty {
    url: String,
    task: Option<tokio::task::JoinHandle<()>>,
}

impl Faulty {
    /// # Panics
    /// When no port is free.
    pub async fn start(fault: Fault) -> Faulty {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let at = listener.local_addr().expect("an address");
        let scheme = if fault == Fault::SelfSigned { "https" } else { "http" };
        let url = format!("{scheme}://{at}/v1");
        if fault == Fault::Refuses {
            return Faulty { url, task: None };
        }
        let tls = tokio_rustls::TlsAcceptor::from(crate::certificate::self_signed("127.0.0.1"));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let tls = tls.clone();
                tokio::spawn(async move {
                    // The other side hanging up is what most of these end in.
                    let _ = misbehave(stream, fault, &tls).await;
                });
            }
        });
        Faulty { url, task: Some(task) }
    }

    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Faulty {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";

async fn misbehave(mut stream: TcpStream, fault: Fault, tls: &tokio_rustls::TlsAcceptor) -> std::io::Result<()> {
    match fault {
        Fault::SelfSigned => {
            let mut stream = tls.accept(stream).await?;
            return answer(&mut stream, "{\"data\":[]}").await;
        }
        Fault::Closes => return Ok(()),
        _ => question(&mut stream).await?,
    }
    match fault {
        Fault::Hangs => std::future::pending().await,
        Fault::Drips => {
            for byte in format!("{OK}Content-Length: 11\r\n\r\n{{\"data\":[]}}").bytes() {
                stream.write_all(&[byte]).await?;
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
        Fault::EndlessBody => {
            stream.write_all(format!("{OK}\r\n").as_bytes()).await?;
            loop {
                stream.write_all(&[b'x'; 65536]).await?;
            }
        }
        Fault::EndlessList => {
            stream.write_all(format!("{OK}\r\n{{\"data\":[").as_bytes()).await?;
            for n in 0u64.. {
                stream
                    .write_all(
                        format!("{{\"id\":\"model-{n}\",\"object\":\"model\",\"description\":\"{}\"}},", "x".repeat(4096))
                            .as_bytes(),
                    )
                    .await?;
            }
        }
        Fault::HugeHead => {
            stream.write_all(OK.as_bytes()).await?;
            for n in 0..10 {
                stream.write_all(format!("X-{n}: {}\r\n", "x".repeat(1_000_000)).as_bytes()).await?;
            }
            stream.write_all(b"\r\n").await?;
        }
        Fault::InvalidUtf8 => stream.write_all(&[OK.as_bytes(), b"Content-Length: 4\r\n\r\n\xff\xfe\xc0\xaf"].concat()).await?,
        Fault::WebPage => {
            let page = "<!doctype html><title>Router</title>";
            stream
                .write_all(
                    format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\r\n{page}", page.len())
                        .as_bytes(),
                )
                .await?;
        }
        Fault::RedirectLoop => {
            stream.write_all(b"HTTP/1.1 302 Found\r\nLocation: /v1/models?token=secret\r\nContent-Length: 0\r\n\r\n").await?;
        }
        Fault::CutsBody => stream.write_all(format!("{OK}Content-Length: 1000\r\n\r\n{{\"data\":[").as_bytes()).await?,
        Fault::ResetsBody => {
            stream.write_all(format!("{OK}Content-Length: 1000\r\n\r\n{{\"data\":[").as_bytes()).await?;
            // Closing with nothing to linger for sends RST instead of FIN.
            stream.set_zero_linger()?;
        }
        Fault::NotHttp => stream.write_all(b"SSH-2.0-OpenSSH_9.9\r\n").await?,
        Fault::Refuses | Fault::Closes | Fault::SelfSigned => {}
    }
    Ok(())
}

async fn question(stream: &mut TcpStream) -> std::io::Result<()> {
    let mut seen = Vec::new();
    while !seen.windows(4).any(|it| it == b"\r\n\r\n") {
        if stream.read_buf(&mut seen).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(())
}

async fn answer(stream: &mut (impl AsyncWriteExt + Unpin), body: &str) -> std::io::Result<()> {
    stream.write_all(format!("{OK}Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes()).await
}
