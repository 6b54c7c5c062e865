//! Signing in through a provider, against one that runs beside the test.

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{
    flows::{PASSWORD, SESSION, Session, code},
    oidc_server::{Fault, OidcServer, Person},
    server::{Options, Server},
};

const APP: &str = "https://app.example/signed-in";
const VERIFIER: &str = "a-verifier-that-only-this-client-knows-0123456789";

fn ada() -> Person {
    Person {
        subject: "ada-at-acme".to_owned(),
        email: "ada@example.org".to_owned(),
        email_verified: true,
        name: "Ada Lovelace".to_owned(),
    }
}

async fn start() -> (OidcServer, Server) {
    let provider = OidcServer::start(ada()).await;
    let server = Server::with(Options {
        oauth_providers: Some(provider.setting()),
        redirect_urls: "https://app.example",
        ..Options::default()
    })
    .await;
    (provider, server)
}

impl Server {
    /// Goes to the provider and back, as a browser does; returns the last address.
    async fn travel(&self, operation: &str, provider: &str, token: Option<&str>) -> url::Url {
        let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
        let query = format!(
            "mutation($p: String!, $r: String!, $c: String!) \
             {{ {operation}(provider: $p, redirectTo: $r, codeChallenge: $c) {{ url }} }}"
        );
        let answer = self
            .ok(
                token,
                &query,
                json!({"p": provider, "r": APP, "c": challenge}),
            )
            .await;
        let mut next: url::Url = answer[operation]["url"]
            .as_str()
            .expect("an address")
            .parse()
            .expect("an address");
        while !next.as_str().starts_with(APP) {
            let page = self.http.get(next.clone()).send().await.expect("an answer");
            assert_eq!(
                page.status(),
                303,
                "{next}: {}",
                page.text().await.unwrap_or_default()
            );
            next = page.headers()["location"]
                .to_str()
                .expect("text")
                .parse()
                .expect("an address");
        }
        next
    }

    async fn exchange(&self, token: Option<&str>, code: &str, verifier: &str) -> Value {
        let query = format!(
            "mutation($c: String!, $v: String!) {{ exchangeCodeForSession(code: $c, codeVerifier: $v) {SESSION} }}"
        );
        self.run(token, &query, json!({"c": code, "v": verifier}))
            .await
    }

    async fn through(&self, provider: &str) -> Session {
        let back = self.travel("signInWithOauth", provider, None).await;
        let answer = self
            .exchange(None, &parameter(&back, "code").expect("a code"), VERIFIER)
            .await;
        Session::of(&answer["data"]["exchangeCodeForSession"])
    }
}

