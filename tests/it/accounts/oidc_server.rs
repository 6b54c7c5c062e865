//! An OpenID Connect provider over TCP: discovery, keys, authorization with PKCE, tokens, user info; and
//! GitHub's dialect of OAuth beside it. It checks what a provider checks, and misbehaves on demand.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair},
};
use axum::{
    Form, Json, Router,
    extract::{Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD, Engine as _};
use jsonwebtoken::{Algorithm, EncodingKey, Header, jwk::Jwk};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub const CLIENT_ID: &str = "mindloom";
pub const CLIENT_SECRET: &str = "the-clients-secret";

/// Who is at the provider's screen.
#[derive(Clone, serde::Deserialize)]
pub struct Person {
    pub subject: String,
    pub email: String,
    pub email_verified: bool,
    pub name: String,
}

/// What the provider does wrong.
#[derive(Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    None,
    /// The token repeats another nonce.
    Nonce,
    /// The token is for another client.
    Audience,
    /// The token is of another issuer.
    Issuer,
    /// The token is signed with a key that is not published.
    Signature,
    /// The token ended an hour ago.
    Expired,
    /// The token endpoint is down.
    Down,
    /// The person says no.
    Denied,
}

#[derive(Clone)]
pub struct OidcServer {
    pub url: String,
    shared: Arc<Shared>,
}

struct Shared {
    key: Vec<u8>,
    unpublished_key: Vec<u8>,
    state: Mutex<Current>,
}

struct Current {
    person: Person,
    fault: Fault,
    codes: HashMap<String, Granted>,
}

struct Granted {
    challenge: String,
    redirect_uri: String,
    nonce: String,
    person: Person,
}

impl OidcServer {
    pub async fn start(person: Person) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let state = Mutex::new(Current {
            person,
            fault: Fault::None,
            codes: HashMap::new(),
        });
        let shared = Arc::new(Shared {
            key: new_key(),
            unpublished_key: new_key(),
            state,
        });
        let server = OidcServer { url, shared };
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/jwks", get(jwks))
            .route("/authorize", get(authorize))
            .route("/token", post(token))
            .route("/login/oauth/authorize", get(authorize))
            .route("/login/oauth/access_token", post(github_token))
            .route("/user", get(github_user))
            .route("/user/emails", get(github_emails))
            .with_state(server.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        server
    }

    /// Somebody else sits down at the screen.
    pub fn person(&self, person: Person) {
        self.current().person = person;
    }

    pub fn fault(&self, fault: Fault) {
        self.current().fault = fault;
    }

    /// The setting that makes this server a provider, under two names.
    pub fn setting(&self) -> String {
        json!([
            {"name": "acme", "issuer": self.url, "clientId": CLIENT_ID, "clientSecret": CLIENT_SECRET},
            {"name": "github", "baseUrl": self.url, "apiUrl": self.url, "clientId": CLIENT_ID,
             "clientSecret": CLIENT_SECRET},
        ])
        .to_string()
    }

    /// A token as a client gets it that asks by itself.
    pub fn id_token(&self, nonce: Option<&str>, fault: Fault) -> String {
        let person = self.current().person.clone();
        self.sign(&person, nonce, fault)
    }

    fn sign(&self, person: &Person, nonce: Option<&str>, fault: Fault) -> String {
        let now = chrono::Utc::now().timestamp();
        let mut claims = json!({
            "iss": if fault == Fault::Issuer { "https://evil.example" } else { &self.url },
            "aud": if fault == Fault::Audience { "another-client" } else { CLIENT_ID },
            "sub": person.subject,
            "iat": now,
            "exp": if fault == Fault::Expired { now - 3600 } else { now + 300 },
            "email": person.email,
            "email_verified": person.email_verified,
            "name": person.name,
            "picture": "https://example.org/face.png",
        });
        match nonce {
            _ if fault == Fault::Nonce => claims["nonce"] = json!("another"),
            Some(nonce) => claims["nonce"] = json!(nonce),
            None => {}
        }
        let key = if fault == Fault::Signature {
            &self.shared.unpublished_key
        } else {
            &self.shared.key
        };
        let mut header = Header::new(Algorithm::ES256);
        header.kid = Some("one".to_owned());
        jsonwebtoken::encode(&header, &claims, &EncodingKey::from_ec_der(key)).expect("a token")
    }

