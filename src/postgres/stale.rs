//! A PostgreSQL that outlived its server. This process holds the server's lock, so nobody else needs it.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::directory::DataDirectory;
use super::error::Error;

const POLL: Duration = Duration::from_millis(20);
/// How long a PostgreSQL that was asked to end may take, and its last processes after it.
const PATIENCE: Duration = Duration::from_secs(30);

/// Ends the PostgreSQL that a killed server left on this cluster, if there is one, and waits for
/// its end. It is asked to shut down, then to stop at once (which is a crash it recovers from); it
/// is never killed, because the processes of a killed PostgreSQL may still write.
pub(super) fn end_stale_postmaster(directory: &DataDirectory) -> Result<(), Error> {
    let cluster = directory.cluster();
    let pid_file = cluster.join("postmaster.pid");
    let Some(pid) = recorded_pid(&pid_file) else {
        return Ok(());
    };
    if is_alive(pid) && runs_on(pid, &cluster) != Some(false) {
        tracing::warn!(%pid, "ending the PostgreSQL that a killed server left behind");
        end(pid, &cluster)?;
    }
    // PostgreSQL refuses to start while processes of the old one run, which a killed one leaves for a moment, and while
    // the number in this file belongs to any process: one that nobody has waited for, or another program that was given
    // the number since. So the former are waited for, and then the file goes. Where the system does not list
    // processes, the decision stays PostgreSQL's.
    if pid_file.exists() && Path::new("/proc/self/cwd").exists() {
        let waiting_since = Instant::now();
        while any_process_on(&cluster) {
            if waiting_since.elapsed() > PATIENCE {
                return Err(Error::Stale {
                    pid: pid.as_raw(),
                    dir: cluster,
                });
            }
            std::thread::sleep(POLL);
        }
        if exists(pid) {
            // The socket has such a file too; it may have gone with an orderly end.
            let socket = format!(".s.PGSQL.{}.lock", directory.port());
            let _ = fs::remove_file(directory.socket_dir().join(socket));
            fs::remove_file(&pid_file).map_err(Error::file("cannot remove", pid_file))?;
        }
    }
    Ok(())
}

fn end(pid: Pid, cluster: &Path) -> Result<(), Error> {
    for signal in [Signal::SIGINT, Signal::SIGQUIT] {
        // An error means that it has just ended.
        let _ = kill(pid, signal);
        let asked = Instant::now();
        while asked.elapsed() < PATIENCE {
            if !is_alive(pid) {
                return Ok(());
            }
            std::thread::sleep(POLL);
        }
    }
    Err(Error::Stale {
        pid: pid.as_raw(),
        dir: cluster.to_path_buf(),
    })
}

fn recorded_pid(pid_file: &Path) -> Option<Pid> {
    let text = fs::read_to_string(pid_file).ok()?;
    text.lines().next()?.trim().parse().ok().map(Pid::from_raw)
}

/// Whether the number belongs to a process, be it one that has ended.
fn exists(pid: Pid) -> bool {
    !matches!(kill(pid, None), Err(Errno::ESRCH))
}

fn is_alive(pid: Pid) -> bool {
    exists(pid) && !is_zombie(pid)
}

/// A process that has ended but that nobody has waited for still has a number.
fn is_zombie(pid: Pid) -> bool {
    fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| {
        stat.rsplit(')')
            .next()
            .is_some_and(|rest| rest.trim_start().starts_with('Z'))
    })
}

/// Whether the process works in the cluster's directory, as every process of a PostgreSQL does; `None` when the
/// system does not tell.
fn runs_on(pid: Pid, cluster: &Path) -> Option<bool> {
    if Path::new("/proc/self/cwd").exists() {
        // Unreadable means another user's process, which PostgreSQL's would not be.
        let cwd = fs::read_link(format!("/proc/{pid}/cwd"));
        return Some(cwd.is_ok_and(|cwd| cwd == cluster));
    }
    let output = std::process::Command::new("ps")
        .args(["-o", "command=", "-p", &pid.to_string()])
        .output()
        .ok()?;
    let command = String::from_utf8_lossy(&output.stdout).into_owned();
    Some(command.contains("postgres") && command.contains(&*cluster.to_string_lossy()))
}

/// Whether any process works in the cluster's directory.
fn any_process_on(cluster: &Path) -> bool {
    let mut processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    processes
        .any(|process| fs::read_link(process.path().join("cwd")).is_ok_and(|cwd| cwd == cluster))
}
