//! Row level security that can be decided without the database.
//!
//! Most policies say one thing: the row is the caller's own. Such a policy is read from its text in
//! the catalog, and a change is then judged by the row it carries. The text is PostgreSQL's own
//! rendering with complete names, so its forms are few; anything that is not exactly one of them is
//! left to the database ([`Policy::Asked`]).

use std::collections::BTreeMap;

use uuid::Uuid;

use super::record::Record;
use crate::auth::Caller;

/// Which rows of a table a role may see.
#[derive(Debug, Clone, PartialEq)]
pub enum Policy {
    /// Decided from the row and the caller alone.
    Known(Expression),
    /// Decided by asking the database as the caller.
    Asked,
}

/// A condition on a row and a caller. Like SQL it is true, false or unknown; a row is visible when it is true.
#[derive(Debug, Clone, PartialEq)]
pub enum Expression {
    /// The same for every row.
    Constant(bool),
    /// All hold.
    And(Vec<Expression>),
    /// One holds.
    Or(Vec<Expression>),
    /// It does not hold.
    Not(Box<Expression>),
    /// The column is the caller's id.
    Own(usize),
    /// The column is at least the caller's id, or anything for an administrator.
    OwnOrAbove(usize),
    /// The column is at most the caller's id, or anything for an administrator.
    OwnOrBelow(usize),
    /// Somebody is signed in.
    SignedIn,
    /// The caller's role inside the application.
    RoleIs(String),
    /// A boolean column.
    Column(usize),
    /// The column is NULL.
    IsNull(usize),
    /// The column is this text.
    TextIs(usize, String),
}

/// Which functions mean what this module takes them for.
#[derive(Debug, Default)]
pub struct Trusted {
    role: bool,
    admin: bool,
    range: bool,
}

impl Trusted {
    /// Compares the bodies of functions in the catalog with the ones that the migrations write.
    pub fn new(bodies: &BTreeMap<String, Option<String>>) -> Self {
        let is = |name: &str, expected: &str| {
            let body = bodies
                .get(name)
                .and_then(Option::as_deref)
                .unwrap_or_default();
            body.split_whitespace().collect::<String>()
                == expected.split_whitespace().collect::<String>()
        };
        let role = is(
            "public.get_user_role()",
            "RETURN COALESCE((((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::jsonb \
             -> 'app_metadata'::text) ->> 'role'::text), 'user'::text)",
        );
        let admin = role
            && is(
                "public.is_current_user_admin()",
                "RETURN (public.get_user_role() = 'admin'::text)",
            );
        let range = admin
            && is(
                "private.readable_from()",
                "RETURN CASE WHEN public.is_current_user_admin() THEN \
                 '00000000-0000-0000-0000-000000000000'::uuid ELSE auth.uid() END",
            )
            && is(
                "private.readable_to()",
                "RETURN CASE WHEN public.is_current_user_admin() THEN \
                 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid ELSE auth.uid() END",
            );
        Trusted { role, admin, range }
    }
}

impl Policy {
    /// The policy of whom row level security does not bind.
    #[must_use]
    pub fn everything() -> Self {
        Policy::Known(Expression::Constant(true))
    }

    /// Reads the policies that apply to a role: (permissive, condition).
    pub fn read<'a>(
        policies: impl Iterator<Item = (bool, &'a str)>,
        trusted: &Trusted,
        column: impl Fn(&str) -> Option<usize>,
    ) -> Self {
        let (mut permissive, mut all) = (Vec::new(), Vec::new());
        for (is_permissive, text) in policies {
            match Parser::new(text, trusted, &column).and_then(Parser::whole) {
                Some(condition) if is_permissive => permissive.push(condition),
                Some(condition) => all.push(condition),
                None => return Policy::Asked,
            }
        }
        all.push(Expression::Or(permissive));
        Policy::Known(Expression::And(all))
    }
}

impl Expression {
    /// Whether the caller sees the row.
    #[must_use]
    pub fn holds(&self, record: &Record, caller: &Identity) -> bool {
        self.truth(record, caller) == Some(true)
    }

