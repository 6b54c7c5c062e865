//! Notes, clusters, stacks: what triggers compute, what is refused, what functions do.

use pgvector::Vector;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{attempt, insert, refusal, value};
use crate::support::TestDb;

pub(super) const NEW_NOTE: &str = "insert into public.notes (content) values ($1) returning id";
const NEW_CLUSTER: &str = "insert into public.clusters (title) values ($1) returning id";

#[tokio::test]
async fn words_and_characters_are_counted_on_write() {
    let test = TestDb::new().await;
    let ann = test.user("ann@example.com").await;
    let transaction = test.db.begin(&ann).await.expect("a transaction");
    let id = insert(&transaction, NEW_NOTE, &[&"  two\nwörds "]).await;
    let counts = "select word_count, character_count, metadata from public.notes where id = $1";
    let row = transaction.query_one(counts, &[&id]).await.expect("a note");
    assert_eq!((row.get::<_, i32>(0), row.get::<_, i32>(1)), (2, 12));
    assert_eq!(
        row.get::<_, Value>(2),
        json!({"wordCount": 2, "characterCount": 12, "tags": []})
    );
    let forged = json!({"wordCount": 99, "source": "book"});
    transaction
        .execute(
            "update public.notes set content = 'one', metadata = $2 where id = $1",
            &[&id, &forged],
        )
        .await
        .expect("an update");
    let row = transaction.query_one(counts, &[&id]).await.expect("a note");
    assert_eq!(
        row.get::<_, Value>(2),
        json!({"wordCount": 1, "characterCount": 3, "tags": [], "source": "book"})
    );
}

#[tokio::test]
async fn tags_in_the_metadata_are_the_notes_tags() {
    let test = TestDb::new().await;
    let ann = test.user("ann@example.com").await;
    let transaction = test.db.begin(&ann).await.expect("a transaction");
    let sql = "insert into public.notes (content, metadata) values ('x', $1) returning id";
    let id = insert(&transaction, sql, &[&json!({"tags": ["red", "blue"]})]).await;
    let tags = "select tags from public.notes where id = $1";
    assert_eq!(
        value::<Vec<String>>(&transaction, tags, &[&id]).await,
        ["red", "blue"]
    );
    let sql = "update public.notes set metadata = $2 where id = $1";
    transaction
        .execute(sql, &[&id, &json!({"tags": ["green"]})])
        .await
        .expect("an update");
    assert_eq!(
        value::<Vec<String>>(&transaction, tags, &[&id]).await,
        ["green"]
    );
    let sql = "update public.notes set tags = '{grey}' where id = $1";
    transaction.execute(sql, &[&id]).await.expect("an update");
    let mirrored: Value = value(
        &transaction,
        "select metadata -> 'tags' from public.notes where id = $1",
        &[&id],
    )
    .await;
    assert_eq!(mirrored, json!(["grey"]));
}

