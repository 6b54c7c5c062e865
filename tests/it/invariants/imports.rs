//! What the sources import: every path that begins with `crate`, `self` or `super`, in `use` declarations and elsewhere,
//! with the module that it leads to.

use std::path::Path;

/// One import.
#[derive(Debug, PartialEq, Eq)]
pub struct Import {
    /// The line of the path, from 1.
    pub line: usize,
    /// The path from the crate's root: `engine::plan::Compiler`.
    pub path: Vec<String>,
}

/// The module of a file below `src`: `engine/plan/mod.rs` is `engine::plan`.
pub fn module_of(file: &Path) -> Vec<String> {
    let mut module: Vec<String> = file
        .with_extension("")
        .iter()
        .map(|part| part.to_string_lossy().into_owned())
        .collect();
    if matches!(
        module.last().map(String::as_str),
        Some("mod" | "lib" | "main")
    ) {
        module.pop();
    }
    module
}

/// The imports in the text of a module, in the order in which they stand there.
pub fn imports(module: &[String], text: &str) -> Vec<Import> {
    let code = without_comments_and_strings(text);
    let inline = inline_modules(&code);
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = next_root(&code, at) {
        let mut reader = Reader {
            code: &code,
            at: start,
        };
        let mut written = Vec::new();
        reader.tree(&mut Vec::new(), &mut written);
        for (place, path) in written {
            let inner = inline.iter().filter(|inner| inner.body.contains(&place));
            let module: Vec<String> = module
                .iter()
                .chain(inner.map(|inner| &inner.name))
                .cloned()
                .collect();
            if let Some(path) = absolute(&module, &path) {
                let line = code[..place].lines().count().max(1);
                found.push(Import { line, path });
            }
        }
        at = reader.at.max(start + 1);
    }
    found
}

/// A module that is written within another's file.
struct Inline {
    name: String,
    body: std::ops::Range<usize>,
}

fn inline_modules(code: &str) -> Vec<Inline> {
    let mut found = Vec::new();
    for (start, word) in code.match_indices("mod ") {
        let Some((name, _)) = code[start + word.len()..].split_once(" {") else {
            continue;
        };
        if name.chars().all(|c| c.is_alphanumeric() || c == '_') {
            let body = start + word.len() + name.len();
            let mut depth = 0_usize;
            let end = code[body..].find(|c| {
                match c {
                    '{' => depth += 1,
                    '}' => depth -= 1,
                    _ => {}
                }
                c == '}' && depth == 0
            });
            found.push(Inline {
                name: name.to_owned(),
                body: body..end.map_or(code.len(), |end| body + end),
            });
        }
    }
    found
}

/// Where the next path begins that starts with a module of this crate.
fn next_root(code: &str, from: usize) -> Option<usize> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    ["crate::", "super::", "self::"]
        .iter()
        .filter_map(|root| {
            let mut at = from;
            loop {
                let start = at + code[at..].find(root)?;
                let before = code[..start].chars().next_back();
                // `$crate` is another crate's, `pub(crate)` has no path behind it.
                if !before.is_some_and(|c| is_word(c) || c == '$' || c == ':') {
                    return Some(start);
                }
                at = start + 1;
            }
        })
        .min()
}

/// A path from the crate's root, where it leads into this crate's modules.
fn absolute(module: &[String], path: &[String]) -> Option<Vec<String>> {
    let (first, rest) = path.split_first()?;
    let mut absolute = match first.as_str() {
        "crate" => Vec::new(),
        _ => module.to_vec(),
    };
    if first == "super" {
        absolute.pop();
    }
    for part in rest {
        match part.as_str() {
            "super" => drop(absolute.pop()),
            "self" => {}
            name => absolute.push(name.to_owned()),
        }
    }
    Some(absolute)
}

struct Reader<'c> {
    code: &'c str,
    at: usize,
}

impl Reader<'_> {
    /// Reads a path or a tree of them, `engine::{plan::Compiler, sql}`, and adds each path with its place.
    fn tree(&mut self, before: &mut Vec<String>, found: &mut Vec<(usize, Vec<String>)>) {
        let (start, depth) = (self.at, before.len());
        loop {
            match self.word() {
                Some(word) => before.push(word),
                None if self.take("{") => {
                    while !self.take("}") && self.at < self.code.len() {
                        self.skip_space();
                        self.tree(before, found);
                        self.take(",");
                    }
                    break;
                }
                None => {
                    found.push((start, before.clone()));
                    // `*`, or what is no path at all.
                    self.at += usize::from(self.code[self.at..].starts_with('*'));
                    break;
                }
            }
            if !self.take("::") {
                found.push((start, before.clone()));
                if self.take("as ") {
                    self.word();
                }
                break;
            }
        }
        before.truncate(depth);
    }

    fn word(&mut self) -> Option<String> {
        self.skip_space();
        let rest = &self.code[self.at..];
        let end = rest
            .find(|c: char| !(c.is_alphanumeric() || c == '_'))
            .unwrap_or(rest.len());
        self.at += end;
        (end > 0).then(|| rest[..end].to_owned())
    }

    fn take(&mut self, text: &str) -> bool {
        let space = self.code[self.at..].len() - self.code[self.at..].trim_start().len();
        let found = self.code[self.at + space..].starts_with(text);
        if found {
            self.at += space + text.len();
        }
        found
    }

    fn skip_space(&mut self) {
        let rest = &self.code[self.at..];
        self.at += rest.len() - rest.trim_start().len();
    }
}

/// The text with blanks for comments and for what stands in strings; every line keeps its number.
fn without_comments_and_strings(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if let Some(raw) = rest.strip_prefix("r#\"") {
            raw.find("\"#").map_or(rest.len(), |end| end + 5)
        } else if first == '"' {
            string_length(rest)
        } else if rest.starts_with("'\"'") {
            3
        } else {
            code.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        };
        code.extend(
            rest[..length]
                .chars()
                .map(|c| if c == '\n' { c } else { ' ' }),
        );
        rest = &rest[length..];
    }
    code
}

/// How long a string literal is, quotation marks included.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '"' if !escaped => return at + 1,
            _ => escaped = c == '\\' && !escaped,
        }
    }
    text.len()
}

#[test]
fn imports_are_found_wherever_they_stand() {
    let module: Vec<String> = ["engine", "plan", "page"].map(str::to_owned).into();
    let text = "//! [`crate::http`] is no import.
use crate::{
    db::{self, Rows as R},
    error::*,
};
use super::super::sql;
pub(crate) use super::{Level, rows::{self, column}};
fn f() { let a = \"crate::http\"; crate::auth::mint(a); self::g() }
mod tests {
    use super::super::rows;
}
";
    let found: Vec<(usize, String)> = imports(&module, text)
        .into_iter()
        .map(|import| (import.line, import.path.join("::")))
        .collect();
    let expected = [
        (3, "db"),
        (3, "db::Rows"),
        (4, "error"),
        (6, "engine::sql"),
        (7, "engine::plan::Level"),
        (7, "engine::plan::rows"),
        (7, "engine::plan::rows::column"),
        (8, "auth::mint"),
        (8, "engine::plan::page::g"),
        (10, "engine::plan::rows"),
    ]
    .map(|(line, path)| (line, path.to_owned()));
    assert_eq!(found, expected);
}
