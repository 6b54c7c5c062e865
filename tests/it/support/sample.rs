//! A database with one believable set of rows, at least one in every table: see `sample.sql`.

use mindloom::auth::Caller;
use serde_json::json;
use uuid::{Uuid, uuid};

use super::TestDb;
use super::database::caller;

/// The rows, to be run as the owner of a migrated database.
pub const SAMPLE_SQL: &str = include_str!("sample.sql");

/// Who owns the rows.
pub const ADA: Uuid = uuid!("0a000000-0000-7000-8000-000000000000");
/// Who has rows of his own and none of Ada's.
pub const BEN: Uuid = uuid!("0b000000-0000-7000-8000-000000000000");
/// With whom Ada shares her project for reading.
pub const VIC: Uuid = uuid!("0c000000-0000-7000-8000-000000000000");
/// With whom Ada shares her project for writing.
pub const EDA: Uuid = uuid!("0d000000-0000-7000-8000-000000000000");
/// With whom Ada shares her project to share on.
pub const OLGA: Uuid = uuid!("0e000000-0000-7000-8000-000000000000");
/// With whom Ada shares her project for reading, too.
pub const NIA: Uuid = uuid!("0f000000-0000-7000-8000-000000000000");
/// The admin.
pub const ROOT: Uuid = uuid!("01000000-0000-7000-8000-000000000000");

/// A database of its own for one test, with the sample's rows in it.
pub async fn sample_db() -> TestDb {
    let test = TestDb::new().await;
    let client = test.db.system().await.expect("a connection of the owner");
    let sql = format!(
        "set search_path = public, extensions; begin; {SAMPLE_SQL}; commit; reset search_path"
    );
    client.batch_execute(&sql).await.expect("the sample's rows");
    drop(client);
    test
}

/// The caller that a token of a person of the sample gives.
pub fn person(id: Uuid) -> Caller {
    let app_metadata = if id == ROOT {
        json!({"role": "admin"})
    } else {
        json!({})
    };
    caller(id, "", &app_metadata)
}
