//! The search index follows what it indexes.

use mindloom::db::Transaction;

use super::{insert, refusal, value};
use crate::support::TestDb;

/// What a query finds, as `kind title-or-dash`, best first.
async fn found(transaction: &Transaction, query: &str) -> Vec<String> {
    let sql = "select coalesce(array_agg(entity_type || ' ' || coalesce(title, '-')), '{}') from public.search_content($1)";
    value(transaction, sql, &[&query]).await
}

#[tokio::test]
async fn notes_and_documents_are_found_while_they_are_there() {
    let test = TestDb::new().await;
    let ann = test.user("ann@example.com").await;
    let transaction = test.db.begin(&ann).await.expect("a transaction");
    let run = async |sql: &str| {
        transaction
            .execute(sql, &[])
            .await
            .unwrap_or_else(|error| panic!("{sql}: {:?}", error.as_db_error()))
    };
    let none: [&str; 0] = [];
    run("insert into public.notes (content, tags) values ('Robins were singing', '{ornithology}')")
        .await;
    run("insert into public.documents (title, content) values ('Robins', 'All about them')").await;
    assert_eq!(
        found(&transaction, "robin sings").await,
        ["note -"],
        "words are stemmed, all must occur"
    );
    assert_eq!(
        found(&transaction, "robin").await,
        ["document Robins", "note -"],
        "a title weighs more"
    );
    assert_eq!(
        found(&transaction, "ornithology").await,
        ["note -"],
        "tags are searched"
    );
    assert_eq!(
        found(&transaction, "robin -singing").await,
        ["document Robins"]
    );
    assert_eq!(found(&transaction, "").await, none);

    run("update public.notes set content = 'Sparrows'").await;
    assert_eq!(found(&transaction, "robin").await, ["document Robins"]);
    run("select public.soft_delete_note(id) from public.notes").await;
    assert_eq!(
        found(&transaction, "sparrow").await,
        none,
        "a deleted note is not found"
    );
    run("select public.restore_note(id) from public.notes").await;
    assert_eq!(found(&transaction, "sparrow").await, ["note -"]);
    run("delete from public.documents").await;
    run("delete from public.notes").await;
    let left: i64 = value(
        &transaction,
        "select count(*) from public.search_index",
        &[],
    )
    .await;
    assert_eq!(left, 0);
}

#[tokio::test]
async fn an_edit_of_something_else_leaves_the_index_alone() {
    let test = TestDb::new().await;
    let ann = test.user("ann@example.com").await;
    let transaction = test.db.begin(&ann).await.expect("a transaction");
    insert(
        &transaction,
        "insert into public.notes (content) values ('x') returning id",
        &[],
    )
    .await;
    transaction.commit().await.expect("a commit");
    let transaction = test.db.begin(&ann).await.expect("a transaction");
    let version = "select xmin::text || ctid::text from public.search_index";
    let before: String = value(&transaction, version, &[]).await;
    transaction
        .execute(
            "update public.notes set metadata = '{\"source\": \"book\"}'",
            &[],
        )
        .await
        .expect("an edit");
    assert_eq!(value::<String>(&transaction, version, &[]).await, before);
}

#[tokio::test]
async fn people_find_only_their_own_and_write_nothing() {
    let test = TestDb::new().await;
    let (ann, ben) = (
        test.user("ann@example.com").await,
        test.user("ben@example.com").await,
    );
    let transaction = test.db.begin(&ben).await.expect("a transaction");
    insert(
        &transaction,
        "insert into public.notes (content) values ('robin') returning id",
        &[],
    )
    .await;
    transaction.commit().await.expect("a commit");
    let transaction = test.db.begin(&ann).await.expect("a transaction");
    assert!(found(&transaction, "robin").await.is_empty());
    let outcome = transaction
        .execute("delete from public.search_index", &[])
        .await;
    assert!(refusal(outcome).starts_with("permission denied"));
}

#[tokio::test]
async fn a_text_beyond_what_a_tsvector_holds_is_indexed_in_part() {
    let test = TestDb::new().await;
    let ann = test.user("ann@example.com").await;
    let transaction = test.db.begin(&ann).await.expect("a transaction");
    // 111,111 different words, 1,000,000 characters: over 1 MB as a tsvector.
    let content: String = (0..111_111).map(|n| format!("w{n:07} ")).collect();
    insert(
        &transaction,
        "insert into public.documents (title, content) values ('long', $1) returning id",
        &[&content],
    )
    .await;
    assert_eq!(found(&transaction, "w0000001").await, ["document long"]);
    assert!(found(&transaction, "w0111110").await.is_empty());
}
