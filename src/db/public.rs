//! What a failed statement tells whoever waits for it. PostgreSQL's errors become public ones here and nowhere else, so
//! that requests, accounts, realtime and jobs say the same; `?` does it.

use serde_json::Value;

use super::absence::absent;
use super::fault::{Report, StatementError, chain};
use super::rows::RowError;
use crate::error::{Code, Error};
use crate::role::Role;

/// A rule of the data that a statement broke. Its code is told here; who knows the tables finds a better sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Violation {
    /// There is such a row already.
    Duplicate,
    /// A reference leads to nothing.
    MissingReference,
    /// Others refer to a row that was to go.
    StillReferenced,
    /// One of the two, in words of a function.
    Reference,
    /// A condition on the row does not hold.
    Check,
    /// A value is missing.
    Null,
    /// A text is too long for its type.
    Length,
    /// A number is beyond its type.
    Range,
}

impl Violation {
    fn of(report: &Report) -> Option<Self> {
        let message = report.message.as_str();
        Some(match report.code.as_str() {
            "23505" => Violation::Duplicate,
            // From PostgreSQL 18 on a key that restricts has a code of its own.
            "23001" => Violation::StillReferenced,
            "23503" if message.starts_with("update or delete") => Violation::StillReferenced,
            "23503" if message.starts_with("insert or update") => Violation::MissingReference,
            "23503" => Violation::Reference,
            "23514" | "23P01" => Violation::Check,
            "23502" => Violation::Null,
            "22001" => Violation::Length,
            "22003" => Violation::Range,
            _ => return None,
        })
    }

    /// The error as it is told without knowing the tables.
    fn plain(self, report: &Report) -> Error {
        match self {
            Violation::Duplicate => Error::new(Code::Conflict, "There is such a row already"),
            Violation::StillReferenced => Error::new(
                Code::Conflict,
                "The row is still in use: others refer to it",
            ),
            Violation::Reference => Error::new(
                Code::Conflict,
                "The row refers to one that does not exist, or is referred to",
            ),
            Violation::MissingReference => {
                Error::bad_input("A value names a row that does not exist")
            }
            // PostgreSQL's own words name the table and the constraint; those of functions are for callers.
            Violation::Check if report.message.contains(" violates ") => {
                Error::bad_input("A value breaks a rule of its table")
            }
            Violation::Check => Error::bad_input(report.message.clone()),
            Violation::Null => Error::bad_input("A value is needed"),
            Violation::Length => Error::bad_input("A text is too long for its field"),
            Violation::Range => Error::bad_input("A number is out of the range of its field"),
        }
    }
}

impl StatementError {
    /// The public error of a statement that ran for a caller of `role`. `words` says a broken rule better, given what
    /// is said without it; the code stays.
    #[must_use]
    pub fn for_caller(
        self,
        role: Role,
        words: impl FnOnce(Violation, &Report, Error) -> Error,
    ) -> Error {
        translate(self, Some(role), words)
    }
}

/// A statement of the server's own.
impl From<StatementError> for Error {
    fn from(error: StatementError) -> Self {
        translate(error, None, |_, _, plain| plain)
    }
}

/// A statement of the server's own.
impl From<tokio_postgres::Error> for Error {
    fn from(error: tokio_postgres::Error) -> Self {
        StatementError::from(error).into()
    }
}

/// Whether the same may succeed in a moment without anybody doing anything about it: the database was away, or others
/// held the rows. What took too long is not among it, it would again.
#[must_use]
pub fn is_passing(error: &Error) -> bool {
    let cause = || std::error::Error::source(error)?.downcast_ref::<StatementError>();
    error.code() == Code::Unavailable || cause().is_some_and(StatementError::is_race)
}

/// The error of an answer with more bytes than it may have.
#[must_use]
pub fn answer_too_large(max_bytes: usize) -> Error {
    let message = format!(
        "The answer has more than {max_bytes} bytes: ask for fewer fields, or for smaller pages"
    );
    Error::limit_exceeded("answerBytes", max_bytes, message)
}

