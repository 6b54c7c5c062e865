//! Signing up, with the mail in between.

use serde_json::json;

use super::{
    flows::{PASSWORD, Session, code},
    server::{Options, Server},
};

#[tokio::test]
async fn a_new_member_confirms_by_link_or_by_code_and_has_supabases_claims() {
    let server = Server::start().await;
    server.sign_up("Ada@Example.org ", PASSWORD).await;
    let mail = server
        .mail_to("ada@example.org", "Confirm your address")
        .await;
    let unconfirmed = server.sign_in_error("ada@example.org", PASSWORD).await;
    assert_eq!(unconfirmed["extensions"]["code"], "FORBIDDEN");
    let session = server.verify_token("CONFIRM_EMAIL", &mail.token()).await;
    let claims = session.claims();
    assert_eq!(claims["sub"], json!(session.user_id));
    assert_eq!(claims["aud"], "authenticated");
    assert_eq!(claims["role"], "authenticated");
    assert_eq!(claims["email"], "ada@example.org");
    assert_eq!(claims["aal"], "aal1");
    assert_eq!(claims["amr"][0]["method"], "otp");
    assert_eq!(claims["is_anonymous"], false);
    assert_eq!(claims["app_metadata"]["providers"], json!(["email"]));
    assert_eq!(claims["user_metadata"], json!({}));
    assert_eq!(claims["iss"], json!(format!("{}/auth/v1", server.url)));
    assert_eq!(
        claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(),
        3600
    );
    assert!(claims["session_id"].is_string());
    assert!(server.is_signed_in(&session).await);
    // The profile came with the account.
    let query = "query($id: UUID!) { user(id: $id) { id email } }";
    let profile = server
        .ok(Some(&session.access), query, json!({"id": session.user_id}))
        .await;
    assert_eq!(profile["user"]["email"], "ada@example.org");

    server.sign_up("bob@example.org", PASSWORD).await;
    let mail = server
        .mail_to("bob@example.org", "Confirm your address")
        .await;
    let wrong = if mail.code() == "000000" {
        "111111"
    } else {
        "000000"
    };
    assert_eq!(
        code(
            &server
                .verify_code("CONFIRM_EMAIL", "bob@example.org", wrong)
                .await
        ),
        "UNAUTHENTICATED"
    );
    let verified = server
        .verify_code("CONFIRM_EMAIL", "bob@example.org", &mail.code())
        .await;
    Session::of(&verified["data"]["verifyEmail"]);
    // The link of the same mail is used up with the code.
    server
        .verify_token_error("CONFIRM_EMAIL", &mail.token())
        .await;
    server.sign_in("bob@example.org", PASSWORD).await;
}

#[tokio::test]
async fn a_token_is_good_once_for_its_purpose_and_for_an_hour() {
    let server = Server::start().await;
    server.sign_up("ada@example.org", PASSWORD).await;
    let token = server
        .mail_to("ada@example.org", "Confirm your address")
        .await
        .token();
    for purpose in ["RECOVER_PASSWORD", "MAGIC_LINK", "CHANGE_EMAIL"] {
        let error = server.verify_token_error(purpose, &token).await;
        assert_eq!(error["extensions"]["code"], "UNAUTHENTICATED", "{purpose}");
    }
    server.verify_token("CONFIRM_EMAIL", &token).await;
    let reused = server.verify_token_error("CONFIRM_EMAIL", &token).await;
    assert_eq!(reused["extensions"]["code"], "UNAUTHENTICATED");

    server.sign_up("bob@example.org", PASSWORD).await;
    let token = server
        .mail_to("bob@example.org", "Confirm your address")
        .await
        .token();
    let expires: f64 = server
        .one(
            "select extract(epoch from max(expires) - now())::float8 from auth.verification_tokens",
            &[],
        )
        .await;
    assert!((3000.0..=3600.0).contains(&expires), "{expires}");
    server
        .sql("update auth.verification_tokens set expires = now()", &[])
        .await;
    let expired = server.verify_token_error("CONFIRM_EMAIL", &token).await;
    assert_eq!(expired, reused, "what is wrong with a token is not told");
}

