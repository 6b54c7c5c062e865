//! Queries: all reads in one flush. A root field that fails is left out and the others run again,
//! because an error ends PostgreSQL's transaction.

use super::{Answer, Execution, Failures, action::ActionAnswer};
use crate::{
    db::{Mode, Rows},
    engine::{
        answer::{DESCRIPTION_MAX_BYTES, EncodedRows, ReadResult},
        encode::NULL,
        operation::{Plan, RootPlan, Work},
        plan::ReadPlan,
        run::{Problem, at_once, fetch},
        sql::BoundParameters,
    },
    error::Error,
};

/// What the root fields of a query came to.
enum Results<'a> {
    /// What was read.
    Reads(Vec<Read<'a>>),
    /// The same with what actions answered.
    WithActions(Vec<Read<'a>>, Vec<(usize, ActionAnswer<'a>)>),
}

/// The rows of a root field, level by level.
struct Read<'a> {
    /// The root field's place.
    place: usize,
    rows: Vec<Rows>,
    /// Objects of them that are written already, by level.
    encoded: Vec<Option<EncodedRows<'a>>>,
}

/// A root field's error, or one that is nobody's: then it is everybody's.
type Failed = (Option<usize>, Error);

/// Reads what the root fields of a query ask for. What fails becomes null where it may be, with its error beside.
pub async fn run(
    execution: Execution<'_>,
    plan: &Plan,
    bound: BoundParameters,
    mut failures: Failures,
) -> Answer {
    // Each round fails for one root field more, so that there are at most as many as fields.
    loop {
        let outcome = attempt(execution, plan, &bound, &failures).await;
        match outcome {
            Ok(results) => {
                match write_in_turn(execution, plan, &bound, &failures, &results).await {
                    Ok(data) => {
                        return Answer {
                            data: Some(data),
                            errors: failures.errors(plan),
                        };
                    }
                    Err((root, error)) => failures.set(root, error),
                }
            }
            Err((Some(root), error)) => failures.set(root, error),
            Err((None, error)) => {
                for root in 0..plan.roots.len() {
                    if !matches!(
                        plan.roots[root].work,
                        Work::Constant(_) | Work::Introspection(_)
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
    bound: &BoundParameters,
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
    let fetched = match all_reads(execution, bound, &reads).await {
        // A lost race: nothing was changed, so ask again.
        Err((_, Problem::Database(_, error))) if error.is_transient() => {
            all_reads(execution, bound, &reads).await
        }
        outcome => outcome,
    };
    fetched.map(Results::Reads).map_err(|(place, problem)| {
        let error = match problem {
            Problem::Database(_, error) => execution.fault(error),
            Problem::Other(error) => error,
        };
        (place, error)
    })
}

/// The rows of all reads, in one round trip.
async fn all_reads<'a>(
    execution: Execution<'a>,
    bound: &BoundParameters,
    reads: &[(usize, &'a ReadPlan)],
) -> Result<Vec<Read<'a>>, (Option<usize>, Problem)> {
    // Each statement with the root field that needs it.
    let mut roots = Vec::with_capacity(reads.len());
    let mut statements = Vec::with_capacity(reads.len());
    let mut encoded = Vec::with_capacity(reads.len());
    for (place, read) in reads {
        for level in &read.levels {
            roots.push(*place);
            statements.push(&level.statement);
            encoded.push(EncodedRows::of(level));
        }
    }
    let mode = match statements.len() {
        1 => Mode::Read,
        _ => Mode::ReadSnapshot,
    };
    let (db, caller) = (execution.db, &execution.context.caller);
    let mut writer = execution.writer();
    let mut arrived = |number: usize, rows: &Rows| {
        if let Some(encoded) = &mut encoded[number] {
            encoded.write(&mut writer, rows);
        }
    };
    let fetched = at_once(db, caller, mode, &statements, &bound.values, &mut arrived).await;
    let mut fetched = fetched
        .map_err(|problem| match &problem {
            Problem::Database(Some(number), _) => (roots.get(*number).copied(), problem),
            _ => (None, problem),
        })?
        .into_iter();
    let mut encoded = encoded.into_iter();
    let read = |(place, read): &(usize, &ReadPlan)| Read {
        place: *place,
        rows: fetched.by_ref().take(read.levels.len()).collect(),
        encoded: encoded.by_ref().take(read.levels.len()).collect(),
    };
    Ok(reads.iter().map(read).collect())
}

async fn with_actions<'a>(
    execution: Execution<'a>,
    plan: &'a Plan,
    bound: &BoundParameters,
    failures: &Failures,
    reads: &[(usize, &ReadPlan)],
) -> Result<Results<'a>, Failed> {
    // What actions and tables answer agrees; an action of a query writes nothing.
    let mut transaction = execution.transaction(plan, Mode::ReadSnapshot);
    let mut answers = Vec::new();
    for (place, root) in plan.roots.iter().enumerate() {
        if let Work::Action(action) = &root.work
            && !failures.has(place)
        {
            let answer = execution.action(action, &mut transaction, bound).await;
            answers.push((place, answer.map_err(|error| (Some(place), error))?));
        }
    }
    let mut rows = Vec::with_capacity(reads.len());
    for (place, read) in reads {
        let transaction = transaction.get().await.map_err(|error| (None, error))?;
        let fetched = fetch(transaction, read, &bound.values).await;
        rows.push(Read {
            place: *place,
            rows: fetched.map_err(|error| (Some(*place), execution.fault(error)))?,
            encoded: Vec::new(),
        });
    }
    transaction.commit().await.map_err(|error| (None, error))?;
    Ok(Results::WithActions(rows, answers))
}

/// Writes the answer. What is said of the schema is written in turns: it is large and takes no time of the database, so
/// that nothing else would keep a processor free for others.
async fn write_in_turn(
    execution: Execution<'_>,
    plan: &Plan,
    bound: &BoundParameters,
    failures: &Failures,
    results: &Results<'_>,
) -> Result<Vec<u8>, (usize, Error)> {
    let asks = |root: &RootPlan| matches!(root.work, Work::Introspection(_));
    let _turn = match execution.description {
        Some(description) if plan.roots.iter().any(asks) => description.turn().await,
        _ => None,
    };
    write(execution, plan, bound, failures, results)
}

fn write(
    execution: Execution<'_>,
    plan: &Plan,
    bound: &BoundParameters,
    failures: &Failures,
    results: &Results<'_>,
) -> Result<Vec<u8>, (usize, Error)> {
    let (reads, actions): (_, &[_]) = match results {
        Results::Reads(reads) => (reads, &[]),
        Results::WithActions(reads, actions) => (reads, actions),
    };
    let mut writer = execution.writer();
    let rows = reads.iter().flat_map(|read| &read.rows);
    // JSON takes a little more room than the binary values; what is left is for keys of few rows.
    let mut out = Vec::with_capacity(1024 + rows.map(Rows::size_bytes).sum::<usize>() * 3 / 2);
    let mut places = 0..;
    let mut description_left = DESCRIPTION_MAX_BYTES;
    plan.roots.write(&mut out, |root, out| {
        let place = places.next().unwrap_or_default();
        if failures.has(place) {
            out.extend_from_slice(NULL);
            return Ok(());
        }
        let written = match &root.work {
            Work::Read(read) => {
                let found = reads.iter().find(|read| read.place == place);
                let (rows, encoded): (&[Rows], &[_]) =
                    found.map_or((&[], &[]), |read| (&read.rows, &read.encoded));
                let written = ReadResult::new(read, rows, &bound.values)
                    .map(|result| result.with(encoded))
                    .and_then(|result| writer.root(&result, out));
                execution.written(written)
            }
            Work::Action(_) => match actions.iter().find(|(action, _)| *action == place) {
                Some((_, answer)) => execution.written(answer.write(&mut writer, out)),
                None => Ok(()),
            },
            _ => known(execution, root, &mut description_left, out),
        };
        written.map_err(|error| (place, error))
    })?;
    Ok(out)
}

/// Writes an answer that needs no database; about the schema at most `description_left` bytes, which it takes.
///
/// # Errors
/// LIMIT_EXCEEDED when it is too large.
pub fn known(
    execution: Execution<'_>,
    root: &RootPlan,
    description_left: &mut usize,
    out: &mut Vec<u8>,
) -> Result<(), Error> {
    match (&root.work, execution.description) {
        (Work::Constant(bytes), _) => out.extend_from_slice(bytes),
        (Work::Introspection(question), Some(description)) => {
            question.write(description, execution.variables, description_left, out)?;
        }
        _ => out.extend_from_slice(NULL),
    }
    Ok(())
}
