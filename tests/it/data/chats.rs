//! Chats, their messages and votes, artifacts and suggestions.

use crate::support::sample::{ADA, BEN, person, sample_db};
use crate::support::{TestDb, caller};

const CHAT: &str = "a0000000-0000-7000-8000-000000000030";
const PUBLIC_CHAT: &str = "a0000000-0000-7000-8000-000000000031";
const BENS_CHAT: &str = "b0000000-0000-7000-8000-000000000030";
const ARTIFACT: &str = "a0000000-0000-7000-8000-000000000036";

async fn totals(test: &TestDb, chat: &str) -> String {
    test.value(&format!(
        "select concat_ws(' ', total_input_tokens, total_output_tokens, total_cost) from chats where id = '{chat}'"
    ))
    .await
    .unwrap_or_default()
}

#[tokio::test]
async fn totals_follow_the_messages() {
    let test = sample_db().await;
    assert_eq!(totals(&test, CHAT).await, "640 172 0.000133");
    test.run_as_owner(&format!(
        "insert into messages (chat_id, role, parts, input_tokens, output_tokens, cost) \
         select '{CHAT}', 'assistant', '[]', 10, 1, 0.5 from generate_series(1, 3)"
    ))
    .await
    .expect("three messages in one statement");
    assert_eq!(totals(&test, CHAT).await, "670 175 1.500133");
    test.run_as_owner(&format!(
        "update messages set chat_id = '{PUBLIC_CHAT}', input_tokens = 20 where chat_id = '{CHAT}' and cost = 0.5"
    ))
    .await
    .expect("messages move to another chat");
    assert_eq!(totals(&test, CHAT).await, "640 172 0.000133");
    assert_eq!(totals(&test, PUBLIC_CHAT).await, "150 34 1.500022");
    test.run_as_owner(&format!(
        "delete from messages where chat_id = '{PUBLIC_CHAT}'"
    ))
    .await
    .expect("messages go");
    assert_eq!(totals(&test, PUBLIC_CHAT).await, "0 0 0.000000");
}

#[tokio::test]
async fn nobody_writes_totals_or_costs_of_their_own() {
    let test = sample_db().await;
    for sql in [
        format!("update chats set total_cost = 0 where id = '{CHAT}'"),
        "insert into chats (title, total_cost) values ('free', -1)".to_owned(),
        format!(
            "insert into messages (chat_id, role, parts, cost) values ('{CHAT}', 'user', '[]', 0)"
        ),
        format!("update messages set parts = '[]' where chat_id = '{CHAT}'"),
        format!("update chats set user_id = '{BEN}' where id = '{CHAT}'"),
    ] {
        let refusal = test.run_as(&person(ADA), &sql).await.expect_err(&sql);
        assert_eq!(refusal.code, "42501", "{sql}");
    }
}

#[tokio::test]
async fn a_new_chat_belongs_to_its_caller_by_default() {
    let test = sample_db().await;
    let rows = test
        .run_as(
            &person(BEN),
            "insert into chats (title) values ('Rain') returning user_id",
        )
        .await
        .expect("a chat");
    assert_eq!(rows[0].get(0), Some(BEN.to_string().as_str()));
    let forged = format!("insert into chats (title, user_id) values ('Rain', '{ADA}')");
    let refusal = test
        .run_as(&person(BEN), &forged)
        .await
        .expect_err("another's name");
    assert!(
        refusal.message.contains("row-level security"),
        "{refusal:?}"
    );
}

#[tokio::test]
async fn a_public_chat_is_read_by_its_id_and_not_listed() {
    let test = sample_db().await;
    let anonymous = mindloom::auth::Caller::anonymous();
    let open = format!("select title, messages::text from get_public_chat('{PUBLIC_CHAT}')");
    for reader in [&anonymous, &person(BEN)] {
        let rows = test.run_as(reader, &open).await.expect("the public chat");
        assert_eq!(rows[0].get(0), Some("Hydration explained"));
        let messages = rows[0].get(1).expect("messages");
        assert!(messages.contains("water over flour"), "{messages}");
        assert!(
            !messages.contains("cost") && !messages.contains(&ADA.to_string()),
            "{messages}"
        );
    }
    let private = format!("select * from get_public_chat('{CHAT}')");
    assert!(
        test.run_as(&anonymous, &private)
            .await
            .expect("no error")
            .is_empty()
    );
    let listed = test
        .run_as(&person(BEN), "select id from chats")
        .await
        .expect("own chats");
    assert_eq!(listed.len(), 1);
    assert_eq!(
        test.run_as(&anonymous, "select id from chats")
            .await
            .expect_err("a refusal")
            .code,
        "42501"
    );
}

