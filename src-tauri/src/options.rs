//! The command line of the tray app.

use std::path::PathBuf;
use std::time::Duration;

/// Watches OpenClaw's config and the local model servers named in it; a flame in the tray says which model answers.
#[derive(Clone, Debug, PartialEq, clap::Parser)]
#[command(name = "pilotlight-tray", version)]
pub struct Options {
    /// Watch this config file, whatever the environment says
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// OpenClaw's named profile
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// The folder of the gateway's log
    #[arg(long, value_name = "DIR")]
    pub log_dir: Option<PathBuf>,
    /// Seconds between two probes of a server, 0.1 to 3600
    #[arg(long, value_name = "SECONDS", value_parser = interval)]
    pub interval: Option<Duration>,
    /// Open the window at start
    #[arg(long)]
    pub show: bool,
    /// Start with the tray alone (the default)
    #[arg(long, conflicts_with = "show")]
    pub hidden: bool,
}

impl Options {
    pub fn engine(&self) -> engine::Options {
        engine::Options {
            config: self.config.clone(),
            profile: self.profile.clone(),
            log_dir: self.log_dir.clone(),
            interval: self.interval,
            keeps_history: true,
            ..engine::Options::default()
        }
    }

    pub fn watches_the_same(&self, other: &Options) -> bool {
        (&self.config, &self.profile, &self.log_dir) == (&other.config, &other.profile, &other.log_dir)
    }

    /// They say what to watch, so a first instance that watches something else must not pass for this one.
    pub fn names_a_source(&self) -> bool {
        self.config.is_some() || self.profile.is_some() || self.log_dir.is_some()
    }
}

fn interval(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number of seconds".to_owned())?;
    if !(0.1..=3600.0).contains(&seconds) {
        return Err("must be from 0.1 to 3600 seconds".to_owned());
    }
    Ok(Duration::from_secs_f64(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_is_bounded() {
        assert_eq!(interval("0.1"), Ok(Duration::from_millis(100)));
        assert_eq!(interval("3600"), Ok(Duration::from_secs(3600)));
        for bad in ["0", "0.05", "3601", "-1", "NaN", "inf", "", "1s"] {
            assert!(interval(bad).is_err(), "{bad}");
        }
    }
}
