//! Imports point down: the rooms of the source tree have an order, and so have the stages of the engine.

use std::collections::BTreeSet;

use super::{
    imports::{imports, module_of},
    sources,
};

/// The rooms below `src`, the lowest first: a room may import those before it, and no others.
const ROOMS: [&str; 40] = [
    "request_id",
    "tasks",
    "error",
    "role",
    "memory",
    "clustering",
    "extraction",
    "templates",
    "progress",
    "packages",
    "model",
    "schema",
    "config",
    "models",
    "auth",
    "db",
    "drift",
    "engine",
    "rates",
    "records",
    "metrics",
    "realtime",
    "streams",
    "accounts",
    "upkeep",
    "embeddings",
    "storage",
    "demo",
    "postgres",
    "app_state",
    "answers",
    "chats",
    "jobs",
    "actions",
    "graphql",
    "http",
    "mcp",
    "supabase",
    "app",
    "commands",
];

/// The engine's modules, likewise.
const ENGINE: [&str; 19] = [
    "calendar",
    "encode",
    "value",
    "cursor",
    "input",
    "directives",
    "sql",
    "plan",
    "outcome",
    "change",
    "introspection",
    "write",
    "operation",
    "run",
    "fault",
    "transaction",
    "custom",
    "answer",
    "execute",
];

/// Realtime's modules, likewise.
const REALTIME: [&str; 30] = [
    "logic",
    "columns",
    "record",
    "row_test",
    "policy",
    "policy_text",
    "publication",
    "position",
    "change",
    "condition",
    "queue",
    "interest",
    "log",
    "judge",
    "stats",
    "feed",
    "cohort",
    "shared_query",
    "index",
    "registry",
    "bell",
    "reading",
    "subscriptions",
    "live_answers",
    "subscriber",
    "hub",
    "reader",
    "figures",
    "upkeep",
    "channels",
];

/// The imports between the modules of a room (of `src` itself, where `room` is empty) that do not point down, each as
/// `src/a/b.rs:7: a imports c (c::D)`.
fn refused(room: &str, order: &[&str]) -> Vec<String> {
    let base: Vec<String> = room
        .split("::")
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let place = |name: &str| order.iter().position(|known| *known == name);
    let mut refused = Vec::new();
    for (file, text) in sources("src") {
        let module = module_of(file.strip_prefix(root.join("src")).expect("a source file"));
        let Some([from, ..]) = module.strip_prefix(base.as_slice()) else {
            continue;
        };
        for import in imports(&module, &text) {
            let Some([to, ..]) = import.path.strip_prefix(base.as_slice()) else {
                continue;
            };
            let points_down = place(to).is_some() && place(to) < place(from);
            if from != to && !points_down {
                let shown = file.strip_prefix(root).expect("a source file").display();
                let (line, path) = (import.line, import.path.join("::"));
                refused.push(format!("{shown}:{line}: {from} imports {to} ({path})"));
            }
        }
    }
    refused
}

#[test]
fn rooms_import_those_below_them_alone() {
    let told = refused("", &ROOMS);
    assert!(
        told.is_empty(),
        "these imports point up:\n{}",
        told.join("\n")
    );
}

#[test]
fn the_stages_of_the_engine_import_those_before_them_alone() {
    let told = refused("engine", &ENGINE);
    assert!(
        told.is_empty(),
        "these imports point up:\n{}",
        told.join("\n")
    );
}

#[test]
fn the_parts_of_realtime_import_those_before_them_alone() {
    let told = refused("realtime", &REALTIME);
    assert!(
        told.is_empty(),
        "these imports point up:\n{}",
        told.join("\n")
    );
}

#[test]
fn the_architecture_tells_of_every_room() {
    let told = include_str!("../../../docs/architecture.md");
    let untold: Vec<&str> = ROOMS
        .into_iter()
        .filter(|room| {
            !told.contains(&format!("`src/{room}/`")) && !told.contains(&format!("`src/{room}.rs`"))
        })
        .collect();
    assert!(untold.is_empty(), "{untold:?}");
}

#[test]
fn every_room_has_its_place() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let rooms: BTreeSet<String> = std::fs::read_dir(root)
        .expect("the sources")
        .flatten()
        .map(|entry| {
            entry
                .path()
                .with_extension("")
                .file_name()
                .expect("a name")
                .to_string_lossy()
                .into_owned()
        })
        .filter(|name| !matches!(name.as_str(), "lib" | "main"))
        .collect();
    let listed: BTreeSet<String> = ROOMS.map(str::to_owned).into();
    assert_eq!(rooms, listed);
}