fn parameter(url: &url::Url, name: &str) -> Option<String> {
    url.query_pairs()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

#[tokio::test]
async fn a_newcomer_gets_an_account_and_finds_it_again() {
    let (provider, server) = start().await;
    assert_eq!(
        server.ok(None, "{ oauthProviders }", json!({})).await["oauthProviders"],
        json!(["acme", "github"])
    );
    let first = server.through("acme").await;
    let claims = first.claims();
    assert_eq!(claims["email"], "ada@example.org");
    assert_eq!(claims["amr"][0]["method"], "oauth");
    assert_eq!(claims["app_metadata"]["providers"], json!(["acme"]));
    assert_eq!(claims["user_metadata"]["full_name"], "Ada Lovelace");
    // The provider's subject decides, whatever becomes of the address.
    provider.person(Person {
        email: "renamed@example.org".to_owned(),
        ..ada()
    });
    assert_eq!(server.through("acme").await.user_id, first.user_id);
    let bob = Person {
        subject: "bob".to_owned(),
        email: "bob@example.org".to_owned(),
        ..ada()
    };
    provider.person(bob);
    assert_ne!(server.through("acme").await.user_id, first.user_id);
}

#[tokio::test]
async fn githubs_dialect_works_too() {
    let (_provider, server) = start().await;
    let session = server.through("github").await;
    assert_eq!(session.claims()["email"], "ada@example.org");
    assert_eq!(server.through("github").await.user_id, session.user_id);
    // The same address at another provider is the same person, for both vouch for it.
    assert_eq!(server.through("acme").await.user_id, session.user_id);
}

#[tokio::test]
async fn a_code_is_good_once_and_only_with_its_verifier() {
    let (_provider, server) = start().await;
    let back = server.travel("signInWithOauth", "acme", None).await;
    let own = parameter(&back, "code").unwrap();
    // An attacker who saw the address of the browser lacks the verifier; trying uses the code up.
    assert_eq!(
        code(&server.exchange(None, &own, "the attackers guess").await),
        "UNAUTHENTICATED"
    );
    assert_eq!(
        code(&server.exchange(None, &own, VERIFIER).await),
        "UNAUTHENTICATED"
    );

    let back = server.travel("signInWithOauth", "acme", None).await;
    let own = parameter(&back, "code").unwrap();
    Session::of(&server.exchange(None, &own, VERIFIER).await["data"]["exchangeCodeForSession"]);
    assert_eq!(
        code(&server.exchange(None, &own, VERIFIER).await),
        "UNAUTHENTICATED"
    );

    let back = server.travel("signInWithOauth", "acme", None).await;
    server
        .sql("update auth.oauth_flows set expires_at = now()", &[])
        .await;
    let late = server
        .exchange(None, &parameter(&back, "code").unwrap(), VERIFIER)
        .await;
    assert_eq!(code(&late), "UNAUTHENTICATED");
}

#[tokio::test]
async fn tokens_that_prove_nothing_are_refused() {
    let (provider, server) = start().await;
    for fault in [
        Fault::Nonce,
        Fault::Audience,
        Fault::Issuer,
        Fault::Signature,
        Fault::Expired,
        Fault::Down,
    ] {
        provider.fault(fault);
        let back = server.travel("signInWithOauth", "acme", None).await;
        assert_eq!(
            parameter(&back, "error").as_deref(),
            Some("sign_in_failed"),
            "{back}"
        );
        assert_eq!(parameter(&back, "code"), None);
    }
    provider.fault(Fault::Denied);
    let back = server.travel("signInWithOauth", "acme", None).await;
    assert_eq!(parameter(&back, "error").as_deref(), Some("access_denied"));
    assert_eq!(
        server
            .one::<i64>("select count(*) from auth.users", &[])
            .await,
        0
    );
}

#[tokio::test]
async fn a_state_is_good_once_and_unknown_ones_lead_nowhere() {
    let (_provider, server) = start().await;
    for query in ["", "?state=unknown&code=x", "?code=x"] {
        let page = server
            .http
            .get(format!("{}/auth/v1/callback{query}", server.url))
            .send()
            .await
            .unwrap();
        assert_eq!(page.status(), 400, "{query}");
    }
    let query = "mutation($r: String!, $c: String!) { signInWithOauth(provider: \"acme\", redirectTo: $r, \
                 codeChallenge: $c) { url } }";
    let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
    for (redirect, challenge) in [
        ("https://evil.example/", &*challenge),
        (APP, "no digest"),
        (APP, VERIFIER),
    ] {
        let refused = server
            .run(None, query, json!({"r": redirect, "c": challenge}))
            .await;
        assert_eq!(code(&refused), "BAD_USER_INPUT", "{redirect} {challenge}");
    }
}

#[tokio::test]
async fn an_unverified_address_takes_over_nothing() {
    let (provider, server) = start().await;
    let owner = server.member("ada@example.org").await;
    provider.person(Person {
        subject: "mallory".to_owned(),
        email_verified: false,
        ..ada()
    });
    let mallory = server.through("acme").await;
    assert_ne!(mallory.user_id, owner.user_id);
    assert_eq!(mallory.claims()["email"], "");
}

#[tokio::test]
async fn a_verified_address_joins_its_account_and_ousts_a_squatter() {
    let (provider, server) = start().await;
    let owner = server.member("ada@example.org").await;
    assert_eq!(server.through("acme").await.user_id, owner.user_id);
    server.sign_in("ada@example.org", PASSWORD).await;

    server
        .sign_up("bob@example.org", "the squatters password")
        .await;
    server
        .mail_to("bob@example.org", "Confirm your address")
        .await;
    provider.person(Person {
        subject: "bob".to_owned(),
        email: "bob@example.org".to_owned(),
        ..ada()
    });
    server.through("acme").await;
    let refused = server
        .sign_in_error("bob@example.org", "the squatters password")
        .await;
    assert_eq!(refused["extensions"]["code"], "UNAUTHENTICATED");
}

#[tokio::test]
async fn providers_are_linked_and_unlinked_by_the_owner() {
    let (provider, server) = start().await;
    let owner = server.member("owner@example.org").await;
    let bob = server.member("bob@example.org").await;
    let back = server
        .travel("linkIdentity", "acme", Some(&owner.access))
        .await;
    let own = parameter(&back, "code").unwrap();
    assert_eq!(
        code(&server.exchange(Some(&bob.access), &own, VERIFIER).await),
        "FORBIDDEN",
        "another caller"
    );

    let back = server
        .travel("linkIdentity", "acme", Some(&owner.access))
        .await;
    let linked = server
        .exchange(
            Some(&owner.access),
            &parameter(&back, "code").unwrap(),
            VERIFIER,
        )
        .await;
    let linked = Session::of(&linked["data"]["exchangeCodeForSession"]);
    assert_eq!(linked.user_id, owner.user_id);
    assert_eq!(linked.claims()["session_id"], owner.claims()["session_id"]);
    assert_eq!(server.through("acme").await.user_id, owner.user_id);

    let back = server
        .travel("linkIdentity", "acme", Some(&bob.access))
        .await;
    let taken = server
        .exchange(
            Some(&bob.access),
            &parameter(&back, "code").unwrap(),
            VERIFIER,
        )
        .await;
    assert_eq!(code(&taken), "CONFLICT");

    let listed = server
        .ok(
            Some(&linked.access),
            "{ identities { id provider } }",
            json!({}),
        )
        .await;
    assert_eq!(listed["identities"][0]["provider"], "acme");
    let unlink = "mutation($id: UUID!) { unlinkIdentity(id: $id) }";
    let id = json!({"id": listed["identities"][0]["id"]});
    assert_eq!(
        code(&server.run(Some(&bob.access), unlink, id.clone()).await),
        "NOT_FOUND"
    );
    server.ok(Some(&linked.access), unlink, id).await;
    let left = server.refreshed(&linked.refresh).await.claims();
    assert_eq!(left["app_metadata"]["providers"], json!(["email"]));
    assert_eq!(left["app_metadata"]["provider"], "email");
    provider.person(Person {
        email: "other@example.org".to_owned(),
        ..ada()
    });
    assert_ne!(server.through("acme").await.user_id, owner.user_id);
}

#[tokio::test]
async fn an_account_tells_the_providers_that_are_left() {
    let (_provider, server) = start().await;
    server.through("acme").await;
    let session = server.through("github").await;
    let claims = session.claims();
    assert_eq!(claims["app_metadata"]["provider"], "acme");
    assert_eq!(
        claims["app_metadata"]["providers"],
        json!(["acme", "github"])
    );
    let unlink = async |provider: &str| {
        let listed = "{ identities { id provider } }";
        let listed = server.ok(Some(&session.access), listed, json!({})).await;
        let identities = listed["identities"].as_array().expect("a list");
        let of = |identity: &&Value| identity["provider"] == provider;
        let id = &identities.iter().find(of).expect("the identity")["id"];
        let unlink = "mutation($id: UUID!) { unlinkIdentity(id: $id) }";
        let token = Some(&*session.access);
        server.ok(token, unlink, json!({"id": id})).await;
        let me = server.ok(token, "{ me { appMetadata } }", json!({})).await;
        me["me"]["appMetadata"].clone()
    };
    assert_eq!(
        unlink("acme").await,
        json!({"provider": "github", "providers": ["github"]})
    );
    // A mail to the proved address lets the owner in.
    assert_eq!(
        unlink("github").await,
        json!({"provider": "email", "providers": ["email"]})
    );
}

#[tokio::test]
async fn whoever_proves_an_address_finds_no_provider_of_a_squatter() {
    let (provider, server) = start().await;
    provider.person(Person {
        subject: "mallory".to_owned(),
        email_verified: false,
        ..ada()
    });
    let mallory = server.through("acme").await;
    // As an administrator may set it: the address is not proved.
    let id: uuid::Uuid = mallory.user_id.parse().expect("a UUID");
    server
        .sql(
            "update auth.users set email = 'bob@example.org' where id = $1",
            &[&id],
        )
        .await;
    let magic = "mutation { requestMagicLink(email: \"bob@example.org\", createUser: false) }";
    server.ok(None, magic, json!({})).await;
    let token = server.mail_to("bob@example.org", "Sign in").await.token();
    let bob = server.verify_token("MAGIC_LINK", &token).await;
    assert_eq!(bob.user_id, mallory.user_id);
    let app_metadata = &bob.claims()["app_metadata"];
    assert_eq!(app_metadata["providers"], json!(["email"]));
    assert_eq!(app_metadata["provider"], "email");
    assert_ne!(server.through("acme").await.user_id, bob.user_id);
}

#[tokio::test]
async fn the_last_way_in_is_not_removed() {
    let (provider, server) = start().await;
    provider.person(Person {
        email_verified: false,
        ..ada()
    });
    let session = server.through("acme").await;
    let listed = server
        .ok(Some(&session.access), "{ identities { id } }", json!({}))
        .await;
    let unlink = "mutation($id: UUID!) { unlinkIdentity(id: $id) }";
    let refused = server
        .run(
            Some(&session.access),
            unlink,
            json!({"id": listed["identities"][0]["id"]}),
        )
        .await;
    assert_eq!(code(&refused), "FORBIDDEN");
    assert_eq!(server.through("acme").await.user_id, session.user_id);
}

#[tokio::test]
async fn an_anonymous_account_becomes_permanent_by_a_link() {
    let (_provider, server) = start().await;
    let query = format!("mutation {{ signInAnonymously {SESSION} }}");
    let session = Session::of(&server.ok(None, &query, json!({})).await["signInAnonymously"]);
    let back = server
        .travel("linkIdentity", "acme", Some(&session.access))
        .await;
    let linked = server
        .exchange(
            Some(&session.access),
            &parameter(&back, "code").unwrap(),
            VERIFIER,
        )
        .await;
    let linked = Session::of(&linked["data"]["exchangeCodeForSession"]);
    assert_eq!(linked.user_id, session.user_id);
    assert_eq!(linked.claims()["is_anonymous"], false);
    assert_eq!(linked.claims()["email"], "ada@example.org");
    assert_eq!(server.through("acme").await.user_id, session.user_id);
}

#[tokio::test]
async fn a_suspended_account_stays_out() {
    let (_provider, server) = start().await;
    server.through("acme").await;
    server
        .sql(
            "update auth.users set banned_until = now() + interval '1 day'",
            &[],
        )
        .await;
    let back = server.travel("signInWithOauth", "acme", None).await;
    let refused = server
        .exchange(None, &parameter(&back, "code").unwrap(), VERIFIER)
        .await;
    assert_eq!(code(&refused), "FORBIDDEN");
}
