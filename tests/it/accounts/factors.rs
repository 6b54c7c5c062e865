//! The second factor: enrolling, showing it, losing it; and tables that demand it.

use serde_json::{Value, json};
use totp_rs::{Algorithm, Builder, Totp};

use super::{
    flows::{PASSWORD, SESSION, Session, code},
    server::{Options, Server},
};

/// An authenticator app.
struct App {
    factor_id: String,
    totp: Totp,
}

impl App {
    /// The code of now, or of steps before and after.
    fn code(&self, steps: i64) -> String {
        let now = chrono::Utc::now().timestamp() + 30 * steps;
        self.totp
            .generate(u64::try_from(now).expect("after 1970"))
            .to_string()
    }
}

impl Server {
    async fn enroll(&self, session: &Session) -> App {
        let query = "mutation { enrollTotp(friendlyName: \"phone\") { factorId secret uri qrCodeSvg qrCodeUrl } }";
        let enrolled = &self.ok(Some(&session.access), query, json!({})).await["enrollTotp"];
        assert!(enrolled["qrCodeSvg"].as_str().unwrap().contains("<svg"));
        assert!(
            enrolled["qrCodeUrl"]
                .as_str()
                .unwrap()
                .starts_with("data:image/svg+xml;base64,")
        );
        let secret = enrolled["secret"].as_str().unwrap();
        assert!(
            enrolled["uri"]
                .as_str()
                .unwrap()
                .contains(&format!("secret={secret}"))
        );
        let totp = Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(6)
            .with_step_duration(30)
            .with_secret(totp_rs::Secret::try_from_base32(secret).unwrap())
            .with_account_name("x")
            .with_issuer(None::<String>)
            .build()
            .unwrap();
        App {
            factor_id: enrolled["factorId"].as_str().unwrap().to_owned(),
            totp,
        }
    }

    async fn verify_totp(&self, session: &Session, app: &App, code: &str) -> Value {
        let query = format!(
            "mutation($f: UUID!, $c: String!) {{ verifyTotp(factorId: $f, code: $c) {{ session {SESSION} recoveryCodes }} }}"
        );
        self.run(
            Some(&session.access),
            &query,
            json!({"f": app.factor_id, "c": code}),
        )
        .await
    }

    async fn use_recovery_code(&self, session: &Session, code: &str) -> Value {
        let query = format!("mutation($c: String!) {{ useRecoveryCode(code: $c) {SESSION} }}");
        self.run(Some(&session.access), &query, json!({"c": code}))
            .await
    }
}

fn assured(answer: &Value) -> (Session, Vec<String>) {
    let payload = &answer["data"]["verifyTotp"];
    let codes = payload["recoveryCodes"]
        .as_array()
        .unwrap_or_else(|| panic!("{answer}"));
    (
        Session::of(&payload["session"]),
        codes
            .iter()
            .map(|code| code.as_str().unwrap().to_owned())
            .collect(),
    )
}

#[tokio::test]
async fn a_factor_lifts_sessions_to_aal2_and_its_codes_work_once() {
    let server = Server::start().await;
    let session = server.member("ada@example.org").await;
    let older = server.sign_in("ada@example.org", PASSWORD).await;
    let app = server.enroll(&session).await;
    let wrong = if app.code(0) == "000000" {
        "111111"
    } else {
        "000000"
    };
    assert_eq!(
        code(&server.verify_totp(&session, &app, wrong).await),
        "UNAUTHENTICATED"
    );
    assert_eq!(
        code(&server.verify_totp(&session, &app, &app.code(-10)).await),
        "UNAUTHENTICATED",
        "too old"
    );
    let first_code = app.code(-1);
    let (lifted, recovery) = assured(&server.verify_totp(&session, &app, &first_code).await);
    assert_eq!(recovery.len(), 10);
    assert_eq!(lifted.claims()["aal"], "aal2");
    let claims = lifted.claims();
    assert_eq!(claims["amr"][0]["method"], "otp");
    assert_eq!(claims["amr"][1]["method"], "totp");
    assert_eq!(
        server.refreshed(&lifted.refresh).await.claims()["aal"],
        "aal2"
    );
    assert_eq!(
        code(&server.refresh(&session.refresh).await),
        "UNAUTHENTICATED",
        "the token from before"
    );
    server.until_signed_out(&older).await;

    let next = server.sign_in("ada@example.org", PASSWORD).await;
    assert_eq!(next.claims()["aal"], "aal1");
    assert_eq!(
        code(&server.verify_totp(&next, &app, &first_code).await),
        "UNAUTHENTICATED",
        "used before"
    );
    let (next, none) = assured(&server.verify_totp(&next, &app, &app.code(0)).await);
    assert!(none.is_empty());
    assert_eq!(next.claims()["aal"], "aal2");
    let listed = server
        .ok(
            Some(&next.access),
            "{ factors { id friendlyName verifiedAt } }",
            json!({}),
        )
        .await;
    assert_eq!(listed["factors"][0]["id"], app.factor_id);
    assert!(listed["factors"][0]["verifiedAt"].is_string());
}