    fn truth(&self, record: &Record, caller: &Identity) -> Option<bool> {
        let compare = |column: usize| Some(record.plain(column)?.cmp(caller.user_id.as_deref()?));
        let ranged = |column: usize| {
            if caller.role == "admin" {
                record.value(column).map(|_| std::cmp::Ordering::Equal)
            } else {
                compare(column)
            }
        };
        match self {
            Expression::Constant(value) => Some(*value),
            Expression::And(parts) => parts
                .iter()
                .map(|part| part.truth(record, caller))
                .fold(Some(true), and),
            Expression::Or(parts) => not(parts
                .iter()
                .map(|part| not(part.truth(record, caller)))
                .fold(Some(true), and)),
            Expression::Not(part) => not(part.truth(record, caller)),
            Expression::Own(column) => compare(*column).map(std::cmp::Ordering::is_eq),
            Expression::OwnOrAbove(column) => ranged(*column).map(std::cmp::Ordering::is_ge),
            Expression::OwnOrBelow(column) => ranged(*column).map(std::cmp::Ordering::is_le),
            Expression::SignedIn => Some(caller.user_id.is_some()),
            Expression::RoleIs(role) => Some(caller.role == *role),
            Expression::Column(column) => record.value(*column).map(|value| value == "true"),
            Expression::IsNull(column) => Some(record.value(*column).is_none()),
            Expression::TextIs(column, text) => record.value(*column).map(|value| {
                serde_json::from_str::<String>(value).is_ok_and(|value| value == *text)
            }),
        }
    }

    /// A column that is the caller's id in every row that this caller can see, where there is one:
    /// changes of other owners need not be looked at.
    #[must_use]
    pub fn owner_column(&self, caller: &Identity) -> Option<usize> {
        caller.user_id.as_ref()?;
        let admin = caller.role == "admin";
        match self {
            Expression::Own(column) => Some(*column),
            Expression::And(parts) => parts
                .iter()
                .find_map(|part| part.owner_column(caller))
                .or_else(|| {
                    parts.iter().find_map(|part| match part {
                        Expression::OwnOrAbove(column) if !admin => parts
                            .contains(&Expression::OwnOrBelow(*column))
                            .then_some(*column),
                        _ => None,
                    })
                }),
            Expression::Or(parts) => {
                let mut possible = parts.iter().filter(|part| !part.never(caller));
                let column = possible.next()?.owner_column(caller)?;
                possible
                    .all(|part| part.owner_column(caller) == Some(column))
                    .then_some(column)
            }
            _ => None,
        }
    }

    /// Whether it holds for no row at all.
    fn never(&self, caller: &Identity) -> bool {
        match self {
            Expression::Constant(value) => !value,
            Expression::RoleIs(role) => caller.role != *role,
            Expression::And(parts) => parts.iter().any(|part| part.never(caller)),
            Expression::Or(parts) => parts.iter().all(|part| part.never(caller)),
            _ => false,
        }
    }
}

fn and(left: Option<bool>, right: Option<bool>) -> Option<bool> {
    match (left, right) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

fn not(value: Option<bool>) -> Option<bool> {
    value.map(|value| !value)
}

/// What policies ask of a caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// `auth.uid()`, as the log writes UUIDs.
    pub user_id: Option<Box<str>>,
    /// `get_user_role()`.
    pub role: String,
}

impl Identity {
    /// The caller's identity.
    #[must_use]
    pub fn of(caller: &Caller) -> Self {
        let role = caller
            .claims
            .get("app_metadata")
            .and_then(|metadata| metadata.get("role"));
        let role = match role {
            None | Some(serde_json::Value::Null) => "user".to_owned(),
            Some(serde_json::Value::String(role)) => role.clone(),
            Some(other) => other.to_string(),
        };
        Identity {
            user_id: caller.user_id.map(|id: Uuid| id.to_string().into()),
            role,
        }
    }
}

/// A part of a condition while it is read.
enum Term {
    Truth(Expression),
    Column(usize),
    Uid,
    Role,
    ReadableFrom,
    ReadableTo,
    Text(String),
}

struct Parser<'a, F> {
    tokens: std::iter::Peekable<std::vec::IntoIter<Token>>,
    trusted: &'a Trusted,
    column: &'a F,
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Symbol(&'static str),
}

