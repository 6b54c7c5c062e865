//! GraphQL over HTTP, by the specification of that name.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Request as HttpRequest, State},
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::Response as HttpResponse,
};
use bytes::{BufMut, Bytes, BytesMut};

use super::{
    Http,
    answer::{Refusal, answer, encoded},
    entrance,
    envelope::EnvelopeError,
    form::FormRequest,
    media::{self, Media},
    multipart,
    server::body::TimedOut,
    sse, websocket,
};
use crate::{
    error::{Code, Error},
    graphql::{OperationKind, Request, RequestContext, Response},
    rates::Unread,
};

/// A POST: one request or a batch, answered at once or, by request, as an event stream.
pub(super) async fn post(State(http): State<Arc<Http>>, request: HttpRequest) -> HttpResponse {
    let (parts, body) = request.into_parts();
    let Some(media) = Media::negotiated(&parts.headers) else {
        return not_acceptable();
    };
    let answered = async {
        let is_form = !media::is_json(&parts.headers);
        if is_form && !multipart::is_form(&parts.headers) {
            let error =
                Error::bad_input("The body must have Content-Type: application/json, in UTF-8");
            return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, error));
        }
        let context = http.admitted(&parts).await?;
        if is_form {
            return http.answer_form(media, &parts, body, context).await;
        }
        let body = http.read_body(&parts.headers, body).await?;
        if let Some(token) = sse::token_of(&parts) {
            return http.start_on_stream(&token, &body, context).await;
        }
        if body.trim_ascii_start().first() == Some(&b'[') {
            return http.answer_batch(media, &body, &context).await;
        }
        let request = http.read_checked(&body)?;
        drop(body);
        if media == Media::EventStream {
            return http.stream_answers(request, context).await;
        }
        Ok(answer(media, http.execute(&request, &context).await))
    };
    answered
        .await
        .unwrap_or_else(|refusal| refusal.into_response(media))
}

/// A GET: a WebSocket, an event stream, or a query in the URL.
pub(super) async fn get(State(http): State<Arc<Http>>, request: HttpRequest) -> HttpResponse {
    let (mut parts, _) = request.into_parts();
    if parts
        .headers
        .get(header::UPGRADE)
        .is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"websocket"))
    {
        return websocket::upgrade(&http, &mut parts).await;
    }
    // An address typed into a browser asks nothing yet.
    if parts.uri.query().is_none() && media::prefers_page(&parts.headers) {
        return entrance::to_graphiql();
    }
    let Some(media) = Media::negotiated(&parts.headers) else {
        return not_acceptable();
    };
    http.answer_get(&parts, media)
        .await
        .unwrap_or_else(|refusal| refusal.into_response(media))
}

