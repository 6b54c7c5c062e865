//! The data directory: its parts, its locks, its passwords.
//!
//! ```text
//! DIR/mindloom.lock         held by the process that runs PostgreSQL
//! DIR/clients.lock          held, shared, by commands that joined
//! DIR/passwords.json        of the embedded database, mode 0600
//! DIR/port                  its port, which is also in the name of its socket
//! DIR/postgres.log          what PostgreSQL says, mode 0600
//! DIR/postgres/cluster      the database cluster (PGDATA)
//! DIR/run                   the unix socket, unless the path is too long for one
//! ```

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use base64::Engine;
use rand::RngCore;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::error::Error;

/// The port in the socket's name when no TCP port is asked for.
pub(super) const DEFAULT_PORT: u16 = 5432;

/// The longest path of a unix socket: `sun_path` less its final NUL, on Linux; macOS allows 103.
const SOCKET_PATH_MAX_BYTES: usize = if cfg!(target_os = "linux") { 107 } else { 103 };

/// `/.s.PGSQL.65535`, and `.lock` beside it.
const SOCKET_NAME_MAX_BYTES: usize = 20;

/// The passwords of the two logins of an embedded database.
#[derive(Deserialize, Serialize)]
pub(super) struct Passwords {
    pub(super) owner: String,
    pub(super) authenticator: String,
}

/// A data directory that exists.
#[derive(Clone, Debug)]
pub(super) struct DataDirectory {
    root: PathBuf,
    cluster_parent: PathBuf,
    socket_dir: PathBuf,
}

/// Held by the process that runs PostgreSQL. The system releases it when the process dies.
#[derive(Debug)]
pub(super) struct ServerLock {
    _file: File,
}

/// What a process runs PostgreSQL for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To serve.
    Server,
    /// For a command of its own, a worker's work included.
    Command,
}

impl Purpose {
    /// What stands behind the process's number in the lock.
    const fn mark(self) -> &'static str {
        match self {
            Purpose::Server => "",
            Purpose::Command => " command",
        }
    }
}

/// Held by commands that use a PostgreSQL which another process runs.
#[derive(Debug)]
pub(super) struct SharedLock {
    _file: File,
}

impl DataDirectory {
    /// Makes the directory and its parts where they are missing.
    pub(super) fn prepare(dir: &Path) -> Result<Self, Error> {
        // PostgreSQL's own user must pass through when this process is root; secrets are files of mode 0600.
        let mode = if nix::unistd::geteuid().is_root() {
            0o755
        } else {
            0o700
        };
        make_dir(dir, mode)?;
        let this = Self::at(dir)?;
        make_dir(&this.cluster_parent, 0o700)?;
        make_dir(&this.socket_dir, 0o700)?;
        this.refuse_foreign_socket_dir()?;
        Ok(this)
    }

    /// The directory if it is one already; nothing is made.
    pub(super) fn existing(dir: &Path) -> Option<Self> {
        dir.join("mindloom.lock")
            .is_file()
            .then(|| Self::at(dir).ok())
            .flatten()
    }

    fn at(dir: &Path) -> Result<Self, Error> {
        let root = dir
            .canonicalize()
            .map_err(Error::file("cannot open the data directory", dir))?;
        Ok(Self {
            cluster_parent: root.join("postgres"),
            socket_dir: socket_dir(&root)?,
            root,
        })
    }

    /// A socket directory outside the data directory lies where others may write, so one that somebody else made
    /// beforehand must not be used.
    fn refuse_foreign_socket_dir(&self) -> Result<(), Error> {
        let parent = fs::metadata(&self.cluster_parent)
            .map_err(Error::file("cannot read", &self.cluster_parent))?;
        let socket = fs::symlink_metadata(&self.socket_dir)
            .map_err(Error::file("cannot read", &self.socket_dir))?;
        let own = nix::unistd::geteuid().as_raw();
        if !socket.is_dir() || (socket.uid() != parent.uid() && socket.uid() != own) {
            return Err(Error::ForeignDirectory {
                path: self.socket_dir.clone(),
            });
        }
        Ok(())
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// Holds the cluster; given to PostgreSQL's user, so that `initdb` can make the cluster beside its final name.
    pub(super) fn cluster_parent(&self) -> &Path {
        &self.cluster_parent
    }

    pub(super) fn cluster(&self) -> PathBuf {
        self.cluster_parent.join("cluster")
    }

    pub(super) fn socket_dir(&self) -> &Path {
        &self.socket_dir
    }

    pub(super) fn log_path(&self) -> PathBuf {
        self.root.join("postgres.log")
    }

    /// The major version that made the cluster, when there is one.
    pub(super) fn cluster_major(&self) -> Option<u32> {
        fs::read_to_string(self.cluster().join("PG_VERSION"))
            .ok()?
            .trim()
            .parse()
            .ok()
    }

    /// Takes the server's lock, or returns `None` when another process has it.
    pub(super) fn try_lock(&self, purpose: Purpose) -> Result<Option<ServerLock>, Error> {
        let path = self.root.join("mindloom.lock");
        let mut file = open_lock(&path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(source)) => {
                return Err(Error::file("cannot lock", path)(source));
            }
        }
        file.set_len(0)
            .and_then(|()| write!(file, "{}{}", std::process::id(), purpose.mark()))
            .map_err(Error::file("cannot write", path))?;
        Ok(Some(ServerLock { _file: file }))
    }

    /// The process that has the server's lock and what it has it for, as it wrote itself down.
    pub(super) fn lock_holder(&self) -> Option<(u32, Purpose)> {
        let written = fs::read_to_string(self.root.join("mindloom.lock")).ok()?;
        let (pid, purpose) = match written.strip_suffix(Purpose::Command.mark()) {
            Some(pid) => (pid, Purpose::Command),
            None => (written.as_str(), Purpose::Server),
        };
        Some((pid.trim().parse().ok()?, purpose))
    }