impl<'a, F: Fn(&str) -> Option<usize>> Parser<'a, F> {
    fn new(text: &str, trusted: &'a Trusted, column: &'a F) -> Option<Self> {
        Some(Parser {
            tokens: tokens(text)?.into_iter().peekable(),
            trusted,
            column,
        })
    }

    /// The condition, if nothing follows it.
    fn whole(mut self) -> Option<Expression> {
        let expression = self.any()?;
        let expression = truth(expression)?;
        self.tokens.peek().is_none().then_some(expression)
    }

    fn any(&mut self) -> Option<Term> {
        self.list("OR", Self::all, Expression::Or)
    }

    fn all(&mut self) -> Option<Term> {
        self.list("AND", Self::negated, Expression::And)
    }

    fn list(
        &mut self,
        word: &str,
        part: fn(&mut Self) -> Option<Term>,
        join: fn(Vec<Expression>) -> Expression,
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
            return Some(Term::Truth(Expression::Not(truth(inner)?.into())));
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
            return Some(Term::Truth(match (left, negated) {
                (Term::Column(column), false) => Expression::IsNull(column),
                (Term::Column(column), true) => Expression::Not(Expression::IsNull(column).into()),
                (Term::Uid, true) => Expression::SignedIn,
                (Term::Uid, false) => Expression::Not(Expression::SignedIn.into()),
                _ => return None,
            }));
        }
        let operator = match self.tokens.peek() {
            Some(Token::Symbol(symbol @ ("=" | ">=" | "<="))) => *symbol,
            _ => return Some(left),
        };
        self.tokens.next();
        let right = self.operand()?;
        Some(Term::Truth(match (left, operator, right) {
            (Term::Column(column), "=", Term::Uid) | (Term::Uid, "=", Term::Column(column)) => {
                Expression::Own(column)
            }
            (Term::Column(column), ">=", Term::ReadableFrom) => Expression::OwnOrAbove(column),
            (Term::Column(column), "<=", Term::ReadableTo) => Expression::OwnOrBelow(column),
            (Term::Role, "=", Term::Text(text)) => Expression::RoleIs(text),
            (Term::Column(column), "=", Term::Text(text)) => Expression::TextIs(column, text),
            _ => return None,
        }))
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
            return match word {
                "auth.uid" => Some(Term::Uid),
                "public.get_user_role" if self.trusted.role => Some(Term::Role),
                "public.is_current_user_admin" if self.trusted.admin => {
                    Some(Term::Truth(Expression::RoleIs("admin".to_owned())))
                }
                "private.readable_from" if self.trusted.range => Some(Term::ReadableFrom),
                "private.readable_to" if self.trusted.range => Some(Term::ReadableTo),
                _ => None,
            };
        }
        match word {
            "true" => Some(Term::Truth(Expression::Constant(true))),
            "false" => Some(Term::Truth(Expression::Constant(false))),
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
fn truth(term: Term) -> Option<Expression> {
    match term {
        Term::Truth(expression) => Some(expression),
        Term::Column(column) => Some(Expression::Column(column)),
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
    use super::*;

    fn trusted() -> Trusted {
        Trusted {
            role: true,
            admin: true,
            range: true,
        }
    }

    fn read(text: &str) -> Policy {
        let columns = ["id", "user_id", "is_public", "is_active", "status"];
        Policy::read([(true, text)].into_iter(), &trusted(), |name| {
            columns.iter().position(|c| *c == name)
        })
    }

    fn known(text: &str) -> Expression {
        match read(text) {
            Policy::Known(expression) => expression,
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
        ] {
            assert_eq!(read(text), Policy::Asked, "{text}");
        }
        let distrusted = Policy::read(
            [(
                true,
                "(( SELECT public.get_user_role() AS get_user_role) = 'admin'::text)",
            )]
            .into_iter(),
            &Trusted::default(),
            |_| None,
        );
        assert_eq!(distrusted, Policy::Asked);
    }

    #[test]
    fn no_policy_shows_nothing() {
        let none = Policy::read(std::iter::empty(), &trusted(), |_| None);
        assert_eq!(
            none,
            Policy::Known(Expression::And(vec![Expression::Or(vec![])]))
        );
    }
}
