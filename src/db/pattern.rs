//! Patterns that callers send are judged before PostgreSQL compiles them: a short text can become a machine that fills
//! a gigabyte or runs for minutes.
//!
//! What makes them cost: back references and lookaround (PostgreSQL then tries instead of reading the text once),
//! repetitions of repetitions (each copy becomes states), and length. An expression within the limits below compiles
//! in a quarter of a second at worst and reads a megabyte of text in about one; whatever is not understood is refused.

use std::{iter::Peekable, str::Chars};

use crate::error::{Error, Result};

/// The longest pattern, in characters: regular expressions, and patterns of `like` with what they search for.
pub const PATTERN_CHARS_MAX: usize = 500;
/// The most characters that a regular expression may stand for once its repetitions are written out. What may be left
/// out counts once more: runs of such parts are what compiling is slow at.
const SIZE_MAX: usize = 500;
/// The deepest nesting of parentheses.
const DEPTH_MAX: usize = 20;
/// PostgreSQL repeats nothing more often.
const REPEAT_MAX: usize = 255;

/// Judges a pattern of `like` or a text that is searched for within others.
///
/// # Errors
/// BAD_USER_INPUT when it is too long.
pub fn check_like(pattern: &str) -> Result<()> {
    if pattern.chars().nth(PATTERN_CHARS_MAX).is_some() {
        return Err(Error::bad_input(format!(
            "A text to search for has at most {PATTERN_CHARS_MAX} characters"
        )));
    }
    Ok(())
}

/// Judges a regular expression, in PostgreSQL's syntax for advanced ones.
///
/// # Errors
/// BAD_USER_INPUT with the reason.
pub fn check_regex(pattern: &str) -> Result<()> {
    if pattern.chars().nth(PATTERN_CHARS_MAX).is_some() {
        return refuse(format!("it is longer than {PATTERN_CHARS_MAX} characters"));
    }
    if pattern.starts_with("***") {
        return refuse("it begins with ***, which names another syntax");
    }
    let pattern = without_options(pattern)?;
    let mut scanner = Scanner {
        rest: pattern.chars().peekable(),
        depth: 0,
    };
    scanner.alternatives()?;
    match scanner.rest.next() {
        None => Ok(()),
        Some(_) => refuse("a closing parenthesis has no opening one"),
    }
}

fn refuse<T>(reason: impl std::fmt::Display) -> Result<T> {
    Err(Error::bad_input(format!(
        "The regular expression is not allowed: {reason}"
    )))
}

/// The expression behind `(?i)` and its like, which stand at the beginning only.
fn without_options(pattern: &str) -> Result<&str> {
    let options = pattern
        .strip_prefix("(?")
        .and_then(|rest| rest.split_once(')'))
        .filter(|(options, _)| options.chars().all(|option| option.is_ascii_alphabetic()));
    match options {
        Some((options, rest)) if options.chars().all(|option| "cimnpstw".contains(option)) => {
            Ok(rest)
        }
        Some((options, _)) => refuse(format!("the options {options} name another syntax")),
        None => Ok(pattern),
    }
}

struct Scanner<'a> {
    rest: Peekable<Chars<'a>>,
    depth: usize,
}

/// What a part of an expression comes to, written out.
type Size = usize;

