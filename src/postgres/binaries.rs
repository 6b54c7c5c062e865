//! Finds the programs of a PostgreSQL that will do.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::config::EmbeddedSettings;

use super::error::Error;
use super::wheel;

const POSTGRES_MIN_MAJOR: u32 = 15;
/// HNSW with iterative scans and half-precision vectors came by then.
const PGVECTOR_MIN: (u32, u32) = (0, 7);

/// The programs of one PostgreSQL with pgvector.
#[derive(Clone, Debug)]
pub(super) struct Binaries {
    bin_dir: PathBuf,
    share_dir: PathBuf,
    major: u32,
}

impl Binaries {
    /// Looks at a directory of programs. The error says what is wrong with it.
    pub(super) fn inspect(bin_dir: &Path) -> Result<Self, String> {
        for program in ["postgres", "initdb"] {
            if !bin_dir.join(program).is_file() {
                return Err(format!("{} is not there", bin_dir.join(program).display()));
            }
        }
        let version = output(&bin_dir.join("postgres"), "--version")?;
        let major = major_of(&version)
            .ok_or_else(|| format!("its version cannot be read from {version:?}"))?;
        if major < POSTGRES_MIN_MAJOR {
            return Err(format!(
                "it is PostgreSQL {major}, at least {POSTGRES_MIN_MAJOR} is needed"
            ));
        }
        let share_dir = share_dir(bin_dir, major).ok_or("its extensions cannot be found")?;
        let control = share_dir.join("extension/vector.control");
        let text = fs::read_to_string(&control).map_err(|_| "it has no pgvector".to_owned())?;
        let vector = default_version(&text)
            .ok_or_else(|| format!("{} has no version", control.display()))?;
        if vector < PGVECTOR_MIN {
            let ((major, minor), (least_major, least_minor)) = (vector, PGVECTOR_MIN);
            return Err(format!(
                "its pgvector is {major}.{minor}, at least {least_major}.{least_minor} is needed"
            ));
        }
        Ok(Self {
            bin_dir: bin_dir.to_path_buf(),
            share_dir,
            major,
        })
    }

    pub(super) fn bin_dir(&self) -> &Path {
        &self.bin_dir
    }

    pub(super) fn major(&self) -> u32 {
        self.major
    }

    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.bin_dir.join(name)
    }

    /// Whether an extension is installed that also is a library to preload.
    pub(super) fn has_library(&self, name: &str) -> bool {
        self.share_dir
            .join("extension")
            .join(format!("{name}.control"))
            .is_file()
    }

    /// A cluster only runs under the major version that made it.
    fn fits(&self, cluster_major: Option<u32>) -> Result<(), String> {
        match cluster_major {
            Some(made_by) if made_by != self.major => Err(format!(
                "the data directory was made by PostgreSQL {made_by}, this is {}",
                self.major
            )),
            _ => Ok(()),
        }
    }
}

/// The programs to use: those given, else those of this machine, else the packaged ones, fetched when needed.
pub(super) fn find_or_fetch(
    settings: &EmbeddedSettings,
    cache_dir: &Path,
    cluster_major: Option<u32>,
) -> Result<Binaries, Error> {
    if let Some(given) = &settings.pg_bin {
        let nested = given.join("bin");
        let bin_dir = if nested.join("postgres").is_file() {
            nested
        } else {
            given.clone()
        };
        return Binaries::inspect(&bin_dir)
            .and_then(|binaries| binaries.fits(cluster_major).map(|()| binaries))
            .map_err(|reason| Error::GivenBinaries {
                dir: given.clone(),
                reason,
            });
    }
    let mut reasons = Vec::new();
    if !settings.pg_packaged {
        for bin_dir in installed_dirs() {
            match Binaries::inspect(&bin_dir)
                .and_then(|found| found.fits(cluster_major).map(|()| found))
            {
                Ok(binaries) => return Ok(binaries),
                Err(reason) => reasons.push(format!("{}: {reason}", bin_dir.display())),
            }
        }
    }
    wheel::POSTGRES
        .installed(cache_dir)
        .map_err(|error| error.to_string())
        .and_then(|dir| Binaries::inspect(&dir.join(wheel::BIN)))
        .and_then(|binaries| binaries.fits(cluster_major).map(|()| binaries))
        .map_err(|reason| {
            reasons.push(format!("packaged: {reason}"));
            Error::NoBinaries {
                reason: reasons.join("; "),
            }
        })
}

