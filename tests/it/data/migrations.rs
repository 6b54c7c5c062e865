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
                // A later migration gives the table that column.
                &SqlState::UNDEFINED_COLUMN,
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
    let status = migration::status(test.owner().await)
        .await
        .expect("a status");
    assert!(status.iter().all(|one| !one.applied));
    let names: Vec<String> = status.into_iter().map(|one| one.name).collect();
    let mut before = snapshot(&test).await;
    for name in &names {
        let applied = migration::up(test.owner().await, Some(1))
            .await
            .expect("up");
        assert_eq!(applied, [name.as_str()]);
        let after = snapshot(&test).await;
        fill(&test).await;
        assert_eq!(
            migration::down(test.owner().await, Some(1))
                .await
                .expect("down"),
            applied
        );
        let undone = difference(&before, &snapshot(&test).await);
        assert!(
            undone.is_empty(),
            "{name} leaves behind or takes away: {undone:#?}"
        );
        migration::up(test.owner().await, Some(1))
            .await
            .expect("up again");
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
    migration::fresh(test.owner().await).await.expect("fresh");
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
        migration::up(test.owner().await, None).await.expect("up"),
        Vec::<String>::new()
    );
    assert_eq!(before, snapshot(&test).await);
    assert!(
        migration::status(test.owner().await)
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
        migration::up(test.owner().await, None),
        migration::up(test.owner().await, None)
    );
    let (one, other) = (one.expect("up"), other.expect("up"));
    let all = migration::status(test.owner().await)
        .await
        .expect("a status");
    assert_eq!(one.len().max(other.len()), all.len());
    assert_eq!(one.len().min(other.len()), 0, "a migration ran twice");
}

#[tokio::test]
async fn a_role_without_rights_is_told_so() {
    let test = TestDb::empty().await;
    let owner = test.owner().await;
    owner
        .batch_execute(
            "do $$ begin create role data_nobody login; exception when duplicate_object or unique_violation then null; end $$; \
             set role data_nobody",
        )
        .await
        .expect("a role");
    let error = migration::up(owner, None)
        .await
        .expect_err("no right to create a schema");
    assert!(error.to_string().contains("permission denied"), "{error}");
}

/// What is only found out at the commit stops the migrations as much as what a statement is refused for.
#[tokio::test]
async fn a_migration_that_cannot_be_committed_is_told_and_not_counted() {
    let test = TestDb::empty().await;
    let names = migration::known();
    for refused in [1, 0] {
        migration::status(test.owner().await)
            .await
            .expect("the table of migrations");
        test.run_as_owner(&format!(
            "create or replace function mindloom.refuse() returns trigger language plpgsql as $$ begin \
               if new.version = '{}' then raise 'not this one'; end if; return null; end $$; \
             drop trigger if exists refused on mindloom.seaql_migrations; \
             create constraint trigger refused after insert on mindloom.seaql_migrations \
               deferrable initially deferred for each row execute function mindloom.refuse()",
            names[refused]
        ))
        .await
        .expect("a trigger");
        let error = migration::up(test.owner().await, Some(2)).await;
        let error = error.expect_err("a commit that fails").to_string();
        assert!(error.contains("commit failed"), "{error}");
        assert!(error.contains("not this one"), "{error}");
        let status = migration::status(test.owner().await).await;
        let applied = status
            .expect("a status")
            .iter()
            .filter(|one| one.applied)
            .count();
        assert_eq!(applied, refused);
        migration::down(test.owner().await, None)
            .await
            .expect("down");
    }
}
