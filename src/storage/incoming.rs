//! Files that come with a request of GraphQL. They are read when the operation takes them, as they come: what a policy
//! refuses is not received, and none is held in memory that the operation takes in the order of the request.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::{Bytes, BytesMut};
use dashmap::DashMap;
use futures_util::{StreamExt, stream::BoxStream};
use parking_lot::Mutex;
use uuid::Uuid;

use crate::error::{Error, Result};

/// What names of such files begin with: variables have them in the files' places.
const PREFIX: &str = "upload:";

/// What comes of a request's files, one after the other.
#[derive(Debug)]
pub enum Piece {
    /// A file begins.
    Begin(Head),
    /// Bytes of it.
    Bytes(Bytes),
}

/// What is said of a file before its bytes come.
#[derive(Debug, Clone)]
pub struct Head {
    /// What the request calls it.
    pub part: String,
    /// What it is called where it comes from.
    pub file_name: Option<String>,
    /// What its sender says that it is.
    pub content_type: Option<String>,
}

impl Head {
    /// The bytes of its texts.
    fn size_bytes(&self) -> usize {
        let texts = [&self.file_name, &self.content_type];
        let texts = texts.into_iter().flatten().map(String::len);
        self.part.len() + texts.sum::<usize>()
    }
}

/// The files of one request. Cheap to clone.
#[derive(Clone)]
pub struct Arriving(Arc<Inner>);

struct Inner {
    coming: tokio::sync::Mutex<Coming>,
    /// In how many places each file stands that did not get it yet.
    places: Mutex<HashMap<String, usize>>,
    clock: Mutex<Clock>,
}

/// What is still on its way, and what came too early.
struct Coming {
    pieces: BoxStream<'static, Result<Piece>>,
    /// The file that begins.
    begun: Option<Head>,
    held: HashMap<String, (Head, Bytes)>,
    left_bytes: u64,
    max_bytes: u64,
}

/// How long files were received, and since when one is.
#[derive(Default)]
struct Clock {
    before: Duration,
    since: Option<Instant>,
}

/// A time in which a file is received; it ends when it is dropped.
pub struct Receiving(Arriving);

/// A file whose bytes come.
pub struct IncomingFile {
    /// What was said of it.
    pub head: Head,
    arriving: Arriving,
    rest: Rest,
}

enum Rest {
    Held(Option<Bytes>),
    Coming,
}

/// The files of the requests that run now, under names that nobody guesses.
#[derive(Default)]
pub struct Incoming(DashMap<Uuid, ExpectedFile>);

/// A file that its operation has not taken yet.
pub struct ExpectedFile {
    arriving: Arriving,
    part: String,
}

/// A file is expected as long as this.
pub struct ExpectedName {
    incoming: Arc<Incoming>,
    key: Uuid,
}

impl Arriving {
    /// The files of a request. `left_bytes` of `max_bytes` may still come of what is not taken as it comes: of what is
    /// held, and of what nobody asked for.
    pub fn new(pieces: BoxStream<'static, Result<Piece>>, left_bytes: u64, max_bytes: u64) -> Self {
        Arriving(Arc::new(Inner {
            coming: tokio::sync::Mutex::new(Coming {
                pieces,
                begun: None,
                held: HashMap::new(),
                left_bytes,
                max_bytes,
            }),
            places: Mutex::default(),
            clock: Mutex::default(),
        }))
    }

    /// One more place that a file is for.
    pub fn expect(&self, part: &str) {
        *self.0.places.lock().entry(part.to_owned()).or_default() += 1;
    }

    /// A file, for one of its places.
    ///
    /// # Errors
    /// When the request ends without it, breaks off, or more had to be held than is allowed.
    pub async fn open(&self, part: &str) -> Result<IncomingFile> {
        let mut coming = self.0.coming.lock().await;
        let file = |head, rest| IncomingFile {
            head,
            arriving: self.clone(),
            rest,
        };
        loop {
            if let Some((head, bytes)) = self.held(&mut coming, part) {
                return Ok(file(head, Rest::Held(Some(bytes))));
            }
            let begun = coming.next_file().await?;
            let head = begun.ok_or_else(|| missing(part))?;
            match self.places(&head.part) {
                0 => coming.pass_over(&head).await?,
                1 if head.part == part => {
                    self.given(part);
                    return Ok(file(head, Rest::Coming));
                }
                _ => coming.hold(head).await?,
            }
        }
    }

