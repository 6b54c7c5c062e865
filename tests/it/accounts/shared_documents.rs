//! Documents that are shared by a link.

use serde_json::{Value, json};

use super::{
    flows::{Session, code},
    server::{Options, Server},
    sharing::start,
};

const SHARED: &str = "query($t: UUID!, $p: String) { sharedDocument(token: $t, password: $p) { title allowComments } }";
const COMMENT: &str = "mutation($t: UUID!, $p: String, $c: String!) {
    addDocumentComment(token: $t, password: $p, content: $c) { id content } }";
const COMMENTS: &str = "query($t: UUID!, $p: String, $f: Int! = 50, $a: DateTime) {
    sharedDocumentComments(token: $t, password: $p, first: $f, after: $a) { content authorName mine createdAt } }";

impl Server {
    /// A shared document of somebody: its id and its link's token.
    async fn shared(&self, owner: &Session, comments: bool) -> (Value, Value) {
        let query =
            "mutation($c: Boolean) { createDocument(input: {title: \"Plan\", content: \"x\",
            isPublic: true, allowComments: $c}) { id shareToken } }";
        let made = self
            .ok(Some(&owner.access), query, json!({"c": comments}))
            .await;
        let made = &made["createDocument"];
        (made["id"].clone(), made["shareToken"].clone())
    }
}

#[tokio::test]
async fn a_shared_document_opens_with_its_password_alone() {
    let server = start().await;
    let ada = server.member("ada@example.org").await;
    let ben = server.member("ben@example.org").await;
    let (id, token) = server.shared(&ada, true).await;
    let protect =
        "mutation($i: UUID!, $p: String) { setDocumentPassword(id: $i, password: $p) { id } }";
    let protected = "query($i: UUID!) { documentHasPassword(id: $i) }";
    let open = json!({"t": token});
    assert_eq!(
        server.ok(None, SHARED, open.clone()).await["sharedDocument"]["title"],
        "Plan"
    );
    let password = json!({"i": id, "p": "open sesame"});
    assert_eq!(
        code(
            &server
                .run(Some(&ben.access), protect, password.clone())
                .await
        ),
        "NOT_FOUND"
    );
    let short = json!({"i": id, "p": "sesame"});
    assert_eq!(
        code(&server.run(Some(&ada.access), protect, short).await),
        "BAD_USER_INPUT"
    );
    server.ok(Some(&ada.access), protect, password).await;
    let asks = server
        .ok(Some(&ada.access), protected, json!({"i": id}))
        .await;
    assert_eq!(asks["documentHasPassword"], true);
    let hash: String = server
        .one("select share_password_hash from public.documents", &[])
        .await;
    assert!(hash.starts_with("$argon2id$"), "{hash}");
    for wrong in [json!({"t": token}), json!({"t": token, "p": "open barley"})] {
        let refused = server.run(None, SHARED, wrong.clone()).await;
        assert_eq!(code(&refused), "FORBIDDEN", "{refused}");
        let refused = server.run(None, COMMENTS, wrong).await;
        assert_eq!(code(&refused), "FORBIDDEN", "comments are behind it too");
    }
    let right = json!({"t": token, "p": "open sesame"});
    let seen = server.ok(None, SHARED, right.clone()).await;
    assert_eq!(
        seen["sharedDocument"],
        json!({"title": "Plan", "allowComments": true})
    );
    server
        .sql(
            "update public.documents set share_expires_at = now() - interval '1 second'",
            &[],
        )
        .await;
    let over = server.ok(None, SHARED, right.clone()).await;
    assert!(over["sharedDocument"].is_null(), "its time is over");
    server
        .sql("update public.documents set share_expires_at = null", &[])
        .await;
    server
        .ok(Some(&ada.access), protect, json!({"i": id}))
        .await;
    server.ok(None, SHARED, open).await;
}

#[tokio::test]
async fn a_documents_password_is_not_guessed() {
    let server = Server::with(Options {
        attempts_per_account: 3,
        ..Default::default()
    })
    .await;
    let ada = server.member("ada@example.org").await;
    let (id, token) = server.shared(&ada, false).await;
    let protect =
        "mutation($i: UUID!) { setDocumentPassword(id: $i, password: \"open sesame\") { id } }";
    server
        .ok(Some(&ada.access), protect, json!({"i": id}))
        .await;
    for _ in 0..3 {
        let refused = server
            .run(None, SHARED, json!({"t": token, "p": "wrong"}))
            .await;
        assert_eq!(code(&refused), "FORBIDDEN");
    }
    let refused = server
        .run(None, SHARED, json!({"t": token, "p": "open sesame"}))
        .await;
    assert_eq!(code(&refused), "RATE_LIMITED");
}

