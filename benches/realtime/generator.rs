//! The other side of the sockets, in a process of its own: it joins, counts frames, and says what it saw.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::Semaphore,
};

use super::stand::Stand;

/// The argument that makes this program a generator.
pub const FLAG: &str = "--generate";
/// How often a socket's latency is taken, in frames.
const SAMPLE: u64 = 16;
/// Messages that may be on their way when the sender goes as fast as it can.
const WINDOW: u64 = 64;

/// What to do.
#[derive(Debug, Serialize, Deserialize)]
pub enum Load {
    Broadcast {
        members: usize,
        messages_per_second: f64,
        seconds: u64,
        payload_bytes: usize,
    },
    Idle {
        sockets: usize,
        changes: bool,
    },
}

/// A generator that runs.
pub struct Generator {
    child: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl Generator {
    pub fn start(stand: &Stand, load: &Load) -> Self {
        let tokens: Vec<String> = match load {
            Load::Broadcast { .. } => vec![stand.token()],
            Load::Idle { sockets, .. } => (0..*sockets).map(|_| stand.token()).collect(),
        };
        let mut child = Command::new(std::env::current_exe().expect("this program"))
            .arg(FLAG)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a generator");
        // JSON has no infinity.
        let load = match load {
            Load::Broadcast {
                members,
                messages_per_second,
                seconds,
                payload_bytes,
            } => Load::Broadcast {
                members: *members,
                messages_per_second: messages_per_second.min(1e12),
                seconds: *seconds,
                payload_bytes: *payload_bytes,
            },
            Load::Idle { sockets, changes } => Load::Idle {
                sockets: *sockets,
                changes: *changes,
            },
        };
        let task = json!({"address": stand.address.to_string(), "load": load, "tokens": tokens});
        let stdin = child.stdin.as_mut().expect("its input");
        writeln!(stdin, "{task}").expect("told");
        let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        Generator { child, lines }
    }

    /// Waits until it says so.
    pub fn wait_for(&mut self, word: &str) {
        let line = self.lines.next().expect("a line").expect("text");
        assert_eq!(line, word);
    }

    /// Lets it begin, or end.
    pub fn go(&mut self) {
        writeln!(self.child.stdin.as_mut().expect("its input"), "go").expect("told");
    }

    /// What it saw.
    pub fn report(&mut self) -> Value {
        let line = self.lines.next().expect("a line").expect("text");
        self.child.wait().expect("ended");
        serde_json::from_str(&line).expect("JSON")
    }
}

/// The generator's own `main`.
pub fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    let mut lines = std::io::stdin().lines();
    let task: Value =
        serde_json::from_str(&lines.next().expect("a task").expect("text")).expect("JSON");
    let address = task["address"].as_str().expect("an address").to_owned();
    let tokens: Vec<String> = serde_json::from_value(task["tokens"].clone()).expect("tokens");
    let load: Load = serde_json::from_value(task["load"].clone()).expect("a load");
    let mut go = move || {
        lines.next();
    };
    runtime.block_on(async {
        match load {
            Load::Idle { changes, .. } => idle(&address, tokens, changes, &mut go).await,
            Load::Broadcast {
                members,
                messages_per_second,
                seconds,
                payload_bytes,
            } => {
                let plan = Plan {
                    members,
                    messages_per_second,
                    run: Duration::from_secs(seconds),
                    payload_bytes,
                };
                broadcast(&address, &tokens[0], &plan, &mut go).await;
            }
        }
    });
    // Thousands of sockets need no orderly end.
    end_now();
}

#[expect(
    clippy::disallowed_methods,
    reason = "the generator runs no PostgreSQL, and its sockets need no orderly end"
)]
fn end_now() -> ! {
    std::process::exit(0)
}

struct Plan {
    members: usize,
    messages_per_second: f64,
    run: Duration,
    payload_bytes: usize,
}

async fn idle(address: &str, tokens: Vec<String>, changes: bool, go: &mut impl FnMut()) {
    let permits = Arc::new(Semaphore::new(64));
    let mut opening = Vec::new();
    for (number, token) in tokens.into_iter().enumerate() {
        let (permits, address) = (Arc::clone(&permits), address.to_owned());
        opening.push(tokio::spawn(async move {
            let _permit = permits.acquire().await;
            let entries = if changes {
                json!([{"event": "*", "schema": "public", "table": "notes"}])
            } else {
                json!([])
            };
            open(&address, &token, &format!("idle {number}"), entries).await
        }));
    }
    let mut sockets = Vec::new();
    for socket in opening {
        sockets.push(socket.await.expect("no panic"));
    }
    println!("ready");
    tokio::task::block_in_place(go);
    println!("{{}}");
}

/// Opens a socket and joins a channel on it.
async fn open(address: &str, token: &str, channel: &str, changes: Value) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.expect("connected");
    stream.set_nodelay(true).expect("no delay");
    let request = format!(
        "GET /realtime/v1/websocket?vsn=2.0.0&apikey={token} HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\n\
         Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.expect("asked");
    let wants_changes = changes != json!([]);
    let join = json!(["1", "1", format!("realtime:{channel}"), "phx_join", {"config": {"postgres_changes": changes}}]);
    let mut seen = Vec::new();
    read_until(&mut stream, &mut seen, b"\r\n\r\n").await;
    stream
        .write_all(&masked(1, join.to_string().as_bytes()))
        .await
        .expect("joined");
    let wanted: &[u8] = if wants_changes {
        b"Subscribed to PostgreSQL"
    } else {
        b"\"status\":\"ok\""
    };
    read_until(&mut stream, &mut seen, wanted).await;
    stream
}

