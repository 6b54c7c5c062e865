//! PostgreSQL refuses to run as root; then it runs as an unprivileged user.

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use nix::unistd::{Gid, Uid, User, chown, geteuid};

use super::directory::DataDirectory;
use super::error::Error;

/// The user that PostgreSQL runs as when this process is root.
#[derive(Clone, Debug)]
pub(super) struct Account {
    name: String,
    uid: Uid,
    gid: Gid,
}

/// The account to use, or `None` when this process is not root and PostgreSQL runs as the same user.
pub(super) fn unprivileged(
    directory: &DataDirectory,
    bin_dir: &Path,
) -> Result<Option<Account>, Error> {
    if !geteuid().is_root() {
        return Ok(None);
    }
    let account = ["postgres", "nobody"]
        .iter()
        .filter_map(|name| User::from_name(name).ok().flatten())
        .map(|user| Account {
            name: user.name,
            uid: user.uid,
            gid: user.gid,
        })
        .next()
        .ok_or(Error::NoAccount)?;
    for dir in [directory.root(), bin_dir] {
        if let Some(closed) = account.first_closed(dir) {
            return Err(Error::Unreachable {
                user: account.name,
                dir: closed.to_path_buf(),
            });
        }
    }
    for dir in [directory.cluster_parent(), directory.socket_dir()] {
        account.own(dir)?;
    }
    Ok(Some(account))
}

impl Account {
    /// Makes the command run as this account.
    pub(super) fn apply(&self, command: &mut Command) {
        command.uid(self.uid.as_raw()).gid(self.gid.as_raw());
    }

    /// Gives a file or directory to this account.
    pub(super) fn own(&self, path: &Path) -> Result<(), Error> {
        chown(path, Some(self.uid), Some(self.gid))
            .map_err(|errno| Error::file("cannot give to another user:", path)(errno.into()))
    }

    /// The outermost directory on the way to `path` (itself included) that the account may not pass.
    fn first_closed<'a>(&self, path: &'a Path) -> Option<&'a Path> {
        let mut ancestors: Vec<&Path> = path.ancestors().collect();
        ancestors.reverse();
        ancestors.into_iter().find(|dir| {
            std::fs::metadata(dir).is_ok_and(|metadata| {
                let needed = if metadata.uid() == self.uid.as_raw() {
                    0o100
                } else if metadata.gid() == self.gid.as_raw() {
                    0o010
                } else {
                    0o001
                };
                metadata.permissions().mode() & needed == 0
            })
        })
    }
}
