//! Queries: all reads in one flush. A root field that fails is left out and the others run again,
//! because an error ends PostgreSQL's transaction.

use tokio_postgres::Row;

use super::{
    Answer, Execution, Failures,
    action::{ActionAnswer, Begun},
};
use crate::{
    db::Mode,
    engine::{
        fault::is_transient,
        operation::{Plan, RootPlan, Work},
        plan::ReadPlan,
        respond::{Fetched, Responder},
        run::{fetch, prepare_reads},
        sql::Bound,
    },
    error::Error,
};

/// What the root fields of a query came to.
enum Results<'a> {
    /// Rows of each read, by the places of their root fields.
    Reads(Vec<(usize, Vec<Vec<Row>>)>),
    /// The same with what actions answered.
    WithActions(Vec<(usize, Vec<Vec<Row>>)>, Vec<(usize, ActionAnswer<'a>)>),
}

/// A root field's error, or one that is nobody's: then it is everybody's.
type Failed = (Option<usize>, Error);

pub async fn run(
    execution: Execution<'_>,
    plan: &Plan,
    bound: Bound,
    mut failures: Failures,
) -> Answer {
    // Each round fails for one root field more, so that there are at most as many as fields.
    loop {
        let outcome = attempt(execution, plan, &bound, &failures).await;
        match outcome {
            Ok(results) => match write(execution, plan, &bound, &failures, &results) {
                Ok(data) => {
                    return Answer {
                        data: Some(data),
                        errors: failures.errors(plan),
                    };
                }
                Err((root, error)) => failures.set(root, error),
            },
            Err((Some(root), error)) => failures.set(root, error),
            Err((None, error)) => {
                for root in 0..plan.roots.len() {
                    if !matches!(
                        plan.roots[root].work,
                        Work::Constant(_) | Work::Introspection
                    ) {
                        failures.set(root, error.clone());
                    }
                }
            }
        }
        if let Some(answer) = failures.fatal(plan) {
            return answer;
        }
    }
}

async fn attempt<'a>(
    execution: Execution<'a>,
    plan: &'a Plan,
    bound: &Bound,
    failures: &Failures,
) -> Result<Results<'a>, Failed> {
    let active = || {
        plan.roots
            .iter()
            .enumerate()
            .filter(|(place, _)| !failures.has(*place))
    };
    let reads: Vec<(usize, &ReadPlan)> = active()
        .filter_map(|(place, root)| match &root.work {
            Work::Read(read) => Some((place, read)),
            _ => None,
        })
        .collect();
    if active().any(|(_, root)| matches!(root.work, Work::Action(_))) {
        return with_actions(execution, plan, bound, failures, &reads).await;
    }
    if reads.is_empty() {
        return Ok(Results::Reads(Vec::new()));
    }
    match one_flush(execution, bound, &reads).await {
        // A connection that died in the pool, or a lost race: nothing was changed, so ask again.
        Err((_, Problem::Database(error))) if is_transient(&error) => {
            one_flush(execution, bound, &reads).await
        }
        outcome => outcome,
    }
    .map_err(|(place, problem)| match problem {
        Problem::Database(error) => (place, execution.fault(error)),
        Problem::Other(error) => (place, error),
    })
    .map(Results::Reads)
}

enum Problem {
    Database(tokio_postgres::Error),
    Other(Error),
}

type Places = Vec<(usize, Vec<Vec<Row>>)>;

