//! Canaries: every password, token and key of a whole tour through the accounts is looked for in
//! the log (of a process that logs everything), in all answers that are errors, and in every table.
//! None of them may sing.

use serde_json::{Value, json};
use totp_rs::{Algorithm, Builder};

use super::{
    flows::{SESSION, Session, code},
    server::{Options, Server, code_in, token_in},
    smtp::SmtpSink,
};

const PASSWORD: &str = "canary-password-one";
const SECOND_PASSWORD: &str = "canary-password-two";
const WRONG_PASSWORD: &str = "canary-password-wrong";
const API_KEY: &str = "sk-canary-0123456789abcdefghijklmnopqrstuvwxyz0123";
const JWT_SECRET: &str = "canary-jwt-secret-of-at-least-32-bytes";
/// The base64 of "canary-master-key-of-32-bytes-!!".
const MASTER_KEY: &str = "Y2FuYXJ5LW1hc3Rlci1rZXktb2YtMzItYnl0ZXMtISE=";

/// What must be found nowhere, and where errors are gathered.
#[derive(Default)]
struct Tour {
    canaries: Vec<String>,
    errors: String,
}

impl Tour {
    fn keep(&mut self, canary: &str) {
        self.canaries.push(canary.to_owned());
    }

    fn keep_session(&mut self, session: &Session) {
        self.keep(&session.access);
        self.keep(&session.refresh);
    }

    fn error(&mut self, answer: &Value) {
        self.errors.push_str(&answer.to_string());
    }
}

#[tokio::test]
async fn no_secret_is_found_in_log_errors_or_tables() {
    let sink = SmtpSink::start().await;
    let server = Server::with(Options {
        smtp_url: Some(sink.url()),
        jwt_secret: Some(JWT_SECRET),
        master_key: Some(MASTER_KEY),
        log_everything: true,
        ..Options::default()
    })
    .await;
    let mut tour = Tour::default();
    for canary in [
        PASSWORD,
        SECOND_PASSWORD,
        WRONG_PASSWORD,
        API_KEY,
        JWT_SECRET,
        MASTER_KEY,
    ] {
        tour.keep(canary);
    }
    let session = passwords(&server, &sink, &mut tour).await;
    let session = second_factor(&server, &session, &mut tour).await;
    keys_and_mistakes(&server, &session, &mut tour).await;

    let (log, dump) = (server.log(), server.dump().await);
    assert!(
        log.contains("a refresh token was used twice"),
        "the log was captured: {log}"
    );
    assert!(
        dump.contains("ada@example.org"),
        "the dump holds the tables"
    );
    assert!(tour.errors.contains("UNAUTHENTICATED"));
    // Six digits may appear by chance in numbers and times.
    for canary in tour.canaries.iter().filter(|canary| canary.len() > 6) {
        assert!(!log.contains(canary.as_str()), "in the log: {canary}");
        assert!(
            !tour.errors.contains(canary.as_str()),
            "in an error: {canary}"
        );
        assert!(!dump.contains(canary.as_str()), "in a table: {canary}");
    }
}

/// Signing up, in and on, and another password; each with its refusals.
async fn passwords(server: &Server, sink: &SmtpSink, tour: &mut Tour) -> Session {
    server.sign_up("ada@example.org", PASSWORD).await;
    let mail = sink.next().await;
    let token = token_in(&mail);
    tour.keep(&token);
    tour.keep(&code_in(&mail));
    tour.error(&server.verify_token_error("RECOVER_PASSWORD", &token).await);
    let first = server.verify_token("CONFIRM_EMAIL", &token).await;
    tour.error(&server.verify_token_error("CONFIRM_EMAIL", &token).await);
    tour.error(
        &server
            .sign_in_error("ada@example.org", WRONG_PASSWORD)
            .await,
    );
    let second = server.sign_in("ada@example.org", PASSWORD).await;
    let third = server.refreshed(&second.refresh).await;
    let change = json!({"password": SECOND_PASSWORD, "currentPassword": PASSWORD});
    assert!(server.update_user(&third, change).await["errors"].is_null());
    let wrong = json!({"password": PASSWORD, "currentPassword": WRONG_PASSWORD});
    tour.error(&server.update_user(&third, wrong).await);
    for session in [&first, &second, &third] {
        tour.keep_session(session);
    }
    third
}

/// An authenticator app and recovery codes; a code that is used twice.
async fn second_factor(server: &Server, session: &Session, tour: &mut Tour) -> Session {
    let enroll = "mutation { enrollTotp(friendlyName: \"phone\") { factorId secret } }";
    let enrolled = server.ok(Some(&session.access), enroll, json!({})).await["enrollTotp"].clone();
    let secret = enrolled["secret"].as_str().expect("a secret");
    tour.keep(secret);
    let totp = Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_secret(totp_rs::Secret::try_from_base32(secret).expect("base32"))
        .with_account_name("x")
        .with_issuer(None::<String>)
        .build()
        .expect("a generator");
    let verify = format!(
        "mutation($f: UUID!, $c: String!) \
         {{ verifyTotp(factorId: $f, code: $c) {{ session {SESSION} recoveryCodes }} }}"
    );
    let now = u64::try_from(chrono::Utc::now().timestamp()).expect("after 1970");
    let variables = json!({"f": enrolled["factorId"], "c": totp.generate(now).to_string()});
    let lifted = server
        .ok(Some(&session.access), &verify, variables.clone())
        .await;
    let lifted = &lifted["verifyTotp"];
    tour.error(&server.run(Some(&session.access), &verify, variables).await);
    for code in lifted["recoveryCodes"].as_array().expect("codes") {
        tour.keep(code.as_str().expect("text"));
    }
    let session = Session::of(&lifted["session"]);
    tour.keep_session(&session);
    session
}

/// An API key, secrets in wrong places, and a refresh token that is used twice.
async fn keys_and_mistakes(server: &Server, session: &Session, tour: &mut Tour) {
    let save = "mutation($p: String!, $k: String!) { saveApiConfiguration(provider: $p, apiKey: $k) { id } }";
    let right = json!({"p": "openai", "k": API_KEY});
    server.ok(Some(&session.access), save, right).await;
    let wrong = json!({"p": "nobody", "k": API_KEY});
    tour.error(&server.run(Some(&session.access), save, wrong).await);
    let literal = format!(
        "mutation {{ signIn(email: \"x@y.z\", password: \"{WRONG_PASSWORD}\") {{ nothing }} }}"
    );
    tour.error(&server.run(None, &literal, json!({})).await);
    let next = server.refreshed(&session.refresh).await;
    let last = server.refreshed(&next.refresh).await;
    tour.keep_session(&next);
    tour.keep_session(&last);
    let stolen = server.refresh(&session.refresh).await;
    assert_eq!(code(&stolen), "UNAUTHENTICATED");
    tour.error(&stolen);
}
