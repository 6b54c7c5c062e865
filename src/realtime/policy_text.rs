//! Policies as PostgreSQL renders them: with complete names and few forms. Anything that is not exactly one of the forms
//! below is not understood.

use std::collections::HashMap;

use serde::Deserialize;

use super::logic::Logic;
use super::policy::{ADMIN, Policy, PolicyCondition, PolicyTest};
use super::row_test::RowTest;

/// What functions that policies call mean, by signature, as the table `realtime.policy_functions` says: those alone that
/// are as they were marked.
#[derive(Debug, Default, Deserialize)]
pub(super) struct MarkedFunctions(HashMap<String, Meaning>);

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Meaning {
    /// The caller's id.
    UserId,
    /// The caller's role inside the application.
    Role,
    /// Whether that is an administrator's.
    IsAdmin,
    /// The least owner whose rows the caller may read: the caller, or for an administrator the least there is.
    FirstReadableUser,
    /// The greatest such owner.
    LastReadableUser,
    /// What this program does not know.
    #[serde(other)]
    Unknown,
}

impl Policy {
    /// Reads the policies that apply to a role: (permissive, condition).
    pub(super) fn read<'a>(
        policies: impl Iterator<Item = (bool, &'a str)>,
        marked: &MarkedFunctions,
        column: impl Fn(&str) -> Option<usize>,
    ) -> Self {
        let (mut permissive, mut all) = (Vec::new(), Vec::new());
        for (is_permissive, text) in policies {
            match condition(text, marked, &column) {
                Some(condition) if is_permissive => permissive.push(condition),
                Some(condition) => all.push(condition),
                None => return Policy::Asked,
            }
        }
        all.push(Logic::Or(permissive));
        Policy::Known(Logic::And(all))
    }
}

/// The condition that a policy's text says, where it is understood. `column` finds a column's index by its name.
fn condition(
    text: &str,
    marked: &MarkedFunctions,
    column: &impl Fn(&str) -> Option<usize>,
) -> Option<PolicyCondition> {
    let parser = Parser {
        tokens: tokens(text)?.into_iter().peekable(),
        marked,
        column,
    };
    parser.whole()
}

/// A part of a condition while it is read.
enum Term {
    Truth(PolicyCondition),
    Column(usize),
    UserId,
    Role,
    FirstReadableUser,
    LastReadableUser,
    Text(String),
}

struct Parser<'a, F> {
    tokens: std::iter::Peekable<std::vec::IntoIter<Token>>,
    marked: &'a MarkedFunctions,
    column: &'a F,
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Symbol(&'static str),
}

