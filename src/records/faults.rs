//! Faults of the server, kept until they are written into `error_logs`.
//!
//! Of a fault is kept what kind it was, in which operation, and in which request: never what was sent or stored. The
//! cause is in the server's log, under the same request id. The same fault within a minute is counted, and only so many
//! different ones are kept: a storm of errors costs little memory and few rows.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::atomic::{AtomicU64, Ordering},
};

use chrono::{DateTime, Utc};
use parking_lot::Mutex;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::Notify;
use uuid::Uuid;

use super::{nature::Nature, panics};
use crate::{
    auth::RequestContext,
    error::{Code, Error},
    request_id::RequestId,
};

/// Different faults that wait to be written.
const KEPT_MAX: usize = 1_000;

/// What one server has to write.
#[derive(Debug, Default)]
pub struct Faults {
    kept: Mutex<PendingFaults>,
    noted: AtomicU64,
    dropped: AtomicU64,
    pub(super) waiting: Notify,
}

#[derive(Debug, Default)]
struct PendingFaults {
    faults: HashMap<String, Fault>,
    /// Faults of which there was no room for more than this number.
    dropped: u64,
}

/// A row of `error_logs`, as `private.record_faults` takes it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Fault {
    /// What is counted together, and when: the minute is part of it.
    fault: String,
    #[serde(rename = "type")]
    area: &'static str,
    category: &'static str,
    message: String,
    details: Value,
    severity: &'static str,
    user_id: Option<Uuid>,
    path: Option<String>,
    method: Option<String>,
    user_agent: Option<String>,
    ip_address: Option<IpAddr>,
    session_id: Option<String>,
    occurrences: u64,
    first_seen_at: DateTime<Utc>,
    last_seen_at: DateTime<Utc>,
}

impl Faults {
    /// Notes an error that a request was answered with, if it is a fault of the server. `operation` is a name from a
    /// closed list.
    pub fn note(&self, error: &Error, operation: &str, context: &RequestContext) {
        if error.code() != Code::Internal {
            return;
        }
        let nature = Nature::of(error);
        let mut details = nature.details;
        details["operation"] = operation.into();
        details["requestId"] = request_id(error, Some(&context.request_id));
        let fault = Fault::new(
            ("internal", "api", "error"),
            &format!("{operation}|{}", nature.key),
            nature.message,
            details,
        );
        self.add(fault.met_by(context));
    }

    /// Notes that a request which is no GraphQL operation failed by a fault of the server.
    pub fn request_failed(&self) {
        let details = json!({"requestId": request_id_now()});
        let message = "A request failed by a fault of the server".to_owned();
        self.add(Fault::new(
            ("internal", "api", "error"),
            "request",
            message,
            details,
        ));
    }

    /// Notes that work on a request panicked; to be called by whoever caught it, at once.
    pub fn request_panicked(&self) {
        let details = json!({"requestId": request_id_now()});
        self.panicked("a request", details);
    }

    /// The same for work in the background.
    pub fn job_panicked(&self, job: &str) {
        self.panicked(job, json!({"job": job}));
    }

    fn panicked(&self, at: &str, mut details: Value) {
        let place = panics::take_place().unwrap_or_else(|| "unknown".to_owned());
        details["place"] = place.as_str().into();
        let fault = Fault::new(
            ("panic", "system", "critical"),
            &format!("{at}|{place}"),
            format!("The program panicked at {place}, at work on {at}"),
            details,
        );
        self.add(fault);
    }

