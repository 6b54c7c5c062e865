//! What waits to be written to one socket.

use std::{
    collections::VecDeque,
    task::{Context, Waker},
};

use bytes::Bytes;
use parking_lot::{Mutex, MutexGuard};

/// Why a socket ends, as it is told to its writer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The frames so far are written, then the close frame with this code and reason.
    Close(u16, &'static str),
    /// The client does not read: what waits is thrown away and the connection is cut.
    Cut,
}

/// A bounded queue of frames for one socket. Frames are shared bytes: a broadcast to 10,000 sockets is
/// 10,000 pointers. An empty outbox owns no heap memory.
#[derive(Debug)]
pub struct Outbox {
    state: Mutex<State>,
    limit_bytes: u32,
}

#[derive(Debug, Default)]
struct State {
    frames: VecDeque<Bytes>,
    /// Bytes of the first frame that are written already.
    written: usize,
    waiting_bytes: usize,
    ending: Option<Ending>,
    asked: bool,
    waker: Option<Waker>,
    /// The socket takes nothing more now: a further frame is no reason to wake its task.
    blocked: bool,
}

/// What became of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PushOutcome {
    /// It waits to be written, in order.
    Queued,
    /// It was not taken: this frame went over the limit, and the socket is cut.
    Overflowed,
    /// It was not taken: the socket is ending already.
    Ended,
}

impl Outbox {
    /// An empty outbox that holds at most `limit_bytes` of frames.
    pub fn new(limit_bytes: u32) -> Self {
        Outbox {
            state: Mutex::default(),
            limit_bytes,
        }
    }

    /// Queues a frame and wakes the writer.
    pub fn push(&self, frame: Bytes) -> PushOutcome {
        let mut state = self.lock();
        if state.ending.is_some() {
            return PushOutcome::Ended;
        }
        if state.waiting_bytes + frame.len() > self.limit_bytes as usize {
            state.ending = Some(Ending::Cut);
            state.frames = VecDeque::new();
            wake(state);
            return PushOutcome::Overflowed;
        }
        state.waiting_bytes += frame.len();
        state.frames.push_back(frame);
        if !state.blocked {
            wake(state);
        }
        PushOutcome::Queued
    }

    /// Ends the socket; the first ending stands, except that a cut goes before a close.
    pub fn end(&self, ending: Ending) {
        let mut state = self.lock();
        if state.ending.is_none() || ending == Ending::Cut {
            state.ending = Some(ending);
        }
        wake(state);
    }

    /// How the socket ends, if it does.
    pub fn ending(&self) -> Option<Ending> {
        self.lock().ending
    }

    /// Queues the last frame, after the socket was told to end.
    pub fn finish(&self, frame: Bytes) {
        let mut state = self.lock();
        state.waiting_bytes += frame.len();
        state.frames.push_back(frame);
    }

    /// Asks the socket's task to look at its deadlines.
    pub fn ask(&self) {
        let mut state = self.lock();
        state.asked = true;
        wake(state);
    }

    /// Whether [`Self::ask`] was called since the last time.
    pub fn take_asked(&self) -> bool {
        std::mem::take(&mut self.lock().asked)
    }

    /// Ends a turn of the socket's task: it is woken by the next push, end or ask; while the socket is
    /// `blocked`, not by a push. False when one of them has happened already, and the task has to go on.
    pub fn park(&self, context: &Context<'_>, blocked: bool, closing: bool) -> bool {
        let mut state = self.lock();
        if state.asked
            || (!blocked && !state.frames.is_empty())
            || (!closing && state.ending.is_some())
        {
            return false;
        }
        state.blocked = blocked;
        match &mut state.waker {
            Some(waker) => waker.clone_from(context.waker()),
            none => *none = Some(context.waker().clone()),
        }
        true
    }

