//! Forms (`multipart/form-data`) as they come, part by part: what is held of them does not grow with their parts.

use std::{
    error::Error as StdError,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::{Context, Poll},
};

use axum::{
    body::{Body, BodyDataStream},
    http::{HeaderMap, header},
};
use bytes::{Bytes, BytesMut};
use futures_util::Stream;
use multer::{Field, Multipart};

use super::server::body::TimedOut;

/// What may have come of a form without a part's content in it, edges and heads of parts, before more of it is taken: all
/// of it is looked through again each time that more comes.
const BETWEEN_MAX_BYTES: usize = 16 << 10;
/// How many parts a form may have: a few bytes that are packed well are many thousands that have to be read.
const PARTS_MAX: usize = 1_024;

/// A form whose parts are read in their order.
pub(crate) struct FormParts {
    parts: Multipart<'static>,
    between_bytes: Arc<AtomicUsize>,
    drunk: Arc<AtomicBool>,
    left: usize,
}

/// A part of a form; it has to be read to its end before the next one.
pub(crate) struct FormPart {
    field: Field<'static>,
    between_bytes: Arc<AtomicUsize>,
}

/// Why a form cannot be read on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FormError {
    /// Its head does not say what its parts are separated by.
    #[error("The form names no boundary")]
    NoBoundary,
    /// It came too slowly.
    #[error("The body did not arrive in time")]
    TimedOut,
    /// It ended in the middle.
    #[error("The body broke off")]
    BrokeOff,
    /// A part is larger than the reader takes.
    #[error("A part of the form is too large")]
    TooLarge,
    /// It has more parts than anybody sends who means it.
    #[error("A form has {PARTS_MAX} parts at most")]
    TooMany,
    /// It is no form.
    #[error("The form cannot be read: {0}")]
    Malformed(String),
}

/// Whether a request brings a form.
pub(crate) fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|value| value.to_str().ok()?.split(';').next());
    kind.is_some_and(|kind| kind.trim().eq_ignore_ascii_case("multipart/form-data"))
}

impl FormParts {
    /// The form of a request.
    ///
    /// # Errors
    /// When the headers name no boundary.
    pub(crate) fn new(headers: &HeaderMap, body: Body) -> Result<Self, FormError> {
        let kind = headers.get(header::CONTENT_TYPE);
        let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let boundary = multer::parse_boundary(kind).map_err(|_| FormError::NoBoundary)?;
        let between_bytes = Arc::<AtomicUsize>::default();
        let drunk = Arc::<AtomicBool>::default();
        let sips = Sips {
            stream: body.into_data_stream(),
            drunk: Arc::clone(&drunk),
            between_bytes: Arc::clone(&between_bytes),
            last_bytes: 0,
        };
        Ok(FormParts {
            parts: Multipart::new(sips, boundary),
            between_bytes,
            drunk,
            left: PARTS_MAX,
        })
    }

    /// The next part; nothing after the last one.
    ///
    /// # Errors
    /// When the body breaks off, comes too slowly, is no form or has too many parts.
    pub(crate) async fn next(&mut self) -> Result<Option<FormPart>, FormError> {
        // What is there is read first: else many small parts would bring in more, each, than they take.
        self.drunk.store(true, Ordering::Relaxed);
        let field = self.parts.next_field().await?;
        self.drunk.store(true, Ordering::Relaxed);
        self.between_bytes.store(0, Ordering::Relaxed);
        let Some(field) = field else { return Ok(None) };
        self.left = self.left.checked_sub(1).ok_or(FormError::TooMany)?;
        Ok(Some(FormPart {
            field,
            between_bytes: Arc::clone(&self.between_bytes),
        }))
    }
}

impl FormPart {
    /// What the part is called.
    pub(crate) fn name(&self) -> &str {
        self.field.name().unwrap_or_default()
    }

    /// What its file is called where it comes from.
    pub(crate) fn file_name(&self) -> Option<&str> {
        self.field.file_name()
    }

