//! GraphQL over HTTP, WebSocket and server-sent events at `/graphql`, the console at `/console`, GraphiQL at
//! `/graphiql`.

pub mod accounts;
mod address;
mod answer;
mod caller;
mod entrance;
mod envelope;
mod figures;
mod foreign;
mod form;
mod forwarded;
mod graphql;
mod health;
mod lifetime;
mod linger;
mod media;
pub mod metrics;
pub(crate) mod multipart;
mod operation;
mod origin;
mod pages;
mod running;
pub(crate) mod server;
mod sockets;
mod sse;
mod status;
pub(crate) mod token;
mod websocket;
mod wire;

pub(crate) use caller::client_ip;
pub use health::router as health;
pub use running::RunningOperations;
pub use server::{Leaving, raise_descriptors, serve};
pub use sockets::{NoPlace, OpenSocket, Place, Protocol, Sockets};
pub(crate) use status::{set_retry_after, set_status, status_of};

use std::{convert::Infallible, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::Request,
    http::{
        HeaderMap, HeaderName, HeaderValue, Method, Response as HttpResponse, StatusCode, Uri,
        header, request::Parts,
    },
    response::IntoResponse,
    routing::get,
};
use tokio_util::sync::CancellationToken;
use tower::{ServiceBuilder, util::MapResponseLayer};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer, Predicate,
        predicate::{NotForContentType, SizeAbove},
    },
    cors::{AllowHeaders, AllowOrigin, CorsLayer},
    decompression::RequestDecompressionLayer,
};

use url::Url;

use crate::{
    app_state::AppState,
    auth::{Caller, KeyError, Verifier},
    config::{DocumentSettings, RateSettings, TransportSettings},
    error::{Code, Error, Result},
    graphql::{DocumentsError, Execute, Limits, PersistedDocuments, RequestContext},
    rates::{Rates, UnreadBytes},
    records::Records,
    request_id::X_REQUEST_ID,
    storage::Incoming,
    tasks::{Every, Tasks},
};

pub(crate) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// What pages of other origins may read of an answer's headers: the request's id, and what Supabase's clients and those of
/// resumable uploads look at.
const EXPOSED: [HeaderName; 13] = [
    X_REQUEST_ID,
    header::CONTENT_DISPOSITION,
    header::CONTENT_RANGE,
    header::ETAG,
    header::LINK,
    header::LOCATION,
    HeaderName::from_static("tus-resumable"),
    HeaderName::from_static("tus-version"),
    HeaderName::from_static("upload-expires"),
    HeaderName::from_static("upload-length"),
    HeaderName::from_static("upload-offset"),
    HeaderName::from_static("x-supabase-api-version"),
    HeaderName::from_static("x-total-count"),
];

/// How long a browser may remember what a preflight allowed.
const PREFLIGHT_MAX_AGE: std::time::Duration = std::time::Duration::from_secs(600);

/// How often it is checked whether foreign keys are due.
const KEYS_CHECK_EVERY: std::time::Duration = std::time::Duration::from_secs(30);

/// What the transports work with.
pub struct Http {
    graphql: Arc<dyn Execute>,
    verifier: Arc<Verifier>,
    limits: Limits,
    documents: PersistedDocuments,
    documents_settings: DocumentSettings,
    transports: TransportSettings,
    origins: origin::Origins,
    address: address::PublicAddress,
    anonymous: Arc<Caller>,
    sockets: Arc<Sockets>,
    running: RunningOperations,
    streams: sse::Reservations,
    rates: Arc<Rates>,
    unread: Arc<UnreadBytes>,
    records: Arc<Records>,
    incoming: Arc<Incoming>,
}

/// The parts that [`Http::new`] puts together.
pub struct HttpParts {
    /// Runs operations.
    pub graphql: Arc<dyn Execute>,
    /// Makes callers of tokens.
    pub verifier: Arc<Verifier>,
    /// What one request may ask.
    pub limits: Limits,
    /// Documents that are known by name.
    pub documents: PersistedDocuments,
    /// Settings of batches and persisted documents.
    pub document_settings: DocumentSettings,
    /// Settings of sockets, streams and origins.
    pub transport_settings: TransportSettings,
    /// Where clients are meant to reach the server.
    pub public_url: Url,
    /// What one caller may ask in a time.
    pub rates: Arc<Rates>,
    /// The answers that clients have not read yet.
    pub unread: Arc<UnreadBytes>,
    /// How many operations and streams one caller may have at once.
    pub rate_settings: RateSettings,
    /// The open sockets and streams, those of other protocols included.
    pub sockets: Arc<Sockets>,
    /// What goes on record.
    pub records: Arc<Records>,
    /// The files that came with requests.
    pub incoming: Arc<Incoming>,
}

