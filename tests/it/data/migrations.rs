//! Migrations go up, down, and up again, over rows.

use tokio_postgres::error::SqlState;

use crate::support::TestDb;
use crate::support::sample::SAMPLE_SQL;

/// Everything that migrations make in this database, one line each.
pub(super) async fn snapshot(test: &TestDb) -> Vec<String> {
    let client = test.db.system().await.expect("a connection");
    // Without a search path every name appears in full.
    client
        .batch_execute("begin; set local search_path = ''")
        .await
        .expect("a transaction");
    let rows = client
        .query(include_str!("snapshot.sql"), &[])
        .await
        .expect("the catalog");
    client.batch_execute("commit").await.expect("an end");
    rows.iter().map(|row| row.get(0)).collect()
}

/// The lines that only one of two snapshots has.
pub(super) fn difference(before: &[String], after: &[String]) -> Vec<String> {
    let only = |these: &[String], those: &[String], mark: &str| -> Vec<String> {
        these
            .iter()
            .filter(|line| !those.contains(line))
            .map(|line| format!("{mark} {}", line.chars().take(300).collect::<String>()))
            .collect()
    };
    let mut lines = only(before, after, "-");
    lines.extend(only(after, before, "+"));
    lines
}

/// Runs the statements of the sample whose table is there. Rows that are there already stay; a
/// statement that refers to rows which a later migration seeds is tried again after that.
async fn fill(test: &TestDb) {
    let client = test.db.system().await.expect("a connection");
    for statement in SAMPLE_SQL.split_inclusive(";\n") {
        let Some((_, target)) = statement.split_once("insert into ") else {
            continue;
        };
        let table = target.split_whitespace().next().expect("a table's name");
        let exists = client
            .query_one("select to_regclass($1) is not null", &[&table])
            .await;
        if !exists.expect("the catalog").get::<_, bool>(0) {
            continue;
        }
        if let Err(error) = client.batch_execute(statement).await {
            let expected = [
                &SqlState::FOREIGN_KEY_VIOLATION,
                &SqlState::UNIQUE_VIOLATION,
            ];
            let code = error.code().expect("a refusal by the database");
            assert!(
                expected.contains(&code),
                "{table}: {:?}",
                error.as_db_error()
            );
        }
    }
}

#[tokio::test]
async fn each_migration_goes_up_and_down_over_rows() {
    let test = TestDb::empty().await;
    let url = test.url();
    let status = migration::status(url).await.expect("a status");
    assert!(status.iter().all(|one| !one.applied));
    let names: Vec<String> = status.into_iter().map(|one| one.name).collect();
    let mut before = snapshot(&test).await;
    for name in &names {
        let applied = migration::up(url, Some(1)).await.expect("up");
        assert_eq!(applied, [name.as_str()]);
        let after = snapshot(&test).await;
        fill(&test).await;
        assert_eq!(migration::down(url, Some(1)).await.expect("down"), applied);
        let undone = difference(&before, &snapshot(&test).await);
        assert!(
            undone.is_empty(),
            "{name} leaves behind or takes away: {undone:#?}"
        );
        migration::up(url, Some(1)).await.expect("up again");
        let redone = difference(&after, &snapshot(&test).await);
        assert!(
            redone.is_empty(),
            "{name} makes something else the second time: {redone:#?}"
        );
        fill(&test).await;
        before = after;
    }
    // Otherwise a migration above ran over an empty table.
    let client = test.db.system().await.expect("a connection");
    for table in entity::tables() {
        let table = format!("{}.{}", table.schema, table.name);
        let rows = client
            .query_one(&format!("select exists (select from {table})"), &[])
            .await;
        assert!(
            rows.expect("a count").get::<_, bool>(0),
            "no sample fills {table}"
        );
    }
    migration::fresh(url).await.expect("fresh");
    let rebuilt = difference(&before, &snapshot(&test).await);
    assert!(
        rebuilt.is_empty(),
        "fresh makes something else: {rebuilt:#?}"
    );
}

#[tokio::test]
async fn migrating_twice_changes_nothing() {
    let test = TestDb::new().await;
    let before = snapshot(&test).await;
    assert_eq!(
        migration::up(test.url(), None).await.expect("up"),
        Vec::<String>::new()
    );
    assert_eq!(before, snapshot(&test).await);
    assert!(
        migration::status(test.url())
            .await
            .expect("a status")
            .iter()
            .all(|one| one.applied)
    );
}

#[tokio::test]
async fn two_programs_may_migrate_one_database_at_once() {
    let test = TestDb::empty().await;
    let (one, other) = tokio::join!(
        migration::up(test.url(), None),
        migration::up(test.url(), None)
    );
    let (one, other) = (one.expect("up"), other.expect("up"));
    let all = migration::status(test.url()).await.expect("a status");
    assert_eq!(one.len().max(other.len()), all.len());
    assert_eq!(one.len().min(other.len()), 0, "a migration ran twice");
}

#[tokio::test]
async fn a_role_without_rights_is_told_so() {
    let test = TestDb::empty().await;
    let client = test.db.system().await.expect("a connection");
    client
        .batch_execute(
            "do $$ begin create role data_nobody login; exception when duplicate_object or unique_violation then null; end $$",
        )
        .await
        .expect("a role");
    let url = test.url();
    let separator = if url.contains('?') { '&' } else { '?' };
    let url = format!("{url}{separator}options=-c%20role%3Ddata_nobody");
    let error = migration::up(&url, None)
        .await
        .expect_err("no right to create a schema");
    assert!(error.to_string().contains("permission denied"), "{error}");
}
