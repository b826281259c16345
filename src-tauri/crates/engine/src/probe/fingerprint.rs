//! Finds out what kind of server answers at a base URL, in at most four GETs that change nothing. The order matters: many servers answer
//! in the manner of others, and one must not be asked for its models at all.

use super::base::At::{self, Api, Open, Root};
use super::kinds;
use super::reply::Reply;
use super::round::Round;
use super::wire::{Listing, Row};
use domain::server::observation::{Failure, Kind};
use serde::Deserialize;

const MOST_QUESTIONS: usize = 4;

/// The `created` that LiteLLM gives every model.
const LITELLM_CREATED: u64 = 1_677_610_602;

const LIVELINESS: At = Open("health/liveliness");

/// A path that only one kind answers like this.
struct Test {
    kind: Kind,
    at: At,
    holds: fn(&Reply) -> bool,
}

const TESTS: [Test; 9] = [
    Test { kind: Kind::LiteLlm, at: LIVELINESS, holds: |it| it.text() == "\"I'm alive!\"" },
    Test { kind: Kind::TabbyApi, at: Open(".well-known/serviceinfo"), holds: |it| it.text().contains("\"TabbyAPI\"") },
    Test { kind: Kind::Vllm, at: Open("version"), holds: kinds::is_only_version },
    Test { kind: Kind::Sglang, at: Open(""), holds: |it| it.text().trim_matches('"') == "SGLang is running" },
    Test { kind: Kind::TextGenerationWebUi, at: Root("v1/internal/health"), holds: |it| it.text().contains("\"ok\"") },
    Test { kind: Kind::KoboldCpp, at: Open("api/extra/version"), holds: |it| it.text().contains("\"KoboldCpp\"") },
    Test { kind: Kind::Lemonade, at: Root("v1/health"), holds: |it| it.text().contains("\"all_models_loaded\"") },
    Test { kind: Kind::LocalAi, at: Open(".well-known/localai.json"), holds: |it| it.text().starts_with('{') },
    Test { kind: Kind::Ollama, at: Open("api/version"), holds: kinds::is_only_version },
];

const BY_TEST: &str = "it answers the last of these questions as only that kind does";
const BY_REFUSAL: &str = "it refuses a GET where a POST belongs in words of its own";
const BY_LIST: &str = "its list of models is written as only that kind does";
const BY_TITLE: &str = "its description of its API says so, or can't be read, and then it is not risked";
const BY_LOADING: &str = "it says that it is loading a model as only that kind does";
const BY_NOTHING: &str = "it lists models as OpenAI does, with no sign of a kind of its own";

/// The kind, and what shows it: a fact about the last answer.
///
/// # Errors
/// What keeps it from being known: it can't be reached, or lists no models and shows no sign of its own.
pub(super) async fn fingerprint(round: &mut Round<'_>) -> Result<(Kind, &'static str), Failure> {
    if round.base.native && holds(round, Kind::Ollama).await? {
        return Ok((Kind::Ollama, BY_TEST));
    }
    let first = round.ask(Api("chat/completions")).await?;
    if (300..400).contains(&first.status) {
        first.refusal()?;
    }
    let family = Family::of(first);
    if let Family::Sure(kind) = family {
        return Ok((kind, BY_REFUSAL));
    }
    if matches!(family, Family::PythonMaybe) {
        // Asking LiteLLM for its API description would stall it, so it is ruled out before.
        if holds(round, Kind::LiteLlm).await? {
            return Ok((Kind::LiteLlm, BY_TEST));
        }
        // In doubt it is taken for one that must not be asked for its models.
        if title(round.ask(Open("openapi.json")).await?).is_none_or(|it| it.contains("llama.cpp Python")) {
            return Ok((Kind::LlamaCppPython, BY_TITLE));
        }
    }
    if matches!(family, Family::Gin) && holds(round, Kind::Ollama).await? {
        return Ok((Kind::Ollama, BY_TEST));
    }
    let fastapi = matches!(family, Family::FastApi | Family::PythonMaybe);
    let listed = round.ask(Api("models")).await?;
    let (listing, server) = (listed.listing(), listed.header("server").to_owned());
    let suspects = match &listing {
        Ok(listing) => match by_list(listing, fastapi, &server) {
            ByList::Sure(kind) => return Ok((kind, BY_LIST)),
            ByList::Ask(kinds) => kinds,
            ByList::None => return Ok((Kind::Generic, BY_NOTHING)),
        },
        Err(Failure::Starting) => return Ok((Kind::LlamaCpp, BY_LOADING)),
        Err(_) => by_complaint(listed, &family),
    };
    for kind in suspects {
        if round.asked() < MOST_QUESTIONS && holds(round, *kind).await? {
            return Ok((*kind, BY_TEST));
        }
    }
    listing.map(|_| (Kind::Generic, BY_NOTHING))
}

async fn holds(round: &mut Round<'_>, kind: Kind) -> Result<bool, Failure> {
    let Some(test) = TESTS.iter().find(|it| it.kind == kind) else { return Ok(false) };
    let reply = round.ask(test.at).await?;
    // Its paths are guarded all alike, and this one is its alone: a refusal in its words will do.
    if kind == Kind::TextGenerationWebUi && reply.status == 401 && reply.error().detail == "Unauthorized" {
        return Ok(true);
    }
    Ok(reply.is_ok() && (test.holds)(reply))
}