impl<F: Fn(&str) -> Option<usize>> Parser<'_, F> {
    /// The condition, if nothing follows it.
    fn whole(mut self) -> Option<PolicyCondition> {
        let condition = truth(self.any()?)?;
        self.tokens.peek().is_none().then_some(condition)
    }

    fn any(&mut self) -> Option<Term> {
        self.list("OR", Self::all, Logic::Or)
    }

    fn all(&mut self) -> Option<Term> {
        self.list("AND", Self::negated, Logic::And)
    }

    fn list(
        &mut self,
        word: &str,
        part: fn(&mut Self) -> Option<Term>,
        join: fn(Vec<PolicyCondition>) -> PolicyCondition,
    ) -> Option<Term> {
        let first = part(self)?;
        if !self.at_word(word) {
            return Some(first);
        }
        let mut parts = vec![truth(first)?];
        while self.take_word(word) {
            parts.push(truth(part(self)?)?);
        }
        Some(Term::Truth(join(parts)))
    }

    fn negated(&mut self) -> Option<Term> {
        if self.take_word("NOT") {
            let inner = self.negated()?;
            return Some(Term::Truth(Logic::Not(truth(inner)?.into())));
        }
        self.comparison()
    }

    fn comparison(&mut self) -> Option<Term> {
        let left = self.operand()?;
        if self.take_word("IS") {
            let negated = self.take_word("NOT");
            if !self.take_word("NULL") {
                return None;
            }
            let condition = match left {
                Term::Column(column) => Logic::Test(PolicyTest::Row(RowTest::IsNull(column))),
                Term::UserId => Logic::Not(Logic::Test(PolicyTest::SignedIn).into()),
                _ => return None,
            };
            return Some(Term::Truth(match (condition, negated) {
                (Logic::Not(condition), true) => *condition,
                (condition, true) => Logic::Not(condition.into()),
                (condition, false) => condition,
            }));
        }
        let operator = match self.tokens.peek() {
            Some(Token::Symbol(symbol @ ("=" | ">=" | "<="))) => *symbol,
            _ => return Some(left),
        };
        self.tokens.next();
        let right = self.operand()?;
        let test = match (left, operator, right) {
            (Term::Column(column), "=", Term::UserId)
            | (Term::UserId, "=", Term::Column(column)) => PolicyTest::Own(column),
            (Term::Column(column), ">=", Term::FirstReadableUser) => PolicyTest::OwnOrAbove(column),
            (Term::Column(column), "<=", Term::LastReadableUser) => PolicyTest::OwnOrBelow(column),
            (Term::Role, "=", Term::Text(text)) => PolicyTest::RoleIs(text),
            (Term::Column(column), "=", Term::Text(text)) => {
                PolicyTest::Row(RowTest::is_text(column, &text))
            }
            _ => return None,
        };
        Some(Term::Truth(Logic::Test(test)))
    }

    fn operand(&mut self) -> Option<Term> {
        match self.tokens.next()? {
            Token::Symbol("(") => {
                let term = if self.take_word("SELECT") {
                    let term = self.operand()?;
                    // PostgreSQL names the column of a scalar subquery after the function.
                    if !self.take_word("AS") || !matches!(self.tokens.next()?, Token::Word(_)) {
                        return None;
                    }
                    term
                } else {
                    self.any()?
                };
                (self.tokens.next()? == Token::Symbol(")")).then_some(term)
            }
            Token::Text(text) => {
                // Only what is surely the text itself: a literal as text or as an enum of this database.
                if self.tokens.peek() == Some(&Token::Symbol("::")) {
                    self.tokens.next();
                    let Token::Word(type_name) = self.tokens.next()? else {
                        return None;
                    };
                    if type_name != "text"
                        && (!type_name.starts_with("public.") || type_name == "public.citext")
                    {
                        return None;
                    }
                }
                Some(Term::Text(text))
            }
            Token::Word(word) => self.word(&word),
            Token::Symbol(_) => None,
        }
    }

    fn word(&mut self, word: &str) -> Option<Term> {
        if self.tokens.peek() == Some(&Token::Symbol("(")) {
            self.tokens.next();
            if self.tokens.next()? != Token::Symbol(")") {
                return None;
            }
            let meaning = self.marked.0.get(&format!("{word}()"))?;
            return Some(match meaning {
                Meaning::UserId => Term::UserId,
                Meaning::Role => Term::Role,
                Meaning::IsAdmin => Term::Truth(Logic::Test(PolicyTest::RoleIs(ADMIN.to_owned()))),
                Meaning::FirstReadableUser => Term::FirstReadableUser,
                Meaning::LastReadableUser => Term::LastReadableUser,
                Meaning::Unknown => return None,
            });
        }
        match word {
            "true" => Some(Term::Truth(Logic::And(Vec::new()))),
            "false" => Some(Term::Truth(Logic::Or(Vec::new()))),
            name => (self.column)(name).map(Term::Column),
        }
    }

    fn at_word(&mut self, word: &str) -> bool {
        matches!(self.tokens.peek(), Some(Token::Word(next)) if next == word)
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = self.at_word(word);
        if found {
            self.tokens.next();
        }
        found
    }
}

/// A term as a condition; a column alone must be boolean, or PostgreSQL would not have taken it.
fn truth(term: Term) -> Option<PolicyCondition> {
    match term {
        Term::Truth(condition) => Some(condition),
        Term::Column(column) => Some(Logic::Test(PolicyTest::Row(RowTest::is_true(column)))),
        _ => None,
    }
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    const SYMBOLS: [&str; 7] = ["::", ">=", "<=", "<>", "(", ")", "="];
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        if let Some(symbol) = SYMBOLS.into_iter().find(|symbol| rest.starts_with(symbol)) {
            tokens.push(Token::Symbol(symbol));
            rest = &rest[symbol.len()..];
        } else if let Some(quoted) = rest.strip_prefix('\'') {
            // A quote inside a literal is doubled. Escape strings (E'…') begin with a letter and fail as a column.
            let mut value = String::new();
            let mut remaining = quoted;
            loop {
                let (before, after) = remaining.split_once('\'')?;
                value.push_str(before);
                match after.strip_prefix('\'') {
                    Some(more) => {
                        value.push('\'');
                        remaining = more;
                    }
                    None => {
                        remaining = after;
                        break;
                    }
                }
            }
            tokens.push(Token::Text(value));
            rest = remaining;
        } else {
            let end = rest
                .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.'))
                .unwrap_or(rest.len());
            if end == 0 {
                return None;
            }
            tokens.push(Token::Word(rest[..end].to_owned()));
            rest = &rest[end..];
        }
        rest = rest.trim_start();
    }
    Some(tokens)
}

