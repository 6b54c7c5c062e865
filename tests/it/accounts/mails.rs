//! Recovery, magic links, changed addresses and reauthentication; with and without a mail server.

use serde_json::json;

use super::{
    flows::{PASSWORD, Session, code},
    server::{Options, Server},
    smtp::SmtpSink,
};

const RECOVER: &str = "mutation($e: String!) { requestPasswordRecovery(email: $e) }";
const MAGIC: &str =
    "mutation($e: String!, $c: Boolean!) { requestMagicLink(email: $e, createUser: $c) }";

#[tokio::test]
async fn a_forgotten_password_is_replaced_and_everybody_else_signed_out() {
    let server = Server::start().await;
    let before = server.member("ada@example.org").await;
    let answer = server
        .ok(None, RECOVER, json!({"e": "ada@example.org"}))
        .await;
    let unknown = server
        .ok(None, RECOVER, json!({"e": "nobody@example.org"}))
        .await;
    assert_eq!(answer, unknown);
    let token = server
        .mail_to("ada@example.org", "Set a new password")
        .await
        .token();
    let session = server.verify_token("RECOVER_PASSWORD", &token).await;
    assert_eq!(session.claims()["amr"][0]["method"], "recovery");
    let changed = server
        .update_user(&session, json!({"password": "an entirely new one"}))
        .await;
    assert!(changed["errors"].is_null(), "{changed}");
    server.until_signed_out(&before).await;
    assert!(server.is_signed_in(&session).await);
    server.sign_in_error("ada@example.org", PASSWORD).await;
    server
        .sign_in("ada@example.org", "an entirely new one")
        .await;
    server.verify_token_error("RECOVER_PASSWORD", &token).await;
    assert_eq!(server.mails_to("nobody@example.org").await, 0);
}

#[tokio::test]
async fn a_magic_link_signs_in_and_makes_an_account_only_if_asked_to() {
    let server = Server::start().await;
    server
        .ok(None, MAGIC, json!({"e": "ada@example.org", "c": true}))
        .await;
    let mail = server.mail_to("ada@example.org", "Sign in").await;
    let verified = server
        .verify_code("MAGIC_LINK", "ada@example.org", &mail.code())
        .await;
    let session = Session::of(&verified["data"]["verifyEmail"]);
    assert_eq!(session.claims()["email"], "ada@example.org");

    server
        .ok(None, MAGIC, json!({"e": "bob@example.org", "c": false}))
        .await;
    server
        .ok(None, MAGIC, json!({"e": "carl@example.org", "c": true}))
        .await;
    server.mail_to("carl@example.org", "Sign in").await;
    assert_eq!(server.mails_to("bob@example.org").await, 0);
}

#[tokio::test]
async fn a_stranger_who_signed_up_with_my_address_is_locked_out_when_i_come() {
    let server = Server::start().await;
    server
        .sign_up("ada@example.org", "the strangers password")
        .await;
    server
        .mail_to("ada@example.org", "Confirm your address")
        .await;
    server
        .ok(None, MAGIC, json!({"e": "ada@example.org", "c": true}))
        .await;
    let token = server.mail_to("ada@example.org", "Sign in").await.token();
    server.verify_token("MAGIC_LINK", &token).await;
    let refused = server
        .sign_in_error("ada@example.org", "the strangers password")
        .await;
    assert_eq!(refused["extensions"]["code"], "UNAUTHENTICATED");
}

#[tokio::test]
async fn a_new_mail_replaces_the_former_one() {
    let server = Server::start().await;
    server.member("ada@example.org").await;
    server
        .ok(None, RECOVER, json!({"e": "ada@example.org"}))
        .await;
    let first = server
        .mail_to("ada@example.org", "Set a new password")
        .await;
    server
        .ok(None, RECOVER, json!({"e": "ada@example.org"}))
        .await;
    let second = server.mail_after(&first).await;
    server
        .verify_token_error("RECOVER_PASSWORD", &first.token())
        .await;
    server
        .verify_token("RECOVER_PASSWORD", &second.token())
        .await;
}