#[tokio::test]
async fn recovery_codes_stand_in_once_each() {
    let server = Server::start().await;
    let session = server.member("ada@example.org").await;
    let app = server.enroll(&session).await;
    let (lifted, codes) = assured(&server.verify_totp(&session, &app, &app.code(0)).await);
    let next = server.sign_in("ada@example.org", PASSWORD).await;
    assert_eq!(
        code(&server.use_recovery_code(&next, "aaaa-aaaa-aaaa-aaaa").await),
        "UNAUTHENTICATED"
    );
    let bob = server.member("bob@example.org").await;
    assert_eq!(
        code(&server.use_recovery_code(&bob, &codes[0]).await),
        "UNAUTHENTICATED",
        "another's code"
    );
    let typed = codes[0].to_uppercase().replace('-', " ");
    let recovered = server.use_recovery_code(&next, &typed).await;
    let recovered = Session::of(&recovered["data"]["useRecoveryCode"]);
    assert_eq!(recovered.claims()["aal"], "aal2");
    let again = server.sign_in("ada@example.org", PASSWORD).await;
    assert_eq!(
        code(&server.use_recovery_code(&again, &codes[0]).await),
        "UNAUTHENTICATED"
    );

    let regenerate = "mutation { regenerateRecoveryCodes }";
    assert_eq!(
        code(&server.run(Some(&again.access), regenerate, json!({})).await),
        "FORBIDDEN"
    );
    let fresh = server.ok(Some(&lifted.access), regenerate, json!({})).await;
    assert_eq!(
        fresh["regenerateRecoveryCodes"].as_array().unwrap().len(),
        10
    );
    assert_eq!(
        code(&server.use_recovery_code(&again, &codes[1]).await),
        "UNAUTHENTICATED",
        "replaced"
    );
}

#[tokio::test]
async fn of_several_that_ask_for_the_first_recovery_codes_one_gets_them() {
    let server = Server::start().await;
    let session = server.member("ada@example.org").await;
    let app = server.enroll(&session).await;
    let post = async |token: &str, path: &str, body: Value| {
        let request = server
            .http
            .post(format!("{}/auth/v1/factors/{path}", server.url));
        let answer = request.bearer_auth(token).json(&body).send().await;
        let answer = answer.expect("an answer");
        (
            answer.status().as_u16(),
            answer.json::<Value>().await.expect("JSON"),
        )
    };
    // auth-js asks for the codes apart: by this there are none yet.
    let shown = json!({"code": app.code(0)});
    let path = format!("{}/verify", app.factor_id);
    let (status, lifted) = post(&session.access, &path, shown).await;
    assert_eq!(status, 200, "{lifted}");
    let lifted = lifted["access_token"].as_str().expect("a token");

    let generate = async || post(lifted, "recovery-codes", json!({})).await;
    let answers = tokio::join!(generate(), generate(), generate(), generate());
    let (mut made, mut refused) = (Vec::new(), Vec::new());
    for (status, answer) in [answers.0, answers.1, answers.2, answers.3] {
        match status {
            200 => made.push(answer),
            _ => refused.push((status, answer["error_code"].clone())),
        }
    }
    let taken = (422_u16, json!("mfa_verified_factor_exists"));
    assert_eq!(refused, [taken.clone(), taken.clone(), taken]);
    let kept = "select count(*) from auth.mfa_recovery_codes";
    assert_eq!(server.one::<i64>(kept, &[]).await, 10);
    let next = server.sign_in("ada@example.org", PASSWORD).await;
    let shown = made[0]["codes"][0].as_str().expect("a code");
    let recovered = server.use_recovery_code(&next, shown).await;
    assert!(recovered["errors"].is_null(), "{recovered}");
}

#[tokio::test]
async fn challenges_count_as_attempts_whatever_factor_they_name() {
    // Those of the sign-up are counted, too.
    let server = Server::with(Options {
        attempts_per_address: 20,
        ..Options::default()
    })
    .await;
    let session = server.member("ada@example.org").await;
    let app = server.enroll(&session).await;
    let challenge = "mutation($f: UUID!) { challengeFactor(factorId: $f) { challengeId } }";
    let ask = async |factor: &str| {
        let factor = json!({"f": factor});
        let answer = server.run(Some(&session.access), challenge, factor).await;
        code(&answer).to_owned()
    };
    let unknown = uuid::Uuid::now_v7().to_string();
    assert_eq!(ask(&unknown).await, "NOT_FOUND");
    assert_eq!(
        ask(&app.factor_id).await,
        "BAD_USER_INPUT",
        "an app needs none"
    );
    for _ in 0..10 {
        ask(&unknown).await;
        ask(&app.factor_id).await;
    }
    assert_eq!(ask(&unknown).await, "RATE_LIMITED");
    assert_eq!(ask(&app.factor_id).await, "RATE_LIMITED");
}

