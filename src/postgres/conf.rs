//! `mindloom.conf`, which the cluster's `postgresql.conf` includes.

use std::fmt::Write;
use std::fs;

use super::account::Account;
use super::binaries::Binaries;
use super::directory::DataDirectory;
use super::error::Error;
use crate::memory;

const MIB: u64 = 1024 * 1024;

/// Keeps people's rows out of the log: DETAIL lines quote the row or key that an error is about, statements hold
/// literals, and parameters are what people wrote. Whoever sent a statement is told all of that all the same.
const QUIET_LOG: &str = "log_error_verbosity = terse\n\
    log_min_error_statement = panic\n\
    log_parameter_max_length = 0\n\
    log_parameter_max_length_on_error = 0\n";

/// Writes the settings of this start. `ALTER SYSTEM` still overrides them.
pub(super) fn write(
    directory: &DataDirectory,
    binaries: &Binaries,
    port: Option<u16>,
    disposable: bool,
    account: Option<&Account>,
) -> Result<(), Error> {
    let path = directory.cluster().join("mindloom.conf");
    let text = render(directory, binaries, port, disposable);
    fs::write(&path, text).map_err(Error::file("cannot write", &path))?;
    account.map_or(Ok(()), |account| account.own(&path))
}

fn render(
    directory: &DataDirectory,
    binaries: &Binaries,
    port: Option<u16>,
    disposable: bool,
) -> String {
    let memory_bytes = memory::machine_bytes();
    let addresses = if port.is_some() { "127.0.0.1" } else { "" };
    let sockets = directory.socket_dir().to_string_lossy().replace('\'', "''");
    let shared_mib = if disposable {
        64
    } else {
        (memory_bytes / 8 / MIB).clamp(128, 2048)
    };
    let cache_mib = (memory_bytes / 2 / MIB).clamp(256, 65_536);
    let maintenance_mib = (memory_bytes / 16 / MIB).clamp(64, 1024);
    let mut text = format!(
        "# Written by mindloom at every start.\n\
         listen_addresses = '{addresses}'\n\
         port = {}\n\
         unix_socket_directories = '{sockets}'\n\
         password_encryption = 'scram-sha-256'\n\
         max_connections = {}\n\
         shared_buffers = {shared_mib}MB\n\
         effective_cache_size = {cache_mib}MB\n\
         maintenance_work_mem = {maintenance_mib}MB\n\
         work_mem = 16MB\n\
         random_page_cost = 1.1\n\
         jit = off\n\
         max_wal_size = 2GB\n\
         wal_compression = on\n\
         track_commit_timestamp = on\n\
         timezone = 'UTC'\n\
         log_timezone = 'UTC'\n\
         log_line_prefix = '%m [%p] %q%u@%d '\n\
         log_file_mode = 0600\n\
         {QUIET_LOG}",
        port.unwrap_or(super::directory::DEFAULT_PORT),
        if disposable { 400 } else { 100 },
    );
    if !shared_memory_is_roomy() {
        // Containers give /dev/shm 64 MiB; a parallel index build that runs out of it fails.
        text.push_str("max_parallel_maintenance_workers = 0\n");
    }
    if binaries.has_library("pg_stat_statements") {
        text.push_str("shared_preload_libraries = 'pg_stat_statements'\n");
    }
    if disposable {
        let _ = write!(
            text,
            "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nwal_level = minimal\nmax_wal_senders = 0\n"
        );
    }
    text
}

/// Whether shared memory holds a parallel index build; true on systems without /dev/shm.
fn shared_memory_is_roomy() -> bool {
    const ROOMY_BYTES: u64 = 512 * MIB;
    nix::sys::statvfs::statvfs("/dev/shm")
        .map(|stat| stat.fragment_size().saturating_mul(stat.blocks_available()) >= ROOMY_BYTES)
        .unwrap_or(true)
}
