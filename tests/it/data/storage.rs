//! Buckets and files.

use uuid::Uuid;

use super::{attempt, refusal, value};
use crate::support::TestDb;
use crate::support::sample::{ADA, BEN, EDA, OLGA, ROOT, VIC, person, sample_db};

const PROJECT: &str = "a0000000-0000-7000-8000-000000000070";

#[tokio::test]
async fn the_bucket_for_recordings_is_there_once() {
    let test = TestDb::new().await;
    let client = test.db.system().await.expect("a connection");
    let row = client
        .query_one(
            "select id, public, file_size_limit, cardinality(allowed_mime_types) from storage.buckets
             where id <> 'chat-attachments'",
            &[],
        )
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
    assert_eq!(outcome.expect("empty buckets may go"), 2);
}

#[tokio::test]
async fn everybody_has_a_folder_for_attachments_and_nobody_elses() {
    let test = TestDb::new().await;
    let (ann, ben) = (
        test.user("ann@example.com").await,
        test.user("ben@example.com").await,
    );
    let path = |user: Option<uuid::Uuid>, rest: &str| format!("{}/{rest}", user.expect("a user"));
    let upload = "insert into storage.objects (bucket_id, name) values ('chat-attachments', $1)";
    let transaction = test.db.begin(&ann).await.expect("a transaction");
    for name in ["loaf.png", "2026/loaf.png"] {
        let name = path(ann.user_id, name);
        transaction
            .execute(upload, &[&name])
            .await
            .expect("an upload");
    }
    for name in [path(ben.user_id, "loaf.png"), "loaf.png".to_owned()] {
        let outcome = attempt(&transaction, upload, &[&name]).await;
        assert!(refusal(outcome).contains("row-level security"), "{name}");
    }
    let moved = "update storage.objects set name = $1 where name like '%/2026/%'";
    let outcome = attempt(&transaction, moved, &[&path(ben.user_id, "loaf.png")]).await;
    assert!(refusal(outcome).contains("row-level security"));
    transaction.commit().await.expect("a commit");
    let transaction = test.db.begin(&ben).await.expect("a transaction");
    let seen = "select count(*) from storage.objects";
    assert_eq!(value::<i64>(&transaction, seen, &[]).await, 0);
    let gone = transaction.execute("delete from storage.objects", &[]);
    assert_eq!(gone.await.expect("nothing"), 0);
    drop(transaction);
    let transaction = test.db.begin(&ann).await.expect("a transaction");
    let gone = transaction.execute("delete from storage.objects", &[]);
    assert_eq!(gone.await.expect("one's own"), 2);
}

#[tokio::test]
async fn recordings_lie_below_their_owners_folder() {
    let test = TestDb::new().await;
    let (ann, ben) = (
        test.user("ann@example.com").await,
        test.user("ben@example.com").await,
    );
    let path = |user: Option<uuid::Uuid>, rest: &str| format!("{}/{rest}", user.expect("a user"));
    const ANNS: &str = "0190c0de-0000-7000-8000-000000000000";
    const BENS: &str = "0190c0de-0000-7000-8000-00000000000b";
    let recording = &format!("{ANNS}/1700000000_take one.mp3");
    let bens_recording = &format!("{BENS}/1700000000_take one.mp3");
    let client = test.db.system().await.expect("a connection");
    for (id, owner) in [(ANNS, &ann), (BENS, &ben)] {
        let id: uuid::Uuid = id.parse().expect("an id");
        client
            .execute(
                "insert into public.projects (id, user_id, name) values ($1, $2, 'p')",
                &[&id, &owner.user_id],
            )
            .await
            .expect("a project");
    }
    drop(client);
    let upload = "insert into storage.objects (bucket_id, name) values ('audio-recordings', $1)";
    let transaction = test.db.begin(&ben).await.expect("a transaction");
    transaction
        .execute(upload, &[&path(ben.user_id, bens_recording)])
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
        // A project of somebody else, and one that is not there.
        path(ann.user_id, bens_recording),
        path(
            ann.user_id,
            "0190c0de-0000-7000-8000-0000000000ff/1_take.mp3",
        ),
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
    let forged =
        "insert into storage.objects (bucket_id, name, owner) values ('audio-recordings', $1, $2)";
    let name = path(ann.user_id, &format!("{ANNS}/2_take.mp3"));
    let outcome = attempt(&transaction, forged, &[&name, &ben.user_id]).await;
    assert_eq!(
        refusal(outcome),
        "permission denied for table objects",
        "nobody says whose a file is"
    );
    let moved = "update storage.objects set name = $1";
    let outcome = attempt(&transaction, moved, &[&path(ben.user_id, recording)]).await;
    assert!(
        refusal(outcome).contains("row-level security"),
        "a file cannot be moved to somebody else"
    );
    let outcome = attempt(&transaction, moved, &[&path(ann.user_id, bens_recording)]).await;
    assert!(
        refusal(outcome).contains("row-level security"),
        "nor into somebody else's project"
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
    let left: i64 = client
        .query_one("select count(*) from storage.objects", &[])
        .await
        .expect("a count")
        .get(0);
    assert_eq!(
        left, 0,
        "files go with their account; what is to be removed is written down"
    );
}

#[tokio::test]
async fn the_people_of_a_project_hear_its_recordings() {
    let test = sample_db().await;
    let upload = |who: Uuid, name: &str| {
        format!(
            "insert into storage.objects (bucket_id, name) \
             values ('audio-recordings', '{who}/{PROJECT}/{name}') returning owner_id"
        )
    };
    let rows = test.run_as(&person(EDA), &upload(EDA, "5_eda.ogg")).await;
    let rows = rows.expect("an editor records");
    assert_eq!(rows[0].get(0), Some(EDA.to_string().as_str()));
    for who in [BEN, VIC] {
        let refusal = test.run_as(&person(who), &upload(who, "6_in.ogg")).await;
        let refusal = refusal.expect_err("strangers and viewers record nothing here");
        assert!(
            refusal.message.contains("row-level security"),
            "{refusal:?}"
        );
    }
    let heard = format!("select 1 from storage.objects where name like '{EDA}/%'");
    for (who, hears) in [(ADA, 1), (OLGA, 1), (VIC, 1), (EDA, 1), (BEN, 0), (ROOT, 0)] {
        let rows = test.run_as(&person(who), &heard).await.expect("no error");
        assert_eq!(rows.len(), hears, "{who}");
    }
    test.run_as_owner(&format!(
        "delete from collaborators where user_id = '{EDA}'"
    ))
    .await
    .expect("Eda is asked to leave");
    let replace =
        format!("update storage.objects set version = '2' where name like '{EDA}/%' returning 1");
    let rows = test.run_as(&person(EDA), &replace).await.expect("no error");
    assert!(rows.is_empty(), "she replaces nothing any more");
    let refusal = test.run_as(&person(EDA), &upload(EDA, "7_late.ogg")).await;
    assert_eq!(refusal.expect_err("nor records").code, "42501");
    let remove = format!("delete from storage.objects where name like '{EDA}/%' returning 1");
    let rows = test.run_as(&person(EDA), &remove).await.expect("no error");
    assert_eq!(rows.len(), 1, "what she said she may take back");
}