#[tokio::test]
async fn a_vote_stays_within_a_chat_of_the_voter() {
    let test = sample_db().await;
    let message_of_ada = "a0000000-0000-7000-8000-000000000033";
    let in_adas_chat = format!("insert into votes values ('{CHAT}', '{message_of_ada}', false)");
    let refusal = test
        .run_as(
            &person(BEN),
            &in_adas_chat.replace(
                "votes values",
                "votes (chat_id, message_id, is_upvoted) values",
            ),
        )
        .await
        .expect_err("a vote in another's chat");
    assert!(
        refusal.message.contains("row-level security"),
        "{refusal:?}"
    );
    let in_own_chat = format!(
        "insert into votes (chat_id, message_id, is_upvoted) values ('{BENS_CHAT}', '{message_of_ada}', false)"
    );
    let refusal = test
        .run_as(&person(BEN), &in_own_chat)
        .await
        .expect_err("another's message");
    assert_eq!(
        refusal.constraint.as_deref(),
        Some("votes_message_id_chat_id_fkey")
    );
    let own = format!(
        "insert into votes (chat_id, message_id, is_upvoted) \
         values ('{BENS_CHAT}', 'b0000000-0000-7000-8000-000000000032', true)"
    );
    test.run_as(&person(BEN), &own)
        .await
        .expect("a vote on a message of one's own chat");
}

#[tokio::test]
async fn messages_go_into_own_chats_only() {
    let test = sample_db().await;
    let sql =
        format!("insert into messages (chat_id, role, parts) values ('{CHAT}', 'user', '[]')");
    let refusal = test
        .run_as(&person(BEN), &sql)
        .await
        .expect_err("another's chat");
    assert!(
        refusal.message.contains("row-level security"),
        "{refusal:?}"
    );
    test.run_as(&person(ADA), &sql).await.expect("one's own");
}

#[tokio::test]
async fn versions_count_up_and_follow_their_parents() {
    let test = sample_db().await;
    let sql = format!(
        "insert into artifacts (id, title, content) \
         select '{ARTIFACT}', 'Proofing timer', 'v' || n from generate_series(3, 5) n \
         returning version_number, created_at > '2026-03-01 10:05Z'"
    );
    let rows = test
        .run_as(&person(ADA), &sql)
        .await
        .expect("three versions in one statement");
    let numbers: Vec<_> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    assert_eq!(
        numbers,
        [
            (Some("3"), Some("t")),
            (Some("4"), Some("t")),
            (Some("5"), Some("t"))
        ]
    );
    let tree = test
        .value(&format!(
            "select string_agg(a.version_number || '<' || coalesce(p.version_number::text, '-'), ' ' order by a.version_number) \
             from artifacts a left join artifacts p on p.version_id = a.parent_version_id where a.id = '{ARTIFACT}'"
        ))
        .await;
    assert_eq!(tree.as_deref(), Some("1<- 2<1 3<2 4<3 5<4"));
    let branch = format!(
        "insert into artifacts (id, title, content, parent_version_id) \
         values ('{ARTIFACT}', 'Proofing timer', 'branch', \
                 (select version_id from artifacts where id = '{ARTIFACT}' and version_number = 2)) \
         returning version_number"
    );
    let rows = test
        .run_as(&person(ADA), &branch)
        .await
        .expect("a branch from version 2");
    assert_eq!(rows[0].get(0), Some("6"));
}

#[tokio::test]
async fn versions_of_others_and_foreign_parents_are_refused() {
    let test = sample_db().await;
    let hijack = format!("insert into artifacts (id, title) values ('{ARTIFACT}', 'mine now')");
    let refusal = test
        .run_as(&person(BEN), &hijack)
        .await
        .expect_err("another's artifact");
    assert_eq!(refusal.message, "the artifact belongs to another user");
    let bens_version = test
        .value("select version_id from artifacts where id = 'b0000000-0000-7000-8000-000000000036'")
        .await
        .unwrap_or_default();
    for (sql, constraint) in [
        (
            format!(
                "insert into artifacts (id, title, parent_version_id) values ('{ARTIFACT}', 't', '{bens_version}')"
            ),
            "artifacts_parent_same_artifact",
        ),
        (
            format!(
                "insert into artifacts (title, parent_version_id) values ('t', '{bens_version}')"
            ),
            "artifacts_first_has_no_parent",
        ),
    ] {
        let refusal = test.run_as(&person(ADA), &sql).await.expect_err(&sql);
        assert_eq!(refusal.constraint.as_deref(), Some(constraint));
    }
    for sql in [
        format!("update artifacts set version_number = 9 where id = '{ARTIFACT}'"),
        format!("update artifacts set created_at = now() where id = '{ARTIFACT}'"),
    ] {
        assert_eq!(
            test.run_as(&person(ADA), &sql).await.expect_err(&sql).code,
            "42501"
        );
    }
    let foreign_chat =
        format!("insert into artifacts (title, chat_id) values ('t', '{BENS_CHAT}')");
    let refusal = test
        .run_as(&person(ADA), &foreign_chat)
        .await
        .expect_err("another's chat");
    assert!(
        refusal.message.contains("row-level security"),
        "{refusal:?}"
    );
}

