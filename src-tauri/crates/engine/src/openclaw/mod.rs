//! Asks the OpenClaw that is installed here for its own schema, once per version. That takes it 2 to 5 s of a core (2026.9.6, 2026.3.28), so
//! it is asked after everything else has its first answer, and the schema is kept.

mod find;
mod kept;
mod run;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use domain::Event;
use domain::schema::{InstalledSchema, SchemaStatus};
use tokio::sync::watch;

use crate::inbox::EventSender;
use crate::options::Options;
use crate::published::Published;
use find::Installed;
use kept::KeptSchemas;
use run::Haste;

/// Between two looks whether another version is there by now.
const LOOK_EVERY: Duration = Duration::from_secs(10 * 60);

#[derive(Clone, Debug)]
pub(crate) struct OpenClaw {
    /// This one, instead of the one that a shell would start.
    program: Option<PathBuf>,
    kept: KeptSchemas,
}

impl OpenClaw {
    pub(crate) fn new(options: &Options) -> Self {
        OpenClaw { program: options.openclaw.clone(), kept: KeptSchemas::in_folder(options.state_dir().join("schema")) }
    }

    /// Returns what was kept of the version that is installed, for a command that can't wait. Where its files don't tell its version, what
    /// there is.
    pub(crate) fn at_hand(&self) -> Option<SchemaStatus> {
        let installed = Installed::find(self.program.as_deref())?;
        let version = installed.version.or_else(|| self.kept.only())?;
        self.kept.read(&version).map(SchemaStatus::Known)
    }

    /// Returns the schema at once, for a person who waits for it.
    pub(crate) async fn schema(&self) -> SchemaStatus {
        match self.installed().await {
            None => SchemaStatus::NotInstalled,
            Some(installed) => match self.kept(&installed).await {
                Some(kept) => kept,
                None => self.fetch(&installed, Haste::Someone, None).await,
            },
        }
    }

    /// Reports the schema of what is installed, and of each version that takes its place.
    pub(crate) async fn follow(self, mut published: watch::Receiver<Arc<Published>>, events: EventSender) {
        let mut before = None;
        loop {
            let installed = self.installed().await;
            if before.as_ref() != Some(&installed) {
                let schema = match &installed {
                    None => SchemaStatus::NotInstalled,
                    Some(installed) => match self.kept(installed).await {
                        Some(kept) => kept,
                        None => {
                            // The state of the servers comes first.
                            if published.wait_for(|published| published.settled).await.is_err() {
                                return;
                            }
                            self.fetch(installed, Haste::Nobody, Some(&events)).await
                        }
                    },
                };
                let _ = events.send(Event::Schema(schema)).await;
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

    async fn kept(&self, installed: &Installed) -> Option<SchemaStatus> {
        self.read_kept(installed.version.clone()?).await.map(SchemaStatus::Known)
    }

    async fn read_kept(&self, version: String) -> Option<InstalledSchema> {
        let kept = self.kept.clone();
        tokio::task::spawn_blocking(move || kept.read(&version)).await.ok().flatten()
    }

    async fn fetch(&self, installed: &Installed, haste: Haste, events: Option<&EventSender>) -> SchemaStatus {
        let mut version = installed.version.clone();
        let schema = self.fetched(installed, &mut version, haste, events).await;
        schema.map(SchemaStatus::Known).unwrap_or_else(|why| {
            tracing::warn!(?version, "OpenClaw gave no schema: {why}");
            SchemaStatus::Failed { version, why }
        })
    }

    async fn fetched(
        &self,
        installed: &Installed,
        version: &mut Option<String>,
        haste: Haste,
        events: Option<&EventSender>,
    ) -> Result<InstalledSchema, String> {
        let version = match version {
            Some(known) => known,
            None => {
                let output = run::output(&installed.program, &["--version"], haste).await?;
                version.insert(find::version_in(&output).ok_or_else(|| "it does not say its version".to_owned())?)
            }
        };
        if let Some(kept) = self.read_kept(version.clone()).await {
            return Ok(kept);
        }
        if let Some(events) = events {
            let _ = events.send(Event::Schema(SchemaStatus::Fetching { version: version.clone() })).await;
        }
        let output = run::output(&installed.program, &["config", "schema"], haste).await?;
        let (kept, version) = (self.kept.clone(), version.clone());
        let read = tokio::task::spawn_blocking(move || {
            let schema = InstalledSchema::reduce(&output)?;
            if let Err(error) = kept.keep(&version, &schema) {
                tracing::warn!("OpenClaw's schema can't be kept: {error}");
            }
            InstalledSchema::read(&version, &schema)
        });
        read.await.map_err(|error| error.to_string())?
    }
}
