//! Turns changes into events where the database has to be asked: for policies that are more than
//! ownership, for conditions in SQL, and for answers with nested selections.
//!
//! What is asked runs as the subscriber, in a transaction that carries the subscriber's role and
//! claims, under a limit of time, and counts for the subscriber's share of the database.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio_postgres::types::ToSql;

use super::change::{Change, Event, Kind};
use super::condition::SqlCondition;
use super::interest::{Interest, kind};
use super::policy::Policy;
use super::publication::{Access, CurrentPublication, Publication, PublishedTable, quote_name};
use super::record::Record;
use crate::auth::{Caller, Role};
use crate::db::{Db, Mode, Work, is_passing};
use crate::error::{Code, Error};

/// How long the policies of a table may take over a batch.
const PATIENCE: Duration = Duration::from_secs(5);
/// Records sent in one question.
const RECORDS_MAX: usize = 2_000;

/// Asks the database about changes.
#[derive(Debug)]
pub(super) struct Judge {
    db: DbHandle,
    publication: Arc<CurrentPublication>,
}

/// `Db` says nothing of itself.
struct DbHandle(Db);

impl std::fmt::Debug for DbHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Db")
    }
}

/// Which of a change's two rows count: (old, new).
type Sides = (bool, bool);

impl Judge {
    /// Judges by the publication of the moment.
    pub fn new(db: Db, publication: Arc<CurrentPublication>) -> Self {
        Judge {
            db: DbHandle(db),
            publication,
        }
    }

    /// What changes are judged by now.
    pub fn publication(&self) -> Arc<Publication> {
        self.publication.get()
    }

    /// For each change, which of its rows the caller may see.
    ///
    /// # Errors
    /// UNAVAILABLE when the database does not answer in time; otherwise a policy failed.
    pub async fn visible(
        &self,
        table: &PublishedTable,
        access: &Access,
        caller: &Arc<Caller>,
        changes: &[Arc<Change>],
    ) -> Result<Vec<Sides>, Error> {
        match &access.policy {
            Policy::Known(condition) => {
                let identity = super::policy::Identity::of(caller);
                let holds = |record: &Option<Record>| {
                    record
                        .as_ref()
                        .is_some_and(|record| condition.holds(record, &identity))
                };
                Ok(changes
                    .iter()
                    .map(|change| (holds(&change.old_record), holds(&change.record)))
                    .collect())
            }
            Policy::Asked => {
                let all = vec![(true, true); changes.len()];
                let statement = format!(
                    "select position from realtime.{}($1::text::jsonb) position",
                    quote_name(&format!("visible_{}", table.id))
                );
                let columns = table.policy_columns.as_deref();
                self.ask(caller, changes, &all, columns, &statement, &[])
                    .await
            }
        }
    }

    /// For each change, which of the given rows a condition holds for.
    async fn matching(
        &self,
        table: &PublishedTable,
        condition: &SqlCondition,
        caller: &Arc<Caller>,
        changes: &[Arc<Change>],
        among: &[Sides],
    ) -> Result<Vec<Sides>, Error> {
        let statement = condition_statement(table, condition);
        let parameters: Vec<&(dyn ToSql + Sync)> = condition
            .parameters
            .iter()
            .map(|parameter| &**parameter as &(dyn ToSql + Sync))
            .collect();
        self.ask(caller, changes, among, None, &statement, &parameters)
            .await
    }

    /// Whether the database accepts a condition, found by asking it about nothing.
    ///
    /// # Errors
    /// BAD_USER_INPUT when it does not.
    pub async fn check(
        &self,
        table: &PublishedTable,
        condition: &SqlCondition,
        caller: &Caller,
    ) -> Result<(), Error> {
        let statement = condition_statement(table, condition);
        let mut parameters: Vec<&(dyn ToSql + Sync)> = vec![&"[]"];
        parameters.extend(
            condition
                .parameters
                .iter()
                .map(|parameter| &**parameter as &(dyn ToSql + Sync)),
        );
        let work = Work::of(&statement);
        let transaction = self.db.0.begin_as(caller, Mode::Write, work).await?;
        let outcome = async {
            let prepared = transaction.prepare_cached(&statement).await?;
            transaction.query(&prepared, &parameters).await
        };
        let outcome = outcome.await;
        // Nothing was written; dropping would do the same later.
        let _ = transaction.rollback().await;
        outcome.map(drop).map_err(|error| match Error::from(error) {
            error if is_passing(&error) || error.code() == Code::Timeout => error,
            error => Error::bad_input("The filter has a value that its column cannot have")
                .caused_by(error),
        })
    }

