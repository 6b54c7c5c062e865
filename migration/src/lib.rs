//! The database of Mindloom: tables, policies, functions, triggers and seed data.
//!
//! A migration is two SQL files beside this one, `mNNNN_<topic>.sql` and `mNNNN_<topic>.down.sql`;
//! `build.rs` lists them in the order of their names. Tables, constraints, indexes, policies, grants and
//! triggers of a topic stand together in its file. SQL names everything with its schema; only
//! types and functions of extensions, and `uuidv7()`, are found through the search path that
//! `Session::prepare` sets.
//!
//! Each migration runs in its own transaction. The list of applied ones is kept in the table
//! `mindloom.seaql_migrations`, in a schema that no API role may enter.

mod connection;
mod locks;

use std::time::Duration;

use sea_orm::DatabaseConnection;
use sea_orm_migration::Migration;
use sea_orm_migration::prelude::*;
use tokio_postgres::Client;

use connection::Connection;

/// How long to wait for another program that migrates, unless told otherwise.
pub const LOCK_WAIT: Duration = Duration::from_secs(60);

/// Every migration, in the order in which they are applied.
pub struct Migrator;

/// A migration made of two SQL texts.
struct SqlMigration {
    name: &'static str,
    up: &'static str,
    down: &'static str,
}

/// The [`SqlMigration`] whose files beside this one have the given name.
macro_rules! sql {
    ($name:literal) => {
        Box::new(SqlMigration {
            name: $name,
            up: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/", $name, ".sql")),
            down: include_str!(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/src/",
                $name,
                ".down.sql"
            )),
        })
    };
}

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        include!(concat!(env!("OUT_DIR"), "/migrations.rs"))
    }
}

impl MigrationName for SqlMigration {
    fn name(&self) -> &str {
        self.name
    }
}

#[async_trait::async_trait]
impl MigrationTrait for SqlMigration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, self.name, self.up).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, self.name, self.down).await
    }
}

async fn run(manager: &SchemaManager<'_>, name: &str, sql: &str) -> Result<(), DbErr> {
    match manager.get_connection().execute_unprepared(sql).await {
        Ok(_) => Ok(()),
        Err(error) => Err(locks::failed(name, error)),
    }
}

/// A migration and whether the database has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The migration's name, `mNNNN_<topic>`.
    pub name: String,
    /// True once it has been applied.
    pub applied: bool,
}

/// Applies pending migrations, all of them or the first `steps`, and returns their names.
///
/// `client` is a connection of a role that may create schemas, roles and extensions. Nothing happens when
/// nothing is pending. A migration that fails leaves the database as the ones before it made it.
///
/// # Errors
/// When the database goes away, lacks pgvector, or refuses a statement.
pub async fn up(client: Client, steps: Option<u32>) -> Result<Vec<String>, DbErr> {
    up_within(client, steps, LOCK_WAIT).await
}

/// The same, waiting so long at most for another program that migrates, and for each lock of a migration.
///
/// # Errors
/// As [`up`]; names who held what it waited for.
pub async fn up_within(
    client: Client,
    steps: Option<u32>,
    wait: Duration,
) -> Result<Vec<String>, DbErr> {
    let session = Session::open(client, wait).await?;
    let applied = session.up(steps).await?;
    session.close().await?;
    Ok(applied)
}

/// Rolls back applied migrations, newest first, all of them or the last `steps`, and returns
/// their names. The rows of the tables that go are lost.
///
/// # Errors
/// When the database goes away or refuses a statement.
pub async fn down(client: Client, steps: Option<u32>) -> Result<Vec<String>, DbErr> {
    let session = Session::open(client, LOCK_WAIT).await?;
    let gone = session.down(steps).await?;
    session.close().await?;
    Ok(gone)
}

/// Rolls everything back, then applies every migration; returns the names of those applied.
///
/// Unlike SeaORM's `fresh`, which drops every table of a schema, this one drops only what the
/// migrations made: on a Supabase database the rest belongs to others.
///
/// # Errors
/// When the database goes away or refuses a statement.
pub async fn fresh(client: Client) -> Result<Vec<String>, DbErr> {
    let session = Session::open(client, LOCK_WAIT).await?;
    session.down(None).await?;
    session.prepare(LOCK_WAIT).await?;
    let applied = session.up(None).await?;
    session.close().await?;
    Ok(applied)
}

