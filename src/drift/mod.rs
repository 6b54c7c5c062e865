//! What the migrations make, object by object, and how a database differs from it.
//!
//! `expected.txt` is the catalog of a freshly migrated database; a test holds it against the migrations, so a change
//! of a policy or a grant shows in review as a changed line.

mod access;
mod compare;
mod snapshot;

use tokio_postgres::Client;

pub use access::{AccessReport, check_access};
pub use compare::{Difference, SectionReport, compare};
pub use snapshot::{Entry, SECTIONS, Section, Snapshot};

/// The catalog of a freshly migrated database, as text.
pub const EXPECTED: &str = include_str!("expected.txt");

/// The schemas that the migrations fill.
const SCHEMAS: [&str; 6] = [
    "auth", "mindloom", "private", "public", "realtime", "storage",
];

/// Compares a database with what the migrations make, section by section.
///
/// # Errors
/// When the catalog cannot be read.
pub async fn verify(client: &mut Client) -> Result<Vec<SectionReport>, tokio_postgres::Error> {
    let expected = Snapshot::parse(EXPECTED);
    let found = Snapshot::read(client, Some(&expected)).await?;
    let foreign = foreign_schemas(client).await?;
    Ok(compare(&expected, &found, &foreign))
}

/// Schemas that were there before the migrations, as on Supabase: what they have beyond our needs is not ours to
/// judge. `public` is in every database, and still ours.
async fn foreign_schemas(client: &Client) -> Result<Vec<String>, tokio_postgres::Error> {
    let recorded = client
        .query_one(
            "select to_regclass('mindloom.created_objects') is not null",
            &[],
        )
        .await?;
    if !recorded.get::<_, bool>(0) {
        return Ok(Vec::new());
    }
    let rows = client
        .query(
            "select nspname::text from pg_namespace n \
             where nspname = any ($1) and nspname not in ('mindloom', 'private', 'public') and not exists ( \
               select from mindloom.created_objects o where o.kind = 'schema' and o.name = n.nspname)",
            &[&SCHEMAS.as_slice()],
        )
        .await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}