    /// Copies up to `room` bytes of what waits, in order, to the end of `buffer`.
    pub fn copy_into(&self, buffer: &mut Vec<u8>, room: usize) {
        let state = self.lock();
        let mut skip = state.written;
        for frame in &state.frames {
            let rest = &frame[skip..];
            let part = &rest[..rest.len().min(room - buffer.len())];
            buffer.extend_from_slice(part);
            if buffer.len() == room {
                return;
            }
            skip = 0;
        }
    }

    /// Drops the first `bytes` of what waits: they are written.
    pub fn consume(&self, bytes: usize) {
        let mut state = self.lock();
        let mut reached = state.written + bytes;
        while let Some(length) = state
            .frames
            .front()
            .map(Bytes::len)
            .filter(|length| *length <= reached)
        {
            reached -= length;
            state.waiting_bytes -= length;
            state.frames.pop_front();
        }
        state.written = reached;
        if state.frames.is_empty() {
            // An end by cutting may have emptied the queue while the first frame was half written.
            state.written = 0;
            state.waiting_bytes = 0;
            if state.frames.capacity() > 8 {
                state.frames = VecDeque::new();
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }
}

/// Wakes the writer after the lock is free again. Further pushes wake nobody until it has looked.
fn wake(mut state: MutexGuard<'_, State>) {
    let waker = state.waker.take();
    drop(state);
    if let Some(waker) = waker {
        waker.wake();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drain(outbox: &Outbox, room: usize) -> Vec<u8> {
        let mut all = Vec::new();
        loop {
            let mut buffer = Vec::new();
            outbox.copy_into(&mut buffer, room);
            if buffer.is_empty() {
                return all;
            }
            // A socket may take less than it is offered.
            let taken = buffer.len().div_ceil(2);
            all.extend_from_slice(&buffer[..taken]);
            outbox.consume(taken);
        }
    }

    #[test]
    fn frames_leave_in_order_however_the_socket_takes_them() {
        for room in [1, 2, 5, 64] {
            let outbox = Outbox::new(100);
            for frame in ["alpha", "b", "", "gamma", "delta"] {
                assert_eq!(
                    outbox.push(Bytes::from_static(frame.as_bytes())),
                    PushOutcome::Queued
                );
            }
            assert_eq!(drain(&outbox, room), b"alphabgammadelta");
            assert_eq!(outbox.lock().waiting_bytes, 0);
        }
    }

    #[test]
    fn a_client_that_does_not_read_is_cut_and_what_waited_is_freed() {
        let outbox = Outbox::new(8);
        assert_eq!(
            outbox.push(Bytes::from_static(b"12345")),
            PushOutcome::Queued
        );
        assert_eq!(
            outbox.push(Bytes::from_static(b"6789")),
            PushOutcome::Overflowed
        );
        assert_eq!(outbox.push(Bytes::from_static(b"1")), PushOutcome::Ended);
        assert_eq!(outbox.ending(), Some(Ending::Cut));
        assert_eq!(drain(&outbox, 64), b"");
    }

    #[test]
    fn the_first_ending_stands_unless_the_socket_is_cut() {
        let outbox = Outbox::new(8);
        outbox.end(Ending::Close(1012, "restart"));
        outbox.end(Ending::Close(1000, ""));
        assert_eq!(outbox.ending(), Some(Ending::Close(1012, "restart")));
        outbox.end(Ending::Cut);
        assert_eq!(outbox.ending(), Some(Ending::Cut));
    }

    #[test]
    fn a_task_parks_only_when_there_is_nothing_to_do() {
        let outbox = Outbox::new(8);
        let context = Context::from_waker(std::task::Waker::noop());
        assert!(outbox.park(&context, false, false));
        outbox.push(Bytes::from_static(b"1"));
        assert!(!outbox.park(&context, false, false), "a frame waits");
        assert!(
            outbox.park(&context, true, false),
            "which the socket does not take"
        );
        outbox.ask();
        assert!(!outbox.park(&context, true, false));
        assert!(outbox.take_asked() && !outbox.take_asked());
        outbox.end(Ending::Close(1012, ""));
        assert!(!outbox.park(&context, true, false), "it has to close");
        assert!(outbox.park(&context, true, true), "it is closing already");
    }
}