#[tokio::test]
async fn notes_refuse_what_is_over_the_limits() {
    let test = TestDb::new().await;
    let ann = test.user("ann@example.com").await;
    let transaction = test.db.begin(&ann).await.expect("a transaction");
    let many = |count: usize, length: usize| vec!["x".repeat(length); count];
    for (content, constraint) in [
        (String::new(), "notes_content_length"),
        ("ü".repeat(50_001), "notes_content_length"),
    ] {
        let outcome = attempt(
            &transaction,
            "insert into public.notes (content) values ($1)",
            &[&content],
        )
        .await;
        assert_eq!(refusal(outcome), constraint);
    }
    let sql = "insert into public.notes (content, tags) values ('x', $1)";
    for (tags, constraint) in [
        (many(21, 1), "notes_tags_count"),
        (many(1, 51), "notes_tags_length"),
        (many(1, 0), "notes_tags_length"),
    ] {
        assert_eq!(
            refusal(attempt(&transaction, sql, &[&tags]).await),
            constraint
        );
    }
    let sql = "insert into public.notes (content, metadata) values ('x', $1)";
    for metadata in [
        json!([]),
        json!({"source": ""}),
        json!({"source": "x".repeat(101)}),
        json!({"importance": "urgent"}),
        json!({"sentiment": 1}),
        json!({"categories": many(11, 1)}),
        json!({"categories": [""]}),
        json!({"linkedNoteIds": ["not-a-uuid"]}),
        json!({"linkedNoteIds": vec![Uuid::nil(); 51]}),
        json!({"custom": "text"}),
    ] {
        assert_eq!(
            refusal(attempt(&transaction, sql, &[&metadata]).await),
            "notes_metadata_format",
            "{metadata}"
        );
    }
    // All of it at its limit.
    let metadata = json!({
        "source": "x".repeat(100), "importance": "high", "sentiment": "neutral", "categories": many(10, 50),
        "linkedNoteIds": vec![Uuid::nil(); 50], "custom": {"any": ["thing"]},
    });
    let sql = "insert into public.notes (content, tags, metadata) values ($1, $2, $3)";
    let accepted = transaction
        .execute(sql, &[&"ü".repeat(50_000), &many(20, 50), &metadata])
        .await;
    assert_eq!(accepted.expect("a note at its limits"), 1);
}

#[tokio::test]
async fn users_forge_neither_counters_nor_owners() {
    let test = TestDb::new().await;
    let (ann, ben) = (
        test.user("ann@example.com").await,
        test.user("ben@example.com").await,
    );
    let theirs = test.db.begin(&ben).await.expect("a transaction");
    let cluster = insert(&theirs, NEW_CLUSTER, &[&"Ben's"]).await;
    theirs.commit().await.expect("a commit");
    let transaction = test.db.begin(&ann).await.expect("a transaction");
    insert(&transaction, NEW_NOTE, &[&"mine"]).await;
    for forbidden in [
        "update public.notes set word_count = 1000",
        "update public.notes set deleted_at = null",
        "update public.notes set user_id = gen_random_uuid()",
        "update public.notes set embedding_is_stale = false",
        "insert into public.clusters (title, note_count) values ('x', 5)",
    ] {
        assert!(
            refusal(attempt(&transaction, forbidden, &[]).await).starts_with("permission denied"),
            "{forbidden}"
        );
    }
    let sql = "insert into public.notes (content, user_id) values ('x', $1)";
    let outcome = attempt(&transaction, sql, &[&ben.user_id]).await;
    assert!(refusal(outcome).contains("row-level security"));
    // A note of one's own in somebody else's cluster.
    let sql = "insert into public.notes (content, cluster_id) values ('x', $1)";
    assert_eq!(
        refusal(attempt(&transaction, sql, &[&cluster]).await),
        "notes_cluster_id_user_id_fkey"
    );
}

/// Notes, notes not deleted, words of the latter.
async fn counters(transaction: &mindloom::db::Transaction, cluster: Uuid) -> (i32, i32, i64) {
    let sql =
        "select note_count, active_note_count, total_words from public.clusters where id = $1";
    let row = transaction
        .query_one(sql, &[&cluster])
        .await
        .expect("a cluster");
    (row.get(0), row.get(1), row.get(2))
}

