//! Addresses and other texts that nobody expects: refused in words or taken, and never a fault of the server.

use serde_json::{Value, json};

use super::{
    flows::{PASSWORD, code},
    server::{Options, Server},
};

const SIGN_UP: &str = "mutation($e: String!, $p: String!, $m: JSON) \
    { signUp(input: {email: $e, password: $p, userMetadata: $m}) { confirmationSent } }";

/// No operation takes these.
fn malformed() -> Vec<String> {
    let mut list: Vec<String> = [
        "\"a b\"@x.example",
        "\"a@b\"@x.example",
        "a b@x.example",
        "a\u{a0}b@x.example",
        "a\u{2003}b@x.example",
        "a\tb@x.example",
        "a\u{0}b@x.example",
        "a\u{7f}b@x.example",
        "a\r\nBcc: c@x.example",
        "a@b@x.example",
        "@x.example",
        "a@",
        "a",
        "",
        " ",
        "Ada <ada@x.example>",
        // In lower case it has a letter that is put together of two.
        "İstanbul@x.example",
    ]
    .map(str::to_owned)
    .into();
    list.push(format!("{}@x.example", "a".repeat(300)));
    list.push(format!("a@{}.example", "x".repeat(300)));
    list.push("ä".repeat(100_000));
    list
}

/// Unusual, and somebody's.
const TAKEN: [&str; 6] = [
    "jürgen@x.example",
    "ada+notes@x.example",
    "ΟΔΥΣΣΕΥΣ@x.example",
    "Straße@x.example",
    "o'brien@x.example",
    "ada@xn--bcher-kva.example",
];

#[tokio::test]
async fn what_is_no_address_is_refused_by_every_operation() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let ada = server.member("ada@example.org").await;
    let operations: [(&str, Option<&str>); 7] = [
        (
            "mutation($e: String!, $p: String!) { signUp(input: {email: $e, password: $p}) { confirmationSent } }",
            None,
        ),
        (
            "mutation($e: String!, $p: String!) { signIn(email: $e, password: $p) { accessToken } }",
            None,
        ),
        (
            "mutation($e: String!) { requestMagicLink(email: $e) }",
            None,
        ),
        (
            "mutation($e: String!) { requestPasswordRecovery(email: $e) }",
            None,
        ),
        (
            "mutation($e: String!) { resendConfirmation(email: $e) }",
            None,
        ),
        (
            "mutation($e: String!) { verifyEmail(purpose: MAGIC_LINK, email: $e, code: \"123456\") { accessToken } }",
            None,
        ),
        (
            "mutation($e: String!) { adminCreateUser(input: {email: $e}) { id } }",
            Some(&admin.access),
        ),
    ];
    for email in malformed() {
        for (query, token) in operations {
            let variables = json!({"e": email, "p": PASSWORD});
            let answer = server.run(token, query, variables).await;
            assert_eq!(
                code(&answer),
                "BAD_USER_INPUT",
                "{query} of {email:?}: {answer}"
            );
        }
        let change = "mutation($e: String!, $p: String!) { updateAccount(input: {email: $e, currentPassword: $p}) { id } }";
        let variables = json!({"e": email, "p": PASSWORD});
        let answer = server.run(Some(&ada.access), change, variables).await;
        assert_eq!(
            code(&answer),
            "BAD_USER_INPUT",
            "{change} of {email:?}: {answer}"
        );
        let search =
            "query($e: String!) { adminUsers(search: $e, first: 1, offset: 0) { totalCount } }";
        let answer = server
            .run(Some(&admin.access), search, json!({"e": email}))
            .await;
        let found = &answer["errors"][0]["extensions"]["code"];
        assert_ne!(found, "INTERNAL", "{search} of {email:?}: {answer}");
    }
}

#[tokio::test]
async fn unusual_addresses_sign_up_and_get_their_mail() {
    let server = Server::start().await;
    for email in TAKEN {
        let variables = json!({"e": email, "p": PASSWORD, "m": {}});
        server.ok(None, SIGN_UP, variables).await;
        let stored = email.to_lowercase();
        let token = server
            .mail_to(&stored, "Confirm your address")
            .await
            .token();
        server.verify_token("CONFIRM_EMAIL", &token).await;
    }
}

#[tokio::test]
async fn metadata_is_looked_at_before_anything_is_stored() {
    for autoconfirm in [false, true] {
        let options = Options {
            autoconfirm,
            ..Options::default()
        };
        let server = Server::with(options).await;
        for metadata in [
            json!({"name": "a\u{0}b"}),
            json!({"name": "a".repeat(5_000)}),
        ] {
            let variables = json!({"e": "ada@example.org", "p": PASSWORD, "m": metadata});
            let answer: Value = server.run(None, SIGN_UP, variables).await;
            assert_eq!(code(&answer), "BAD_USER_INPUT", "{answer}");
        }
    }
}
