//! The commands that look once. They judge from what they see now, without the memory of misses and hits.

use std::io::Write;
use std::process::ExitCode;

use engine::{Options, Published, StartError};

use crate::text;

pub async fn status(json: bool, options: Options) -> Result<ExitCode, StartError> {
    let seen = engine::look(options).await?;
    print(json, &seen);
    Ok(ExitCode::SUCCESS)
}

pub async fn check(json: bool, options: Options) -> Result<ExitCode, StartError> {
    let seen = engine::look(options).await?;
    if json {
        print(true, &seen);
    } else {
        say(&text::line(&seen.status));
    }
    Ok(ExitCode::from(seen.exit_code))
}

fn print(json: bool, seen: &Published) {
    if json {
        say(&serde_json::to_string_pretty(&seen.status).unwrap_or_default());
    } else {
        say(&text::page(seen));
    }
}

/// Whether anyone still reads: a closed pipe (`| head`) is no error of ours, and a reason to stop.
pub fn say(line: &str) -> bool {
    writeln!(std::io::stdout(), "{line}").is_ok()
}
