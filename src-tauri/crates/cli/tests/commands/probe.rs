//! `probe` and `discover`: what they explain, that a key is sent and never printed, and how they end.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use crate::desk::{CONFIG, Desk, Said};

/// A llama.cpp as far as it is asked; with a key it wants that one.
struct Server {
    port: u16,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn start(key: Option<&'static str>) -> Server {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let heads: Arc<Mutex<Vec<String>>> = Arc::default();
        let heard = Arc::clone(&heads);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.expect("a connection");
                let lines = BufReader::new(stream.try_clone().expect("a stream")).lines();
                let head: Vec<String> = lines.map_while(Result::ok).take_while(|it| !it.is_empty()).collect();
                let head = head.join("\n");
                let (status, body) = match key {
                    Some(key) if !head.contains(&format!("Bearer {key}")) => {
                        ("401 Unauthorized", r#"{"error":{"message":"Invalid API Key"}}"#)
                    }
                    _ if head.starts_with("GET /v1/models ") => {
                        ("200 OK", r#"{"data":[{"id":"m","owned_by":"llamacpp","meta":{"n_ctx":4096,"n_ctx_train":8192}}]}"#)
                    }
                    _ => ("404 Not Found", r#"{"error":{"message":"File Not Found"}}"#),
                };
                heard.lock().expect("the list").push(head);
                let length = body.len();
                let _ = write!(
                    stream,
                    "HTTP/1.1 {status}\r\nServer: llama.cpp\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
                );
            }
        });
        Server { port, heads }
    }

    fn probe(&self, more: &str) -> Said {
        let desk = Desk::with(CONFIG);
        let line = format!("probe http://127.0.0.1:{}/v1{more}", self.port);
        let output = desk.command(&line).env("BOX_KEY", "sk-of-the-box").output().expect("it ran");
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        Said { code: output.status.code().expect("a code"), out: text(output.stdout), err: text(output.stderr) }
    }
}

#[test]
fn explains_what_it_asked_and_concluded() {
    let server = Server::start(None);
    let said = server.probe("");
    let told = |piece: &str| assert!(said.out.contains(piece), "{piece} is not in {}", said.out);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    told("GET /v1/chat/completions  HTTP 404");
    told("GET /v1/models            HTTP 200");
    told("kind     llama.cpp: it refuses a GET where a POST belongs in words of its own");
    told("m: loaded with 4k of 8k");
    let json = server.probe(" --json").json();
    let asked = json["asked"].as_array().expect("a list");
    assert_eq!((&asked[0]["path"], &asked[0]["purpose"]), (&"/v1/chat/completions".into(), &"kind".into()));
    assert!(asked.iter().all(|it| it["method"] == "GET" && it["keySent"] == false), "{asked:?}");
    assert_eq!(
        (&json["kind"], &json["models"][0]["servedContext"], &json["error"]),
        (&"llama.cpp".into(), &4_096.into(), &().into())
    );
    assert!(server.heads.lock().expect("the list").iter().all(|it| it.starts_with("GET /")), "GET alone");
}

#[test]
fn a_key_is_sent_and_never_printed() {
    let server = Server::start(Some("sk-of-the-box"));
    let without = server.probe("");
    assert!(without.code == 1 && without.out.contains("it wants a key"), "{without:?}");
    for more in [" --key-env BOX_KEY", " --key-env BOX_KEY --json"] {
        let said = server.probe(more);
        assert_eq!(said.code, 0, "{said:?}");
        assert!(!said.out.contains("sk-of") && !said.err.contains("sk-of"), "{said:?}");
    }
    let unset = server.probe(" --key-env NOT_THERE");
    assert!(unset.code == 2 && unset.err.contains("NOT_THERE is not set"), "{unset:?}");
}

#[test]
fn what_can_not_be_asked() {
    let desk = Desk::with(CONFIG);
    let closed = TcpListener::bind(("127.0.0.1", 0)).expect("a port").local_addr().expect("an address");
    let refused = desk.run(&format!("probe http://{closed}/v1 --json"));
    assert_eq!((refused.code, &refused.json()["error"]["code"]), (3, &"refused".into()));
    for (url, why) in [
        ("box:1/v1", "http:// is missing"),
        ("http://me:sk-of-me@box/v1", "user name"),
        ("http://box/v1?key=sk-of-me", "after ?"),
    ] {
        for json in ["", " --json"] {
            let said = desk.run(&format!("probe {url}{json}"));
            assert!(said.code == 2 && said.out.contains(why), "{said:?}");
            assert!(!said.out.contains("sk-of") && !said.err.contains("sk-of"), "{said:?}");
        }
    }
    assert_eq!(desk.run("probe").code, 2);
}

/// What listens on the machine that runs this is not ours to say.
#[test]
fn discovery_is_a_list() {
    let said = Desk::with(CONFIG).run("discover --json");
    let servers = said.json()["servers"].as_array().expect("a list").len();
    assert_eq!(said.code, i32::from(servers == 0), "{said:?}");
}
