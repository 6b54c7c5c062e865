//! Signing in with a password, and what strangers learn by trying.

use std::time::{Duration, Instant};

use serde_json::json;

use super::{
    flows::{PASSWORD, code},
    server::{Options, Server},
};

#[tokio::test]
async fn wrong_addresses_and_wrong_passwords_get_one_answer() {
    let server = Server::start().await;
    server.member("ada@example.org").await;
    let wrong_password = server
        .sign_in_error("ada@example.org", "a wrong password")
        .await;
    let no_account = server
        .sign_in_error("nobody@example.org", "a wrong password")
        .await;
    assert_eq!(wrong_password, no_account);
    assert_eq!(wrong_password["extensions"]["code"], "UNAUTHENTICATED");
    let no_password = server
        .ok(
            None,
            "mutation { requestMagicLink(email: \"bob@example.org\") }",
            json!({}),
        )
        .await;
    assert_eq!(no_password["requestMagicLink"], true);
    server.mail_to("bob@example.org", "Sign in").await;
    assert_eq!(
        server
            .sign_in_error("bob@example.org", "a wrong password")
            .await,
        no_account
    );
}

#[tokio::test]
async fn the_time_of_a_refusal_tells_nothing() {
    let server = Server::with(Options {
        attempts_per_account: 10_000,
        ..Options::default()
    })
    .await;
    server.member("ada@example.org").await;
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    // Taken in turns, so that what else the machine does falls on both.
    for _ in 0..15 {
        for (email, times) in [
            ("ada@example.org", &mut known),
            ("nobody@example.org", &mut unknown),
        ] {
            let start = Instant::now();
            server.sign_in_error(email, "a wrong password").await;
            times.push(start.elapsed());
        }
    }
    let (known, unknown) = (median(known), median(unknown));
    let difference = known.abs_diff(unknown);
    assert!(
        difference < known.max(unknown) / 4,
        "known {known:?}, unknown {unknown:?}"
    );
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

#[tokio::test]
async fn a_bcrypt_hash_of_supabase_signs_in_and_is_replaced() {
    let server = Server::start().await;
    let hash = bcrypt::hash_with_salt("imported password", 10, [9; 16]).unwrap();
    let hash = hash.format_for_version(bcrypt::Version::TwoA);
    server
        .sql(
            "insert into auth.users (email, encrypted_password, email_confirmed_at) \
             values ('ada@example.org', $1, now())",
            &[&hash],
        )
        .await;
    server
        .sign_in_error("ada@example.org", "wrong password")
        .await;
    let stored = "select encrypted_password from auth.users where email = 'ada@example.org'";
    assert_eq!(
        server.one::<String>(stored, &[]).await,
        hash,
        "a wrong password changes nothing"
    );
    server.sign_in("ada@example.org", "imported password").await;
    let rehashed: String = server.one(stored, &[]).await;
    assert!(
        rehashed.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
        "{rehashed}"
    );
    server.sign_in("ada@example.org", "imported password").await;
    server
        .sign_in_error("ada@example.org", "wrong password")
        .await;
}

#[tokio::test]
async fn too_many_attempts_say_when_to_come_back_on_every_server() {
    let server = Server::with(Options {
        attempts_per_account: 3,
        ..Options::default()
    })
    .await;
    let other = server.another().await;
    server.member("ada@example.org").await;
    for _ in 0..3 {
        let refused = server
            .sign_in_error("ada@example.org", "a wrong password")
            .await;
        assert_eq!(refused["extensions"]["code"], "UNAUTHENTICATED");
    }
    for server in [&server, &other] {
        let limited = server.sign_in_error("ada@example.org", PASSWORD).await;
        assert_eq!(limited["extensions"]["code"], "RATE_LIMITED", "{limited}");
        let wait_ms = limited["extensions"]["retryAfterMs"]
            .as_i64()
            .expect("when to come back");
        assert!((1..=300_000).contains(&wait_ms), "{wait_ms}");
    }
    // Nobody learns from the limit whether an account exists.
    for _ in 0..3 {
        server
            .sign_in_error("nobody@example.org", "a wrong password")
            .await;
    }
    let limited = server
        .sign_in_error("nobody@example.org", "a wrong password")
        .await;
    assert_eq!(limited["extensions"]["code"], "RATE_LIMITED");
    // The window passes.
    server.sql("update public.rate_limits set window_start = now() - interval '1 h', reset_time = now()", &[]).await;
    server.sign_in("ada@example.org", PASSWORD).await;
}

#[tokio::test]
async fn what_strangers_try_locks_nobody_out() {
    let server = Server::with(Options {
        attempts_per_account: 3,
        proxies: "1",
        ..Options::default()
    })
    .await;
    server.member("ada@example.org").await;
    let sign_in = async |client_ip: &str, email: &str, password: &str| {
        let query = "mutation($e: String!, $p: String!) { signIn(email: $e, password: $p) { accessToken } }";
        let variables = json!({"e": email, "p": password});
        server.code_from(client_ip, query, variables).await
    };
    for stranger in 0..10 {
        let from = format!("198.51.100.{stranger}");
        let told = sign_in(&from, "ada@example.org", "a wrong password").await;
        assert_eq!(told, "UNAUTHENTICATED");
    }
    assert_eq!(
        sign_in("203.0.113.1", "ada@example.org", PASSWORD).await,
        ""
    );
    // One address has its own count, and what is refused by it does not add to the count of all.
    for told in [
        "UNAUTHENTICATED",
        "UNAUTHENTICATED",
        "UNAUTHENTICATED",
        "RATE_LIMITED",
    ] {
        assert_eq!(
            sign_in("198.51.100.99", "ada@example.org", "a wrong password").await,
            told
        );
    }
    // Thirty of all addresses together, whether the account exists or not.
    for (email, left) in [("ada@example.org", 17), ("nobody@example.org", 30)] {
        for stranger in 0..=left {
            let from = format!("192.0.2.{stranger}");
            let told = sign_in(&from, email, "a wrong password").await;
            let expected = if stranger < left {
                "UNAUTHENTICATED"
            } else {
                "RATE_LIMITED"
            };
            assert_eq!(told, expected, "{email} {stranger}");
        }
    }
}

#[tokio::test]
async fn an_address_may_try_only_so_many_accounts() {
    let server = Server::with(Options {
        attempts_per_address: 5,
        ..Options::default()
    })
    .await;
    let mut codes = Vec::new();
    for number in 0..7 {
        let error = server
            .sign_in_error(&format!("nobody{number}@example.org"), "a wrong password")
            .await;
        codes.push(error["extensions"]["code"].as_str().unwrap().to_owned());
    }
    assert_eq!(codes[..5], vec!["UNAUTHENTICATED"; 5]);
    assert_eq!(codes[5..], vec!["RATE_LIMITED"; 2]);
}

#[tokio::test]
async fn mails_are_limited_per_account() {
    let server = Server::with(Options {
        mails_per_account: 2,
        ..Options::default()
    })
    .await;
    server.member("ada@example.org").await;
    let query = "mutation { requestPasswordRecovery(email: \"ada@example.org\") }";
    server.ok(None, query, json!({})).await;
    let limited = server.run(None, query, json!({})).await;
    assert_eq!(code(&limited), "RATE_LIMITED");
    assert!(limited["errors"][0]["extensions"]["retryAfterMs"].is_i64());
}

#[tokio::test]
async fn activity_is_recorded_when_the_logging_is_enabled() {
    let server = Server::start().await;
    let count =
        "select count(*) from public.user_activity_logs where activity_type = $1 and success = $2";
    server.member("ada@example.org").await;
    assert_eq!(
        server.one::<i64>(count, &[&"auth_login", &true]).await,
        0,
        "the logging starts disabled"
    );
    server.enable_activity_logging().await;
    let session = server.sign_in("ada@example.org", PASSWORD).await;
    assert_eq!(server.one::<i64>(count, &[&"auth_login", &true]).await, 1);
    let from: String = server
        .one(
            "select concat_ws(' ', activity_category, host(ip_address), user_agent, request_path, request_method) \
             from public.user_activity_logs",
            &[],
        )
        .await;
    assert_eq!(
        from,
        "authentication 127.0.0.1 mindloom-tests /graphql POST"
    );
    server
        .sign_in_error("ada@example.org", "a wrong password")
        .await;
    server.until(count, &[&"auth_login", &false], 1).await;
    server
        .ok(Some(&session.access), "mutation { signOut }", json!({}))
        .await;
    assert_eq!(server.one::<i64>(count, &[&"auth_logout", &true]).await, 1);
    // The same session came and went.
    let sessions: i64 = server
        .one(
            "select count(distinct session_id) from public.user_activity_logs where success and session_id is not null",
            &[],
        )
        .await;
    assert_eq!(sessions, 1);
}
