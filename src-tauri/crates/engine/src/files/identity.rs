//! What a file is apart from its text: owner, group, rights, access list, attributes, names. A new file in its place gets the same, or is
//! not put there.

use std::fs::{File, Metadata};
use std::io;
use std::path::Path;

/// Signatures over the text itself: they can't be those of another text.
#[cfg(any(target_os = "linux", target_os = "macos"))]
const OF_THE_TEXT: [&str; 2] = ["security.ima", "security.evm"];

#[derive(Debug)]
pub(crate) struct Identity {
    meta: Metadata,
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    attributes: Vec<(String, Vec<u8>)>,
}

/// A file that another one can't take the place of, with what to do about it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Irreplaceable {
    #[error("it has {0} names (hard links), and a save would leave the others with the old text")]
    HardLinks(u64),
    #[error("it is mounted by itself, as single files are in containers, so no other file can take its place")]
    Mounted,
    #[error("a save could not keep its {0}")]
    Foreign(String),
}

impl Irreplaceable {
    pub(crate) fn advice(&self) -> &'static str {
        match self {
            Irreplaceable::HardLinks(_) => {
                "nothing was written; keep one file and make the other names symbolic links to it (ln -s), or edit it in an editor"
            }
            Irreplaceable::Mounted => {
                "nothing was written; mount its folder instead of the file, or edit the file where the mount comes from"
            }
            Irreplaceable::Foreign(_) => "nothing was written; run this as the user whom the file belongs to",
        }
    }
}

impl Identity {
    /// Reads that of a file which another one is to replace. One that nobody may write is refused, as by an editor.
    pub(crate) fn of(path: &Path) -> io::Result<Identity> {
        let (file, meta) = super::open(path)?;
        if meta.permissions().readonly() {
            return Err(io::Error::from(io::ErrorKind::PermissionDenied));
        }
        #[cfg(unix)]
        {
            let names = std::os::unix::fs::MetadataExt::nlink(&meta);
            if names > 1 {
                return Err(io::Error::other(Irreplaceable::HardLinks(names)));
            }
        }
        if is_mounted(&file) {
            return Err(io::Error::other(Irreplaceable::Mounted));
        }
        #[cfg(any(target_os = "linux", target_os = "macos"))]
        return Ok(Identity { meta, attributes: attributes(&file)? });
        #[cfg(not(any(target_os = "linux", target_os = "macos")))]
        Ok(Identity { meta })
    }

    /// Gives the same identity to a file of our own.
    #[cfg(unix)]
    pub(super) fn give(&self, file: &File) -> io::Result<()> {
        use std::os::unix::fs::MetadataExt;
        let now = file.metadata()?;
        if (now.uid(), now.gid()) != (self.meta.uid(), self.meta.gid()) {
            let (user, group) = (self.meta.uid(), self.meta.gid());
            std::os::unix::fs::fchown(file, (now.uid() != user).then_some(user), (now.gid() != group).then_some(group))
                .map_err(|_| foreign(format!("owner and group (user {user}, group {group})")))?;
        }
        #[cfg(any(target_os = "linux", target_os = "macos"))]
        self.give_attributes(file)?;
        // Last: another owner takes some rights away, and an access list alters those of the group.
        file.set_permissions(self.meta.permissions())
    }

    #[cfg(not(unix))]
    pub(super) fn give(&self, file: &File) -> io::Result<()> {
        file.set_permissions(self.meta.permissions())
    }

    #[cfg(any(target_os = "linux", target_os = "macos"))]
    fn give_attributes(&self, file: &File) -> io::Result<()> {
        use rustix::fs::{XattrFlags, fremovexattr, fsetxattr};
        let now = attributes(file)?;
        let refused = |name: &str| foreign(format!("attribute {name}"));
        for (name, value) in self.attributes.iter().filter(|attribute| !now.contains(attribute)) {
            fsetxattr(file, name.as_str(), value, XattrFlags::empty()).map_err(|_| refused(name))?;
        }
        // The folder may give new files an access list that this one does not have.
        for (name, _) in now.iter().filter(|(name, _)| !self.attributes.iter().any(|(kept, _)| kept == name)) {
            fremovexattr(file, name.as_str()).map_err(|_| refused(name))?;
        }
        Ok(())
    }
}

#[cfg(unix)]
fn foreign(what: String) -> io::Error {
    io::Error::other(Irreplaceable::Foreign(what))
}

/// Access lists are among them.
#[cfg(any(target_os = "linux", target_os = "macos"))]
fn attributes(file: &File) -> io::Result<Vec<(String, Vec<u8>)>> {
    use rustix::fs::{fgetxattr, fgetxattr_query, flistxattr, flistxattr_query};
    let unknown = |error: rustix::io::Errno| matches!(error, rustix::io::Errno::NOTSUP | rustix::io::Errno::NOSYS);
    let mut names = match flistxattr_query(file) {
        Ok(length) => vec![0; length],
        Err(error) if unknown(error) => return Ok(Vec::new()),
        Err(error) => return Err(error.into()),
    };
    let length = flistxattr(file, &mut names[..])?;
    let names = names[..length].split(|byte| *byte == 0).filter_map(|name| std::str::from_utf8(name).ok());
    let kept = names.filter(|name| !name.is_empty() && !OF_THE_TEXT.contains(name) && !name.starts_with("com.apple."));
    let value = |name: &str| -> io::Result<(String, Vec<u8>)> {
        let mut value = vec![0; fgetxattr_query(file, name)?];
        let length = fgetxattr(file, name, &mut value[..])?;
        value.truncate(length);
        Ok((name.to_owned(), value))
    };
    kept.map(value).collect()
}

/// Whether the file is where something is mounted: its own name can't go to another file.
#[cfg(target_os = "linux")]
fn is_mounted(file: &File) -> bool {
    use rustix::fs::{AtFlags, StatxAttributes, StatxFlags, statx};
    let seen = statx(file, "", AtFlags::EMPTY_PATH, StatxFlags::empty());
    seen.is_ok_and(|seen| {
        seen.stx_attributes_mask.contains(StatxAttributes::MOUNT_ROOT)
            && seen.stx_attributes.contains(StatxAttributes::MOUNT_ROOT)
    })
}

#[cfg(not(target_os = "linux"))]
fn is_mounted(_file: &File) -> bool {
    false
}
