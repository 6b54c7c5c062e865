//! Packages of other languages that tests need: installed once, as their lock files say.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Mutex,
    time::SystemTime,
};

/// Tests that need the same packages wait for each other.
static INSTALLING: Mutex<()> = Mutex::new(());

/// A folder of the repository.
pub fn folder(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Installs what a folder's package-lock.json lists, unless that was done; false where there is no Node, which CI has.
pub fn npm(folder: &Path) -> bool {
    if !runs("node") {
        return false;
    }
    let _one = INSTALLING.lock();
    let lock = modified(&folder.join("package-lock.json"));
    let done = modified(&folder.join("node_modules/.package-lock.json"));
    if lock.is_none() || done < lock {
        let npm = Command::new("npm")
            .args(["ci", "--ignore-scripts", "--prefer-offline", "--silent"])
            .current_dir(folder)
            .status();
        assert!(npm.is_ok_and(|status| status.success()), "npm ci");
    }
    true
}

/// Installs what a list of requirements names, unless that was done, and returns where; nothing where there is no
/// Python, which CI has.
pub fn pip(requirements: &Path) -> Option<PathBuf> {
    if !runs("python3") {
        return None;
    }
    let _one = INSTALLING.lock();
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("python");
    let done = target.join("done");
    if modified(&done) < modified(requirements) {
        let _ = std::fs::remove_dir_all(&target);
        // The list is complete, and a directory of its own is nobody's environment.
        let pip = Command::new("python3")
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--no-deps",
                "--root-user-action=ignore",
            ])
            .arg("--target")
            .arg(&target)
            .arg("--requirement")
            .arg(requirements)
            .status();
        assert!(pip.is_ok_and(|status| status.success()), "pip install");
        std::fs::write(&done, "").expect("the directory is there");
    }
    Some(target)
}

fn runs(program: &str) -> bool {
    let version = Command::new(program)
        .arg("--version")
        .stdout(Stdio::null())
        .status();
    if version.is_err() {
        assert!(std::env::var_os("CI").is_none(), "CI has {program}");
        eprintln!("skipped: {program} is not installed");
    }
    version.is_ok()
}

fn modified(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path)
        .and_then(|file| file.modified())
        .ok()
}
