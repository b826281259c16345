//! `pilotlight discover`: finds the model servers that run on this machine.

use std::process::ExitCode;

use domain::Kind;
use domain::view::discovery::Found;
use engine::EditSession;
use engine::discover::discover;
use engine::probe::Prober;
use serde_json::json;

use crate::args::Place;
use crate::check::say;
use crate::edit::pretty;

/// Models printed for each server; `--json` prints all.
const SHOWN: usize = 6;

pub async fn run(place: &Place) -> Result<ExitCode, engine::StartError> {
    // Without a config no server is known yet.
    let config = EditSession::read(&place.options()).map(|it| it.state.config).unwrap_or_default();
    let prober = Prober::new().map_err(engine::StartError::Client)?;
    let servers = discover(&prober, &config, &Kind::well_known_ports()).await;
    if place.json {
        say(&pretty(&json!({ "servers": servers })));
    } else {
        say(&page(&servers));
    }
    Ok(ExitCode::from(u8::from(servers.is_empty())))
}

fn page(servers: &[Found]) -> String {
    if servers.is_empty() {
        let ports: Vec<String> = Kind::well_known_ports().iter().map(|it| it.0.to_string()).collect();
        return format!(
            "no model server answers on this machine (asked the ports {})\nhint: start one, or ask another address: pilotlight probe URL",
            ports.join(", ")
        );
    }
    servers.iter().map(server).collect::<Vec<_>>().join("\n")
}

fn server(it: &Found) -> String {
    let version = it.version.as_ref().map(|it| format!(" {it}")).unwrap_or_default();
    let known = it.configured.as_ref().map(|it| format!(" (provider {it})")).unwrap_or_default();
    let mut lines = vec![format!("{}{version} at {}{known}: {}, {}", it.name, it.base_url, it.mark.text, it.about)];
    lines.extend(it.models.iter().take(SHOWN).map(|it| format!("    {}: {}", it.id, it.about)));
    if it.models.len() > SHOWN {
        lines.push(format!("    and {} more", it.models.len() - SHOWN));
    }
    lines.join("\n")
}
