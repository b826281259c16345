//! Servers that misbehave: each ends in a failure with a name, within its time, whatever was known of the server before.

use domain::Kind;
use domain::server::observation::{Answer, Failure, ProbeRequest};
use engine::probe::{Prober, Timeouts};
use std::time::{Duration, Instant};
use tests::fault::{Fault, Faulty};
use tests::observe::{request, summary};

/// Long enough for a busy machine to answer, short enough not to be noticed.
const PATIENCE: Duration = Duration::from_millis(300);

#[track_caller]
fn check(fault: Fault, expected: &str) {
    for kind in [None, Some(Kind::Generic), Some(Kind::LlamaCpp), Some(Kind::LiteLlm)] {
        for deep in [true, false] {
            let seen = block_on(async {
                let server = Faulty::start(fault).await;
                let prober = Prober::with_timeouts(short()).expect("a prober");
                let started = Instant::now();
                let seen = prober.probe(&ProbeRequest { kind, deep, ..request(server.url()) }).await;
                // The first call already gives up: the limit on the whole is not what ends it.
                assert!(started.elapsed() < short().whole / 2, "{fault:?} took {:?}", started.elapsed());
                seen
            });
            let Answer::Failed(failure) = &seen.answer else { panic!("{fault:?}: {}", summary(&seen)) };
            assert_eq!(format!("{failure:?}"), expected, "known as {kind:?}, deep {deep}");
        }
    }
}

fn short() -> Timeouts {
    Timeouts { connect: [PATIENCE; 3], liveness: PATIENCE, listing: PATIENCE, whole: 12 * PATIENCE }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(future)
}

#[test]
fn refuses() {
    check(Fault::Refuses, "Refused");
}

#[test]
fn accepts_and_hangs() {
    check(Fault::Hangs, "TimedOut");
}

#[test]
fn drips_a_byte_a_second() {
    check(Fault::Drips, "TimedOut");
}

#[test]
fn closes_without_a_word() {
    check(Fault::Closes, "Reset");
}

#[test]
fn a_head_too_large() {
    check(Fault::HugeHead, "NotAnApi(\"the head of its answer is too large\")");
}

#[test]
fn no_text_at_all() {
    check(Fault::InvalidUtf8, "NotAnApi(\"an answer that is not JSON\")");
}

#[test]
fn a_web_page() {
    check(Fault::WebPage, "NotAnApi(\"a web page\")");
}

#[test]
fn a_redirect_is_not_followed() {
    check(Fault::RedirectLoop, "NotAnApi(\"redirects to /v1/models\")");
}

#[test]
fn a_body_cut_short() {
    check(Fault::CutsBody, "Reset");
}

#[test]
fn a_reset_mid_body() {
    check(Fault::ResetsBody, "Reset");
}

#[test]
fn not_http() {
    check(Fault::NotHttp, "NotAnApi(\"its answer is not HTTP\")");
}

#[test]
fn a_certificate_that_nobody_vouches_for() {
    let seen = block_on(async {
        let server = Faulty::start(Fault::SelfSigned).await;
        Prober::new().expect("a prober").probe(&request(server.url())).await
    });
    let Answer::Failed(Failure::Untrusted(it)) = &seen.answer else { panic!("{}", summary(&seen)) };
    assert_eq!((it.why.as_str(), it.changed), ("self-signed certificate or unknown authority", false));
    assert_eq!((it.fingerprint.len(), it.fingerprint.matches(':').count()), (95, 31), "SHA-256, as browsers show it");
}

/// Bound to the address and to that one certificate, and kept where no one else can read it.
#[test]
fn a_certificate_that_a_person_trusts() {
    block_on(async {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("state/trust.json");
        let fresh = || Prober::new().expect("a prober").trusting(file.clone());
        let [server, other] = [Faulty::start(Fault::SelfSigned).await, Faulty::start(Fault::SelfSigned).await];
        let prober = fresh();
        let shown = |seen: domain::server::observation::Observation| match seen.answer {
            Answer::Failed(Failure::Untrusted(it)) => it,
            answer => panic!("{answer:?}"),
        };
        let theirs = shown(prober.probe(&request(server.url())).await);
        prober.trust(server.url(), &theirs.fingerprint);
        prober.write_trusted().expect("kept");
        assert_eq!(summary(&prober.probe(&request(server.url())).await), "localai: no models");
        assert_eq!(summary(&fresh().probe(&request(server.url())).await), "localai: no models", "after a restart");
        assert!(!shown(prober.probe(&request(other.url())).await).changed, "another address is not meant");
        prober.trust(other.url(), &theirs.fingerprint);
        assert!(shown(prober.probe(&request(other.url())).await).changed, "it shows another one than is trusted there");
        let origin = prober.trusted().into_keys().find(|it| server.url().starts_with(it)).expect("its origin");
        prober.forget(&origin);
        prober.write_trusted().expect("kept");
        assert!(!shown(prober.probe(&request(server.url())).await).changed, "as if it had never been trusted");
        assert_eq!(fresh().trusted().len(), 1, "the other one is trusted still");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(&file).expect("a file").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    });
}
