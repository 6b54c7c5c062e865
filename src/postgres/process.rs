//! Runs `postgres` as a child, starts it again when it dies, and ends it.

use std::fs::{File, OpenOptions, Permissions};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::account::Account;
use super::binaries::Binaries;
use super::directory::DataDirectory;
use super::error::Error;

/// How often the child is looked at. It bounds how late an end is noticed, and costs twenty wake-ups a second.
const POLL: Duration = Duration::from_millis(50);
/// Crash recovery after a hard stop replays at most `max_wal_size`, which takes far less.
const READY_MAX: Duration = Duration::from_secs(120);
/// A fast shutdown writes a checkpoint.
const SHUTDOWN_MAX: Duration = Duration::from_secs(60);
const BACKOFF_MIN: Duration = Duration::from_millis(100);
const BACKOFF_MAX: Duration = Duration::from_secs(10);
/// A PostgreSQL that ran this long before it died did not die of what it was started with.
const HEALTHY: Duration = Duration::from_secs(30);

/// A PostgreSQL that runs, and is started again if it dies, until it is stopped.
#[derive(Debug)]
pub(super) struct Postmaster {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// Some only while the child has not been waited for, so its number cannot belong to another process.
    pid: Option<Pid>,
    stopping: bool,
    /// The first start's outcome.
    first: Option<Result<(), Error>>,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What one start of PostgreSQL needs.
struct Launch {
    program: PathBuf,
    directory: DataDirectory,
    account: Option<Account>,
}

impl Postmaster {
    /// Starts PostgreSQL and waits until it accepts connections.
    pub(super) fn start(
        directory: &DataDirectory,
        binaries: &Binaries,
        account: Option<Account>,
    ) -> Result<Self, Error> {
        let launch = Launch {
            program: binaries.program("postgres"),
            directory: directory.clone(),
            account,
        };
        let shared = Arc::new(Shared::default());
        let supervised = Arc::clone(&shared);
        // A thread of its own, because the kernel's parent-death signal is tied to the thread that started the
        // child: a runtime's worker thread may end long before the process does.
        let thread = std::thread::Builder::new()
            .name("postgres".to_owned())
            .spawn(move || supervise(&launch, &supervised))
            .map_err(Error::file("cannot start a thread for", directory.root()))?;
        let mut this = Self {
            shared,
            thread: Some(thread),
        };
        match this.first_outcome() {
            Ok(()) => Ok(this),
            Err(error) => {
                this.stop();
                Err(error)
            }
        }
    }

