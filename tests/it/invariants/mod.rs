//! The architecture's invariants, held against the sources.

mod directions;
mod documents;
mod examples;
mod imports;
mod limits;
mod lists;

use std::path::{Path, PathBuf};

/// The Rust files below a directory of this repository, with their text.
fn sources(dir: &str) -> Vec<(PathBuf, String)> {
    fn walk(dir: &Path, found: &mut Vec<(PathBuf, String)>) {
        for entry in std::fs::read_dir(dir).expect("a directory").flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).expect("a source file");
                found.push((path, text));
            }
        }
    }
    let mut found = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join(dir), &mut found);
    assert!(!found.is_empty(), "{dir} has no sources");
    found
}

/// The lines of code, comments left out, that contain one of the texts: `path:number: line`.
fn lines_with(files: &[(PathBuf, String)], texts: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in files {
        // Unit tests at the end of a file may say what they like.
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        for (number, line) in text.lines().enumerate() {
            let code = !line.trim_start().starts_with("//");
            if code && texts.iter().any(|text| line.contains(text)) {
                found.push(format!(
                    "{}:{}: {}",
                    path.display(),
                    number + 1,
                    line.trim()
                ));
            }
        }
    }
    found
}

fn outside(files: Vec<(PathBuf, String)>, dirs: &[&str]) -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    files
        .into_iter()
        .filter(|(path, _)| !dirs.iter().any(|dir| path.starts_with(root.join(dir))))
        .collect()
}

#[test]
fn only_the_door_to_the_data_opens_connections() {
    // src/postgres connects once, to make the database that the door then opens.
    let files = outside(sources("src"), &["src/db", "src/postgres/cluster.rs"]);
    let found = lines_with(
        &files,
        &["tokio_postgres::connect", "Pool::builder", "NoTls"],
    );
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn nothing_outside_postgres_and_the_commands_knows_that_the_database_may_be_embedded() {
    let files = outside(
        sources("src"),
        &["src/postgres", "src/commands", "src/lib.rs"],
    );
    let found = lines_with(&files, &["crate::postgres", "postmaster", "initdb"]);
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn work_in_the_background_is_started_by_tasks_alone() {
    // Elsewhere a task drives one connection, one call, one body, one upload or one stream and ends with it, or a command or a
    // dispatcher of jobs waits for it.
    let own = [
        "src/answers/call.rs",
        "src/metrics/sampler.rs",
        "src/storage/sink.rs",
        "src/storage/upload.rs",
        "src/supabase/functions.rs",
        "src/supabase/storage/resumable.rs",
        "src/tasks",
        "src/commands",
        "src/db",
        "src/demo",
        "src/jobs/workers",
        "src/postgres",
        "src/realtime",
        "src/streams",
    ];
    let found = lines_with(
        &outside(sources("src"), &own),
        &["tokio::spawn(", "JoinSet"],
    );
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn entity_knows_no_graphql_and_no_http() {
    let manifest = include_str!("../../../entity/Cargo.toml");
    for name in ["async-graphql", "axum", "tower", "mindloom"] {
        assert!(
            !manifest.lines().any(|line| line.starts_with(name)),
            "{name}"
        );
    }
}

#[test]
fn the_engine_names_no_table() {
    let mut files = sources("src/engine");
    files.extend(sources("src/schema"));
    // Names are made by the rules of English, whose exceptions are words that tables have too.
    files.extend(outside(sources("src/model"), &["src/model/names.rs"]));
    for table in entity::tables() {
        let found = lines_with(
            &files,
            &[
                &format!("\"{}\"", table.name),
                &format!("public.{} ", table.name),
            ],
        );
        assert!(found.is_empty(), "{found:#?}");
    }
}

#[test]
fn no_file_is_too_long_to_be_read() {
    const LINES_MAX: usize = 600;
    for dir in ["entity/src", "migration/src", "src", "tests"] {
        for (path, text) in sources(dir) {
            let lines = text.lines().count();
            assert!(lines <= LINES_MAX, "{} has {lines} lines", path.display());
        }
    }
}

/// What is declared but not used is compiled by everybody who builds this.
#[test]
fn every_dependency_is_used() {
    for (manifest, dir) in [
        (include_str!("../../../Cargo.toml"), "src"),
        (include_str!("../../../entity/Cargo.toml"), "entity/src"),
        (
            include_str!("../../../migration/Cargo.toml"),
            "migration/src",
        ),
    ] {
        let code: String = sources(dir).into_iter().map(|(_, text)| text).collect();
        let (_, dependencies) = manifest
            .split_once("\n[dependencies]\n")
            .expect("dependencies");
        let names = dependencies
            .lines()
            .take_while(|line| !line.starts_with('['))
            .filter_map(|line| line.split_once(" = ").map(|(name, _)| name))
            .filter(|name| !name.starts_with([' ', '#']));
        let unused: Vec<&str> = names
            .filter(|name| !code.contains(&format!("{}::", name.replace('-', "_"))))
            .collect();
        assert!(
            unused.is_empty(),
            "take these out of the Cargo.toml of {dir}: {unused:?}"
        );
    }
}