#[tokio::test]
async fn clusters_count_their_notes() {
    let test = TestDb::new().await;
    let ann = test.user("ann@example.com").await;
    let transaction = test.db.begin(&ann).await.expect("a transaction");
    let one = insert(&transaction, NEW_CLUSTER, &[&"one"]).await;
    let two = insert(&transaction, NEW_CLUSTER, &[&"two"]).await;
    let run = async |sql: &str, values: &[&(dyn tokio_postgres::types::ToSql + Sync)]| {
        transaction
            .execute(sql, values)
            .await
            .unwrap_or_else(|error| panic!("{sql}: {:?}", error.as_db_error()))
    };
    run(
        "insert into public.notes (content, cluster_id) select repeat('word ', n), $1 from generate_series(1, 4) n",
        &[&one],
    )
    .await;
    assert_eq!(counters(&transaction, one).await, (4, 4, 10));
    run(
        "update public.notes set cluster_id = $1 where word_count >= 3",
        &[&two],
    )
    .await;
    assert_eq!(
        (
            counters(&transaction, one).await,
            counters(&transaction, two).await
        ),
        ((2, 2, 3), (2, 2, 7))
    );
    run(
        "update public.notes set content = 'a b c d e f' where word_count = 4",
        &[],
    )
    .await;
    assert_eq!(counters(&transaction, two).await, (2, 2, 9));
    run(
        "select public.soft_delete_note(id) from public.notes where word_count = 6",
        &[],
    )
    .await;
    assert_eq!(counters(&transaction, two).await, (2, 1, 3));
    run("delete from public.notes where word_count = 6", &[]).await;
    assert_eq!(counters(&transaction, two).await, (1, 1, 3));
    run("update public.notes set cluster_id = null", &[]).await;
    assert_eq!(
        (
            counters(&transaction, one).await,
            counters(&transaction, two).await
        ),
        ((0, 0, 0), (0, 0, 0))
    );
    run("update public.notes set cluster_id = $1", &[&one]).await;
    run("delete from public.clusters where id = $1", &[&one]).await;
    let free: i64 = value(
        &transaction,
        "select count(*) from public.notes where cluster_id is null",
        &[],
    )
    .await;
    assert_eq!(free, 3, "notes outlive their cluster");
}

#[tokio::test]
async fn a_clusters_times_follow_its_status() {
    let test = TestDb::new().await;
    let ann = test.user("ann@example.com").await;
    let transaction = test.db.begin(&ann).await.expect("a transaction");
    insert(&transaction, NEW_CLUSTER, &[&"new"]).await;
    for (status, times) in [
        ("suggested", [true, false, false]),
        ("accepted", [true, true, false]),
        ("dismissed", [true, false, true]),
    ] {
        let sql = format!("update public.clusters set status = '{status}'");
        transaction.execute(&sql, &[]).await.expect("a decision");
        let sql = "select array[suggested_at is not null, accepted_at is not null, dismissed_at is not null]
            from public.clusters";
        assert_eq!(
            value::<Vec<bool>>(&transaction, sql, &[]).await,
            times,
            "{status}"
        );
    }
    for (set, constraint) in [
        ("title = ''", "clusters_title_length"),
        ("confidence_score = 1.01", "clusters_confidence_score_range"),
        (
            "suggested_tags = array_fill('x'::text, array[21])",
            "clusters_suggested_tags_count",
        ),
        ("themes = '{}'", "clusters_themes_array"),
    ] {
        let outcome = attempt(
            &transaction,
            &format!("update public.clusters set {set}"),
            &[],
        )
        .await;
        assert_eq!(refusal(outcome), constraint);
    }
}

#[tokio::test]
async fn deleted_notes_come_back_for_thirty_days() {
    let test = TestDb::new().await;
    let (ann, ben) = (
        test.user("ann@example.com").await,
        test.user("ben@example.com").await,
    );
    let transaction = test.db.begin(&ann).await.expect("a transaction");
    let id = insert(&transaction, NEW_NOTE, &[&"keep me"]).await;
    transaction.commit().await.expect("a commit");
    let stranger = test.db.begin(&ben).await.expect("a transaction");
    let touched: i64 = value(
        &stranger,
        "select count(*) from public.soft_delete_note($1)",
        &[&id],
    )
    .await;
    assert_eq!(touched, 0);
    drop(stranger);
    let transaction = test.db.begin(&ann).await.expect("a transaction");
    let count = async |call: &str| {
        value::<i64>(
            &transaction,
            &format!("select count(*) from {call}"),
            &[&id],
        )
        .await
    };
    assert_eq!(
        count("public.restore_note($1)").await,
        0,
        "it is not deleted"
    );
    assert_eq!(count("public.soft_delete_note($1)").await, 1);
    assert_eq!(
        count("public.soft_delete_note($1)").await,
        0,
        "it is deleted already"
    );
    assert_eq!(count("public.restore_note($1)").await, 1);
    assert_eq!(count("public.soft_delete_note($1)").await, 1);
    transaction.commit().await.expect("a commit");
    let client = test.db.system().await.expect("a connection");
    client
        .execute(
            "update public.notes set deleted_at = now() - interval '30 days 1 second'",
            &[],
        )
        .await
        .expect("time passing");
    let transaction = test.db.begin(&ann).await.expect("a transaction");
    let outcome = attempt(&transaction, "select from public.restore_note($1)", &[&id]).await;
    assert_eq!(refusal(outcome), "notes_recovery_period");
}