#[cfg(test)]
mod tests {
    use super::super::policy::Identity;
    use super::*;

    fn marked() -> MarkedFunctions {
        let marks = serde_json::json!({
            "auth.uid()": "user_id",
            "public.get_user_role()": "role",
            "private.readable_from()": "first_readable_user",
            "private.readable_to()": "last_readable_user",
            "public.of_a_later_release()": "something_else",
        });
        serde_json::from_value(marks).expect("marks")
    }

    fn read(text: &str) -> Policy {
        let columns = ["id", "user_id", "is_public", "is_active", "status"];
        Policy::read([(true, text)].into_iter(), &marked(), |name| {
            columns.iter().position(|c| *c == name)
        })
    }

    fn known(text: &str) -> PolicyCondition {
        match read(text) {
            Policy::Known(condition) => condition,
            Policy::Asked => panic!("{text} is not understood"),
        }
    }

    fn identity(user: Option<&str>, role: &str) -> Identity {
        Identity {
            user_id: user.map(Into::into),
            role: role.to_owned(),
        }
    }

    const ADA: &str = "01890000-0000-7000-8000-00000000000a";

    #[test]
    fn ownership_is_found_and_indexed() {
        let own = known("(user_id = ( SELECT auth.uid() AS uid))");
        assert_eq!(own.owner_column(&identity(Some(ADA), "user")), Some(1));
        assert_eq!(own.owner_column(&identity(None, "user")), None);
        let range = known(
            "((user_id >= ( SELECT private.readable_from() AS readable_from)) AND \
             (user_id <= ( SELECT private.readable_to() AS readable_to)))",
        );
        assert_eq!(range.owner_column(&identity(Some(ADA), "user")), Some(1));
        assert_eq!(range.owner_column(&identity(Some(ADA), "admin")), None);
        let with_orphans = known(
            "(((user_id >= ( SELECT private.readable_from() AS readable_from)) AND \
             (user_id <= ( SELECT private.readable_to() AS readable_to))) OR \
             ((user_id IS NULL) AND (( SELECT public.get_user_role() AS get_user_role) = 'admin'::text)))",
        );
        assert_eq!(
            with_orphans.owner_column(&identity(Some(ADA), "user")),
            Some(1)
        );
        let templates =
            known("((user_id = ( SELECT auth.uid() AS uid)) OR (is_public AND is_active))");
        assert_eq!(templates.owner_column(&identity(Some(ADA), "user")), None);
    }

    #[test]
    fn what_is_not_exactly_known_is_asked() {
        for text in [
            "(user_id = ANY (ARRAY( SELECT private.my_ids() AS my_ids)))",
            "(EXISTS ( SELECT FROM public.notes n WHERE (n.id = id)))",
            "(user_id = auth.uid()) OR something",
            "(id > 5)",
            "(status = E'x\\\\y'::text)",
            "(status ~~ 'a%'::text)",
            "(status = 'a'::citext)",
            "(lower(status) = 'a'::text)",
            "(user_id <> ( SELECT auth.uid() AS uid))",
            "(\"user_id\" = ( SELECT auth.uid() AS uid))",
            "(user_id = ( SELECT public.of_a_later_release() AS of_a_later_release))",
        ] {
            assert_eq!(read(text), Policy::Asked, "{text}");
        }
        let unmarked = Policy::read(
            [(
                true,
                "(( SELECT public.get_user_role() AS get_user_role) = 'admin'::text)",
            )]
            .into_iter(),
            &MarkedFunctions::default(),
            |_| None,
        );
        assert_eq!(unmarked, Policy::Asked);
    }

    #[test]
    fn no_policy_shows_nothing() {
        let none = Policy::read(std::iter::empty(), &marked(), |_| None);
        assert_eq!(none, Policy::Known(Logic::And(vec![Logic::Or(vec![])])));
    }
}
