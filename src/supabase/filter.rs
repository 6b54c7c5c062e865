//! The filters of `postgres_changes`: `column=operator.value`, several joined by commas.
//!
//! Read here as Supabase's server reads them; what they mean for a row is [`Condition`]'s.

use crate::realtime::{Column, Condition, Operator, PublishedTable};

/// The most values of an `in`.
const IN_MAX: usize = 100;

/// A filter as the client wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Filter {
    pub(super) column: String,
    /// The operator's name, without `not.`.
    pub(super) operator: String,
    pub(super) value: String,
    pub(super) negated: bool,
}

const OPERATORS: [(&str, Operator); 12] = [
    ("eq", Operator::Eq),
    ("neq", Operator::Neq),
    ("lt", Operator::Lt),
    ("lte", Operator::Lte),
    ("gt", Operator::Gt),
    ("gte", Operator::Gte),
    ("in", Operator::In),
    ("like", Operator::Like),
    ("ilike", Operator::Ilike),
    ("match", Operator::Match),
    ("imatch", Operator::Imatch),
    ("isdistinct", Operator::IsDistinct),
];

impl Filter {
    /// Reads the filters of one subscription.
    ///
    /// # Errors
    /// What is wrong, in the words of Supabase's server.
    pub(super) fn parse_all(text: &str) -> Result<Vec<Self>, String> {
        if text.trim().is_empty() {
            return Ok(Vec::new());
        }
        split(text)
            .into_iter()
            .map(|segment| Self::parse(segment.trim()))
            .collect()
    }

    fn parse(segment: &str) -> Result<Self, String> {
        if segment.is_empty() {
            return Err(
                "filter must not contain empty segments (check for extra commas)".to_owned(),
            );
        }
        let (column, rest) = segment
            .split_once('=')
            .ok_or_else(|| format!("[{segment:?}]"))?;
        if column.is_empty() {
            return Err("invalid column for filter ".to_owned());
        }
        let (negated, rest) = match rest.strip_prefix("not.") {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        let (operator, value) = rest.split_once('.').ok_or_else(|| format!("[{rest:?}]"))?;
        if operator != "is" && !OPERATORS.iter().any(|(known, _)| *known == operator) {
            return Err(format!("[{operator:?}, {value:?}]"));
        }
        if operator == "in" && !(value.starts_with('(') && value.ends_with(')') && value.len() >= 2)
        {
            return Err("`in` filter value must be wrapped by parentheses".to_owned());
        }
        let (column, operator, value) = (column.to_owned(), operator.to_owned(), value.to_owned());
        Ok(Filter {
            column,
            operator,
            value,
            negated,
        })
    }

    /// What the filter means for rows of a table.
    ///
    /// # Errors
    /// What does not fit, in the words of Supabase's server.
    pub(super) fn condition(&self, table: &PublishedTable) -> Result<Condition, String> {
        let unknown = || format!("invalid column for filter {}", self.column);
        let column = table
            .columns
            .named(&self.column)
            .filter(|column| !column.left_out)
            .ok_or_else(unknown)?;
        let (operator, values) = if self.operator == "is" {
            (self.is_operator(column)?, Vec::new())
        } else {
            let known = OPERATORS
                .iter()
                .find(|(known, _)| *known == self.operator)
                .ok_or_else(unknown)?
                .1;
            (known, self.values(column)?)
        };
        let condition = Condition::test(table, &self.column, operator, &values, self.negated);
        condition.map_err(|error| error.message().to_owned())
    }

    fn is_operator(&self, column: &Column) -> Result<Operator, String> {
        let operator = match self.value.as_str() {
            "null" => return Ok(Operator::IsNull),
            "true" => Operator::IsTrue,
            "false" => Operator::IsFalse,
            "unknown" => Operator::IsUnknown,
            _ => {
                return Err(
                    "invalid value for is filter: must be null, true, false, or unknown".to_owned(),
                );
            }
        };
        if &*column.type_name != "bool" {
            return Err(format!(
                "is {} filter requires a boolean column, got {}",
                self.value, column.sql_type
            ));
        }
        Ok(operator)
    }

    fn values(&self, column: &Column) -> Result<Vec<String>, String> {
        match self.operator.as_str() {
            "in" => {
                let values = split(&self.value[1..self.value.len() - 1]);
                if values.len() > IN_MAX {
                    return Err(format!("too many values for `in` filter. Maximum {IN_MAX}"));
                }
                Ok(values
                    .into_iter()
                    .map(|value| unquote(value.trim()))
                    .filter(|value| !value.is_empty())
                    .collect())
            }
            "like" | "ilike" | "match" | "imatch"
                if !matches!(
                    &*column.type_name,
                    "text" | "varchar" | "bpchar" | "name" | "citext"
                ) =>
            {
                let (operator, found) = (&self.operator, &column.sql_type);
                Err(format!(
                    "operator {operator} requires a text-compatible column type, got {found}"
                ))
            }
            _ => Ok(vec![unquote(&self.value)]),
        }
    }
}

/// Splits at commas that stand neither in parentheses nor in quotes. A quote opens only where a value or an
/// element of a list begins.
fn split(text: &str) -> Vec<&str> {
    let (mut parts, mut start, mut depth, mut quoted, mut previous) =
        (Vec::new(), 0, 0usize, false, '\0');
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' if quoted => {
                characters.next();
            }
            '"' if quoted => quoted = false,
            _ if quoted => {}
            '"' if matches!(previous, '.' | '(' | ',' | '\0') => quoted = true,
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
        previous = character;
    }
    parts.push(&text[start..]);
    parts
}

