//! The status as text for a terminal.

use domain::view::types::Severity;
use domain::{Overall, Status};
use engine::Published;

/// `ready: OpenClaw answers with Local (...)`
pub fn line(status: &Status) -> String {
    format!("{}: {}", overall(status.overall), status.route.reason)
}

pub fn page(seen: &Published) -> String {
    let (status, view) = (&seen.status, &seen.view);
    let mut page = vec![line(status), format!("config    {}", view.config.short_path)];
    if !view.hops.is_empty() {
        let hops: Vec<String> = view.hops.iter().map(|it| format!("{} ({})", it.name, it.mark.text)).collect();
        page.push(format!("route     {}", hops.join(" > ")));
    }
    page.push(format!("gateway   {}", status.gateway.message));
    page.extend(status.gateway.next_step.iter().map(|it| format!("          {it}")));
    page.extend(view.gateway.evidence.iter().map(|it| format!("          {it}")));
    for card in &view.boxes {
        let facts: Vec<&str> = card.facts.iter().map(|it| it.text.as_str()).collect();
        let latency = card.latency_ms.map(|ms| format!(", {ms} ms")).unwrap_or_default();
        page.push(format!("{:<9} {}{latency}: {}", card.provider, card.mark.text, facts.join(", ")));
        page.extend(card.notes.iter().map(|it| format!("          {} {}", it.title, it.text)));
    }
    for problem in &status.config.problems {
        let place = match (problem.line, problem.column) {
            (Some(line), Some(column)) => format!("line {line}:{column}: "),
            (Some(line), None) => format!("line {line}: "),
            _ => String::new(),
        };
        page.push(format!("{:<9} {place}{} [{}]", severity(problem.severity), problem.message, problem.code));
    }
    page.join("\n")
}

pub fn overall(overall: Overall) -> &'static str {
    match overall {
        Overall::Ready => "ready",
        Overall::Attention => "attention",
        Overall::Fallback => "fallback",
        Overall::Down => "down",
        Overall::Unknown => "unknown",
    }
}

/// Aligns columns, without spaces at the end of a line.
pub fn table<const N: usize>(head: [&str; N], rows: Vec<[String; N]>) -> String {
    let rows: Vec<[String; N]> = std::iter::once(head.map(str::to_owned)).chain(rows).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..N).map(width).collect();
    let lines = rows.iter().map(|row| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    });
    lines.collect::<Vec<_>>().join("\n")
}

pub fn count(n: u32, one: &str, many: &str) -> String {
    domain::base::words::count(n as usize, one, many)
}

pub fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "note",
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}
