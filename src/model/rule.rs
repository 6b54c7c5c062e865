//! Check constraints as sentences for people.
//!
//! PostgreSQL prints conditions in a normal form. The forms of limits, ranges and lists are said in words here, and
//! only when all of a condition is understood: half a rule would mislead. A rule of another form has its sentence as
//! the constraint's comment, written with the names of columns; a test holds that one of the two is there.

use std::sync::LazyLock;

use regex::Regex;

use super::{Constraint, camel};

/// What a check constraint demands, as `content must have 1 to 50,000 characters`; nothing for one without a comment
/// whose condition has a form of its own.
pub fn sentence(constraint: &Constraint) -> Option<String> {
    match &constraint.words {
        Some(words) => Some(with_fields(words, &constraint.columns)),
        None => in_words(&constraint.definition),
    }
}

/// A comment with the names of fields for those of columns.
fn with_fields(words: &str, columns: &[String]) -> String {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut said = String::with_capacity(words.len());
    let mut rest = words;
    while let Some(start) = rest.find(is_name) {
        let end = rest[start..]
            .find(|c| !is_name(c))
            .map_or(rest.len(), |length| start + length);
        let word = &rest[start..end];
        said.push_str(&rest[..start]);
        match columns.iter().any(|column| column == word) {
            true => said.push_str(&camel(word)),
            false => said.push_str(word),
        }
        rest = &rest[end..];
    }
    said + rest
}

/// What is limited of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Measure {
    Value,
    Characters,
    Bytes,
    Entries,
}

/// One condition of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Demand {
    AtLeast(Measure, String),
    AtMost(Measure, String),
    MoreThan(String),
    LessThan(String),
    JsonKind(String),
    OneOf(String),
}

/// What a condition with this value demands.
type Reading = fn(String) -> Demand;

/// How PostgreSQL prints one condition, and what it demands of the column in its first group.
struct Form {
    pattern: Regex,
    demand: Reading,
}

static FORMS: LazyLock<Vec<Form>> = LazyLock::new(|| {
    use Measure::{Bytes, Characters, Entries, Value};
    const COLUMN: &str = r#""?([a-z][a-z0-9_]*)"?"#;
    const NUMBER: &str = r"\(?'?(-?[\d.]+)'?\)?(?:::[a-z ]+)?";
    let function =
        |name: &str, operator: &str| format!(r"^{name}\({COLUMN}\) {operator} {NUMBER}$");
    let value = |operator: &str| format!(r"^{COLUMN} {operator} {NUMBER}$");
    let forms: [(String, Reading); 13] = [
        (function("char_length", ">="), |n| {
            Demand::AtLeast(Characters, n)
        }),
        (function("char_length", "<="), |n| {
            Demand::AtMost(Characters, n)
        }),
        (function("octet_length", ">="), |n| {
            Demand::AtLeast(Bytes, n)
        }),
        (function("octet_length", "<="), |n| Demand::AtMost(Bytes, n)),
        (function("pg_column_size", "<="), |n| {
            Demand::AtMost(Bytes, n)
        }),
        (function("cardinality", ">="), |n| {
            Demand::AtLeast(Entries, n)
        }),
        (function("cardinality", "<="), |n| {
            Demand::AtMost(Entries, n)
        }),
        (value(">="), |n| Demand::AtLeast(Value, n)),
        (value("<="), |n| Demand::AtMost(Value, n)),
        (value(">"), Demand::MoreThan),
        (value("<"), Demand::LessThan),
        (
            format!(r"^jsonb_typeof\({COLUMN}\) = '(\w+)'::text$"),
            Demand::JsonKind,
        ),
        (
            format!(r"^{COLUMN} = ANY \(ARRAY\[([^\]]+)\]\)$"),
            Demand::OneOf,
        ),
    ];
    let compiled = forms.into_iter().filter_map(|(pattern, demand)| {
        let pattern = Regex::new(&pattern).ok()?;
        Some(Form { pattern, demand })
    });
    compiled.collect()
});