    /// What its sender says that it is.
    pub(crate) fn content_type(&self) -> Option<String> {
        self.field.content_type().map(ToString::to_string)
    }

    /// The next bytes of its content; nothing at its end.
    ///
    /// # Errors
    /// As [`FormParts::next`].
    pub(crate) async fn chunk(&mut self) -> Result<Option<Bytes>, FormError> {
        let chunk = self.field.chunk().await?;
        self.between_bytes.store(0, Ordering::Relaxed);
        Ok(chunk)
    }

    /// All of its content.
    ///
    /// # Errors
    /// As [`FormParts::next`], and when there is more than `max_bytes` of it.
    pub(crate) async fn whole(mut self, max_bytes: u64) -> Result<Bytes, FormError> {
        let mut whole = BytesMut::new();
        while let Some(chunk) = self.chunk().await? {
            if (whole.len() + chunk.len()) as u64 > max_bytes {
                return Err(FormError::TooLarge);
            }
            whole.extend_from_slice(&chunk);
        }
        Ok(whole.freeze())
    }
}

impl From<multer::Error> for FormError {
    fn from(error: multer::Error) -> Self {
        match error {
            multer::Error::StreamReadFailed(source) if source.is::<Endless>() => {
                FormError::Malformed(source.to_string())
            }
            multer::Error::StreamReadFailed(source) if TimedOut::caused(&*source) => {
                FormError::TimedOut
            }
            multer::Error::StreamReadFailed(_)
            | multer::Error::IncompleteStream
            | multer::Error::IncompleteFieldData { .. }
            | multer::Error::IncompleteHeaders => FormError::BrokeOff,
            error => FormError::Malformed(error.to_string()),
        }
    }
}

/// A body in which no part comes.
#[derive(Debug, thiserror::Error)]
#[error(
    "no part begins where one has to, or what is said of a part before its content is longer than 16 KiB"
)]
struct Endless;

/// A stream that pauses after each item, and where it is told to: a reader that takes all that is there does not take all
/// at once. It ends where more comes than the edges and heads of parts can be.
struct Sips {
    stream: BodyDataStream,
    drunk: Arc<AtomicBool>,
    between_bytes: Arc<AtomicUsize>,
    last_bytes: usize,
}

impl Stream for Sips {
    type Item = Result<Bytes, Box<dyn StdError + Send + Sync>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.drunk.swap(false, Ordering::Relaxed) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let next = Pin::new(&mut self.stream).poll_next(context);
        self.drunk.store(next.is_ready(), Ordering::Relaxed);
        next.map(|item| match item? {
            Ok(bytes) => {
                let before = self.between_bytes.fetch_add(bytes.len(), Ordering::Relaxed);
                // The one before may have brought the beginning of a part: the reader looks for its first one a step late.
                let looked_through = before.saturating_sub(self.last_bytes);
                self.last_bytes = bytes.len();
                match looked_through > BETWEEN_MAX_BYTES {
                    true => Some(Err(Endless.into())),
                    false => Some(Ok(bytes)),
                }
            }
            Err(error) => Some(Err(error.into())),
        })
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use futures_util::{StreamExt, stream};

    use super::*;

