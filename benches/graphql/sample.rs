//! 200,000 notes of 1,000 users, whose ids can be computed on both sides of the comparison.

use std::{fmt::Write, pin::pin};

use bytes::Bytes;
use futures_util::SinkExt;
use rand::{Rng, SeedableRng, rngs::StdRng};
use tokio_postgres::Client;
use uuid::Uuid;

use crate::Failure;

/// How many users there are; they are numbered from 1.
pub const USERS: u32 = 1_000;
/// How many notes there are in all.
const NOTES: u32 = 200_000;
/// Notes of a cluster.
const CLUSTER_SIZE: u32 = 10;
/// Every user has at least so many notes; they are numbered from 0.
pub const NOTES_MIN: u32 = 50;
/// Users whose notes have embeddings, and how many notes they have.
pub const TENANTS: [Tenant; 3] = [
    Tenant {
        name: "small",
        user: 1,
        notes: NOTES_MIN,
    },
    Tenant {
        name: "middle",
        user: 2,
        notes: 1_000,
    },
    Tenant {
        name: "huge",
        user: 3,
        notes: 10_000,
    },
];
/// Dimensions of an embedding.
pub const DIMENSIONS: usize = 1_536;

/// A user with embeddings.
pub struct Tenant {
    pub name: &'static str,
    pub user: u32,
    pub notes: u32,
}

/// The id of a user.
pub fn user_id(user: u32) -> Uuid {
    Uuid::from_u128(decimal(user.into()) | 0x4000_8000_0000_0000_0000)
}

/// The id of a note.
pub fn note_id(user: u32, note: u32) -> Uuid {
    Uuid::from_u128(
        decimal(u64::from(user) * 100_000 + u64::from(note)) | 0x4001_8000_0000_0000_0000,
    )
}

fn cluster_id(user: u32, cluster: u32) -> Uuid {
    Uuid::from_u128(
        decimal(u64::from(user) * 100_000 + u64::from(cluster)) | 0x4002_8000_0000_0000_0000,
    )
}

/// A number whose hexadecimal digits are the decimal ones of `value`, which SQL can write too.
fn decimal(value: u64) -> u128 {
    u128::from_str_radix(&value.to_string(), 16).unwrap_or_default()
}

fn notes_of(user: u32) -> u32 {
    if let Some(tenant) = TENANTS.iter().find(|tenant| tenant.user == user) {
        return tenant.notes;
    }
    let others = USERS - TENANTS.len() as u32;
    let rest = NOTES - TENANTS.iter().map(|tenant| tenant.notes).sum::<u32>();
    rest / others + u32::from(user <= rest % others + TENANTS.len() as u32)
}

/// Fills an empty database; does nothing to a filled one.
pub async fn fill(client: &Client) -> Result<(), Failure> {
    // What the insert workload of an earlier run left.
    client
        .execute("delete from public.notes where tags = '{bench}'", &[])
        .await?;
    let filled = client
        .query_one(
            "select count(*) = $1 from public.notes",
            &[&i64::from(NOTES)],
        )
        .await?;
    if filled.get(0) {
        return Ok(());
    }
    eprintln!("filling the database, once");
    // The index over embeddings is made afterwards, which is many times faster; triggers would write the
    // search index and the change log, which are not measured.
    let index = client
        .query_one(
            "select indexdef from pg_indexes where indexname = 'idx_notes_embedding'",
            &[],
        )
        .await?;
    client
        .batch_execute(
            "truncate auth.users cascade; drop index public.idx_notes_embedding;
             set session_replication_role = replica",
        )
        .await?;
    copy_users(client).await?;
    copy_notes(client).await?;
    client
        .batch_execute("set session_replication_role = origin; set maintenance_work_mem = '1GB'")
        .await?;
    client.batch_execute(index.get(0)).await?;
    client.batch_execute("vacuum analyze").await?;
    Ok(())
}

