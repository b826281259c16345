//! The OpenClaw that is installed here, asked once per version for its own schema. That takes it 2 to 5 s of a core (2026.9.6, 2026.3.28), so it is
//! asked in the background, after everything else has its first answer, and what it said is kept.

mod find;
mod kept;
mod run;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use domain::Event;
use domain::schema::{OwnSchema, Printed};
use tokio::sync::{mpsc, watch};

use crate::{Options, Published};
use find::Installed;
use kept::Kept;
use run::Haste;

/// Between two looks whether another version is there by now.
const LOOK_EVERY: Duration = Duration::from_secs(10 * 60);

/// Where to find the program, and where what it said is kept.
#[derive(Clone, Debug)]
pub(crate) struct OpenClaw {
    program: Option<PathBuf>,
    kept: Kept,
}

impl OpenClaw {
    pub(crate) fn new(options: &Options) -> Self {
        OpenClaw { program: options.openclaw.clone(), kept: Kept::in_folder(options.state().join("schema")) }
    }

    /// What was kept of the version that is installed, for those who can't wait. Where its version is not told by its files, what there is.
    pub(crate) fn at_hand(&self) -> Option<OwnSchema> {
        let installed = Installed::find(self.program.as_deref())?;
        let version = installed.version.or_else(|| self.kept.only())?;
        self.kept.read(&version).map(OwnSchema::Known)
    }

    /// All of it, now.
    pub(crate) async fn schema(&self) -> OwnSchema {
        match self.installed().await {
            None => OwnSchema::NotInstalled,
            Some(it) => match self.at_once(&it).await {
                Some(kept) => kept,
                None => self.fetch(&it, Haste::Someone, &|_| {}).await,
            },
        }
    }

    /// Tells of what is there, and of each version that takes its place.
    pub(crate) async fn follow(self, mut published: watch::Receiver<Arc<Published>>, events: mpsc::UnboundedSender<Event>) {
        let tell = |it| drop(events.send(Event::Schema(it)));
        let mut before = None;
        loop {
            let installed = self.installed().await;
            if before.as_ref() != Some(&installed) {
                match &installed {
                    None => tell(OwnSchema::NotInstalled),
                    Some(it) => match self.at_once(it).await {
                        Some(kept) => tell(kept),
                        None => {
                            // Those who look at the light come first.
                            if published.wait_for(|it| it.settled).await.is_err() {
                                return;
                            }
                            tell(self.fetch(it, Haste::Nobody, &tell).await);
                        }
                    },
                }
                before = Some(installed);
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK_EVERY) => {}
                () = events.closed() => return,
            }
        }
    }

    async fn installed(&self) -> Option<Installed> {
        let program = self.program.clone();
        tokio::task::spawn_blocking(move || Installed::find(program.as_deref())).await.ok().flatten()
    }

    async fn at_once(&self, installed: &Installed) -> Option<OwnSchema> {
        let (kept, version) = (self.kept.clone(), installed.version.clone()?);
        tokio::task::spawn_blocking(move || kept.read(&version)).await.ok().flatten().map(OwnSchema::Known)
    }

    async fn fetch(&self, installed: &Installed, haste: Haste, tell: &(dyn Fn(OwnSchema) + Sync)) -> OwnSchema {
        let mut version = installed.version.clone();
        let schema = self.fetched(installed, &mut version, haste, tell).await;
        schema.map(OwnSchema::Known).unwrap_or_else(|why| {
            tracing::warn!(?version, "OpenClaw gave no schema: {why}");
            OwnSchema::Failed { version, why }
        })
    }

    async fn fetched(
        &self,
        installed: &Installed,
        version: &mut Option<String>,
        haste: Haste,
        tell: &(dyn Fn(OwnSchema) + Sync),
    ) -> Result<Printed, String> {
        let version = match version {
            Some(known) => known,
            None => {
                let said = run::output(&installed.program, &["--version"], haste).await?;
                let told = find::told(&said).ok_or_else(|| "it does not tell its version".to_owned())?;
                version.insert(told)
            }
        };
        if let Some(kept) = self.kept.read(version) {
            return Ok(kept);
        }
        tell(OwnSchema::Fetching { version: version.clone() });
        let said = run::output(&installed.program, &["config", "schema"], haste).await?;
        let (kept, version) = (self.kept.clone(), version.clone());
        let read = tokio::task::spawn_blocking(move || {
            let schema = Printed::reduce(&said)?;
            if let Err(error) = kept.keep(&version, &schema) {
                tracing::warn!("OpenClaw's schema can't be kept: {error}");
            }
            Printed::read(&version, &schema)
        });
        read.await.map_err(|it| it.to_string())?
    }
}
