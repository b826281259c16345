//! The manners of asking: whom the key is shown, what a request carries, which address of localhost comes first, what a stale
//! connection or a list without end leads to.

use domain::Kind;
use domain::server::observation::{Answer, ProbeRequest};
use engine::probe::{Prober, Timeouts};
use std::net::{Ipv4Addr, Ipv6Addr};
use std::time::Duration;
use tests::fault::{Fault, Faulty};
use tests::observe::{request, summary};
use tests::replay::{Replay, Sample};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

const LIST: &str = r#"{"object":"list","data":[{"id":"m","object":"model","created":3,"owned_by":"x"}]}"#;

fn list() -> Vec<Sample> {
    vec![Sample::new("/v1/models", 200, LIST)]
}

fn keyed(url: &str) -> ProbeRequest {
    ProbeRequest { key: Some("sk-secret".to_owned()), headers: vec![("X-Team".to_owned(), "a".to_owned())], ..request(url) }
}

#[tokio::test]
async fn what_a_request_carries() {
    let replay = Replay::answering("generic", list()).await;
    let seen = Prober::new().expect("a prober").probe(&keyed(&replay.url("/v1"))).await;
    assert_eq!(summary(&seen), "generic: m");
    for asked in replay.asked() {
        assert_eq!(asked.header("accept"), Some("application/json"));
        assert!(asked.header("user-agent").is_some_and(|it| it.starts_with("pilotlight/")));
        assert_eq!(asked.header("origin"), None);
    }
}

#[tokio::test]
async fn the_key_goes_where_the_agent_would_send_it() {
    let replay = Replay::of("litellm", &["ready"]).await;
    let _ = Prober::new().expect("a prober").probe(&keyed(&replay.url("/v1"))).await;
    let shown: Vec<String> =
        replay.asked().iter().filter(|it| it.header("authorization").is_some()).map(|it| it.path.clone()).collect();
    assert_eq!(shown, ["/v1/chat/completions", "/v1/models", "/v1/model/info"]);
    let asked = replay.asked();
    let models = asked.iter().find(|it| it.path == "/v1/models").expect("the list");
    assert_eq!((models.header("authorization"), models.header("x-team")), (Some("Bearer sk-secret"), Some("a")));
    let open = asked.iter().find(|it| it.path == "/health/liveliness").expect("the liveness call");
    assert_eq!((open.header("authorization"), open.header("x-team")), (None, None));
}

#[tokio::test]
async fn a_redirect_shows_the_key_to_nobody() {
    let elsewhere = Replay::answering("generic", list()).await;
    let to = elsewhere.url("/v1/models?token=sk-secret");
    let samples = vec![Sample::new("*", 307, "").header("Location", &to)];
    let replay = Replay::answering("generic", samples).await;
    for kind in [None, Some(Kind::Generic), Some(Kind::LiteLlm), Some(Kind::LlamaCpp)] {
        let seen = Prober::new().expect("a prober").probe(&ProbeRequest { kind, ..keyed(&replay.url("/v1")) }).await;
        let Answer::Failed(failure) = seen.answer else { panic!("{seen:?}") };
        assert_eq!(format!("{failure:?}"), format!("NotAnApi(\"redirects to {}\")", elsewhere.url("/v1/models")));
    }
    assert_eq!(elsewhere.asked().len(), 0);
}

#[tokio::test]
async fn a_key_that_is_no_header_is_a_wrong_key() {
    let replay = Replay::of("llama.cpp", &["nokey"]).await;
    let asked = ProbeRequest { key: Some("line\nbreak".to_owned()), ..request(&replay.url("/v1")) };
    assert_eq!(summary(&Prober::new().expect("a prober").probe(&asked).await), "llama.cpp: AuthWrong");
}

#[tokio::test]
async fn nothing_of_a_key_is_ever_printed() {
    let asked = keyed("http://127.0.0.1:9/v1");
    assert!(!format!("{asked:?}").contains("secret"));
    assert!(!format!("{:?}", Prober::new().expect("a prober")).contains("secret"));
}

#[tokio::test]
async fn localhost_is_127_0_0_1_first_and_its_name_is_kept() {
    let v4 = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
    let port = v4.local_addr().expect("an address").port();
    let Ok(v6) = TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await else { return };
    let first = Replay::on(v4, "generic", list());
    let second = Replay::on(v6, "generic", list());
    let seen = Prober::new().expect("a prober").probe(&request(&format!("http://localhost:{port}/v1"))).await;
    assert_eq!(summary(&seen), "generic: m");
    assert!(!first.asked().is_empty() && second.asked().is_empty());
    assert_eq!(first.asked()[0].header("host"), Some(format!("localhost:{port}").as_str()));
}