fn translate(
    error: StatementError,
    role: Option<Role>,
    words: impl FnOnce(Violation, &Report, Error) -> Error,
) -> Error {
    if let Some(absent) = absent(&error) {
        return absent.caused_by(error);
    }
    let Some(report) = error.report() else {
        return match error {
            StatementError::Rows(RowError::OverLimit(max_bytes)) => answer_too_large(max_bytes),
            error => Error::internal(error),
        };
    };
    let made = match Violation::of(&report) {
        Some(violation) => {
            if role.is_none() && report.code.starts_with("23") {
                tracing::warn!(error = %chain(&error), "a statement of the server's own broke a rule");
            }
            words(violation, &report, violation.plain(&report))
        }
        None => match told(role, &report) {
            Some(told) => told,
            None => return Error::internal(error),
        },
    };
    made.caused_by(error)
}

/// What is said of everything but broken rules; nothing of faults of the server.
fn told(role: Option<Role>, report: &Report) -> Option<Error> {
    let message = &report.message;
    Some(match report.code.as_str() {
        "42501" => return denied(role, message),
        "57014" => Error::new(Code::Timeout, "The request took longer than it may"),
        "40001" | "40P01" => Error::new(
            Code::Conflict,
            "Another change of the same rows came first: try again",
        ),
        "55P03" => Error::new(
            Code::Conflict,
            "Somebody else is changing the same row and is not done yet: nothing was written, try again",
        ),
        // What functions and triggers of the migrations raise is written for callers.
        "P0001" => Error::bad_input(message.clone()),
        "P0002" => Error::new(Code::NotFound, message.clone()),
        // A code of our own: a quota of the operator's, which a trigger of the migrations keeps.
        "ML001" => quota(report),
        // Another one: what the row says of itself stands against the change for now.
        "ML002" => Error::new(Code::Conflict, message.clone()),
        "2201B" => Error::bad_input("The regular expression is not one that PostgreSQL knows"),
        "22P05" | "22021" => {
            Error::bad_input("A text has a character that cannot be stored, such as U+0000")
        }
        "22000" if message.contains("dimensions") => Error::bad_input(message.clone()),
        "21000" => Error::bad_input("A row is named twice in one request"),
        "42P10" => Error::bad_input("No unique constraint has exactly the columns of onConflict"),
        "54000" | "54001" | "54011" => Error::limit_exceeded(
            "statement",
            Value::Null,
            "The request is too large for the database",
        ),
        "22023" if message.starts_with("time zone") => no_such_time_zone(),
        // No value of a caller is divided by: a policy or a trigger has a fault.
        "22012" => return None,
        other if other.starts_with("22") => Error::bad_input("A value does not fit its field"),
        _ => return None,
    })
}

/// BAD_USER_INPUT for a time zone that is none.
pub fn no_such_time_zone() -> Error {
    Error::bad_input(
        "There is no time zone of this name: give one such as \"Europe/Berlin\" or \"UTC\"",
    )
}

/// A right that is missing: to the server itself a fault, which its operator has to mend.
fn denied(role: Option<Role>, message: &str) -> Option<Error> {
    const BY_POSTGRES: [&str; 2] = ["permission denied", "must be owner"];
    if role == Some(Role::Anon) {
        return Some(Error::new(Code::Unauthenticated, "Sign in to do this"));
    }
    let of_row = message.starts_with("new row violates row-level security");
    let of_right = BY_POSTGRES.iter().any(|words| message.starts_with(words));
    if role.is_none() && (of_row || of_right) {
        return None;
    }
    Some(if of_row {
        Error::forbidden("You may not write such a row")
    } else if of_right {
        Error::forbidden("You may not do this")
    } else {
        // Functions of the migrations that refuse by themselves say why.
        Error::forbidden(message.to_owned())
    })
}

