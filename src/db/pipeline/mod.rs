//! Transactions that are sent whole: the caller's role, the statements and the commit in one round trip.
//!
//! tokio-postgres ends every statement with a Sync, at which PostgreSQL answers, and drives a connection in a task of
//! its own. Most requests are one transaction of which everything is known beforehand, so here one Sync ends all of
//! it, and the request's own task writes and reads. Messages are made by `postgres_protocol`; tokio-postgres opens the
//! connections. What decides something between statements runs in a [`Transaction`](super::Transaction).

mod connect;
mod connection;
mod pool;

pub use connection::{Arrived, Call};
pub(super) use pool::{Pool, Session, TransactionSettings, build};

use super::{
    StatementError,
    lanes::Work,
    rows::Rows,
    transaction::{Mode, SET_CALLER_AND_SESSION_TYPES, SET_CALLER_TYPES},
};
use crate::auth::Caller;
use connection::Connection;

/// Which part of a transaction failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Its begin, or taking the caller's role.
    Begin,
    /// The statement at this place.
    Statement(usize),
    /// Its end: a deferred constraint may speak only now.
    Commit,
}

/// A transaction failed: in which part, and why.
pub type Failed = (Part, StatementError);

/// Runs statements in one transaction as the caller, and gives the rows of each.
async fn run(
    connection: &mut Connection,
    caller: &Caller,
    mode: Mode,
    settings: Option<&TransactionSettings>,
    calls: &[Call<'_>],
    arrived: &mut Arrived<'_>,
) -> Result<Vec<Rows>, Failed> {
    let (role, claims) = (caller.role.as_str(), &*caller.claims_json);
    let mut set_caller = Call {
        sql: mode.set_caller(),
        types: &SET_CALLER_TYPES,
        values: vec![&role, &claims],
        work: Work::default(),
    };
    if let Some(settings) = settings {
        set_caller.sql = mode.set_caller_and_session();
        set_caller.types = &SET_CALLER_AND_SESSION_TYPES;
        set_caller.values.push(&settings.statement_timeout);
        set_caller.values.push(&settings.lock_timeout);
    }
    let (begin, end) = (bare(mode.begin()), bare(mode.end()));
    // One statement has one snapshot anyway, and Sync commits what no block holds open.
    let in_block = matches!(mode, Mode::ReadSnapshot | Mode::Trial);
    let mut all = Vec::with_capacity(calls.len() + 3);
    all.extend(in_block.then_some(&begin));
    all.push(&set_caller);
    let before = all.len();
    all.extend(calls);
    all.extend(in_block.then_some(&end));
    let mut arrived = |place: usize, rows: &Rows| {
        let place = place.checked_sub(before);
        if let Some(place) = place.filter(|place| *place < calls.len()) {
            arrived(place, rows);
        }
    };
    match connection.run(caller.role, &all, &mut arrived).await {
        Ok(mut rows) => {
            rows.truncate(before + calls.len());
            drop(rows.drain(..before));
            Ok(rows)
        }
        Err((place, error)) => {
            let part = match place.checked_sub(before) {
                None => Part::Begin,
                Some(place) if place < calls.len() => Part::Statement(place),
                Some(_) => Part::Commit,
            };
            Err((part, error))
        }
    }
}

/// A statement without parameters.
fn bare(sql: &str) -> Call<'_> {
    Call {
        sql,
        types: &[],
        values: Vec::new(),
        work: Work::default(),
    }
}