/// A value in quotes without them; other values as they are.
fn unquote(value: &str) -> String {
    let Some(inner) = value
        .strip_prefix('"')
        .and_then(|value| value.strip_suffix('"'))
    else {
        return value.to_owned();
    };
    let mut unquoted = String::with_capacity(inner.len());
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some(escaped) => unquoted.push(escaped),
                None => return value.to_owned(),
            },
            '"' => return value.to_owned(),
            character => unquoted.push(character),
        }
    }
    unquoted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Vec<(String, String, String, bool)> {
        let filters = Filter::parse_all(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        filters
            .into_iter()
            .map(|filter| (filter.column, filter.operator, filter.value, filter.negated))
            .collect()
    }

    fn one(
        column: &str,
        operator: &str,
        value: &str,
        negated: bool,
    ) -> (String, String, String, bool) {
        (
            column.to_owned(),
            operator.to_owned(),
            value.to_owned(),
            negated,
        )
    }

    proptest::proptest! {
        /// Whatever a client names as a filter is read or refused in words.
        #[test]
        fn texts_are_filters_or_refused(text in "([a-z]{0,3}[=.,()\"\\\\ ü]{0,2}(eq|in|not|is|like)?[=.(\"]{0,2}[a-z0-9,)]{0,4}){0,4}") {
            match Filter::parse_all(&text) {
                Ok(filters) => assert!(filters.iter().all(|filter| !filter.column.is_empty()), "{text}"),
                Err(refusal) => assert!(!refusal.is_empty(), "{text}"),
            }
        }
    }

    #[test]
    fn reads_what_supabase_reads() {
        assert_eq!(
            parse("subject=eq.hey"),
            [one("subject", "eq", "hey", false)]
        );
        assert_eq!(
            parse("subject=in.(hidee,ho)"),
            [one("subject", "in", "(hidee,ho)", false)]
        );
        assert_eq!(
            parse("subject=not.like.hey%"),
            [one("subject", "like", "hey%", true)]
        );
        assert_eq!(
            parse("id=gt.0, id=lt.100"),
            [one("id", "gt", "0", false), one("id", "lt", "100", false)]
        );
        assert_eq!(parse("  "), []);
        assert_eq!(
            parse("at=eq.2024-01-01T00:00:00.5Z"),
            [one("at", "eq", "2024-01-01T00:00:00.5Z", false)]
        );
        assert_eq!(
            parse(r#"a=eq."x,y\"z",b=in.("p,q",r)"#),
            [
                one("a", "eq", r#""x,y\"z""#, false),
                one("b", "in", r#"("p,q",r)"#, false)
            ]
        );
        assert_eq!(unquote(r#""x,y\"z""#), "x,y\"z");
        assert_eq!(split(r#""p,q",r"#), [r#""p,q""#, "r"]);
        assert_eq!(
            unquote("plain \"quotes\" inside"),
            "plain \"quotes\" inside"
        );
    }

    #[test]
    fn refuses_what_supabase_refuses() {
        let error = |text: &str| Filter::parse_all(text).unwrap_err();
        assert_eq!(error("subject=foo.hey"), r#"["foo", "hey"]"#);
        assert_eq!(error("undefined"), r#"["undefined"]"#);
        assert_eq!(error("=eq.1"), "invalid column for filter ");
        assert_eq!(
            error("a=eq.1,,b=eq.2"),
            "filter must not contain empty segments (check for extra commas)"
        );
        assert_eq!(
            error("a=in.1,2"),
            "`in` filter value must be wrapped by parentheses"
        );
    }
}
