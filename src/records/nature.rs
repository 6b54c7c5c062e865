//! What of an error may be written down: codes, and names that the program and the database give to things. Sentences
//! are not: those of PostgreSQL quote values.

use serde_json::{Value, json};

use crate::{db::StatementError, error::Error};

/// What kind of fault it was.
pub(super) struct Nature {
    /// Short, for telling faults apart.
    pub(super) key: String,
    /// A sentence about it.
    pub(super) message: String,
    /// Codes and names.
    pub(super) details: Value,
}

impl Nature {
    /// Of an error are told names that the program and the database give to things, and codes. Sentences are not: those
    /// of PostgreSQL quote values.
    pub(super) fn of(error: &Error) -> Nature {
        let mut cause = std::error::Error::source(error);
        while let Some(found) = cause {
            if let Some(error) = found.downcast_ref::<StatementError>() {
                return Nature::of_statement(error);
            }
            if let Some(error) = found.downcast_ref::<tokio_postgres::Error>() {
                return Nature::of_state(error.code().map(|state| state.code()), json!({}));
            }
            if let Some(error) = found.downcast_ref::<std::io::Error>() {
                return Nature {
                    key: format!("io {:?}", error.kind()),
                    message: format!("Reading or writing failed: {}", error.kind()),
                    details: json!({}),
                };
            }
            cause = found.source();
        }
        Nature {
            key: String::new(),
            message: error.message().to_owned(),
            details: json!({}),
        }
    }

    fn of_statement(error: &StatementError) -> Nature {
        let report = error.report().unwrap_or_default();
        let named = [
            ("table", report.table),
            ("column", report.column),
            ("constraint", report.constraint),
        ];
        let details = named
            .into_iter()
            .filter_map(|(what, name)| Some((what.to_owned(), Value::from(name?))))
            .collect();
        Nature::of_state(error.code(), Value::Object(details))
    }

    fn of_state(state: Option<&str>, mut details: Value) -> Nature {
        let Some(state) = state else {
            return Nature {
                key: "database".to_owned(),
                message: "The database could not be asked".to_owned(),
                details,
            };
        };
        details["sqlState"] = state.into();
        Nature {
            key: format!("{state} {details}"),
            message: format!("The database refused a statement of the server ({state})"),
            details,
        }
    }
}