impl Http {
    async fn answer_get(
        self: &Arc<Self>,
        parts: &Parts,
        media: Media,
    ) -> Result<HttpResponse, Refusal> {
        if !self.origins.allow_get(&parts.uri, &parts.headers) {
            return Err(Refusal::of(Error::forbidden(
                "A page of another site asks: it must send the header GraphQL-Require-Preflight, and its origin must be allowed",
            )));
        }
        let context = self.admitted(parts).await?;
        if media == Media::EventStream
            && let Some(token) = sse::token_of(parts)
        {
            return self.open_stream(&token, &context);
        }
        let request = self
            .read_query(parts.uri.query().unwrap_or_default())
            .map_err(refused_envelope)?;
        match self.graphql.operation_kind(&request, &context).await {
            Err(response) if media == Media::EventStream => Ok(self.stream_response(response)),
            Err(response) => Ok(answer(media, response)),
            Ok(OperationKind::Mutation) => {
                let error = Error::bad_input("Mutations must be sent by POST");
                Err(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, error))
            }
            Ok(_) if media == Media::EventStream => self.stream_answers(request, context).await,
            Ok(_) => Ok(answer(media, self.execute(&request, &context).await)),
        }
    }

    /// The answer to a form. Its files are read while its operation runs.
    async fn answer_form(
        self: &Arc<Self>,
        media: Media,
        parts: &Parts,
        body: Body,
        context: RequestContext,
    ) -> Result<HttpResponse, Refusal> {
        if sse::token_of(parts).is_some() {
            let error = Error::bad_input("A form is answered at once, not on a reserved stream");
            return Err(Refusal::of(error));
        }
        let FormRequest { request, files } = self.read_form(parts, body).await?;
        if media == Media::EventStream {
            if files.is_empty() {
                return self.stream_answers(request, context).await;
            }
            let message = "A form with files is answered at once, not as an event stream: accept application/json";
            let error = Error::bad_input(message);
            return Err(Refusal::new(StatusCode::NOT_ACCEPTABLE, error));
        }
        let received = || files.arriving.received_for();
        let response = self.execute_beside(&request, &context, received).await;
        Ok(answer(media, response))
    }

    /// The requests of a batch are answered in order, one after another: mutations keep their order, and one
    /// client does not take several connections of the database at once.
    async fn answer_batch(
        &self,
        media: Media,
        body: &Bytes,
        context: &RequestContext,
    ) -> Result<HttpResponse, Refusal> {
        if media == Media::EventStream {
            let error = Error::bad_input("A batch cannot be answered as an event stream");
            return Err(Refusal::new(StatusCode::NOT_ACCEPTABLE, error));
        }
        let mut answers = BytesMut::from(&b"["[..]);
        let mut unread = Vec::new();
        for part in self.read_batch(body).map_err(refused_envelope)? {
            let is_first = answers.len() == 1;
            // The first was counted with the body.
            let counted = match is_first {
                true => Ok(()),
                false => self.rates.count_request(context),
            };
            if !is_first {
                answers.put_u8(b',');
            }
            let request = self.read_request(part.get().as_bytes());
            let request = request.map_err(EnvelopeError::error);
            let response = match counted.and(request) {
                Ok(request) => self.execute(&request, context).await,
                Err(refused) => Response::refused(&[refused]),
            };
            unread.extend(response.unread);
            answers.put(response.body);
        }
        answers.put_u8(b']');
        let answers = Unread::bytes(answers.freeze(), unread);
        Ok(encoded(media, StatusCode::OK, answers))
    }

    /// The body, of the size that is allowed, if it comes in time.
    pub(super) async fn read_body(
        &self,
        headers: &HeaderMap,
        body: Body,
    ) -> Result<Bytes, Refusal> {
        let allowed = self.limits.settings().max_body_bytes;
        let too_large = || {
            let message = format!("The request is larger than {allowed} bytes");
            Refusal::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                Error::limit_exceeded("bodyBytes", allowed, message),
            )
        };
        let announced = headers
            .get(header::CONTENT_LENGTH)
            .and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
        if announced.is_some_and(|length| length > allowed) {
            return Err(too_large());
        }
        let allowed_bytes = usize::try_from(allowed).unwrap_or(usize::MAX);
        match axum::body::to_bytes(body, allowed_bytes).await {
            Ok(body) => Ok(body),
            Err(error) if is_length_limit(&error) => Err(too_large()),
            Err(error) if TimedOut::caused(&error) => {
                let error = Error::new(Code::Timeout, "The body did not arrive in time");
                Err(Refusal::new(StatusCode::REQUEST_TIMEOUT, error))
            }
            Err(_) => {
                let error = Error::bad_input(
                    "The body broke off, or is not encoded as Content-Encoding says",
                );
                Err(Refusal::new(StatusCode::BAD_REQUEST, error))
            }
        }
    }

    /// The context of a request, which counts among its caller's.
    async fn admitted(&self, parts: &Parts) -> Result<RequestContext, Refusal> {
        let context = self.reader_context(parts).await.map_err(Refusal::of)?;
        self.rates.count_request(&context).map_err(Refusal::of)?;
        Ok(context)
    }

    /// A request of a client that cannot be what the client meant, or that the server does not take.
    pub(super) fn read_checked(&self, body: &[u8]) -> Result<Request, Refusal> {
        self.read_request(body).map_err(refused_envelope)
    }
}

fn is_length_limit(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.is::<http_body_util::LengthLimitError>() {
            return true;
        }
        cause = error.source();
    }
    false
}

pub(super) fn refused_envelope(refused: EnvelopeError) -> Refusal {
    match refused {
        EnvelopeError::Malformed(error) => Refusal::new(StatusCode::BAD_REQUEST, error),
        EnvelopeError::Refused(error) => Refusal::of(error),
    }
}

fn not_acceptable() -> HttpResponse {
    let error = Error::bad_input(
        "The Accept header names none of application/graphql-response+json, application/json, text/event-stream",
    );
    Refusal::new(StatusCode::NOT_ACCEPTABLE, error).into_response(Media::Json)
}