/// A vector that points from the first axis towards the second by so many degrees.
fn direction(degrees: f32) -> Vector {
    let mut numbers = vec![0.0; 1536];
    (numbers[0], numbers[1]) = (degrees.to_radians().cos(), degrees.to_radians().sin());
    Vector::from(numbers)
}

#[tokio::test]
async fn similar_notes_are_ones_own_best_first() {
    let test = TestDb::new().await;
    let (ann, ben) = (
        test.user("ann@example.com").await,
        test.user("ben@example.com").await,
    );
    let sql = "insert into public.notes (content, embedding) values ($1, $2) returning id";
    let theirs = test.db.begin(&ben).await.expect("a transaction");
    insert(&theirs, sql, &[&"Ben's", &direction(1.0)]).await;
    theirs.commit().await.expect("a commit");
    let transaction = test.db.begin(&ann).await.expect("a transaction");
    let origin = insert(&transaction, sql, &[&"0", &direction(0.0)]).await;
    for degrees in [60, 10, 30] {
        insert(
            &transaction,
            sql,
            &[&degrees.to_string(), &direction(degrees as f32)],
        )
        .await;
    }
    insert(&transaction, NEW_NOTE, &[&"no embedding"]).await;
    let rows = transaction
        .query(
            "select content, similarity from public.similar_notes($1)",
            &[&origin],
        )
        .await;
    let rows = rows.expect("similar notes");
    let contents: Vec<&str> = rows.iter().map(|row| row.get(0)).collect();
    assert_eq!(contents, ["10", "30", "60"]);
    assert!((rows[2].get::<_, f64>(1) - 0.5).abs() < 1e-3);
    let sql = "select array_agg(content) from public.match_notes($1, 0.8, 10)";
    assert_eq!(
        value::<Vec<String>>(&transaction, sql, &[&direction(0.0)]).await,
        ["0", "10", "30"]
    );
}

/// The SHA-256 of a text, as writers of embeddings name it.
fn hash(text: &str) -> String {
    let digest = <sha2::Sha256 as sha2::Digest>::digest(text.as_bytes());
    hex::encode(digest)
}

const STALE: &str = "select embedding_is_stale from public.notes";

#[tokio::test]
async fn a_vector_of_an_older_text_is_stored_as_stale() {
    let test = TestDb::new().await;
    let ann = test.user("ann@example.com").await;
    let transaction = test.db.begin(&ann).await.expect("a transaction");
    insert(&transaction, NEW_NOTE, &[&"first"]).await;
    let stale = async || value::<bool>(&transaction, STALE, &[]).await;
    let with_hash = "update public.notes set embedding = $1, embedding_hash = $2";
    assert!(!stale().await, "there is nothing to be stale");
    transaction
        .execute(with_hash, &[&direction(1.0), &hash("first")])
        .await
        .expect("an embedding");
    assert!(!stale().await);

    // A model was asked about the first text while somebody saved the second.
    transaction
        .execute("update public.notes set content = 'second'", &[])
        .await
        .expect("an edit");
    assert!(stale().await, "the embedding is of the old text");
    transaction
        .execute(with_hash, &[&direction(2.0), &hash("first")])
        .await
        .expect("a late embedding");
    assert!(stale().await, "late, and still of the old text");
    let near = "select count(*) from public.match_notes($1, -1, 10)";
    let found = value::<i64>(&transaction, near, &[&direction(2.0)]).await;
    assert_eq!(found, 0, "a search by meaning does not serve it");
    transaction
        .execute(with_hash, &[&direction(3.0), &hash("second")])
        .await
        .expect("an embedding of the new text");
    assert!(!stale().await);
    let found = value::<i64>(&transaction, near, &[&direction(2.0)]).await;
    assert_eq!(found, 1);

    transaction
        .execute("update public.notes set content = 'first'", &[])
        .await
        .expect("an edit");
    assert!(stale().await);
    transaction
        .execute("update public.notes set content = 'second'", &[])
        .await
        .expect("an edit taken back");
    assert!(!stale().await, "it is of this very text");
    transaction
        .execute("update public.notes set embedding = null", &[])
        .await
        .expect("no embedding");
    assert!(!stale().await);
    let forgotten =
        "select embedding_hash is null and embedding_updated_at is null from public.notes";
    assert!(value::<bool>(&transaction, forgotten, &[]).await);
}