#[tokio::test]
async fn five_wrong_codes_end_a_code() {
    let server = Server::with(Options {
        attempts_per_account: 1000,
        ..Options::default()
    })
    .await;
    server.sign_up("ada@example.org", PASSWORD).await;
    let right = server
        .mail_to("ada@example.org", "Confirm your address")
        .await
        .code();
    let wrong = if right == "000000" {
        "111111"
    } else {
        "000000"
    };
    for _ in 0..5 {
        assert_eq!(
            code(
                &server
                    .verify_code("CONFIRM_EMAIL", "ada@example.org", wrong)
                    .await
            ),
            "UNAUTHENTICATED"
        );
    }
    assert_eq!(
        code(
            &server
                .verify_code("CONFIRM_EMAIL", "ada@example.org", &right)
                .await
        ),
        "UNAUTHENTICATED"
    );
}

#[tokio::test]
async fn a_taken_address_gets_the_same_answer_and_a_mail() {
    let server = Server::start().await;
    server.member("ada@example.org").await;
    // The helper asserts the same answer as for a free address.
    server.sign_up("ada@example.org", "another password").await;
    server
        .mail_to("ada@example.org", "You already have an account")
        .await;
    server.sign_in("ada@example.org", PASSWORD).await;
    server
        .sign_in_error("ada@example.org", "another password")
        .await;
}

/// Signs an address up with one password and then another, and confirms it; gives the session that opens.
async fn confirmed_after(server: &Server, first: &str, second: &str) -> Session {
    server.sign_up("ada@example.org", first).await;
    let mail = server
        .mail_to("ada@example.org", "Confirm your address")
        .await;
    server.sign_up("ada@example.org", second).await;
    let mail = server.mail_after(&mail).await;
    server.verify_token("CONFIRM_EMAIL", &mail.token()).await
}

#[tokio::test]
async fn of_two_who_sign_up_with_one_address_neither_password_is_good() {
    let server = Server::start().await;
    let session = confirmed_after(&server, "the strangers password", PASSWORD).await;
    for password in ["the strangers password", PASSWORD] {
        let refused = server.sign_in_error("ada@example.org", password).await;
        assert_eq!(refused["extensions"]["code"], "UNAUTHENTICATED");
    }
    // Whoever confirmed the address sets the password.
    let set =
        "mutation ($password: String!) { updateAccount(input: {password: $password}) { id } }";
    let owners = json!({"password": "the owners password"});
    server.ok(Some(&session.access), set, owners).await;
    server
        .sign_in("ada@example.org", "the owners password")
        .await;
}

#[tokio::test]
async fn whoever_signs_up_again_with_the_same_password_keeps_it() {
    let server = Server::start().await;
    confirmed_after(&server, PASSWORD, PASSWORD).await;
    server.sign_in("ada@example.org", PASSWORD).await;
}

#[tokio::test]
async fn weak_passwords_and_malformed_addresses_are_refused() {
    let server = Server::start().await;
    let query = "mutation($i: SignUpInput!) { signUp(input: $i) { confirmationSent } }";
    for (email, password) in [
        ("ada@example.org", "short"),
        ("ada@example.org", "password123"),
        ("ada@example.org", "ADA@example.org"),
        ("ada@example.org", &"x".repeat(129)),
        ("no address", PASSWORD),
        ("ada@", PASSWORD),
    ] {
        let answer = server
            .run(
                None,
                query,
                json!({"i": {"email": email, "password": password}}),
            )
            .await;
        assert_eq!(code(&answer), "BAD_USER_INPUT", "{email} {password}");
        assert!(
            !answer.to_string().contains(password),
            "the answer repeats the password"
        );
    }
    let large = json!({"about": "x".repeat(5000)});
    let input = json!({"email": "ada@example.org", "password": PASSWORD, "userMetadata": large});
    assert_eq!(
        code(&server.run(None, query, json!({"i": input})).await),
        "BAD_USER_INPUT"
    );
    let input = json!({"email": "ada@example.org", "password": PASSWORD, "redirectTo": "https://evil.example/"});
    assert_eq!(
        code(&server.run(None, query, json!({"i": input})).await),
        "BAD_USER_INPUT"
    );
}

