//! The command line: one file per command.

mod address;
mod admin;
mod announce;
mod client_keys;
mod command_line;
mod completions;
mod confirm;
mod database_url;
mod demo;
mod embed;
mod files;
mod keys;
mod mail;
mod migrate;
mod output;
mod reset;
mod schema;
mod serve;
mod settings;
mod start_checks;
mod stop;
mod token;
mod vacuum;
mod verify;
mod worker;

use std::error::Error;
use std::process::ExitCode;

use clap::{FromArgMatches, Parser, Subcommand};

use self::output::tell;
use crate::config::{self, Settings};
use crate::db::Db;
use crate::postgres;

/// A self-hosted GraphQL backend over PostgreSQL for AI workspaces, with realtime subscriptions.
///
/// Without a command, `mindloom` serves. Without DATABASE_URL it runs a PostgreSQL of its own.
#[derive(Parser, Debug)]
#[command(name = "mindloom", version, max_term_width = 110)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    settings: Settings,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Make administrators
    Admin(admin::Arguments),
    /// Print what makes a shell complete commands and settings at a press of Tab
    Completions(completions::Arguments),
    /// Print the address of the running database, so that psql and other programs can join
    DatabaseUrl(database_url::Arguments),
    /// Fill the database with data that could be real: all or nothing, the same in every run
    Demo(crate::demo::Options),
    /// Give notes, documents and artifacts their vectors, or say what that costs
    Embed(embed::Arguments),
    /// Compare files with their rows, and mend what does not agree
    Files(files::Arguments),
    /// Print the keys of clients; list, make and refuse those that sign access tokens, or make a new master key
    Keys(keys::Arguments),
    /// Show the mails of the last day
    Mail(mail::Arguments),
    /// Change the database's schema step by step, or say where it stands
    Migrate(migrate::Arguments),
    /// Drop everything that the migrations made, then make it anew: all data is lost
    Reset(reset::Arguments),
    /// Print the GraphQL schema, as schema.graphql keeps it
    Schema(schema::Arguments),
    /// Serve the API (the default)
    Serve,
    /// List all settings: flags, environment variables and defaults
    Settings(settings::Arguments),
    /// Print an access token, for trying things as somebody
    Token(token::Arguments),
    /// Reclaim the space of deleted rows and renew the planner's statistics
    Vacuum,
    /// Compare the database with what the migrations make
    Verify(verify::Arguments),
    /// Work on jobs and answer nobody, beside servers on the same database
    Worker,
}

/// Why a command failed; printed with its sources.
type Failure = Box<dyn Error + Send + Sync>;

/// Runs the command that the process was started with.
#[must_use]
pub fn main() -> ExitCode {
    let cli = match parse() {
        Ok(cli) => cli,
        Err(error) => error.exit(),
    };
    cli.settings.log.install();
    // What brings no cryptography of its own takes this. Nothing can have installed another before.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let outcome = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Failure::from)
        .and_then(|runtime| {
            let outcome = runtime.block_on(run(cli));
            // A step of the start that cannot be interrupted, such as a download, must not hold up the end.
            runtime.shutdown_background();
            outcome
        });
    match outcome.and_then(|code| Ok(output::finish().map(|()| code)?)) {
        Ok(code) => code,
        Err(error) => {
            report(&*error);
            ExitCode::FAILURE
        }
    }
}

/// Reads flags and environment. A misspelt variable is refused like a misspelt flag.
fn parse() -> Result<Cli, clap::Error> {
    let mut command = command_line::command();
    let matches = command
        .try_get_matches_from_mut(std::env::args_os())
        .map_err(config::hide_secrets)?;
    let cli = Cli::from_arg_matches(&matches)?;
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    config::refuse_unknown_variables(names)
        .map_err(|error| command.error(clap::error::ErrorKind::UnknownArgument, error))?;
    Ok(cli)
}

async fn run(cli: Cli) -> Result<ExitCode, Failure> {
    let settings = &cli.settings;
    match cli.command.unwrap_or(Command::Serve) {
        Command::Admin(arguments) => admin::run(settings, &arguments).await,
        Command::Completions(arguments) => {
            Ok(completions::run(command_line::command(), &arguments))
        }
        Command::DatabaseUrl(arguments) => database_url::run(settings, &arguments).await,
        Command::Demo(options) => demo::run(settings, options).await,
        Command::Embed(arguments) => embed::run(settings, &arguments).await,
        Command::Files(arguments) => files::run(settings, &arguments).await,
        Command::Keys(arguments) => keys::run(settings, &arguments).await,
        Command::Mail(arguments) => mail::run(settings, &arguments).await,
        Command::Migrate(arguments) => migrate::run(settings, &arguments).await,
        Command::Reset(arguments) => reset::run(settings, &arguments).await,
        Command::Schema(arguments) => schema::run(settings, &arguments).await,
        Command::Serve => serve::run(settings).await,
        Command::Settings(arguments) => settings::run(&arguments),
        Command::Token(arguments) => token::run(settings, &arguments).await,
        Command::Vacuum => vacuum::run(settings).await,
        Command::Verify(arguments) => verify::run(settings, &arguments).await,
        Command::Worker => worker::run(settings).await,
    }
}

/// Does a command's work with a database that has its tables, and closes it whatever came of that.
///
/// # Errors
/// Those of [`open_migrated`], and the work's.
async fn with_database<T>(
    settings: &Settings,
    work: impl AsyncFnOnce(&Db) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let (database, db) = open_migrated(settings).await?;
    let outcome = work(&db).await;
    db.close();
    database.stop().await;
    outcome
}

/// Opens the database for a command that needs its tables.
///
/// # Errors
/// When it cannot be opened, or lacks migrations: only `serve` and `migrate` change a schema.
async fn open_migrated(settings: &Settings) -> Result<(postgres::Database, Db), Failure> {
    let database = postgres::open(settings).await?;
    let db = Db::connect(database.settings()).await?;
    let pending = pending(&db).await?;
    if pending.is_empty() {
        return Ok((database, db));
    }
    db.close();
    database.stop().await;
    let (count, first) = (pending.len(), &pending[0]);
    Err(format!(
        "migrations are missing in the database: {count}, from {first}; run `mindloom migrate up` first"
    )
    .into())
}

/// The migrations that a database has not had.
async fn pending(db: &Db) -> Result<Vec<String>, Failure> {
    let client = db.system().await?;
    let table = "select to_regclass('mindloom.seaql_migrations') is not null";
    let mut pending = migration::known();
    if client.query_one(table, &[]).await?.get(0) {
        let applied = "select version from mindloom.seaql_migrations";
        let applied = client.query(applied, &[]).await?;
        pending.retain(|name| !applied.iter().any(|row| row.get::<_, &str>(0) == name));
    }
    Ok(pending)
}

/// Prints an error and what caused it, one line each.
fn report(error: &(dyn Error + 'static)) {
    match error.downcast_ref::<crate::error::Error>() {
        // Its code is for programs.
        Some(error) => tell!("error: {}", error.message()),
        None => tell!("error: {error}"),
    }
    let mut source = error.source();
    while let Some(cause) = source {
        tell!("  because: {cause}");
        source = cause.source();
    }
}
