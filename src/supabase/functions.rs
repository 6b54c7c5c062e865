//! `/functions/v1/{name}`: what supabase-js calls `functions.invoke` is handed over to the server that runs the
//! application's functions, with the caller's token, as it comes, and so is the answer.

use std::{net::IpAddr, sync::Arc, time::Duration};

use axum::{
    Json, Router,
    body::{Body, HttpBody as _},
    extract::{Path, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
    routing::any,
};
use bytes::Bytes;
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::Frame;
use serde_json::json;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use url::Url;

use crate::{
    config::FunctionSettings,
    error::{Code, Error},
    http::{Http, set_status, token},
    request_id::{RequestId, X_REQUEST_ID},
};

/// What belongs to one connection and not to the next.
const HOP_BY_HOP: [HeaderName; 9] = [
    header::CONNECTION,
    HeaderName::from_static("keep-alive"),
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    header::HOST,
];
/// What says where a request came from: a proxy's word, and without one anybody's.
const FORWARDED: [HeaderName; 5] = [
    header::FORWARDED,
    HeaderName::from_static("x-forwarded-port"),
    HeaderName::from_static("x-forwarded-proto"),
    HeaderName::from_static("x-real-ip"),
    X_FORWARDED_HOST,
];
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
/// By this supabase-js tells a fault on the way from one of the function's.
const RELAY_ERROR: HeaderName = HeaderName::from_static("x-relay-error");
const CONNECT: Duration = Duration::from_secs(5);

#[derive(Clone)]
struct Functions {
    http: Arc<Http>,
    upstream: Option<Url>,
    client: reqwest::Client,
    timeout: Duration,
    max_body_bytes: u64,
}

/// The routes.
///
/// # Errors
/// When no client can be made.
pub fn router(http: Arc<Http>, settings: &FunctionSettings) -> Result<Router, Error> {
    let timeout = Duration::from_millis(settings.functions_timeout_ms);
    let client = reqwest::Client::builder()
        .connect_timeout(CONNECT.min(timeout))
        .read_timeout(timeout)
        // The caller's token goes where the settings say, and nowhere else.
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .map_err(Error::internal)?;
    let functions = Functions {
        http,
        upstream: settings.functions_url.clone(),
        client,
        timeout,
        max_body_bytes: settings.functions_max_body_bytes,
    };
    Ok(Router::new()
        .route("/functions/v1/{*path}", any(invoke))
        .with_state(functions))
}

async fn invoke(
    State(functions): State<Functions>,
    Path(path): Path<String>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let nobody = functions.http.surroundings_of_nobody(&parts);
    if let Err(error) = functions.http.count_request(&nobody) {
        return refused(&error);
    }
    match functions.http.context(&parts).await {
        Err(error) => return refused(&error),
        Ok(_) if !carries_token(&parts) => {
            let error = Error::new(Code::Unauthenticated, "Missing authorization header");
            return refused(&error);
        }
        Ok(_) => {}
    }
    let Some(target) = functions.target(&path, parts.uri.query()) else {
        return not_found(functions.upstream.is_some());
    };
    let declared = body.size_hint().lower();
    if declared > functions.max_body_bytes {
        return too_large(functions.max_body_bytes);
    }
    let asked = functions
        .client
        .request(parts.method, target)
        .headers(functions.passed_on(&parts.headers, nobody.client_ip))
        .body(reqwest::Body::wrap(pumped(body, functions.max_body_bytes)));
    match tokio::time::timeout(functions.timeout, asked.send()).await {
        Ok(Ok(answer)) => handed_back(answer),
        Ok(Err(error)) if error.is_timeout() => on_the_way(StatusCode::GATEWAY_TIMEOUT, TOO_LONG),
        Ok(Err(error)) => {
            tracing::warn!(error = %error.without_url(), "a function cannot be reached");
            on_the_way(
                StatusCode::BAD_GATEWAY,
                "The function's server does not answer",
            )
        }
        Err(_) => on_the_way(StatusCode::GATEWAY_TIMEOUT, TOO_LONG),
    }
}

/// Whoever calls a function has a key of the application at least.
fn carries_token(parts: &Parts) -> bool {
    matches!(token::of_headers(&parts.headers), Ok(Some(_)))
}

const TOO_LONG: &str = "The function took longer than it may";

impl Functions {
    /// Where a function is. Names are letters, digits, `-` and `_`; nothing leads out of the address of the settings.
    fn target(&self, path: &str, query: Option<&str>) -> Option<Url> {
        let mut target = self.upstream.clone()?;
        let mut segments = path.split('/');
        let name = segments.next().filter(|name| is_name(name))?;
        target
            .path_segments_mut()
            .ok()?
            .pop_if_empty()
            .push(name)
            .extend(segments.filter(|segment| !matches!(*segment, "." | "..")));
        target.set_query(query);
        Some(target)
    }

    /// The headers of a request that came from `client_ip`.
    fn passed_on(&self, headers: &HeaderMap, client_ip: Option<IpAddr>) -> HeaderMap {
        let mut passed = without_hops(headers);
        passed.remove(header::CONTENT_LENGTH);
        if !self.http.is_behind_proxies() {
            for name in &FORWARDED {
                passed.remove(name);
            }
        }
        if let Some(host) = headers.get(header::HOST)
            && !passed.contains_key(X_FORWARDED_HOST)
        {
            passed.insert(X_FORWARDED_HOST, host.clone());
        }
        let client_ip = client_ip.and_then(|ip| HeaderValue::from_str(&ip.to_string()).ok());
        match client_ip {
            Some(client_ip) => passed.insert(X_FORWARDED_FOR, client_ip),
            None => passed.remove(X_FORWARDED_FOR),
        };
        if let Ok(id) = HeaderValue::from_str(RequestId::current_or_new().as_str()) {
            passed.insert(X_REQUEST_ID, id);
        }
        passed
    }
}

fn is_name(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (1..=100).contains(&name.len()) && name.bytes().all(is_plain)
}

fn without_hops(headers: &HeaderMap) -> HeaderMap {
    let mut kept = headers.clone();
    let named: Vec<String> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|list| list.split(','))
        .map(|name| name.trim().to_ascii_lowercase())
        .collect();
    for name in named {
        kept.remove(&name);
    }
    for name in &HOP_BY_HOP {
        kept.remove(name);
    }
    kept
}