impl Scanner<'_> {
    /// Up to a closing parenthesis or the end.
    fn alternatives(&mut self) -> Result<Size> {
        let mut size = 0;
        while let Some(next) = self.rest.peek().copied() {
            match next {
                ')' => break,
                '|' => {
                    self.rest.next();
                    size += 1;
                }
                _ => {
                    let part = self.part()?;
                    size += self.quantified(part)?;
                }
            }
            if size > SIZE_MAX {
                return refuse(format!(
                    "with its repetitions written out it is longer than {SIZE_MAX} characters"
                ));
            }
        }
        Ok(size)
    }

    /// A character, a class, or a group.
    fn part(&mut self) -> Result<Size> {
        match self.rest.next() {
            Some('(') => self.group(),
            Some('[') => self.bracket(),
            Some('\\') => self.escape(),
            Some('*' | '+' | '?') => refuse("a repetition has nothing to repeat"),
            _ => Ok(1),
        }
    }

    fn group(&mut self) -> Result<Size> {
        if self.rest.next_if_eq(&'?').is_some() {
            match self.rest.next() {
                Some(':') => {}
                Some('=' | '!' | '<') => {
                    return refuse(
                        "it looks ahead or behind; combine conditions with and, or, not",
                    );
                }
                _ => return refuse("a group begins with (? and is of no kind that is allowed"),
            }
        }
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return refuse(format!("it is nested deeper than {DEPTH_MAX}"));
        }
        let size = self.alternatives()?;
        self.depth -= 1;
        match self.rest.next() {
            Some(')') => Ok(size.max(1)),
            _ => refuse("a parenthesis is not closed"),
        }
    }

    /// A set of characters. `]` at its beginning, and what stands in `[:…:]`, `[.….]` or `[=…=]`, does not end it.
    fn bracket(&mut self) -> Result<Size> {
        self.rest.next_if_eq(&'^');
        self.rest.next_if_eq(&']');
        loop {
            match self.rest.next() {
                Some(']') => return Ok(1),
                Some('\\') => {
                    self.rest.next();
                }
                Some('[') => {
                    let Some(kind) = self.rest.next_if(|next| matches!(next, ':' | '.' | '='))
                    else {
                        continue;
                    };
                    self.named(kind)?;
                }
                Some(_) => {}
                None => return refuse("a bracket is not closed"),
            }
        }
    }

    /// The rest of `[:alpha:]` and its like.
    fn named(&mut self, kind: char) -> Result<()> {
        let mut previous = None;
        for next in self.rest.by_ref() {
            if previous == Some(kind) && next == ']' {
                return Ok(());
            }
            previous = Some(next);
        }
        refuse("a bracket is not closed")
    }

    fn escape(&mut self) -> Result<Size> {
        match self.rest.next() {
            Some('1'..='9') => refuse("it refers back to a group"),
            // The character that it takes may be one that means something by itself.
            Some('c') => {
                self.rest.next();
                Ok(1)
            }
            Some(_) => Ok(1),
            None => refuse("it ends with a backslash"),
        }
    }

    /// The size of a part with the repetition that follows it.
    fn quantified(&mut self, part: Size) -> Result<Size> {
        let (least, most) = match self.rest.peek().copied() {
            Some('*') => (0, 1),
            Some('+') => (1, 1),
            Some('?') => (0, 1),
            Some('{') if self.is_bound() => return self.bound(part),
            _ => return Ok(part),
        };
        self.rest.next();
        self.once(part, least, most)
    }

    /// Whether the brace begins a repetition; before anything but a digit it means itself.
    fn is_bound(&self) -> bool {
        let mut ahead = self.rest.clone();
        ahead.next();
        ahead.next().is_some_and(|next| next.is_ascii_digit())
    }

    fn bound(&mut self, part: Size) -> Result<Size> {
        self.rest.next();
        let least = self.number()?;
        let most = match self.rest.next_if_eq(&',') {
            None => least,
            Some(_) if self.rest.peek() == Some(&'}') => least.max(1),
            Some(_) => self.number()?,
        };
        if self.rest.next() != Some('}') {
            return refuse("a repetition is not closed");
        }
        self.once(part, least, most)
    }

    fn number(&mut self) -> Result<usize> {
        let mut number = 0;
        while let Some(digit) = self.rest.peek().and_then(|next| next.to_digit(10)) {
            self.rest.next();
            number = number * 10 + digit as usize;
            if number > REPEAT_MAX {
                return refuse(format!("it repeats more than {REPEAT_MAX} times"));
            }
        }
        Ok(number)
    }

    /// One repetition; a repetition of it again needs parentheses.
    fn once(&mut self, part: Size, least: usize, most: usize) -> Result<Size> {
        // What follows makes it take as little as possible.
        self.rest.next_if_eq(&'?');
        let again = match self.rest.peek().copied() {
            Some('*' | '+' | '?') => true,
            Some('{') => self.is_bound(),
            _ => false,
        };
        if again {
            return refuse("a repetition is repeated");
        }
        let copies = most.max(1) + usize::from(least == 0);
        Ok(part.saturating_mul(copies))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_is_allowed() {
        for pattern in [
            "",
            "^lorem",
            r"\mword\M",
            "(?i)todo|fixme",
            "(red|green|blue)+ [[:alpha:]_-]{2,40}",
            r"^\d{4}-\d{2}-\d{2}$",
            r"[]a\]]x",
            "a{,b}",
            "x*?y+?z??",
            "[[.hyphen.]]",
            r"\(not a group\)",
            r"(?:[a-z]+\s*){1,5}",
            "a{3,}",
            "größe|naïve",
        ] {
            let judged = check_regex(pattern);
            assert!(judged.is_ok(), "{pattern}: {judged:?}");
        }
    }

    #[test]
    fn what_costs_too_much_is_refused_with_the_reason() {
        let many = (0..8_000).map(|n| n.to_string()).collect::<Vec<_>>();
        let cases: [(&str, &str); 19] = [
            (r"(.+)(.+)(.+)\1\2\3$", "refers back"),
            (r"(a)[\1]\1", "refers back"),
            ("(?=.*a)b", "looks ahead"),
            ("(?<!a)b", "looks ahead"),
            ("((a?){50}){20}b", "written out"),
            ("(.{1,10}){1,100}z", "written out"),
            ("((a{10}){10}){10}", "written out"),
            ("a{256}", "more than 255"),
            ("a{99999999999999999999}", "more than 255"),
            (&many.join("|"), "longer than 500 characters"),
            ("***=a", "another syntax"),
            ("(?e)a", "another syntax"),
            ("a**", "repeated"),
            ("a{2}{2}", "repeated"),
            ("*a", "nothing to repeat"),
            ("(a", "not closed"),
            ("[a", "not closed"),
            ("a)", "no opening"),
            ("(?#x)a", "no kind"),
        ];
        for (pattern, reason) in cases {
            let refused = check_regex(pattern).expect_err(pattern);
            assert!(
                refused.message().contains(reason),
                "{pattern}: {}",
                refused.message()
            );
        }
        let deep = format!("{}a{}", "(".repeat(21), ")".repeat(21));
        assert!(check_regex(&deep).is_err());
    }

    #[test]
    fn a_search_text_is_bounded_in_characters() {
        assert!(check_like(&"ö".repeat(PATTERN_CHARS_MAX)).is_ok());
        assert!(check_like(&"ö".repeat(PATTERN_CHARS_MAX + 1)).is_err());
    }
}
