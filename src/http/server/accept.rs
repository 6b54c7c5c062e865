//! Takes connections, whatever happens.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use futures_util::FutureExt;
use nix::libc::{EMFILE, ENFILE, ENOBUFS, ENOMEM};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::task::TaskTracker;

use super::{Shared, connection, refuse, stream::Stream, watch::Watch};
use crate::rates::Full;

/// How long closed connections may take to give back what was missing.
const ROOM_AFTER: Duration = Duration::from_millis(10);

/// Takes connections until [`super::Leaving::now`], then those that have come already, which a closed port would reset.
pub(super) async fn run(listener: TcpListener, shared: &Arc<Shared>, tasks: &TaskTracker) {
    loop {
        tokio::select! {
            biased;
            () = shared.leaving.now.cancelled() => break,
            accepted = listener.accept() => take(accepted, shared, tasks).await,
        }
    }
    while let Some(Ok(accepted)) = listener.accept().now_or_never() {
        take(Ok(accepted), shared, tasks).await;
    }
}

async fn take(
    accepted: io::Result<(TcpStream, SocketAddr)>,
    shared: &Arc<Shared>,
    tasks: &TaskTracker,
) {
    let (tcp, peer) = match accepted {
        Ok(accepted) => accepted,
        Err(error) => return make_room(&error, shared).await,
    };
    let watch = Arc::new(Watch::new(shared.clock));
    let permit = match shared.gate.enter(peer.ip(), &watch) {
        Ok(permit) => permit,
        Err(Full::Each) => return refuse::too_many(&tcp),
        Err(Full::All) => return,
    };
    // Answers are written whole: waiting for more to send with them would only delay them.
    if let Err(error) = tcp.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY");
    }
    let stream = Stream::new(tcp, Arc::clone(&watch), permit);
    tasks.spawn(connection::drive(stream, peer, watch, Arc::clone(shared)));
}

/// After an error of accepting: one of the connection is nothing to care for, one of the system passes when others
/// are closed.
async fn make_room(error: &io::Error, shared: &Shared) {
    let scarce = error
        .raw_os_error()
        .is_some_and(|code| [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(&code));
    if scarce {
        tracing::warn!(%error, "a connection cannot be taken; idle ones are closed");
        shared.gate.close_idle();
        tokio::time::sleep(ROOM_AFTER).await;
    }
}