    /// All of a file, for one of its places. It is held, as others are that come before it.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub async fn whole(&self, part: &str) -> Result<(Head, Bytes)> {
        let mut coming = self.0.coming.lock().await;
        loop {
            if let Some(held) = self.held(&mut coming, part) {
                return Ok(held);
            }
            let begun = coming.next_file().await?;
            let head = begun.ok_or_else(|| missing(part))?;
            match self.places(&head.part) {
                0 => coming.pass_over(&head).await?,
                _ => coming.hold(head).await?,
            }
        }
    }

    /// A file that is held, for one of its places.
    fn held(&self, coming: &mut Coming, part: &str) -> Option<(Head, Bytes)> {
        let held = coming.held.get(part).cloned()?;
        if self.given(part) == 0 {
            coming.held.remove(part);
        }
        Some(held)
    }

    /// Until it is dropped, files are received: that is not the operation's own time.
    #[must_use]
    pub fn receiving(&self) -> Receiving {
        self.0.clock.lock().since = Some(Instant::now());
        Receiving(self.clone())
    }

    /// How long files were received.
    #[must_use]
    pub fn received_for(&self) -> Duration {
        let clock = self.0.clock.lock();
        clock.before + clock.since.map_or(Duration::ZERO, |since| since.elapsed())
    }

    fn places(&self, part: &str) -> usize {
        self.0.places.lock().get(part).copied().unwrap_or(0)
    }

    /// Notes that a place got its file; how many did not.
    fn given(&self, part: &str) -> usize {
        let mut places = self.0.places.lock();
        let left = places.get_mut(part).map_or(0, |left| {
            *left = left.saturating_sub(1);
            *left
        });
        if left == 0 {
            places.remove(part);
        }
        left
    }
}

impl Drop for Receiving {
    fn drop(&mut self) {
        let mut clock = self.0.0.clock.lock();
        if let Some(since) = clock.since.take() {
            clock.before += since.elapsed();
        }
    }
}

impl Coming {
    /// The next file; what is left of the one before is passed over.
    async fn next_file(&mut self) -> Result<Option<Head>> {
        if let Some(begun) = self.begun.take() {
            return Ok(Some(begun));
        }
        while let Some(piece) = self.pieces.next().await {
            if let Piece::Begin(head) = piece? {
                return Ok(Some(head));
            }
        }
        Ok(None)
    }

    /// The next bytes of the file that comes.
    async fn next_bytes(&mut self) -> Result<Option<Bytes>> {
        match self.pieces.next().await.transpose()? {
            Some(Piece::Bytes(bytes)) => Ok(Some(bytes)),
            Some(Piece::Begin(head)) => {
                self.begun = Some(head);
                Ok(None)
            }
            None => Ok(None),
        }
    }

    /// Holds a file until it is its turn.
    async fn hold(&mut self, head: Head) -> Result<()> {
        self.count(head.size_bytes())?;
        let mut held = BytesMut::new();
        while let Some(bytes) = self.next_bytes().await? {
            self.count(bytes.len())?;
            held.extend_from_slice(&bytes);
        }
        self.held.insert(head.part.clone(), (head, held.freeze()));
        Ok(())
    }

    /// Reads a file that nobody asked for. It counts as if it were held: else a request would never end.
    async fn pass_over(&mut self, head: &Head) -> Result<()> {
        self.count(head.size_bytes())?;
        while let Some(bytes) = self.next_bytes().await? {
            self.count(bytes.len())?;
        }
        Ok(())
    }

    /// Counts bytes that were not taken as they came.
    fn count(&mut self, bytes: usize) -> Result<()> {
        let left = self.left_bytes.checked_sub(bytes as u64);
        self.left_bytes = left.ok_or_else(|| too_large(self.max_bytes))?;
        Ok(())
    }
}

fn missing(part: &str) -> Error {
    Error::bad_input(format!(
        "The form ended without the file {part:?}, which its map names"
    ))
}

fn too_large(max_bytes: u64) -> Error {
    let message = format!(
        "The request is larger than {max_bytes} bytes. Larger files have variables of the type Upload, stand in one \
         place each, and come in the order in which the operation takes them"
    );
    Error::limit_exceeded("bodyBytes", max_bytes, message)
}

impl IncomingFile {
    /// How large it is, where that is known before it came.
    #[must_use]
    pub fn size_bytes(&self) -> Option<u64> {
        match &self.rest {
            Rest::Held(bytes) => Some(bytes.as_ref().map_or(0, Bytes::len) as u64),
            Rest::Coming => None,
        }
    }

    /// Its next bytes; nothing at its end.
    ///
    /// # Errors
    /// When the request breaks off or comes too slowly.
    pub async fn next(&mut self) -> Result<Option<Bytes>> {
        match &mut self.rest {
            Rest::Held(bytes) => Ok(bytes.take()),
            Rest::Coming => {
                let bytes = self.arriving.0.coming.lock().await.next_bytes().await?;
                if bytes.is_none() {
                    self.rest = Rest::Held(None);
                }
                Ok(bytes)
            }
        }
    }
}

impl Incoming {
    /// A name under which an operation finds a file of its request.
    pub fn expect(self: &Arc<Self>, arriving: &Arriving, part: &str) -> ExpectedName {
        let key = Uuid::new_v4();
        arriving.expect(part);
        let file = ExpectedFile {
            arriving: arriving.clone(),
            part: part.to_owned(),
        };
        self.0.insert(key, file);
        ExpectedName {
            incoming: Arc::clone(self),
            key,
        }
    }

