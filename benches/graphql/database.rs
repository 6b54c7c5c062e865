//! The database that is measured on: made and filled once, kept between runs.

use std::path::{Path, PathBuf};

use mindloom::{
    config::Settings,
    db,
    postgres::{self, Database},
};
use tokio_postgres::{Client, NoTls};

use crate::{Failure, sample};

/// Starts the embedded PostgreSQL in `dir`, migrates it, and fills it where that was not done before.
pub async fn open(dir: &Path) -> Result<Database, Failure> {
    let dir = dir
        .to_str()
        .ok_or("the data directory's name is not UTF-8")?;
    let mut settings = Settings::from_flags(["--data-dir", dir])?;
    settings.database.url = None;
    let database = postgres::serve(&settings).await?;
    migration::up(db::owner(database.settings()).await?, None).await?;
    let client = connect(database.url()).await?;
    sample::fill(&client).await?;
    Ok(database)
}

/// A connection that is driven in the background.
pub async fn connect(url: &str) -> Result<Client, Failure> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

/// The address for requests, logged in as `authenticator`.
pub fn authenticator_url(database: &Database) -> Result<&str, Failure> {
    let url = database.settings().authenticator_url.as_ref();
    Ok(url
        .ok_or("the embedded database has no address for authenticator")?
        .as_str())
}

/// A program that comes with PostgreSQL.
pub fn program(database: &Database, name: &str) -> Result<PathBuf, Failure> {
    Ok(database
        .bin_dir()
        .ok_or("the database is not embedded")?
        .join(name))
}
