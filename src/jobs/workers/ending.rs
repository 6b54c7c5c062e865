//! How attempts ended, as the database is told.

use std::time::{Duration, Instant};

use serde_json::Value;
use uuid::Uuid;

use super::{
    attempt::{End, Ended},
    running::{Reason, Running},
    session::{Ends, Session},
};
use crate::{
    db::Absence,
    error::{Code, Result},
};

/// Longer sentences are cut: the column holds 10,000 characters.
const ERROR_MAX: usize = 5_000;

/// Writes how attempts ended, all in one statement; gives what became of their jobs. What the database refuses is
/// written without what it refused.
///
/// # Errors
/// When the database does not answer: then none is written.
pub(super) async fn write(
    session: &Session,
    running: &Running,
    ended: &[Ended],
) -> Result<Vec<(Uuid, String)>> {
    for end in ended {
        if let End::Wait { provider, until } = &end.end {
            session.hold_provider(provider, left(*until)).await?;
        }
    }
    let mut ends = Ends::default();
    ended.iter().for_each(|end| add(&mut ends, running, end));
    let mut became = match session.end(&ends).await {
        Err(error) if is_away(&error) => return Err(error),
        Err(_) => one_by_one(session, running, ended).await?,
        Ok(became) => became,
    };
    let written = ended.iter().filter(|end| matches!(end.end, End::Written));
    became.extend(written.map(|end| (end.id, "completed".to_owned())));
    Ok(became)
}

async fn one_by_one(
    session: &Session,
    running: &Running,
    ended: &[Ended],
) -> Result<Vec<(Uuid, String)>> {
    let mut became = Vec::new();
    for end in ended {
        let mut ends = Ends::default();
        add(&mut ends, running, end);
        match session.end(&ends).await {
            Err(error) if is_away(&error) => return Err(error),
            Err(_) => {}
            Ok(one) => {
                became.extend(one);
                continue;
            }
        }
        tracing::error!(job = %end.id, "what came of a job cannot be stored");
        let told = Ended {
            id: end.id,
            end: End::Failed("What came of this job cannot be stored".into()),
            took: end.took,
        };
        let mut ends = Ends::default();
        add(&mut ends, running, &told);
        became.extend(session.end(&ends).await?);
    }
    Ok(became)
}

fn is_away(error: &crate::error::Error) -> bool {
    error.code() == Code::Unavailable || Absence::behind(error).is_some()
}

fn add(ends: &mut Ends, running: &Running, ended: &Ended) {
    let Some((fence, reason)) = running.get(ended.id) else {
        return;
    };
    let (ending, result, error, delay) = match &ended.end {
        End::Completed(result) => ("completed", stored(result), None, Duration::ZERO),
        End::Retry { error, after } => ("retry", None, Some(error.as_str()), *after),
        End::Failed(error) => ("failed", None, Some(error.as_str()), Duration::ZERO),
        End::Dead(error) => ("dead", None, Some(error.as_str()), Duration::ZERO),
        End::Wait { until, .. } => ("returned", None, None, left(*until)),
        End::Interrupted => match reason {
            Some(Reason::Cancelled) => ("cancelled", None, None, Duration::ZERO),
            Some(Reason::Lost) => return,
            Some(Reason::Stopping) | None => ("returned", None, None, Duration::ZERO),
        },
        End::Written | End::Lost => return,
    };
    ends.ids.push(ended.id);
    ends.fences.push(fence);
    ends.endings.push(ending);
    ends.results.push(result);
    ends.errors.push(error.map(readable));
    let delay_ms = i64::try_from(delay.as_millis()).unwrap_or(i64::MAX);
    ends.delays_ms.push(delay_ms);
}

/// Nothing where there is nothing to tell.
fn stored(result: &Value) -> Option<Value> {
    (!result.is_null()).then(|| result.clone())
}

/// PostgreSQL's texts hold no character zero.
fn readable(error: &str) -> String {
    let characters = error.chars().filter(|character| *character != '\0');
    characters.take(ERROR_MAX).collect()
}

fn left(until: Instant) -> Duration {
    until.saturating_duration_since(Instant::now())
}
