//! `status` and `check`: one look at everything. They don't count misses and hits over time.

use std::io::Write;
use std::process::ExitCode;

use domain::base::shown::Shown;
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

/// Prints a line, or several, as what they are: nothing in it acts on the terminal. Returns whether someone still reads: a closed pipe (`| head`) is a reason to stop, not an error.
pub fn say(line: &str) -> bool {
    writeln!(std::io::stdout(), "{}", Shown::text(line)).is_ok()
}
