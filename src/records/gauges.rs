//! What each server measures of its own machine, once a minute: how much of the disk with its data directory is free.

use std::path::Path;

use lettre::transport::smtp::extension::ClientId;

use crate::{db::Db, error::Result};

const RECORD: &str = "select private.record_gauge('disk_free', $1, $2::float8::numeric, 'percent')";

/// What this machine is called among the figures; mails call it so, too.
pub fn server_name() -> String {
    ClientId::default().to_string()
}

/// Measures and writes it down. A directory that is not there has no disk.
///
/// # Errors
/// UNAVAILABLE when the database does not answer.
pub(super) async fn record(db: &Db, data_dir: &Path) -> Result<()> {
    let Some(free) = free_percent(data_dir) else {
        return Ok(());
    };
    let server = server_name();
    let client = db.system().await?;
    let statement = client.prepare_cached(RECORD).await?;
    client.query(&statement, &[&server, &free]).await?;
    Ok(())
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a part of a disk need not be exact"
)]
fn free_percent(directory: &Path) -> Option<f64> {
    let disk = nix::sys::statvfs::statvfs(directory).ok()?;
    let blocks = disk.blocks();
    (blocks > 0).then(|| disk.blocks_available() as f64 * 100.0 / blocks as f64)
}