#[tokio::test]
async fn without_confirmations_there_is_a_session_at_once() {
    let server = Server::with(Options {
        autoconfirm: true,
        ..Options::default()
    })
    .await;
    let query = "mutation($i: SignUpInput!) { signUp(input: $i) { confirmationSent session { accessToken \
                 refreshToken user { id } } } }";
    let input = json!({"i": {"email": "ada@example.org", "password": PASSWORD, "userMetadata": {"name": "Ada"}}});
    let answer = server.ok(None, query, input.clone()).await;
    assert_eq!(answer["signUp"]["confirmationSent"], false);
    let session = Session::of(&answer["signUp"]["session"]);
    assert_eq!(session.claims()["user_metadata"]["name"], "Ada");
    assert_eq!(code(&server.run(None, query, input).await), "CONFLICT");
}

#[tokio::test]
async fn a_link_scanner_uses_nothing_up_and_the_button_signs_in() {
    let redirect = "https://app.example/welcome";
    let server = Server::with(Options {
        redirect_urls: "https://app.example",
        ..Options::default()
    })
    .await;
    let query = "mutation($i: SignUpInput!) { signUp(input: $i) { confirmationSent } }";
    let input = json!({"email": "ada@example.org", "password": PASSWORD, "redirectTo": redirect});
    server.ok(None, query, json!({"i": input})).await;
    let mail = server
        .mail_to("ada@example.org", "Confirm your address")
        .await;
    for _ in 0..3 {
        let page = server.http.get(mail.link()).send().await.unwrap();
        assert_eq!(page.status(), 200);
        assert_eq!(page.headers()["referrer-policy"], "no-referrer");
        assert_eq!(page.headers()["cache-control"], "no-store");
        assert!(page.text().await.unwrap().contains("<button>"));
    }
    let form = [("type", "confirm_email"), ("token", &mail.token())];
    let pressed = server
        .http
        .post(format!("{}/auth/v1/verify", server.url))
        .form(&form)
        .send()
        .await
        .unwrap();
    assert_eq!(pressed.status(), 303);
    let target = pressed.headers()["location"].to_str().unwrap().to_owned();
    let fragment = target
        .strip_prefix(&format!("{redirect}#"))
        .unwrap_or_else(|| panic!("{target}"));
    let access = url::form_urlencoded::parse(fragment.as_bytes())
        .find(|(name, _)| name == "access_token")
        .expect("a token in the fragment")
        .1
        .into_owned();
    let me = server
        .ok(Some(&access), "{ me { email } }", json!({}))
        .await;
    assert_eq!(me["me"]["email"], "ada@example.org");
    let again = server
        .http
        .post(format!("{}/auth/v1/verify", server.url))
        .form(&form)
        .send()
        .await
        .unwrap();
    assert_eq!(again.status(), 401);
}

#[tokio::test]
async fn an_anonymous_account_becomes_permanent() {
    let server = Server::start().await;
    let query = format!("mutation {{ signInAnonymously {} }}", super::flows::SESSION);
    let session = Session::of(&server.ok(None, &query, json!({})).await["signInAnonymously"]);
    assert_eq!(session.claims()["is_anonymous"], true);
    assert_eq!(session.claims()["amr"][0]["method"], "anonymous");
    let created = server
        .ok(
            Some(&session.access),
            "mutation { createNote(input: {content: \"kept\"}) { id } }",
            json!({}),
        )
        .await;
    let changed = server
        .update_user(
            &session,
            json!({"email": "ada@example.org", "password": PASSWORD}),
        )
        .await;
    assert_eq!(
        changed["data"]["updateAccount"]["isAnonymous"], true,
        "{changed}"
    );
    let token = server
        .mail_to("ada@example.org", "Confirm your new address")
        .await
        .token();
    let permanent = server.verify_token("CHANGE_EMAIL", &token).await;
    assert_eq!(permanent.user_id, session.user_id);
    assert_eq!(permanent.claims()["is_anonymous"], false);
    assert_eq!(permanent.claims()["email"], "ada@example.org");
    let signed_in = server.sign_in("ada@example.org", PASSWORD).await;
    let query = "query($id: UUID!) { note(id: $id) { content } }";
    let note = server
        .ok(
            Some(&signed_in.access),
            query,
            json!({"id": created["createNote"]["id"]}),
        )
        .await;
    assert_eq!(note["note"]["content"], "kept");
}
