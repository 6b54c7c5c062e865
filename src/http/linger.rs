//! Bodies that nobody read. A client that still sends when the answer comes, and finds the connection closed, sees a
//! broken pipe in the answer's place. So what a handler leaves of a body is read after it and thrown away.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, HttpBody},
    extract::Request,
    http::header,
};
use bytes::{Buf, Bytes};
use http_body_util::BodyExt;
use hyper::body::{Frame, SizeHint};

/// The most that is thrown away of one body. Whoever sends more is cut off.
const LEFT_MAX_BYTES: usize = 64 << 20;

/// Bodies up to this size lie in the system's buffers by the time of the answer: hyper reads them by itself.
const SMALL_BYTES: u64 = 16 << 10;

/// Has what a handler leaves of a request's body read, for at most `patience`.
pub(super) fn read_to_the_end(request: Request, patience: Duration) -> Request {
    let is_small = |length: u64| length <= SMALL_BYTES;
    if request.body().size_hint().upper().is_some_and(is_small) {
        return request;
    }
    let waits = request.headers().contains_key(header::EXPECT);
    request.map(|body| {
        Body::new(Lingering {
            body: Some(body),
            invited: !waits,
            patience,
        })
    })
}

struct Lingering {
    /// Nothing after its end.
    body: Option<Body>,
    /// False as long as a client that sent `Expect: 100-continue` has not been told to go on: it then sends nothing
    /// that would have to be read.
    invited: bool,
    patience: Duration,
}

impl HttpBody for Lingering {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.invited = true;
        let Some(body) = &mut self.body else {
            return Poll::Ready(None);
        };
        let polled = Pin::new(body).poll_frame(context);
        if matches!(polled, Poll::Ready(None | Some(Err(_)))) {
            self.body = None;
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        let empty = || SizeHint::with_exact(0);
        self.body.as_ref().map_or_else(empty, HttpBody::size_hint)
    }
}

impl Drop for Lingering {
    fn drop(&mut self) {
        let left = self.body.take().filter(|body| !body.is_end_stream());
        // While a runtime shuts down there is nobody left to read.
        let runtime = tokio::runtime::Handle::try_current();
        if let (Some(body), true, Ok(runtime)) = (left, self.invited, runtime) {
            runtime.spawn(tokio::time::timeout(self.patience, throw_away(body)));
        }
    }
}

/// Reads until the end, or until it has been enough.
async fn throw_away(mut body: Body) {
    let mut allowed = LEFT_MAX_BYTES;
    while let Some(Ok(frame)) = body.frame().await {
        let length = frame.data_ref().map_or(0, Buf::remaining);
        match allowed.checked_sub(length) {
            Some(rest) => allowed = rest,
            None => return,
        }
    }
}
