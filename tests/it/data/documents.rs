//! Documents: what is counted, versioned and shared.

use mindloom::auth::Caller;
use uuid::Uuid;

use super::{attempt, insert, refusal, value};
use crate::support::TestDb;

const NEW: &str = "insert into public.documents (title, content) values ($1, $2) returning id";

#[tokio::test]
async fn words_and_reading_time_are_computed() {
    let test = TestDb::new().await;
    let ann = test.user("ann@example.com").await;
    let transaction = test.db.begin(&ann).await.expect("a transaction");
    for (words, minutes) in [(0, 0), (1, 1), (200, 1), (201, 2)] {
        let id = insert(&transaction, NEW, &[&"t", &"word ".repeat(words)]).await;
        let sql = "select array[word_count, reading_time] from public.documents where id = $1";
        assert_eq!(
            value::<Vec<i32>>(&transaction, sql, &[&id]).await,
            [words as i32, minutes]
        );
    }
    transaction
        .execute(
            "update public.documents set content = 'three short words'",
            &[],
        )
        .await
        .expect("an edit");
    let sql = "select distinct word_count from public.documents";
    assert_eq!(value::<i32>(&transaction, sql, &[]).await, 3);
}

#[tokio::test]
async fn versions_count_up_from_their_parent() {
    let test = TestDb::new().await;
    let (ann, ben) = (
        test.user("ann@example.com").await,
        test.user("ben@example.com").await,
    );
    let theirs = test.db.begin(&ben).await.expect("a transaction");
    let foreign = insert(&theirs, NEW, &[&"Ben's", &"x"]).await;
    theirs.commit().await.expect("a commit");
    let transaction = test.db.begin(&ann).await.expect("a transaction");
    let mut parent = insert(&transaction, NEW, &[&"t", &"one"]).await;
    let next = "insert into public.documents (title, content, parent_document_id) values ('t', 'x', $1) returning id";
    for version in [2, 3] {
        parent = insert(&transaction, next, &[&parent]).await;
        let sql = "select version from public.documents where id = $1";
        assert_eq!(value::<i32>(&transaction, sql, &[&parent]).await, version);
    }
    for parent in [foreign, Uuid::nil()] {
        let outcome = attempt(&transaction, next, &[&parent]).await;
        assert_eq!(
            refusal(outcome),
            "documents_parent_document_id_user_id_fkey"
        );
    }
    transaction
        .execute("delete from public.documents where version = 1", &[])
        .await
        .expect("a deletion");
    let orphans: i64 = value(
        &transaction,
        "select count(*) from public.documents where parent_document_id is null",
        &[],
    )
    .await;
    assert_eq!(orphans, 1, "a version outlives its parent");
}

#[tokio::test]
async fn a_document_is_shared_by_a_token_that_ends_with_the_sharing() {
    let test = TestDb::new().await;
    let ann = test.user("ann@example.com").await;
    let share = async |set: &str| {
        let transaction = test.db.begin(&ann).await.expect("a transaction");
        transaction
            .execute(&format!("update public.documents set {set}"), &[])
            .await
            .expect("an update");
        let token: Option<Uuid> = value(
            &transaction,
            "select share_token from public.documents",
            &[],
        )
        .await;
        transaction.commit().await.expect("a commit");
        token
    };
    let readable = async |token: Uuid| {
        let client = test.db.system().await.expect("a connection");
        let sql = "select count(*) from private.shared_document($1)";
        let row = client.query_one(sql, &[&token]).await.expect("a count");
        row.get::<_, i64>(0)
    };
    let transaction = test.db.begin(&ann).await.expect("a transaction");
    insert(&transaction, NEW, &[&"t", &"secret"]).await;
    transaction.commit().await.expect("a commit");
    assert_eq!(share("status = 'published'").await, None);

    let token = share("is_public = true").await.expect("a token");
    assert_eq!(
        (token.get_version_num(), readable(token).await),
        (4, 1),
        "a random token opens it"
    );
    assert_eq!(readable(Uuid::new_v4()).await, 0);
    assert_eq!(
        share("title = 'same'").await,
        Some(token),
        "an edit keeps the link"
    );
    share("share_expires_at = now() - interval '1 second'").await;
    assert_eq!(readable(token).await, 0, "the sharing has expired");
    assert_eq!(share("is_public = false").await, None);
    let second = share("is_public = true, share_expires_at = null")
        .await
        .expect("a token");
    assert_ne!(token, second);
    assert_eq!(
        (readable(token).await, readable(second).await),
        (0, 1),
        "the old link stays dead"
    );
}

