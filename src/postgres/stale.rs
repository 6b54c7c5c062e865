//! A PostgreSQL that outlived its server. This process holds the server's lock, so nobody else needs it.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::directory::DataDirectory;
use super::error::Error;

/// Ends the PostgreSQL that a killed server left on this cluster, if there is one, and waits for its end. It is asked
/// to shut down, then to stop at once (which is a crash it recovers from); it is never killed, because the processes
/// of a killed PostgreSQL may still write.
pub(super) fn end_stale_postmaster(directory: &DataDirectory) -> Result<(), Error> {
    let cluster = directory.cluster();
    let pid_file = cluster.join("postmaster.pid");
    let Some(pid) = recorded_pid(&pid_file) else {
        return Ok(());
    };
    if !is_alive(pid) {
        return Ok(());
    }
    match runs_on(pid, &cluster) {
        Some(true) => {}
        // The number was given to another program since; PostgreSQL would take that for a running postmaster.
        Some(false) if !any_process_on(&cluster) => {
            return fs::remove_file(&pid_file).map_err(Error::file("cannot remove", pid_file));
        }
        Some(false) | None => return Ok(()),
    }
    tracing::warn!(
        pid = pid.as_raw(),
        "ending the PostgreSQL that a killed server left behind"
    );
    for (signal, patience) in [
        (Signal::SIGINT, Duration::from_secs(30)),
        (Signal::SIGQUIT, Duration::from_secs(30)),
    ] {
        // An error means that it has just ended.
        let _ = kill(pid, signal);
        let asked = Instant::now();
        while asked.elapsed() < patience {
            if !is_alive(pid) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
    Err(Error::Stale {
        pid: pid.as_raw(),
        dir: cluster,
    })
}

fn recorded_pid(pid_file: &Path) -> Option<Pid> {
    let text = fs::read_to_string(pid_file).ok()?;
    text.lines().next()?.trim().parse().ok().map(Pid::from_raw)
}

fn is_alive(pid: Pid) -> bool {
    !is_zombie(pid) && !matches!(kill(pid, None), Err(Errno::ESRCH))
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
        return fs::read_link(format!("/proc/{pid}/cwd"))
            .ok()
            .map(|cwd| cwd == cluster);
    }
    let output = std::process::Command::new("ps")
        .args(["-o", "command=", "-p", &pid.to_string()])
        .output()
        .ok()?;
    let command = String::from_utf8_lossy(&output.stdout).into_owned();
    Some(command.contains("postgres") && command.contains(&*cluster.to_string_lossy()))
}

/// Whether any process works in the cluster's directory; true when the system does not tell.
fn any_process_on(cluster: &Path) -> bool {
    let Ok(entries) = fs::read_dir("/proc") else {
        return true;
    };
    entries
        .flatten()
        .any(|entry| fs::read_link(entry.path().join("cwd")).is_ok_and(|cwd| cwd == cluster))
}
