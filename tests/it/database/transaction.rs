//! Requests run as their caller and as nobody else.

use mindloom::auth::Caller;

use crate::support::{TestDb, caller};

#[tokio::test]
async fn a_transaction_carries_its_caller_and_ends_with_it() {
    let test = TestDb::new().await;
    let ada = caller(
        uuid::Uuid::new_v4(),
        "ada@example.org",
        &serde_json::json!({}),
    );
    let transaction = test.db.begin(&ada).await.expect("a transaction");
    let row = transaction
        .query_one("select current_user::text, auth.uid()", &[])
        .await
        .expect("who the caller is");
    assert_eq!(row.get::<_, &str>(0), "authenticated");
    assert_eq!(row.get::<_, Option<uuid::Uuid>>(1), ada.user_id);
    transaction.commit().await.expect("a commit");

    let client = test.db.request().await.expect("a connection");
    let row = client
        .query_one(
            "select current_user::text, coalesce(current_setting('request.jwt.claims', true), '')",
            &[],
        )
        .await
        .expect("who the connection is");
    assert_eq!(row.get::<_, &str>(0), "authenticator");
    assert_eq!(row.get::<_, &str>(1), "");
}

#[tokio::test]
async fn authenticator_may_read_nothing() {
    let test = TestDb::new().await;
    let client = test.db.request().await.expect("a connection");
    let error = client
        .query("select id from auth.users", &[])
        .await
        .expect_err("a refusal");
    assert_eq!(
        error.code(),
        Some(&tokio_postgres::error::SqlState::INSUFFICIENT_PRIVILEGE)
    );
}

#[tokio::test]
async fn anonymous_callers_have_no_user() {
    let test = TestDb::new().await;
    let transaction = test
        .db
        .begin(&Caller::anonymous())
        .await
        .expect("a transaction");
    let row = transaction
        .query_one("select current_user::text, auth.uid()", &[])
        .await
        .expect("who the caller is");
    assert_eq!(row.get::<_, &str>(0), "anon");
    assert_eq!(row.get::<_, Option<uuid::Uuid>>(1), None);
}
