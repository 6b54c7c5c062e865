//! Files over HTTP: through unmodified clients, and with bytes that no client would send.

mod access;
mod buckets;
mod clients;
mod faults;
mod forms;
mod graphql;
mod kills;
mod removal;
mod resumable;
mod rights;
mod s3;
mod transcripts;

use std::time::{SystemTime, UNIX_EPOCH};

use mindloom::auth::Caller;
use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{
    TestDb,
    server::{RunningServer, SECRET},
};

/// Buckets, and policies as they are written for Supabase.
const BUCKETS: &str = "
    insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types) values
      ('avatars', 'avatars', true, 1048576, '{image/*}'), ('private', 'private', false, null, null);
    create policy \"Folders are their owners'\" on storage.objects for all to authenticated
      using (bucket_id in ('avatars', 'private') and (storage.foldername(name))[1] = (select auth.uid()::text))
      with check (bucket_id in ('avatars', 'private') and (storage.foldername(name))[1] = (select auth.uid()::text))";

/// A server with two people who have files.
struct World {
    test: TestDb,
    server: RunningServer,
    alice: Person,
    bob: Person,
    http: Client,
}

/// Somebody, and the token that says so.
struct Person {
    id: Uuid,
    caller: Caller,
    token: String,
}

impl World {
    async fn new(flags: &[&str]) -> Self {
        let test = TestDb::new().await;
        test.run_as_owner(BUCKETS).await.expect("buckets");
        Self::over(test, flags).await
    }

    async fn over(test: TestDb, flags: &[&str]) -> Self {
        let (alice, bob) = (person(&test, "alice").await, person(&test, "bob").await);
        let server = RunningServer::start(&test.db, flags).await;
        World {
            test,
            server,
            alice,
            bob,
            http: Client::new(),
        }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}/storage/v1/{path}", self.server.address)
    }

    fn get(&self, path: &str) -> RequestBuilder {
        self.http.get(self.url(path))
    }

    fn post(&self, path: &str) -> RequestBuilder {
        self.http.post(self.url(path))
    }

    /// Puts a file where only Alice may.
    async fn put(&self, name: &str, bytes: impl Into<reqwest::Body>, kind: &str) -> Response {
        let path = format!("object/private/{}/{name}", self.alice.id);
        let request = self.post(&path).bearer_auth(&self.alice.token);
        let request = request
            .header("content-type", kind)
            .header("x-upsert", "true")
            .body(bytes);
        request.send().await.expect("an answer")
    }

    /// The only value of a statement as the owner.
    async fn count(&self, sql: &str) -> i64 {
        let client = self.test.db.system().await.expect("a connection");
        client.query_one(sql, &[]).await.expect("a row").get(0)
    }

    /// The same of a text.
    async fn text(&self, sql: &str) -> String {
        let client = self.test.db.system().await.expect("a connection");
        client.query_one(sql, &[]).await.expect("a row").get(0)
    }

    /// How many contents lie there.
    fn contents(&self) -> usize {
        let dir = self.server.app.state.settings.data.data_dir().join("files");
        files_below(&dir)
    }

    /// Waits until rows and bytes agree, and nothing waits any more.
    async fn settled(&self) {
        const WAITING: &str = "
            select (select count(*) from mindloom.file_uploads) + (select count(*) from mindloom.file_removals)";
        for _ in 0..500 {
            let rows = self
                .count("select count(*) from storage.objects where version is not null")
                .await;
            if self.count(WAITING).await == 0 && usize::try_from(rows).ok() == Some(self.contents())
            {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        let check = self.server.app.state.storage.check(false).await;
        panic!("rows and bytes do not agree: {check:?}");
    }
}

async fn person(test: &TestDb, name: &str) -> Person {
    let caller = test.user(&format!("{name}@example.org")).await;
    let id = caller.user_id.expect("a user's id");
    Person {
        token: token("authenticated", Some(id), json!({})),
        caller,
        id,
    }
}

/// A token for a role, with more claims.
fn token(role: &str, user: Option<Uuid>, more: Value) -> String {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("after 1970")
        .as_secs();
    let mut claims = json!({"role": role, "aud": "authenticated", "iat": now, "exp": now + 600});
    if let Some(user) = user {
        claims["sub"] = json!(user);
    }
    for (name, value) in more.as_object().into_iter().flatten() {
        claims[name] = value.clone();
    }
    let key = jsonwebtoken::EncodingKey::from_secret(SECRET.as_bytes());
    jsonwebtoken::encode(&jsonwebtoken::Header::default(), &claims, &key).expect("a token")
}

/// What a refusal says: `statusCode`, `code`, `message`.
async fn refusal(response: Response) -> (String, String, String) {
    let status = response.status();
    let body: Value = response.json().await.expect("JSON");
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    assert!(status.as_u16() >= 400, "{status} {body}");
    (text("statusCode"), text("code"), text("message"))
}

fn files_below(dir: &std::path::Path) -> usize {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    entries
        .map(|entry| match entry.file_type() {
            Ok(kind) if kind.is_dir() => files_below(&entry.path()),
            _ => 1,
        })
        .sum()
}

/// An image of 80 by 40 pixels.
fn png() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let image = image::RgbaImage::from_fn(80, 40, |x, y| image::Rgba([x as u8, y as u8, 0, 255]));
    image
        .write_to(&mut bytes, image::ImageFormat::Png)
        .expect("a PNG");
    bytes.into_inner()
}
