//! Opens a socket: the apikey, the version, the upgrade.

use std::{
    borrow::Cow,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use axum::{
    body::Body,
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse, Json, Response},
};
use hyper_util::{rt::TokioIo, server::conn::auto::upgrade::downcast};
use serde::Deserialize;
use serde_json::json;

use super::{
    Supabase, connection::Connection, frame::Version, refusal::Refusal, session::Session,
    socket::Socket, websocket,
};
use crate::{
    auth::Caller,
    http::{NoPlace, Place, Protocol, client_ip, server::Stream, status_of, token},
};

struct Accepted {
    key: String,
    caller: Arc<Caller>,
    address: Option<IpAddr>,
    version: Version,
    socket: Arc<Socket>,
    place: Place,
}

/// `GET /realtime/v1/websocket?apikey=…&vsn=…`
pub(super) async fn open(State(supabase): State<Supabase>, mut request: Request) -> Response {
    let asked = Asked::read(&request, supabase.proxies);
    let accepted = match accept(&supabase, asked).await {
        Ok(accepted) => accepted,
        Err((status, message)) => {
            supabase.server.figures().refused.inc();
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
    let tasks = supabase.server.sockets.tasks().clone();
    tasks.spawn(async move {
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
    token: Option<String>,
    /// The version of the protocol; nothing for one that is not spoken.
    version: Option<Version>,
    /// Where the client is.
    address: Option<IpAddr>,
}

impl Asked {
    fn read(request: &Request, proxies: u8) -> Self {
        let (headers, uri) = (request.headers(), request.uri());
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map(|ConnectInfo(peer)| peer.ip());
        Asked {
            key: websocket_key(headers),
            token: token::of_handshake(headers, uri.query()).map(Cow::into_owned),
            version: version(uri),
            address: client_ip(proxies, headers, peer),
        }
    }
}

fn version(uri: &Uri) -> Option<Version> {
    #[derive(Deserialize)]
    struct Query {
        vsn: Option<String>,
    }
    let query = axum::extract::Query::<Query>::try_from_uri(uri);
    let vsn = query.ok().and_then(|query| query.0.vsn);
    Version::from_vsn(vsn.as_deref())
}

async fn accept(supabase: &Supabase, asked: Asked) -> Result<Accepted, (StatusCode, String)> {
    let Asked {
        key,
        token,
        version,
        address,
    } = asked;
    let key = key.ok_or((
        StatusCode::UPGRADE_REQUIRED,
        "This is a WebSocket".to_owned(),
    ))?;
    let token = token.ok_or((StatusCode::UNAUTHORIZED, "API key is missing".to_owned()))?;
    let server = &supabase.server;
    let caller = server.caller(&token).await.map_err(|error| {
        let status = status_of(error.code());
        (status, Refusal::token(&token, &error).text)
    })?;
    let version = version.ok_or((
        StatusCode::FORBIDDEN,
        "The versions 1.0.0 and 2.0.0 are spoken here".to_owned(),
    ))?;
    let waiting_bytes = server.channels.settings().realtime_max_waiting_bytes;
    let socket = Socket::new(&server.watch, waiting_bytes);
    let place = server
        .sockets
        .enter(Protocol::Supabase, Arc::<Socket>::clone(&socket))
        .map_err(|none| match none {
            NoPlace::Full => (
                StatusCode::TOO_MANY_REQUESTS,
                "Too many connected users".to_owned(),
            ),
            NoPlace::Leaving => (
                StatusCode::SERVICE_UNAVAILABLE,
                "The server restarts; reconnect".to_owned(),
            ),
        })?;
    Ok(Accepted {
        key,
        caller: caller.seen_at(address),
        address,
        version,
        socket,
        place,
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
        address,
        version,
        socket,
        place,
        ..
    } = accepted;
    let server = supabase.server;
    let session = Session::new(
        Arc::clone(&server),
        Arc::clone(&socket),
        version,
        caller,
        address,
    );
    let limit = server.channels.settings().realtime_max_message_bytes;
    // A frame may carry a message of the limit and the names around it.
    let limit = limit.saturating_add(64 * 1024);
    let tasks = server.sockets.tasks();
    match downcast::<TokioIo<Stream>>(upgraded) {
        Ok(parts) => {
            let (stream, early) = (parts.io.into_inner(), parts.read_buf);
            tasks.spawn(Connection::new(
                stream, &early, session, socket, place, limit,
            ));
        }
        Err(upgraded) => {
            let stream = TokioIo::new(upgraded);
            tasks.spawn(Connection::new(stream, &[], session, socket, place, limit));
        }
    }
}
