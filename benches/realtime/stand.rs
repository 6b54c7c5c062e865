//! The server of these measurements: an embedded PostgreSQL, the channels and Supabase's protocol.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use axum::Router;
use clap::Args;
use mindloom::{
    auth::{VerificationKey, Verifier},
    config::{CallerSettings, ChangeLogSettings, ChannelSettings, Settings},
    db::Db,
    http::Listener,
    metrics::{self, Metrics},
    postgres::{self, Database},
    realtime::{Realtime, channels::Channels},
    supabase::Supabase,
};
use serde_json::json;
use uuid::Uuid;

const SECRET: &[u8] = b"a secret of at least thirty-two bytes";

pub struct Stand {
    pub address: SocketAddr,
    pub supabase: Supabase,
    pub database: Database,
    pub db: Db,
    pub realtime: Realtime,
}

impl Stand {
    /// Starts everything below a directory that is removed with the process' temporary files.
    pub async fn start() -> Self {
        let directory = std::env::temp_dir().join(format!("mindloom-bench-{}", std::process::id()));
        let directory = directory.to_str().expect("a plain name");
        let mut settings = Settings::from_flags(["--data-dir", directory]).expect("settings");
        settings.embedded.disposable = true;
        let database = postgres::serve(&settings).await.expect("PostgreSQL");
        let url = database.settings().url.clone().expect("its address");
        migration::up(url.as_str(), None).await.expect("migrated");
        let db = Db::connect(database.settings()).await.expect("connected");
        let metrics = Arc::new(Metrics::new().expect("the figures"));
        let callers: CallerSettings = read(&[]);
        let verifier = Arc::new(
            Verifier::new(vec![VerificationKey::secret(SECRET)], &callers).expect("a verifier"),
        );
        let channel_settings: ChannelSettings =
            read(&["--realtime-max-events-per-second", "1000000000"]);
        let realtime = Realtime::start(&db, &read::<ChangeLogSettings>(&[]));
        let channels = Channels::start(db.clone(), channel_settings, Arc::clone(&metrics));
        let supabase = Supabase::new(channels, realtime.hub.clone(), verifier);
        let router: Router = supabase.routes().merge(metrics::routes(metrics, None));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let address = listener.local_addr().expect("its address");
        tokio::spawn(async move { axum::serve(Listener(listener), router).await });
        Stand {
            address,
            supabase,
            database,
            db,
            realtime,
        }
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
        let key = jsonwebtoken::EncodingKey::from_secret(SECRET);
        jsonwebtoken::encode(&jsonwebtoken::Header::default(), &claims, &key).expect("a token")
    }
}

fn read<S: Args>(flags: &[&str]) -> S {
    let command = S::augment_args(clap::Command::new("bench"));
    let matches = command
        .try_get_matches_from(std::iter::once("bench").chain(flags.iter().copied()))
        .expect("flags");
    S::from_arg_matches(&matches).expect("values")
}