/// Every migration in order, and whether the database has it.
///
/// # Errors
/// When the database goes away, or records a migration that this program does not know.
pub async fn status(client: Client) -> Result<Vec<Status>, DbErr> {
    let session = Session::open(client, LOCK_WAIT).await?;
    let applied = names(Migrator::get_applied_migrations(&session.sea_orm).await?);
    session.close().await?;
    Ok(Migrator::migrations()
        .iter()
        .map(|migration| Status {
            name: migration.name().to_owned(),
            applied: applied.iter().any(|name| name == migration.name()),
        })
        .collect())
}

/// The names of all migrations, in order.
#[must_use]
pub fn known() -> Vec<String> {
    let all = Migrator::migrations();
    all.iter()
        .map(|migration| migration.name().to_owned())
        .collect()
}

fn names(migrations: Vec<Migration>) -> Vec<String> {
    migrations
        .iter()
        .map(|migration| migration.name().to_owned())
        .collect()
}

fn first(mut names: Vec<String>, steps: Option<u32>) -> Vec<String> {
    if let Some(steps) = steps {
        names.truncate(usize::try_from(steps).unwrap_or(usize::MAX));
    }
    names
}

/// The one connection that migrates. It holds a lock until it is closed, so that two programs
/// which start on one database migrate one after the other.
struct Session {
    connection: Connection,
    /// The same, as SeaORM's migrator takes it.
    sea_orm: DatabaseConnection,
}

impl Session {
    /// Waits for the lock so long at most, and sets the search path that the migrations' SQL needs.
    ///
    /// # Errors
    /// When the database goes away or refuses to create the schema `mindloom`; names who holds the lock.
    async fn open(client: Client, wait: Duration) -> Result<Self, DbErr> {
        let connection = Connection::new(client);
        locks::take(&connection, wait).await?;
        let session = Self {
            sea_orm: connection.sea_orm().await?,
            connection,
        };
        session.prepare(wait).await?;
        Ok(session)
    }

    /// Makes what every migration counts on: the schema of their table, the limit of waiting, and the search path with
    /// the schema that holds pgvector, `extensions` unless somebody installed it elsewhere.
    async fn prepare(&self, wait: Duration) -> Result<(), DbErr> {
        self.connection
            .run(&format!(
                "set lock_timeout = {}; set client_min_messages = warning; create schema if not exists mindloom",
                wait.as_millis()
            ))
            .await?;
        let found = self
            .connection
            .rows(
                "select quote_ident(nspname) from pg_extension \
                 join pg_namespace on pg_namespace.oid = extnamespace where extname = 'vector'",
            )
            .await?;
        let schema = found.first().map_or("extensions", |row| row.get(0));
        // mindloom comes first: SeaORM keeps its table in the first schema of the path.
        let path = format!("set search_path = mindloom, public, extensions, {schema}");
        self.connection.run(&path).await.map(|_| ())
    }

    async fn up(&self, steps: Option<u32>) -> Result<Vec<String>, DbErr> {
        let pending = first(
            names(Migrator::get_pending_migrations(&self.sea_orm).await?),
            steps,
        );
        if !pending.is_empty() {
            tracing::info!(count = pending.len(), "applying migrations");
        }
        let done = Migrator::up(&self.sea_orm, steps).await;
        if let Err(error) = done.and(self.connection.failure()) {
            let others = locks::transactions(&self.connection).await?;
            return Err(locks::explain(error, &others));
        }
        Ok(pending)
    }

    async fn down(&self, steps: Option<u32>) -> Result<Vec<String>, DbErr> {
        let mut applied = names(Migrator::get_applied_migrations(&self.sea_orm).await?);
        applied.reverse();
        Migrator::down(&self.sea_orm, steps).await?;
        self.connection.failure()?;
        Ok(first(applied, steps))
    }

    /// Gives the lock back and closes the connection.
    ///
    /// # Errors
    /// When the connection is already broken.
    async fn close(self) -> Result<(), DbErr> {
        locks::give_back(&self.connection).await
    }
}
