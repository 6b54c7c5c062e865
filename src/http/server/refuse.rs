//! What those are told for whom there is no room.

use axum::{
    http::{HeaderValue, header},
    response::Response,
};
use tokio::net::TcpStream;

use crate::{
    error::{Code, Error},
    http::{answer::Refusal, media::Media},
};

/// The answer to a request on one of the seats that are kept for others.
pub(super) fn full() -> Response {
    let error = Error::new(
        Code::Unavailable,
        "The server has as many connections as it may have; try again",
    );
    let mut response = Refusal::of(error.with("retryAfterMs", 1_000)).into_response(Media::Json);
    response
        .headers_mut()
        .insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

/// Tells a client whose address has as many connections as it may have, without waiting for it.
pub(super) fn too_many(stream: &TcpStream) {
    const ANSWER: &[u8] =
        b"HTTP/1.1 429 Too Many Requests\r\nConnection: close\r\nRetry-After: 1\r\n\
        Content-Type: text/plain; charset=utf-8\r\nContent-Length: 37\r\n\r\n\
        Too many connections from this place\n";
    // What does not fit into the socket's buffer now, a client that is refused need not have.
    let _ = stream.try_write(ANSWER);
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_answer_is_as_long_as_it_says() {
        assert_eq!("Too many connections from this place\n".len(), 37);
    }
}
