use std::path::PathBuf;

use clap::Args;

/// Where Mindloom keeps what it must not lose, and what it can fetch again.
#[derive(Args, Clone, Debug)]
pub struct DataSettings {
    /// Directory for the embedded database and the secrets [default: the user's data directory;
    /// /var/lib/mindloom for root]
    #[arg(long, env = "MINDLOOM_DATA_DIR", value_name = "DIR", global = true)]
    pub data_dir: Option<PathBuf>,

    /// Directory for what is downloaded: PostgreSQL and the files of the local model [default: the user's cache directory; /var/cache/mindloom
    /// for root]
    #[arg(long, env = "MINDLOOM_CACHE_DIR", value_name = "DIR", global = true)]
    pub cache_dir: Option<PathBuf>,
}

impl DataSettings {
    /// The data directory in force.
    #[must_use]
    pub fn data_dir(&self) -> PathBuf {
        self.data_dir
            .clone()
            .unwrap_or_else(|| standard_dir("/var/lib/mindloom", |dirs| dirs.data_dir()))
    }

    /// The cache directory in force.
    #[must_use]
    pub fn cache_dir(&self) -> PathBuf {
        self.cache_dir
            .clone()
            .unwrap_or_else(|| standard_dir("/var/cache/mindloom", |dirs| dirs.cache_dir()))
    }
}

/// Root's home is closed to the unprivileged user that PostgreSQL runs as, so root uses the system's directories.
fn standard_dir(
    for_root: &str,
    of_user: impl Fn(&directories::ProjectDirs) -> &std::path::Path,
) -> PathBuf {
    if nix::unistd::geteuid().is_root() {
        return PathBuf::from(for_root);
    }
    directories::ProjectDirs::from("", "", "mindloom").map_or_else(
        || PathBuf::from(".mindloom"),
        |dirs| of_user(&dirs).to_path_buf(),
    )
}
