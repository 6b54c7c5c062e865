//! Steps that most tests begin with, as a client takes them.

use serde_json::{Value, json};

use super::server::Server;

/// A password that passes.
pub const PASSWORD: &str = "correct horse battery";

/// What a client keeps of a sign-in.
#[derive(Debug, Clone)]
pub struct Session {
    pub access: String,
    pub refresh: String,
    pub user_id: String,
}

impl Session {
    /// Of an `AuthSession` selected with [`SESSION`].
    pub fn of(value: &Value) -> Self {
        let text = |pointer: &str| {
            value
                .pointer(pointer)
                .and_then(Value::as_str)
                .unwrap_or_else(|| panic!("{value}"))
                .to_owned()
        };
        Session {
            access: text("/accessToken"),
            refresh: text("/refreshToken"),
            user_id: text("/user/id"),
        }
    }

    /// The claims of the access token, not verified.
    pub fn claims(&self) -> Value {
        use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
        let payload = self.access.split('.').nth(1).expect("a JSON web token");
        serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(payload).expect("base64url"))
            .expect("JSON")
    }
}

/// What is selected of an `AuthSession`.
pub const SESSION: &str =
    "{ accessToken refreshToken tokenType expiresIn expiresAt user { id email isAnonymous } }";

impl Server {
    /// Signs up, reads the mail, and confirms with its token.
    pub async fn member(&self, email: &str) -> Session {
        self.sign_up(email, PASSWORD).await;
        let token = self.mail_to(email, "Confirm your address").await.token();
        self.verify_token("CONFIRM_EMAIL", &token).await
    }

    /// An administrator, made so by the operator.
    pub async fn admin(&self) -> Session {
        let admin = self.member("admin@example.org").await;
        let sql = "update auth.users set raw_app_meta_data = raw_app_meta_data || '{\"role\": \"admin\"}' where id = $1";
        let id: uuid::Uuid = admin.user_id.parse().expect("a UUID");
        self.sql(sql, &[&id]).await;
        self.sign_in("admin@example.org", PASSWORD).await
    }

    pub async fn sign_up(&self, email: &str, password: &str) {
        let query = "mutation($i: SignUpInput!) { signUp(input: $i) { confirmationSent session { accessToken } } }";
        let answer = self
            .ok(
                None,
                query,
                json!({"i": {"email": email, "password": password}}),
            )
            .await;
        assert_eq!(
            answer["signUp"],
            json!({"confirmationSent": true, "session": null})
        );
    }

    pub async fn sign_in(&self, email: &str, password: &str) -> Session {
        let query = format!(
            "mutation($e: String!, $p: String!) {{ signIn(email: $e, password: $p) {SESSION} }}"
        );
        Session::of(
            &self
                .ok(None, &query, json!({"e": email, "p": password}))
                .await["signIn"],
        )
    }

    /// The whole error of a sign-in that must fail.
    pub async fn sign_in_error(&self, email: &str, password: &str) -> Value {
        let query = "mutation($e: String!, $p: String!) { signIn(email: $e, password: $p) { accessToken } }";
        self.error(None, query, json!({"e": email, "p": password}))
            .await
    }

    pub async fn verify_token(&self, purpose: &str, token: &str) -> Session {
        let query = format!(
            "mutation($p: EmailPurpose!, $t: String) {{ verifyEmail(purpose: $p, token: $t) {SESSION} }}"
        );
        Session::of(
            &self
                .ok(None, &query, json!({"p": purpose, "t": token}))
                .await["verifyEmail"],
        )
    }

    /// The whole error of a token that must be refused.
    pub async fn verify_token_error(&self, purpose: &str, token: &str) -> Value {
        let query = "mutation($p: EmailPurpose!, $t: String) { verifyEmail(purpose: $p, token: $t) { accessToken } }";
        self.error(None, query, json!({"p": purpose, "t": token}))
            .await
    }

    pub async fn verify_code(&self, purpose: &str, email: &str, code: &str) -> Value {
        let query = format!(
            "mutation($p: EmailPurpose!, $e: String, $c: String) \
             {{ verifyEmail(purpose: $p, email: $e, code: $c) {SESSION} }}"
        );
        self.run(None, &query, json!({"p": purpose, "e": email, "c": code}))
            .await
    }

    pub async fn refresh(&self, token: &str) -> Value {
        let query =
            format!("mutation($t: String!) {{ refreshSession(refreshToken: $t) {SESSION} }}");
        self.run(None, &query, json!({"t": token})).await
    }

    pub async fn refreshed(&self, token: &str) -> Session {
        let answer = self.refresh(token).await;
        Session::of(&answer["data"]["refreshSession"])
    }

    /// Whether the access token still reads the account.
    pub async fn is_signed_in(&self, session: &Session) -> bool {
        let answer = self
            .run(Some(&session.access), "{ me { id } }", json!({}))
            .await;
        answer["data"]["me"]["id"] == json!(session.user_id)
    }

    pub async fn update_user(&self, session: &Session, input: Value) -> Value {
        let query = "mutation($i: UpdateAccountInput!) { updateAccount(input: $i) { id email isAnonymous userMetadata } }";
        self.run(Some(&session.access), query, json!({"i": input}))
            .await
    }
}

/// The code of the first error.
pub fn code(answer: &Value) -> &str {
    answer["errors"][0]["extensions"]["code"]
        .as_str()
        .unwrap_or_else(|| panic!("no error: {answer}"))
}
