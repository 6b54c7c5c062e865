//! Files: their bytes, and their rows, which say what and whose they are. Row level security decides who reads and
//! writes; what is here knows no HTTP.
//!
//! Each content lies under its version, and a row names one: overwriting writes new bytes beside the old ones and then
//! changes the row, moving changes the row alone. How a row and its bytes stay together is told in `upload`; what has no
//! row any more, the job `storage.remove_files` removes.

mod address;
mod audio;
mod backend;
mod bucket;
mod buffers;
mod change;
mod error;
mod images;
mod incoming;
mod list;
mod media;
mod name;
mod object;
mod per_share;
mod read;
mod removal;
mod resumable;
mod row;
mod signed;
mod signer_account;
mod signing;
mod signs_of_life;
mod sink;
mod turns;
mod unfinished;
mod upload;

use std::{sync::Arc, time::Duration};

pub use address::address;
pub use audio::AudioFacts;
pub use backend::{Backend, BackendError};
pub use bucket::{Bucket, BucketList, BucketSettings};
pub use change::Place;
pub use error::{Result, StorageError};
pub use images::{Format, Rendered, Resize, Transform};
pub use incoming::{Arriving, ExpectedName, Head, Incoming, IncomingFile, Piece};
pub use list::{Listing, Page, PageRequest};
pub use media::{handed_out, may_run};
pub use name::last_step;
pub use object::{Metadata, Object};
pub use read::Bodies;
pub use removal::Check;
pub use resumable::{Resumable, Resumer};
pub use signed::UNSIGNED;
pub use signing::{Grant, SignedBy};
pub use upload::{NewFile, Stored, Upload, Writer};

use self::{buffers::Buffers, images::Images, signing::Signer, turns::Turns};
use crate::{
    config::{DataSettings, FileSettings},
    db::Db,
    error::Error,
    realtime::Bell,
};

/// The longest that a request about files waits for one of the server's own connections.
const TURN_WAIT_MAX: Duration = Duration::from_secs(5);

/// The files of a server. Cheap to clone.
#[derive(Clone)]
pub struct Storage(Arc<Inner>);

struct Inner {
    db: Db,
    settings: FileSettings,
    backend: Backend,
    buffers: Arc<Buffers>,
    signer: Signer,
    images: Images,
    turns: Turns,
    incoming: Arc<Incoming>,
    bell: Arc<Bell>,
    is_ours: bool,
}

/// Why there can be no files.
#[derive(Debug, thiserror::Error)]
pub enum StorageOpenError {
    /// The place of bytes cannot be had.
    #[error(transparent)]
    Backend(#[from] BackendError),
    /// The database does not answer.
    #[error(transparent)]
    Database(#[from] Error),
}

impl Storage {
    /// Files of a database, whose bytes lie where the settings say, signed under a key derived from `secret`.
    ///
    /// # Errors
    /// When the place of bytes cannot be had, or the database does not answer.
    pub async fn open(
        db: Db,
        settings: &FileSettings,
        data: &DataSettings,
        secret: &[u8],
        bell: &Arc<Bell>,
    ) -> Result<Self, StorageOpenError> {
        const IS_OURS: &str = "
            select exists (select from mindloom.created_objects where kind = 'topic' and name = 'storage')";
        let client = db.system().await?;
        let row = client.query_one(IS_OURS, &[]).await.map_err(Error::from)?;
        let is_ours = row.get(0);
        drop(client);
        Ok(Storage(Arc::new(Inner {
            backend: Backend::open(settings, &data.data_dir())?,
            settings: settings.clone(),
            buffers: Arc::default(),
            signer: Signer::new(secret),
            images: Images::new(
                &data.cache_dir(),
                settings.image_max_pixels,
                settings.image_cache_bytes,
            ),
            turns: Turns::new(db.system_connections(), TURN_WAIT_MAX),
            incoming: Arc::default(),
            bell: Arc::clone(bell),
            db,
            is_ours,
        })))
    }

    /// Whether files are this server's; on a database of Supabase they are Supabase's.
    ///
    /// # Errors
    /// Says where they are, when they are not.
    pub fn check_ours(&self) -> Result<()> {
        if self.0.is_ours {
            return Ok(());
        }
        Err(StorageError::not_supported(
            "The files of this database are Supabase's: ask its own storage service",
        ))
    }

    /// Where the bytes lie.
    #[must_use]
    pub fn backend(&self) -> &Backend {
        &self.0.backend
    }

    pub(crate) fn db(&self) -> &Db {
        &self.0.db
    }

    pub(crate) fn settings(&self) -> &FileSettings {
        &self.0.settings
    }

    /// The files of GraphQL's requests that run now.
    #[must_use]
    pub fn incoming(&self) -> &Arc<Incoming> {
        &self.0.incoming
    }

    fn buffers(&self) -> &Arc<Buffers> {
        &self.0.buffers
    }

    fn turns(&self) -> &Turns {
        &self.0.turns
    }

    fn images(&self) -> &Images {
        &self.0.images
    }

    fn signer(&self) -> &Signer {
        &self.0.signer
    }

    /// Wakes whoever follows changes.
    fn ring(&self) {
        self.0.bell.ring();
    }
}
