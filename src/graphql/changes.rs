//! Subscriptions to changes: what was selected of each, over the hub of [`crate::realtime`].

use std::{fmt, sync::Arc, time::SystemTime};

use bytes::Bytes;
use futures_util::{StreamExt, future::BoxFuture};
use serde_json::Value;

use super::{Graphql, Request, RequestContext, Response, ResponseStream, response::encode_event};
use crate::{
    auth::Caller,
    engine::{
        answer::{LoadedRows, ReadResult, RowWriter},
        change::{ChangeCondition, ChangeField, ChangePlan, LoggedObject},
        encode::{Encoder, Fields, NULL, write_json_string, write_list},
        plan::Loader,
        sql::{BoundParameters, bind},
        value::Param,
    },
    error::{Code, Error, Result},
    model::camel,
    realtime::{
        Condition, Event, Operations, Operator, Parameter, Projection, PublishedTable, Record,
        RowCondition, SqlCondition, Subscription,
    },
};

impl Graphql {
    /// The changes of a table, as a stream.
    pub(super) async fn changes(
        self: &Arc<Self>,
        root: Fields<()>,
        plan: ChangePlan,
        request: &Request,
        context: RequestContext,
    ) -> Result<ResponseStream> {
        let model = &self.api(context.caller.role).model;
        let of = model.table(plan.table);
        let hub = &self.app().realtime.hub;
        hub.ready().await?;
        let bound = bind(&plan.parameters, &request.variables, self.cursors());
        if let Some((_, error)) = bound.errors.first() {
            return Err(error.clone());
        }
        let table = hub.table(&of.schema, &of.name).ok_or_else(|| {
            Error::new(
                Code::NotFound,
                format!("Changes of {} are not published", of.many),
            )
        })?;
        let after = plan.after.as_ref().map(|source| {
            let value = source.value(&request.variables);
            let text = value.as_str().map(str::to_owned);
            text.ok_or_else(|| Error::bad_input("A cursor is a string"))
        });
        let after = after.transpose()?;
        let hash = request.hash();
        let projection = ChangeProjection {
            key: format!("{:x?}", hash),
            root,
            condition_hash: hash,
            graphql: self.clone(),
            context: context.clone(),
            bound,
            plan,
        };
        let subscription = Subscription {
            schema: of.schema.clone(),
            table: of.name.clone(),
            condition: projection.condition(&table, request)?,
            operations: projection.operations(),
            caller: context.caller.clone(),
            after,
            projection: Arc::new(projection),
        };
        let changes = hub.subscribe(subscription).await?;
        Ok(Box::pin(changes.map(|event| match event {
            Ok(event) => Response::ran(event.body.clone()),
            Err(error) => Response::refused(&[error]),
        })))
    }
}

/// What a subscription to changes makes of them.
struct ChangeProjection {
    key: String,
    root: Fields<()>,
    condition_hash: [u8; 32],
    graphql: Arc<Graphql>,
    context: RequestContext,
    bound: BoundParameters,
    plan: ChangePlan,
}

impl fmt::Debug for ChangeProjection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChangeProjection")
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

/// The rows that the loaders of a batch of events found: by loader, and each event's place in them.
type LoadedBatch = (Vec<LoadedRows>, Vec<Option<i64>>);

/// The rows of a batch, whoever they were read as, and an event's place in the batch.
type Loaded<'a> = (&'a LoadedBatch, &'a Caller, usize);

impl ChangeProjection {
    fn operations(&self) -> Operations {
        match &self.plan.operations {
            None => Operations::ALL,
            Some(names) => {
                let has = |wanted: &str| names.iter().any(|name| name == wanted);
                Operations {
                    insert: has("INSERT"),
                    update: has("UPDATE"),
                    delete: has("DELETE"),
                }
            }
        }
    }

    fn condition(&self, table: &PublishedTable, request: &Request) -> Result<Condition> {
        match &self.plan.condition {
            ChangeCondition::Tests(tests) => {
                let mut condition = Condition::always();
                for test in tests {
                    let value = test.source.value(&request.variables);
                    let (operator, values, negated) = match test.operator {
                        "isNull" => {
                            let wrong = || Error::bad_input("isNull must be true or false");
                            let is_null = value.as_bool().ok_or_else(wrong)?;
                            (Operator::IsNull, Vec::new(), !is_null)
                        }
                        "in" => (Operator::In, texts(test.scalar.parse_list(&value)?)?, false),
                        "eq" => (Operator::Eq, texts(test.scalar.parse(&value)?)?, false),
                        unknown => {
                            return Err(Error::internal(format!("no test {unknown}")));
                        }
                    };
                    let one = Condition::test(table, &test.column, operator, &values, negated)?;
                    condition = condition.and(one);
                }
                Ok(condition)
            }
            ChangeCondition::Sql(statement) => {
                let values = statement
                    .parameters
                    .iter()
                    .map(|n| self.bound.values[*n].clone());
                let sql = SqlCondition {
                    text: statement.sql.clone(),
                    parameters: values.map(|v| Arc::new(v) as Parameter).collect(),
                    key: format!("{} {:x?}", statement.sql, self.condition_hash),
                };
                Ok(Condition {
                    local: RowCondition::default(),
                    sql: Some(sql),
                })
            }
        }
    }

    fn loaders(&self) -> impl Iterator<Item = &Loader> {
        self.plan.fields.iter().filter_map(|field| match field {
            ChangeField::Loaded(loader) => Some(&**loader),
            _ => None,
        })
    }