    fn current(&self) -> std::sync::MutexGuard<'_, Current> {
        self.shared.state.lock().expect("no test panics in here")
    }

    /// Takes a code once, if client, redirect and PKCE verifier are those it was granted to.
    fn redeem(&self, headers: &HeaderMap, form: &HashMap<String, String>) -> Option<Granted> {
        let expected = format!(
            "Basic {}",
            BASE64_STANDARD.encode(format!("{CLIENT_ID}:{CLIENT_SECRET}"))
        );
        if headers.get(header::AUTHORIZATION)?.to_str().ok()? != expected {
            return None;
        }
        let granted = self.current().codes.remove(form.get("code")?)?;
        let challenge =
            BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(form.get("code_verifier")?.as_bytes()));
        let right = challenge == granted.challenge
            && form.get("redirect_uri") == Some(&granted.redirect_uri)
            && form.get("grant_type").map(String::as_str) == Some("authorization_code");
        right.then_some(granted)
    }
}

fn new_key() -> Vec<u8> {
    let document =
        EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
    document.expect("a key").as_ref().to_vec()
}

async fn discovery(State(server): State<OidcServer>) -> Json<Value> {
    let url = &server.url;
    Json(json!({
        "issuer": url,
        "authorization_endpoint": format!("{url}/authorize"),
        "token_endpoint": format!("{url}/token"),
        "jwks_uri": format!("{url}/jwks"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        "code_challenge_methods_supported": ["S256"],
    }))
}

async fn jwks(State(server): State<OidcServer>) -> Json<Value> {
    let jwk = Jwk::from_encoding_key(
        &EncodingKey::from_ec_der(&server.shared.key),
        Algorithm::ES256,
    );
    let mut jwk = serde_json::to_value(jwk.expect("a public key")).expect("JSON");
    jwk["kid"] = json!("one");
    jwk["use"] = json!("sig");
    Json(json!({"keys": [jwk]}))
}

async fn authorize(
    State(server): State<OidcServer>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let asked = |name: &str| query.get(name).cloned().unwrap_or_default();
    let known = asked("client_id") == CLIENT_ID
        && asked("response_type") == "code"
        && asked("code_challenge_method") == "S256";
    if !known {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let mut back: url::Url = asked("redirect_uri").parse().expect("a redirect");
    back.query_pairs_mut().append_pair("state", &asked("state"));
    let mut current = server.current();
    if current.fault == Fault::Denied {
        back.query_pairs_mut().append_pair("error", "access_denied");
        return Redirect::to(back.as_str()).into_response();
    }
    let code = uuid::Uuid::new_v4().to_string();
    back.query_pairs_mut().append_pair("code", &code);
    let granted = Granted {
        challenge: asked("code_challenge"),
        redirect_uri: asked("redirect_uri"),
        nonce: asked("nonce"),
        person: current.person.clone(),
    };
    current.codes.insert(code, granted);
    Redirect::to(back.as_str()).into_response()
}

async fn token(
    State(server): State<OidcServer>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    let fault = server.current().fault;
    if fault == Fault::Down {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let Some(granted) = server.redeem(&headers, &form) else {
        return (
            StatusCode::BAD_REQUEST,
            Json(json!({"error": "invalid_grant"})),
        )
            .into_response();
    };
    let id_token = server.sign(&granted.person, Some(&granted.nonce), fault);
    let body = json!({"access_token": "unused", "token_type": "Bearer", "expires_in": 300, "id_token": id_token});
    Json(body).into_response()
}

async fn github_token(
    State(server): State<OidcServer>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    match server.redeem(&headers, &form) {
        Some(_) => Json(json!({"access_token": "gho_token", "token_type": "bearer", "scope": ""}))
            .into_response(),
        None => Json(json!({"error": "bad_verification_code"})).into_response(),
    }
}

async fn github_user(State(server): State<OidcServer>, headers: HeaderMap) -> Response {
    if headers
        .get(header::AUTHORIZATION)
        .is_none_or(|token| token != "Bearer gho_token")
    {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let person = server.current().person.clone();
    Json(json!({"id": 4711, "login": "ada", "name": person.name, "avatar_url": null}))
        .into_response()
}

async fn github_emails(State(server): State<OidcServer>) -> Json<Value> {
    let person = server.current().person.clone();
    Json(json!([
        {"email": "secondary@example.org", "primary": false, "verified": true},
        {"email": person.email, "primary": true, "verified": person.email_verified},
    ]))
}
