//! A client of the real gateway that has turns taken and writes down what it hears, each with the time at which it came.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, watch};
use tokio_tungstenite::tungstenite::Message;

/// OpenClaw may take minutes to fall back, and waits for a box that hangs without end.
const PATIENCE: Duration = Duration::from_secs(900);

#[derive(Debug)]
pub struct Operator {
    out: mpsc::UnboundedSender<Value>,
    heard: watch::Receiver<Vec<Heard>>,
}

#[derive(Clone, Debug)]
pub struct Heard {
    /// Unix milliseconds.
    pub at: i64,
    pub frame: Value,
}

impl Operator {
    /// # Panics
    /// When the gateway does not let it in.
    pub async fn connect(port: u16, token: &str) -> Operator {
        let tcp = TcpStream::connect(("127.0.0.1", port)).await.expect("a gateway");
        let shaken = tokio_tungstenite::client_async(format!("ws://127.0.0.1:{port}"), tcp).await;
        let (mut socket, _) = shaken.expect("a WebSocket");
        let (out, mut orders) = mpsc::unbounded_channel::<Value>();
        let (notes, mut heard) = watch::channel(Vec::new());
        let knock = json!({ "type": "req", "id": "connect", "method": "connect", "params": {
            "minProtocol": 3, "maxProtocol": 4,
            "client": { "id": "gateway-client", "version": "0.1.0", "platform": "linux", "mode": "backend" },
            "role": "operator", "scopes": ["operator.read", "operator.write"], "caps": [], "auth": { "token": token } } });
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    order = orders.recv() => {
                        let Some(order) = order else { return };
                        let _ = socket.send(Message::text(order.to_string())).await;
                    }
                    frame = socket.next() => {
                        let Some(Ok(frame)) = frame else { return };
                        let Message::Text(text) = frame else { continue };
                        let at = jiff::Timestamp::now().as_millisecond();
                        let frame: Value = serde_json::from_str(&text).unwrap_or_default();
                        if frame["event"] == "connect.challenge" {
                            let _ = socket.send(Message::text(knock.to_string())).await;
                        }
                        notes.send_modify(|it| it.push(Heard { at, frame }));
                    }
                }
            }
        });
        let answered = heard.wait_for(|all| all.iter().any(|it| it.frame["id"] == "connect"));
        let all = tokio::time::timeout(PATIENCE, answered).await.expect("an answer").expect("a connection").clone();
        let answer = all.iter().find(|it| it.frame["id"] == "connect").expect("it is there");
        assert_eq!(answer.frame["ok"], true, "{}", answer.frame);
        let operator = Operator { out, heard };
        operator.ask("subscribe", "sessions.subscribe", &json!({}));
        operator
    }

    fn ask(&self, id: &str, method: &str, params: &Value) {
        let _ = self.out.send(json!({ "type": "req", "id": id, "method": method, "params": params }));
    }

    /// One turn of the agent, as its chat would ask for it; gives the event that ended it.
    ///
    /// # Panics
    /// When it does not end, or the gateway refuses it.
    pub async fn turn(&self, agent: &str, run: &str) -> Value {
        let key = format!("agent:{agent}:main");
        self.ask(run, "chat.send", &json!({ "sessionKey": key, "message": "ping", "idempotencyKey": run }));
        let is_over = |it: &Heard| {
            let ends = ["final", "error", "aborted"].iter().any(|end| it.frame["payload"]["state"] == *end);
            let refused = it.frame["id"] == run && it.frame["ok"] == false;
            refused || it.frame["event"] == "chat" && it.frame["payload"]["runId"] == run && ends
        };
        let mut heard = self.heard.clone();
        let all = tokio::time::timeout(PATIENCE, heard.wait_for(|all| all.iter().any(is_over))).await;
        let all = all.unwrap_or_else(|_| panic!("{run} never ended")).expect("a connection");
        let end = all.iter().find(|it| is_over(it)).expect("it is there").frame.clone();
        assert_ne!(end["ok"], false, "{end}");
        end
    }

    pub fn heard(&self) -> Vec<Heard> {
        self.heard.borrow().clone()
    }
}
