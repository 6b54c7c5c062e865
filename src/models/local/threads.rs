//! Threads that do nothing but compute: however much there is to embed, the rest of the server keeps its own threads.

use std::{
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    thread,
};

use ort::session::Session;
use parking_lot::{Condvar, Mutex};
use tokio::sync::oneshot;

use crate::models::{ModelError, Urgency};

type Work = Box<dyn FnOnce(&mut Session) + Send>;

/// The threads, each with a session of its own. They end when this is dropped.
pub(super) struct Threads(Arc<Queue>);

#[derive(Default)]
struct Queue {
    waiting: Mutex<Waiting>,
    bell: Condvar,
}

#[derive(Default)]
struct Waiting {
    /// By urgency, the most urgent first.
    work: [VecDeque<Work>; 3],
    closed: bool,
}

impl Threads {
    /// A thread for each session.
    pub(super) fn start(sessions: Vec<Session>) -> std::io::Result<Self> {
        let threads = Threads(Arc::default());
        for (number, session) in sessions.into_iter().enumerate() {
            let queue = Arc::clone(&threads.0);
            thread::Builder::new()
                .name(format!("embedding-{number}"))
                .spawn(move || work(&queue, session))?;
        }
        Ok(threads)
    }

    /// Has a thread do something. What is more urgent goes before all else; what nobody waits for any more is left.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        urgency: Urgency,
        work: impl FnOnce(&mut Session) -> T + Send + 'static,
    ) -> Result<T, ModelError> {
        let (reply, answer) = oneshot::channel();
        let work: Work = Box::new(move |session| {
            if !reply.is_closed() {
                let _ = reply.send(work(session));
            }
        });
        self.0.waiting.lock().work[urgency as usize].push_back(work);
        self.0.bell.notify_one();
        let ended = "the thread of the local embedding model ended; the server's log says why";
        answer
            .await
            .map_err(|_| ModelError::Unreachable(ended.to_owned()))
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        self.0.waiting.lock().closed = true;
        self.0.bell.notify_all();
    }
}

fn work(queue: &Queue, mut session: Session) {
    while let Some(work) = next(queue) {
        // Whoever waits for what panicked learns of it by the end of its channel.
        let _ = catch_unwind(AssertUnwindSafe(|| work(&mut session)));
    }
}

fn next(queue: &Queue) -> Option<Work> {
    let mut waiting = queue.waiting.lock();
    loop {
        if waiting.closed {
            return None;
        }
        if let Some(work) = waiting.work.iter_mut().find_map(VecDeque::pop_front) {
            return Some(work);
        }
        queue.bell.wait(&mut waiting);
    }
}
