//! Templates: texts with blanks. `{name}` is a blank, and `{{name}}` is the same one; a backslash before it (`\{name}`)
//! leaves it as text. Whatever else stands in braces is text, so that a template may hold code. What is filled in is
//! never looked at for blanks.

#[cfg(test)]
mod tests;

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

/// How long what comes out may be, in bytes: as much as a template and its values may be together, ten times.
pub const RENDERED_MAX_BYTES: usize = 1 << 20;
/// The characters of a blank's name.
const NAME_MAX: usize = 50;
/// The bytes of a blank, with spaces around its name.
const BLANK_MAX_BYTES: usize = 4 * NAME_MAX + 64;

/// A template that was filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The text. Blanks without a value stand in it as they were.
    pub text: String,
    /// The blanks without a value, in the order in which they come.
    pub missing: Vec<String>,
    /// The values for which there is no blank, in the order of the alphabet.
    pub unknown: Vec<String>,
}

/// A filled-in template would be longer than [`RENDERED_MAX_BYTES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLong;

/// A part of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece<'t> {
    Text(&'t str),
    /// A blank's name, and how it stands there.
    Blank(&'t str, &'t str),
}

/// Fills in a template.
///
/// # Errors
/// [`TooLong`], before that much memory is taken.
pub fn render(template: &str, values: &BTreeMap<String, String>) -> Result<Rendered, TooLong> {
    let (mut text, mut missing) = (String::new(), Vec::new());
    let mut unknown: BTreeSet<&str> = values.keys().map(String::as_str).collect();
    for piece in pieces(template) {
        let added: Cow<'_, str> = match piece {
            Piece::Text(text) => text.into(),
            Piece::Blank(name, written) => {
                unknown.remove(name);
                match values.get(name) {
                    Some(value) => value.into(),
                    None => {
                        if !missing.iter().any(|known| known == name) {
                            missing.push(name.to_owned());
                        }
                        written.into()
                    }
                }
            }
        };
        if text.len() + added.len() > RENDERED_MAX_BYTES {
            return Err(TooLong);
        }
        text.push_str(&added);
    }
    Ok(Rendered {
        text,
        missing,
        unknown: unknown.into_iter().map(str::to_owned).collect(),
    })
}

/// The names of a template's blanks, each once, in the order in which they come.
#[must_use]
pub fn blanks(template: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for piece in pieces(template) {
        if let Piece::Blank(name, _) = piece
            && !names.contains(&name)
        {
            names.push(name);
        }
    }
    names
}

fn pieces(template: &str) -> Vec<Piece<'_>> {
    let (mut pieces, mut begun, mut at) = (Vec::new(), 0, 0);
    while let Some(found) = template[at..].find('{').map(|offset| at + offset) {
        let Some((name, end)) = blank_at(template, found) else {
            // Two braces that no two close are no blank of one brace, either.
            let is_double =
                template[found..].starts_with("{{") && !template[found..].starts_with("{{{");
            at = found + if is_double { 2 } else { 1 };
            continue;
        };
        let is_escaped = template[begun..found].ends_with('\\');
        let text_end = if is_escaped { found - 1 } else { found };
        pieces.push(Piece::Text(&template[begun..text_end]));
        let written = &template[found..end];
        pieces.push(match is_escaped {
            true => Piece::Text(written),
            false => Piece::Blank(name, written),
        });
        (begun, at) = (end, end);
    }
    pieces.push(Piece::Text(&template[begun..]));
    pieces
}

/// The blank that begins at a brace: its name, and where it ends.
fn blank_at(template: &str, start: usize) -> Option<(&str, usize)> {
    let rest = &template[start..];
    let (open, close) = match rest.starts_with("{{") {
        true => ("{{", "}}"),
        false => ("{", "}"),
    };
    let inside = &rest[open.len()..];
    // A name is short: the rest of a long text is not looked through for each of its braces.
    let near = &inside[..inside.floor_char_boundary(BLANK_MAX_BYTES)];
    let length = near.find('}')?;
    let end = open.len() + length + close.len();
    let name = inside[..length].trim_matches(' ');
    let closes = inside[length..].starts_with(close);
    (closes && is_name(name)).then_some((name, start + end))
}

fn is_name(text: &str) -> bool {
    let mut signs = text.chars();
    signs
        .next()
        .is_some_and(|first| first.is_alphabetic() || first == '_')
        && signs.all(|sign| sign.is_alphanumeric() || matches!(sign, '_' | '-'))
        && text.chars().count() <= NAME_MAX
}
