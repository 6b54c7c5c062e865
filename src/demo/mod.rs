//! `mindloom demo`: fills the database with data that could be real.
//!
//! The same options give the same rows in every run (passwords apart): a generator of its own per
//! kind of rows, and times counted back from one day. Everything goes in by COPY in one transaction,
//! so that a run which fails or is interrupted leaves nothing behind. Row triggers are off meanwhile;
//! what they would compute is computed here, in bulk, and the database's own `integrity_check` has
//! the last word before the commit. Embeddings are left to the server, unless they are to be invented. Changes made in this way are not in the change log: whoever is
//! subscribed does not hear of them.

mod bulk;
mod chats;
mod copy;
pub mod corpus;
mod embedding;
mod logs;
mod notes;
mod people;
mod projects;
mod prompts;
mod rng;
mod topics;

use chrono::{DateTime, Duration, NaiveDate, NaiveTime, Utc};
use tokio_postgres::Transaction;

use crate::db::Db;
use crate::progress::Progress;
use people::Person;
use rng::Rng;
use topics::Subject;

/// How much to make.
#[derive(clap::Args, Clone, Debug)]
pub struct Options {
    /// People, each with an account
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(2..=100_000))]
    pub users: u32,
    /// Notes, spread unevenly over the people; half of them written by hand, as far as these go
    #[arg(long, default_value_t = 5_000, value_parser = clap::value_parser!(u32).range(50..=10_000_000))]
    pub notes: u32,
    /// Invent the notes' embeddings instead of leaving them to the server's model: for benchmarks with very
    /// many notes. Notes of one subject are near each other then, but no question finds them by its meaning
    #[arg(long)]
    pub invent_embeddings: bool,
    /// Chats; six per person unless given
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub chats: Option<u32>,
    /// Projects; two per person unless given
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub projects: Option<u32>,
    /// Days of usage, errors and activity
    #[arg(long, default_value_t = 28, value_parser = clap::value_parser!(u32).range(1..=365))]
    pub days: u32,
    /// The day on which the data ends, as YYYY-MM-DD in UTC; today unless given
    #[arg(long)]
    pub until: Option<NaiveDate>,
    /// Another number gives other data
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// The password of every account; a random one unless given
    #[arg(long, hide_env_values = true)]
    pub password: Option<String>,
}

/// What was made.
#[derive(Clone, Debug)]
pub struct Report {
    /// Rows, all tables together.
    pub rows: u64,
    /// The address of an account with much data.
    pub email: String,
    /// The address of an account that is admin.
    pub admin_email: String,
    /// The password of both, and of all others.
    pub password: String,
}

/// Why the database was not filled. Nothing has changed in it then.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    #[error("the database cannot be used")]
    Database(#[from] tokio_postgres::Error),
    #[error("the database has demonstration data already; `mindloom reset --yes` empties it")]
    AlreadyThere,
    #[error("the password must have 8 to 128 characters")]
    Password,
    #[error("the password cannot be hashed: {0}")]
    Hash(String),
    #[error("what was made does not agree with itself: {0}")]
    Inconsistent(String),
}

/// What all generators share.
struct World {
    options: Options,
    /// The end of the data: midnight after its last day, or now if that is earlier.
    until: DateTime<Utc>,
    subjects: Vec<Subject>,
    people: Vec<Person>,
}

impl World {
    fn rng(&self, purpose: &str) -> Rng {
        Rng::new(self.options.seed, purpose)
    }

    /// When the weeks of usage begin.
    fn usage_begins(&self) -> DateTime<Utc> {
        self.until - Duration::days(i64::from(self.options.days))
    }
}

/// Fills the database and says what was made.
///
/// # Errors
/// See [`DemoError`]; the database is as before then.
pub async fn run(db: &Db, options: Options) -> Result<Report, DemoError> {
    let (mut client, connection) = db.connect_owner().await?;
    let connection = tokio::spawn(connection);
    let password = people::password(options.password.clone())?;
    let hash = people::hash(&password)?;
    let until = end(&options);
    let mut world = World {
        options,
        until,
        subjects: topics::subjects(),
        people: Vec::new(),
    };
    world.people = people::make(&world);

    let transaction = client.transaction().await?;
    transaction
        .batch_execute(
            "set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0",
        )
        .await?;
    if people::exist(&transaction, &world).await? {
        return Err(DemoError::AlreadyThere);
    }
    let rows = fill(&transaction, &world, &hash).await?;
    let step = Progress::step("Checking and committing");
    bulk::check(&transaction).await?;
    transaction.commit().await?;
    step.done();
    bulk::analyze(&client).await?;
    bulk::call_for_embeddings(&client).await?;
    drop(client);
    // The connection ends when its client is gone; how is of no interest any more.
    let _ = connection.await;
    Ok(Report {
        rows,
        email: world.people[0].email.clone(),
        admin_email: world.people[1].email.clone(),
        password,
    })
}

async fn fill(transaction: &Transaction<'_>, world: &World, hash: &str) -> Result<u64, DemoError> {
    let step = Progress::step("People");
    let mut rows = people::send(transaction, world, hash).await?;
    step.done();
    bulk::disable_triggers(transaction, &world.options).await?;
    let indexes = bulk::drop_indexes(transaction, world.options.notes).await?;
    rows += notes::send(transaction, world).await?;
    for (what, made) in [
        ("Chats, artifacts and usage", chats::make(world)),
        ("Prompts and feedback", prompts::make(world)),
        ("Projects", projects::make(world)),
        ("Logs and metrics", logs::make(world)),
    ] {
        let step = Progress::step(what);
        for sheet in made {
            rows += sheet.send(transaction).await?;
        }
        step.done();
    }
    rows += bulk::derive(transaction, world).await?;
    bulk::build_indexes(transaction, &indexes, world.options.notes).await?;
    bulk::enable_triggers(transaction).await?;
    Ok(rows)
}

fn end(options: &Options) -> DateTime<Utc> {
    let now = Utc::now();
    let day = options.until.unwrap_or_else(|| now.date_naive());
    (day.and_time(NaiveTime::MIN)).and_utc()
}
