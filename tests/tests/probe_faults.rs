//! Servers that misbehave: each ends in a failure with a name, within its time, whatever was known of the server before.

use domain::observation::{Answer, Kind, ProbeRequest};
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
    check(Fault::SelfSigned, "Tls(\"self-signed certificate or unknown authority\")");
}
