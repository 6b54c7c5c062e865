//! Builds GraphiQL's bundle from `graphiql/` with npm and Vite, and writes `$OUT_DIR/graphiql.rs`, which embeds it.
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
    let written = bundle().and_then(|folder| embed(&folder));
    if let Err(problem) = written {
        // Node may be there next time.
        println!("cargo::rerun-if-env-changed=PATH");
        println!("cargo::warning=GraphiQL is not in this build: {problem}");
        let module = format!(
            "pub const FILES: &[(&str, &[u8])] = &[];\npub const PROBLEM: Option<&str> = Some({problem:?});\n"
        );
        if let Err(error) = write_module(&module) {
            println!("cargo::error=graphiql.rs cannot be written: {error}");
        }
    }
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

fn embed(folder: &Path) -> Result<(), String> {
    let unreadable = |error: io::Error| format!("the bundle cannot be read: {error}");
    let mut files = Vec::new();
    list(folder, folder, &mut files).map_err(unreadable)?;
    files.sort();
    let mut module = String::from("pub static FILES: &[(&str, &[u8])] = &[\n");
    for (name, file) in files {
        module.push_str(&format!(
            "    ({name:?}, include_bytes!({:?})),\n",
            file.display().to_string()
        ));
    }
    module.push_str("];\npub const PROBLEM: Option<&str> = None;\n");
    write_module(&module).map_err(|error| format!("graphiql.rs cannot be written: {error}"))
}

/// All files of the bundle, by the path under which the page asks for them.
fn list(root: &Path, folder: &Path, files: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            list(root, &path, files)?;
        } else if let Ok(relative) = path.strip_prefix(root) {
            let name = relative.display().to_string().replace('\\', "/");
            if let Some(name) = name.strip_suffix(".gz") {
                files.push((name.to_owned(), path.clone()));
            }
        }
    }
    Ok(())
}

fn write_module(module: &str) -> io::Result<()> {
    let out = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("OUT_DIR is not set"))?;
    fs::write(PathBuf::from(out).join("graphiql.rs"), module)
}