    /// Asks about the wanted rows of changes. With `columns`, which are all that the answer depends
    /// on, about each combination of their values once.
    async fn ask(
        &self,
        caller: &Arc<Caller>,
        changes: &[Arc<Change>],
        among: &[Sides],
        columns: Option<&[usize]>,
        statement: &str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Sides>, Error> {
        let mut sides = vec![(false, false); changes.len()];
        let questions = questions(changes, among, columns);
        for part in questions.chunks(RECORDS_MAX) {
            let records: Vec<&str> = part.iter().map(|question| &*question.record).collect();
            let records = format!("[{}]", records.join(","));
            let positions = self.positions(caller, statement, &records, parameters);
            for position in positions.await? {
                let found = usize::try_from(position)
                    .ok()
                    .and_then(|position| part.get(position.wrapping_sub(1)));
                for (index, is_new) in found.iter().flat_map(|question| &question.about) {
                    if let Some(side) = sides.get_mut(*index) {
                        *(if *is_new { &mut side.1 } else { &mut side.0 }) = true;
                    }
                }
            }
        }
        Ok(sides)
    }

    async fn positions(
        &self,
        caller: &Caller,
        statement: &str,
        records: &str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<i64>, Error> {
        let unavailable =
            || Error::new(Code::Unavailable, "The policies of the table take too long");
        let mut all: Vec<&(dyn ToSql + Sync)> = vec![&records];
        all.extend(parameters);
        let asked = async {
            let work = Work::of(statement);
            let transaction = self.db.0.begin_as(caller, Mode::Write, work).await?;
            let prepared = transaction.prepare_cached(statement).await?;
            let rows = transaction.query(&prepared, &all).await?;
            transaction.commit().await?;
            rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
        };
        tokio::time::timeout(PATIENCE, asked)
            .await
            .map_err(|_| unavailable())?
    }

    /// The events of one interest out of changes whose visibility is known.
    ///
    /// # Errors
    /// As [`Judge::visible`], or what the projection says.
    pub async fn events(
        &self,
        table: &PublishedTable,
        access: &Access,
        interest: &Interest,
        changes: &[Arc<Change>],
        visible: &[Sides],
    ) -> Result<Vec<Event>, Error> {
        let holds = |record: &Option<Record>| {
            record
                .as_ref()
                .is_some_and(|record| interest.condition.local.holds(record))
        };
        let mut sides: Vec<Sides> = changes
            .iter()
            .zip(visible)
            .map(|(change, (old, new))| {
                (
                    *old && holds(&change.old_record),
                    *new && holds(&change.record),
                )
            })
            .collect();
        if let Some(condition) = &interest.condition.sql
            && sides.iter().any(|(old, new)| *old || *new)
        {
            sides = self
                .matching(table, condition, &interest.caller, changes, &sides)
                .await?;
        }
        let decided = changes
            .iter()
            .zip(&sides)
            .filter_map(|(change, (old, new))| {
                let kind = kind(change.operation, *old, *new)?;
                interest
                    .operations
                    .include(kind)
                    .then(|| event(kind, change, access))
            });
        let mut events: Vec<Event> = decided.collect();
        if events.is_empty() {
            return Ok(events);
        }
        if interest.projection.reads() {
            let bodies = interest.projection.read(&interest.caller, &events).await?;
            if bodies.len() != events.len() {
                return Err(Error::internal(
                    "a projection answered another number of events",
                ));
            }
            for (event, body) in events.iter_mut().zip(bodies) {
                event.body = body;
            }
        } else {
            for event in &mut events {
                event.body = interest.projection.project(event)?;
            }
        }
        Ok(events)
    }

    /// All of it for one interest, as a resuming subscriber needs it.
    ///
    /// # Errors
    /// As [`Judge::events`]; FORBIDDEN when the caller may not read the table any more.
    pub async fn replay(
        &self,
        interest: &Interest,
        changes: &[Arc<Change>],
    ) -> Result<Vec<Event>, Error> {
        let publication = self.publication();
        let (table, access) = access(&publication, interest)?;
        let visible = self
            .visible(table, access, &interest.caller, changes)
            .await?;
        self.events(table, access, interest, changes, &visible)
            .await
    }
}

/// What the caller may see of the interest's table now.
///
/// # Errors
/// FORBIDDEN when the table, the right to read it, or the right to a column of the condition is gone; UNAUTHENTICATED
/// to somebody who is not signed in, who may have it then.
pub(super) fn access<'a>(
    publication: &'a Publication,
    interest: &Interest,
) -> Result<(&'a Arc<PublishedTable>, &'a Access), Error> {
    let table = publication.table(interest.table);
    let found = table.and_then(|table| Some((table, table.access(interest.caller.role)?)));
    let permitted = found.filter(|(_, access)| {
        access.any_column()
            && interest
                .condition
                .columns()
                .iter()
                .all(|index| access.columns.get(*index) == Some(&true))
    });
    permitted.ok_or_else(|| match interest.caller.role {
        Role::Anon => Error::new(Code::Unauthenticated, "Sign in to do this"),
        _ => Error::forbidden("You may not read this table, or not by these columns"),
    })
}

pub(super) fn event(kind: Kind, change: &Arc<Change>, access: &Access) -> Event {
    Event {
        kind,
        change: Arc::clone(change),
        columns: Arc::clone(&access.columns),
        body: Bytes::new(),
    }
}

/// A record to ask about, and which rows the answer is for: the change's place, and whether its new row.
struct Question<'a> {
    record: Cow<'a, str>,
    about: Vec<(usize, bool)>,
}

