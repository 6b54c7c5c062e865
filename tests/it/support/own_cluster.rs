//! A PostgreSQL for one test alone, beside the one that all share.

use std::path::Path;
use std::process::Command;

use mindloom::config::{DatabaseSettings, DatabaseUrl, Settings};
use mindloom::postgres::{self, Database};

use super::{cluster, connect, scratch_dir};

/// A server that ends with this value.
pub struct OwnCluster {
    /// Settings whose `database` reaches it.
    pub settings: Settings,
    database: Database,
}

impl OwnCluster {
    /// A new cluster without durability.
    pub async fn disposable() -> Self {
        Self::start(true).await
    }

    /// A new cluster that can have standbys.
    pub async fn durable() -> Self {
        Self::start(false).await
    }

    async fn start(disposable: bool) -> Self {
        let directory = scratch_dir();
        let directory = directory.to_str().expect("a plain name");
        let mut settings = Settings::from_flags(["--data-dir", directory]).expect("settings");
        settings.embedded.disposable = disposable;
        settings.database = DatabaseSettings {
            url: None,
            authenticator_url: None,
            ..cluster().await.database.clone()
        };
        let database = postgres::serve(&settings).await.expect("PostgreSQL starts");
        settings.database = database.settings().clone();
        Self { settings, database }
    }

    /// The owner's address of a database in it.
    pub fn url(&self, database: &str) -> String {
        let url = self.settings.database.url.as_ref();
        let url = url.expect("an address").with_database(database);
        url.as_str().to_owned()
    }

    /// Settings for a database in it.
    pub fn in_database(&self, name: &str) -> DatabaseSettings {
        let renamed = |url: &Option<DatabaseUrl>| url.as_ref().map(|url| url.with_database(name));
        DatabaseSettings {
            url: renamed(&self.settings.database.url),
            authenticator_url: renamed(&self.settings.database.authenticator_url),
            ..self.settings.database.clone()
        }
    }

    /// Runs statements, each by itself, as the owner of a database in it.
    pub async fn run(&self, database: &str, statements: &[&str]) {
        let client = connect(&self.in_database(database)).await;
        for sql in statements {
            let done = client.batch_execute(sql).await;
            done.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
        }
    }

    /// A program of PostgreSQL (`pg_dump`, `psql`), of the same version.
    pub fn program(&self, name: &str) -> Command {
        Command::new(self.bin_dir().join(name))
    }

    /// Where its programs are.
    pub fn bin_dir(&self) -> &Path {
        self.database.bin_dir().expect("this process started it")
    }
}
