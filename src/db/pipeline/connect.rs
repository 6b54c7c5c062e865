//! Opening a connection: tokio-postgres negotiates TLS and signs in, then hands the stream over.

use std::{
    error::Error,
    io,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use futures_util::future::{BoxFuture, poll_fn};
use parking_lot::Mutex;
use socket2::{SockRef, TcpKeepalive};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf},
    net::{TcpStream, UnixStream},
};
use tokio_postgres::{
    CancelToken, Config,
    config::{Host, TargetSessionAttrs},
    tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream},
};

use crate::db::{address::Address, tls::Tls};

/// How long after the last byte the system asks whether the other side is still there.
const KEEPALIVE_IDLE: Duration = Duration::from_secs(30);

/// What messages travel over: TCP, a Unix socket, or TLS over one of them.
pub(super) type Stream = Box<dyn Wire>;

pub(super) trait Wire: TlsStream + Send + Sync + Unpin {}

impl<T: TlsStream + Send + Sync + Unpin> Wire for T {}

/// Why no connection was opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("the database does not answer")]
    Unreachable(#[source] io::Error),
    #[error("the database does not answer in time")]
    TimedOut,
    #[error("the database refuses the connection")]
    Refused(#[source] tokio_postgres::Error),
    #[error("TLS to the database cannot be set up")]
    Tls(#[source] Box<dyn Error + Send + Sync>),
    #[error("the server is not of the kind that target_session_attrs asks for")]
    Target,
    #[error("the address names no host")]
    NoHost,
}

/// One of the places at which an address finds its database.
#[derive(Clone)]
struct Place {
    host: Host,
    /// The name that the server's certificate is held against.
    name: String,
    port: u16,
}

/// A connection that was just opened.
pub(super) struct OpenConnection {
    pub(super) stream: Stream,
    pub(super) cancellation: Cancellation,
}

/// How a connection's running statement is cancelled.
#[derive(Clone)]
pub(super) struct Cancellation {
    place: Place,
    token: CancelToken,
    tls: Tls,
    timeout: Option<Duration>,
}

impl Cancellation {
    /// Asks the server to cancel, and returns when it has done what it could: what is sent afterwards is not hit. It
    /// does not say whether there was something to cancel.
    pub(super) fn cancel(self) -> BoxFuture<'static, Result<(), OpenError>> {
        Box::pin(async move {
            let (stream, _) = dial(self.place.clone(), self.timeout).await?;
            let mut shared = SharedStream::new(stream);
            let tls = SharedConnector(connector(&self.tls, &self.place)?);
            let asked = self.token.cancel_query_raw(shared.clone(), tls).await;
            asked.map_err(OpenError::Refused)?;
            // The server hangs up once the signal is sent.
            let ended = shared.read_to_end(&mut Vec::new()).await;
            ended.map(drop).map_err(OpenError::Unreachable)
        })
    }
}

/// Opens a connection and runs `start` on it. Of several hosts the first that answers is taken.
pub(super) async fn open(address: &Address, start: &str) -> Result<OpenConnection, OpenError> {
    let mut failed = OpenError::NoHost;
    for place in places(&address.config) {
        match open_at(&place, address, start).await {
            Ok(opened) => return Ok(opened),
            Err(error) => failed = error,
        }
    }
    Err(failed)
}

fn places(config: &Config) -> Vec<Place> {
    let (hosts, addresses, ports) = (
        config.get_hosts(),
        config.get_hostaddrs(),
        config.get_ports(),
    );
    let port = |index: usize| ports.get(index).or(ports.first()).copied();
    let count = hosts.len().max(addresses.len());
    (0..count)
        .filter_map(|index| {
            let named = hosts.get(index);
            let host = match addresses.get(index) {
                Some(address) => Host::Tcp(address.to_string()),
                None => named?.clone(),
            };
            let name = match named {
                Some(Host::Tcp(name)) => name.clone(),
                _ => String::new(),
            };
            let port = port(index).unwrap_or(5432);
            Some(Place { host, name, port })
        })
        .collect()
}

async fn open_at(
    place: &Place,
    address: &Address,
    start: &str,
) -> Result<OpenConnection, OpenError> {
    let config = &address.config;
    let timeout = config.get_connect_timeout().copied();
    let (stream, host) = dial(place.clone(), timeout).await?;
    let shared = SharedStream::new(stream);
    let tls = SharedConnector(connector(&address.tls, place)?);
    let (client, mut connection) = config
        .connect_raw(shared.clone(), tls)
        .await
        .map_err(OpenError::Refused)?;
    {
        let mut prepared = pin!(prepare(&client, config, start));
        // Both are polled here, so that nothing else reads the stream once this is over.
        poll_fn(|context| {
            if let Poll::Ready(outcome) = prepared.as_mut().poll(context) {
                return Poll::Ready(outcome);
            }
            match Pin::new(&mut connection).poll(context) {
                Poll::Ready(Err(error)) => Poll::Ready(Err(OpenError::Refused(error))),
                _ => prepared.as_mut().poll(context),
            }
        })
        .await?;
    }
    // PostgreSQL waits for a message now, so that neither side has begun one: the stream can change hands.
    let stream = shared.recall().map_err(OpenError::Unreachable)?;
    Ok(OpenConnection {
        stream,
        cancellation: Cancellation {
            // The same server again, of those that a name may stand for.
            place: Place {
                host,
                ..place.clone()
            },
            token: client.cancel_token(),
            tls: address.tls.clone(),
            timeout,
        },
    })
}

async fn prepare(
    client: &tokio_postgres::Client,
    config: &Config,
    start: &str,
) -> Result<(), OpenError> {
    let wanted = match config.get_target_session_attrs() {
        TargetSessionAttrs::ReadWrite => Some("off"),
        TargetSessionAttrs::ReadOnly => Some("on"),
        _ => None,
    };
    if let Some(wanted) = wanted {
        let found = client.simple_query("show transaction_read_only").await;
        let found = found.map_err(OpenError::Refused)?;
        let is = |message: &tokio_postgres::SimpleQueryMessage| matches!(message, tokio_postgres::SimpleQueryMessage::Row(row) if row.get(0) == Some(wanted));
        if !found.iter().any(is) {
            return Err(OpenError::Target);
        }
    }
    client
        .batch_execute(start)
        .await
        .map_err(OpenError::Refused)
}

/// A stream to a place, and where exactly it leads.
async fn dial(place: Place, timeout: Option<Duration>) -> Result<(Stream, Host), OpenError> {
    let dialled = async {
        Ok::<(Stream, Host), io::Error>(match place.host {
            Host::Tcp(host) => {
                let stream = TcpStream::connect((host, place.port)).await?;
                stream.set_nodelay(true)?;
                let keepalive = TcpKeepalive::new().with_time(KEEPALIVE_IDLE);
                SockRef::from(&stream).set_tcp_keepalive(&keepalive)?;
                let host = Host::Tcp(stream.peer_addr()?.ip().to_string());
                (Box::new(Plain(stream)), host)
            }
            Host::Unix(directory) => {
                let path = directory.join(format!(".s.PGSQL.{}", place.port));
                let stream = UnixStream::connect(path).await?;
                (Box::new(Plain(stream)), Host::Unix(directory))
            }
        })
    };
    let dialled = match timeout {
        Some(timeout) => tokio::time::timeout(timeout, dialled)
            .await
            .map_err(|_| OpenError::TimedOut)?,
        None => dialled.await,
    };
    dialled.map_err(OpenError::Unreachable)
}

type Connector = <tokio_postgres_rustls::MakeRustlsConnect as MakeTlsConnect<Stream>>::TlsConnect;

fn connector(tls: &Tls, place: &Place) -> Result<Connector, OpenError> {
    let mut made = tls.connector();
    MakeTlsConnect::<Stream>::make_tls_connect(&mut made, &place.name)
        .map_err(|error| OpenError::Tls(error.into()))
}

/// A stream without TLS.
struct Plain<S>(S);

impl<S: AsyncRead + AsyncWrite + Unpin> TlsStream for Plain<S> {
    fn channel_binding(&self) -> ChannelBinding {
        ChannelBinding::none()
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Plain<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Plain<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}

/// A stream that tokio-postgres works with and that can be taken back.
#[derive(Clone)]
struct SharedStream(Arc<Mutex<Option<Stream>>>);

impl SharedStream {
    fn new(stream: Stream) -> Self {
        SharedStream(Arc::new(Mutex::new(Some(stream))))
    }

    fn recall(&self) -> io::Result<Stream> {
        let taken = self.0.lock().take();
        taken.ok_or_else(|| io::ErrorKind::NotConnected.into())
    }

    fn with<T>(
        &self,
        then: impl FnOnce(Pin<&mut Stream>) -> Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        match &mut *self.0.lock() {
            Some(stream) => then(Pin::new(stream)),
            None => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        }
    }
}

impl AsyncRead for SharedStream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.with(|stream| stream.poll_read(context, buffer))
    }
}

impl AsyncWrite for SharedStream {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.with(|stream| stream.poll_write(context, bytes))
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.with(|stream| stream.poll_flush(context))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.with(|stream| stream.poll_shutdown(context))
    }
}

impl TlsStream for SharedStream {
    fn channel_binding(&self) -> ChannelBinding {
        match &*self.0.lock() {
            Some(stream) => stream.channel_binding(),
            None => ChannelBinding::none(),
        }
    }
}

/// Puts TLS under a shared stream.
struct SharedConnector(Connector);

impl TlsConnect<SharedStream> for SharedConnector {
    type Stream = SharedStream;
    type Error = Box<dyn Error + Send + Sync>;
    type Future = BoxFuture<'static, Result<SharedStream, Self::Error>>;

    fn connect(self, shared: SharedStream) -> Self::Future {
        Box::pin(async move {
            let secured = self.0.connect(shared.recall()?).await?;
            *shared.0.lock() = Some(Box::new(secured));
            Ok(shared)
        })
    }
}
