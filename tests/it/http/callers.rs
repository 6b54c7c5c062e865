//! Tokens become callers, or are refused; none is taken for none.

use std::time::{Duration, SystemTime};

use aws_lc_rs::{
    encoding::AsDer,
    rsa::{KeyPair, KeySize},
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair},
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD as BASE64},
};
use jsonwebtoken::{Algorithm, EncodingKey, Header, jwk::Jwk};
use mindloom::{
    auth::{KeyError, Role, TokenContents, VerificationKey, Verifier, mint},
    config::Settings,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{SECRET, SOON, Server, UNTIL_SOON, token, token_for};
use crate::support::scratch_dir;

const ED_PRIVATE: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n";
/// RFC 8037, appendix A.
const ED_PUBLIC: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

fn now() -> u64 {
    SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .expect("a clock")
        .as_secs()
}

fn claims() -> Value {
    json!({"sub": Uuid::new_v4(), "role": "authenticated", "aud": "authenticated", "iss": "issuer", "exp": now() + 60})
}

fn with(mut claims: Value, name: &str, value: Value) -> Value {
    claims[name] = value;
    claims
}

fn signed(claims: &Value) -> String {
    jsonwebtoken::encode(
        &Header::new(Algorithm::HS256),
        claims,
        &EncodingKey::from_secret(SECRET),
    )
    .expect("a token")
}

async fn whoami(
    server: &Server,
    set: impl FnOnce(reqwest::RequestBuilder) -> reqwest::RequestBuilder,
) -> (u16, String) {
    let response = set(server.post(&json!({"query": "{ whoami }"})))
        .send()
        .await
        .expect("an answer");
    let status = response.status().as_u16();
    let body: Value = response.json().await.expect("JSON");
    let said = body["data"]["whoami"]
        .as_str()
        .or(body["errors"][0]["message"].as_str());
    (status, said.unwrap_or_default().to_owned())
}

#[tokio::test]
async fn the_bearer_decides_and_the_apikey_stands_in() {
    let server = Server::start(&[]).await;
    let user = Uuid::new_v4();
    let user_token = token_for(user, 60);
    // Supabase's keys have no audience and no user.
    let service = signed(&json!({"role": "service_role", "iss": "supabase", "exp": now() + 60}));
    let anon = signed(&json!({"role": "anon", "iss": "supabase", "exp": now() + 60}));
    assert_eq!(whoami(&server, |request| request).await.1, "anon None");
    let as_user = format!("authenticated Some({user})");
    assert_eq!(
        whoami(&server, |request| request.bearer_auth(&user_token))
            .await
            .1,
        as_user
    );
    assert_eq!(
        whoami(&server, |request| request.header("apikey", &service))
            .await
            .1,
        "service_role None"
    );
    assert_eq!(
        whoami(&server, |request| request.query(&[("apikey", &service)]))
            .await
            .1,
        "service_role None"
    );
    let both = whoami(&server, |request| {
        request.header("apikey", &service).bearer_auth(&user_token)
    });
    assert_eq!(both.await.1, as_user);
    assert_eq!(
        whoami(&server, |request| request.header("apikey", &anon))
            .await
            .1,
        "anon None"
    );
    // The second time the token comes from the cache.
    assert_eq!(
        whoami(&server, |request| request.bearer_auth(&user_token))
            .await
            .1,
        as_user
    );
}

#[tokio::test]
async fn a_bad_token_is_401_and_never_anonymous() {
    let server = Server::start(&["--jwt-issuer", "issuer,other"]).await;
    let other_secret = EncodingKey::from_secret(b"somebody else's secret, as long as ours");
    let forged = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims(), &other_secret)
        .expect("a token");
    let hs512 = jsonwebtoken::encode(
        &Header::new(Algorithm::HS512),
        &claims(),
        &EncodingKey::from_secret(SECRET),
    );
    let payload = BASE64.encode(claims().to_string());
    let none = format!(
        "{}.{payload}.",
        BASE64.encode(r#"{"alg":"none","typ":"JWT"}"#)
    );
    let mut without_exp = claims();
    without_exp
        .as_object_mut()
        .expect("an object")
        .remove("exp");
    let mut without_aud = claims();
    without_aud
        .as_object_mut()
        .expect("an object")
        .remove("aud");
    let mut without_iss = claims();
    without_iss
        .as_object_mut()
        .expect("an object")
        .remove("iss");
    let cases = [
        ("nonsense", "nonsense".to_owned()),
        ("forged", forged),
        ("another algorithm", hs512.expect("a token")),
        ("alg none", none),
        ("expired", signed(&with(claims(), "exp", json!(now() - 60)))),
        (
            "not yet valid",
            signed(&with(claims(), "nbf", json!(now() + 60))),
        ),
        ("without exp", signed(&without_exp)),
        ("without aud", signed(&without_aud)),
        ("another aud", signed(&with(claims(), "aud", json!("else")))),
        ("without iss", signed(&without_iss)),
        ("another iss", signed(&with(claims(), "iss", json!("else")))),
        (
            "a role of the database",
            signed(&with(claims(), "role", json!("postgres"))),
        ),
        ("without role", signed(&with(claims(), "role", Value::Null))),
        (
            "without user",
            signed(&with(claims(), "sub", json!("not a uuid"))),
        ),
    ];
    for (case, token) in cases {
        let (status, message) = whoami(&server, |request| request.bearer_auth(&token)).await;
        assert_eq!(status, 401, "{case}: {message}");
        let (status, _) = whoami(&server, |request| request.header("apikey", &token)).await;
        assert_eq!(status, 401, "{case} as apikey");
    }
    for value in ["Basic dXNlcjpwYXNz", "Bearer", "Bearer ", "token"] {
        assert_eq!(
            whoami(&server, |request| request.header("authorization", value))
                .await
                .0,
            401,
            "{value}"
        );
    }
    let good = signed(&with(claims(), "aud", json!(["else", "authenticated"])));
    assert_eq!(
        whoami(&server, |request| request.bearer_auth(&good))
            .await
            .0,
        200
    );
}

#[tokio::test]
async fn a_cached_token_ends_when_it_expires_or_its_session_does() {
    let server = Server::start(&["--jwt-leeway-s", "0"]).await;
    let session = Uuid::new_v4();
    let ends = signed(&with(
        with(claims(), "session_id", json!(session)),
        "exp",
        json!(now() + 60),
    ));
    let expires = token_for(Uuid::new_v4(), SOON);
    for token in [&ends, &expires] {
        assert_eq!(
            whoami(&server, |request| request.bearer_auth(token))
                .await
                .0,
            200
        );
    }
    server.verifier.sessions().end_session(session);
    assert_eq!(
        whoami(&server, |request| request.bearer_auth(&ends))
            .await
            .0,
        401
    );
    tokio::time::sleep(UNTIL_SOON).await;
    assert_eq!(
        whoami(&server, |request| request.bearer_auth(&expires))
            .await
            .0,
        401
    );
}

fn ed25519_token(kid: Option<&str>, claims: &Value) -> String {
    let header = Header {
        kid: kid.map(str::to_owned),
        ..Header::new(Algorithm::EdDSA)
    };
    let key = EncodingKey::from_ed_pem(ED_PRIVATE.as_bytes()).expect("a key");
    jsonwebtoken::encode(&header, claims, &key).expect("a token")
}

fn jwks(kid: &str) -> String {
    json!({"keys": [
        {"kty": "OKP", "crv": "Ed25519", "x": ED_PUBLIC, "kid": kid, "alg": "EdDSA", "use": "sig"},
        {"kty": "oct", "k": BASE64.encode(SECRET), "kid": "never", "alg": "HS256"},
    ]})
    .to_string()
}

#[tokio::test]
async fn keys_of_a_file_verify_and_are_read_again() {
    let file = scratch_dir().join("jwks.json");
    std::fs::write(&file, jwks("one")).expect("written");
    let path = file.to_str().expect("a plain path");
    assert!(matches!(
        Verifier::new(
            Vec::new(),
            &Settings::from_flags(["--jwks", path])
                .expect("flags")
                .callers
        ),
        Err(KeyError::IssuerMissing)
    ));
    let server = Server::start(&["--jwks", path, "--jwt-issuer", "issuer"]).await;
    let status = async |token: &str| {
        whoami(&server, |request| request.bearer_auth(token))
            .await
            .0
    };
    assert_eq!(status(&ed25519_token(Some("one"), &claims())).await, 200);
    assert_eq!(status(&ed25519_token(None, &claims())).await, 200);
    assert_eq!(status(&ed25519_token(Some("two"), &claims())).await, 401);
    // The public key as an HMAC secret: the classic confusion.
    let confused = EncodingKey::from_secret(ED_PUBLIC.as_bytes());
    let header = Header {
        kid: Some("one".to_owned()),
        ..Header::new(Algorithm::HS256)
    };
    assert_eq!(
        status(&jsonwebtoken::encode(&header, &claims(), &confused).expect("a token")).await,
        401
    );
    tokio::time::sleep(Duration::from_millis(20)).await;
    std::fs::write(&file, jwks("two")).expect("written");
    assert_eq!(
        status(&ed25519_token(Some("two"), &claims())).await,
        200,
        "an unknown key makes it read the file again"
    );
    assert_eq!(status(&ed25519_token(Some("one"), &claims())).await, 401);
    assert_eq!(
        status(&signed(&claims())).await,
        200,
        "our own secret is still good"
    );
}

#[tokio::test]
async fn only_the_servers_own_keys_speak_for_the_server() {
    let file = scratch_dir().join("jwks.json");
    std::fs::write(&file, jwks("one")).expect("written");
    let path = file.to_str().expect("a plain path");
    let flags = ["--jwks", path, "--jwt-issuer", "issuer"];
    let settings = Settings::from_flags(flags).expect("flags");
    let verifier = Verifier::new(vec![VerificationKey::secret(SECRET)], &settings.callers)
        .expect("a verifier")
        .with_own_issuers(["this server".to_owned()]);
    verifier.refresh().await.expect("keys");
    let of = |issuer: &str| with(claims(), "iss", json!(issuer));
    for (case, token, believed) in [
        ("own key, own issuer", signed(&of("this server")), true),
        ("own key, named issuer", signed(&of("issuer")), true),
        ("own key, another issuer", signed(&of("else")), false),
        (
            "foreign key, named issuer",
            ed25519_token(Some("one"), &of("issuer")),
            true,
        ),
        (
            "foreign key, own issuer",
            ed25519_token(Some("one"), &of("this server")),
            false,
        ),
        (
            "foreign key, another issuer",
            ed25519_token(Some("one"), &of("else")),
            false,
        ),
        (
            "own key, a list of issuers",
            signed(&with(claims(), "iss", json!(["else", "more"]))),
            false,
        ),
        (
            "own key, no text",
            signed(&with(claims(), "iss", json!(3))),
            false,
        ),
    ] {
        let verified = verifier.verify(&token).await;
        assert_eq!(verified.is_ok(), believed, "{case}: {verified:?}");
    }
}

#[tokio::test]
async fn whose_share_a_request_counts_for_is_the_user_or_the_address() {
    let server = Server::start(&["--proxies", "1"]).await;
    let share = async |token: Option<&str>, address: &str| {
        let mut request = server.post(&json!({"query": "{ share }"}));
        request = request.header("x-forwarded-for", address);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let body: Value = request
            .send()
            .await
            .expect("an answer")
            .json()
            .await
            .expect("JSON");
        body["data"]["share"].as_str().expect("a share").to_owned()
    };
    let user = signed(&claims());
    assert_eq!(
        share(Some(&user), "192.0.2.1").await,
        share(Some(&user), "192.0.2.2").await
    );
    let here = share(None, "192.0.2.1").await;
    assert_eq!(here, "Address(192.0.2.1)");
    // Another anonymous account is no other share; another address is.
    for _ in 0..2 {
        let anonymous = signed(&with(claims(), "is_anonymous", json!(true)));
        assert_eq!(share(Some(&anonymous), "192.0.2.1").await, here);
        assert_ne!(share(Some(&anonymous), "192.0.2.2").await, here);
    }
    let service = json!({"role": "service_role", "exp": now() + 60});
    assert_eq!(share(Some(&signed(&service)), "192.0.2.1").await, "Service");
}

#[tokio::test]
async fn keys_of_an_address_are_fetched() {
    let routes =
        axum::Router::new().route("/jwks.json", axum::routing::get(|| async { jwks("one") }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let url = format!(
        "http://{}/jwks.json",
        listener.local_addr().expect("its address")
    );
    tokio::spawn(async move { axum::serve(listener, routes).await });
    let server = Server::start(&["--jwks", &url, "--jwt-issuer", "issuer"]).await;
    let good = whoami(&server, |request| {
        request.bearer_auth(ed25519_token(Some("one"), &claims()))
    })
    .await;
    assert_eq!(good.0, 200);
    let unknown = whoami(&server, |request| {
        request.bearer_auth(ed25519_token(Some("two"), &claims()))
    })
    .await;
    assert_eq!(unknown.0, 401);
    assert!(
        Settings::from_flags(["--jwks", "http://keys.example.com/jwks.json"]).is_err(),
        "keys come by TLS"
    );
}

#[tokio::test]
async fn a_minted_token_says_what_it_was_asked_to() {
    let settings = Settings::from_flags(Vec::<String>::new()).expect("flags");
    let verifier = Verifier::new(vec![VerificationKey::secret(SECRET)], &settings.callers)
        .expect("a verifier");
    let user = Uuid::new_v4();
    let contents = TokenContents {
        role: Role::Authenticated,
        user_id: Some(user),
        admin: true,
        lifetime: Duration::from_secs(60),
    };
    let minted = mint(&contents, SECRET, "mindloom", "authenticated").expect("a token");
    let caller = verifier.verify(&minted).await.expect("a caller");
    assert!(caller.is_admin());
    assert_eq!(
        (caller.role, caller.user_id),
        (Role::Authenticated, Some(user))
    );
    let plain = verifier.verify(&token()).await.expect("a caller");
    assert!(!plain.is_admin());
}

fn pem(der: &[u8]) -> Vec<u8> {
    format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        STANDARD.encode(der)
    )
    .into_bytes()
}

#[tokio::test]
async fn rsa_and_elliptic_keys_verify_their_own_algorithm_alone() {
    let rsa = KeyPair::generate(KeySize::Rsa2048).expect("a key");
    let rsa =
        EncodingKey::from_rsa_pem(&pem(rsa.as_der().expect("a key").as_ref())).expect("a key");
    let elliptic = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key");
    let elliptic = EncodingKey::from_ec_pem(&pem(elliptic.to_pkcs8v1().expect("a key").as_ref()))
        .expect("a key");
    let keys = [(Algorithm::RS256, rsa), (Algorithm::ES256, elliptic)];
    let jwks: Vec<_> = keys
        .iter()
        .map(|(algorithm, key)| Jwk::from_encoding_key(key, *algorithm).expect("a JWK"))
        .collect();
    let file = scratch_dir().join("jwks.json");
    std::fs::write(&file, json!({"keys": jwks}).to_string()).expect("written");
    let server = Server::start(&[
        "--jwks",
        file.to_str().expect("a plain path"),
        "--jwt-issuer",
        "issuer",
    ])
    .await;
    for (algorithm, key) in &keys {
        let signed =
            jsonwebtoken::encode(&Header::new(*algorithm), &claims(), key).expect("a token");
        assert_eq!(
            whoami(&server, |request| request.bearer_auth(&signed))
                .await
                .0,
            200,
            "{algorithm:?}"
        );
    }
    let wider = jsonwebtoken::encode(&Header::new(Algorithm::RS512), &claims(), &keys[0].1)
        .expect("a token");
    assert_eq!(
        whoami(&server, |request| request.bearer_auth(&wider))
            .await
            .0,
        401
    );
}
