//! The server of these measurements, over an embedded PostgreSQL.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use mindloom::{
    app::App,
    config::Settings,
    db::{self, Db},
    http::Protocol,
    postgres::{self, Database},
    realtime::Realtime,
};
use serde_json::json;
use uuid::Uuid;

const SECRET: &str = "a secret of at least thirty-two bytes";

pub struct Stand {
    pub address: SocketAddr,
    app: Arc<App>,
    pub database: Database,
    pub db: Db,
    pub realtime: Realtime,
}

impl Stand {
    /// Starts everything below a directory that is removed with the process' temporary files.
    pub async fn start() -> Self {
        let directory = std::env::temp_dir().join(format!("mindloom-bench-{}", std::process::id()));
        let directory = directory.to_str().expect("a plain name");
        let flags = [
            ["--data-dir", directory],
            ["--jwt-secret", SECRET],
            ["--realtime-max-events-per-second", "1000000000"],
            ["--max-connections-per-address", "0"],
        ];
        let mut settings = Settings::from_flags(flags.concat()).expect("settings");
        settings.embedded.disposable = true;
        let database = postgres::serve(&settings).await.expect("PostgreSQL");
        let owner = db::owner(database.settings()).await.expect("connected");
        migration::up(owner, None).await.expect("migrated");
        let db = Db::connect(database.settings()).await.expect("connected");
        let app = Arc::new(App::start(&settings, db.clone()).await.expect("a server"));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let address = listener.local_addr().expect("its address");
        let serving = Arc::clone(&app);
        tokio::spawn(async move { serving.serve(listener).await });
        Stand {
            address,
            realtime: app.state.realtime.clone(),
            app,
            database,
            db,
        }
    }

    /// How many sockets are open.
    pub fn connections(&self) -> usize {
        self.app.http.sockets().open(Protocol::Supabase)
    }

    /// A token of a new user.
    pub fn token(&self) -> String {
        self.token_of(Uuid::new_v4())
    }

    /// A token of this user.
    pub fn token_of(&self, user: Uuid) -> String {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .expect("after 1970")
            .as_secs();
        let claims = json!({
            "role": "authenticated", "aud": "authenticated", "iat": now, "exp": now + 3600,
            "sub": user, "session_id": Uuid::new_v4(), "email": "somebody@example.org",
            "app_metadata": {"provider": "email"}, "user_metadata": {"name": "Somebody"},
        });
        let key = jsonwebtoken::EncodingKey::from_secret(SECRET.as_bytes());
        jsonwebtoken::encode(&jsonwebtoken::Header::default(), &claims, &key).expect("a token")
    }
}