#[tokio::test]
async fn writers_at_once_get_numbers_of_their_own() {
    let test = sample_db().await;
    let sql = format!("insert into artifacts (id, title) values ('{ARTIFACT}', 'at once')");
    let ada = person(ADA);
    let writers = (0..4).map(|_| test.run_as(&ada, &sql));
    for outcome in futures_util::future::join_all(writers).await {
        outcome.expect("each writer waits for the one before");
    }
    let numbers = test
        .value(&format!(
            "select string_agg(version_number::text, ' ' order by version_number) from artifacts where id = '{ARTIFACT}'"
        ))
        .await;
    assert_eq!(numbers.as_deref(), Some("1 2 3 4 5 6"));
}

#[tokio::test]
async fn the_search_index_holds_the_latest_version() {
    let test = sample_db().await;
    let indexed = format!("select content from search_index where entity_id = '{ARTIFACT}'");
    assert_eq!(
        test.value(&indexed).await.as_deref(),
        Some("print(\"minutes:\", 4 * 60)")
    );
    let sql = format!(
        "insert into artifacts (id, title, content) values ('{ARTIFACT}', 'Timer', 'third')"
    );
    test.run_as(&person(ADA), &sql).await.expect("a version");
    assert_eq!(test.value(&indexed).await.as_deref(), Some("third"));
    let sql = format!(
        "update artifacts set content = 'edited' where id = '{ARTIFACT}' and version_number = 1"
    );
    test.run_as(&person(ADA), &sql)
        .await
        .expect("an edit of an old version");
    assert_eq!(test.value(&indexed).await.as_deref(), Some("third"));
    let sql = format!("delete from artifacts where id = '{ARTIFACT}' and version_number > 1");
    test.run_as(&person(ADA), &sql)
        .await
        .expect("back to the first");
    assert_eq!(test.value(&indexed).await.as_deref(), Some("edited"));
    let sql = format!("delete from artifacts where id = '{ARTIFACT}'");
    test.run_as(&person(ADA), &sql).await.expect("gone");
    let left = format!("select count(*) from search_index where entity_id = '{ARTIFACT}'");
    assert_eq!(test.value(&left).await.as_deref(), Some("0"));
}

#[tokio::test]
async fn suggestions_are_for_versions_of_ones_own() {
    let test = sample_db().await;
    let sql = format!(
        "insert into suggestions (document_id, document_created_at, original_text, suggested_text) \
         values ('{ARTIFACT}', '2026-03-01 10:05Z', 'a', 'b')"
    );
    let refusal = test
        .run_as(&person(BEN), &sql)
        .await
        .expect_err("another's artifact");
    assert!(
        refusal.message.contains("row-level security"),
        "{refusal:?}"
    );
    test.run_as(&person(ADA), &sql).await.expect("one's own");
    let gone = format!("delete from artifacts where id = '{ARTIFACT}' and version_number = 2");
    test.run_as(&person(ADA), &gone)
        .await
        .expect("the version goes");
    assert_eq!(
        test.value("select count(*) from suggestions")
            .await
            .as_deref(),
        Some("0")
    );
}

#[tokio::test]
async fn a_role_in_user_metadata_makes_nobody_admin() {
    let test = sample_db().await;
    let mut claims = person(BEN).claims.as_ref().clone();
    claims.insert(
        "user_metadata".to_owned(),
        serde_json::json!({"role": "admin"}),
    );
    let forged = mindloom::auth::Caller::from_claims(mindloom::auth::Role::Authenticated, claims);
    let rows = test
        .run_as(&forged, "select get_user_role(), is_current_user_admin()")
        .await
        .expect("an answer");
    assert_eq!((rows[0].get(0), rows[0].get(1)), (Some("user"), Some("f")));
    let admin = caller(BEN, "", &serde_json::json!({"role": "admin"}));
    assert_eq!(
        test.run_as(&admin, "select id from chats")
            .await
            .expect("all chats")
            .len(),
        3
    );
    let write = format!(
        "update auth.users set raw_app_meta_data = '{{\"role\": \"admin\"}}' where id = '{BEN}'"
    );
    for role in [person(BEN), admin] {
        assert_eq!(
            test.run_as(&role, &write)
                .await
                .expect_err("a refusal")
                .code,
            "42501"
        );
    }
}
