//! Reads files ahead of the requests that carry them: each once, for every bucket, and never more than a given
//! amount of memory holds.

use crate::content::release::SiteFile;
use crate::error::{Error, Result};
use bytes::Bytes;
use std::sync::Arc;
use tokio::runtime::Handle;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many KiB are held at once: three of the largest files that go whole, so that the next ones are on their way
/// while one arrives.
const MEMORY_KIB: usize = 24 * 1024;

/// What the smallest file counts: as many files as that are more than are on their way at once.
const LEAST_KIB: usize = 32;

/// A file that is wanted.
#[derive(Debug)]
pub struct Wanted {
    /// By which whoever wants it knows it.
    pub index: usize,
    /// The file.
    pub file: SiteFile,
    /// The lanes, by number, that carry it.
    pub lanes: Vec<usize>,
}

/// A file's bytes on a lane.
#[derive(Debug)]
pub struct Loaded {
    /// By which whoever wants it knows it.
    pub index: usize,
    /// What is in it.
    pub bytes: Bytes,
    /// Its share of the memory, given back once no lane has it any more.
    _share: Arc<OwnedSemaphorePermit>,
}

/// Reads these files in order and puts each on its lanes, until one of them takes no more: then the run is at its end.
pub async fn read_ahead(wanted: Vec<Wanted>, lanes: Vec<UnboundedSender<Loaded>>) -> Result<()> {
    let runtime = Handle::current();
    let memory = Arc::new(Semaphore::new(MEMORY_KIB));
    let reading = tokio::task::spawn_blocking(move || {
        for Wanted { index, file, lanes: numbers } in wanted {
            let share = runtime.block_on(Arc::clone(&memory).acquire_many_owned(kib(&file)));
            let share = Arc::new(share.map_err(|error| unread(&file).because(error))?);
            let bytes = Bytes::from(file.read()?);
            for lane in numbers.iter().filter_map(|number| lanes.get(*number)) {
                let loaded = Loaded { index, bytes: bytes.clone(), _share: Arc::clone(&share) };
                if lane.send(loaded).is_err() {
                    return Ok(());
                }
            }
        }
        Ok(())
    });
    reading.await.map_err(|error| Error::failed("Could not read the site's files").because(error))?
}

fn kib(file: &SiteFile) -> u32 {
    let kib = usize::try_from(file.size().div_ceil(1024)).unwrap_or(MEMORY_KIB);
    u32::try_from(kib.clamp(LEAST_KIB, MEMORY_KIB)).unwrap_or(u32::MAX)
}

fn unread(file: &SiteFile) -> Error {
    Error::failed(format!("Could not read {}", file.path().display()))
}
