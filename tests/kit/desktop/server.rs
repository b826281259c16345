//! A model server of the plainest sort: it lists its models, and it can be killed and come back at the same address.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinHandle;

#[derive(Debug)]
pub struct ModelServer {
    address: SocketAddr,
    answered: Arc<AtomicUsize>,
    serving: Option<JoinHandle<()>>,
    model: String,
}

impl ModelServer {
    /// # Panics
    /// When no port is free.
    pub async fn start(model: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("its address");
        let mut server = ModelServer { address, answered: Arc::default(), serving: None, model: model.to_owned() };
        server.serve(listener);
        server
    }

    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// How many requests it has answered.
    #[must_use]
    pub fn answered(&self) -> usize {
        self.answered.load(Ordering::SeqCst)
    }

    /// From now on connections are refused.
    pub async fn kill(&mut self) {
        if let Some(serving) = self.serving.take() {
            serving.abort();
            let _ = serving.await;
        }
    }

    /// # Panics
    /// When its port was taken meanwhile.
    pub fn come_back(&mut self) {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_reuseaddr(true).expect("reuse");
        socket.bind(self.address).expect("its old port");
        self.serve(socket.listen(64).expect("its old port"));
    }

    fn serve(&mut self, listener: TcpListener) {
        let (answered, model) = (self.answered.clone(), self.model.clone());
        self.serving = Some(tokio::spawn(async move {
            // Connections end with the server.
            let mut connections = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(answer(stream, answered.clone(), model.clone()));
            }
        }));
    }
}

async fn answer(mut stream: TcpStream, answered: Arc<AtomicUsize>, model: String) {
    let mut request = vec![0; 8192];
    let mut length = 0;
    while let Ok(more @ 1..) = stream.read(&mut request[length..]).await {
        length += more;
        if !request[..length].windows(4).any(|it| it == b"\r\n\r\n") {
            continue;
        }
        let found = request.starts_with(b"GET /v1/models ");
        let (status, body) = if found {
            ("200 OK", format!(r#"{{"object":"list","data":[{{"id":"{model}","object":"model","owned_by":"somebody"}}]}}"#))
        } else {
            ("404 Not Found", r#"{"error":{"message":"not found"}}"#.to_owned())
        };
        let head = format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len());
        if stream.write_all((head + &body).as_bytes()).await.is_err() {
            return;
        }
        answered.fetch_add(1, Ordering::SeqCst);
        length = 0;
    }
}
