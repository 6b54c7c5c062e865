//! Bytes on their way to where they lie: collected to parts, of which one is written while the next comes together.

use std::{mem, sync::Arc};

use bytes::Bytes;
use object_store::{MultipartUpload, ObjectStore, ObjectStoreExt, PutPayload, path::Path};
use tokio::task::JoinHandle;

/// Writes one content. Dropped unfinished, it leaves nothing that could be read.
pub(super) struct Sink {
    store: Arc<dyn ObjectStore>,
    path: Path,
    part_bytes: usize,
    part: Vec<Bytes>,
    part_size: usize,
    /// Once there is more than one part.
    multipart: Option<Box<dyn MultipartUpload>>,
    flying: Option<JoinHandle<object_store::Result<()>>>,
}

impl Sink {
    pub(super) fn new(store: Arc<dyn ObjectStore>, path: Path, part_bytes: usize) -> Self {
        Sink {
            store,
            path,
            part_bytes,
            part: Vec::new(),
            part_size: 0,
            multipart: None,
            flying: None,
        }
    }

    /// Takes bytes; waits while as much is on its way as may be.
    pub(super) async fn write(&mut self, mut bytes: Bytes) -> object_store::Result<()> {
        while self.part_size + bytes.len() >= self.part_bytes {
            let fits = bytes.split_to(self.part_bytes - self.part_size);
            self.push(fits);
            self.send_part().await?;
        }
        if !bytes.is_empty() {
            self.push(bytes);
        }
        Ok(())
    }

    fn push(&mut self, bytes: Bytes) {
        self.part_size += bytes.len();
        self.part.push(bytes);
    }

    async fn send_part(&mut self) -> object_store::Result<()> {
        let part: PutPayload = mem::take(&mut self.part).into_iter().collect();
        self.part_size = 0;
        self.landed().await?;
        let multipart = match &mut self.multipart {
            Some(multipart) => multipart,
            none => none.insert(self.store.put_multipart(&self.path).await?),
        };
        self.flying = Some(tokio::spawn(multipart.put_part(part)));
        Ok(())
    }

    /// Waits for the part that is on its way.
    async fn landed(&mut self) -> object_store::Result<()> {
        match &mut self.flying {
            None => Ok(()),
            Some(flying) => {
                let landed = flying.await;
                self.flying = None;
                landed?
            }
        }
    }

    /// Writes the rest: from here on the content can be read.
    pub(super) async fn finish(mut self) -> object_store::Result<()> {
        if self.multipart.is_none() {
            let part: PutPayload = mem::take(&mut self.part).into_iter().collect();
            return self.store.put(&self.path, part).await.map(drop);
        }
        if self.part_size > 0 {
            self.send_part().await?;
        }
        self.landed().await?;
        match self.multipart.take() {
            Some(mut multipart) => match multipart.complete().await {
                Ok(_) => Ok(()),
                Err(error) => {
                    self.multipart = Some(multipart);
                    Err(error)
                }
            },
            None => Ok(()),
        }
    }
}

/// Parts that were sent already are given up. A service keeps those of a server that dies until its own rule for
/// unfinished uploads takes them.
impl Drop for Sink {
    fn drop(&mut self) {
        let flying = self.flying.take();
        let Some(mut multipart) = self.multipart.take() else {
            return;
        };
        // While a runtime shuts down nobody is left to do it: the next removal of the version does.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                if let Some(flying) = flying {
                    drop(flying.await);
                }
                if let Err(error) = multipart.abort().await {
                    tracing::debug!(%error, "an unfinished upload could not be given up");
                }
            });
        }
    }
}