#[tokio::test]
async fn wrong_passwords_of_others_close_no_document() {
    let server = Server::with(Options {
        attempts_per_account: 3,
        proxies: "1",
        ..Default::default()
    })
    .await;
    let ada = server.member("ada@example.org").await;
    let (id, token) = server.shared(&ada, false).await;
    let protect =
        "mutation($i: UUID!) { setDocumentPassword(id: $i, password: \"open sesame\") { id } }";
    server
        .ok(Some(&ada.access), protect, json!({"i": id}))
        .await;
    let open = async |client_ip: &str, password: &str| {
        let variables = json!({"t": token, "p": password});
        server.code_from(client_ip, SHARED, variables).await
    };
    for told in ["FORBIDDEN", "FORBIDDEN", "FORBIDDEN", "RATE_LIMITED"] {
        assert_eq!(open("198.51.100.1", "wrong").await, told);
    }
    assert_eq!(open("198.51.100.2", "open sesame").await, "");
    // Thirty of all addresses together, three of which are gone.
    for other in 0..=27 {
        let told = open(&format!("192.0.2.{other}"), "wrong").await;
        let expected = if other < 27 {
            "FORBIDDEN"
        } else {
            "RATE_LIMITED"
        };
        assert_eq!(told, expected, "{other}");
    }
}

#[tokio::test]
async fn holders_of_a_link_comment_where_the_owner_wants_it() {
    let server = start().await;
    let ada = server.member("ada@example.org").await;
    let ben = server.member("ben@example.org").await;
    let carl = server.member("carl@example.org").await;
    server.called(&ben, "Ben").await;
    let (_, closed) = server.shared(&ada, false).await;
    let (id, token) = server.shared(&ada, true).await;
    let said = |token: &Value, text: &str| json!({"t": token, "c": text});
    assert_eq!(
        code(&server.run(None, COMMENT, said(&token, "Hello")).await),
        "UNAUTHENTICATED"
    );
    for (token, text, refused) in [
        (&closed, "Hello", "FORBIDDEN"),
        (&token, "  ", "BAD_USER_INPUT"),
        (&json!(uuid::Uuid::nil()), "Hello", "NOT_FOUND"),
    ] {
        let answer = server
            .run(Some(&ben.access), COMMENT, said(token, text))
            .await;
        assert_eq!(code(&answer), refused, "{answer}");
    }
    let first = server
        .ok(Some(&ben.access), COMMENT, said(&token, "First"))
        .await;
    server
        .ok(Some(&carl.access), COMMENT, said(&token, "Second"))
        .await;
    let seen = server
        .ok(Some(&ben.access), COMMENTS, json!({"t": token}))
        .await;
    let seen = seen["sharedDocumentComments"].as_array().unwrap();
    let short: Vec<_> = seen
        .iter()
        .map(|one| json!([one["content"], one["authorName"], one["mine"]]))
        .collect();
    assert_eq!(
        short,
        [
            json!(["First", "Ben", true]),
            json!(["Second", null, false])
        ]
    );
    let rest = json!({"t": token, "f": 1, "a": seen[0]["createdAt"]});
    let rest = server.ok(None, COMMENTS, rest).await;
    assert_eq!(rest["sharedDocumentComments"][0]["content"], "Second");
    let list = "{ documentComments { nodes { content documentId } } }";
    for (who, count) in [(&ada, 2), (&ben, 1), (&carl, 1)] {
        let listed = server.ok(Some(&who.access), list, json!({})).await;
        let nodes = listed["documentComments"]["nodes"].as_array().unwrap();
        assert_eq!(nodes.len(), count);
        assert!(nodes.iter().all(|node| node["documentId"] == id));
    }
    let delete = "mutation($i: UUID!) { deleteDocumentComment(id: $i) { id } }";
    let which = json!({"i": first["addDocumentComment"]["id"]});
    let kept = server.ok(Some(&carl.access), delete, which.clone()).await;
    assert!(kept["deleteDocumentComment"].is_null(), "not another's");
    let gone = server.ok(Some(&ada.access), delete, which).await;
    assert!(
        gone["deleteDocumentComment"].is_object(),
        "the document's owner may"
    );
}
