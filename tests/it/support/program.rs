//! The binary, run as its users run it.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// How long a start may take before a test fails: a first start on a busy machine takes seconds.
const START_MAX: Duration = Duration::from_secs(120);

/// The binary with arguments and without the settings of whoever runs the tests.
pub fn mindloom<S: AsRef<std::ffi::OsStr>>(arguments: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mindloom"));
    command.args(arguments).stdin(Stdio::null());
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if (text.starts_with("MINDLOOM_") && text != "MINDLOOM_CACHE_DIR") || text == "DATABASE_URL"
        {
            command.env_remove(&name);
        }
    }
    command
}

/// Standard output of a command that succeeds.
pub fn succeed(command: &mut Command) -> String {
    let output = command.output().expect("the binary runs");
    assert!(
        output.status.success(),
        "{command:?} failed: {}\n{}",
        text(&output.stderr),
        text(&output.stdout)
    );
    text(&output.stdout)
}

/// Standard error of a command that fails.
pub fn fail(command: &mut Command) -> String {
    let output: Output = command.output().expect("the binary runs");
    assert!(
        !output.status.success(),
        "{command:?} succeeded: {}",
        text(&output.stdout)
    );
    text(&output.stderr)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// What a program writes, line by line as it comes.
fn kept(output: std::process::ChildStdout) -> Arc<Mutex<String>> {
    let text = Arc::new(Mutex::new(String::new()));
    let written = Arc::clone(&text);
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            let mut text = written.lock().expect("no panic while it is held");
            text.push_str(&line);
            text.push('\n');
        }
    });
    text
}

/// A server that runs until it is ended.
pub struct Program {
    child: Child,
    /// Where it listens, as `127.0.0.1:4000`.
    pub address: String,
    /// How long it took from the start to answering.
    pub start_time: Duration,
    log: Arc<Mutex<String>>,
    printed: Arc<Mutex<String>>,
    /// Tells when the log is complete.
    ended: mpsc::Receiver<Result<String, ()>>,
}

impl Program {
    /// Starts `mindloom serve` on a free port and this data directory, and waits until it answers.
    pub fn serve(data_dir: &Path, arguments: &[&str]) -> Self {
        Self::start(mindloom(["serve"]), data_dir, "127.0.0.1:0", arguments)
    }

    /// The same on a port that another had.
    pub fn serve_at(data_dir: &Path, address: &str, arguments: &[&str]) -> Self {
        Self::start(mindloom(["serve"]), data_dir, address, arguments)
    }

    /// The same with so many file descriptors.
    pub fn serve_with(data_dir: &Path, arguments: &[&str], descriptors: u32) -> Self {
        let script = format!("ulimit -n {descriptors} && exec \"$0\" \"$@\"");
        let program = mindloom(["serve"]);
        let mut command = Command::new("sh");
        command.arg("-c").arg(script).arg(program.get_program());
        command.args(program.get_args()).stdin(Stdio::null());
        for (name, value) in program.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        Self::start(command, data_dir, "127.0.0.1:0", arguments)
    }

