//! What a failed statement tells the caller: never SQL, always which field and what is allowed.

use crate::model::{Constraint, Model, Table, violation};
use crate::{
    auth::Role,
    db::{StatementError, absent},
    error::{Code, Error},
};

/// The error for a caller of `role` that a failed statement comes to.
pub fn database_error(model: &Model, role: Role, error: impl Into<StatementError>) -> Error {
    let error = error.into();
    if let Some(absent) = absent(&error) {
        return absent.caused_by(error);
    }
    let Some(fault) = error.report() else {
        return Error::internal(error);
    };
    let table = fault.table.as_ref().and_then(|name| {
        let schema = fault.schema.as_deref().unwrap_or("public");
        model
            .tables
            .iter()
            .find(|t| t.name == *name && t.schema == schema)
    });
    let named = fault.constraint.as_deref();
    let known = named.and_then(|name| constraint(model, table, name));
    let message = fault.message;
    let made = match fault.code.as_str() {
        "23505" => violation::duplicate(known),
        "23503" => violation::reference(model, known, &message),
        "23514" | "23P01" => violation::check(known, &message),
        "23502" => violation::missing(table, fault.column.as_deref()),
        "42501" => denied(role, &message),
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
        "P0001" => Error::bad_input(message),
        "P0002" => Error::new(Code::NotFound, message),
        // A code of our own: a quota of the operator's, which a trigger of the migrations keeps.
        "ML001" => quota(message, named, fault.column.as_deref()),
        "2201B" => Error::bad_input("The regular expression is not one that PostgreSQL knows"),
        "22P05" | "22021" => Error::bad_input("The text has a character that cannot be stored"),
        "22003" => Error::bad_input("A number is out of the range of its field"),
        "22001" => Error::bad_input("A text is too long for its field"),
        "22000" if message.contains("dimensions") => Error::bad_input(message),
        "21000" => Error::bad_input("A row is named twice in one request"),
        "42P10" => Error::bad_input("No unique constraint has exactly the columns of onConflict"),
        "54000" | "54001" | "54011" => Error::new(
            Code::LimitExceeded,
            "The request is too large for the database",
        ),
        "22023" if message.starts_with("time zone") => Error::bad_input(
            "There is no time zone of this name: give one such as \"Europe/Berlin\" or \"UTC\"",
        ),
        other if other.starts_with("22") => Error::bad_input("A value does not fit its field"),
        _ => return Error::internal(error),
    };
    made.caused_by(error)
}

/// Whether trying the same again may succeed: the statement never ran or lost a race.
pub fn is_transient(error: &StatementError) -> bool {
    error.is_closed() || error.code() == Some("40001")
}

fn constraint<'m>(
    model: &'m Model,
    table: Option<&'m Table>,
    name: &str,
) -> Option<(&'m Table, &'m Constraint)> {
    let of = |table: &'m Table| {
        let found = table.constraints.iter().find(|c| c.name == name)?;
        Some((table, found))
    };
    table
        .and_then(of)
        .or_else(|| model.tables.iter().find_map(of))
}

/// A quota: the trigger may name it as a constraint, and what is allowed as a column.
fn quota(message: String, named: Option<&str>, allowed: Option<&str>) -> Error {
    let mut error = Error::new(Code::LimitExceeded, message);
    if let Some(limit) = named {
        error = error.with("limit", limit);
    }
    match allowed.and_then(|allowed| allowed.parse::<u64>().ok()) {
        Some(allowed) => error.with("allowed", allowed),
        None => error,
    }
}

fn denied(role: Role, message: &str) -> Error {
    if role == Role::Anon {
        return Error::new(Code::Unauthenticated, "Sign in to do this");
    }
    if message.starts_with("new row violates row-level security") {
        return Error::forbidden("You may not write such a row");
    }
    // Functions of the migrations that refuse by themselves say why.
    let by_postgres = message.starts_with("permission denied");
    if by_postgres {
        Error::forbidden("You may not do this")
    } else {
        Error::forbidden(message.to_owned())
    }
}