/// Why the transports cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The keys that verify tokens cannot be had.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// The registered documents cannot be had.
    #[error(transparent)]
    Documents(#[from] DocumentsError),
}

impl Http {
    /// The transports over their parts.
    pub fn new(parts: HttpParts) -> Arc<Self> {
        Arc::new(Http {
            origins: origin::Origins::new(&parts.transport_settings.allowed_origins),
            address: address::PublicAddress::new(
                parts.public_url,
                parts.transport_settings.proxies,
            ),
            sockets: parts.sockets,
            running: RunningOperations::new(parts.rate_settings.max_caller_operations),
            anonymous: Arc::new(Caller::anonymous()),
            streams: sse::Reservations::new(&parts.rate_settings),
            rates: parts.rates,
            unread: parts.unread,
            records: parts.records,
            incoming: parts.incoming,
            graphql: parts.graphql,
            verifier: parts.verifier,
            limits: parts.limits,
            documents: parts.documents,
            documents_settings: parts.document_settings,
            transports: parts.transport_settings,
        })
    }

    /// The transports of a server with these settings.
    ///
    /// # Errors
    /// When the keys or documents that the settings name cannot be had.
    pub async fn start(
        state: &AppState,
        graphql: Arc<dyn Execute>,
        sockets: &Arc<Sockets>,
        tasks: &Tasks,
    ) -> Result<Arc<Self>, StartError> {
        let settings = &state.settings;
        let own = state.accounts.keys.verification_keys();
        let verifier = Verifier::new(own, &settings.callers)?;
        let verifier = Arc::new(verifier.with_own_issuers(state.accounts.issuers()));
        match verifier.refresh().await {
            // Another service that is down must not keep this one from starting: its tokens are refused until it
            // is back, which the first of them finds out.
            Err(error @ KeyError::Fetch(_)) => report_keys(&error),
            refreshed => refreshed?,
        }
        keep_keys(tasks, &verifier);
        let mut documents = PersistedDocuments::load(&settings.documents)?;
        if !settings.documents.documents_without_console {
            documents = documents.with(pages::documents());
        }
        state
            .records
            .operations
            .register(documents.operation_names());
        Ok(Self::new(HttpParts {
            graphql,
            verifier,
            limits: Limits::new(settings.limits.clone()),
            documents,
            document_settings: settings.documents.clone(),
            transport_settings: settings.transports.clone(),
            public_url: state.accounts.address().clone(),
            rates: Arc::clone(&state.rates),
            unread: Arc::clone(&state.unread),
            rate_settings: settings.rates.clone(),
            sockets: Arc::clone(sockets),
            records: Arc::clone(&state.records),
            incoming: Arc::clone(state.storage.incoming()),
        }))
    }

    /// Makes callers of tokens; knows the sessions that have ended.
    pub fn verifier(&self) -> &Arc<Verifier> {
        &self.verifier
    }

    /// Counts a request that another protocol brought.
    ///
    /// # Errors
    /// RATE_LIMITED with `retryAfterMs`.
    pub(crate) fn count_request(&self, context: &RequestContext) -> Result<()> {
        self.rates.count_request(context)
    }

    /// Whether a page of the request's origin may call, judged by the server's own address alone: by what name the
    /// request calls the server is what a page chooses whose name leads here. Programs, which name no origin, may.
    pub(crate) fn knows_origin(&self, headers: &HeaderMap) -> bool {
        let Some(origin) = headers.get(header::ORIGIN) else {
            return true;
        };
        self.address
            .host()
            .is_some_and(|own| self.origins.allow(origin, &Uri::default(), &own))
    }

    /// The open sockets and streams.
    pub fn sockets(&self) -> &Arc<Sockets> {
        &self.sockets
    }

    /// What runs on them.
    pub fn running(&self) -> &RunningOperations {
        &self.running
    }

    /// A place for a socket or stream of GraphQL, and what tells it to leave.
    fn enter(&self) -> Result<(Place, CancellationToken), answer::Refusal> {
        let leaving = CancellationToken::new();
        let told = Arc::new(leaving.clone());
        match self.sockets.enter(Protocol::Graphql, told) {
            Ok(place) => Ok((place, leaving)),
            Err(none) => {
                let why = match none {
                    NoPlace::Full => {
                        "The server has as many open sockets and streams as it may have"
                    }
                    NoPlace::Leaving => "The server stops; come back",
                };
                let error = Error::new(Code::Unavailable, why);
                Err(answer::Refusal::of(error))
            }
        }
    }
}

/// Reads foreign keys again when it is time.
fn keep_keys(tasks: &Tasks, verifier: &Arc<Verifier>) {
    let verifier = Arc::clone(verifier);
    let every = Every::after(KEYS_CHECK_EVERY);
    tasks.every("keys of MINDLOOM_JWKS", every, move || {
        let verifier = Arc::clone(&verifier);
        async move {
            if let Err(error) = verifier.refresh().await {
                report_keys(&error);
            }
            Ok::<_, Infallible>(())
        }
    });
}