#[tokio::test]
async fn a_password_changes_only_with_a_proof() {
    let server = Server::start().await;
    server.member("ada@example.org").await;
    let session = server.sign_in("ada@example.org", PASSWORD).await;
    let without = server
        .update_user(&session, json!({"password": "an entirely new one"}))
        .await;
    assert_eq!(code(&without), "FORBIDDEN");
    assert_eq!(
        without["errors"][0]["extensions"]["reason"],
        "REAUTHENTICATION_NEEDED"
    );
    let wrong = json!({"password": "an entirely new one", "currentPassword": "a wrong password"});
    assert_eq!(
        code(&server.update_user(&session, wrong).await),
        "UNAUTHENTICATED"
    );
    let weak = json!({"password": "password1", "currentPassword": PASSWORD});
    assert_eq!(
        code(&server.update_user(&session, weak).await),
        "BAD_USER_INPUT"
    );
    server.sign_in("ada@example.org", PASSWORD).await;

    let right = json!({"password": "an entirely new one", "currentPassword": PASSWORD});
    assert!(server.update_user(&session, right).await["errors"].is_null());
    server.sign_in_error("ada@example.org", PASSWORD).await;

    let session = server
        .sign_in("ada@example.org", "an entirely new one")
        .await;
    server
        .ok(
            Some(&session.access),
            "mutation { requestReauthentication }",
            json!({}),
        )
        .await;
    let code_by_mail = server.mail_to("ada@example.org", "Your code").await.code();
    let bob = server.member("bob@example.org").await;
    server.sql("update auth.sessions set amr = '[]'", &[]).await;
    let stolen = json!({"password": "the strangers password", "code": code_by_mail});
    assert_eq!(
        code(&server.update_user(&bob, stolen).await),
        "UNAUTHENTICATED",
        "another user's code"
    );
    let by_code = json!({"password": "yet another password", "code": code_by_mail});
    assert!(server.update_user(&session, by_code.clone()).await["errors"].is_null());
    assert_eq!(
        code(&server.update_user(&session, by_code).await),
        "UNAUTHENTICATED",
        "a code is good once"
    );
    server
        .sign_in("ada@example.org", "yet another password")
        .await;
}

#[tokio::test]
async fn an_address_changes_when_the_new_one_is_proved() {
    let server = Server::start().await;
    server.member("ada@example.org").await;
    server.member("bob@example.org").await;
    let session = server.sign_in("ada@example.org", PASSWORD).await;
    let input = json!({"email": "lovelace@example.org", "currentPassword": PASSWORD});
    let changed = server.update_user(&session, input).await;
    assert_eq!(
        changed["data"]["updateAccount"]["email"], "ada@example.org",
        "{changed}"
    );
    server
        .mail_to(
            "ada@example.org",
            "Your account's address is about to change",
        )
        .await;
    let token = server
        .mail_to("lovelace@example.org", "Confirm your new address")
        .await
        .token();
    server.sign_in("ada@example.org", PASSWORD).await;
    server.verify_token("CHANGE_EMAIL", &token).await;
    server.sign_in("lovelace@example.org", PASSWORD).await;
    server.sign_in_error("ada@example.org", PASSWORD).await;

    // A taken address gets the same answer, and its owner a mail without a token.
    let input = json!({"email": "bob@example.org", "currentPassword": PASSWORD});
    let taken = server.update_user(&session, input).await;
    assert_eq!(
        taken["data"]["updateAccount"]["email"], "lovelace@example.org",
        "{taken}"
    );
    server
        .mail_to("bob@example.org", "You already have an account")
        .await;
}

