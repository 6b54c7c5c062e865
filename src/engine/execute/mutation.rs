//! Mutations: in order, in one transaction, all or nothing.

use async_graphql::parser::types::OperationType;

use super::{Answer, Execution, Failures, query::known};
use crate::{
    db::{Mode, Rows, Transaction, answer_too_large},
    engine::{
        answer::{LoadedRows, write_payload},
        operation::{Plan, RootPlan, Work},
        plan::Loader,
        run::{Problem, at_once, run as run_statement},
        sql::BoundParameters,
        transaction::LazyTransaction,
        value::Param,
        write::{Answer as WriteAnswer, PayloadField, RowSource, WritePlan, loads},
    },
    error::{Error, Result},
};

/// The longest Idempotency-Key.
const IDEMPOTENCY_KEY_MAX: usize = 255;

/// Runs the root fields of a mutation in order, all of them or none.
pub async fn run(
    execution: Execution<'_>,
    plan: &Plan,
    mut bound: BoundParameters,
    mut failures: Failures,
) -> Answer {
    debug_assert_eq!(plan.kind, OperationType::Mutation);
    let outcome = match plan.roots.only().map(|root| &root.work) {
        Some(Work::Write(write))
            if fits_one_flush(write) && execution.context.idempotency_key.is_none() =>
        {
            one_flush(execution, plan, write, &bound)
                .await
                .map_err(|error| (0, error))
        }
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

async fn one_flush(
    execution: Execution<'_>,
    plan: &Plan,
    write: &WritePlan,
    bound: &BoundParameters,
) -> Result<Vec<u8>> {
    let (db, caller) = (execution.db, &execution.context.caller);
    let statements = [&write.steps[0].statement];
    let values = &bound.values;
    let returned = at_once(db, caller, Mode::Write, &statements, values, &mut |_, _| ()).await;
    let returned = returned.map_err(|problem| match problem {
        Problem::Database(_, error) => execution.fault(error),
        Problem::Other(error) => error,
    })?;
    let returned = returned
        .first()
        .ok_or_else(|| Error::internal("a statement without rows"))?;
    let mut writer = execution.writer();
    let mut out = Vec::with_capacity(256);
    let written = plan.roots.write(&mut out, |_, out| {
        write_payload(write, returned, &[], &mut writer, out)
    });
    execution.written(written)?;
    Ok(out)
}

async fn stepwise(
    execution: Execution<'_>,
    plan: &Plan,
    bound: &mut BoundParameters,
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
    let max_bytes = execution.db.max_answer_bytes();
    let mut left = max_bytes;
    let mut values = Vec::with_capacity(plan.roots.len());
    let mut has_written = false;
    for (place, root) in plan.roots.iter().enumerate() {
        if is_detached(execution, root) && !has_written {
            // Nothing but answers of detached actions was read: while the next one waits, no connection does.
            transaction.commit().await.map_err(|error| (place, error))?;
        } else {
            has_written = true;
        }
        let value = step(execution, root, &mut transaction, bound).await;
        let value = value.map_err(|error| (place, error))?;
        left = left
            .checked_sub(value.len())
            .ok_or_else(|| (place, answer_too_large(max_bytes)))?;
        values.push(value);
    }
    let mut values = values.into_iter();
    let mut out = Vec::with_capacity(256);
    plan.roots.write(&mut out, |_, out| {
        out.extend(values.next().unwrap_or_default());
        Ok::<_, (usize, Error)>(())
    })?;
    if repeatable {
        let transaction = transaction.get().await.map_err(at_first)?;
        keep_answer(execution, transaction, &out)
            .await
            .map_err(at_first)?;
    }
    transaction.commit().await.map_err(at_first)?;
    Ok(out)
}

/// The value of a root field.
async fn step<'a>(
    execution: Execution<'a>,
    root: &'a RootPlan,
    transaction: &mut LazyTransaction<'a>,
    bound: &mut BoundParameters,
) -> Result<Vec<u8>> {
    let mut out = Vec::with_capacity(256);
    let mut writer = execution.writer();
    match &root.work {
        Work::Write(write) => {
            let transaction = transaction.get().await?;
            let (returned, loaded) = self::write(execution, write, transaction, bound).await?;
            let written = write_payload(write, &returned, &loaded, &mut writer, &mut out);
            execution.written(written)?;
        }
        Work::Action(action) => {
            let answer = execution.action(action, transaction, bound).await?;
            execution.written(answer.write(&mut writer, &mut out))?;
        }
        _ => known(execution, root, &mut 0, &mut out)?,
    }
    Ok(out)
}

fn has_detached(execution: Execution<'_>, plan: &Plan) -> bool {
    plan.roots.iter().any(|root| is_detached(execution, root))
}

fn is_detached(execution: Execution<'_>, root: &RootPlan) -> bool {
    match &root.work {
        Work::Action(action) => execution.is_detached(action),
        _ => false,
    }
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

/// Runs the statements of a write: the rows that they returned, and those that the answer reads by their keys.
async fn write(
    execution: Execution<'_>,
    write: &WritePlan,
    transaction: &Transaction,
    bound: &mut BoundParameters,
) -> Result<(Rows, Vec<LoadedRows>)> {
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
    Ok((rows, loaded))
}

fn check_at_most(write: &WritePlan, bound: &BoundParameters, affected: usize) -> Result<()> {
    let Some(Param::Int(read)) = write.at_most.map(|parameter| &bound.values[parameter]) else {
        return Ok(());
    };
    let at_most = usize::try_from(read - 1).unwrap_or_default();
    if affected > at_most {
        let message = format!(
            "More than {at_most} rows fit: nothing was written. Raise atMost to write more"
        );
        return Err(Error::limit_exceeded("atMost", at_most, message));
    }
    Ok(())
}

fn loaders(answer: &WriteAnswer) -> Vec<&Loader> {
    match answer {
        WriteAnswer::One(RowSource::Loaded(loader)) => vec![loader],
        WriteAnswer::One(_) => Vec::new(),
        WriteAnswer::Payload(fields) => fields
            .iter()
            .filter_map(|field| match field {
                PayloadField::Nodes(RowSource::Loaded(loader)) => Some(&**loader),
                _ => None,
            })
            .collect(),
    }
}

async fn load(
    execution: Execution<'_>,
    write: &WritePlan,
    transaction: &Transaction,
    bound: &BoundParameters,
    keys: &Rows,
) -> Result<Vec<LoadedRows>> {
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