#[tokio::test]
async fn a_password_closes_the_link_and_nobody_reads_its_hash() {
    let test = TestDb::new().await;
    let ann = test.user("ann@example.com").await;
    let transaction = test.db.begin(&ann).await.expect("a transaction");
    insert(&transaction, NEW, &[&"t", &"secret"]).await;
    transaction
        .execute("update public.documents set is_public = true", &[])
        .await
        .expect("sharing");
    let token: Uuid = value(
        &transaction,
        "select share_token from public.documents",
        &[],
    )
    .await;
    for forbidden in [
        "select share_password_hash from public.documents",
        "update public.documents set share_password_hash = null",
        "update public.documents set share_token = gen_random_uuid()",
    ] {
        assert!(
            refusal(attempt(&transaction, forbidden, &[]).await).starts_with("permission denied"),
            "{forbidden}"
        );
    }
    transaction.commit().await.expect("a commit");
    let client = test.db.system().await.expect("a connection");
    client
        .execute(
            "update public.documents set share_password_hash = '$argon2id$'",
            &[],
        )
        .await
        .expect("a password");

    let transaction = test
        .db
        .begin(&Caller::anonymous())
        .await
        .expect("a transaction");
    let behind = "select share_password_hash from private.shared_document($1)";
    let hash: &str = &client
        .query_one(behind, &[&token])
        .await
        .expect("a document")
        .get::<_, String>(0);
    assert_eq!(hash, "$argon2id$", "the server has something to check");
    let opened = attempt(&transaction, behind, &[&token]).await;
    assert!(
        refusal(opened).starts_with("permission denied"),
        "and nobody else"
    );
    let listed = attempt(&transaction, "select id from public.documents", &[]).await;
    assert!(
        refusal(listed).starts_with("permission denied"),
        "shared documents are not listed"
    );

    let transaction = test.db.begin(&ann).await.expect("a transaction");
    let sql = "select public.document_has_share_password(id) from public.documents";
    assert!(value::<bool>(&transaction, sql, &[]).await);
    transaction
        .execute("update public.documents set is_public = false", &[])
        .await
        .expect("an end");
    assert!(
        !value::<bool>(&transaction, sql, &[]).await,
        "the password ends with the sharing"
    );
}

#[tokio::test]
async fn documents_refuse_what_is_over_the_limits() {
    let test = TestDb::new().await;
    let ann = test.user("ann@example.com").await;
    let transaction = test.db.begin(&ann).await.expect("a transaction");
    insert(&transaction, NEW, &[&"t", &"x"]).await;
    for (set, constraint) in [
        ("title = ''", "documents_title_length"),
        ("title = repeat('x', 501)", "documents_title_length"),
        ("content = repeat('x', 1000001)", "documents_content_length"),
        (
            "tags = array_fill('x'::text, array[21])",
            "documents_tags_count",
        ),
        ("tags = array[repeat('x', 51)]", "documents_tags_length"),
        (
            "generation_metadata = '[]'",
            "documents_generation_metadata_object",
        ),
    ] {
        let outcome = attempt(
            &transaction,
            &format!("update public.documents set {set}"),
            &[],
        )
        .await;
        assert_eq!(refusal(outcome), constraint);
    }
}