/// The places where PostgreSQL is installed, the newest version of each first.
fn installed_dirs() -> Vec<PathBuf> {
    const PARENTS: [(&str, &str); 6] = [
        ("/usr/lib/postgresql", "bin"),
        ("/usr/pgsql", "bin"),
        ("/opt/homebrew/opt", "bin"),
        ("/usr/local/opt", "bin"),
        ("/Applications/Postgres.app/Contents/Versions", "bin"),
        ("/usr/local/pgsql", ""),
    ];
    let mut dirs: Vec<PathBuf> = env::var_os("PATH")
        .map(|path| {
            env::split_paths(&path)
                .filter(|dir| dir.join("postgres").is_file())
                .collect()
        })
        .unwrap_or_default();
    if let Ok(told) = output(Path::new("pg_config"), "--bindir") {
        dirs.push(PathBuf::from(told));
    }
    for (parent, below) in PARENTS {
        let mut found: Vec<PathBuf> = fs::read_dir(parent)
            .map(|entries| {
                entries
                    .flatten()
                    .map(|entry| entry.path().join(below))
                    .collect()
            })
            .unwrap_or_default();
        found.retain(|dir| dir.join("postgres").is_file());
        found.sort_by_key(|dir| std::cmp::Reverse(number_in(dir)));
        dirs.extend(found);
    }
    // Red Hat's packages put the version into the directory's name, not below it.
    dirs.extend(
        (POSTGRES_MIN_MAJOR..30)
            .rev()
            .map(|major| PathBuf::from(format!("/usr/pgsql-{major}/bin"))),
    );
    dirs.retain(|dir| dir.join("postgres").is_file());
    let mut seen = std::collections::HashSet::new();
    dirs.retain(|dir| seen.insert(dir.canonicalize().unwrap_or_else(|_| dir.clone())));
    dirs
}

/// The last number in a path such as `/usr/lib/postgresql/17/bin` or `…/postgresql@17/bin`.
fn number_in(path: &Path) -> u32 {
    path.to_string_lossy()
        .split(|c: char| !c.is_ascii_digit())
        .filter_map(|part| part.parse().ok())
        .next_back()
        .unwrap_or(0)
}

fn share_dir(bin_dir: &Path, major: u32) -> Option<PathBuf> {
    let told = output(&bin_dir.join("pg_config"), "--sharedir")
        .ok()
        .map(PathBuf::from);
    let candidates = [
        told,
        bin_dir
            .parent()
            .map(|prefix| prefix.join("share/postgresql")),
        bin_dir.parent().map(|prefix| prefix.join("share")),
        Some(PathBuf::from(format!("/usr/share/postgresql/{major}"))),
    ];
    candidates
        .into_iter()
        .flatten()
        .find(|dir| dir.join("extension").is_dir())
}

/// What a program prints, without line ends.
fn output(program: &Path, argument: &str) -> Result<String, String> {
    let output = Command::new(program)
        .arg(argument)
        .output()
        .map_err(|error| format!("{} cannot be run: {error}", program.display()))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(format!("{} {argument} failed: {said}", program.display()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// 18 in `postgres (PostgreSQL) 18.4` and in `postgres (PostgreSQL) 15.10 (Debian 15.10-1)`.
fn major_of(version: &str) -> Option<u32> {
    let number = version.split_once("(PostgreSQL)")?.1.trim();
    number
        .split(|c: char| !c.is_ascii_digit())
        .next()?
        .parse()
        .ok()
}

/// (0, 8) in `default_version = '0.8.5'`.
fn default_version(control: &str) -> Option<(u32, u32)> {
    let line = control
        .lines()
        .find(|line| line.trim_start().starts_with("default_version"))?;
    let version = line.split('\'').nth(1)?;
    let mut parts = version.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_what_programs_and_packages_say() {
        assert_eq!(major_of("postgres (PostgreSQL) 18.4"), Some(18));
        assert_eq!(
            major_of("postgres (PostgreSQL) 15.10 (Debian 15.10-0+deb12u1)"),
            Some(15)
        );
        assert_eq!(major_of("postgres (PostgreSQL) 19beta1"), Some(19));
        assert_eq!(major_of("something else"), None);
        assert_eq!(
            default_version("comment = 'x'\ndefault_version = '0.8.5'\n"),
            Some((0, 8))
        );
        assert_eq!(default_version("comment = 'x'\n"), None);
        assert_eq!(
            number_in(Path::new("/opt/homebrew/opt/postgresql@17/bin")),
            17
        );
    }
}
