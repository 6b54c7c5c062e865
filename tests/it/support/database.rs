//! A database per test, made from a migrated template.

use std::sync::atomic::{AtomicU32, Ordering};

use mindloom::auth::{Caller, Role};
use mindloom::config::{DatabaseSettings, DatabaseUrl};
use mindloom::db::Db;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::cluster;

/// The migrated database that [`TestDb::new`] copies.
pub const TEMPLATE: &str = "mindloom_template";

/// A database of its own for one test; dropped with this value.
pub struct TestDb {
    pub db: Db,
    pub settings: DatabaseSettings,
    name: String,
}

impl TestDb {
    /// A database with every migration applied.
    pub async fn new() -> Self {
        Self::from_template(TEMPLATE).await
    }

    /// A database without any migration.
    pub async fn empty() -> Self {
        Self::from_template("template1").await
    }

    /// A copy of this database, whose connections end.
    pub async fn copy(&self) -> Self {
        self.db.close();
        let sql = format!(
            "alter database {0} allow_connections false; select pg_terminate_backend(pid) from pg_stat_activity where datname = '{0}'",
            self.name
        );
        let settings = &cluster().await.database;
        for statement in sql.split("; ") {
            run(settings, statement).await;
        }
        Self::from_template(&self.name).await
    }

    async fn from_template(template: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("test_{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let settings = &cluster().await.database;
        run(
            settings,
            &format!("create database {name} template {template}"),
        )
        .await;
        let settings = in_database(settings, &name);
        let db = Db::connect(&settings)
            .await
            .expect("the test's database answers");
        Self { db, settings, name }
    }

    /// The owner's address of this database.
    pub fn url(&self) -> &str {
        self.settings.url.as_ref().map_or("", DatabaseUrl::as_str)
    }

    /// A connection of the owner, outside the pools.
    pub async fn owner(&self) -> tokio_postgres::Client {
        connect(&self.settings).await
    }

    /// The socket that this database is reached by.
    pub fn socket(&self) -> std::path::PathBuf {
        let config = self.db.owner_config();
        let port = config.get_ports().first().copied().unwrap_or(5432);
        match config.get_hosts().first() {
            Some(tokio_postgres::config::Host::Unix(directory)) => {
                directory.join(format!(".s.PGSQL.{port}"))
            }
            other => panic!("tests reach PostgreSQL by a socket, not {other:?}"),
        }
    }

    /// Makes a user and returns the caller that a token of that user would give.
    pub async fn user(&self, email: &str) -> Caller {
        self.user_with(email, json!({})).await
    }

    /// Makes an administrator.
    pub async fn admin(&self, email: &str) -> Caller {
        self.user_with(email, json!({"role": "admin"})).await
    }

    async fn user_with(&self, email: &str, app_metadata: Value) -> Caller {
        let client = self.db.system().await.expect("a connection of the owner");
        let row = client
            .query_one(
                "insert into auth.users (email, raw_app_meta_data) values ($1, $2) returning id",
                &[&email, &app_metadata],
            )
            .await
            .expect("a new user");
        caller(row.get(0), email, &app_metadata)
    }
}

/// The caller that a token of this user gives.
pub fn caller(id: Uuid, email: &str, app_metadata: &Value) -> Caller {
    let claims =
        json!({"sub": id, "role": "authenticated", "email": email, "app_metadata": app_metadata});
    let claims: Map<String, Value> = claims.as_object().cloned().unwrap_or_default();
    Caller::from_claims(Role::Authenticated, claims)
}

impl Drop for TestDb {
    fn drop(&mut self) {
        self.db.close();
        let settings = cluster_now();
        let name = std::mem::take(&mut self.name);
        // A thread with a runtime of its own: that of the test may be ending. Should the process end first, PostgreSQL
        // is stopped under this thread, and the database goes with its cluster.
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            if let (Ok(runtime), Some(settings)) = (runtime, settings) {
                let sql = format!("drop database if exists {name} with (force)");
                let dropped = runtime.block_on(try_run(&settings, &sql));
                assert!(
                    dropped.is_ok() || super::cluster::is_stopping(),
                    "{sql}: {dropped:?}"
                );
            }
        });
    }
}

fn cluster_now() -> Option<DatabaseSettings> {
    super::cluster::started().map(|settings| settings.database.clone())
}

/// Makes the template that tests copy.
pub async fn make_template(settings: &DatabaseSettings) {
    run(settings, &format!("create database {TEMPLATE}")).await;
    let settings = in_database(settings, TEMPLATE);
    migration::up(connect(&settings).await, None)
        .await
        .expect("every migration applies to an empty database");
}

/// A connection of the owner, outside the pools.
pub async fn connect(settings: &DatabaseSettings) -> tokio_postgres::Client {
    let url = settings.url.as_ref().expect("an address").as_str();
    let connected = tokio_postgres::connect(url, tokio_postgres::NoTls).await;
    let (client, connection) = connected.expect("the database answers");
    tokio::spawn(connection);
    client
}

/// The same server, another database.
fn in_database(settings: &DatabaseSettings, name: &str) -> DatabaseSettings {
    let renamed = |url: &Option<DatabaseUrl>| url.as_ref().map(|url| url.with_database(name));
    DatabaseSettings {
        url: renamed(&settings.url),
        authenticator_url: renamed(&settings.authenticator_url),
        ..settings.clone()
    }
}

/// Runs one statement as the owner, outside any database of a test.
async fn run(settings: &DatabaseSettings, sql: &str) {
    let done = try_run(settings, sql).await;
    done.unwrap_or_else(|error| panic!("{sql}: {error}"));
}

async fn try_run(settings: &DatabaseSettings, sql: &str) -> Result<(), tokio_postgres::Error> {
    let url = settings.url.as_ref().expect("the cluster's address");
    let (client, connection) = tokio_postgres::connect(url.as_str(), tokio_postgres::NoTls).await?;
    let connection = tokio::spawn(connection);
    let done = client.batch_execute(sql).await;
    drop(client);
    let _ = connection.await;
    done
}
