//! What a failed statement tells a caller in the words of the tables: never SQL, always which field and what is allowed.

use crate::{
    db::{Report, StatementError, Violation},
    error::{Code, Error, Reason},
    model::{Column, Constraint, ConstraintKind, Model, Table, camel, violation},
    role::Role,
};

/// The public error of a statement that ran for a caller of `role`.
pub fn database_error(model: &Model, role: Role, error: impl Into<StatementError>) -> Error {
    let error = error.into();
    let for_admins = error
        .report()
        .is_some_and(|report| is_for_admins(model, &report));
    let told = error.for_caller(role, |broken, report, plain| {
        sentence(model, broken, report, plain)
    });
    if for_admins && told.code() == Code::Forbidden {
        let told = told.saying("This is for administrators only");
        return told.because(Reason::NotAdmin);
    }
    told
}

/// Whether a row was refused because administrators alone may make rows of its table. PostgreSQL names it in its
/// sentence alone.
fn is_for_admins(model: &Model, report: &Report) -> bool {
    let refused = "new row violates row-level security policy for table \"";
    let name = report.message.strip_prefix(refused);
    let name = name.and_then(|rest| rest.strip_suffix('"'));
    name.is_some_and(|name| {
        let mut tables = model.tables.iter();
        tables.any(|table| table.for_admins && table.name == name)
    })
}

/// The error of a broken rule in the words of the tables; `plain` is what is said without them.
fn sentence(model: &Model, broken: Violation, report: &Report, plain: Error) -> Error {
    let table = report.table.as_ref().and_then(|name| {
        let schema = report.schema.as_deref().unwrap_or("public");
        let mut tables = model.tables.iter();
        tables.find(|t| t.name == *name && t.schema == schema)
    });
    match broken {
        Violation::Null => missing(table, report.column.as_deref(), plain),
        Violation::Length | Violation::Range => too_much(model, report, plain),
        _ => match report
            .constraint
            .as_deref()
            .and_then(|name| constraint(model, table, name))
        {
            Some(known) => of_constraint(model, broken, known, plain),
            None => plain,
        },
    }
}

/// The error of a row that breaks a constraint.
fn of_constraint(
    model: &Model,
    broken: Violation,
    (table, constraint): (&Table, &Constraint),
    plain: Error,
) -> Error {
    let is_key = constraint.kind == ConstraintKind::ForeignKey;
    let error = match broken {
        Violation::Duplicate => plain.saying(violation::already(table, constraint)),
        Violation::MissingReference if is_key => {
            plain.saying(violation::nothing_there(model, table, constraint))
        }
        Violation::StillReferenced if is_key => {
            plain.saying(violation::still_used(model, table, constraint))
        }
        Violation::Check => plain.saying(violation::check(constraint)),
        _ => return plain,
    };
    error
        .with("type", table.type_name.as_str())
        .with("fields", violation::fields(constraint))
        .with("constraint", constraint.name.as_str())
}

/// The error of a value that is missing or null; `column` is its name in the database.
fn missing(table: Option<&Table>, column: Option<&str>, plain: Error) -> Error {
    let Some(column) = column else {
        return plain;
    };
    let field = camel(column);
    let error = plain.saying(format!("{field} is needed and cannot be null"));
    let error = error.with("fields", vec![field]);
    match table {
        Some(table) => error.with("type", table.type_name.as_str()),
        None => error,
    }
}

/// The error of a value that its type cannot hold. PostgreSQL tells the type and not the column, so the field is named
/// where only one column has such a type.
fn too_much(model: &Model, report: &Report, plain: Error) -> Error {
    let Some((declared, allowed)) = limit(report) else {
        return plain;
    };
    let of = |table| move |column| (table, column);
    let columns = model
        .tables
        .iter()
        .flat_map(|table| table.columns.iter().map(of(table)));
    let mut such =
        columns.filter(|(_, column): &(&Table, &Column)| column.facts.declared == declared);
    match (such.next(), such.next()) {
        (Some((table, column)), None) => plain
            .saying(format!("{} may have at most {allowed}", column.field))
            .with("type", table.type_name.as_str())
            .with("fields", vec![column.field.as_str()]),
        _ => plain,
    }
}

/// The type that a value was too long or too large for, and how much it holds.
fn limit(report: &Report) -> Option<(String, String)> {
    if let Some((_, declared)) = report.message.split_once("value too long for type ") {
        let length = declared.split_once('(')?.1.strip_suffix(')')?;
        return Some((declared.to_owned(), format!("{length} characters")));
    }
    // A field with precision 3, scale 2 must round to an absolute value less than 10^1.
    let rest = report.detail.as_deref()?;
    let (precision, rest) = rest
        .strip_prefix("A field with precision ")?
        .split_once(", scale ")?;
    let scale = rest.split_once(' ')?.0;
    let digits = precision
        .parse::<u32>()
        .ok()?
        .checked_sub(scale.parse().ok()?)?;
    let digits = match digits {
        1 => "1 digit".to_owned(),
        more => format!("{more} digits"),
    };
    Some((
        format!("numeric({precision},{scale})"),
        format!("{digits} before its point"),
    ))
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
