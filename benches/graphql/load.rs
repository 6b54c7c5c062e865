//! Requests over kept-alive connections, as lean as they can be: the generator shares the machine with
//! what it measures.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use rand::{SeedableRng, rngs::SmallRng};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{Failure, server::Server, workload::Workload};

/// Answers per second of `connections` that each send the next request when they have the answer to the
/// one before. One thread drives them all, as pgbench's does.
pub fn run(
    server: &Server,
    workload: &Workload,
    connections: usize,
    seconds: u64,
) -> Result<f64, Failure> {
    std::thread::scope(|scope| {
        let measured = scope.spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            runtime.block_on(measure(
                server,
                workload,
                connections,
                Duration::from_secs(seconds),
            ))
        });
        measured.join().map_err(|_| "the load generator panicked")?
    })
}

async fn measure(
    server: &Server,
    workload: &Workload,
    connections: usize,
    length: Duration,
) -> Result<f64, Failure> {
    let mut clients = Vec::new();
    for _ in 0..connections {
        clients.push(Connection::open(server.address).await?);
    }
    let begun = Instant::now();
    let counts = clients
        .into_iter()
        .enumerate()
        .map(|(index, mut connection)| async move {
            let mut random = SmallRng::seed_from_u64(index as u64);
            let mut request = Vec::new();
            let mut count = 0u64;
            while begun.elapsed() < length {
                (workload.request)(server, &mut random, &mut request);
                let body = connection.exchange(&request).await?;
                if !body.starts_with(b"{\"data\":{") {
                    return Err(Failure::from(String::from_utf8_lossy(body).into_owned()));
                }
                count += 1;
            }
            Ok::<u64, Failure>(count)
        });
    let total: u64 = futures_util::future::try_join_all(counts)
        .await?
        .into_iter()
        .sum();
    Ok(total as f64 / begun.elapsed().as_secs_f64())
}

/// A kept-alive HTTP/1.1 connection with one request at a time.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    /// Connects.
    pub async fn open(address: SocketAddr) -> Result<Self, Failure> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Connection {
            stream,
            buffer: Vec::with_capacity(1 << 16),
        })
    }

    /// Sends a request and gives the body of its answer, which must have the status 200 and a length.
    pub async fn exchange(&mut self, request: &[u8]) -> Result<&[u8], Failure> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let (head, size) = loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err("the server closed the connection".into());
            }
            if let Some(head) = self
                .buffer
                .windows(4)
                .position(|bytes| bytes == b"\r\n\r\n")
            {
                break (head + 4, content_length(&self.buffer[..head])?);
            }
        };
        while self.buffer.len() < head + size {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err("the server closed the connection".into());
            }
        }
        if !self.buffer.starts_with(b"HTTP/1.1 200") {
            return Err(String::from_utf8_lossy(&self.buffer).into());
        }
        Ok(&self.buffer[head..head + size])
    }
}

fn content_length(head: &[u8]) -> Result<usize, Failure> {
    let head = std::str::from_utf8(head)?;
    let mut lines = head.lines().filter_map(|line| line.split_once(':'));
    let length = lines.find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let (_, length) = length.ok_or_else(|| format!("no content-length: {head}"))?;
    Ok(length.trim().parse()?)
}
