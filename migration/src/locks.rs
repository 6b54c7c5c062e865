//! The locks that migrating waits for, and who holds them.

use std::time::{Duration, Instant};

use sea_orm_migration::sea_orm::{
    ConnectionTrait, DatabaseConnection, DbErr, RuntimeErr, Statement,
};

/// How often to look whether the lock has become free.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// What is said of a migration that waited in vain.
const TIMED_OUT: &str = "a lock that it needs did not become free in time";

/// Takes the lock of migrations for this session. Any number serves; this one spells "mindloom" in ASCII.
///
/// # Errors
/// Names who holds it when it does not become free in time.
pub(crate) async fn take(connection: &DatabaseConnection, wait: Duration) -> Result<(), DbErr> {
    const TAKE: &str = "select pg_try_advisory_lock(x'6d696e646c6f6f6d'::bigint) as taken";
    const HOLDERS: &str = "select pid from pg_locks where locktype = 'advisory' and granted \
                             and database = (select oid from pg_database where datname = current_database()) \
                             and classid = x'6d696e64'::int::oid and objid = x'6c6f6f6d'::int::oid and objsubid = 1";
    let started = Instant::now();
    loop {
        let taken = statement(connection, TAKE);
        let row = connection.query_one_raw(taken).await?;
        if row.is_some_and(|row| row.try_get("", "taken").unwrap_or(false)) {
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
        connection.execute_unprepared(&pause).await?;
    }
}

/// The other sessions on this database that have a transaction open.
pub(crate) async fn transactions(connection: &DatabaseConnection) -> Result<String, DbErr> {
    let open = "datname = current_database() and pid <> pg_backend_pid() and xact_start is not null \
                and backend_type = 'client backend'";
    sessions(connection, open).await
}

/// A migration's failure.
pub(crate) fn failed(name: &str, error: DbErr) -> DbErr {
    let code = match &error {
        DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error)) => {
            error.as_database_error().and_then(|error| error.code())
        }
        _ => None,
    };
    if code.is_some_and(|code| code == "55P03") {
        return DbErr::Migration(format!("{name}: {TIMED_OUT}"));
    }
    DbErr::Migration(format!("{name}: {error}"))
}

/// The same error, with who was in the way when it waited for a lock in vain.
pub(crate) fn explain(error: DbErr, others: &str) -> DbErr {
    let text = error.to_string();
    if !text.contains(TIMED_OUT) {
        return error;
    }
    DbErr::Migration(format!(
        "{text}. Transactions that are open on this database: {others}. Wait until they are done, or end them with \
         pg_terminate_backend"
    ))
}

/// Sessions for people, the oldest first.
async fn sessions(connection: &DatabaseConnection, which: &str) -> Result<String, DbErr> {
    let list = format!(
        "select coalesce(string_agg(format('process %s (%s, user %s, %s, for %s s)', pid, \
           coalesce(nullif(application_name, ''), 'without a name'), usename, \
           coalesce('from ' || host(client_addr), 'from this machine'), \
           round(extract(epoch from now() - coalesce(xact_start, backend_start)))), \
           ', ' order by coalesce(xact_start, backend_start)), 'nobody any more') as sessions \
         from pg_stat_activity where {which}"
    );
    let row = connection
        .query_one_raw(statement(connection, &list))
        .await?;
    row.map_or(Ok(String::new()), |row| row.try_get("", "sessions"))
}

fn statement(connection: &DatabaseConnection, sql: &str) -> Statement {
    Statement::from_string(connection.get_database_backend(), sql)
}
