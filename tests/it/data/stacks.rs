//! Stacks of notes, insights, and notes in the vault.

use super::{attempt, insert, notes::NEW_NOTE, refusal, value};
use crate::support::TestDb;

#[tokio::test]
async fn stacks_keep_notes_in_order() {
    let test = TestDb::new().await;
    let (ann, ben) = (
        test.user("ann@example.com").await,
        test.user("ben@example.com").await,
    );
    let theirs = test.db.begin(&ben).await.expect("a transaction");
    let foreign = insert(&theirs, NEW_NOTE, &[&"Ben's"]).await;
    theirs.commit().await.expect("a commit");
    let transaction = test.db.begin(&ann).await.expect("a transaction");
    let stack = insert(
        &transaction,
        "insert into public.stacks (name) values ('read') returning id",
        &[],
    )
    .await;
    let mut notes = Vec::new();
    for content in ["a", "b", "c"] {
        notes.push(insert(&transaction, NEW_NOTE, &[&content]).await);
    }
    let add = "insert into public.stack_notes (stack_id, note_id) select $1, unnest($2::uuid[])";
    transaction
        .execute(add, &[&stack, &notes])
        .await
        .expect("notes on the stack");
    let order = "select string_agg(n.content, '' order by s.position) from public.stack_notes s
        join public.notes n on n.id = s.note_id";
    assert_eq!(value::<String>(&transaction, order, &[]).await, "abc");
    transaction
        .execute("update public.stack_notes set position = 4 - position", &[])
        .await
        .expect("places exchanged in one statement");
    assert_eq!(value::<String>(&transaction, order, &[]).await, "cba");
    transaction
        .batch_execute("set constraints all immediate")
        .await
        .expect("no two notes in one place");
    let outcome = attempt(
        &transaction,
        "update public.stack_notes set position = 1",
        &[],
    )
    .await;
    assert_eq!(refusal(outcome), "stack_notes_stack_id_position_key");
    assert_eq!(
        refusal(attempt(&transaction, add, &[&stack, &vec![notes[0]]]).await),
        "stack_notes_pkey"
    );
    let outcome = attempt(&transaction, add, &[&stack, &vec![foreign]]).await;
    assert_eq!(refusal(outcome), "stack_notes_note_id_user_id_fkey");
    let outcome = attempt(
        &transaction,
        "update public.stack_notes set position = 0",
        &[],
    )
    .await;
    assert_eq!(refusal(outcome), "stack_notes_position_range");
}

#[tokio::test]
async fn insights_and_vault_notes_keep_their_form() {
    let test = TestDb::new().await;
    let ann = test.user("ann@example.com").await;
    let transaction = test.db.begin(&ann).await.expect("a transaction");
    let insight = "insert into public.insights (title, content, week_start, week_end) values ('w', 'c', now(), now()";
    let outcome = attempt(&transaction, &format!("{insight})"), &[]).await;
    assert_eq!(refusal(outcome), "insights_week_order");
    let accepted = transaction
        .execute(&format!("{insight} + interval '7 days')"), &[])
        .await;
    assert_eq!(accepted.expect("an insight"), 1);
    let vault = "insert into public.vault_notes (ciphertext, iv, salt) values ($1, $2, $3)";
    for (iv, salt, constraint) in [
        ("", "s", "vault_notes_iv_length"),
        ("i", "", "vault_notes_salt_length"),
    ] {
        assert_eq!(
            refusal(attempt(&transaction, vault, &[&"c", &iv, &salt]).await),
            constraint
        );
    }
    let outcome = attempt(&transaction, vault, &[&"x".repeat(1_000_001), &"i", &"s"]).await;
    assert_eq!(refusal(outcome), "vault_notes_ciphertext_length");
}