fn in_words(definition: &str) -> Option<String> {
    let condition = definition.strip_prefix("CHECK ")?;
    let mut demands: Vec<(String, Vec<Demand>)> = Vec::new();
    for part in conjuncts(condition) {
        let (column, demand) = FORMS.iter().find_map(|form| {
            let found = form.pattern.captures(part)?;
            Some((found[1].to_owned(), (form.demand)(found[2].to_owned())))
        })?;
        match demands.iter_mut().find(|(known, _)| *known == column) {
            Some((_, of)) => of.push(demand),
            None => demands.push((column, vec![demand])),
        }
    }
    // Columns of which the same is demanded are named together.
    let mut said: Vec<(Vec<String>, String)> = Vec::new();
    for (column, of) in demands {
        let phrase = phrase(&of)?;
        match said.iter_mut().find(|(_, known)| *known == phrase) {
            Some((columns, _)) => columns.push(camel(&column)),
            None => said.push((vec![camel(&column)], phrase)),
        }
    }
    let sentences = said
        .iter()
        .map(|(columns, phrase)| format!("{} must {phrase}", list(columns)));
    Some(sentences.collect::<Vec<_>>().join(", and "))
}

/// The conditions that `AND` joins at the top, each without its parentheses.
fn conjuncts(condition: &str) -> Vec<&str> {
    let condition = unwrapped(condition);
    let mut parts = Vec::new();
    let (mut depth, mut quoted, mut start) = (0_usize, false, 0);
    for (at, c) in condition.char_indices() {
        match c {
            '\'' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth = depth.saturating_sub(1),
            ' ' if !quoted && depth == 0 && condition[at..].starts_with(" AND ") => {
                parts.push(&condition[start..at]);
                start = at + " AND ".len();
            }
            _ => {}
        }
    }
    if parts.is_empty() {
        return vec![condition];
    }
    parts.push(&condition[start..]);
    parts.into_iter().flat_map(conjuncts).collect()
}

/// A condition without the parentheses around all of it.
fn unwrapped(condition: &str) -> &str {
    let mut inner = condition;
    while let Some(within) = inner
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'))
    {
        let mut depth = 1_usize;
        let closes_early = within.chars().any(|c| {
            match c {
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            depth == 0
        });
        if closes_early {
            break;
        }
        inner = within;
    }
    inner
}

/// What a value must do: `have 1 to 200 characters`, `be a JSON object and take at most 65,536 bytes`.
fn phrase(demands: &[Demand]) -> Option<String> {
    let mut said = Vec::new();
    for measure in [
        Measure::Value,
        Measure::Characters,
        Measure::Bytes,
        Measure::Entries,
    ] {
        let bound = |pick: fn(&Demand) -> Option<(Measure, &String)>| {
            let mut found = demands.iter().filter_map(pick);
            found
                .find(|(of, _)| *of == measure)
                .map(|(_, n)| n.as_str())
        };
        let least = bound(|demand| match demand {
            Demand::AtLeast(measure, n) => Some((*measure, n)),
            _ => None,
        });
        let most = bound(|demand| match demand {
            Demand::AtMost(measure, n) => Some((*measure, n)),
            _ => None,
        });
        said.extend(range(measure, least, most));
    }
    for demand in demands {
        match demand {
            Demand::MoreThan(n) => said.push(format!("be more than {}", grouped(n))),
            Demand::LessThan(n) => said.push(format!("be less than {}", grouped(n))),
            Demand::JsonKind(kind) if kind == "array" => said.push("be a JSON list".to_owned()),
            Demand::JsonKind(kind) => said.push(format!("be a JSON {kind}")),
            Demand::OneOf(literals) => said.push(format!("be {}", choices(literals)?)),
            Demand::AtLeast(..) | Demand::AtMost(..) => {}
        }
    }
    Some(said.join(" and "))
}

fn range(measure: Measure, least: Option<&str>, most: Option<&str>) -> Option<String> {
    let (verb, unit, one) = match measure {
        Measure::Value => ("be", "", ""),
        Measure::Characters => ("have", " characters", " character"),
        Measure::Bytes => ("take", " bytes", " byte"),
        Measure::Entries => ("have", " entries", " entry"),
    };
    let unit_of = |n: &str| if n == "1" { one } else { unit };
    Some(match (measure, least, most) {
        (_, None, None) => return None,
        (Measure::Value, Some("0"), None) => "not be negative".to_owned(),
        (Measure::Value, Some(least), Some(most)) => {
            format!("be from {} to {}", grouped(least), grouped(most))
        }
        (_, Some(least), Some(most)) => {
            format!("{verb} {} to {}{unit}", grouped(least), grouped(most))
        }
        (_, Some(n), None) => format!("{verb} at least {}{}", grouped(n), unit_of(n)),
        (_, None, Some(n)) => format!("{verb} at most {}{}", grouped(n), unit_of(n)),
    })
}

/// `'light'::text, 'dark'::text` as `light or dark`; nothing for what are no strings.
fn choices(literals: &str) -> Option<String> {
    let names: Option<Vec<String>> = literals
        .split(", ")
        .map(|literal| {
            let name = literal.strip_prefix('\'')?.split_once("'::")?.0;
            Some(name.to_owned())
        })
        .collect();
    let names = names?;
    Some(match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, first)) => format!("{} or {last}", first.join(", ")),
        None => return None,
    })
}

