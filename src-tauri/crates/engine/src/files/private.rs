//! Files and folders of the app's own: for this user alone.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::Path;

use super::identity::Identity;
use super::temporary::Temporary;
use super::{ordinary, unlinked};

/// Writes a file that is whole at any moment. A new one is for this user alone; another one keeps its identity. Makes its folder if need be.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    make_private_folder(path.parent().ok_or_else(|| io::Error::other("it has no folder"))?)?;
    let identity = path.exists().then(|| Identity::of(path)).transpose()?;
    let mut file = Temporary::beside(path)?;
    file.write(bytes)?;
    identity.iter().try_for_each(|identity| file.take_on(identity))?;
    file.sync()?;
    file.replace(path)
}

/// Opens a file to append to, and makes it if need be. A link is no such file.
pub(crate) fn append_private(path: &Path) -> io::Result<File> {
    let mut options = fs::OpenOptions::new();
    options.read(true).append(true);
    let made = unlinked(options.clone().create_new(true)).open(path);
    if let Ok(file) = &made {
        path.parent().into_iter().for_each(|folder| adopt(file, folder));
    }
    let file = match made {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => unlinked(&mut options).open(path)?,
        made => made?,
    };
    ordinary(&file.metadata()?)?;
    // It may be an older one, open to others.
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    Ok(file)
}

/// Writes a new file that a person asked for; `AlreadyExists` where there is one.
pub(crate) fn create_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = unlinked(fs::OpenOptions::new().write(true).create_new(true)).open(path)?;
    file.write_all(bytes)
}

/// Makes a folder and those above it where there are none, for this user alone.
pub(crate) fn make_private_folder(folder: &Path) -> io::Result<()> {
    let there = folder.ancestors().find(|above| above.is_dir());
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    for made in folder.ancestors().take_while(|made| Some(*made) != there) {
        if let (Ok(file), Some(above)) = (File::open(made), there) {
            adopt(&file, above);
        }
    }
    Ok(())
}

/// What root makes in another user's folder is that user's.
#[cfg(unix)]
pub(super) fn adopt(file: &File, folder: &Path) {
    use std::os::unix::fs::MetadataExt;
    if rustix::process::geteuid().is_root()
        && let Ok(owner) = fs::metadata(folder)
        && owner.uid() != 0
    {
        // A file system without owners refuses this, and then nobody needs it.
        let _ = std::os::unix::fs::fchown(file, Some(owner.uid()), Some(owner.gid()));
    }
}

#[cfg(not(unix))]
pub(super) fn adopt(_file: &File, _folder: &Path) {}
