//! Buckets and files.

use super::{attempt, refusal, value};
use crate::support::TestDb;

#[tokio::test]
async fn the_bucket_for_recordings_is_there_once() {
    let test = TestDb::new().await;
    let client = test.db.system().await.expect("a connection");
    let row = client
        .query_one("select id, public, file_size_limit, cardinality(allowed_mime_types) from storage.buckets", &[])
        .await
        .expect("one bucket");
    assert_eq!(row.get::<_, &str>(0), "audio-recordings");
    assert_eq!(
        (
            row.get::<_, bool>(1),
            row.get::<_, i64>(2),
            row.get::<_, i32>(3)
        ),
        (false, 50 * 1024 * 1024, 6)
    );
    let outcome = client.execute("delete from storage.buckets", &[]).await;
    assert_eq!(outcome.expect("an empty bucket may go"), 1);
}

#[tokio::test]
async fn recordings_lie_below_their_owners_folder() {
    let test = TestDb::new().await;
    let (ann, ben) = (
        test.user("ann@example.com").await,
        test.user("ben@example.com").await,
    );
    let path = |user: Option<uuid::Uuid>, rest: &str| format!("{}/{rest}", user.expect("a user"));
    let recording = "0190c0de-0000-7000-8000-000000000000/1700000000_take one.mp3";
    let upload = "insert into storage.objects (bucket_id, name) values ('audio-recordings', $1)";
    let transaction = test.db.begin(&ben).await.expect("a transaction");
    transaction
        .execute(upload, &[&path(ben.user_id, recording)])
        .await
        .expect("an upload");
    transaction.commit().await.expect("a commit");

    let transaction = test.db.begin(&ann).await.expect("a transaction");
    transaction
        .execute(upload, &[&path(ann.user_id, recording)])
        .await
        .expect("an upload");
    for name in [
        path(
            ben.user_id,
            "0190c0de-0000-7000-8000-000000000000/1_mine.mp3",
        ),
        path(ann.user_id, "take.mp3"),
        path(ann.user_id, "project/1_take.mp3"),
        path(ann.user_id, "0190c0de-0000-7000-8000-000000000000/take.mp3"),
    ] {
        let outcome = attempt(&transaction, upload, &[&name]).await;
        assert!(refusal(outcome).contains("row-level security"), "{name}");
    }
    for name in ["", "/a", "a//b", "a/../b", "./a", "a/", "a\\b", "a\u{7}"] {
        let outcome = attempt(&transaction, upload, &[&name]).await;
        let refused = refusal(outcome);
        assert!(
            refused.contains("row-level security") || refused.starts_with("objects_name"),
            "{name}: {refused}"
        );
    }
    assert_eq!(
        value::<i64>(&transaction, "select count(*) from storage.objects", &[]).await,
        1
    );
    let moved = "update storage.objects set name = $1";
    let outcome = attempt(&transaction, moved, &[&path(ben.user_id, recording)]).await;
    assert!(
        refusal(outcome).contains("row-level security"),
        "a file cannot be moved to somebody else"
    );
    assert_eq!(
        transaction
            .execute("delete from storage.objects", &[])
            .await
            .expect("a deletion"),
        1
    );
    drop(transaction);

    let client = test.db.system().await.expect("a connection");
    for name in ["", "/a", "a//b", "a/../b", "./a", "a/", "a\\b", "a\u{7}"] {
        let outcome = client.execute(upload, &[&name]).await;
        assert!(refusal(outcome).starts_with("objects_name"), "{name}");
    }
    let outcome = client.execute("delete from storage.buckets", &[]).await;
    assert_eq!(
        refusal(outcome),
        "objects_bucket_id_fkey",
        "a bucket with files stays"
    );
    client
        .execute("delete from auth.users", &[])
        .await
        .expect("accounts gone");
    let ownerless: i64 = client
        .query_one(
            "select count(*) from storage.objects where owner_id is null",
            &[],
        )
        .await
        .expect("a count")
        .get(0);
    assert_eq!(
        ownerless, 1,
        "what to remove from the backend is still known"
    );
}
