use std::io;
use std::path::{Path, PathBuf};

/// Why a package cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// Nobody made one for this kind of machine.
    #[error("there is no package for {os} on {arch}")]
    Machine {
        /// The system.
        os: &'static str,
        /// The processor.
        arch: &'static str,
    },
    /// There is no Python.
    #[error("python3 cannot be run: {0}")]
    Python(io::Error),
    /// pip refused, or does not reach its index.
    #[error("pip could not fetch {package}: {said}")]
    Pip {
        /// What was asked for.
        package: &'static str,
        /// pip's last words.
        said: String,
    },
    /// It is not what it should be.
    #[error("the fetched package has sha256 {found}, expected is {expected}; it was deleted")]
    Digest {
        /// The sum of what was fetched.
        found: String,
        /// The sum that is pinned.
        expected: &'static str,
    },
    /// The cache cannot be read or written.
    #[error("{what} {}: {source}", path.display())]
    File {
        /// What was tried.
        what: &'static str,
        /// Where.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// It is no archive, or a damaged one.
    #[error("the package cannot be unpacked: {0}")]
    Zip(#[from] zip::result::ZipError),
}

impl FetchError {
    /// For `map_err`: the action and the path it failed on.
    pub(super) fn file(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| FetchError::File { what, path, source }
    }
}
