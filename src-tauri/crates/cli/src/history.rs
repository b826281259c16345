//! `pilotlight history`: prints fallbacks, outages, stuck turns and changes of the config that the tray app kept.

use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use domain::base::refusal::{Refusal, RefusalCode};
use domain::base::shown::Shown;
use domain::history::ExportFormat;
use engine::history_text;

use crate::args::Place;
use crate::edit::Done;

#[derive(Args, Debug)]
pub struct History {
    /// Only what happened in the last TIME: 30m, 12h, 7d
    #[arg(long, value_name = "TIME", value_parser = span)]
    since: Option<Duration>,
    /// Print a table for spreadsheets
    #[arg(long, conflicts_with = "json")]
    csv: bool,
}

pub fn run(command: &History, place: &Place) -> Done {
    let refused = |message| Refusal::new(RefusalCode::File, message);
    let past = engine::history(&place.options(), command.since).map_err(refused)?;
    let text = if place.json {
        history_text(ExportFormat::Json, &past.entries)
    } else if command.csv {
        // Its lines end as spreadsheets want it.
        let table = history_text(ExportFormat::Csv, &past.entries);
        let lines: Vec<String> = table.split("\r\n").map(|it| Shown::text(it).to_string()).collect();
        let _ = write!(std::io::stdout(), "{}", lines.join("\r\n"));
        return Ok(ExitCode::SUCCESS);
    } else {
        page(&past)
    };
    // A closed pipe is not an error.
    let _ = write!(std::io::stdout(), "{}", Shown::text(&text));
    Ok(ExitCode::SUCCESS)
}

fn page(history: &engine::HistoryContents) -> String {
    if history.entries.is_empty() {
        return "The history is empty. The tray app keeps it while it runs.\n".to_owned();
    }
    let mut text = String::new();
    for day in &history.view.days {
        text += &format!("{}\n", day.title);
        for row in &day.rows {
            let why = if row.text.is_empty() { String::new() } else { format!(": {}", row.text) };
            let evidence = if row.evidence.is_empty() { String::new() } else { format!("  [{}]", row.evidence) };
            text += &format!("  {}  {}{why}{evidence}\n", row.time, row.title);
        }
    }
    text
}

fn span(text: &str) -> Result<Duration, String> {
    let wrong = || "must be a number with m, h or d, such as 12h".to_owned();
    let unit = match text.chars().last() {
        Some('m') => 60,
        Some('h') => 3_600,
        Some('d') => 86_400,
        _ => return Err(wrong()),
    };
    let n: u64 = text[..text.len() - 1].parse().map_err(|_| wrong())?;
    if n == 0 || n > 1_000_000 { Err(wrong()) } else { Ok(Duration::from_secs(n * unit)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans() {
        assert_eq!(span("30m"), Ok(Duration::from_secs(1_800)));
        assert_eq!(span("7d"), Ok(Duration::from_secs(604_800)));
        for bad in ["", "7", "d", "0h", "-1h", "1.5h", "1w", "99999999d", "1µ"] {
            assert!(span(bad).is_err(), "{bad}");
        }
    }
}
