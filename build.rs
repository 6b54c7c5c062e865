//! Builds GraphiQL's bundle from `graphiql/` with npm and Vite, and says in `GRAPHIQL` where it lies; see
//! `src/http/graphiql.rs`, which embeds it.
//!
//! It runs once per state of those sources and is kept in the target directory, for all profiles. A machine
//! without Node, or without a way to the npm registry, builds the server all the same: the page then says what to do.

use std::{
    collections::hash_map::DefaultHasher,
    env, fs,
    hash::{Hash, Hasher},
    io,
    path::{Path, PathBuf},
    process::Command,
};

/// What the bundle is made of.
const SOURCES: [&str; 12] = [
    ".npmrc",
    "index.html",
    "package-lock.json",
    "package.json",
    "src/account.jsx",
    "src/examples.js",
    "src/main.jsx",
    "src/operation.js",
    "src/page.css",
    "src/session.js",
    "src/transport.js",
    "vite.config.js",
];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=graphiql");
    // What backtraces name lines by is packed to a third; ld, lld and mold know how, other systems' linkers do not.
    if env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "linux") {
        println!("cargo::rustc-link-arg-bins=-Wl,--compress-debug-sections=zlib");
    }
    let folder = bundle().unwrap_or_else(|problem| {
        // Node may be there next time.
        println!("cargo::rerun-if-env-changed=PATH");
        println!("cargo::warning=GraphiQL is not in this build: {problem}");
        println!(
            "cargo::rustc-env=GRAPHIQL_PROBLEM={}",
            problem.replace('\n', " ")
        );
        PathBuf::from("nowhere")
    });
    println!("cargo::rustc-env=GRAPHIQL={}", folder.display());
}

/// The folder of the finished bundle.
fn bundle() -> Result<PathBuf, String> {
    let sources = variable("CARGO_MANIFEST_DIR")?.join("graphiql");
    // OUT_DIR is target/<profile>/build/<package>/out.
    let out = variable("OUT_DIR")?;
    let target = out
        .ancestors()
        .nth(4)
        .ok_or("OUT_DIR is too short")?
        .join("graphiql");
    let hash = hash_of(&sources).map_err(|error| format!("its sources cannot be read: {error}"))?;
    let finished = target.join(format!("{hash:016x}"));
    if finished.is_dir() {
        return Ok(finished);
    }
    let work = target.join("work");
    copy(&sources, &work).map_err(|error| format!("its sources cannot be copied: {error}"))?;
    let npm = |arguments: &[&str]| run(&work, arguments);
    npm(&[
        "ci",
        "--ignore-scripts",
        "--prefer-offline",
        "--fetch-retries=1",
        "--fetch-timeout=20000",
    ])?;
    npm(&["run", "build"])?;
    fs::rename(work.join("dist"), &finished)
        .map_err(|error| format!("the bundle cannot be kept: {error}"))?;
    Ok(finished)
}

fn variable(name: &str) -> Result<PathBuf, String> {
    env::var_os(name)
        .map(PathBuf::from)
        .ok_or_else(|| format!("{name} is not set"))
}

fn hash_of(sources: &Path) -> io::Result<u64> {
    let mut hasher = DefaultHasher::new();
    for name in SOURCES {
        (name, fs::read(sources.join(name))?).hash(&mut hasher);
    }
    Ok(hasher.finish())
}

/// Copies the sources to where npm may write, and clears what an earlier build left.
fn copy(sources: &Path, work: &Path) -> io::Result<()> {
    match fs::remove_dir_all(work.join("dist")) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    for name in SOURCES {
        let file = work.join(name);
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::copy(sources.join(name), file)?;
    }
    Ok(())
}

fn run(folder: &Path, arguments: &[&str]) -> Result<(), String> {
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let output = Command::new(npm)
        .args(arguments)
        .current_dir(folder)
        .output();
    let output = output.map_err(|error| format!("npm cannot be run ({error})"))?;
    if output.status.success() {
        return Ok(());
    }
    let log = String::from_utf8_lossy(&output.stderr);
    let lines = log
        .lines()
        .filter(|line| line.contains("error") || line.contains("Error"));
    let reason = lines.take(3).collect::<Vec<_>>().join("; ");
    Err(format!(
        "npm {} failed: {reason}",
        arguments.first().unwrap_or(&"")
    ))
}
