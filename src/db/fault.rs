//! What statements fail with, whichever way they were sent.

use std::{fmt, io};

use super::rows::RowError;

/// Why a statement failed.
#[derive(Debug, thiserror::Error)]
pub enum StatementError {
    /// tokio-postgres says why.
    #[error(transparent)]
    Driver(#[from] tokio_postgres::Error),
    /// PostgreSQL says why.
    #[error(transparent)]
    Report(#[from] Box<Report>),
    /// The connection ended.
    #[error("the connection to the database ended")]
    Connection(#[source] io::Error),
    /// A parameter does not have a form in the type that its statement gives it.
    #[error("a parameter cannot be sent")]
    Parameter(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// What PostgreSQL sent cannot be read.
    #[error("the rows of a statement cannot be read")]
    Rows(#[from] RowError),
}

/// PostgreSQL's error: the fields that are of use here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// The SQLSTATE.
    pub code: String,
    /// The sentence.
    pub message: String,
    /// More about it.
    pub detail: Option<String>,
    /// What to do.
    pub hint: Option<String>,
    /// The schema of the table it is about.
    pub schema: Option<String>,
    /// The table.
    pub table: Option<String>,
    /// The column.
    pub column: Option<String>,
    /// The constraint.
    pub constraint: Option<String>,
}

impl StatementError {
    /// What PostgreSQL said; nothing when it said nothing.
    pub fn report(&self) -> Option<Report> {
        match self {
            StatementError::Report(report) => Some(Report::clone(report)),
            StatementError::Driver(error) => error.as_db_error().map(Report::from),
            _ => None,
        }
    }

    /// The SQLSTATE.
    pub fn code(&self) -> Option<&str> {
        match self {
            StatementError::Report(report) => Some(&report.code),
            StatementError::Driver(error) => error.code().map(|state| state.code()),
            _ => None,
        }
    }

    /// Whether the connection ended, with or without a last word of the server: it stops, or did.
    pub fn is_ended(&self) -> bool {
        self.is_closed() || self.code().is_some_and(|state| state.starts_with("57P"))
    }

    /// Whether others held the rows or came first: the same may go through a moment later.
    pub fn is_race(&self) -> bool {
        matches!(self.code(), Some("40001" | "40P01" | "55P03"))
    }

    /// Whether trying the same again at once may succeed: the statement never ran or lost a race.
    pub fn is_transient(&self) -> bool {
        self.is_closed() || self.code() == Some("40001")
    }

    /// Whether the connection ended without a word, so that nobody knows what became of the statement.
    pub fn is_closed(&self) -> bool {
        match self {
            StatementError::Connection(_) => true,
            StatementError::Driver(error) => {
                error.is_closed()
                    || (error.code().is_none()
                        && std::error::Error::source(error)
                            .is_some_and(|source| source.is::<io::Error>()))
            }
            _ => false,
        }
    }
}

impl Report {
    /// Reads the body of an ErrorResponse message: fields of a letter and a text that ends with a zero byte.
    pub(super) fn read(body: &[u8]) -> Report {
        let mut report = Report::default();
        for field in body.split(|byte| *byte == 0) {
            let Some((letter, text)) = field.split_first() else {
                continue;
            };
            let text = || String::from_utf8_lossy(text).into_owned();
            match letter {
                b'C' => report.code = text(),
                b'M' => report.message = text(),
                b'D' => report.detail = Some(text()),
                b'H' => report.hint = Some(text()),
                b's' => report.schema = Some(text()),
                b't' => report.table = Some(text()),
                b'c' => report.column = Some(text()),
                b'n' => report.constraint = Some(text()),
                _ => {}
            }
        }
        report
    }
}

impl From<&tokio_postgres::error::DbError> for Report {
    fn from(error: &tokio_postgres::error::DbError) -> Self {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Report {
            code: error.code().code().to_owned(),
            message: error.message().to_owned(),
            detail: owned(error.detail()),
            hint: owned(error.hint()),
            schema: owned(error.schema()),
            table: owned(error.table()),
            column: owned(error.column()),
            constraint: owned(error.constraint()),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.message, self.code)?;
        for (name, text) in [("detail", &self.detail), ("hint", &self.hint)] {
            if let Some(text) = text {
                write!(f, "; {name}: {text}")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for Report {}

/// An error with its sources, for the log.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_read_by_its_letters() {
        let body = b"SERROR\0VERROR\0C23505\0Mduplicate key\0DKey (id) exists.\0spublic\0tnotes\0nnotes_pkey\0\0";
        let report = Report::read(body);
        assert_eq!(report.code, "23505");
        assert_eq!(report.table.as_deref(), Some("notes"));
        assert_eq!(report.constraint.as_deref(), Some("notes_pkey"));
        assert_eq!(report.column, None);
        assert_eq!(
            report.to_string(),
            "duplicate key (23505); detail: Key (id) exists."
        );
    }
}