fn questions<'a>(
    changes: &'a [Arc<Change>],
    among: &[Sides],
    columns: Option<&[usize]>,
) -> Vec<Question<'a>> {
    let mut questions: Vec<Question<'a>> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for (index, (change, (old, new))) in changes.iter().zip(among).enumerate() {
        for (is_new, wanted, record) in [
            (false, *old, &change.old_record),
            (true, *new, &change.record),
        ] {
            let Some(record) = record.as_ref().filter(|_| wanted) else {
                continue;
            };
            let about = (index, is_new);
            let Some(columns) = columns else {
                let record = Cow::Borrowed(record.text());
                questions.push(Question {
                    record,
                    about: vec![about],
                });
                continue;
            };
            let asked = columns.iter().filter_map(|at| change.table.columns.at(*at));
            let mut part = String::new();
            record.write_columns(asked, &mut part);
            let place = places.get(&part).copied();
            if let Some(question) = place.and_then(|place| questions.get_mut(place)) {
                question.about.push(about);
                continue;
            }
            places.insert(part.clone(), questions.len());
            questions.push(Question {
                record: part.into(),
                about: vec![about],
            });
        }
    }
    questions
}

fn condition_statement(table: &PublishedTable, condition: &SqlCondition) -> String {
    let (row, name) = (table.sql_name(), quote_name(&table.name));
    format!(
        "select \"0_position\" from jsonb_array_elements($1::text::jsonb) \
         with ordinality \"0_records\"(\"0_record\", \"0_position\"), \
         jsonb_populate_record(null::{row}, \"0_record\") {name} where {}",
        condition.text
    )
}

/// Groups what waits for a cohort by feed, changes in order, each once.
pub(super) fn distinct(
    changes: impl Iterator<Item = Arc<Change>>,
) -> (Vec<Arc<Change>>, HashMap<i64, usize>) {
    let (mut list, mut places) = (Vec::new(), HashMap::new());
    for change in changes {
        places.entry(change.seq).or_insert_with(|| {
            list.push(change);
            list.len() - 1
        });
    }
    (list, places)
}