    /// Joins the commands that use the running PostgreSQL; waits while it is being stopped.
    pub(super) fn join_clients(&self) -> Result<SharedLock, Error> {
        let path = self.root.join("clients.lock");
        let file = open_lock(&path)?;
        file.lock_shared()
            .map_err(Error::file("cannot lock", path))?;
        Ok(SharedLock { _file: file })
    }

    /// Waits until no other command uses this PostgreSQL, and keeps further ones waiting while the result lives.
    /// `None` when the lock cannot be opened, in which case nobody else could open it either.
    pub(super) fn wait_for_clients(&self) -> Option<SharedLock> {
        let file = open_lock(&self.root.join("clients.lock")).ok()?;
        file.lock().ok()?;
        Some(SharedLock { _file: file })
    }

    /// The passwords, made on first use.
    pub(super) fn passwords(&self) -> Result<Passwords, Error> {
        let path = self.root.join("passwords.json");
        match File::open(&path) {
            Ok(mut file) => {
                let mut text = String::new();
                file.read_to_string(&mut text)
                    .map_err(Error::file("cannot read", &path))?;
                serde_json::from_str(&text).map_err(|_| Error::Passwords { path })
            }
            Err(error)
                if error.kind() == std::io::ErrorKind::NotFound
                    && self.cluster_major().is_none() =>
            {
                let passwords = Passwords {
                    owner: random_password(),
                    authenticator: random_password(),
                };
                let text = serde_json::to_string(&passwords)
                    .map_err(|_| Error::Passwords { path: path.clone() })?;
                write_private(&path, text.as_bytes())?;
                Ok(passwords)
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Err(Error::Passwords { path })
            }
            Err(error) => Err(Error::file("cannot read", path)(error)),
        }
    }

    /// Remembers the port for those who join.
    pub(super) fn record_port(&self, port: Option<u16>) -> Result<(), Error> {
        let path = self.root.join("port");
        fs::write(&path, port.unwrap_or(DEFAULT_PORT).to_string())
            .map_err(Error::file("cannot write", path))
    }

    /// The port in force, which names the socket.
    pub(super) fn port(&self) -> u16 {
        fs::read_to_string(self.root.join("port"))
            .ok()
            .and_then(|text| text.trim().parse().ok())
            .unwrap_or(DEFAULT_PORT)
    }

    /// Marks the cluster as having its database and logins.
    pub(super) fn mark_bootstrapped(&self) -> Result<(), Error> {
        let path = self.root.join("bootstrapped");
        fs::write(&path, "").map_err(Error::file("cannot write", path))
    }

    pub(super) fn is_bootstrapped(&self) -> bool {
        self.root.join("bootstrapped").is_file()
    }

    /// The address of a database in this cluster, over its socket. Names and passwords are URL-safe by construction;
    /// the directory is percent-encoded.
    pub(super) fn url(&self, user: &str, password: &str, database: &str) -> String {
        let host: String =
            url::form_urlencoded::byte_serialize(self.socket_dir.as_os_str().as_encoded_bytes())
                .collect::<String>()
                .replace('+', "%20");
        format!(
            "postgresql://{user}:{password}@{host}:{}/{database}",
            self.port()
        )
    }

    /// The end of PostgreSQL's log, for error messages.
    pub(super) fn log_tail(&self) -> String {
        const TAIL_BYTES: i64 = 2_000;
        let mut text = Vec::new();
        if let Ok(mut file) = File::open(self.log_path()) {
            let _ = file
                .seek(std::io::SeekFrom::End(-TAIL_BYTES))
                .or_else(|_| file.rewind().map(|()| 0));
            let _ = file.read_to_end(&mut text);
        }
        String::from_utf8_lossy(&text).trim().to_owned()
    }
}

/// `DIR/run`, or a short directory made from a hash of it when a socket's path would be too long.
fn socket_dir(root: &Path) -> Result<PathBuf, Error> {
    let fits = |dir: &Path| dir.as_os_str().len() + SOCKET_NAME_MAX_BYTES <= SOCKET_PATH_MAX_BYTES;
    let inside = root.join("run");
    if fits(&inside) {
        return Ok(inside);
    }
    let digest = Sha256::digest(root.as_os_str().as_encoded_bytes());
    let name = hex::encode(&digest[..8]);
    let short = Path::new("/tmp").join(format!("mindloom-{}-{name}", nix::unistd::geteuid()));
    if fits(&short) {
        return Ok(short);
    }
    Err(Error::SocketPath {
        dir: short,
        limit_bytes: SOCKET_PATH_MAX_BYTES,
    })
}

fn make_dir(dir: &Path, mode: u32) -> Result<(), Error> {
    DirBuilder::new()
        .recursive(true)
        .mode(mode)
        .create(dir)
        .map_err(Error::file("cannot make the directory", dir))
}

fn open_lock(path: &Path) -> Result<File, Error> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
        .map_err(Error::file("cannot open the lock", path))
}

/// Writes a file that only its owner may read, so that it is there whole or not at all.
pub(super) fn write_private(path: &Path, content: &[u8]) -> Result<(), Error> {
    let new = path.with_extension("new");
    let write = || -> std::io::Result<()> {
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&new)?;
        file.write_all(content)?;
        file.sync_all()?;
        fs::rename(&new, path)
    };
    write().map_err(Error::file("cannot write", path))
}

/// 32 random bytes in URL-safe letters.
fn random_password() -> String {
    let mut bytes = [0_u8; 32];
    rand::rng().fill_bytes(&mut bytes);
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}
