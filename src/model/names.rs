//! Names: from the database's `snake_case` plurals to GraphQL's.

/// `created_at` → `createdAt`.
pub fn camel(snake: &str) -> String {
    let mut out = String::with_capacity(snake.len());
    let mut upper = false;
    for c in snake.chars() {
        if c == '_' {
            upper = !out.is_empty();
        } else if upper {
            out.extend(c.to_uppercase());
            upper = false;
        } else {
            out.push(c);
        }
    }
    out
}

/// `stack_note` → `StackNote`.
pub fn pascal(snake: &str) -> String {
    let camel = camel(snake);
    let mut chars = camel.chars();
    chars
        .next()
        .map(|first| first.to_uppercase().chain(chars).collect())
        .unwrap_or_default()
}

/// `stackNotes` → `stack notes`, as sentences have it.
pub fn spaced(camel: &str) -> String {
    let mut out = String::with_capacity(camel.len() + 4);
    for c in camel.chars() {
        if c.is_ascii_uppercase() {
            out.push(' ');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

/// `a note`, `an artifact`.
pub fn with_article(noun: &str) -> String {
    // The first vowel of `user` is none to the ear.
    let article = if noun.starts_with(['a', 'e', 'i', 'o']) {
        "an"
    } else {
        "a"
    };
    format!("{article} {noun}")
}

/// A label or a column's name as a GraphQL enum value, in the letters of [`write_enum_name`].
pub fn screaming(label: &str) -> String {
    let mut name = Vec::with_capacity(label.len());
    write_enum_name(label, &mut name);
    name.into_iter().map(char::from).collect()
}

/// Appends the name that an enum's label has in GraphQL: `in-progress`, `in progress` and
/// `inProgress` are `IN_PROGRESS`. What cannot stand in a name becomes `_`, and so does the front of
/// a label that begins with a digit (`3d` is `_3D`).
pub fn write_enum_name(label: &str, out: &mut Vec<u8>) {
    if label.starts_with(|first: char| first.is_ascii_digit()) {
        out.push(b'_');
    }
    let mut after_lower_case = false;
    for character in label.chars() {
        if character.is_ascii_uppercase() && after_lower_case {
            out.push(b'_');
        }
        after_lower_case = character.is_ascii_lowercase() || character.is_ascii_digit();
        out.push(match character {
            'a'..='z' | 'A'..='Z' | '0'..='9' => character.to_ascii_uppercase() as u8,
            _ => b'_',
        });
    }
}

/// The singular of a table's name; only its last word changes: `stack_notes` → `stack_note`.
pub fn singular(name: &str) -> String {
    let (head, word) = split_last_word(name);
    let word = if let Some(stem) = word.strip_suffix("ies") {
        format!("{stem}y")
    } else if ["xes", "ches", "shes", "sses"]
        .iter()
        .any(|end| word.ends_with(end))
    {
        word[..word.len() - 2].to_owned()
    } else if word.ends_with('s') && !word.ends_with("ss") && !word.ends_with("us") {
        word[..word.len() - 1].to_owned()
    } else {
        word.to_owned()
    };
    format!("{head}{word}")
}

/// The name of a list of what `singular` names.
pub fn plural(singular: &str) -> String {
    let (head, word) = split_last_word(singular);
    let word = if word.ends_with('y')
        && !["ay", "ey", "oy", "uy"]
            .iter()
            .any(|end| word.ends_with(end))
    {
        format!("{}ies", &word[..word.len() - 1])
    } else if ["x", "ch", "sh", "s"].iter().any(|end| word.ends_with(end)) {
        format!("{word}es")
    } else {
        format!("{word}s")
    };
    format!("{head}{word}")
}

fn split_last_word(name: &str) -> (&str, &str) {
    name.rfind('_')
        .map_or(("", name), |at| name.split_at(at + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_name_has_a_singular_and_a_plural() {
        for (table, one, many) in [
            ("notes", "note", "notes"),
            (
                "feedback_categories",
                "feedback_category",
                "feedback_categories",
            ),
            ("embedding_cache", "embedding_cache", "embedding_caches"),
            ("search_index", "search_index", "search_indexes"),
            ("chats", "chat", "chats"),
            ("api_providers", "api_provider", "api_providers"),
        ] {
            assert_eq!(singular(table), one);
            assert_eq!(plural(one), many);
        }
    }

    #[test]
    fn cases_change() {
        assert_eq!(camel("is_public"), "isPublic");
        assert_eq!(spaced("stackNotes"), "stack notes");
        assert_eq!(pascal("note_status"), "NoteStatus");
        assert_eq!(screaming("python code"), "PYTHON_CODE");
        assert_eq!(screaming("2fa"), "_2FA");
        assert_eq!(screaming("inProgress"), "IN_PROGRESS");
    }
}
