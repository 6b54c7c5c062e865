//! Check constraints in words.
//!
//! PostgreSQL prints conditions in a normal form; the few forms that limits, ranges and lists take
//! in it are said in words here. A condition of another form is called by its constraint's name.

use std::sync::LazyLock;

use regex::Regex;

/// A form of condition, and how it is said of a value: `{}` takes what the form captured.
struct Form {
    pattern: Regex,
    words: &'static str,
}

static FORMS: LazyLock<Vec<Form>> = LazyLock::new(|| {
    let forms = [
        (
            r"char_length\([^)]+\) >= (\d+)",
            "has at least {} characters",
        ),
        (
            r"char_length\([^)]+\) <= (\d+)",
            "has at most {} characters",
        ),
        (r"octet_length\([^)]+\) <= (\d+)", "has at most {} bytes"),
        (
            r"pg_column_size\([^)]+\) <= (\d+)",
            "takes at most {} bytes",
        ),
        (r"cardinality\([^)]+\) <= (\d+)", "has at most {} entries"),
        (r"cardinality\([^)]+\) >= (\d+)", "has at least {} entries"),
        (r"jsonb_typeof\([^)]+\) = '(\w+)'", "is a JSON {}"),
        (r"\b[a-z_]+\)? >= \(?'?(-?[\d.]+)", "is at least {}"),
        (r"\b[a-z_]+\)? <= \(?'?(-?[\d.]+)", "is at most {}"),
        (r"\b[a-z_]+\)? > \(?'?(-?[\d.]+)", "is more than {}"),
        (r"\b[a-z_]+\)? < \(?'?(-?[\d.]+)", "is less than {}"),
        (r"= ANY \(\(?ARRAY\[([^\]]+)\]", "is one of {}"),
        (r"~\*? '([^']+)'", "matches {}"),
    ];
    let compiled = forms.iter().filter_map(|(pattern, words)| {
        Some(Form {
            pattern: Regex::new(pattern).ok()?,
            words,
        })
    });
    compiled.collect()
});

/// What a check demands of its fields, as `has at least 1 characters and has at most 20`; nothing
/// for a condition of an unknown form.
pub fn in_words(definition: &str) -> Option<String> {
    let mut said: Vec<String> = Vec::new();
    let mut rest = definition.to_owned();
    for form in FORMS.iter() {
        while let Some(found) = form.pattern.captures(&rest) {
            let value = found.get(1).map_or("", |value| value.as_str());
            said.push(form.words.replace("{}", &readable(value)));
            let span = found.get(0).map_or(0..0, |whole| whole.range());
            // What one form has said, another must not say again.
            rest.replace_range(span, " ");
        }
    }
    (!said.is_empty()).then(|| said.join(" and "))
}

/// Numbers with separators, lists without casts and quotes.
fn readable(value: &str) -> String {
    if !value.is_empty() && value.len() > 3 && value.chars().all(|c| c.is_ascii_digit()) {
        let digits: Vec<char> = value.chars().collect();
        let groups: Vec<String> = digits
            .rchunks(3)
            .rev()
            .map(|group| group.iter().collect())
            .collect();
        return groups.join(",");
    }
    let items = value
        .split(", ")
        .map(|item| item.split("::").next().unwrap_or(item).trim_matches('\''));
    items.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::in_words;

    #[test]
    fn limits_ranges_and_lists_are_said_in_words() {
        let cases = [
            (
                "CHECK (((char_length(content) >= 1) AND (char_length(content) <= 50000)))",
                Some("has at least 1 characters and has at most 50,000 characters"),
            ),
            (
                "CHECK ((cardinality(tags) <= 20))",
                Some("has at most 20 entries"),
            ),
            (
                "CHECK (((rating >= 1) AND (rating <= 5)))",
                Some("is at least 1 and is at most 5"),
            ),
            ("CHECK ((cost >= (0)::numeric))", Some("is at least 0")),
            (
                "CHECK ((jsonb_typeof(metadata) = 'object'::text))",
                Some("is a JSON object"),
            ),
            (
                "CHECK ((theme = ANY (ARRAY['light'::text, 'dark'::text])))",
                Some("is one of light, dark"),
            ),
            ("CHECK (private.tags_are_valid(tags))", None),
        ];
        for (definition, words) in cases {
            assert_eq!(in_words(definition).as_deref(), words, "{definition}");
        }
    }
}
