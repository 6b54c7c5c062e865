//! Opens a socket: the apikey, the version, the upgrade.

use std::sync::{Arc, atomic::Ordering};

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Json, Response},
};
use hyper_util::{rt::TokioIo, server::conn::auto::upgrade::downcast};
use serde::Deserialize;
use serde_json::json;

use super::{
    Supabase, connection::Connection, frame::Version, session::Session, sockets::Registered,
    websocket,
};
use crate::{auth::Caller, http::server::Stream};

#[derive(Debug, Default, Deserialize)]
struct Query {
    apikey: Option<String>,
    vsn: Option<String>,
}

struct Accepted {
    key: String,
    caller: Arc<Caller>,
    version: Version,
    registered: Registered,
}

/// `GET /realtime/v1/websocket?apikey=…&vsn=…`
pub(super) async fn open(State(supabase): State<Supabase>, mut request: Request) -> Response {
    let asked = Asked::read(&request);
    let accepted = match accept(&supabase, asked).await {
        Ok(accepted) => accepted,
        Err((status, message)) => {
            supabase.server.metrics().refused.inc();
            return (status, Json(json!({"error": message}))).into_response();
        }
    };
    let switching = Response::builder()
        .status(StatusCode::SWITCHING_PROTOCOLS)
        .header(header::CONNECTION, "upgrade")
        .header(header::UPGRADE, "websocket")
        .header(header::SEC_WEBSOCKET_ACCEPT, &accepted.key)
        .body(Body::empty());
    let upgrade = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        match upgrade.await {
            Ok(upgraded) => serve(supabase, upgraded, accepted),
            Err(error) => tracing::debug!(%error, "a socket was not opened after all"),
        }
    });
    switching.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

/// What the request says.
struct Asked {
    /// The answer to the client's key, when a WebSocket is asked for.
    key: Option<String>,
    query: Query,
}

impl Asked {
    fn read(request: &Request) -> Self {
        let query = axum::extract::Query::try_from_uri(request.uri());
        let mut query =
            query.map_or_else(|_| Query::default(), |axum::extract::Query(query)| query);
        if let Some(Ok(key)) = request
            .headers()
            .get("x-api-key")
            .map(|value| value.to_str())
        {
            query.apikey = Some(key.to_owned());
        }
        Asked {
            key: websocket_key(request.headers()),
            query,
        }
    }
}

async fn accept(supabase: &Supabase, asked: Asked) -> Result<Accepted, (StatusCode, String)> {
    let Asked { key, query } = asked;
    let key = key.ok_or((
        StatusCode::UPGRADE_REQUIRED,
        "This is a WebSocket".to_owned(),
    ))?;
    let token = query
        .apikey
        .filter(|token| !token.is_empty())
        .ok_or((StatusCode::UNAUTHORIZED, "API key is missing".to_owned()))?;
    let server = &supabase.server;
    let caller = server
        .verify(&token)
        .await
        .map_err(|refusal| (StatusCode::UNAUTHORIZED, refusal.text))?;
    let version = Version::from_vsn(query.vsn.as_deref()).ok_or((
        StatusCode::FORBIDDEN,
        "The versions 1.0.0 and 2.0.0 are spoken here".to_owned(),
    ))?;
    if server.draining.load(Ordering::Relaxed) {
        return Err((
            StatusCode::SERVICE_UNAVAILABLE,
            "The server restarts; reconnect".to_owned(),
        ));
    }
    let settings = server.channels.settings();
    let registered = server
        .sockets
        .register(
            settings.realtime_max_connections,
            settings.realtime_max_waiting_bytes,
        )
        .ok_or((
            StatusCode::TOO_MANY_REQUESTS,
            "Too many connected users".to_owned(),
        ))?;
    Ok(Accepted {
        key,
        caller,
        version,
        registered,
    })
}

/// The answer to the client's key, when the request asks for a WebSocket.
fn websocket_key(headers: &HeaderMap) -> Option<String> {
    let has = |name, wanted: &str| {
        let values = headers
            .get_all(name)
            .iter()
            .filter_map(|value| value.to_str().ok());
        values
            .flat_map(|value| value.split(','))
            .any(|value| value.trim().eq_ignore_ascii_case(wanted))
    };
    let is_upgrade = has(header::CONNECTION, "upgrade")
        && has(header::UPGRADE, "websocket")
        && has(header::SEC_WEBSOCKET_VERSION, "13");
    let key = headers
        .get(header::SEC_WEBSOCKET_KEY)
        .filter(|_| is_upgrade)?;
    Some(websocket::accept_key(key.as_bytes()))
}

/// Runs the socket in a task of its own, on the bare stream where the server has one: what HTTP needed is
/// freed.
fn serve(supabase: Supabase, upgraded: hyper::upgrade::Upgraded, accepted: Accepted) {
    let Accepted {
        caller,
        version,
        registered,
        ..
    } = accepted;
    let server = supabase.server;
    let session = Session::new(
        Arc::clone(&server),
        Arc::clone(&registered.socket),
        version,
        caller,
    );
    let (sockets, limit) = (
        Arc::clone(&server.sockets),
        server.channels.settings().realtime_max_message_bytes,
    );
    // A frame may carry a message of the limit and the names around it.
    let limit = limit.saturating_add(64 * 1024);
    let open = server
        .metrics()
        .connections
        .with_label_values(&["supabase"]);
    match downcast::<TokioIo<Stream>>(upgraded) {
        Ok(parts) => {
            let stream = parts.io.into_inner();
            let connection =
                Connection::new(stream, &parts.read_buf, session, sockets, registered, limit);
            tokio::spawn(counted(open, connection));
        }
        Err(upgraded) => {
            let connection = Connection::new(
                TokioIo::new(upgraded),
                &[],
                session,
                sockets,
                registered,
                limit,
            );
            tokio::spawn(counted(open, connection));
        }
    }
}

async fn counted(open: prometheus::IntGauge, connection: impl Future<Output = ()>) {
    open.inc();
    let _closed = CountDown(open);
    connection.await;
}

struct CountDown(prometheus::IntGauge);

impl Drop for CountDown {
    fn drop(&mut self) {
        self.0.dec();
    }
}
