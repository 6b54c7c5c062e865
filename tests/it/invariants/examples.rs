//! The examples of CONTRIBUTING.md say where each block goes, into a new file or above a line, and can be followed to the
//! letter.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::scratch_dir;

/// Where a block of code goes.
enum Place {
    /// Into a file that is not there yet.
    NewFile(String),
    /// Into a file, above the line that reads so.
    Above(String, String),
}

/// The blocks of the examples, in order, with their places.
///
/// # Panics
/// When a block does not say where it goes.
fn blocks() -> Vec<(Place, &'static str)> {
    let text = include_str!("../../../CONTRIBUTING.md");
    let (_, examples) = text
        .split_once("\n## Example: ")
        .expect("the first example");
    let parts: Vec<&str> = examples.split("```").collect();
    let mut file = String::new();
    let mut blocks = Vec::new();
    for pair in parts.chunks_exact(2) {
        let prose = pair[0].split_whitespace().collect::<Vec<_>>().join(" ");
        let (_, block) = pair[1].split_once('\n').unwrap_or_default();
        assert!(!block.trim().is_empty(), "{prose}");
        let name = prose.rsplit('`').nth(1).unwrap_or_default().to_owned();
        if prose.ends_with(&format!("New file `{name}`:")) {
            blocks.push((Place::NewFile(name), block));
            continue;
        }
        assert!(
            prose.ends_with(&format!("above `{name}`:")),
            "where does the block go? {prose}"
        );
        // Of `In `file`, above `line`:`; what follows with `and above` goes into the same file.
        if let Some((_, said)) = prose.rsplit_once("In `") {
            said.split('`')
                .next()
                .unwrap_or_default()
                .clone_into(&mut file);
        }
        blocks.push((Place::Above(file.clone(), name), block));
    }
    assert!(blocks.len() > 10, "the examples have blocks");
    blocks
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn every_block_of_the_examples_has_its_place() {
    for (place, _) in blocks() {
        match place {
            Place::NewFile(name) => {
                let folder = root().join(&name);
                let folder = folder.parent().expect("a folder");
                assert!(folder.is_dir(), "there is no folder for {name}");
                assert!(!root().join(&name).exists(), "{name} exists already");
            }
            Place::Above(file, line) => {
                let text = std::fs::read_to_string(root().join(&file)).unwrap_or_default();
                let places = text.lines().filter(|other| other.trim() == line).count();
                assert_eq!(places, 1, "{file} has the line `{line}` {places} times");
            }
        }
    }
}

/// Follows the examples in a copy of the repository, builds it, and runs the examples' own test and those that every
/// table has to pass.
#[test]
#[ignore = "builds everything anew, which takes minutes; .ci/run does it"]
fn the_examples_build_and_work() {
    let copy = copy_of_the_repository();
    for (place, block) in blocks() {
        match place {
            Place::NewFile(name) => {
                std::fs::write(copy.join(name), block).expect("the file is written");
            }
            Place::Above(file, line) => {
                let file = copy.join(file);
                let text = std::fs::read_to_string(&file).expect("the file is there");
                let above = |other: &str| match other.trim() == line {
                    true => format!("{block}{other}\n"),
                    false => format!("{other}\n"),
                };
                let text: String = text.lines().map(above).collect();
                std::fs::write(file, text).expect("the file is written");
            }
        }
    }
    // Of its own: cargo takes crates of the same name and version in a copy for the same, and what build scripts listed there
    // for what they would list here.
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| root().join("target"), PathBuf::from)
        .join("examples");
    let tests = [
        "data::bookmarks",
        "data::catalog::tables",
        "data::catalog::policies",
        "data::entities",
        "data::demo",
    ];
    // The file of expected objects is rewritten after the change, as the text says.
    let outcome = Command::new(env!("CARGO"))
        .args(["test", "--quiet", "--test", "it", "--"])
        .args(tests)
        .current_dir(&copy)
        .env("CARGO_TARGET_DIR", target)
        .output()
        .expect("cargo runs");
    let told = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(
        outcome.status.success(),
        "{}\n{}",
        told(&outcome.stderr),
        told(&outcome.stdout)
    );
    println!("{}", told(&outcome.stdout));
}

/// What git knows of the repository, in a directory of its own.
fn copy_of_the_repository() -> PathBuf {
    let copy = scratch_dir();
    let listed = Command::new("git")
        .args([
            "ls-files",
            "--cached",
            "--others",
            "--exclude-standard",
            "-z",
        ])
        .current_dir(root())
        .output()
        .expect("git runs");
    let listed = String::from_utf8(listed.stdout).expect("plain names");
    for name in listed.split_terminator('\0') {
        let (from, to) = (root().join(name), copy.join(name));
        // A file that was deleted and is not committed yet is listed, too.
        if from.is_file() {
            std::fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
            std::fs::copy(from, to).expect("a copy");
        }
    }
    copy
}