fn report_keys(error: &KeyError) {
    let error: &dyn std::error::Error = error;
    tracing::warn!(error, "the keys of MINDLOOM_JWKS cannot be had now");
}

/// The whole server: GraphQL and the pages, the routes of other parts (`others`), and around all of them what holds for
/// every route: pages of foreign origins are refused, CORS, compression, bodies read to their end, and an answer where
/// a handler panics.
pub fn routes(http: &Arc<Http>, others: Router) -> Router {
    let routes = graphql_router(Arc::clone(http))
        .merge(others.layer(MapResponseLayer::new(note_failure(http))))
        .fallback(nothing_here);
    with_layers(routes, http)
}

/// Puts on record what other parts answer as their own fault. GraphQL tells its faults itself, with their operations.
fn note_failure(
    http: &Arc<Http>,
) -> impl Fn(HttpResponse<Body>) -> HttpResponse<Body> + Clone + use<> {
    let records = Arc::clone(&http.records);
    move |response: HttpResponse<Body>| {
        if response.status() == StatusCode::INTERNAL_SERVER_ERROR {
            records.faults.request_failed();
        }
        response
    }
}

/// An address without anything. Clients of Supabase's REST API take an empty answer for an empty table.
async fn nothing_here() -> impl IntoResponse {
    let message = "There is nothing at this address; GraphQL is at /graphql";
    let body = serde_json::json!({"code": "NOT_FOUND", "message": message});
    (StatusCode::NOT_FOUND, axum::Json(body))
}

/// The routes of GraphQL and of the pages. Bodies that come compressed (gzip, br, zstd) are unpacked on the way in; what is
/// counted against the body limit is the unpacked size.
fn graphql_router(http: Arc<Http>) -> Router {
    let graphql = get(graphql::get)
        .post(graphql::post)
        .put(sse::reserve)
        .delete(sse::stop);
    Router::new()
        .route("/graphql", graphql)
        // The handlers read bodies themselves, with the limit of the settings; axum's own limit is the extractors'.
        .layer(
            RequestDecompressionLayer::new()
                .gzip(true)
                .br(true)
                .zstd(true),
        )
        .with_state(http)
        .route("/", get(entrance::entrance))
        .merge(pages::router())
}

fn with_layers(router: Router, http: &Arc<Http>) -> Router {
    let compressed = SizeAbove::new(http.transports.compress_from_bytes)
        .and(NotForContentType::const_new("text/event-stream"))
        .and(NotForContentType::IMAGES)
        .and(may_be_compressed);
    let records = Arc::clone(&http.records);
    let patience = std::time::Duration::from_millis(http.transports.body_timeout_ms);
    // One layer made of many: the router boxes each layer that it is given, for every request.
    let layers = ServiceBuilder::new()
        .map_response(without_sniffing)
        .layer(CatchPanicLayer::custom(move |_| {
            records.faults.request_panicked();
            let refusal = answer::Refusal::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                Error::internal("a handler panicked"),
            );
            refusal.into_response(media::Media::Json).into_response()
        }))
        .layer(
            // No zstd: the layer would choose it among equals, and clients that run on Node.js before 22.15 say that
            // they read it and do not. Whoever reads zstd reads br.
            CompressionLayer::new()
                .gzip(true)
                .br(true)
                .compress_when(compressed),
        )
        .map_request(move |request: Request| linger::read_to_the_end(request, patience))
        .layer(foreign::RefuseForeign::new(http))
        .layer(cors(Arc::clone(http)));
    router.layer(layers)
}

/// What an answer carries that is to be sent as it is: parts of it can be asked for, and it is hardly smaller compressed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Uncompressed;

fn may_be_compressed(
    _: StatusCode,
    _: axum::http::Version,
    _: &axum::http::HeaderMap,
    extensions: &axum::http::Extensions,
) -> bool {
    extensions.get::<Uncompressed>().is_none()
}

/// Whatever an answer holds is what its `Content-Type` says, not what a browser makes of its first bytes.
pub(crate) fn without_sniffing<B>(mut response: HttpResponse<B>) -> HttpResponse<B> {
    let nosniff = HeaderValue::from_static("nosniff");
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, nosniff);
    response
}

/// Callers are known by headers alone, never by cookies, so nothing is allowed with credentials.
fn cors(http: Arc<Http>) -> CorsLayer {
    let allowed = move |origin: &HeaderValue, request: &Parts| {
        http.origins.allow(origin, &request.uri, &request.headers)
    };
    CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(allowed))
        .allow_methods([
            Method::GET,
            Method::HEAD,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
        ])
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers(EXPOSED)
        .max_age(PREFLIGHT_MAX_AGE)
}
