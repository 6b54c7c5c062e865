//! One socket: bytes in and out of a session, in one small future.
//!
//! Written by hand rather than as an async function because there may be ten thousand of them doing nothing:
//! buffers belong to the thread and are lent while bytes pass, and what is awaited (a join, a check of
//! rights) is boxed only while it runs. Writing goes on meanwhile; reading waits, so a client cannot heap up
//! work.

use std::{
    cell::RefCell,
    future::Future,
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use futures_util::future::BoxFuture;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::{
    session::Session,
    socket::Socket,
    websocket::{self, Decoder, Violation},
};
use crate::{http::Place, realtime::channels::Ending, request_id::RequestId};

const READ_BYTES: usize = 16 * 1024;
const WRITE_BYTES: usize = 64 * 1024;

thread_local! {
    static READ_BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; READ_BYTES]);
    static WRITE_BUFFER: RefCell<Vec<u8>> = RefCell::new(Vec::with_capacity(WRITE_BYTES));
}

/// A socket with its session; done when the connection is over.
pub(super) struct Connection<IO> {
    io: IO,
    decoder: Decoder,
    state: State,
    socket: Arc<Socket>,
    /// Among the open sockets, as long as this one is.
    _place: Place,
}

enum State {
    /// Between messages.
    Idle(Box<Session>),
    /// Something that a message asked for is being done.
    Busy(BoxFuture<'static, Box<Session>>),
    /// The close frame is queued; what the client still says is thrown away.
    Closing { flushed: bool },
}

/// How reading went on.
enum Progress {
    /// Nothing more to do now.
    Waiting,
    /// The client is gone.
    Gone,
}

impl<IO: AsyncRead + AsyncWrite + Unpin> Connection<IO> {
    /// A connection over `io`. `early` are bytes that came right behind the handshake.
    pub(super) fn new(
        io: IO,
        early: &[u8],
        session: Session,
        socket: Arc<Socket>,
        place: Place,
        limit_bytes: u32,
    ) -> Self {
        let mut decoder = Decoder::new(limit_bytes);
        decoder.feed(early);
        Connection {
            io,
            decoder,
            state: State::Idle(Box::new(session)),
            socket,
            _place: place,
        }
    }

    /// Takes in and works until there is nothing to do.
    fn advance(&mut self, mut asked: bool, context: &mut Context<'_>) -> Progress {
        loop {
            match &mut self.state {
                State::Busy(work) => match work.as_mut().poll(context) {
                    Poll::Ready(session) => self.state = State::Idle(session),
                    Poll::Pending => {
                        // Asked in the middle of work: looked at afterwards.
                        if asked {
                            self.socket.outbox.ask();
                        }
                        return Progress::Waiting;
                    }
                },
                // The client's own close frame and the end of the stream are waited for, or a reset could
                // overtake our last frames.
                State::Closing { .. } => match read(&mut self.io, context, |_| {}) {
                    Poll::Ready(Ok(1..)) => {}
                    Poll::Ready(_) => return Progress::Gone,
                    Poll::Pending => return Progress::Waiting,
                },
                State::Idle(session) => {
                    let work = if std::mem::take(&mut asked) {
                        session.look()
                    } else {
                        match self.decoder.next_message() {
                            Ok(Some(message)) => session.handle(message),
                            Ok(None) => {
                                match read(&mut self.io, context, |bytes| self.decoder.feed(bytes))
                                {
                                    Poll::Ready(Ok(1..)) => {
                                        self.socket.heard();
                                        continue;
                                    }
                                    Poll::Ready(_) => return Progress::Gone,
                                    Poll::Pending => return Progress::Waiting,
                                }
                            }
                            Err(violation) => {
                                self.refuse(violation);
                                return Progress::Waiting;
                            }
                        }
                    };
                    if self.socket.outbox.ending().is_some() {
                        return Progress::Waiting;
                    }
                    if let Some(work) = work {
                        self.start(work);
                    }
                }
            }
        }
    }

    fn start(&mut self, work: super::session::Work) {
        let idle = std::mem::replace(&mut self.state, State::Closing { flushed: false });
        self.state = match idle {
            State::Idle(mut session) => {
                let work = async move {
                    session.perform(work).await;
                    session
                };
                State::Busy(Box::pin(RequestId::generate().scope(work)))
            }
            other => other,
        };
    }

    fn refuse(&mut self, violation: Violation) {
        let reason = match violation {
            Violation::Protocol(reason) => reason,
            Violation::NotUtf8 => "text must be UTF-8",
            Violation::TooBig => "the message is longer than this server takes",
        };
        self.socket
            .outbox
            .end(Ending::Close(violation.close_code(), reason));
    }

    /// Says that nothing more will be written, once.
    fn shut_down(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        let State::Closing {
            flushed: flushed @ false,
        } = &mut self.state
        else {
            return Ok(());
        };
        match Pin::new(&mut self.io).poll_shutdown(context) {
            Poll::Ready(outcome) => {
                *flushed = true;
                outcome
            }
            Poll::Pending => Ok(()),
        }
    }

    /// Writes what waits. Ready when all of it is written.
    fn flush(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let outbox = &self.socket.outbox;
        WRITE_BUFFER.with_borrow_mut(|buffer| {
            loop {
                buffer.clear();
                outbox.copy_into(buffer, WRITE_BYTES);
                if buffer.is_empty() {
                    return Poll::Ready(Ok(()));
                }
                match ready!(Pin::new(&mut self.io).poll_write(context, buffer))? {
                    0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                    written => outbox.consume(written),
                }
            }
        })
    }
}

impl<IO: AsyncRead + AsyncWrite + Unpin> Future for Connection<IO> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        loop {
            let asked = this.socket.outbox.take_asked();
            if matches!(this.advance(asked, context), Progress::Gone) {
                return Poll::Ready(());
            }
            match this.socket.outbox.ending() {
                Some(Ending::Cut) => return Poll::Ready(()),
                Some(Ending::Close(code, reason))
                    if !matches!(this.state, State::Closing { .. }) =>
                {
                    // The session ends here, and with it what it had joined.
                    this.state = State::Closing { flushed: false };
                    this.socket
                        .outbox
                        .finish(websocket::close_frame(code, reason));
                }
                _ => {}
            }
            let blocked = match this.flush(context) {
                Poll::Ready(Ok(())) => false,
                Poll::Ready(Err(_)) => return Poll::Ready(()),
                Poll::Pending => true,
            };
            let closing = matches!(this.state, State::Closing { .. });
            if closing && !blocked && this.shut_down(context).is_err() {
                return Poll::Ready(());
            }
            if this.socket.outbox.park(context, blocked, closing) {
                return Poll::Pending;
            }
        }
    }
}

fn read<IO: AsyncRead + Unpin>(
    io: &mut IO,
    context: &mut Context<'_>,
    take: impl FnOnce(&[u8]),
) -> Poll<io::Result<usize>> {
    READ_BUFFER.with_borrow_mut(|buffer| {
        let mut buffer = ReadBuf::new(buffer);
        ready!(Pin::new(io).poll_read(context, &mut buffer))?;
        take(buffer.filled());
        Poll::Ready(Ok(buffer.filled().len()))
    })
}