/// A quota: the trigger may name it as a constraint, and what is allowed as a column.
fn quota(report: &Report) -> Error {
    let limit = report.constraint.as_deref().unwrap_or("quota");
    let allowed = report.column.as_deref();
    let allowed = allowed.and_then(|allowed| allowed.parse::<u64>().ok());
    Error::limit_exceeded(limit, allowed, report.message.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(code: &str, message: &str) -> StatementError {
        Box::new(Report {
            code: code.to_owned(),
            message: message.to_owned(),
            ..Report::default()
        })
        .into()
    }

    /// Each class of SQLSTATE, for callers and for the server itself.
    #[test]
    fn every_class_has_one_code_whoever_asks() {
        for (state, code) in [
            ("08006", Code::Unavailable),
            ("0A000", Code::Internal),
            ("21000", Code::BadUserInput),
            ("22001", Code::BadUserInput),
            ("22003", Code::BadUserInput),
            ("22012", Code::Internal),
            ("22021", Code::BadUserInput),
            ("22P02", Code::BadUserInput),
            ("23001", Code::Conflict),
            ("23502", Code::BadUserInput),
            ("23503", Code::Conflict),
            ("23505", Code::Conflict),
            ("23514", Code::BadUserInput),
            ("23P01", Code::BadUserInput),
            ("25006", Code::Unavailable),
            ("25P02", Code::Internal),
            ("26000", Code::Internal),
            ("2BP01", Code::Internal),
            ("40001", Code::Conflict),
            ("40P01", Code::Conflict),
            ("42501", Code::Forbidden),
            ("42601", Code::Internal),
            ("42703", Code::Internal),
            ("42P01", Code::Internal),
            ("53100", Code::Unavailable),
            ("53200", Code::Unavailable),
            ("53300", Code::Unavailable),
            ("54001", Code::LimitExceeded),
            ("55P03", Code::Conflict),
            ("57014", Code::Timeout),
            ("57P01", Code::Unavailable),
            ("57P03", Code::Unavailable),
            ("58030", Code::Internal),
            ("F0000", Code::Internal),
            ("HV000", Code::Internal),
            ("ML001", Code::LimitExceeded),
            ("ML002", Code::Conflict),
            ("P0001", Code::BadUserInput),
            ("P0002", Code::NotFound),
            ("XX000", Code::Internal),
        ] {
            let own = Error::from(report(state, "said by a function"));
            let told = report(state, "said by a function");
            let told = told.for_caller(Role::Authenticated, |_, _, plain| plain);
            assert_eq!(own.code(), code, "{state}");
            assert_eq!(told.code(), code, "{state} for a caller");
            assert_eq!(own.message(), told.message(), "{state}");
        }
    }

    #[test]
    fn a_missing_right_is_told_by_who_lacks_it() {
        let refusal = || report("42501", "permission denied for table notes");
        let told = |role| refusal().for_caller(role, |_, _, plain| plain).code();
        assert_eq!(told(Role::Anon), Code::Unauthenticated);
        assert_eq!(told(Role::Authenticated), Code::Forbidden);
        assert_eq!(Error::from(refusal()).code(), Code::Internal);
    }

    #[test]
    fn the_words_of_postgresql_are_not_told() {
        for (state, message) in [
            (
                "23514",
                "new row for relation \"notes\" violates check constraint \"x\"",
            ),
            (
                "23503",
                "insert or update on table \"notes\" violates foreign key constraint \"x\"",
            ),
            (
                "23505",
                "duplicate key value violates unique constraint \"x\"",
            ),
            ("42501", "must be owner of table notes"),
        ] {
            let told = report(state, message).for_caller(Role::Authenticated, |_, _, plain| plain);
            assert!(!told.message().contains("violates"), "{state}: {told}");
            assert!(!told.message().contains("notes"), "{state}: {told}");
        }
    }

    #[test]
    fn what_passes_is_told_from_what_stays() {
        for (state, passes) in [
            ("57P01", true),
            ("53300", true),
            ("40001", true),
            ("40P01", true),
            ("55P03", true),
            ("57014", false),
            ("23505", false),
            ("42P01", false),
        ] {
            assert_eq!(is_passing(&report(state, "x").into()), passes, "{state}");
        }
    }
}
