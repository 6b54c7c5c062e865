//! Signed addresses, given to those whom the policies allow what the address allows.

use std::{borrow::Cow, collections::HashSet};

use postgres_types::{ToSql, Type};

use super::{
    Grant, NewFile, Object, Result, Storage, StorageError, Transform, Writer, name,
    signing::SignedBy,
};
use crate::auth::{Caller, Share};

/// How long a signed upload may be begun, in seconds.
pub const UPLOAD_GRANT_S: u64 = 7_200;
/// Addresses of one request.
const BATCH_MAX: usize = 1_000;
/// Why there is no address for a file.
pub const UNSIGNED: &str = "Either the object does not exist or you do not have access to it";

impl Storage {
    /// A token with which anybody reads a file that the caller may see, for `expires_in_s` seconds.
    ///
    /// # Errors
    /// Says that there is no such file to the caller, or that the time makes no sense.
    pub async fn sign_download(
        &self,
        caller: &Caller,
        bucket: &str,
        name: &str,
        expires_in_s: u64,
        transform: Option<Transform>,
    ) -> Result<(Object, String)> {
        let object = self.find(caller, bucket, name).await?;
        let url = format!("{bucket}/{}", object.name);
        let token = self
            .signer()
            .sign(Grant::Download { url, transform }, expires_in_s)?;
        Ok((object, token))
    }

    /// The same of many: for each name a token, or nothing where the caller sees no such file.
    ///
    /// # Errors
    /// When there are too many, or the time makes no sense.
    pub async fn sign_downloads(
        &self,
        caller: &Caller,
        bucket: &str,
        names: &[String],
        expires_in_s: u64,
        transform: Option<Transform>,
    ) -> Result<Vec<Option<String>>> {
        // Name by name: of a table without statistics PostgreSQL takes the policies' conditions for better ones than
        // `any`, and compares all files of the bucket with all names.
        const VISIBLE: &str = "
            select o.name from unnest($2) asked (name) cross join lateral (
              select o.name from storage.objects o
              where o.bucket_id = $1 and o.name = asked.name and o.version is not null limit 1) o";
        static TYPES: [Type; 2] = [Type::TEXT, Type::TEXT_ARRAY];
        if names.is_empty() || names.len() > BATCH_MAX {
            let message = format!("paths must be 1 to {BATCH_MAX}");
            return Err(StorageError::invalid_parameter(message));
        }
        let normal = |name: &String| name::normal(name).ok().map(Cow::into_owned);
        let normal: Vec<Option<String>> = names.iter().map(normal).collect();
        let asked: Vec<&str> = normal.iter().flatten().map(String::as_str).collect();
        let values: [&(dyn ToSql + Sync); 2] = [&bucket, &asked];
        let visible = self.rows_of(caller, VISIBLE, &TYPES, &values).await?;
        let visible: HashSet<String> = visible.into_iter().collect();
        let sign = |name: &Option<String>| match name {
            Some(name) if visible.contains(name) => {
                let grant = Grant::Download {
                    url: format!("{bucket}/{name}"),
                    transform: transform.clone(),
                };
                self.signer().sign(grant, expires_in_s).map(Some)
            }
            _ => Ok(None),
        };
        normal.iter().map(sign).collect()
    }

    /// A token with which anybody writes a file that the caller may write; it becomes the caller's.
    ///
    /// # Errors
    /// As of an upload by the caller.
    pub async fn sign_upload(&self, writer: &Writer, mut file: NewFile) -> Result<String> {
        file.name = name::normal(&file.name)?.into_owned();
        // Whether it may, is asked with a version that nothing will come for.
        drop(self.reserve(writer, &file).await?);
        let grant = Grant::Upload {
            url: format!("{}/{}", file.bucket, file.name),
            by: SignedBy::of(&writer.caller),
            upsert: file.upsert,
        };
        self.signer().sign(grant, UPLOAD_GRANT_S)
    }

    /// The file that a token lets its bearer read, until when (in seconds since 1970), and in which size if not its own.
    /// `share` says whose share of the server asking for it counts against.
    ///
    /// # Errors
    /// When the token is none of ours, is too old, or for another file; when the file is gone.
    pub async fn signed_object(
        &self,
        share: Share,
        token: &str,
        bucket: &str,
        name: &str,
    ) -> Result<(Object, u64, Option<Transform>)> {
        let (grant, exp) = self.signer().verify(token)?;
        match grant {
            Grant::Download { url, transform } if is_of(&url, bucket, name) => {
                Ok((self.find_for(share, bucket, name).await?, exp, transform))
            }
            Grant::Download { .. } => Err(StorageError::invalid_signature("Invalid signature")),
            Grant::Upload { .. } => Err(StorageError::invalid_signature(
                "Token is not scoped for download",
            )),
        }
    }

    /// On whose behalf the bearer of a token writes a file, and whether it may replace one: as who signed it, with the
    /// rights that they have now. `share` says whose share of the server asking for it counts against.
    ///
    /// # Errors
    /// When the token is none of ours, is too old, or for another file; when the account of who signed it is suspended
    /// or gone.
    pub async fn signed_writer(
        &self,
        share: Share,
        token: &str,
        bucket: &str,
        name: &str,
    ) -> Result<(Writer, bool)> {
        match self.signer().verify(token)?.0 {
            Grant::Upload { url, by, upsert } if is_of(&url, bucket, name) => {
                let caller = self.present(share, &by).await?;
                Ok((self.writer(&caller), upsert))
            }
            Grant::Upload { .. } => Err(StorageError::invalid_signature("Invalid signature")),
            Grant::Download { .. } => Err(StorageError::invalid_signature(
                "Token is not scoped for upload",
            )),
        }
    }
}

fn is_of(url: &str, bucket: &str, name: &str) -> bool {
    let name = name::normal(name);
    name.is_ok_and(|name| {
        url.split_once('/')
            .is_some_and(|(of, path)| of == bucket && path == name)
    })
}