    /// A form of pieces as they come from the wire.
    fn form(pieces: Vec<&'static [u8]>) -> FormParts {
        let kind = HeaderValue::from_static("multipart/form-data; boundary=edge");
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, kind)]);
        let pieces = stream::iter(pieces).map(Ok::<_, std::io::Error>);
        FormParts::new(&headers, Body::from_stream(pieces)).expect("a form")
    }

    #[tokio::test]
    async fn parts_come_in_their_order_and_end() {
        let mut form = form(vec![
            b"--edge\r\ncontent-disposition: form-data; name=a\r\n\r\non",
            b"e\r\n--ed",
            b"ge\r\ncontent-disposition: form-data; name=b\r\ncontent-type: text/plain\r\n\r\n\r\n--edge--\r\n",
        ]);
        let first = form.next().await.expect("read").expect("a part");
        assert_eq!((first.name(), first.content_type()), ("a", None));
        assert_eq!(first.whole(3).await.expect("read"), "one");
        let second = form.next().await.expect("read").expect("another");
        assert_eq!(second.content_type().as_deref(), Some("text/plain"));
        assert_eq!(second.whole(0).await.expect("read"), "");
        assert!(form.next().await.expect("read").is_none());
    }

    #[tokio::test]
    async fn small_parts_are_read_before_more_is_taken() {
        let part = "--edge\r\ncontent-disposition: form-data; name=a\r\n\r\nx\r\n";
        let taken = Arc::<AtomicUsize>::default();
        let count = Arc::clone(&taken);
        let pieces = stream::iter(0..50).map(move |_| {
            count.fetch_add(1, Ordering::Relaxed);
            Ok::<_, std::io::Error>(part.repeat(40))
        });
        let kind = HeaderValue::from_static("multipart/form-data; boundary=edge");
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, kind)]);
        let mut form = FormParts::new(&headers, Body::from_stream(pieces)).expect("a form");
        for _ in 0..100 {
            let part = form.next().await.expect("read").expect("a part");
            assert_eq!(part.whole(1).await.expect("read"), "x");
        }
        let taken = taken.load(Ordering::Relaxed);
        assert!((3..=4).contains(&taken), "{taken} pieces for 100 parts");
    }

    #[tokio::test]
    async fn heads_of_parts_have_a_bound_and_large_pieces_with_content_none() {
        const KILOBYTE: &[u8] = &[b'x'; 1 << 10];
        let large = [
            &b"--edge\r\ncontent-disposition: form-data; name=a\r\n\r\n"[..],
            &[b'x'; 1 << 20],
        ];
        let large: &'static [u8] = large.concat().leak();
        let end = b"\r\n--edge--\r\n";
        let mut long = form(vec![large, large, end]);
        let part = long.next().await.expect("read").expect("a part");
        let whole = part.whole(u64::MAX).await.expect("read");
        assert_eq!(whole.len(), large.len() + (1 << 20));
        let mut pieces: Vec<&'static [u8]> =
            vec![&b"--edge\r\ncontent-disposition: form-data; name="[..]];
        pieces.extend([KILOBYTE; 32]);
        let mut headed = form(pieces);
        assert!(matches!(headed.next().await, Err(FormError::Malformed(_))));
    }

    #[tokio::test]
    async fn what_is_no_form_says_why() {
        let head: &[u8] = b"--edge\r\ncontent-disposition: form-data; name=a\r\n\r\n";
        let part = |rest: &'static [u8]| async move {
            form(vec![head, rest])
                .next()
                .await
                .expect("read")
                .expect("a part")
        };
        let large = part(b"four\r\n--edge--").await.whole(3).await;
        assert!(matches!(large, Err(FormError::TooLarge)), "{large:?}");
        let broken = part(b"four").await.whole(9).await;
        assert!(matches!(broken, Err(FormError::BrokeOff)), "{broken:?}");
        let mut empty = form(Vec::new());
        assert!(matches!(empty.next().await, Err(FormError::BrokeOff)));
        let next: &[u8] = b"\r\n--edge\r\ncontent-disposition: form-data; name=a\r\n\r\n";
        let mut pieces = vec![next; PARTS_MAX + 1];
        pieces[0] = head;
        let mut many = form(pieces);
        for _ in 0..PARTS_MAX {
            many.next().await.expect("read").expect("a part");
        }
        assert!(matches!(many.next().await, Err(FormError::TooMany)));
        let mut endless = form(vec![&[b'x'; 1 << 20]; 8]);
        assert!(matches!(endless.next().await, Err(FormError::Malformed(_))));
    }
}