    /// The file of a name, once.
    pub fn take(&self, name: &str) -> Option<ExpectedFile> {
        let key = name.strip_prefix(PREFIX)?.parse().ok()?;
        self.0.remove(&key).map(|(_, file)| file)
    }
}

impl ExpectedFile {
    /// Until it is dropped, the file is received.
    #[must_use]
    pub fn receiving(&self) -> Receiving {
        self.arriving.receiving()
    }

    /// Waits until the file begins.
    ///
    /// # Errors
    /// As [`Arriving::open`].
    pub async fn open(self) -> Result<IncomingFile> {
        self.arriving.open(&self.part).await
    }
}

impl ExpectedName {
    /// What stands in the file's place among the variables.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{PREFIX}{}", self.key)
    }
}

impl Drop for ExpectedName {
    fn drop(&mut self) {
        self.incoming.0.remove(&self.key);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::stream;

    use super::*;

    /// Files `0`, `1` and so on, as they come.
    fn arriving(files: &[&'static [u8]], max_bytes: u64) -> Arriving {
        let pieces: Vec<_> = files
            .iter()
            .enumerate()
            .flat_map(|(n, bytes)| {
                let begin = Piece::Begin(Head {
                    part: n.to_string(),
                    file_name: None,
                    content_type: None,
                });
                let (first, rest) = bytes.split_at(bytes.len() / 2);
                let bytes = [first, rest].map(|half| Piece::Bytes(Bytes::from_static(half)));
                std::iter::once(begin).chain(bytes)
            })
            .map(Ok)
            .collect();
        Arriving::new(stream::iter(pieces).boxed(), max_bytes, max_bytes)
    }

    async fn all(mut file: IncomingFile) -> Vec<u8> {
        let mut all = Vec::new();
        while let Some(bytes) = file.next().await.expect("bytes") {
            all.extend_from_slice(&bytes);
        }
        all
    }

    #[tokio::test]
    async fn files_in_their_order_are_not_held_and_others_within_a_bound() {
        // The second one and its name count, as nobody asked for it.
        let in_order = arriving(&[b"first", b"second", b"third"], 7);
        for part in ["0", "2"] {
            in_order.expect(part);
        }
        let first = in_order.open("0").await.expect("the first");
        assert_eq!(first.size_bytes(), None, "it is on its way");
        assert_eq!(all(first).await, b"first");
        let third = in_order
            .open("2")
            .await
            .expect("nobody asked for the second");
        assert_eq!(all(third).await, b"third");
        let endless = arriving(&[b"first", b"second", b"third"], 6);
        endless.expect("2");
        let refused = endless.open("2").await.err().expect("passed over too much");
        assert!(refused.message().contains("larger than 6 bytes"));
        let whole = arriving(&[b"first", b"second"], 5);
        whole.expect("1");
        whole.whole("1").await.expect_err("passed over too much");
        // A name counts as what it names does.
        let other = arriving(&[b"first", b"second"], 6);
        other.expect("0");
        other.expect("1");
        assert_eq!(all(other.open("1").await.expect("there")).await, b"second");
        let first = other.open("0").await.expect("held");
        assert_eq!(first.size_bytes(), Some(5));
        assert_eq!(all(first).await, b"first");
        let full = arriving(&[b"first", b"second"], 5);
        full.expect("0");
        full.expect("1");
        let refused = full.open("1").await.err().expect("too much");
        assert!(refused.message().contains("larger than 5 bytes"));
    }

    #[tokio::test]
    async fn a_file_of_several_places_is_held_and_one_that_is_left_is_passed_over() {
        let twice = arriving(&[b"first", b"second"], 6);
        for part in ["0", "0", "1"] {
            twice.expect(part);
        }
        for _ in 0..2 {
            assert_eq!(all(twice.open("0").await.expect("held")).await, b"first");
        }
        assert_eq!(all(twice.open("1").await.expect("there")).await, b"second");
        let left = arriving(&[b"first", b"second"], 0);
        left.expect("0");
        left.expect("1");
        let mut first = left.open("0").await.expect("the first");
        assert_eq!(
            first.next().await.expect("bytes").as_deref(),
            Some(&b"fi"[..])
        );
        drop(first);
        assert_eq!(all(left.open("1").await.expect("there")).await, b"second");
        let missing = left.open("9").await.err().expect("none");
        assert!(missing.message().contains("without the file \"9\""));
    }

    #[tokio::test]
    async fn a_name_is_taken_once_and_gone_with_its_request() {
        let incoming = Arc::new(Incoming::default());
        let files = arriving(&[b"bytes"], 0);
        let name = incoming.expect(&files, "0");
        let file = incoming.take(&name.text()).expect("it is there");
        assert!(incoming.take(&name.text()).is_none(), "once");
        assert_eq!(all(file.open().await.expect("there")).await, b"bytes");
        let text = incoming.expect(&files, "0").text();
        assert!(incoming.take(&text).is_none(), "its request is over");
        assert!(incoming.take("upload:x").is_none() && incoming.take("").is_none());
    }
}
