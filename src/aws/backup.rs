//! Bringing a release to this machine: every file of it, checked against the manifest, into one folder.

use super::bucket::Bucket;
use super::listing::key_of;
use super::record::Record;
use super::refusal::Refusal;
use super::session::Session;
use crate::apply::event::Amount;
use crate::apply::{Performed, Reporter};
use crate::blueprint::backup::BackUp;
use crate::content::hash::ContentHash;
use crate::content::local_name::local_name;
use crate::content::manifest::{Entry, Manifest};
use crate::error::{Error, Kind, Result};
use futures::stream::{self, StreamExt, TryStreamExt};
use sha2::{Digest as _, Sha256};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use tempfile::NamedTempFile;
use tokio::fs;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// How many files are fetched at once.
const FILES_AT_ONCE: usize = 16;
/// How much of a file is held in memory while it is read again.
const PIECE: usize = 64 * 1024;

/// Brings the release in the bucket into the folder. Files that are there already and are right are left alone, so
/// an interrupted copy is gone on with; anything else under their names is never written over.
///
/// # Errors
/// When the bucket holds another release by now, or a file can't be fetched, is not what the manifest says, or
/// can't be written.
pub async fn back_up(session: &Session, site: &str, wanted: &BackUp, report: &Reporter) -> Result<Performed> {
    let bucket = Bucket::reach(session, &wanted.bucket).await?;
    bucket.is_there(site).await?;
    let manifest = manifest(&bucket, wanted).await?;
    let folder = made(&wanted.folder).await?;
    let copy = Copying { bucket: &bucket, folder: &folder, report, done: Mutex::new(total(&manifest)) };
    let files: Vec<(&String, &Entry)> = manifest.files.iter().collect();
    let coming = stream::iter(0..files.len()).map(|index| copy.bring(files[index].0, files[index].1));
    let renamed: Vec<bool> = coming.buffer_unordered(FILES_AT_ONCE).try_collect().await?;
    let renamed = renamed.into_iter().filter(|renamed| *renamed).count();
    if renamed > 0 {
        report.note(format!("{renamed} names can't stand in a folder as they are, and have %XX in them"));
    }
    Ok(Performed::done(format!("{} files in {}", files.len(), wanted.folder.display())))
}

async fn manifest(bucket: &Bucket, wanted: &BackUp) -> Result<Manifest> {
    let record = Record::read(bucket).await?;
    let manifest = record.trusted().filter(|manifest| manifest.hash() == wanted.release);
    manifest.cloned().ok_or_else(|| {
        Error::failed(format!("Could not back up what bucket {} holds", bucket.name))
            .why("another release was published meanwhile, or an upload was begun")
            .hint("nothing was removed; run the same command again")
    })
}

/// The folder, as the file system names it once all links are followed.
async fn made(folder: &Path) -> Result<PathBuf> {
    let made = async {
        fs::create_dir_all(folder).await?;
        fs::canonicalize(folder).await
    };
    made.await.map_err(|error| {
        Error::failed(format!("Could not make the folder {}", folder.display())).because(error)
    })
}

fn total(manifest: &Manifest) -> Amount {
    Amount {
        files_total: manifest.files.len() as u64,
        bytes_total: manifest.files.values().map(|entry| entry.size).sum(),
        ..Amount::default()
    }
}

/// One copy under way.
struct Copying<'a> {
    bucket: &'a Bucket,
    folder: &'a Path,
    report: &'a Reporter,
    done: Mutex<Amount>,
}

impl Copying<'_> {
    /// Brings one file, and tells whether it had to get another name.
    async fn bring(&self, key: &str, entry: &Entry) -> Result<bool> {
        self.unless_stopped()?;
        let name = local_name(key);
        let path = self.folder.join(&name);
        let failed = |error: io::Error| {
            Error::failed(format!("Could not write {} to {}", key, path.display()))
                .because(error)
                .hint("nothing was removed; make room, or move what is in the way")
        };
        if !is_right(&path, entry).await.map_err(failed)? {
            let parent = self.parent_of(&path).await.map_err(failed)?;
            let temporary = NamedTempFile::new_in(parent).map_err(failed)?;
            self.fetch(key, entry, temporary.path()).await?;
            temporary.persist_noclobber(&path).map_err(|error| failed(error.error))?;
        }
        self.count(entry.size);
        Ok(name != Path::new(key))
    }

    /// An error once the run should stop: what is not whole must not let anything be removed.
    fn unless_stopped(&self) -> Result<()> {
        if !self.report.stop().requested() {
            return Ok(());
        }
        self.report.cut_short();
        Err(Error::new(Kind::Interrupted, "Stopped before every file was backed up; nothing was removed"))
    }

    /// The folder that a file is to be in, made if need be. A link in it must not lead elsewhere.
    async fn parent_of(&self, path: &Path) -> io::Result<PathBuf> {
        let parent = path.parent().unwrap_or(self.folder);
        fs::create_dir_all(parent).await?;
        let parent = fs::canonicalize(parent).await?;
        match parent.starts_with(self.folder) {
            true => Ok(parent),
            false => Err(io::Error::other("a link leads out of the folder")),
        }
    }

    async fn fetch(&self, key: &str, entry: &Entry, to: &Path) -> Result<()> {
        let Bucket { s3, name, owner, .. } = self.bucket;
        let words = format!("fetch {key} from bucket {name}");
        let call = s3.get_object().bucket(name).expected_bucket_owner(owner).key(key_of(key));
        let answer = call.send().await.map_err(Refusal::to("s3:GetObject", words.clone()))?;
        let cant_write = |error: io::Error| Error::failed(format!("Could not write {key}")).because(error);
        let mut file = fs::File::create(to).await.map_err(cant_write)?;
        let (mut body, mut hasher, mut size) = (answer.body, Sha256::new(), 0_u64);
        while let Some(piece) = body.try_next().await.map_err(|error| broken(&words, error))? {
            hasher.update(&piece);
            size += piece.len() as u64;
            file.write_all(&piece).await.map_err(cant_write)?;
        }
        file.sync_all().await.map_err(cant_write)?;
        match size == entry.size && ContentHash(hasher.finalize().into()) == entry.sha256 {
            true => Ok(()),
            false => Err(Error::failed(format!("Could not back up {key}"))
                .why("what the bucket holds is not what the manifest of the release says")
                .hint("nothing was removed; deploy again to put it right, or go on without a backup")),
        }
    }

    fn count(&self, bytes: u64) {
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        done.files += 1;
        done.bytes += bytes;
        self.report.progress(*done);
    }
}

fn broken(words: &str, error: impl std::error::Error) -> Error {
    Refusal::of_ours("s3:GetObject", words, error).into()
}

/// Whether the file is there and holds what it should. Something else under its name is an error.
async fn is_right(path: &Path, entry: &Entry) -> io::Result<bool> {
    let mut file = match fs::File::open(path).await {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        other => other?,
    };
    let (mut hasher, mut piece) = (Sha256::new(), vec![0; PIECE]);
    loop {
        match file.read(&mut piece).await? {
            0 => break,
            read => hasher.update(&piece[..read]),
        }
    }
    match ContentHash(hasher.finalize().into()) == entry.sha256 {
        true => Ok(true),
        false => Err(io::Error::new(io::ErrorKind::AlreadyExists, "another file is there")),
    }
}
