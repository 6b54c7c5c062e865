//! Addresses at which clients reach files, below `/storage/v1`.

use url::Url;

use super::{Grant, Result, Storage, StorageError};

impl Storage {
    /// The address of a file for whoever has it, good for so many seconds. Nobody is asked whether they may read it.
    /// Nothing where files are Supabase's.
    #[must_use]
    pub fn signed_url(
        &self,
        server: &Url,
        bucket: &str,
        name: &str,
        expires_in_s: u64,
    ) -> Option<String> {
        self.check_ours().ok()?;
        let grant = Grant::Download {
            url: format!("{bucket}/{name}"),
            transform: None,
        };
        let token = self.signer().sign(grant, expires_in_s).ok()?;
        let url = address(server, &["object", "sign"], bucket, name, &token).ok()?;
        Some(url.into())
    }

    /// The address of a file of a public bucket, which lasts. Nobody is asked whether the bucket is one. Nothing where
    /// files are Supabase's.
    #[must_use]
    pub fn public_url(&self, server: &Url, bucket: &str, name: &str) -> Option<String> {
        self.check_ours().ok()?;
        let url = place(server, &["object", "public"], bucket, name).ok()?;
        Some(url.into())
    }
}

/// The address of a file by one of the ways of the storage, with the token that lets its bearer in.
///
/// # Errors
/// When the server's own address has no path.
pub fn address(server: &Url, way: &[&str], bucket: &str, name: &str, token: &str) -> Result<Url> {
    let mut url = place(server, way, bucket, name)?;
    url.query_pairs_mut().append_pair("token", token);
    Ok(url)
}

fn place(server: &Url, way: &[&str], bucket: &str, name: &str) -> Result<Url> {
    let mut url = server.clone();
    let steps = url.path_segments_mut();
    let mut steps = steps.map_err(|()| StorageError::not_supported("The server has no address"))?;
    steps
        .pop_if_empty()
        .extend(["storage", "v1"])
        .extend(way)
        .push(bucket)
        .extend(name.split('/'));
    drop(steps);
    Ok(url)
}
