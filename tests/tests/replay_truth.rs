//! Real gateways of three releases, with what really happened beside them: in whatever way they are heard, what is shown after each turn
//! and what is told is so.

use std::path::Path;

use tests::truth::{Capture, Replay, play};

const RELEASES: [&str; 3] = ["2026.6.11", "2026.8.2", "2026.9.6"];
/// Orders in which log and socket are heard.
const ORDERS: u64 = 6;

fn capture(release: &str) -> Capture {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/openclaw/turns").join(release);
    Capture::read(&folder).expect("a capture")
}

#[test]
fn with_the_socket_every_turn_and_every_notice_is_right() {
    for release in RELEASES {
        let capture = capture(release);
        let modes = [Replay::Socket, Replay::Both, Replay::Restarted].into_iter().chain((0..ORDERS).map(Replay::Mixed));
        for mode in modes {
            let score = play(&capture, mode);
            assert!(score.is_perfect(), "{release}, {mode:?}: {score}");
        }
    }
}

/// OpenClaw compares the ids of providers without case.
#[test]
fn ids_in_another_case_are_the_same_providers() {
    for release in RELEASES {
        let lower = capture(release);
        let config = lower.config.replace("\"box/", "\"Box/").replace(" box: {", " BOX: {");
        let score = play(&Capture { config, ..lower }, Replay::Both);
        assert!(score.is_perfect(), "{release}: {score}");
    }
}

/// What it does not say is left open, and nothing is told of it.
#[test]
fn by_the_log_alone_nothing_is_told_that_is_not_so() {
    for release in RELEASES {
        let score = play(&capture(release), Replay::Log);
        assert!(score.tells_nothing_wrong(), "{release}: {score}");
        assert_eq!(score.right + score.unknown.len(), score.turns, "{release}: {score}");
        assert!(score.unknown.iter().all(|it| it.contains("; the log ")), "each says what the log does not: {score}");
    }
}
