//! Documents name files, functions, commands and settings that exist.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::support::program::{mindloom, succeed};

/// What begins so is a path in this repository.
const ROOTS: [&str; 9] = [
    ".ci/",
    "benches/",
    "console/",
    "docs/",
    "entity/",
    "graphiql/",
    "migration/",
    "src/",
    "tests/",
];

/// What stands between two names of one list.
const JOINTS: [&str; 3] = [", ", " and ", ", then "];

/// What CONTRIBUTING.md makes in its examples begins so; `invariants::examples` looks after it.
const NEW_FILE: &str = "New file ";

/// README, CONTRIBUTING, SECURITY and everything below docs.
fn documents() -> Vec<(PathBuf, String)> {
    fn walk(dir: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(dir).expect("a directory").flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                found.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths: Vec<PathBuf> = ["README.md", "CONTRIBUTING.md", "SECURITY.md"]
        .iter()
        .map(|name| root.join(name))
        .collect();
    walk(&root.join("docs"), &mut paths);
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).expect("a document");
        (path, without_blocks(&text))
    };
    paths.into_iter().map(read).collect()
}

/// The text without its blocks of code.
fn without_blocks(text: &str) -> String {
    let mut inside = false;
    let mut kept = String::with_capacity(text.len());
    for line in text.lines() {
        let is_fence = line.trim_start().starts_with("```");
        inside ^= is_fence;
        if !inside && !is_fence {
            kept.push_str(line.trim());
            kept.push('\n');
        }
    }
    kept
}

/// What stands in backticks, each with the text before it.
fn spans(text: &str) -> Vec<(String, &str)> {
    let parts: Vec<&str> = text.split('`').collect();
    parts
        .chunks_exact(2)
        .map(|pair| (pair[0].replace('\n', " "), pair[1]))
        .collect()
}

fn is_path(span: &str) -> bool {
    let placeholder = ['<', '*', '{', '…', ' '];
    ROOTS.iter().any(|root| span.starts_with(root)) && !span.contains(placeholder)
}

/// The last part of `Type::function()`.
fn last_name(span: &str) -> &str {
    let name = span.trim_end_matches("()").trim_end_matches('!');
    name.rsplit("::").next().unwrap_or(name)
}

fn defines(code: &str, name: &str) -> bool {
    ["fn", "struct", "enum", "trait", "type", "const", "static"]
        .iter()
        .any(|keyword| {
            let definition = format!("{keyword} {name}");
            code.match_indices(&definition).any(|(at, _)| {
                let next = code[at + definition.len()..].chars().next();
                !next.is_some_and(|next| next.is_alphanumeric() || next == '_')
            })
        })
}

/// What a document says that is not so. A name with a file after it, `name` (`src/file.rs`), is defined in that file;
/// so is each of a list of names before it.
fn mistakes(root: &Path, text: &str) -> Vec<String> {
    let spans = spans(text);
    let mut mistakes = Vec::new();
    for (place, (before, span)) in spans.iter().enumerate() {
        if !is_path(span) || before.ends_with(NEW_FILE) {
            continue;
        }
        let path = root.join(span);
        if !path.exists() {
            mistakes.push(format!("{span} does not exist"));
            continue;
        }
        if before != " (" || !path.is_file() {
            continue;
        }
        let code = std::fs::read_to_string(&path).expect("a source file");
        for (joint, name) in spans[..place].iter().rev() {
            if !defines(&code, last_name(name)) {
                mistakes.push(format!("{span} does not define {name}"));
            }
            if !JOINTS.contains(&joint.as_str()) {
                break;
            }
        }
    }
    mistakes
}

#[test]
fn documents_name_what_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut all = Vec::new();
    for (document, text) in documents() {
        for mistake in mistakes(root, &text) {
            all.push(format!("{}: {mistake}", document.display()));
        }
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
}

/// Commands and flags of the program that a document names and that there are not, variables that no setting has, and
/// tests that `cargo test` would not find.
fn unknown(known: &BTreeSet<&str>, text: &str) -> Vec<String> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let mut unknown = Vec::new();
    for (_, span) in spans(text) {
        let words: Vec<&str> = span.split([' ', '\n', '|', '=']).collect();
        let is_flag = |word: &&str| word.starts_with("--");
        if let ["cargo", "test", "--test", "it", filter] = words[..] {
            let path = tests.join(filter.replace("::", "/"));
            if !path.is_dir() && !path.with_extension("rs").is_file() {
                unknown.push(span.to_owned());
            }
        }
        let asked: Vec<&str> = match words[..] {
            ["mindloom", command, ..] => {
                let flags = words.iter().copied().filter(is_flag);
                std::iter::once(command).chain(flags).collect()
            }
            [first, ..] if is_flag(&first) => vec![first],
            _ => Vec::new(),
        };
        let is_unknown = |word: &&str| !known.contains(word);
        unknown.extend(asked.into_iter().filter(is_unknown).map(str::to_owned));
        let variables = words.iter().filter(|word| word.starts_with("MINDLOOM_"));
        let names = variables.filter(|word| !word.contains(['…', '*']) && !word.ends_with('_'));
        unknown.extend(
            names
                .filter(|word| !known.contains(*word))
                .map(|word| (*word).to_owned()),
        );
    }
    unknown
}

#[test]
fn documents_name_commands_and_settings_that_exist() {
    let completions = succeed(&mut mindloom(["completions", "bash"]));
    let flags =
        completions.split(|letter: char| letter.is_whitespace() || "\"'()".contains(letter));
    let variables = mindloom::config::variables();
    let mut known: BTreeSet<&str> = flags.collect();
    known.extend(variables.iter().map(String::as_str));
    let mut all = Vec::new();
    for (document, text) in documents() {
        for name in unknown(&known, &text) {
            all.push(format!("{}: {name}", document.display()));
        }
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
    let wrong = "`mindloom fly --high`, `--nowhere`, `MINDLOOM_NOTHING`, `cargo test --test it engine::nothing`";
    let expected = [
        "fly",
        "--high",
        "--nowhere",
        "MINDLOOM_NOTHING",
        "cargo test --test it engine::nothing",
    ];
    assert_eq!(unknown(&known, wrong), expected);
}

#[test]
fn links_between_documents_lead_somewhere() {
    let mut broken = Vec::new();
    for (document, text) in documents() {
        let folder = document.parent().expect("a folder");
        for link in text.split("](").skip(1) {
            let target = link.split([')', '#']).next().unwrap_or_default();
            let is_elsewhere = target.is_empty() || target.contains("://");
            if !is_elsewhere && !folder.join(target).exists() {
                broken.push(format!("{}: {target}", document.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn mistakes_are_found() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text =
        "`src/lib.rs` and `src/nothing.rs`; `Schema::build` and `nothing()` (`src/schema/mod.rs`).";
    let found = mistakes(root, text);
    let expected = [
        "src/nothing.rs does not exist",
        "src/schema/mod.rs does not define nothing()",
    ];
    assert_eq!(found, expected);
}