async fn read_until(stream: &mut TcpStream, seen: &mut Vec<u8>, wanted: &[u8]) {
    while !seen.windows(wanted.len()).any(|window| window == wanted) {
        let mut buffer = [0; 2048];
        let count = stream.read(&mut buffer).await.expect("read");
        assert!(count > 0, "closed after {}", String::from_utf8_lossy(seen));
        seen.extend_from_slice(&buffer[..count]);
    }
    seen.clear();
}

/// A frame as clients send it; a mask of zeros leaves the payload as it is.
fn masked(opcode: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![0x80 | opcode];
    match payload.len() {
        length @ 0..=125 => frame.push(0x80 | length as u8),
        length => {
            frame.push(0x80 | 126);
            frame.extend_from_slice(&(length as u16).to_be_bytes());
        }
    }
    frame.extend_from_slice(&[0; 4]);
    frame.extend_from_slice(payload);
    frame
}

async fn broadcast(address: &str, token: &str, plan: &Plan, go: &mut impl FnMut()) {
    let delivered = Arc::new(AtomicU64::new(0));
    let latencies = Arc::new(Mutex::new(Vec::<u64>::new()));
    for number in 0..plan.members {
        let stream = open(address, token, "room", json!([])).await;
        tokio::spawn(count(
            stream,
            Arc::clone(&delivered),
            Arc::clone(&latencies),
            number as u64 % SAMPLE,
        ));
    }
    let mut sender = open(address, token, "room", json!([])).await;
    println!("ready");
    tokio::task::block_in_place(go);
    let (began, cpu) = (
        Instant::now(),
        super::process::cpu_seconds(std::process::id()),
    );
    let mut sent = 0u64;
    while began.elapsed() < plan.run {
        if plan.messages_per_second > 1e9 {
            let done = delivered.load(Ordering::Relaxed) / plan.members as u64;
            if sent >= done + WINDOW {
                tokio::time::sleep(Duration::from_micros(200)).await;
                continue;
            }
        } else {
            let due = began + Duration::from_secs_f64(sent as f64 / plan.messages_per_second);
            tokio::time::sleep_until(due.into()).await;
        }
        sender
            .write_all(&masked(2, &message(plan.payload_bytes)))
            .await
            .expect("sent");
        sent += 1;
    }
    let expected = sent * plan.members as u64;
    let deadline = Instant::now() + Duration::from_secs(10);
    while delivered.load(Ordering::Relaxed) < expected && Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let seconds = began.elapsed().as_secs_f64();
    let delivered = delivered.load(Ordering::Relaxed);
    let mut latencies = std::mem::take(&mut *latencies.lock().expect("no panic"));
    latencies.sort_unstable();
    let at = |share: f64| {
        let index = ((latencies.len() as f64 - 1.0) * share).max(0.0) as usize;
        latencies
            .get(index)
            .map_or(0.0, |nanoseconds| *nanoseconds as f64 / 1e6)
    };
    let report = json!({
        "deliveries_per_second": delivered as f64 / seconds, "lost": expected.saturating_sub(delivered),
        "p50_ms": at(0.5), "p95_ms": at(0.95), "p99_ms": at(0.99),
        "cpu_seconds": super::process::cpu_seconds(std::process::id()) - cpu,
    });
    println!("{report}");
}

fn now_ns() -> u64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("after 1970");
    u64::try_from(since.as_nanos()).expect("before 2554")
}

/// A broadcast in the binary form, whose payload begins with the time.
fn message(payload_bytes: usize) -> Vec<u8> {
    let mut bytes = vec![3, 1, 0, 13, 1, 0, 0];
    bytes.extend_from_slice(b"1realtime:roome");
    bytes.extend_from_slice(&now_ns().to_be_bytes());
    bytes.resize(bytes.len() + payload_bytes.saturating_sub(8), b'x');
    bytes
}

/// Counts the frames of one socket. They all have one length, which the first one tells.
async fn count(
    mut stream: TcpStream,
    delivered: Arc<AtomicU64>,
    latencies: Arc<Mutex<Vec<u64>>>,
    phase: u64,
) {
    let mut buffer = vec![0u8; 16 * 1024];
    let (mut filled, mut frames) = (0usize, phase);
    loop {
        let Ok(count @ 1..) = stream.read(&mut buffer[filled..]).await else {
            return;
        };
        filled += count;
        let mut at = 0;
        let mut now = 0;
        let mut seen = 0;
        while filled - at >= 4 {
            let (header, length) = match buffer[at + 1] {
                126 => (
                    4,
                    usize::from(u16::from_be_bytes([buffer[at + 2], buffer[at + 3]])),
                ),
                length => (2, usize::from(length)),
            };
            if filled - at < header + length {
                break;
            }
            if frames.is_multiple_of(SAMPLE) {
                now = if now == 0 { now_ns() } else { now };
                // Kind, lengths, topic, event, then the payload.
                let start = at + header + 5 + 13 + 1;
                let time = buffer[start..start + 8]
                    .try_into()
                    .map(u64::from_be_bytes)
                    .unwrap_or(now);
                latencies
                    .lock()
                    .expect("no panic")
                    .push(now.saturating_sub(time));
            }
            frames += 1;
            seen += 1;
            at += header + length;
        }
        delivered.fetch_add(seen, Ordering::Relaxed);
        buffer.copy_within(at..filled, 0);
        filled -= at;
    }
}
