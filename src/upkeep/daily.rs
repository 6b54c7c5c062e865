//! What the server does once a day without being asked: remove what is past its time, sum up, refresh
//! statistics. All of it is `daily_maintenance` of the database; here is only when.
//!
//! Several servers on one database agree by a row: whoever moves it on does the work of that day.

use std::time::Duration;

use crate::{
    db::Db,
    error::{Error, Result},
    tasks::{Every, Tasks},
};

/// Starting a server is not slowed down by it.
const FIRST_AFTER: Duration = Duration::from_secs(60);
/// How often a server looks whether a day has passed.
const LOOK_EVERY: Duration = Duration::from_secs(600);

const CLAIM: &str = "
    update mindloom.upkeep set began_at = now(), error = null
    where name = 'daily' and began_at <= now() - interval '1 day'";
const DO: &str = "
    update mindloom.upkeep set outcome = done.what, ended_at = clock_timestamp()
    from (select public.daily_maintenance() as what) done
    where name = 'daily'";
/// It is tried again in an hour.
const FAILED: &str = "
    update mindloom.upkeep set began_at = now() - interval '23 hours', error = $1
    where name = 'daily'";

/// Starts to look whether it is due.
pub(super) fn start(tasks: &Tasks, db: &Db) {
    let db = db.clone();
    let every = Every {
        first_after: FIRST_AFTER,
        period: LOOK_EVERY,
    };
    tasks.every("daily upkeep", every, move || {
        let db = db.clone();
        async move {
            if run_if_due(&db).await? {
                tracing::info!("the daily upkeep is done");
            }
            Ok::<_, Error>(())
        }
    });
}

/// Does the day's work unless this or another server has begun it within the last day. Says whether it did.
///
/// # Errors
/// When the database does not answer, or the work fails: it is due again in an hour then.
pub async fn run_if_due(db: &Db) -> Result<bool> {
    let client = db.system().await?;
    if client.execute(CLAIM, &[]).await.map_err(Error::internal)? == 0 {
        return Ok(false);
    }
    let Err(error) = client.execute(DO, &[]).await else {
        return Ok(true);
    };
    let said = error
        .as_db_error()
        .map_or_else(|| error.to_string(), |said| said.message().to_owned());
    client
        .execute(FAILED, &[&said])
        .await
        .map_err(Error::internal)?;
    Err(Error::internal(error))
}