    fn first_outcome(&self) -> Result<(), Error> {
        let mut state = self.shared.state();
        loop {
            if let Some(outcome) = state.first.take() {
                return outcome;
            }
            state = self
                .shared
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The process id, while PostgreSQL runs.
    pub(super) fn pid(&self) -> Option<u32> {
        self.shared
            .state()
            .pid
            .and_then(|pid| u32::try_from(pid.as_raw()).ok())
    }

    /// Ends PostgreSQL and waits for its end. Sessions are ended, committed work is kept.
    pub(super) fn stop(&mut self) {
        let Some(thread) = self.thread.take() else {
            return;
        };
        {
            let mut state = self.shared.state();
            state.stopping = true;
            if let Some(pid) = state.pid {
                let _ = kill(pid, Signal::SIGINT);
            }
        }
        self.shared.changed.notify_all();
        // A panic of the thread has been reported by the panic hook.
        let _ = thread.join();
    }
}

impl Drop for Postmaster {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The thread's work: start, watch, start again.
fn supervise(launch: &Launch, shared: &Shared) {
    let mut backoff = BACKOFF_MIN;
    let mut first = true;
    while !shared.state().stopping {
        let started = Instant::now();
        let outcome = launch
            .spawn()
            .and_then(|child| run(launch, shared, child, &mut first));
        if shared.state().stopping {
            break;
        }
        match outcome {
            Ok(status) => tracing::error!(%status, "PostgreSQL ended by itself; starting it again"),
            Err(error) if first => {
                shared.state().first = Some(Err(error));
                shared.changed.notify_all();
                return;
            }
            Err(error) => tracing::error!(%error, "PostgreSQL cannot be started again yet"),
        }
        backoff = if started.elapsed() > HEALTHY {
            BACKOFF_MIN
        } else {
            (backoff * 2).min(BACKOFF_MAX)
        };
        pause(shared, backoff);
    }
}

/// Waits, but not when asked to stop.
fn pause(shared: &Shared, how_long: Duration) {
    let state = shared.state();
    let _ = shared
        .changed
        .wait_timeout_while(state, how_long, |state| !state.stopping);
}

/// Watches one child until it ends. Clears `first` once it accepts connections.
fn run(
    launch: &Launch,
    shared: &Shared,
    mut child: Child,
    first: &mut bool,
) -> Result<ExitStatus, Error> {
    let started = Instant::now();
    let pid = i32::try_from(child.id()).map(Pid::from_raw).ok();
    let mut ready = false;
    let mut asked_at: Option<Instant> = None;
    shared.state().pid = pid;
    loop {
        let mut state = shared.state();
        // Under the lock: once the child has been waited for, nobody may signal its number.
        let ended = child
            .try_wait()
            .map_err(Error::file("cannot wait for", &launch.program))?;
        if let Some(status) = ended {
            state.pid = None;
            return if ready {
                Ok(status)
            } else {
                Err(launch.failure(&format!("it ended with {status}")))
            };
        }
        if state.stopping {
            let asked = *asked_at.get_or_insert_with(Instant::now);
            if let Some(pid) = pid {
                let signal = if asked.elapsed() > SHUTDOWN_MAX {
                    Signal::SIGQUIT
                } else {
                    Signal::SIGINT
                };
                // The first request may have come before PostgreSQL could handle signals; asking again is harmless.
                let _ = kill(pid, signal);
            }
        } else if !ready && is_ready(&launch.directory) {
            ready = true;
            if std::mem::take(first) {
                state.first = Some(Ok(()));
                shared.changed.notify_all();
            } else {
                tracing::info!("PostgreSQL runs again");
            }
        } else if !ready && started.elapsed() > READY_MAX {
            state.stopping |= *first;
            if let Some(pid) = pid {
                let _ = kill(pid, Signal::SIGQUIT);
            }
        }
        drop(
            shared
                .changed
                .wait_timeout(state, if ready { POLL } else { POLL / 5 }),
        );
    }
}

/// Whether a PostgreSQL on this cluster says that it accepts connections.
pub(super) fn is_ready(directory: &DataDirectory) -> bool {
    /// The line of `postmaster.pid` that carries the state, counted from zero.
    const STATUS_LINE: usize = 7;
    std::fs::read_to_string(directory.cluster().join("postmaster.pid")).is_ok_and(|text| {
        text.lines()
            .nth(STATUS_LINE)
            .is_some_and(|line| line.trim() == "ready")
    })
}

impl Launch {
    fn spawn(&self) -> Result<Child, Error> {
        let log = open_log(&self.directory.log_path())?;
        let errors = log
            .try_clone()
            .map_err(Error::file("cannot open", self.directory.log_path()))?;
        // The state of a PostgreSQL that died must not be taken for that of the one about to start.
        forget_readiness(&self.directory.cluster());
        let mut command = Command::new(&self.program);
        command
            .arg("-D")
            .arg(self.directory.cluster())
            .current_dir(self.directory.cluster_parent());
        command.stdin(Stdio::null()).stdout(log).stderr(errors);
        clean_environment(&mut command);
        // A Ctrl-C at the terminal goes to the whole process group; requests should end before the database does.
        command.process_group(0);
        if let Some(account) = &self.account {
            account.apply(&mut command);
        }
        end_with_parent(&mut command);
        command
            .spawn()
            .map_err(Error::file("cannot start", &self.program))
    }

    fn failure(&self, reason: &str) -> Error {
        Error::Start {
            reason: reason.to_owned(),
            log: self.directory.log_path(),
            tail: self.directory.log_tail(),
        }
    }
}

/// Blanks the status line of a `postmaster.pid` that a crash left; its other lines tell PostgreSQL whether anything of
/// the old one still runs.
fn forget_readiness(cluster: &Path) {
    let path = cluster.join("postmaster.pid");
    if let Ok(text) = std::fs::read_to_string(&path)
        && text.trim_end().ends_with("ready")
    {
        let blanked = text.trim_end().trim_end_matches("ready").to_owned() + "stopping\n";
        // Failing only makes readiness look early; the first connection then retries.
        let _ = std::fs::write(&path, blanked);
    }
}

/// Only what PostgreSQL needs: a stray PGDATA or PGPORT would redirect it.
pub(super) fn clean_environment(command: &mut Command) {
    command.env_clear().env("LC_ALL", "C").env("TZ", "UTC");
    for name in ["PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
}

/// Asks the kernel to shut the child down when this process dies, even by `kill -9`. Elsewhere than on Linux the next
/// start ends it.
#[cfg(target_os = "linux")]
#[expect(
    unsafe_code,
    reason = "code between fork and exec has to vouch for itself"
)]
fn end_with_parent(command: &mut Command) {
    let parent = nix::unistd::getpid();
    // SAFETY: prctl and getppid are async-signal-safe, and the closure allocates nothing.
    unsafe {
        command.pre_exec(move || {
            nix::sys::prctl::set_pdeathsig(Signal::SIGINT)?;
            // The parent may have died before the request was made.
            if nix::unistd::getppid() != parent {
                return Err(std::io::Error::from_raw_os_error(nix::libc::ESRCH));
            }
            Ok(())
        });
    }
}

#[cfg(not(target_os = "linux"))]
fn end_with_parent(_command: &mut Command) {}

/// Opens PostgreSQL's log for appending; starts it anew when it has grown. Nobody else may read it, nor what an earlier
/// version let them read.
fn open_log(path: &Path) -> Result<File, Error> {
    const LOG_MAX_BYTES: u64 = 10 * 1024 * 1024;
    const OWNERS_ALONE: u32 = 0o600;
    let old = path.with_extension("log.old");
    if std::fs::metadata(path).is_ok_and(|metadata| metadata.len() > LOG_MAX_BYTES) {
        std::fs::rename(path, &old).map_err(Error::file("cannot rename", path))?;
    }
    let file = OpenOptions::new()
        .create(true)
        .append(true)
        .mode(OWNERS_ALONE)
        .open(path)
        .map_err(Error::file("cannot open", path))?;
    for log in [path, old.as_path()].into_iter().filter(|log| log.exists()) {
        std::fs::set_permissions(log, Permissions::from_mode(OWNERS_ALONE))
            .map_err(Error::file("cannot protect", log))?;
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn logs_that_others_could_read_are_the_owners_alone_from_the_next_start_on() {
        let directory = std::env::temp_dir().join(format!("mindloom-log-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        let (log, old) = (
            directory.join("postgres.log"),
            directory.join("postgres.log.old"),
        );
        drop(open_log(&log).unwrap());
        assert_eq!(mode(&log), 0o600, "a new one");
        for path in [&log, &old] {
            std::fs::write(path, "rows\n").unwrap();
            std::fs::set_permissions(path, Permissions::from_mode(0o644)).unwrap();
        }
        drop(open_log(&log).unwrap());
        assert_eq!((mode(&log), mode(&old)), (0o600, 0o600));
        assert_eq!(std::fs::read_to_string(&log).unwrap(), "rows\n");
        std::fs::remove_dir_all(&directory).unwrap();
    }
}