#[tokio::test]
async fn a_vector_without_a_hash_is_of_the_text_that_is_known() {
    let test = TestDb::new().await;
    let ann = test.user("ann@example.com").await;
    let transaction = test.db.begin(&ann).await.expect("a transaction");
    let stale = async || value::<bool>(&transaction, STALE, &[]).await;
    let alone = "update public.notes set embedding = $1";
    insert(&transaction, NEW_NOTE, &[&"first"]).await;
    transaction
        .execute(alone, &[&direction(1.0)])
        .await
        .expect("an embedding");
    assert!(stale().await, "nobody knows of which text");
    let together = "update public.notes set content = 'second', embedding = $1";
    transaction
        .execute(together, &[&direction(2.0)])
        .await
        .expect("text and embedding");
    assert!(!stale().await, "they came together");
    transaction
        .execute(alone, &[&direction(3.0)])
        .await
        .expect("another model's embedding");
    assert!(stale().await, "it may be of a text of before");
    let named = "update public.notes set embedding = $1, embedding_hash = embedding_hash";
    let again = "update public.notes set embedding = $1, embedding_hash = $2";
    transaction
        .execute(again, &[&direction(3.0), &hash("second")])
        .await
        .expect("it says of which");
    assert!(!stale().await, "of this very text");
    transaction
        .execute(named, &[&direction(5.0)])
        .await
        .expect("it says of which, which is the same as before");
    assert!(
        !stale().await,
        "a hash that is named holds, also one that was there"
    );
    let made = "select embedding_updated_at > now() - interval '1 day' from public.notes";
    assert!(value::<bool>(&transaction, made, &[]).await);
    transaction
        .execute(
            "update public.notes set embedding_hash = $1",
            &[&hash("first")],
        )
        .await
        .expect("a hash alone");
    assert!(stale().await && value::<bool>(&transaction, made, &[]).await);
    transaction
        .execute("delete from public.notes", &[])
        .await
        .expect("a clean table");
    let sql = "insert into public.notes (content, embedding) values ($1, $2) returning id";
    insert(&transaction, sql, &[&"new", &direction(1.0)]).await;
    assert!(!stale().await, "they came together");
    let told = "insert into public.notes (content, embedding, embedding_hash) values ('new', $1, $2) returning id";
    let late = insert(&transaction, told, &[&direction(1.0), &hash("old")]).await;
    let of_late = "select embedding_is_stale from public.notes where id = $1";
    assert!(value::<bool>(&transaction, of_late, &[&late]).await);
    let similar = "select count(*) from public.similar_notes($1)";
    assert_eq!(value::<i64>(&transaction, similar, &[&late]).await, 0);
    for (set, refused) in [
        ("embedding_hash = 'ABC'", "notes_embedding_hash_format"),
        (
            "embedding_is_stale = false",
            "permission denied for table notes",
        ),
    ] {
        let outcome = attempt(&transaction, &format!("update public.notes set {set}"), &[]).await;
        assert_eq!(refusal(outcome), refused);
    }
}
