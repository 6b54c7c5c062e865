//! The examples of CONTRIBUTING.md say where each block goes: into a new file, at the end of a list, or above a line.

use std::path::Path;

/// What stands above a block of code, and the block.
fn blocks() -> Vec<(String, &'static str)> {
    let text = include_str!("../../../CONTRIBUTING.md");
    let (_, examples) = text
        .split_once("\n## Example: ")
        .expect("the first example");
    let parts: Vec<&str> = examples.split("```").collect();
    parts
        .chunks_exact(2)
        .map(|pair| {
            let prose = pair[0].split_whitespace().collect::<Vec<_>>().join(" ");
            (prose, pair[1].split_once('\n').unwrap_or_default().1)
        })
        .collect()
}

/// The last of what stands in backticks before the block.
fn named(prose: &str) -> &str {
    prose.rsplit('`').nth(1).unwrap_or_default()
}

/// The file of `In `file`, above `line`:`.
fn file_of(prose: &str) -> Option<&str> {
    let (_, said) = prose.rsplit_once("In `")?;
    said.split('`').next()
}

#[test]
fn every_block_of_the_examples_has_its_place() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |file: &str| std::fs::read_to_string(root.join(file)).unwrap_or_default();
    let mut file = String::new();
    let blocks = blocks();
    for (prose, block) in &blocks {
        assert!(!block.trim().is_empty(), "{prose}");
        let name = named(prose);
        if prose.ends_with(&format!("New file `{name}`:")) {
            let folder = root.join(name);
            let folder = folder.parent().expect("a folder");
            assert!(folder.is_dir(), "there is no folder for {name}");
            assert!(!root.join(name).exists(), "{name} exists already");
            continue;
        }
        if prose.ends_with(&format!("at the end of the list in `{name}`:")) {
            assert!(read(name).contains("\n        ]\n"), "{name} has no list");
            continue;
        }
        assert!(
            prose.ends_with(&format!("above `{name}`:")),
            "where does the block go? {prose}"
        );
        if let Some(said) = file_of(prose) {
            said.clone_into(&mut file);
        }
        let places = read(&file)
            .lines()
            .filter(|line| line.trim() == name)
            .count();
        assert_eq!(places, 1, "{file} has the line `{name}` {places} times");
    }
    assert!(blocks.len() > 10, "the examples have blocks");
}