#[tokio::test]
async fn localhost_is_found_on_ipv6_alone() {
    let Ok(v6) = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).await else { return };
    let port = v6.local_addr().expect("an address").port();
    let replay = Replay::on(v6, "generic", list());
    let prober = Prober::new().expect("a prober");
    for host in ["localhost", "[::1]"] {
        let seen = prober.probe(&request(&format!("http://{host}:{port}/v1"))).await;
        assert_eq!(summary(&seen), "generic: m", "{host}");
    }
    drop(replay);
}

#[tokio::test]
async fn a_name_that_nobody_knows() {
    // Longer than a name may be, so that no one else need be asked.
    let url = format!("http://{}.lan:8080/v1", "x".repeat(70));
    assert_eq!(summary(&Prober::new().expect("a prober").probe(&request(&url)).await), "unknown: NameUnknown");
}

#[tokio::test]
async fn a_base_url_that_cannot_be_asked() {
    for (url, why) in [
        ("", "it is empty"),
        ("127.0.0.1:8080/v1", "http:// is missing"),
        ("http://u:p@h/v1", "it holds a user name or password"),
    ] {
        let seen = Prober::new().expect("a prober").probe(&request(url)).await;
        assert_eq!(summary(&seen), format!("unknown: BadUrl({why:?})"));
    }
}

/// The server answers the first question of a connection and closes it at the second, as one does whose patience with an idle
/// connection ran out just then.
#[tokio::test]
async fn a_stale_connection_is_tried_once_more() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
    let url = format!("http://{}/v1", listener.local_addr().expect("an address"));
    let server = tokio::spawn(async move {
        loop {
            let Ok((mut stream, _)) = listener.accept().await else { return };
            tokio::spawn(async move {
                let mut seen = vec![0; 4096];
                let _ = stream.read(&mut seen).await;
                let answer =
                    format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{LIST}", LIST.len());
                let _ = stream.write_all(answer.as_bytes()).await;
                let _ = stream.read(&mut seen).await;
            });
        }
    });
    let prober = Prober::new().expect("a prober");
    let asked = ProbeRequest { kind: Some(Kind::Generic), ..request(&url) };
    for _ in 0..5 {
        assert_eq!(summary(&prober.probe(&asked).await), "generic: m");
    }
    server.abort();
}

#[tokio::test]
async fn a_list_without_end_is_cut_and_says_so() {
    let server = Faulty::start(Fault::EndlessList).await;
    let asked = ProbeRequest { kind: Some(Kind::Generic), wanted: Some(vec!["model-7".to_owned()]), ..request(server.url()) };
    let seen = Prober::new().expect("a prober").probe(&asked).await;
    assert_eq!(summary(&seen), "generic (partial): model-7", "only what is wanted of a long list");
}

#[tokio::test]
async fn a_body_without_end_is_no_api() {
    let server = Faulty::start(Fault::EndlessBody).await;
    let seen =
        Prober::new().expect("a prober").probe(&ProbeRequest { kind: Some(Kind::LlamaSwap), ..request(server.url()) }).await;
    assert_eq!(summary(&seen), "unknown: NotAnApi(\"an answer that is not JSON\")");
}

#[tokio::test]
async fn data_may_be_null_and_rows_may_be_odd() {
    for (body, expected) in [
        (r#"{"object":"list","data":null}"#, "generic: no models"),
        (r#"{"data":[{"id":"a","created":"soon","meta":[],"owned_by":7},{"object":"model"},3]}"#, "generic: a"),
        (r#"{"data":[{"id":"openai/*","created":3}]}"#, "generic (partial): openai/*"),
        (
            r#"{"data":[{"id":"a","created":1,"owned_by":"x"}],"error":"no"}"#,
            "unknown: NotAnApi(\"an error in an answer that says 200\")",
        ),
    ] {
        let replay = Replay::answering("generic", vec![Sample::new("/v1/models", 200, body)]).await;
        let seen = Prober::new().expect("a prober").probe(&request(&replay.url("/v1"))).await;
        assert_eq!(summary(&seen), expected, "{body}");
    }
}

#[tokio::test]
async fn a_whole_round_has_an_end_as_well() {
    let server = Faulty::start(Fault::Hangs).await;
    let (whole, forever) = (Duration::from_millis(50), Duration::from_secs(600));
    let timeouts = Timeouts { whole, liveness: forever, listing: forever, ..Timeouts::default() };
    let prober = Prober::with_timeouts(timeouts).expect("a prober");
    let asked = request(server.url());
    let seen = tokio::time::timeout(Duration::from_secs(5), prober.probe(&asked)).await.expect("an end");
    assert_eq!(summary(&seen), "unknown: TimedOut");
}
