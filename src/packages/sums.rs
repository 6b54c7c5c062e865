//! The sums of unpacked files, as `sha256sum` writes and checks them.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use sha2::{Digest, Sha256};

const FILE: &str = "SHA256SUMS";

/// The SHA-256 of a file, in hexadecimal.
pub(super) fn sha256(path: &Path) -> io::Result<String> {
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

/// Writes the sums of files, which are named by their path in the directory.
pub(super) fn write(dir: &Path, files: &[String]) -> io::Result<()> {
    let mut sums = String::new();
    for name in files {
        let _ = writeln!(sums, "{}  {name}", sha256(&dir.join(name))?);
    }
    fs::write(dir.join(FILE), sums)
}

/// Whether every file is as its sum says. Without sums none is.
pub(super) fn hold(dir: &Path) -> bool {
    let Ok(sums) = fs::read_to_string(dir.join(FILE)) else {
        return false;
    };
    let mut lines = sums.lines().peekable();
    lines.peek().is_some()
        && lines.all(|line| {
            line.split_once("  ")
                .is_some_and(|(sum, name)| sha256(&dir.join(name)).is_ok_and(|found| found == sum))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_and_a_missing_file_are_noticed() {
        let dir = std::env::temp_dir().join(format!("mindloom-sums-{}", std::process::id()));
        fs::create_dir_all(&dir).expect("a directory");
        fs::write(dir.join("a"), "one").expect("a file");
        assert!(!hold(&dir), "there are no sums yet");
        write(&dir, &["a".to_owned()]).expect("the sums");
        assert!(hold(&dir));
        fs::write(dir.join("a"), "two").expect("another file");
        assert!(!hold(&dir));
        fs::write(dir.join("a"), "one").expect("the first again");
        assert!(hold(&dir));
        fs::remove_file(dir.join("a")).expect("it was there");
        assert!(!hold(&dir));
        fs::remove_dir_all(&dir).expect("it was there");
    }
}
