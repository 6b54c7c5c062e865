//! Everything of one's own.

use serde_json::{Value, json};

use super::{flows::code, server::Server};

#[tokio::test]
async fn an_export_holds_every_row_of_mine_and_none_of_others() {
    let server = Server::start().await;
    let ada = server.member("ada@example.org").await;
    let bob = server.member("bob@example.org").await;
    for (session, title) in [(&ada, "adas note"), (&bob, "bobs note")] {
        let query = "mutation($t: String!) { createNote(input: {content: $t}) { id } }";
        server
            .ok(Some(&session.access), query, json!({"t": title}))
            .await;
        let stack = "mutation($t: String!) { createStack(input: {name: $t}) { id } }";
        server
            .ok(
                Some(&session.access),
                stack,
                json!({"t": format!("{title}s stack")}),
            )
            .await;
    }
    // Everybody's notes lie in their stacks.
    server
        .sql(
            "insert into public.stack_notes (stack_id, note_id, user_id, position) \
             select s.id, n.id, n.user_id, 1 from public.stacks s join public.notes n using (user_id)",
            &[],
        )
        .await;
    let exported = server
        .ok(Some(&ada.access), "{ exportMyData }", json!({}))
        .await["exportMyData"]
        .clone();
    let text = exported.to_string();
    assert!(!text.contains("bobs note"), "{text}");
    assert!(!text.contains("$argon2id"), "no hashes");
    assert_eq!(exported["notes"][0]["content"], "adas note");
    assert_eq!(exported["stacks"].as_array().unwrap().len(), 1);
    assert_eq!(exported["stack_notes"].as_array().unwrap().len(), 1);
    assert_eq!(exported["users"][0]["email"], "ada@example.org");
    assert_eq!(exported["account"][0]["email"], "ada@example.org");
    assert_eq!(exported["sessions"].as_array().unwrap().len(), 1);
    for table in entity::tables() {
        let own =
            table.schema == "public" && table.columns.iter().any(|column| column.name == "user_id");
        // What the server makes of texts that are there themselves tells nothing more.
        let derived = table.name == "embeddings";
        assert!(
            !own || exported.get(table.name).is_some() != derived,
            "{} is missing",
            table.name
        );
    }

    let streamed = server
        .http
        .get(format!("{}/auth/v1/export", server.url))
        .bearer_auth(&ada.access)
        .send()
        .await
        .unwrap();
    assert_eq!(streamed.status(), 200);
    assert_eq!(streamed.json::<Value>().await.unwrap(), exported);
}

/// What the server notes beside a row for itself is no part of it.
#[tokio::test]
async fn an_export_tells_nothing_that_only_the_server_reads() {
    let server = Server::start().await;
    let ada = server.member("ada@example.org").await;
    let id: uuid::Uuid = ada.user_id.parse().unwrap();
    for sql in [
        "insert into public.job_queue (user_id, job_type, status, lease_holder, lease_expires_at) \
         values ($1, 'embedding', 'processing', 'worker-7.internal', now())",
        "insert into public.api_configurations (user_id, provider, api_key_encrypted, encryption_key_id) \
         values ($1, 'openai', 'ciphertext', 'key-of-the-vault')",
        "insert into public.documents (user_id, title, content, is_public, share_password_hash) \
         values ($1, 't', 'c', true, 'argon-of-the-link')",
        "with p as (insert into public.projects (user_id, name) values ($1, 'p') returning id) \
         insert into public.project_invitations (project_id, email, invited_by, token_hash) \
         select id, 'ben@example.org', $1, repeat('e7', 32) from p",
        "insert into public.audit_entries (actor_id, action, target_id) values ($1, 'x', 'somebody-else')",
    ] {
        server.sql(sql, &[&id]).await;
    }
    let exported = server
        .ok(Some(&ada.access), "{ exportMyData }", json!({}))
        .await["exportMyData"]
        .clone();
    for table in ["api_configurations", "documents", "project_invitations"] {
        assert_eq!(exported[table].as_array().map(Vec::len), Some(1), "{table}");
    }
    // The document makes a job of its own.
    let jobs = exported["job_queue"].as_array().unwrap();
    let held = jobs.iter().filter(|job| job["job_type"] == "embedding");
    assert_eq!(held.count(), 1, "{jobs:?}");
    let text = exported.to_string();
    for secret in [
        "worker-7",
        "lease_holder",
        "ciphertext",
        "encryption_key_id",
        "key-of-the-vault",
        "argon-of-the-link",
        "token_hash",
        "somebody-else",
    ] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

#[tokio::test]
async fn an_export_needs_its_owner() {
    let server = Server::start().await;
    assert_eq!(
        code(&server.run(None, "{ exportMyData }", json!({})).await),
        "UNAUTHENTICATED"
    );
    let refused = server
        .http
        .get(format!("{}/auth/v1/export", server.url))
        .send()
        .await
        .unwrap();
    assert_eq!(refused.status(), 401);
}

#[tokio::test]
async fn too_much_for_one_answer_is_streamed() {
    let server = Server::start().await;
    let ada = server.member("ada@example.org").await;
    let id: uuid::Uuid = ada.user_id.parse().unwrap();
    server
        .sql(
            "insert into public.notes (user_id, content) \
             select $1, repeat(md5(i::text), 300) from generate_series(1, 2500) i",
            &[&id],
        )
        .await;
    assert_eq!(
        code(
            &server
                .run(Some(&ada.access), "{ exportMyData }", json!({}))
                .await
        ),
        "LIMIT_EXCEEDED"
    );
    let streamed = server
        .http
        .get(format!("{}/auth/v1/export", server.url))
        .bearer_auth(&ada.access)
        .send()
        .await
        .unwrap();
    let exported: Value = streamed.json().await.unwrap();
    assert_eq!(exported["notes"].as_array().unwrap().len(), 2500);
}