    fn add(&self, fault: Fault) {
        self.noted.fetch_add(1, Ordering::Relaxed);
        let mut kept = self.kept.lock();
        if let Some(known) = kept.faults.get_mut(&fault.fault) {
            known.count(&fault);
        } else if kept.faults.len() < KEPT_MAX {
            kept.faults.insert(fault.fault.clone(), fault);
        } else {
            kept.dropped += 1;
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
        drop(kept);
        self.waiting.notify_one();
    }

    /// Takes what is to be written, with a row that says how many had no room.
    pub(super) fn take(&self) -> Vec<Fault> {
        let PendingFaults { faults, dropped } = std::mem::take(&mut *self.kept.lock());
        let mut rows: Vec<Fault> = faults.into_values().collect();
        if dropped > 0 {
            tracing::warn!(
                dropped,
                "more than {KEPT_MAX} different faults waited to be written: these are not on record"
            );
            let message = format!("{dropped} faults came while {KEPT_MAX} others waited");
            let mut row = Fault::new(("dropped", "system", "error"), "", message, json!({}));
            row.occurrences = dropped;
            rows.push(row);
        }
        rows
    }

    /// Keeps what could not be written, as far as there is room beside what came meanwhile.
    pub(super) fn put_back(&self, faults: Vec<Fault>) {
        let mut kept = self.kept.lock();
        for fault in faults {
            if let Some(known) = kept.faults.get_mut(&fault.fault) {
                known.first_seen_at = fault.first_seen_at;
                known.count(&fault);
            } else if kept.faults.len() < KEPT_MAX {
                kept.faults.insert(fault.fault.clone(), fault);
            } else {
                kept.dropped += fault.occurrences;
                self.dropped.fetch_add(fault.occurrences, Ordering::Relaxed);
            }
        }
    }

    /// How many faults there were since the start, and how many of them are not on record.
    pub fn totals(&self) -> (u64, u64) {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        (read(&self.noted), read(&self.dropped))
    }
}

impl Fault {
    fn new(
        (category, area, severity): (&'static str, &'static str, &'static str),
        key: &str,
        message: String,
        details: Value,
    ) -> Self {
        let now = Utc::now();
        let mut fault = format!("{category}|{}|{key}", now.format("%Y-%m-%dT%H:%M"));
        // Names of tables and operations are short; whatever else there may be is cut where a character ends.
        fault.truncate(fault.floor_char_boundary(300));
        Fault {
            fault,
            area,
            category,
            message,
            details,
            severity,
            user_id: None,
            path: None,
            method: None,
            user_agent: None,
            ip_address: None,
            session_id: None,
            occurrences: 1,
            first_seen_at: now,
            last_seen_at: now,
        }
    }

    fn met_by(mut self, context: &RequestContext) -> Self {
        let owned = |text: &str| text.to_owned();
        self.user_id = context.caller.user_id;
        self.session_id = context.caller.session_id.map(|id| id.to_string());
        self.ip_address = context.client_ip;
        self.user_agent = context.user_agent.as_deref().map(owned);
        self.path = context.route.path().map(owned);
        self.method = context.route.method().map(owned);
        self
    }

    /// Counts the same fault. Of one that several people met nobody's traces are kept.
    fn count(&mut self, other: &Fault) {
        self.occurrences += other.occurrences;
        self.last_seen_at = self.last_seen_at.max(other.last_seen_at);
        if self.user_id != other.user_id {
            self.user_id = None;
            self.session_id = None;
            self.ip_address = None;
            self.user_agent = None;
        }
    }
}

/// The id that the client was told, which the log has, too.
fn request_id(error: &Error, context: Option<&RequestId>) -> Value {
    match error.details().get("requestId") {
        Some(told) => told.clone(),
        None => context.map_or(Value::Null, |id| id.as_str().into()),
    }
}

fn request_id_now() -> Value {
    RequestId::current().map_or(Value::Null, |id| id.as_str().into())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{auth::Caller, db::StatementError};

    fn context(user: Option<Uuid>) -> RequestContext {
        RequestContext {
            caller: Arc::new(Caller {
                user_id: user,
                ..Caller::anonymous()
            }),
            request_id: RequestId::generate(),
            route: Default::default(),
            client_ip: Some([10, 0, 0, 1].into()),
            user_agent: Some("browser".into()),
            idempotency_key: None,
        }
    }

    fn occurrences(rows: &[Fault]) -> Vec<u64> {
        rows.iter().map(|row| row.occurrences).collect()
    }

    #[test]
    fn the_same_fault_is_counted_and_tells_nobody_of_several() {
        let faults = Faults::default();
        let (ada, ben) = (Uuid::new_v4(), Uuid::new_v4());
        for user in [ada, ada, ada] {
            faults.note(&Error::internal("x"), "query notes", &context(Some(user)));
        }
        let rows = faults.take();
        // A minute may end meanwhile.
        assert_eq!(rows.iter().map(|row| row.occurrences).sum::<u64>(), 3);
        assert!(rows.iter().all(|row| row.user_id == Some(ada)));
        let mut both = rows[0].clone();
        both.count(&Fault {
            user_id: Some(ben),
            ..rows[0].clone()
        });
        assert_eq!((both.user_id, both.ip_address), (None, None));
        faults.note(&Error::bad_input("mine"), "query notes", &context(None));
        assert!(faults.take().is_empty(), "a caller's mistake is no fault");
    }

    #[test]
    fn a_storm_is_bounded_and_said() {
        let faults = Faults::default();
        for number in 0..KEPT_MAX + 5 {
            let fault = Fault::new(
                ("internal", "api", "error"),
                &number.to_string(),
                String::new(),
                json!({}),
            );
            faults.add(fault);
        }
        let rows = faults.take();
        assert_eq!(rows.len(), KEPT_MAX + 1);
        let said = rows.iter().find(|row| row.category == "dropped");
        assert_eq!(said.map(|row| row.occurrences), Some(5));
        assert_eq!(faults.totals(), (KEPT_MAX as u64 + 5, 5));
    }

    #[test]
    fn what_could_not_be_written_waits_with_what_comes() {
        let faults = Faults::default();
        let one = || {
            Fault::new(
                ("internal", "api", "error"),
                "one",
                String::new(),
                json!({}),
            )
        };
        let fault = one();
        faults.add(fault.clone());
        let rows = faults.take();
        faults.add(fault);
        faults.put_back(rows);
        assert_eq!(occurrences(&faults.take()), [2]);
    }

    #[test]
    fn no_words_of_the_database_are_kept() {
        let report = crate::db::Report {
            code: "22P02".to_owned(),
            message: "invalid input syntax for type uuid: \"canary\"".to_owned(),
            detail: Some("Key (email)=(canary) exists".to_owned()),
            table: Some("notes".to_owned()),
            ..Default::default()
        };
        let error = Error::internal(StatementError::from(Box::new(report)));
        let faults = Faults::default();
        faults.note(&error, "query notes", &context(None));
        let rows = serde_json::to_string(&faults.take()).unwrap();
        assert!(!rows.contains("canary"), "{rows}");
        for kept in ["22P02", "\"table\":\"notes\"", "query notes"] {
            assert!(rows.contains(kept), "{kept} in {rows}");
        }
    }
}