async fn copy_users(client: &Client) -> Result<(), Failure> {
    let mut users = String::new();
    let mut profiles = String::new();
    let mut clusters = String::new();
    for user in 1..=USERS {
        let id = user_id(user);
        writeln!(users, "{id}\tuser{user}@example.org")?;
        writeln!(profiles, "{id}\tuser{user}@example.org")?;
        for cluster in 0..notes_of(user).div_ceil(CLUSTER_SIZE) {
            let (cluster_id, created) = (cluster_id(user, cluster), created_at(user, cluster * 31));
            writeln!(
                clusters,
                "{cluster_id}\t{id}\tCluster {cluster} of user {user}\t{created}"
            )?;
        }
    }
    copy(client, "auth.users (id, email)", users).await?;
    copy(client, "public.users (id, email)", profiles).await?;
    copy(
        client,
        "public.clusters (id, user_id, title, created_at)",
        clusters,
    )
    .await
}

async fn copy_notes(client: &Client) -> Result<(), Failure> {
    let mut random = StdRng::seed_from_u64(42);
    let mut rows = String::new();
    for user in 1..=USERS {
        let embedded = TENANTS.iter().any(|tenant| tenant.user == user);
        for note in 0..notes_of(user) {
            write_note(&mut rows, user, note, &mut random)?;
            match embedded {
                true => writeln!(rows, "\t{:?}", embedding(&mut random))?,
                false => rows.push_str("\t\\N\n"),
            }
            if rows.len() > 8 << 20 {
                copy(client, NOTE_COLUMNS, std::mem::take(&mut rows)).await?;
            }
        }
    }
    copy(client, NOTE_COLUMNS, rows).await
}

const NOTE_COLUMNS: &str = "public.notes (id, user_id, cluster_id, content, tags, metadata, word_count, \
    character_count, created_at, updated_at, embedding)";

fn write_note(rows: &mut String, user: u32, note: u32, random: &mut StdRng) -> Result<(), Failure> {
    const WORDS: [&str; 16] = [
        "plan",
        "the \"next\"",
        "release",
        "of",
        "our",
        "garden",
        "with",
        "care",
        "because",
        "every",
        "idea",
        "needs",
        "a",
        "place",
        "to",
        "grow",
    ];
    let count = random.random_range(10..60);
    let words: Vec<&str> = (0..count)
        .map(|_| WORDS[random.random_range(0..WORDS.len())])
        .collect();
    let content = words.join(" ");
    let importance = ["low", "medium", "high"][random.random_range(0..3)];
    let created = created_at(user, note);
    write!(
        rows,
        "{}\t{}\t{}\t{content}\t{{idea,project-{},draft}}\t\
         {{\"importance\": \"{importance}\", \"source\": \"web\", \"wordCount\": {count}}}\t\
         {count}\t{}\t{created}\t{created}",
        note_id(user, note),
        user_id(user),
        cluster_id(user, note / CLUSTER_SIZE),
        note % 7,
        content.len(),
    )?;
    Ok(())
}

/// Times that differ for all notes of a user, the more recent the higher the number.
fn created_at(user: u32, note: u32) -> String {
    const NEW_YEAR_2025: i64 = 1_735_689_600;
    let seconds = i64::from(note) * 977 + i64::from(user);
    match chrono::DateTime::from_timestamp(NEW_YEAR_2025 + seconds, 250_000_000) {
        Some(time) => time.to_rfc3339(),
        None => "infinity".to_owned(),
    }
}

/// A vector near one of 64 centres: embeddings of texts are grouped, not spread evenly.
pub fn embedding(random: &mut StdRng) -> Vec<f32> {
    let mut centre = StdRng::seed_from_u64(random.random_range(0..64));
    (0..DIMENSIONS)
        .map(|_| centre.random_range(-1.0..1.0f32) + random.random_range(-0.6..0.6f32))
        .collect()
}

async fn copy(client: &Client, target: &str, rows: String) -> Result<(), Failure> {
    let mut sink = pin!(
        client
            .copy_in::<_, Bytes>(&format!("copy {target} from stdin"))
            .await?
    );
    sink.send(Bytes::from(rows)).await?;
    sink.close().await?;
    Ok(())
}
