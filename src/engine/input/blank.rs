use serde_json::Value;

/// What an operand is of which some operators let everything through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blank {
    /// The text without characters: every text has it inside, begins and ends with it.
    Text,
    /// `%`, however often: the pattern of any text.
    Wildcards,
    /// A regular expression that fits any text, such as `.*`.
    AnyRegex,
    /// The list without elements: every list has all of them.
    List,
    /// The JSON object without keys: every object contains it.
    Object,
}

impl Blank {
    /// Which of them a value is, if it is one.
    pub fn of(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) if text.is_empty() => Some(Blank::Text),
            Value::String(text) if text.bytes().all(|byte| byte == b'%') => Some(Blank::Wildcards),
            Value::String(text) if fits_any_text(text) => Some(Blank::AnyRegex),
            Value::Array(items) if items.is_empty() => Some(Blank::List),
            Value::Object(fields) if fields.is_empty() => Some(Blank::Object),
            _ => None,
        }
    }

    /// A byte for the shape of variables: none that is the place of a field.
    pub fn mark(self) -> u8 {
        0xf0 | self as u8
    }
}

/// The plain ways to say that any text fits. There are more, which nobody writes by accident.
fn fits_any_text(pattern: &str) -> bool {
    let pattern = pattern.strip_prefix('^').unwrap_or(pattern);
    let pattern = pattern.strip_suffix('$').unwrap_or(pattern);
    matches!(pattern, "" | ".*" | "(.*)" | ".*?" | "()")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_says_nothing_is_told_apart_from_what_says_something() {
        for (value, blank) in [
            (json!(""), Some(Blank::Text)),
            (json!("%%"), Some(Blank::Wildcards)),
            (json!("^.*$"), Some(Blank::AnyRegex)),
            (json!("^"), Some(Blank::AnyRegex)),
            (json!([]), Some(Blank::List)),
            (json!({}), Some(Blank::Object)),
            (json!(" "), None),
            (json!("%a%"), None),
            (json!("_%"), None),
            (json!(".+"), None),
            (json!([[]]), None),
            (json!({"a": {}}), None),
            (json!(0), None),
            (json!(null), None),
        ] {
            assert_eq!(Blank::of(&value), blank, "{value}");
        }
    }
}
