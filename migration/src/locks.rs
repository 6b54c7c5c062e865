//! The locks that migrating waits for, and who holds them.

use std::time::{Duration, Instant};

use sea_orm::DbErr;

use crate::connection::{Connection, TIMED_OUT};

/// How often to look whether the lock has become free.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// The lock of migrations. Any number serves; this one spells "mindloom" in ASCII.
const LOCK: &str = "x'6d696e646c6f6f6d'::bigint";

/// Takes the lock of migrations for this session.
///
/// # Errors
/// Names who holds it when it does not become free in time.
pub(crate) async fn take(connection: &Connection, wait: Duration) -> Result<(), DbErr> {
    const HOLDERS: &str = "select pid from pg_locks where locktype = 'advisory' and granted \
                             and database = (select oid from pg_database where datname = current_database()) \
                             and classid = x'6d696e64'::int::oid and objid = x'6c6f6f6d'::int::oid and objsubid = 1";
    let started = Instant::now();
    loop {
        let taken = connection
            .rows(&format!("select pg_try_advisory_lock({LOCK})"))
            .await?;
        if taken.first().is_some_and(|row| row.get(0)) {
            return Ok(());
        }
        if started.elapsed() > wait {
            let holders = sessions(connection, &format!("pid in ({HOLDERS})")).await?;
            return Err(DbErr::Migration(format!(
                "another program has been migrating this database for more than {} ms: {holders}. Wait until it is \
                 done, or end it with pg_terminate_backend",
                wait.as_millis()
            )));
        }
        // The crate has no runtime of its own; the server waits for the pause.
        let pause = format!("select pg_sleep({})", LOOK_EVERY.as_secs_f64());
        connection.run(&pause).await?;
    }
}

/// Gives the lock back, for whoever waits for it.
pub(crate) async fn give_back(connection: &Connection) -> Result<(), DbErr> {
    let unlock = format!("select pg_advisory_unlock({LOCK})");
    connection.run(&unlock).await.map(|_| ())
}

/// The other sessions on this database that have a transaction open.
pub(crate) async fn transactions(connection: &Connection) -> Result<String, DbErr> {
    let open = "datname = current_database() and pid <> pg_backend_pid() and xact_start is not null \
                and backend_type = 'client backend'";
    sessions(connection, open).await
}

/// A migration's failure.
pub(crate) fn failed(name: &str, error: DbErr) -> DbErr {
    match error {
        DbErr::Migration(reason) => DbErr::Migration(format!("{name}: {reason}")),
        error => DbErr::Migration(format!("{name}: {error}")),
    }
}

/// The same error, with who was in the way when it waited for a lock in vain.
pub(crate) fn explain(error: DbErr, others: &str) -> DbErr {
    match error {
        DbErr::Migration(text) if text.ends_with(TIMED_OUT) => DbErr::Migration(format!(
            "{text}. Transactions that are open on this database: {others}. Wait until they are done, or end them \
             with pg_terminate_backend"
        )),
        error => error,
    }
}

/// Sessions for people, the oldest first.
async fn sessions(connection: &Connection, which: &str) -> Result<String, DbErr> {
    let list = format!(
        "select coalesce(string_agg(format('process %s (%s, user %s, %s, for %s s)', pid, \
           coalesce(nullif(application_name, ''), 'without a name'), usename, \
           coalesce('from ' || host(client_addr), 'from this machine'), \
           round(extract(epoch from now() - coalesce(xact_start, backend_start)))), \
           ', ' order by coalesce(xact_start, backend_start)), 'nobody any more') \
         from pg_stat_activity where {which}"
    );
    let rows = connection.rows(&list).await?;
    Ok(rows.first().map_or_else(String::new, |row| row.get(0)))
}
