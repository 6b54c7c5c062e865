//! Lines of a text, for changes of a part of it.

/// A range of lines, from 1, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lines {
    pub from: usize,
    pub to: usize,
}

impl Lines {
    /// The range that is asked for, if there is one, in a text of so many lines.
    ///
    /// # Errors
    /// A sentence that says what is allowed.
    pub fn of(from: Option<u64>, to: Option<u64>, text: &str) -> Result<Option<Self>, String> {
        let count = text.lines().count().max(1);
        let number = |line: u64| usize::try_from(line).unwrap_or(usize::MAX);
        let (from, to) = match (from.map(number), to.map(number)) {
            (None, None) => return Ok(None),
            (from, to) => {
                let from = from.unwrap_or(1);
                (from, to.unwrap_or(count))
            }
        };
        match from >= 1 && from <= to && to <= count {
            true => Ok(Some(Lines { from, to })),
            false => Err(format!(
                "startLine and endLine are lines from 1 to {count}, the first not behind the last"
            )),
        }
    }

    /// The text of the range.
    pub fn cut(self, text: &str) -> String {
        let lines: Vec<&str> = text
            .lines()
            .skip(self.from - 1)
            .take(self.to + 1 - self.from)
            .collect();
        lines.join("\n")
    }

    /// The whole text with another one in place of the range.
    pub fn replace(self, text: &str, by: &str) -> String {
        let lines: Vec<&str> = text.lines().collect();
        let before = lines.iter().take(self.from - 1).copied();
        let after = lines.iter().skip(self.to).copied();
        let all: Vec<&str> = before.chain(by.lines()).chain(after).collect();
        let mut whole = all.join("\n");
        if text.ends_with('\n') {
            whole.push('\n');
        }
        whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_replaced_and_the_rest_is_as_it_was() {
        let text = "one\ntwo\nthree\nfour\n";
        let lines = Lines::of(Some(2), Some(3), text).unwrap().unwrap();
        assert_eq!(lines.cut(text), "two\nthree");
        assert_eq!(lines.replace(text, "2\n2a\n3"), "one\n2\n2a\n3\nfour\n");
        assert_eq!(lines.replace(text, ""), "one\nfour\n");
        assert_eq!(Lines::of(None, None, text), Ok(None));
        assert_eq!(
            Lines::of(Some(4), None, text),
            Ok(Some(Lines { from: 4, to: 4 }))
        );
        for (from, to) in [(0, 1), (3, 2), (2, 5), (9, 9)] {
            assert!(
                Lines::of(Some(from), Some(to), text).is_err(),
                "{from} {to}"
            );
        }
    }
}