type Piece = Result<Frame<Bytes>, std::io::Error>;

/// The body piece by piece, up to so many bytes: never more of it is in memory than two pieces.
fn pumped(mut body: Body, max_bytes: u64) -> StreamBody<ReceiverStream<Piece>> {
    let (sender, receiver) = mpsc::channel::<Piece>(1);
    tokio::spawn(async move {
        let mut left = max_bytes;
        while let Some(frame) = body.frame().await {
            let piece = match frame.map_err(std::io::Error::other) {
                Ok(frame) => match frame.into_data() {
                    Ok(data) if data.len() as u64 > left => {
                        Err(std::io::Error::other("the body is longer than it may be"))
                    }
                    Ok(data) => {
                        left -= data.len() as u64;
                        Ok(Frame::data(data))
                    }
                    Err(_) => continue,
                },
                Err(error) => Err(error),
            };
            let is_last = piece.is_err();
            if sender.send(piece).await.is_err() || is_last {
                return;
            }
        }
    });
    StreamBody::new(ReceiverStream::new(receiver))
}

/// The function's answer. What it says about origins is this server's to say, and no page of it runs at this server's
/// address, where people's sessions are.
fn handed_back(answer: reqwest::Response) -> Response {
    let status = answer.status();
    let mut headers = without_hops(answer.headers());
    let cors: Vec<HeaderName> = headers
        .keys()
        .filter(|name| name.as_str().starts_with("access-control-"))
        .cloned()
        .collect();
    for name in cors {
        headers.remove(name);
    }
    headers.remove(header::SET_COOKIE);
    let kind = headers.get(header::CONTENT_TYPE);
    if kind.is_some_and(|kind| {
        kind.as_bytes()
            .to_ascii_lowercase()
            .starts_with(b"text/html")
    }) {
        let plain = HeaderValue::from_static("text/plain; charset=utf-8");
        headers.insert(header::CONTENT_TYPE, plain);
    }
    let mut response = Response::new(Body::new(reqwest::Body::from(answer)));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

fn not_found(has_functions: bool) -> Response {
    let message = match has_functions {
        true => "Requested function was not found",
        false => {
            "Requested function was not found: this server runs none and knows of no server that does \
             (MINDLOOM_FUNCTIONS_URL)"
        }
    };
    let body = json!({"code": "NOT_FOUND", "message": message});
    (StatusCode::NOT_FOUND, Json(body)).into_response()
}

fn too_large(max_bytes: u64) -> Response {
    let message = format!("A function is sent at most {max_bytes} bytes");
    let body = json!({"code": "PAYLOAD_TOO_LARGE", "message": message});
    (StatusCode::PAYLOAD_TOO_LARGE, Json(body)).into_response()
}

fn refused(error: &Error) -> Response {
    let body = json!({"code": error.code().as_str(), "message": error.message()});
    let mut response = Json(body).into_response();
    set_status(&mut response, error);
    response
}

fn on_the_way(status: StatusCode, message: &str) -> Response {
    let body = json!({"code": "BOOT_ERROR", "message": message});
    let relay = [(RELAY_ERROR, HeaderValue::from_static("true"))];
    (status, relay, Json(body)).into_response()
}
