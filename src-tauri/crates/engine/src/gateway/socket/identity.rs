//! This app's own key: the gateway lets an unknown device of this machine in once it has shown the token, and knows it by its key from
//! then on. Kept in the state folder for this user alone, beside the tokens that gateways gave.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::files::{self, SMALL, write_private};

const FILE: &str = "device.json";

pub(crate) struct Identity {
    path: PathBuf,
    pair: Ed25519KeyPair,
    kept: DeviceFile,
}

#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct DeviceFile {
    /// The seed of the key, in base64url.
    seed: String,
    /// What each gateway gave this device, by address.
    tokens: BTreeMap<String, String>,
}

impl DeviceFile {
    fn write(&self, path: &Path) -> io::Result<()> {
        write_private(path, &serde_json::to_vec(self)?)
    }
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Identity({})", self.id())
    }
}

impl Identity {
    /// The one that is kept, or a new one. An unreadable file is replaced: the gateway takes the new device for another one.
    pub(crate) fn open(folder: &Path) -> io::Result<Identity> {
        let path = folder.join(FILE);
        if let Some((pair, kept)) = read(&path) {
            return Ok(Identity { path, pair, kept });
        }
        let mut seed = [0; 32];
        aws_lc_rs::rand::fill(&mut seed).map_err(io::Error::other)?;
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).map_err(io::Error::other)?;
        let identity = Identity { path, pair, kept: DeviceFile { seed: URL_SAFE_NO_PAD.encode(seed), tokens: BTreeMap::new() } };
        identity.kept.write(&identity.path)?;
        Ok(identity)
    }

    pub(crate) fn is_kept(folder: &Path) -> bool {
        folder.join(FILE).is_file()
    }

    /// SHA-256 of the public key, in hex.
    pub(crate) fn id(&self) -> String {
        Sha256::digest(self.pair.public_key().as_ref()).iter().map(|it| format!("{it:02x}")).collect()
    }

    pub(crate) fn public_key(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.pair.public_key().as_ref())
    }

    pub(crate) fn sign(&self, text: &str) -> String {
        URL_SAFE_NO_PAD.encode(self.pair.sign(text.as_bytes()).as_ref())
    }

    pub(crate) fn token(&self, url: &str) -> Option<String> {
        self.kept.tokens.get(url).cloned()
    }

    /// Keeps the token of a gateway, or forgets it. Returns when that is on the disk.
    pub(crate) async fn keep_token(&mut self, url: &str, token: Option<String>) {
        let before = match &token {
            Some(token) => self.kept.tokens.insert(url.to_owned(), token.clone()),
            None => self.kept.tokens.remove(url),
        };
        if before == token {
            return;
        }
        let (path, kept) = (self.path.clone(), self.kept.clone());
        let written = tokio::task::spawn_blocking(move || kept.write(&path)).await;
        if let Err(error) = written.map_err(io::Error::other).flatten() {
            tracing::warn!("the gateway's token for this device can't be kept: {error}");
        }
    }
}

fn read(path: &Path) -> Option<(Ed25519KeyPair, DeviceFile)> {
    let kept: DeviceFile = serde_json::from_slice(&files::read(path, SMALL).ok()?).ok()?;
    let seed = URL_SAFE_NO_PAD.decode(&kept.seed).ok()?;
    Some((Ed25519KeyPair::from_seed_unchecked(&seed).ok()?, kept))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_key_for_good() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut first = Identity::open(folder.path()).expect("made");
        first.keep_token("ws://a", Some("t".into())).await;
        let again = Identity::open(folder.path()).expect("read");
        assert_eq!((again.id(), again.token("ws://a")), (first.id(), Some("t".into())));
        assert_eq!(again.sign("x"), first.sign("x"));
        assert_eq!(again.id().len(), 64);
        std::fs::write(folder.path().join(FILE), "{").expect("written");
        assert_ne!(Identity::open(folder.path()).expect("made anew").id(), first.id());
    }

    #[cfg(unix)]
    #[test]
    fn for_this_user_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        Identity::open(folder.path()).expect("made");
        let mode = std::fs::metadata(folder.path().join(FILE)).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