#[tokio::test]
async fn metadata_is_merged_and_grants_nothing() {
    let server = Server::start().await;
    let session = server.member("ada@example.org").await;
    let input = json!({"userMetadata": {"name": "Ada", "role": "admin", "theme": "dark"}});
    server.update_user(&session, input).await;
    let merged = server
        .update_user(
            &session,
            json!({"userMetadata": {"theme": null, "lang": "en"}}),
        )
        .await;
    let expected = json!({"name": "Ada", "role": "admin", "lang": "en"});
    assert_eq!(merged["data"]["updateAccount"]["userMetadata"], expected);
    let refreshed = server.refreshed(&session.refresh).await;
    assert_eq!(refreshed.claims()["user_metadata"], expected);
    assert!(refreshed.claims()["app_metadata"]["role"].is_null());
    let refused = server
        .run(
            Some(&refreshed.access),
            "{ adminUsers { totalCount } }",
            json!({}),
        )
        .await;
    assert_eq!(code(&refused), "FORBIDDEN");
    assert_eq!(
        code(
            &server
                .run(
                    None,
                    "mutation { updateAccount(input: {}) { id } }",
                    json!({})
                )
                .await
        ),
        "UNAUTHENTICATED"
    );
}

#[tokio::test]
async fn an_account_deletes_itself_with_a_proof() {
    let server = Server::start().await;
    server.member("ada@example.org").await;
    let session = server.sign_in("ada@example.org", PASSWORD).await;
    let note = "mutation { createNote(input: {content: \"mine\"}) { id } }";
    server.ok(Some(&session.access), note, json!({})).await;
    let delete = "mutation($p: String) { deleteAccount(currentPassword: $p) }";
    assert_eq!(
        code(
            &server
                .run(Some(&session.access), delete, json!({"p": null}))
                .await
        ),
        "FORBIDDEN"
    );
    assert_eq!(
        code(
            &server
                .run(
                    Some(&session.access),
                    delete,
                    json!({"p": "wrong password"})
                )
                .await
        ),
        "UNAUTHENTICATED"
    );
    server
        .ok(Some(&session.access), delete, json!({"p": PASSWORD}))
        .await;
    server.until_refused(&session).await;
    server.sign_in_error("ada@example.org", PASSWORD).await;
    assert_eq!(
        server
            .one::<i64>("select count(*) from public.notes", &[])
            .await,
        0
    );
    assert_eq!(
        server
            .one::<i64>("select count(*) from public.users", &[])
            .await,
        0
    );
}

#[tokio::test]
async fn mails_go_through_the_mail_server_and_are_forgotten() {
    let sink = SmtpSink::start().await;
    let server = Server::with(Options {
        smtp_url: Some(sink.url()),
        ..Options::default()
    })
    .await;
    server.sign_up("ada@example.org", PASSWORD).await;
    let received = sink.next().await;
    assert!(received.contains("To: ada@example.org"), "{received}");
    assert!(
        received.contains("Subject: Confirm your address"),
        "{received}"
    );
    let token = super::server::token_in(&received);
    server.until("select count(*) from auth.mail_outbox where sent_at is not null and body_sealed is null", &[], 1).await;
    server.verify_token("CONFIRM_EMAIL", &token).await;
}

#[tokio::test]
async fn a_mail_server_that_is_away_is_tried_again() {
    let sink = SmtpSink::start().await;
    sink.refuse(true);
    let server = Server::with(Options {
        smtp_url: Some(sink.url()),
        ..Options::default()
    })
    .await;
    server.sign_up("ada@example.org", PASSWORD).await;
    server.until("select count(*) from auth.mail_outbox where last_error is not null and sent_at is null", &[], 1).await;
    // The job waits by then, too: what it says when it ends is not overwritten.
    server.until("select count(*) from public.job_queue where job_type = 'accounts.send_mail' and status = 'pending' and attempts = 1", &[], 1).await;
    sink.refuse(false);
    server
        .sql("update public.job_queue set scheduled_for = now() where job_type = 'accounts.send_mail'", &[])
        .await;
    // Anything that enqueues wakes the workers.
    server.sign_up("bob@example.org", PASSWORD).await;
    let (one, other) = (sink.next().await, sink.next().await);
    assert!(format!("{one}{other}").contains("ada@example.org"));
}
