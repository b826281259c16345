//! What a person does through the window: reviews, saves, takes a save back, puts a backup back, looks at a secret, trusts a
//! certificate.

use document::Document;
use domain::Event;
use domain::base::change::{Change, Owner};
use domain::base::refusal::{Refusal, RefusalCode};
use domain::config::{Content, Key};
use domain::edit::Proposal;
use domain::view::types::BackupView;

use crate::backups::{self, Comeback};
use crate::config::{Source, Swap, create, hash, put_back, read, stale, verify, write};

impl super::Owner {
    /// Against the freshest text, whatever was read before.
    pub(super) fn propose(&self, changes: &[Change]) -> Result<Proposal, Refusal> {
        crate::edit::propose(&self.path, &self.state, changes)
    }

    /// What was reviewed, if the file is still the one that it was reviewed on.
    pub(super) fn save(&mut self, changes: &[Change], base: &str) -> Result<(), Refusal> {
        let (swaps, hash) = crate::edit::save(&self.path, &self.state, changes, base, &self.backups)?;
        let said = domain::edit::said(&self.state, changes);
        self.happen(Event::Saved { hash, said });
        self.saved = swaps;
        self.echo();
        Ok(())
    }

    /// Our own write, read now, so that the answer finds the new view; the watcher's report then changes nothing.
    pub(super) fn echo(&mut self) {
        self.happen(Event::Config(read(&self.path)));
        self.publish();
    }

    pub(super) fn backups(&self) -> Result<Vec<BackupView>, Refusal> {
        let now = self.clock.now();
        let found = backups::list(&self.path, &self.backups)?;
        Ok(found
            .into_iter()
            .map(|it| {
                let file = (it.file != self.path).then(|| backups::part_name(&self.path, &it.file));
                BackupView::new(it.name, file, crate::clock::unix_ms(&it.at), it.bytes, it.aside, &now)
            })
            .collect())
    }

    pub(super) fn comeback(&self, name: &str) -> Result<Comeback, Refusal> {
        backups::propose(&self.path, &self.state, &self.backups, name)
    }

    pub(super) fn restore(&mut self, name: &str, base: &str) -> Result<(), Refusal> {
        let Comeback { file, before, proposal } = self.comeback(name)?;
        if proposal.review.base != base {
            return Err(stale());
        }
        // A file that was broken, or not there, is nothing to come back to.
        self.saved.clear();
        match before {
            Some(before) => {
                let written = write(&file, base, verify(&proposal.after)?, &self.backups)?;
                let hash = Source::read(&self.path).map_or_else(|_| written.hash.clone(), |it| it.base());
                self.happen(Event::Saved { hash, said: vec!["a backup put back".to_owned()] });
                if Document::parse(&before).is_ok() {
                    self.saved.push(Swap { path: file, before, hash: written.hash });
                }
            }
            None => create(&file, verify(&proposal.after)?)?,
        }
        self.echo();
        Ok(())
    }

    pub(super) fn undo(&mut self) -> Result<(), Refusal> {
        let Some(own) = self.saved.last() else { return Err(Refusal::new(RefusalCode::Invalid, "there is no save to undo")) };
        let hash = hash(&own.before);
        match put_back(&self.saved, &self.backups) {
            Ok(()) => {
                self.saved.clear();
                self.happen(Event::Saved { hash, said: vec!["the last save taken back".to_owned()] });
                self.echo();
                Ok(())
            }
            Err(refusal) if refusal.code == RefusalCode::Stale => {
                self.saved.clear();
                Err(Refusal::new(RefusalCode::Stale, "the file was changed since that save")
                    .hint("undo it by hand: the text before is among the backups"))
            }
            Err(refusal) => Err(refusal),
        }
    }

    /// What a person trusts is another by now; it holds though it may not be on the disk.
    pub(super) fn kept(&mut self, trusted: std::io::Result<()>) {
        if let Err(error) = trusted {
            tracing::warn!("the file of trusted certificates can't be written: {error}");
        }
        self.happen(Event::Trusted(self.prober.trusted()));
    }

    pub(super) fn reveal(&self, provider: &str, header: Option<&str>) -> Result<String, Refusal> {
        let key = self.state.config.provider(provider).and_then(|it| match header {
            None => Some(&it.key),
            Some(name) => it.headers.iter().find(|it| it.0 == name).map(|it| &it.1),
        });
        literal(key)
    }

    /// Any other secret, by the way to it from what it belongs to.
    pub(super) fn reveal_setting(&self, of: &Owner, key: &[String]) -> Result<String, Refusal> {
        literal(match self.state.config.setting(of, key) {
            Some(Content::Secret(key)) => Some(key),
            _ => None,
        })
    }
}

fn literal(key: Option<&Key>) -> Result<String, Refusal> {
    match key {
        Some(Key::Literal(key)) => Ok(key.clone()),
        _ => Err(Refusal::new(RefusalCode::Invalid, "there is no such secret written out in the file")),
    }
}
