//! Makes the database cluster, its database and its two logins.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;

use tokio_postgres::NoTls;

use super::account::Account;
use super::binaries::Binaries;
use super::directory::{self, DataDirectory};
use super::error::Error;
use super::process::clean_environment;
use crate::progress::Progress;

/// The superuser that owns everything; only the server itself logs in as it.
pub(super) const OWNER: &str = "mindloom";
/// The login of requests.
pub(super) const AUTHENTICATOR: &str = "authenticator";
/// The database.
pub(super) const DATABASE: &str = "mindloom";

/// Makes the cluster unless it is there. It is made beside its final name and renamed, so that an interrupted start
/// leaves nothing that looks like a cluster.
pub(super) fn ensure(
    directory: &DataDirectory,
    binaries: &Binaries,
    account: Option<&Account>,
    disposable: bool,
) -> Result<(), Error> {
    if directory.cluster_major().is_some() {
        return Ok(());
    }
    let progress = (!disposable).then(|| Progress::step("making the database"));
    let new = directory.cluster_parent().join("cluster.new");
    if new.exists() {
        fs::remove_dir_all(&new).map_err(Error::file("cannot remove", &new))?;
    }
    let password_file = directory.cluster_parent().join("owner-password");
    directory::write_private(&password_file, directory.passwords()?.owner.as_bytes())?;
    if let Some(account) = account {
        account.own(&password_file)?;
    }
    let outcome = initdb(
        &new,
        &password_file,
        directory,
        binaries,
        account,
        disposable,
    );
    let _ = fs::remove_file(&password_file);
    outcome?;
    append(
        &new.join("postgresql.conf"),
        "\n# Written by mindloom at every start; put your own settings below.\ninclude_if_exists = 'mindloom.conf'\n",
    )?;
    append_hba(&new.join("pg_hba.conf"))?;
    let cluster = directory.cluster();
    fs::rename(&new, &cluster).map_err(Error::file("cannot rename", new))?;
    if let Some(progress) = progress {
        progress.done();
    }
    Ok(())
}

fn initdb(
    new: &Path,
    password_file: &Path,
    directory: &DataDirectory,
    binaries: &Binaries,
    account: Option<&Account>,
    disposable: bool,
) -> Result<(), Error> {
    let mut command = Command::new(binaries.program("initdb"));
    command
        .arg("-D")
        .arg(new)
        .arg("--pwfile")
        .arg(password_file)
        .current_dir(directory.cluster_parent());
    command.args([
        "-U",
        OWNER,
        "-E",
        "UTF8",
        "--auth=scram-sha-256",
        "--no-instructions",
        "--data-checksums",
    ]);
    if binaries.major() >= 17 {
        // The same order and case folding on every system, and no index to rebuild when the C library changes.
        command.args([
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
        ]);
    } else {
        command.args(["--locale=C.UTF-8"]);
    }
    if disposable {
        command.arg("--no-sync");
    }
    clean_environment(&mut command);
    if let Some(account) = account {
        account.apply(&mut command);
    }
    let output = command
        .output()
        .map_err(Error::file("cannot start", binaries.program("initdb")))?;
    if output.status.success() {
        return Ok(());
    }
    let output = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(Error::Program {
        program: "initdb",
        output,
    })
}

fn append(path: &Path, text: &str) -> Result<(), Error> {
    fs::OpenOptions::new()
        .append(true)
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(Error::file("cannot write", path))
}

/// Every way in asks for a password, the socket included: other users of the machine can reach it.
fn append_hba(path: &Path) -> Result<(), Error> {
    const RULES: &str = "\
        # type  database     user  address        method\n\
        local   all          all                  scram-sha-256\n\
        host    all          all   127.0.0.1/32   scram-sha-256\n\
        host    all          all   ::1/128        scram-sha-256\n\
        local   replication  all                  scram-sha-256\n";
    fs::write(path, RULES).map_err(Error::file("cannot write", path))
}

/// Makes the database and the login of requests, once.
pub(super) async fn bootstrap(directory: &DataDirectory) -> Result<(), Error> {
    if directory.is_bootstrapped() {
        return Ok(());
    }
    let passwords = directory.passwords()?;
    let url = directory.url(OWNER, &passwords.owner, "postgres");
    let (client, connection) = tokio_postgres::connect(&url, NoTls)
        .await
        .map_err(Error::Connect)?;
    let connection = tokio::spawn(connection);
    let has_database = client
        .query_opt("select from pg_database where datname = $1", &[&DATABASE])
        .await
        .map_err(Error::Connect)?
        .is_some();
    if !has_database {
        client
            .batch_execute(&format!("create database {DATABASE}"))
            .await
            .map_err(Error::Connect)?;
    }
    let has_login = client
        .query_opt("select from pg_roles where rolname = $1", &[&AUTHENTICATOR])
        .await
        .map_err(Error::Connect)?
        .is_some();
    let verb = if has_login { "alter" } else { "create" };
    // The password consists of URL-safe letters, so it needs no quoting.
    let login = format!(
        "{verb} role {AUTHENTICATOR} login noinherit password '{}'",
        passwords.authenticator
    );
    client.batch_execute(&login).await.map_err(Error::Connect)?;
    drop(client);
    let _ = connection.await?;
    directory.mark_bootstrapped()
}
