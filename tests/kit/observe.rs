//! Observations as lines that a person can read, and requests as short as a test wants them.

use domain::server::observation::{Answer, Load, Observation, ProbeRequest, ServedModel};

/// A deep round of an unknown server.
#[must_use]
pub fn request(base_url: &str) -> ProbeRequest {
    ProbeRequest {
        provider: "box".to_owned(),
        base_url: base_url.to_owned(),
        api: Some("openai-completions".to_owned()),
        key: None,
        headers: Vec::new(),
        kind: None,
        wanted: Some(Vec::new()),
        deep: true,
    }
}

/// `llama.cpp b11434: gemma loaded 2048/32768`, or `llama.cpp: Starting`.
#[must_use]
pub fn summary(seen: &Observation) -> String {
    let mut head = seen.kind.map_or("unknown", |it| it.id()).to_owned();
    if let Some(version) = &seen.version {
        head += &format!(" {version}");
    }
    let serving = match &seen.answer {
        Answer::Failed(failure) => return format!("{head}: {failure:?}"),
        Answer::Up(serving) => serving,
    };
    for (flag, word) in [
        (serving.ignores_names, "any name"),
        (serving.routes_elsewhere, "routes"),
        (serving.busy, "busy"),
        (serving.partial, "partial"),
    ] {
        if flag {
            head += &format!(" ({word})");
        }
    }
    match &serving.models {
        None => format!("{head}: up"),
        Some(models) if models.is_empty() => format!("{head}: no models"),
        Some(models) => format!("{head}: {}", models.iter().map(model).collect::<Vec<_>>().join(", ")),
    }
}

fn model(it: &ServedModel) -> String {
    let mut text = it.id.clone();
    for alias in &it.aliases {
        text += &format!("|{alias}");
    }
    text += match it.load {
        Load::Loaded => " loaded",
        Load::NotLoaded => " not loaded",
        Load::Loading => " loading",
        Load::Sleeping => " sleeping",
        Load::Failed => " failed",
        Load::Unknown => "",
    };
    let number = |it: Option<u64>| it.map_or_else(|| "-".to_owned(), |it| it.to_string());
    if it.context().is_some() || it.max_context.is_some() {
        let served = match it.configured_context {
            Some(to_be) if it.served_context.is_none() => format!("({to_be})"),
            _ => number(it.served_context),
        };
        text += &format!(" {served}/{}", number(it.max_context));
    }
    if let Some(quantisation) = &it.quantisation {
        text += &format!(" {quantisation}");
    }
    if let Some(bytes) = it.size_bytes {
        text += &format!(" {} MB", bytes / 1_000_000);
    }
    if it.remote {
        text += " in the cloud";
    }
    for upstream in &it.upstreams {
        text += &format!(" > {} at {}", upstream.model, upstream.base_url);
    }
    text
}
