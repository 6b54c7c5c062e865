//! Mutations: in order, in one transaction, all or nothing.

use async_graphql::parser::types::OperationType;

use super::{Answer, Execution, Failures, query::known};
use crate::{
    db::{Mode, Row, Rows, Transaction},
    engine::{
        operation::{Plan, Work},
        plan::Loader,
        respond::{Fetched, Responder, number},
        run::{Problem, at_once, run as run_statement},
        sql::Bound,
        value::Param,
        write::{Answer as WriteAnswer, PayloadField, WritePlan, Written, loads},
    },
    error::{Code, Error, Result},
};

/// The longest Idempotency-Key.
const IDEMPOTENCY_KEY_MAX: usize = 255;

pub async fn run(
    execution: Execution<'_>,
    plan: &Plan,
    mut bound: Bound,
    mut failures: Failures,
) -> Answer {
    debug_assert_eq!(plan.kind, OperationType::Mutation);
    let outcome = match plan.roots.as_slice() {
        [root] => match &root.work {
            Work::Write(write)
                if fits_one_flush(write) && execution.context.idempotency_key.is_none() =>
            {
                one_flush(execution, write, &bound)
                    .await
                    .map(|value| {
                        let mut out = vec![b'{'];
                        out.extend_from_slice(&root.prefix);
                        out.extend_from_slice(&value);
                        out.push(b'}');
                        out
                    })
                    .map_err(|error| (0, error))
            }
            _ => stepwise(execution, plan, &mut bound).await,
        },
        _ => stepwise(execution, plan, &mut bound).await,
    };
    match outcome {
        Ok(data) => Answer {
            data: Some(data),
            errors: Vec::new(),
        },
        Err((root, error)) => {
            failures.set(root, error);
            failures.fatal(plan).unwrap_or_default()
        }
    }
}

/// Whether nothing has to be decided between begin and commit.
fn fits_one_flush(write: &WritePlan) -> bool {
    write.steps.len() == 1 && write.at_most.is_none() && !loads(&write.answer)
}

async fn one_flush(execution: Execution<'_>, write: &WritePlan, bound: &Bound) -> Result<Vec<u8>> {
    let (db, caller) = (execution.db, &execution.context.caller);
    let statement = &write.steps[0].statement;
    let values = &bound.values;
    let returned = at_once(
        db,
        caller,
        Mode::Write,
        &[statement],
        values,
        &mut |_, _| (),
    )
    .await
    .map_err(|problem| match problem {
        Problem::Database(_, error) => execution.fault(error),
        Problem::Other(error) => error,
    })?;
    let mut out = Vec::with_capacity(256);
    let returned = returned
        .first()
        .ok_or_else(|| Error::internal("a statement without rows"))?;
    answer(execution, write, returned, &[], &mut out)?;
    Ok(out)
}

async fn stepwise(
    execution: Execution<'_>,
    plan: &Plan,
    bound: &mut Bound,
) -> std::result::Result<Vec<u8>, (usize, Error)> {
    let mut transaction = execution.transaction(plan, Mode::Write);
    let at_first = |error| (0, error);
    // What detached actions did is theirs to repeat or not, and their answers (tokens) are never kept.
    let repeatable = execution.context.idempotency_key.is_some() && !has_detached(execution, plan);
    if repeatable {
        let transaction = transaction.get().await.map_err(at_first)?;
        if let Some(answer) = first_answer(execution, transaction)
            .await
            .map_err(at_first)?
        {
            return Ok(answer);
        }
    }
    let mut out = vec![b'{'];
    for (place, root) in plan.roots.iter().enumerate() {
        out.extend_from_slice(&root.prefix);
        let outcome = match &root.work {
            Work::Write(write) => match transaction.get().await {
                Ok(transaction) => {
                    self::write(execution, write, transaction, bound, &mut out).await
                }
                Err(error) => Err(error),
            },
            Work::Action(action) => match execution.action(action, &mut transaction, bound).await {
                Ok(answer) => {
                    let mut responder = Responder::new(execution.cursors);
                    execution.written(answer.write(&mut responder, &mut out))
                }
                Err(error) => Err(error),
            },
            _ => known(execution, root, &mut out),
        };
        outcome.map_err(|error| (place, error))?;
    }
    out.push(b'}');
    if repeatable {
        let transaction = transaction.get().await.map_err(at_first)?;
        keep_answer(execution, transaction, &out)
            .await
            .map_err(at_first)?;
    }
    transaction.commit().await.map_err(at_first)?;
    Ok(out)
}

