//! The other side of the sockets, in a process of its own: it joins, counts frames, and says what it saw.

use std::{
    io::{BufRead, BufReader, Write},
    ops::Range,
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
/// How long no change comes until those that are missing count as lost.
const QUIET_MAX: Duration = Duration::from_secs(20);
/// A rate that asks for as much as goes; JSON has no infinity.
pub const UNPACED: f64 = 1e12;

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
        changes: bool,
    },
    /// Sockets that each subscribe to the inserts of a table.
    Changes {
        table: String,
    },
}

/// A generator that runs.
pub struct Generator {
    child: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl Generator {
    /// Starts one. Each token is a socket's; a broadcast's sockets share theirs.
    pub fn start(stand: &Stand, load: &Load, tokens: &[String]) -> Self {
        let mut child = Command::new(std::env::current_exe().expect("this program"))
            .arg(FLAG)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a generator");
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
        self.tell("go");
    }

    /// Tells it how many changes there are in all, and lets it end when it has them, or when none comes any more.
    pub fn expect(&mut self, deliveries: u64) {
        self.tell(&deliveries.to_string());
    }

    fn tell(&mut self, line: &str) {
        writeln!(self.child.stdin.as_mut().expect("its input"), "{line}").expect("told");
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
    let mut go = move || lines.next().and_then(Result::ok).unwrap_or_default();
    runtime.block_on(async {
        match load {
            Load::Idle { changes } => idle(&address, tokens, changes, &mut go).await,
            Load::Changes { table } => changes(&address, &table, tokens, &mut go).await,
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

async fn idle(address: &str, tokens: Vec<String>, changes: bool, go: &mut impl FnMut() -> String) {
    let wanted = if changes {
        json!([{"event": "*", "schema": "public", "table": "notes"}])
    } else {
        json!([])
    };
    let _sockets = open_all(address, tokens, &wanted).await;
    println!("ready");
    tokio::task::block_in_place(go);
    println!("{{}}");
}

/// A socket for each token, each on a channel of its own.
async fn open_all(address: &str, tokens: Vec<String>, changes: &Value) -> Vec<TcpStream> {
    let permits = Arc::new(Semaphore::new(64));
    let mut opening = Vec::new();
    for (number, token) in tokens.into_iter().enumerate() {
        let (permits, address) = (Arc::clone(&permits), address.to_owned());
        let changes = changes.clone();
        opening.push(tokio::spawn(async move {
            let _permit = permits.acquire().await;
            open(&address, &token, &format!("channel {number}"), changes).await
        }));
    }
    let mut sockets = Vec::new();
    for socket in opening {
        sockets.push(socket.await.expect("no panic"));
    }
    sockets
}

async fn changes(address: &str, table: &str, tokens: Vec<String>, go: &mut impl FnMut() -> String) {
    let wanted = json!([{"event": "INSERT", "schema": "public", "table": table}]);
    let delivered = Arc::new(AtomicU64::new(0));
    let closed = Arc::new(AtomicU64::new(0));
    let delays = Arc::new(Mutex::new(Vec::<u64>::new()));
    for stream in open_all(address, tokens, &wanted).await {
        let (delivered, delays) = (Arc::clone(&delivered), Arc::clone(&delays));
        let closed = Arc::clone(&closed);
        tokio::spawn(async move {
            let mut frames = Frames::new(stream);
            let mut places = Vec::new();
            while frames.read(&mut places).await {
                for place in &places {
                    let Some(committed) = commit_time(&frames.buffer[place.clone()]) else {
                        continue;
                    };
                    let delay = now_ns().saturating_sub(committed);
                    delays.lock().expect("no panic").push(delay);
                    delivered.fetch_add(1, Ordering::Relaxed);
                }
            }
            closed.fetch_add(1, Ordering::Relaxed);
        });
    }
    println!("ready");
    let cpu = super::process::cpu_seconds(std::process::id());
    let expected: u64 = tokio::task::block_in_place(go)
        .parse()
        .expect("how many deliveries there are");
    let (mut before, mut quiet_since) = (0, Instant::now());
    while before < expected && quiet_since.elapsed() < QUIET_MAX {
        tokio::time::sleep(Duration::from_millis(5)).await;
        let now = delivered.load(Ordering::Relaxed);
        if now != before {
            (before, quiet_since) = (now, Instant::now());
        }
    }
    let mut delays = std::mem::take(&mut *delays.lock().expect("no panic"));
    let mut report = latencies(&mut delays);
    report["delivered"] = json!(delivered.load(Ordering::Relaxed));
    report["cut_off"] = json!(closed.load(Ordering::Relaxed));
    report["cpu_seconds"] = json!(super::process::cpu_seconds(std::process::id()) - cpu);
    println!("{report}");
}

/// When a change was committed, in nanoseconds since 1970; nothing for other messages. The protocol gives it in whole
/// milliseconds, rounded down, so delays seem up to one millisecond longer than they are.
fn commit_time(message: &[u8]) -> Option<u64> {
    const NAME: &[u8] = b"\"commit_timestamp\":\"";
    let at = message
        .windows(NAME.len())
        .position(|window| window == NAME)?;
    let value = message.get(at + NAME.len()..)?;
    let end = value.iter().position(|byte| *byte == b'"')?;
    let time = std::str::from_utf8(&value[..end]).ok()?;
    let time = chrono::DateTime::parse_from_rfc3339(time).ok()?;
    u64::try_from(time.timestamp_nanos_opt()?).ok()
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

async fn broadcast(address: &str, token: &str, plan: &Plan, go: &mut impl FnMut() -> String) {
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
        if plan.messages_per_second >= UNPACED {
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
    let mut taken = std::mem::take(&mut *latencies.lock().expect("no panic"));
    let mut report = self::latencies(&mut taken);
    report["deliveries_per_second"] = json!(delivered as f64 / seconds);
    report["lost"] = json!(expected.saturating_sub(delivered));
    report["cpu_seconds"] = json!(super::process::cpu_seconds(std::process::id()) - cpu);
    println!("{report}");
}

/// Percentiles of latencies in nanoseconds.
fn latencies(taken: &mut [u64]) -> Value {
    taken.sort_unstable();
    let at = |share: f64| {
        let index = ((taken.len() as f64 - 1.0) * share).max(0.0) as usize;
        taken
            .get(index)
            .map_or(0.0, |nanoseconds| *nanoseconds as f64 / 1e6)
    };
    json!({"p50_ms": at(0.5), "p95_ms": at(0.95), "p99_ms": at(0.99)})
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

/// Counts the frames of one socket.
async fn count(
    stream: TcpStream,
    delivered: Arc<AtomicU64>,
    latencies: Arc<Mutex<Vec<u64>>>,
    phase: u64,
) {
    let mut socket = Frames::new(stream);
    let mut places = Vec::new();
    let mut frames = phase;
    while socket.read(&mut places).await {
        let mut now = 0;
        for place in &places {
            if frames.is_multiple_of(SAMPLE) {
                now = if now == 0 { now_ns() } else { now };
                // Kind, lengths, topic, event, then the payload.
                let start = place.start + 5 + 13 + 1;
                let time = socket.buffer[start..start + 8]
                    .try_into()
                    .map(u64::from_be_bytes)
                    .unwrap_or(now);
                latencies
                    .lock()
                    .expect("no panic")
                    .push(now.saturating_sub(time));
            }
            frames += 1;
        }
        delivered.fetch_add(places.len() as u64, Ordering::Relaxed);
    }
}

/// The frames that a socket receives.
struct Frames {
    stream: TcpStream,
    buffer: Vec<u8>,
    filled: usize,
    taken: usize,
}

impl Frames {
    fn new(stream: TcpStream) -> Self {
        Frames {
            stream,
            buffer: vec![0; 16 * 1024],
            filled: 0,
            taken: 0,
        }
    }

    /// Reads once and says where the payloads of whole frames lie; false when the socket has closed.
    async fn read(&mut self, places: &mut Vec<Range<usize>>) -> bool {
        places.clear();
        self.buffer.copy_within(self.taken..self.filled, 0);
        self.filled -= self.taken;
        self.taken = 0;
        let Ok(count @ 1..) = self.stream.read(&mut self.buffer[self.filled..]).await else {
            return false;
        };
        self.filled += count;
        while self.filled - self.taken >= 4 {
            let length = [self.buffer[self.taken + 2], self.buffer[self.taken + 3]];
            let (header, length) = match self.buffer[self.taken + 1] {
                126 => (4, usize::from(u16::from_be_bytes(length))),
                length => (2, usize::from(length)),
            };
            let begin = self.taken + header;
            if self.filled < begin + length {
                break;
            }
            places.push(begin..begin + length);
            self.taken = begin + length;
        }
        true
    }
}
