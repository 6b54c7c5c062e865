//! `/metrics`: at an address of its own, or for whoever has its token. Figures name no users, topics or rows, but they
//! tell how many people there are and what they do.

use std::{io, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use subtle::ConstantTimeEq;
use tower::util::MapResponseLayer;

use crate::{
    config::{MetricsSettings, SecretText},
    http::{token, without_sniffing},
    metrics::Metrics,
    tasks::Tasks,
};

#[derive(Clone)]
struct MetricsState {
    metrics: Arc<Metrics>,
    token: Option<SecretText>,
}

/// `GET /metrics`, for whoever may reach it; where there is a token, for whoever sends it.
pub fn routes<S>(metrics: Arc<Metrics>, token: Option<SecretText>) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    Router::new()
        .route("/metrics", get(answer))
        .with_state(MetricsState { metrics, token })
}

/// Serves the figures at their own address, if there is one, and returns the routes for the server's: the figures
/// where there is a token, else a word about the settings.
///
/// # Errors
/// When nothing can listen at the address.
pub async fn serve(
    settings: &MetricsSettings,
    metrics: Arc<Metrics>,
    tasks: &Tasks,
) -> io::Result<Router> {
    if let Some(bind) = settings.metrics_bind {
        let listener = tokio::net::TcpListener::bind(bind).await.map_err(|error| {
            let message = format!("cannot listen on {bind} (--metrics-bind): {error}");
            io::Error::new(error.kind(), message)
        })?;
        tracing::info!(metrics = %listener.local_addr()?, "figures at /metrics");
        let own: Router = routes(Arc::clone(&metrics), settings.metrics_token.clone());
        let own = own.layer(MapResponseLayer::new(without_sniffing::<Body>));
        let listener = listener.into_std()?;
        tasks.keep("figures at their own address", move || {
            let (listener, own) = (listener.try_clone(), own.clone());
            async move { axum::serve(tokio::net::TcpListener::from_std(listener?)?, own).await }
        });
    }
    Ok(match &settings.metrics_token {
        Some(token) => routes(metrics, Some(token.clone())),
        None => Router::new().route("/metrics", get(elsewhere)),
    })
}

async fn elsewhere() -> (StatusCode, &'static str) {
    const WORD: &str = "Figures are served at --metrics-bind (MINDLOOM_METRICS_BIND), and here with \
        --metrics-token (MINDLOOM_METRICS_TOKEN)\n";
    (StatusCode::NOT_FOUND, WORD)
}

async fn answer(State(served): State<MetricsState>, headers: HeaderMap) -> Response {
    if !served.lets_in(&headers) {
        let asked = [(header::WWW_AUTHENTICATE, "Bearer")];
        return (
            StatusCode::UNAUTHORIZED,
            asked,
            "The token of the figures is needed\n",
        )
            .into_response();
    }
    match served.metrics.render() {
        Ok(text) => {
            let kind = [(
                header::CONTENT_TYPE,
                "text/plain; version=0.0.4; charset=utf-8",
            )];
            (kind, text).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "cannot write the metrics");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

impl MetricsState {
    fn lets_in(&self, headers: &HeaderMap) -> bool {
        let Some(expected) = &self.token else {
            return true;
        };
        let sent = headers
            .get(header::AUTHORIZATION)
            .and_then(|value| std::str::from_utf8(value.as_bytes()).ok())
            .and_then(token::bearer);
        sent.is_some_and(|sent| expected.expose().as_bytes().ct_eq(sent.as_bytes()).into())
    }
}