/// `a`, `a and b`, `a, b and c`.
pub fn list(names: &[String]) -> String {
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, first)) => format!("{} and {last}", first.join(", ")),
        None => String::new(),
    }
}

/// A number with separators between thousands.
fn grouped(number: &str) -> String {
    if number.len() <= 3 || !number.bytes().all(|c| c.is_ascii_digit()) {
        return number.to_owned();
    }
    let head = number.len() % 3;
    let mut said = number[..head].to_owned();
    for at in (head..number.len()).step_by(3) {
        if !said.is_empty() {
            said.push(',');
        }
        said.push_str(&number[at..at + 3]);
    }
    said
}

#[cfg(test)]
mod tests {
    use super::{in_words, with_fields};

    #[test]
    fn limits_ranges_and_lists_are_said_in_words() {
        let cases = [
            (
                "CHECK (((char_length(content) >= 1) AND (char_length(content) <= 50000)))",
                Some("content must have 1 to 50,000 characters"),
            ),
            (
                "CHECK ((cardinality(suggested_tags) <= 20))",
                Some("suggestedTags must have at most 20 entries"),
            ),
            (
                "CHECK (((rating >= 1) AND (rating <= 5)))",
                Some("rating must be from 1 to 5"),
            ),
            (
                "CHECK (((input_cost >= (0)::numeric) AND (output_cost >= (0)::numeric) AND (total >= 0)))",
                Some("inputCost, outputCost and total must not be negative"),
            ),
            (
                "CHECK ((jsonb_typeof(metadata) = 'object'::text))",
                Some("metadata must be a JSON object"),
            ),
            (
                "CHECK ((theme = ANY (ARRAY['light'::text, 'dark'::text])))",
                Some("theme must be light or dark"),
            ),
            (
                "CHECK ((pg_column_size(styles) <= 65536))",
                Some("styles must take at most 65,536 bytes"),
            ),
            (
                "CHECK ((width >= (0)::double precision))",
                Some("width must not be negative"),
            ),
            (
                "CHECK ((\"position\" >= 1))",
                Some("position must be at least 1"),
            ),
        ];
        for (definition, words) in cases {
            assert_eq!(in_words(definition).as_deref(), words, "{definition}");
        }
    }

    #[test]
    fn a_rule_that_is_understood_in_part_is_not_told_in_part() {
        for definition in [
            "CHECK (private.tags_are_valid(tags))",
            "CHECK (((url ~ '^https?://'::text) AND (char_length(url) <= 2048)))",
            "CHECK ((is_active OR (NOT is_default)))",
            "CHECK (((name IS NULL) OR (char_length(name) <= 20)))",
            "CHECK ((attempts <= max_attempts))",
        ] {
            assert_eq!(in_words(definition), None, "{definition}");
        }
    }

    #[test]
    fn comments_are_told_with_the_names_of_fields() {
        let columns = ["end_time".to_owned(), "start_time".to_owned()];
        assert_eq!(
            with_fields(
                "end_time must not be before start_time (end_timer)",
                &columns
            ),
            "endTime must not be before startTime (end_timer)"
        );
    }
}