async fn one_flush(
    execution: Execution<'_>,
    bound: &Bound,
    reads: &[(usize, &ReadPlan)],
) -> Result<Places, (Option<usize>, Problem)> {
    let plans: Vec<&ReadPlan> = reads.iter().map(|(_, read)| *read).collect();
    let other = |error: Error| (None, Problem::Other(error));
    let at = |(place, error): (usize, tokio_postgres::Error)| {
        (Some(reads[place].0), Problem::Database(error))
    };
    let session = execution.app.db.session().await.map_err(other)?;
    let ready = prepare_reads(&session, &plans, &bound.values)
        .await
        .map_err(at)?;
    let statements: usize = plans.iter().map(|plan| plan.levels.len()).sum();
    let mode = if statements == 1 {
        Mode::Read
    } else {
        Mode::ReadSnapshot
    };
    let (fetched, committed) = session
        .in_one_flush(&execution.context.caller, mode, fetch(&session, &ready))
        .await
        .map_err(other)?;
    let fetched = fetched.map_err(at)?;
    committed.map_err(|error| (None, Problem::Database(error)))?;
    Ok(reads.iter().map(|(place, _)| *place).zip(fetched).collect())
}

async fn with_actions<'a>(
    execution: Execution<'a>,
    plan: &'a Plan,
    bound: &Bound,
    failures: &Failures,
    reads: &[(usize, &ReadPlan)],
) -> Result<Results<'a>, Failed> {
    // What actions and tables answer agrees; an action of a query writes nothing.
    let mut begun = Begun::new(execution, Mode::ReadSnapshot);
    let mut answers = Vec::new();
    for (place, root) in plan.roots.iter().enumerate() {
        if let Work::Action(action) = &root.work
            && !failures.has(place)
        {
            let answer = execution.action(action, &mut begun, bound).await;
            answers.push((place, answer.map_err(|error| (Some(place), error))?));
        }
    }
    let plans: Vec<&ReadPlan> = reads.iter().map(|(_, read)| *read).collect();
    let at = |(place, error): (usize, tokio_postgres::Error)| {
        (Some(reads[place].0), execution.fault(error))
    };
    let mut fetched = Vec::new();
    if !plans.is_empty() {
        let transaction = begun.transaction().await.map_err(|error| (None, error))?;
        let ready = prepare_reads(transaction, &plans, &bound.values)
            .await
            .map_err(at)?;
        fetched = fetch(transaction, &ready).await.map_err(at)?;
    }
    begun.commit().await.map_err(|error| (None, error))?;
    let rows = reads.iter().map(|(place, _)| *place).zip(fetched).collect();
    Ok(Results::WithActions(rows, answers))
}

fn write(
    execution: Execution<'_>,
    plan: &Plan,
    bound: &Bound,
    failures: &Failures,
    results: &Results<'_>,
) -> Result<Vec<u8>, (usize, Error)> {
    let (reads, actions): (_, &[_]) = match results {
        Results::Reads(reads) => (reads, &[]),
        Results::WithActions(reads, actions) => (reads, actions),
    };
    let mut responder = Responder::new(execution.cursors);
    let mut out = Vec::with_capacity(1024);
    out.push(b'{');
    for (place, root) in plan.roots.iter().enumerate() {
        out.extend_from_slice(&root.prefix);
        if failures.has(place) {
            out.extend_from_slice(b"null");
            continue;
        }
        match &root.work {
            Work::Read(read) => {
                let rows = reads.iter().find(|(read, _)| *read == place);
                let rows = rows.map(|(_, rows)| rows.as_slice()).unwrap_or_default();
                let written = Fetched::new(read, rows, &bound.values)
                    .and_then(|fetched| responder.root(&fetched, &mut out));
                execution.written(written).map_err(|error| (place, error))?;
            }
            Work::Action(_) => {
                if let Some((_, answer)) = actions.iter().find(|(action, _)| *action == place) {
                    let written = answer.write(&mut responder, &mut out);
                    execution.written(written).map_err(|error| (place, error))?;
                }
            }
            _ => known(execution, root, &mut out),
        }
    }
    out.push(b'}');
    Ok(out)
}

/// Writes an answer that needs no database.
pub fn known(execution: Execution<'_>, root: &RootPlan, out: &mut Vec<u8>) {
    match &root.work {
        Work::Constant(bytes) => out.extend_from_slice(bytes),
        _ => out.extend_from_slice(
            execution
                .introspected(&root.key)
                .unwrap_or("null")
                .as_bytes(),
        ),
    }
}