    /// The answer to an event; `loaded` gives the rows of loaders.
    fn answer(&self, event: &Event, loaded: Option<Loaded<'_>>) -> Result<Bytes> {
        encode_event(&self.root, |out| {
            let mut loader_place = 0;
            self.plan.fields.write(out, |field, out| {
                match field {
                    ChangeField::Operation => write_json_string(event.kind.as_str(), out),
                    ChangeField::Record(object) => {
                        write_record(object, event, event.record(), out)?;
                    }
                    ChangeField::OldRecord(object) => {
                        write_record(object, event, event.old_record(), out)?;
                    }
                    ChangeField::Loaded(loader) => {
                        self.write_loaded(loader, loader_place, loaded, out)?;
                        loader_place += 1;
                    }
                    ChangeField::ChangedColumns => write_changed(event, out)?,
                    ChangeField::CommittedAt => write_moment(event.change.committed_at, out)?,
                    ChangeField::Cursor => write_json_string(event.cursor(), out),
                    ChangeField::Typename(name) => out.extend_from_slice(name),
                }
                Ok(())
            })
        })
    }

    fn write_loaded(
        &self,
        loader: &Loader,
        place: usize,
        loaded: Option<Loaded<'_>>,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        let found = loaded.and_then(|((loaded, numbers), caller, event)| {
            Some((loaded.get(place)?, caller, numbers[event]?))
        });
        let Some((loaded, caller, number)) = found else {
            out.extend_from_slice(NULL);
            return Ok(());
        };
        let read = ReadResult::new(&loader.plan, &loaded.rows, &loaded.values);
        let mut writer = RowWriter::new(
            self.graphql.cursors(),
            self.graphql.app().db.max_answer_bytes(),
            caller,
        );
        read.and_then(|read| writer.loaded(&read, number, out))
            .map_err(Error::internal)
    }

    async fn load(&self, caller: &Arc<Caller>, events: &[Event]) -> Result<LoadedBatch> {
        let api = self.graphql.api(caller.role);
        let table = api.model.table(self.plan.table);
        let mut keys: Vec<Vec<Value>> = Vec::new();
        let mut numbers = Vec::with_capacity(events.len());
        for event in events {
            let key = event.record().and_then(|record| {
                let value = |name: &str| {
                    let column = event.change.table.columns.named(name)?;
                    serde_json::from_str(record.get(column.index)?).ok()
                };
                table
                    .key_columns()
                    .map(|key| value(&key.name))
                    .collect::<Option<Vec<Value>>>()
            });
            numbers.push(key.map(|key| {
                keys.push(key);
                keys.len() as i64
            }));
        }
        let mut rows = Vec::new();
        for loader in self.loaders() {
            let context = RequestContext {
                caller: caller.clone(),
                ..self.context.clone()
            };
            rows.push(
                self.graphql
                    .load_rows(loader, &keys, &self.bound, &context)
                    .await?,
            );
        }
        Ok((rows, numbers))
    }
}

impl Projection for ChangeProjection {
    fn key(&self) -> &str {
        &self.key
    }

    fn project(&self, event: &Event) -> Result<Bytes> {
        self.answer(event, None)
    }

    fn reads(&self) -> bool {
        self.loaders().next().is_some()
    }

    fn read<'a>(
        &'a self,
        caller: &'a Arc<Caller>,
        events: &'a [Event],
    ) -> BoxFuture<'a, Result<Vec<Bytes>>> {
        Box::pin(async move {
            let loaded = self.load(caller, events).await?;
            let answers = events.iter().enumerate();
            answers
                .map(|(n, event)| self.answer(event, Some((&loaded, caller, n))))
                .collect()
        })
    }
}

/// A value as text, as conditions on columns take it.
///
/// # Errors
/// INTERNAL for values that such conditions never have: of none, nothing would be tested.
fn texts(value: Param) -> Result<Vec<String>> {
    Ok(vec![match value {
        Param::Array(items) => {
            let each = items.into_iter().map(texts);
            return Ok(each.collect::<Result<Vec<_>>>()?.concat());
        }
        Param::Uuid(id) => id.to_string(),
        Param::Text(text) => text,
        Param::Int(number) => number.to_string(),
        Param::Bool(value) => value.to_string(),
        other => return Err(Error::internal(format!("no condition on {other:?}"))),
    }])
}

fn write_record(
    object: &LoggedObject,
    event: &Event,
    record: Option<&Record>,
    out: &mut Vec<u8>,
) -> Result<()> {
    let Some(record) = record else {
        out.extend_from_slice(NULL);
        return Ok(());
    };
    let column = |name: &str| {
        let column = event.change.table.columns.named(name)?;
        event
            .columns
            .get(column.index)
            .filter(|readable| **readable)?;
        record.get(column.index)
    };
    object.write(column, out)
}

fn write_changed(event: &Event, out: &mut Vec<u8>) -> Result<()> {
    let readable = |index: &usize| event.columns.get(*index).copied().unwrap_or(false);
    let changed = event.change.changed_columns().filter(readable);
    let columns = changed.filter_map(|index| event.change.table.columns.at(index));
    write_list(columns, out, |column, out| {
        write_json_string(&camel(&column.name), out);
        Ok(())
    })
}

fn write_moment(moment: SystemTime, out: &mut Vec<u8>) -> Result<()> {
    /// 2000-01-01, from which PostgreSQL counts, in seconds after 1970.
    const POSTGRES_EPOCH_SECONDS: i64 = 946_684_800;
    let since = moment
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    let micros =
        i64::try_from(since.as_micros()).unwrap_or(i64::MAX) - POSTGRES_EPOCH_SECONDS * 1_000_000;
    Encoder::TimestampTz
        .write(&micros.to_be_bytes(), out)
        .map_err(Error::internal)
}