fn has_detached(execution: Execution<'_>, plan: &Plan) -> bool {
    plan.roots.iter().any(|root| match &root.work {
        Work::Action(action) => execution.is_detached(action),
        _ => false,
    })
}

/// The answer that an earlier request with the same Idempotency-Key got.
async fn first_answer(
    execution: Execution<'_>,
    transaction: &Transaction,
) -> Result<Option<Vec<u8>>> {
    let Some(key) = &execution.context.idempotency_key else {
        return Ok(None);
    };
    if key.is_empty() || key.len() > IDEMPOTENCY_KEY_MAX {
        return Err(Error::bad_input(format!(
            "An Idempotency-Key has from 1 to {IDEMPOTENCY_KEY_MAX} characters"
        )));
    }
    let fault = |error| execution.fault(error);
    let sql = "select public.take_idempotency_key($1, $2)";
    let statement = transaction.prepare_cached(sql).await.map_err(fault)?;
    let hash: &[u8] = execution.request_hash;
    let row = transaction
        .query_one(&statement, &[&&**key, &hash])
        .await
        .map_err(fault)?;
    let answer: Option<String> = row.try_get(0)?;
    Ok(answer.map(String::into_bytes))
}

async fn keep_answer(
    execution: Execution<'_>,
    transaction: &Transaction,
    answer: &[u8],
) -> Result<()> {
    let Some(key) = &execution.context.idempotency_key else {
        return Ok(());
    };
    let fault = |error| execution.fault(error);
    let sql = "select public.keep_idempotent_answer($1, $2)";
    let statement = transaction.prepare_cached(sql).await.map_err(fault)?;
    let answer = std::str::from_utf8(answer).map_err(Error::internal)?;
    transaction
        .execute(&statement, &[&&**key, &answer])
        .await
        .map_err(fault)?;
    Ok(())
}

async fn write(
    execution: Execution<'_>,
    write: &WritePlan,
    transaction: &Transaction,
    bound: &mut Bound,
    out: &mut Vec<u8>,
) -> Result<()> {
    let fault = |error| execution.fault(error);
    let mut loaded = Vec::new();
    if let Some(keys) = &write.keys_first {
        let keys = run_statement(transaction, keys, &bound.values)
            .await
            .map_err(fault)?;
        loaded = load(execution, write, transaction, bound, &keys).await?;
    }
    let mut results: Vec<Rows> = Vec::with_capacity(write.steps.len());
    for step in &write.steps {
        for link in &step.links {
            let row = results[link.step].iter().next();
            let value = row
                .map(|row| row.get(link.column))
                .transpose()
                .map_err(Error::internal)?;
            bound.values[link.parameter] = value
                .flatten()
                .map_or(Param::Null, |raw| Param::Binary(raw.into()));
        }
        results.push(
            run_statement(transaction, &step.statement, &bound.values)
                .await
                .map_err(fault)?,
        );
    }
    let mut rows = Rows::default();
    for step in &write.answers {
        rows.append(&results[*step]).map_err(Error::internal)?;
    }
    check_at_most(write, bound, rows.len())?;
    if write.keys_first.is_none() {
        loaded = load(execution, write, transaction, bound, &rows).await?;
    }
    answer(execution, write, &rows, &loaded, out)
}

fn check_at_most(write: &WritePlan, bound: &Bound, affected: usize) -> Result<()> {
    let Some(Param::Int(read)) = write.at_most.map(|parameter| &bound.values[parameter]) else {
        return Ok(());
    };
    let at_most = usize::try_from(read - 1).unwrap_or_default();
    if affected > at_most {
        let message = format!(
            "More than {at_most} rows fit: nothing was written. Raise atMost to write more"
        );
        return Err(Error::new(Code::LimitExceeded, message).with("atMost", at_most));
    }
    Ok(())
}

