//! The one PostgreSQL of this test run, in a directory that goes with the process.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use mindloom::config::Settings;
use mindloom::postgres::{self, Database};
use tokio::sync::OnceCell;

/// Directories of test runs are named after it and the process id.
const PREFIX: &str = "mindloom-test-";

static STARTED: OnceCell<Settings> = OnceCell::const_new();
/// Taken and dropped when the process ends, which stops PostgreSQL.
static RUNNING: Mutex<Option<Database>> = Mutex::new(None);

/// Set before PostgreSQL is stopped: who is about to drop a database has nothing to do any more.
static STOPPING: AtomicBool = AtomicBool::new(false);

/// Settings whose `database` reaches the PostgreSQL of this run, which has a database
/// [`super::database::TEMPLATE`].
pub async fn cluster() -> &'static Settings {
    STARTED.get_or_init(start).await
}

/// The same, when it has been started.
pub fn started() -> Option<&'static Settings> {
    STARTED.get()
}

/// Whether the process ends, and PostgreSQL with it.
pub fn is_stopping() -> bool {
    STOPPING.load(Ordering::Acquire)
}

async fn start() -> Settings {
    remove_leftovers();
    let mut settings =
        Settings::from_flags(["--data-dir", path(&run_dir().join("cluster"))]).expect("settings");
    settings.embedded.disposable = true;
    settings.database.url = None;
    settings.database.request_pool_size = Some(4);
    settings.database.transaction_pool_size = 4;
    settings.database.system_pool_size = 4;
    settings.database.pool_wait_ms = 30_000;
    let database = postgres::serve(&settings)
        .await
        .expect("the embedded PostgreSQL starts");
    settings.database = database.settings().clone();
    *RUNNING.lock().expect("no test panics in here") = Some(database);
    #[expect(unsafe_code, reason = "what ends with the process has no other hook")]
    // SAFETY: the function takes nothing, returns nothing, and is not unwound out of.
    unsafe {
        nix::libc::atexit(stop_at_exit)
    };
    super::database::make_template(&settings.database).await;
    settings
}

/// Runs when the process ends, however the tests went; a killed process takes PostgreSQL along by the kernel's help,
/// and its directory is removed by the next run.
extern "C" fn stop_at_exit() {
    STOPPING.store(true, Ordering::Release);
    if let Ok(mut running) = RUNNING.lock() {
        drop(running.take());
    }
    let _ = std::fs::remove_dir_all(run_dir());
}

/// A new directory below this run's, for a test that needs files; removed with the run.
pub fn scratch_dir() -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let dir = run_dir().join(format!("scratch-{}", COUNT.fetch_add(1, Ordering::Relaxed)));
    std::fs::create_dir_all(&dir).expect("a scratch directory");
    dir
}

fn run_dir() -> PathBuf {
    std::env::temp_dir().join(format!("{PREFIX}{}", std::process::id()))
}

/// Removes what killed test runs left.
fn remove_leftovers() {
    for entry in std::fs::read_dir(std::env::temp_dir())
        .into_iter()
        .flatten()
        .flatten()
    {
        let name = entry.file_name();
        let pid = name
            .to_str()
            .and_then(|name| name.strip_prefix(PREFIX)?.parse().ok());
        if pid.is_some_and(|pid| {
            nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), None).is_err()
        }) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

fn path(path: &Path) -> &str {
    path.to_str()
        .expect("a temporary directory with a plain name")
}