/// What the answer to a GET on a path that takes POST gives away.
enum Family {
    Sure(Kind),
    PythonMaybe,
    FastApi,
    Gin,
    Echo,
    /// A key guards the API: vLLM and SGLang.
    Guarded,
    Unknown,
}

impl Family {
    fn of(reply: &Reply) -> Family {
        let server = reply.header("server");
        let complaint = reply.error();
        let text = reply.text();
        let uvicorn = server == "uvicorn";
        match reply.status {
            _ if server == "llama.cpp" => Family::Sure(Kind::LlamaCpp),
            405 if uvicorn && !reply.header("x-request-id").is_empty() && complaint.detail == "Method Not Allowed" => {
                Family::PythonMaybe
            }
            405 if complaint.code == "method_not_supported" => Family::Sure(Kind::Gpt4All),
            405 if text == "405 method not allowed" => Family::Gin,
            405 if complaint.detail == "Method Not Allowed" => Family::FastApi,
            405 if complaint.message == "Method Not Allowed" || text.starts_with('<') => Family::Echo,
            404 if text == "404 page not found" => Family::Gin,
            404 if server.starts_with("KoboldCppServer") => Family::Sure(Kind::KoboldCpp),
            404 if server.starts_with("BaseHTTP/") && text == "Not Found" => Family::Sure(Kind::Mlx),
            404 if complaint.kind == "not_found" && !complaint.path.is_empty() => Family::Sure(Kind::Lemonade),
            200 if complaint.message.starts_with("Unexpected endpoint or method") => Family::Sure(Kind::LmStudio),
            401 if complaint.plain && complaint.message == "Unauthorized" => Family::Guarded,
            _ if uvicorn => Family::FastApi,
            _ => Family::Unknown,
        }
    }
}

enum ByList {
    Sure(Kind),
    Ask(&'static [Kind]),
    None,
}

fn by_list(listing: &Listing, fastapi: bool, server: &str) -> ByList {
    let all = |is: fn(&Row) -> bool| listing.rows.iter().all(is);
    if let Some(kind) = listing.rows.iter().find_map(|row| kinds::owned_by(row.owned_by.as_deref()?)) {
        let router = kind == Kind::LlamaCpp && listing.rows.iter().any(|row| row.status.is_some());
        return ByList::Sure(if router { Kind::LlamaCppRouter } else { kind });
    }
    if listing.rows.is_empty() {
        return ByList::Ask(if fastapi { &[Kind::LiteLlm, Kind::TextGenerationWebUi] } else { &[Kind::Ollama, Kind::LocalAi] });
    }
    if all(|row| row.owned_by.as_deref() == Some("user")) {
        match listing.rows.first().and_then(|row| row.created) {
            Some(0) => return ByList::Sure(Kind::TextGenerationWebUi),
            Some(1) => return ByList::Sure(Kind::Jan),
            _ => {}
        }
    }
    if all(|row| row.owned_by.as_deref() == Some("openai") && row.created == Some(LITELLM_CREATED)) {
        return if fastapi { ByList::Sure(Kind::LiteLlm) } else { ByList::Ask(&[Kind::LiteLlm]) };
    }
    if all(|row| row.owned_by.is_none()) && server.starts_with("BaseHTTP/") {
        return ByList::Sure(Kind::Mlx);
    }
    if all(|row| row.owned_by.is_none() && row.created.is_none()) {
        return ByList::Ask(&[Kind::LocalAi]);
    }
    if fastapi { ByList::Ask(&[Kind::LiteLlm]) } else { ByList::None }
}

/// Whom a refusal sounds like, the likeliest first.
fn by_complaint(reply: &Reply, family: &Family) -> &'static [Kind] {
    let complaint = reply.error();
    match (complaint.kind.as_str(), complaint.detail.as_str()) {
        ("auth_error" | "no_db_connection" | "token_not_found_in_db" | "expired_key" | "key_model_access_denied", _) => {
            &[Kind::LiteLlm]
        }
        (_, "Please provide an API key" | "Invalid API key") => &[Kind::TabbyApi],
        (_, "Unauthorized") => &[Kind::TextGenerationWebUi],
        _ if complaint.plain && complaint.message == "Unauthorized" => &[Kind::Vllm, Kind::Sglang],
        _ if complaint.message.contains("LM Studio API token") => &[],
        _ => match family {
            Family::Guarded => &[Kind::Vllm, Kind::Sglang],
            Family::Echo => &[Kind::LocalAi],
            Family::Gin => &[Kind::Ollama],
            Family::FastApi | Family::PythonMaybe => &[Kind::LiteLlm, Kind::TabbyApi],
            _ if reply.status == 401 && !reply.header("www-authenticate").is_empty() => &[Kind::LocalAi],
            Family::Unknown | Family::Sure(_) => &[Kind::Ollama, Kind::KoboldCpp],
        },
    }
}

/// Of the API description that FastAPI servers give.
fn title(reply: &Reply) -> Option<String> {
    #[derive(Deserialize)]
    struct Description {
        info: Info,
    }
    #[derive(Deserialize)]
    struct Info {
        title: String,
    }
    reply.json::<Description>().map(|it| it.info.title)
}
