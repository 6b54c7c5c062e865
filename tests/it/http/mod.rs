//! The transports over a small GraphQL whose answers are known.

mod callers;
mod engine;
mod entrance;
mod forms;
pub mod node;
mod origins;
mod request_ids;
mod requests;
mod served;
mod sockets;
mod stand_in;
pub mod streams;
mod unread;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::Router;
use mindloom::{
    auth::{Role, TokenContents, VerificationKey, Verifier, mint},
    config::Settings,
    graphql::{Execute, Limits, PersistedDocuments},
    http::{self, Http, HttpParts, Leaving, Protocol, Sockets},
    rates::{Rates, UnreadBytes},
};
use serde_json::Value;
use tokio::task::JoinHandle;
use uuid::Uuid;

use stand_in::StandIn;

const SECRET: &[u8] = b"a secret of the tests, long enough for HS256";

/// A server on a port of its own.
struct Server {
    address: SocketAddr,
    http: Arc<Http>,
    verifier: Arc<Verifier>,
    task: JoinHandle<()>,
    client: reqwest::Client,
}

impl Server {
    /// Starts one over the small GraphQL with these flags.
    async fn start(flags: &[&str]) -> Self {
        let settings = Settings::from_flags(flags.iter().copied()).expect("flags");
        let limits = Limits::new(settings.limits.clone());
        Self::over(Arc::new(StandIn::new(limits)), settings).await
    }

    /// Starts one over any GraphQL.
    async fn over(graphql: Arc<dyn Execute>, settings: Settings) -> Self {
        let verifier = Verifier::new(vec![VerificationKey::secret(SECRET)], &settings.callers)
            .expect("a verifier");
        verifier.refresh().await.expect("keys");
        let verifier = Arc::new(verifier);
        let limits = Limits::new(settings.limits.clone());
        let http = Http::new(HttpParts {
            records: Arc::default(),
            incoming: Arc::default(),
            graphql,
            verifier: Arc::clone(&verifier),
            limits,
            documents: PersistedDocuments::load(&settings.documents).expect("documents"),
            document_settings: settings.documents.clone(),
            transport_settings: settings.transports.clone(),
            public_url: "http://127.0.0.1:4000".parse().expect("a URL"),
            rates: Arc::new(Rates::new(&settings.rates)),
            unread: UnreadBytes::new(
                settings.rates.max_unread_bytes,
                settings.database.max_answer_bytes(),
            ),
            rate_settings: settings.rates.clone(),
            sockets: Sockets::new(&settings.transports, &settings.channels),
        });
        let app = http::routes(&http, Router::new());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let address = listener.local_addr().expect("its address");
        let task = tokio::spawn(async move {
            http::serve(listener, app, &settings, Leaving::default()).await;
        });
        Server {
            address,
            http,
            verifier,
            task,
            client: reqwest::Client::new(),
        }
    }

    /// How many sockets and streams are open.
    fn open(&self) -> usize {
        self.http.sockets().open(Protocol::Graphql)
    }

    fn url(&self) -> String {
        format!("http://{}/graphql", self.address)
    }

    /// A POST of a JSON body.
    fn post(&self, body: &Value) -> reqwest::RequestBuilder {
        self.client.post(self.url()).json(body)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A token of a user that is valid for some seconds.
/// Seconds until a token ends whose end is waited for: long enough to be used before on a busy machine. Ends are whole
/// seconds, so that one of 1 may be over at once.
const SOON: u64 = 4;

/// As long as it takes such a token to end for certain.
const UNTIL_SOON: Duration = Duration::from_millis(SOON * 1_000 + 200);

fn token_for(user_id: Uuid, seconds: u64) -> String {
    let contents = TokenContents {
        role: Role::Authenticated,
        user_id: Some(user_id),
        admin: false,
        lifetime: Duration::from_secs(seconds),
    };
    mint(&contents, SECRET, "mindloom", "authenticated").expect("a token")
}

fn token() -> String {
    token_for(Uuid::new_v4(), 600)
}
