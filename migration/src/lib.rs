//! The database of Mindloom: tables, policies, functions, triggers and seed data.
//!
//! A migration is two SQL files beside this one, `mNNNN_<topic>.sql` and `mNNNN_<topic>.down.sql`,
//! and one line in [`Migrator::migrations`]. Tables, constraints, indexes, policies, grants and
//! triggers of a topic stand together in its file. SQL names everything with its schema; only
//! types and functions of extensions, and `uuidv7()`, are found through the search path that
//! [`Session::open`] sets.
//!
//! Each migration runs in its own transaction. The list of applied ones is kept in the table
//! `mindloom.seaql_migrations`, in a schema that no API role may enter.

mod locks;

use std::time::Duration;

use sea_orm_migration::Migration;
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, Statement,
};

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
            up: include_str!(concat!($name, ".sql")),
            down: include_str!(concat!($name, ".down.sql")),
        })
    };
}

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            sql!("m0001_foundation"),
            sql!("m0002_auth"),
            sql!("m0003_profiles"),
            sql!("m0004_notes"),
            sql!("m0005_stacks"),
            sql!("m0006_insights_vault"),
            sql!("m0007_documents"),
            sql!("m0008_search_index"),
            sql!("m0009_operations"),
            sql!("m0010_storage"),
            sql!("m0011_retention"),
            sql!("m0020_chats"),
            sql!("m0021_artifacts"),
            sql!("m0022_chat_config"),
            sql!("m0023_usage"),
            sql!("m0024_logs"),
            sql!("m0025_chat_seed"),
            sql!("m0026_api_providers"),
            sql!("m0027_prompts"),
            sql!("m0028_feedback"),
            sql!("m0029_forge_seed"),
            sql!("m0030_projects"),
            sql!("m0031_performance_metrics"),
            sql!("m0032_project_functions"),
            sql!("m0033_maintenance"),
            sql!("m0034_audits"),
            sql!("m0040_change_log"),
            sql!("m0041_change_visibility"),
            sql!("m0042_published_tables"),
            sql!("m0045_channels"),
            sql!("m0050_accounts"),
            sql!("m0060_idempotency"),
            sql!("m0061_schema_changes"),
            sql!("m0070_shared_counters"),
            sql!("m0075_quotas"),
            sql!("m0080_portable_triggers"),
            sql!("m0081_log_place"),
            sql!("m0082_log_size"),
            sql!("m0083_key_checks"),
            sql!("m0093_rules_in_words"),
            sql!("m0100_stale_vectors"),
            sql!("m0101_project_files"),
            sql!("m0102_one_google"),
            sql!("m0103_feedback_words"),
            sql!("m0104_project_quota"),
            sql!("m0105_audit"),
            sql!("m0106_upkeep"),
            sql!("m0107_invitations"),
            sql!("m0108_document_comments"),
            sql!("m0109_server_functions"),
            sql!("m0110_upkeep_steps"),
            sql!("m0111_logging_settings"),
            sql!("m0112_audit_reads"),
            sql!("m0113_quota_of_files"),
            sql!("m0114_named_hashes"),
        ]
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
/// `url` names a role that may create schemas, roles and extensions. Nothing happens when
/// nothing is pending. A migration that fails leaves the database as the ones before it made it.
///
/// # Errors
/// When the database cannot be reached, lacks pgvector, or refuses a statement.
pub async fn up(url: &str, steps: Option<u32>) -> Result<Vec<String>, DbErr> {
    up_within(url, steps, LOCK_WAIT).await
}

/// The same, waiting so long at most for another program that migrates, and for each lock of a migration.
///
/// # Errors
/// As [`up`]; names who held what it waited for.
pub async fn up_within(
    url: &str,
    steps: Option<u32>,
    wait: Duration,
) -> Result<Vec<String>, DbErr> {
    let session = Session::open_within(url, wait).await?;
    let pending = names(Migrator::get_pending_migrations(&session.connection).await?);
    if let Err(error) = Migrator::up(&session.connection, steps).await {
        let others = locks::transactions(&session.connection).await?;
        return Err(locks::explain(error, &others));
    }
    session.close().await?;
    Ok(first(pending, steps))
}

/// Rolls back applied migrations, newest first, all of them or the last `steps`, and returns
/// their names. The rows of the tables that go are lost.
///
/// # Errors
/// When the database cannot be reached or refuses a statement.
pub async fn down(url: &str, steps: Option<u32>) -> Result<Vec<String>, DbErr> {
    let session = Session::open(url).await?;
    let mut applied = names(Migrator::get_applied_migrations(&session.connection).await?);
    applied.reverse();
    Migrator::down(&session.connection, steps).await?;
    session.close().await?;
    Ok(first(applied, steps))
}

/// Rolls everything back, then applies every migration; returns the names of those applied.
///
/// Unlike SeaORM's `fresh`, which drops every table of a schema, this one drops only what the
/// migrations made: on a Supabase database the rest belongs to others.
///
/// # Errors
/// When the database cannot be reached or refuses a statement.
pub async fn fresh(url: &str) -> Result<Vec<String>, DbErr> {
    down(url, None).await?;
    up(url, None).await
}

/// Every migration in order, and whether the database has it.
///
/// # Errors
/// When the database cannot be reached, or records a migration that this program does not know.
pub async fn status(url: &str) -> Result<Vec<Status>, DbErr> {
    let session = Session::open(url).await?;
    let applied = names(Migrator::get_applied_migrations(&session.connection).await?);
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
pub struct Session {
    /// The connection, for reading and writing as the migrations do.
    pub connection: DatabaseConnection,
}

impl Session {
    /// Connects, waits for the lock, and sets the search path that the migrations' SQL needs.
    ///
    /// # Errors
    /// When the database cannot be reached or refuses to create the schema `mindloom`.
    pub async fn open(url: &str) -> Result<Self, DbErr> {
        Self::open_within(url, LOCK_WAIT).await
    }

    /// The same, waiting so long at most.
    ///
    /// # Errors
    /// As [`Session::open`]; names who holds the lock.
    pub async fn open_within(url: &str, wait: Duration) -> Result<Self, DbErr> {
        let mut options = ConnectOptions::new(url);
        // The lock and the search path belong to the connection: there must be only this one.
        options
            .max_connections(1)
            .min_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .sqlx_logging(false);
        let connection = Database::connect(options).await?;
        locks::take(&connection, wait).await?;
        connection
            .execute_unprepared(&format!(
                "set lock_timeout = {}; set client_min_messages = warning; create schema if not exists mindloom",
                wait.as_millis()
            ))
            .await?;
        let vector_schema = vector_schema(&connection).await?;
        // mindloom comes first: SeaORM keeps its table in the first schema of the path.
        connection
            .execute_unprepared(&format!(
                "set search_path = mindloom, public, extensions, {vector_schema}"
            ))
            .await?;
        Ok(Self { connection })
    }

    /// Closes the connection, which releases the lock.
    ///
    /// # Errors
    /// When the connection is already broken.
    pub async fn close(self) -> Result<(), DbErr> {
        self.connection.close().await
    }
}

/// The schema that holds pgvector, quoted: `extensions` unless somebody installed it elsewhere.
async fn vector_schema(connection: &DatabaseConnection) -> Result<String, DbErr> {
    let found = connection
        .query_one_raw(Statement::from_string(
            connection.get_database_backend(),
            "select quote_ident(nspname) as schema from pg_extension \
             join pg_namespace on pg_namespace.oid = extnamespace where extname = 'vector'",
        ))
        .await?;
    match found {
        Some(row) => row.try_get("", "schema"),
        None => Ok("extensions".to_owned()),
    }
}