#[tokio::test]
async fn a_stolen_password_alone_changes_nothing() {
    let server = Server::start().await;
    let session = server.member("ada@example.org").await;
    let app = server.enroll(&session).await;
    let (lifted, _) = assured(&server.verify_totp(&session, &app, &app.code(0)).await);
    let thief = server.sign_in("ada@example.org", PASSWORD).await;
    let password = json!({"password": "the thiefs password", "currentPassword": PASSWORD});
    let refused = server.update_user(&thief, password.clone()).await;
    assert_eq!(code(&refused), "FORBIDDEN");
    assert_eq!(
        refused["errors"][0]["extensions"]["reason"],
        "SECOND_FACTOR_NEEDED"
    );
    let unenroll = "mutation($f: UUID!) { unenrollFactor(factorId: $f) }";
    let factor = json!({"f": app.factor_id});
    for (query, variables) in [
        (unenroll, factor.clone()),
        (
            "mutation { enrollTotp(friendlyName: \"mine\") { factorId } }",
            json!({}),
        ),
        (
            "mutation { deleteAccount(currentPassword: \"correct horse battery\") }",
            json!({}),
        ),
        ("{ exportMyData }", json!({})),
    ] {
        assert_eq!(
            code(&server.run(Some(&thief.access), query, variables).await),
            "FORBIDDEN",
            "{query}"
        );
    }
    let bob = server.member("bob@example.org").await;
    assert_eq!(
        code(
            &server
                .run(Some(&bob.access), unenroll, factor.clone())
                .await
        ),
        "NOT_FOUND"
    );
    server.ok(Some(&lifted.access), unenroll, factor).await;
    assert!(server.update_user(&thief, password).await["errors"].is_null());
}

#[tokio::test]
async fn tables_demand_the_second_factor_as_the_operator_says() {
    let server = Server::with(Options {
        aal2_tables: "public.notes",
        ..Options::default()
    })
    .await;
    let session = server.member("ada@example.org").await;
    let create = "mutation { createNote(input: {content: \"secret\"}) { id } }";
    let refused = server.run(Some(&session.access), create, json!({})).await;
    assert_eq!(code(&refused), "FORBIDDEN", "{refused}");
    let app = server.enroll(&session).await;
    let (lifted, _) = assured(&server.verify_totp(&session, &app, &app.code(0)).await);
    server.ok(Some(&lifted.access), create, json!({})).await;
    let list = "{ notes { totalCount nodes { content } } }";
    assert_eq!(
        server.ok(Some(&lifted.access), list, json!({})).await["notes"]["totalCount"],
        1
    );
    let weak = server.sign_in("ada@example.org", PASSWORD).await;
    assert_eq!(
        server.ok(Some(&weak.access), list, json!({})).await["notes"]["totalCount"],
        0
    );
    let stacks = "mutation { createStack(input: {name: \"open\"}) { id } }";
    let other_table = server.run(Some(&weak.access), stacks, json!({})).await;
    assert!(
        other_table["errors"].is_null(),
        "other tables do not: {other_table}"
    );
}

#[tokio::test]
async fn guessing_codes_is_limited() {
    let server = Server::with(Options {
        attempts_per_account: 3,
        ..Options::default()
    })
    .await;
    let session = server.member("ada@example.org").await;
    let app = server.enroll(&session).await;
    let wrong = if app.code(0) == "000000" {
        "111111"
    } else {
        "000000"
    };
    for _ in 0..3 {
        assert_eq!(
            code(&server.verify_totp(&session, &app, wrong).await),
            "UNAUTHENTICATED"
        );
    }
    assert_eq!(
        code(&server.verify_totp(&session, &app, &app.code(0)).await),
        "RATE_LIMITED"
    );
    assert_eq!(
        code(
            &server
                .use_recovery_code(&session, "aaaa-aaaa-aaaa-aaaa")
                .await
        ),
        "RATE_LIMITED"
    );
}

#[tokio::test]
async fn anonymous_accounts_have_no_factors() {
    let server = Server::start().await;
    let query = format!("mutation {{ signInAnonymously {SESSION} }}");
    let session = Session::of(&server.ok(None, &query, json!({})).await["signInAnonymously"]);
    let enroll = "mutation { enrollTotp(friendlyName: \"phone\") { factorId } }";
    assert_eq!(
        code(&server.run(Some(&session.access), enroll, json!({})).await),
        "FORBIDDEN"
    );
    assert_eq!(
        code(&server.run(None, enroll, json!({})).await),
        "UNAUTHENTICATED"
    );
}
