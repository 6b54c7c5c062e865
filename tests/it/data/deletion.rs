//! What deleting an account takes along, and what it leaves.

use crate::support::sample::{ADA, ROOT, sample_db};

#[tokio::test]
async fn an_account_takes_its_rows_along() {
    let test = sample_db().await;
    test.run_as_owner(&format!("delete from auth.users where id = '{ADA}'"))
        .await
        .expect("deleted");
    for table in entity::tables() {
        let kept = [
            "error_logs",
            "agent_activity_logs",
            "feedback",
            "performance_metrics",
        ];
        let owned = table.columns.iter().any(|column| column.name == "user_id");
        if !owned || kept.contains(&table.name) {
            continue;
        }
        let left = format!(
            "select count(*) from {}.{} where user_id = '{ADA}'",
            table.schema, table.name
        );
        assert_eq!(
            test.value(&left).await.as_deref(),
            Some("0"),
            "{}",
            table.name
        );
    }
    for table in [
        "messages",
        "votes",
        "streams",
        "suggestions",
        "project_components",
        "stack_notes",
        "note_suggestions",
        "document_sources",
    ] {
        let left = format!(
            "select count(*) from {table} t where t::text like '%a0000000-0000-7000-8000-0000000000%'"
        );
        assert_eq!(test.value(&left).await.as_deref(), Some("0"), "{table}");
    }
    for table in [
        "error_logs",
        "agent_activity_logs",
        "feedback",
        "performance_metrics",
    ] {
        let nobodys = format!("select count(*) from {table} where user_id is null");
        assert_eq!(
            test.value(&nobodys).await.as_deref(),
            Some("1"),
            "{table} is kept, without the person"
        );
    }
    let broken = "select count(*) from integrity_check() where status <> 'ok'";
    assert_eq!(test.value(broken).await.as_deref(), Some("0"));
}

#[tokio::test]
async fn what_an_admin_did_outlives_the_admin() {
    let test = sample_db().await;
    test.run_as_owner(&format!(
        "update error_logs set resolved = true, resolved_by = '{ROOT}'; \
         update feedback set admin_response = 'Done.', admin_user_id = '{ROOT}'; \
         update admin_config set updated_by = '{ROOT}'; \
         update collaborators set invited_by = '{ROOT}'; \
         delete from auth.users where id = '{ROOT}'"
    ))
    .await
    .expect("deleted");
    for (what, count) in [
        (
            "error_logs where resolved and resolved_by is null and resolved_at is not null",
            "1",
        ),
        (
            "feedback where admin_response = 'Done.' and admin_user_id is null and responded_at is not null",
            "1",
        ),
        ("admin_config where updated_by is not null", "0"),
        ("collaborators where invited_by is null", "4"),
    ] {
        assert_eq!(
            test.value(&format!("select count(*) from {what}"))
                .await
                .as_deref(),
            Some(count),
            "{what}"
        );
    }
}
