//! Published migrations stay as they are.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use sha2::{Digest as _, Sha256};

/// Databases have run a published migration and never run it again, so an edit would reach new databases only.
#[test]
fn published_migrations_stay_as_they_are() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("migration");
    let list = directory.join("published.txt");
    let kept = std::fs::read_to_string(&list).unwrap_or_default();
    let kept: BTreeMap<String, String> = kept
        .lines()
        .filter_map(|line| line.split_once("  "))
        .map(|(hash, name)| (name.to_owned(), hash.to_owned()))
        .collect();
    let files = files(&directory.join("src"));
    for (name, hash) in &kept {
        assert!(
            files.get(name) == Some(hash),
            "{name} is published: databases have run it as it was and will not run it again. Take the change back and \
             write a migration of its own. Only when no version with it was ever given away, delete its line of \
             migration/published.txt and run this test with UPDATE_GOLDEN=1"
        );
    }
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        let mut text = String::new();
        for (name, hash) in &files {
            writeln!(text, "{hash}  {name}").expect("memory");
        }
        std::fs::write(&list, text).expect("the list is written");
        return;
    }
    for name in files.keys() {
        assert!(
            kept.contains_key(name),
            "{name} is not in migration/published.txt: when it is done, run this test with UPDATE_GOLDEN=1"
        );
    }
}

/// The SHA-256 of every migration, by its file's name.
fn files(directory: &Path) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(directory).expect("a directory").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.ends_with(".sql") {
            let digest = Sha256::digest(std::fs::read(entry.path()).expect("a migration"));
            let hash = hex::encode(digest);
            files.insert(name, hash);
        }
    }
    let known = migration::known();
    assert_eq!(
        files.len(),
        known.len() * 2,
        "a file belongs to no migration"
    );
    files
}
