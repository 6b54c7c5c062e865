//! The secret that signs access tokens.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use base64::Engine;
use rand::RngCore;

use crate::config::{SECRET_MIN_BYTES, Settings};

/// Why the secret cannot be read or kept.
#[derive(Debug, thiserror::Error)]
#[error("the secret for access tokens cannot be kept in {}; set MINDLOOM_JWT_SECRET", path.display())]
pub struct SecretError {
    path: PathBuf,
    source: io::Error,
}

/// The secret that signs access tokens: `MINDLOOM_JWT_SECRET`, else the one kept in the data directory, which is made
/// on first use.
///
/// # Errors
/// When the data directory cannot be read or written.
pub fn jwt_secret(settings: &Settings) -> Result<Vec<u8>, SecretError> {
    if let Some(secret) = &settings.auth.jwt_secret {
        return Ok(secret.expose().as_bytes().to_vec());
    }
    let dir = settings.data.data_dir();
    let path = dir.join("jwt-secret");
    kept(&dir, &path).map_err(|source| SecretError { path, source })
}

fn kept(dir: &Path, path: &Path) -> io::Result<Vec<u8>> {
    if !path.exists() {
        // Root's data directory must let PostgreSQL's user through; see `postgres`.
        let mode = if nix::unistd::geteuid().is_root() {
            0o755
        } else {
            0o700
        };
        DirBuilder::new().recursive(true).mode(mode).create(dir)?;
        make(path)?;
    }
    let mut secret = fs::read(path)?;
    secret.truncate(secret.trim_ascii_end().len());
    if secret.len() < SECRET_MIN_BYTES {
        let reason = format!(
            "the file holds {} bytes, at least {SECRET_MIN_BYTES} are needed",
            secret.len()
        );
        return Err(io::Error::new(io::ErrorKind::InvalidData, reason));
    }
    Ok(secret)
}

/// Writes a new secret beside its name and links it there, so that of two processes which start at once one makes it
/// and both use it.
fn make(path: &Path) -> io::Result<()> {
    let mut bytes = [0_u8; 48];
    rand::rng().fill_bytes(&mut bytes);
    let text = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes);
    let new = path.with_extension(format!("new-{}", std::process::id()));
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&new)?;
    writeln!(file, "{text}")?;
    file.sync_all()?;
    let linked = match fs::hard_link(&new, path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        outcome => outcome,
    };
    fs::remove_file(&new)?;
    linked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_holds_no_secret_is_refused() {
        let dir = std::env::temp_dir().join(format!("mindloom-secret-{}", uuid::Uuid::now_v7()));
        let path = dir.join("jwt-secret");
        let made = kept(&dir, &path).unwrap();
        assert!(made.len() >= SECRET_MIN_BYTES);
        assert_eq!(kept(&dir, &path).unwrap(), made);
        for text in ["", "\n", "short-secret\n"] {
            fs::write(&path, text).unwrap();
            let refused = kept(&dir, &path).unwrap_err();
            assert!(refused.to_string().contains("at least 32"), "{refused}");
        }
        fs::remove_dir_all(dir).unwrap();
    }
}