    fn start(mut command: Command, data_dir: &Path, bind: &str, arguments: &[&str]) -> Self {
        let started = Instant::now();
        command
            .args(["--bind", bind, "--log-format", "json", "--data-dir"])
            .arg(data_dir)
            .args(arguments);
        let of_models = OsStr::new("MINDLOOM_EMBEDDING_MODEL");
        if command.get_envs().all(|(name, _)| name != of_models) {
            // What is written by tests of other things need not be understood.
            command.env(of_models, "off");
        }
        if !arguments.contains(&"--shutdown-delay-ms") {
            // Nothing is in front that would have to notice.
            command.args(["--shutdown-delay-ms", "0"]);
        }
        let mut child = command
            .stderr(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        let printed = kept(child.stdout.take().expect("its standard output is piped"));
        let stderr = child.stderr.take().expect("its standard error is piped");
        let (sender, receiver) = mpsc::channel();
        let log = Arc::new(Mutex::new(String::new()));
        let written = Arc::clone(&log);
        // Read to the end, so that the server never waits for somebody to read its log.
        std::thread::spawn(move || {
            let mut lines = BufReader::new(stderr).lines().map_while(Result::ok);
            for line in lines.by_ref() {
                let entry: serde_json::Value = serde_json::from_str(&line).unwrap_or_default();
                let mut log = written.lock().expect("no panic while it is held");
                log.push_str(&line);
                log.push('\n');
                drop(log);
                if let Some(address) = entry["address"].as_str() {
                    let _ = sender.send(Ok(address.to_owned()));
                }
            }
            let _ = sender.send(Err(()));
        });
        let said = || log.lock().expect("no panic while it is held").clone();
        let address = match receiver.recv_timeout(START_MAX) {
            Ok(Ok(address)) => address,
            Ok(Err(())) => panic!("the server ended:\n{}", said()),
            Err(_) => panic!("the server does not become ready"),
        };
        Self {
            child,
            address,
            start_time: started.elapsed(),
            log,
            printed,
            ended: receiver,
        }
    }

    /// What it has printed on its standard output so far.
    pub fn printed(&self) -> String {
        let printed = self.printed.lock().expect("no panic while it is held");
        printed.clone()
    }

    /// What it has logged so far, one JSON object a line.
    pub fn log(&self) -> String {
        let log = self.log.lock().expect("no panic while it is held");
        log.clone()
    }

    /// Sends a signal.
    pub fn signal(&self, signal: Signal) {
        kill(pid(self.child.id()), signal).expect("the server runs");
    }

    /// Sends a signal and waits for the end; whether the server ended well.
    pub fn end(mut self, signal: Signal) -> bool {
        kill(pid(self.child.id()), signal).expect("the server runs");
        self.child.wait().expect("the server is a child").success()
    }

    /// Sends a signal, waits for the end, and returns all that was logged.
    pub fn log_at_end(mut self, signal: Signal) -> String {
        kill(pid(self.child.id()), signal).expect("the server runs");
        self.child.wait().expect("the server is a child");
        while let Ok(Ok(_)) = self.ended.recv() {}
        self.log()
    }

    /// The most memory that the server had at once so far.
    pub fn peak_memory_bytes(&self) -> u64 {
        self.memory_bytes("VmHWM:")
    }

    /// The memory that the server has now.
    pub fn resident_memory_bytes(&self) -> u64 {
        self.memory_bytes("VmRSS:")
    }

    fn memory_bytes(&self, line: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.expect("the server runs");
        let size = status.lines().find_map(|found| found.strip_prefix(line));
        let kibibytes = size.and_then(|size| size.trim().strip_suffix(" kB")?.parse::<u64>().ok());
        kibibytes.expect("a size in kB") * 1024
    }

    /// The status and body of `GET` on a path.
    pub fn get(&self, path: &str) -> (u16, String) {
        get(&self.address, path)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = kill(pid(self.child.id()), Signal::SIGTERM);
        let _ = self.child.wait();
    }
}

/// A plain HTTP/1.0 request: no client of HTTP is worth the dependency for two paths.
pub fn get(address: &str, path: &str) -> (u16, String) {
    use std::io::Write;
    let mut stream = std::net::TcpStream::connect(address).expect("the server listens");
    write!(stream, "GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n").expect("a request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    let status = answer
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .expect("a status");
    let body = answer
        .split_once("\r\n\r\n")
        .map(|(_, body)| body.to_owned())
        .unwrap_or_default();
    (status, body)
}

/// The embedded PostgreSQL of a data directory, as it wrote itself down. Waits while one that takes the place of
/// another has not yet.
pub fn postmaster(data_dir: &Path) -> Pid {
    let path = data_dir.join("postgres/cluster/postmaster.pid");
    let mut found = None;
    eventually("a postmaster writes itself down", || {
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        found = text
            .lines()
            .next()
            .and_then(|line| line.trim().parse().ok());
        found.is_some()
    });
    Pid::from_raw(found.unwrap_or_default())
}

/// Whether a process lives.
pub fn is_alive(pid: Pid) -> bool {
    kill(pid, None).is_ok()
}

/// Waits until something holds, for at most a minute.
pub fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(
            started.elapsed() < Duration::from_secs(60),
            "{what} within a minute"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn pid(id: u32) -> Pid {
    Pid::from_raw(i32::try_from(id).expect("a process id"))
}