/// The rows of a loader, with the parameters that they were read with.
type Loaded = (Vec<Rows>, Vec<Param>);

fn loaders(answer: &WriteAnswer) -> Vec<&Loader> {
    match answer {
        WriteAnswer::One(Written::Loaded(loader)) => vec![loader],
        WriteAnswer::One(_) => Vec::new(),
        WriteAnswer::Payload(fields) => fields
            .iter()
            .filter_map(|(_, field)| match field {
                PayloadField::Nodes(Written::Loaded(loader)) => Some(&**loader),
                _ => None,
            })
            .collect(),
    }
}

async fn load(
    execution: Execution<'_>,
    write: &WritePlan,
    transaction: &Transaction,
    bound: &Bound,
    keys: &Rows,
) -> Result<Vec<Loaded>> {
    let mut loaded = Vec::new();
    for loader in loaders(&write.answer) {
        let mut columns = Vec::with_capacity(write.key_width);
        for column in 0..write.key_width {
            let mut values = Vec::with_capacity(keys.len());
            for row in keys.iter() {
                let value = row.get(column).map_err(Error::internal)?;
                values.push(value.map_or(Param::Null, |raw| Param::Binary(raw.into())));
            }
            columns.push(Param::Array(values));
        }
        loaded.push(
            execution
                .load_by(loader, columns, transaction, bound)
                .await?,
        );
    }
    Ok(loaded)
}

/// Writes what a mutation answers.
fn answer(
    execution: Execution<'_>,
    write: &WritePlan,
    rows: &Rows,
    loaded: &[Loaded],
    out: &mut Vec<u8>,
) -> Result<()> {
    let mut responder = Responder::new(execution.cursors);
    let mut loaded = loaded.iter();
    match &write.answer {
        WriteAnswer::One(written) => {
            let mut list = Vec::new();
            objects(
                execution,
                write,
                written,
                rows.iter().take(1),
                &mut responder,
                &mut loaded,
                &mut list,
            )?;
            match list.as_slice() {
                [] => out.extend_from_slice(b"null"),
                object => out.extend_from_slice(object),
            }
        }
        WriteAnswer::Payload(fields) => {
            out.push(b'{');
            for (prefix, field) in fields {
                out.extend_from_slice(prefix);
                match field {
                    PayloadField::AffectedCount => number(rows.len(), out),
                    PayloadField::Typename(crate::engine::plan::FieldShape::Constant(bytes)) => {
                        out.extend_from_slice(bytes)
                    }
                    PayloadField::Typename(_) => out.extend_from_slice(b"null"),
                    PayloadField::Nodes(written) => {
                        out.push(b'[');
                        objects(
                            execution,
                            write,
                            written,
                            rows.iter(),
                            &mut responder,
                            &mut loaded,
                            out,
                        )?;
                        out.push(b']');
                    }
                }
            }
            out.push(b'}');
        }
    }
    Ok(())
}

fn objects<'l>(
    execution: Execution<'_>,
    write: &WritePlan,
    written: &Written,
    rows: impl Iterator<Item = Row<'l>>,
    responder: &mut Responder<'_>,
    loaded: &mut impl Iterator<Item = &'l Loaded>,
    out: &mut Vec<u8>,
) -> Result<()> {
    let fetched = match written {
        Written::Returned(_) => None,
        Written::Loaded(loader) => match loaded.next() {
            Some((rows, values)) => {
                Some(Fetched::new(&loader.plan, rows, values).map_err(Error::internal)?)
            }
            None => return Ok(()),
        },
    };
    let step = write.answers.first().map(|step| &write.steps[*step]);
    let form = step.and_then(|step| step.statement.form());
    for (index, row) in rows.enumerate() {
        if index > 0 {
            out.push(b',');
        }
        let outcome = match (written, &fetched) {
            (Written::Returned(shape), _) => responder.returned(form, shape, row, out),
            (Written::Loaded(_), Some(fetched)) => responder.loaded(fetched, index as i64 + 1, out),
            (Written::Loaded(_), None) => Ok(()),
        };
        execution.written(outcome)?;
    }
    Ok(())
}
