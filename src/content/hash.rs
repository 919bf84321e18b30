//! What is in each file: SHA-256 of all of them, on every core, reading only what the cache can't vouch for.

use super::hash_cache::HashCache;
use super::problem::{Problem, all, error_of};
use super::release::SiteFile;
use super::scan::FoundFile;
use super::stamp::Stamp;
use crate::error::Error;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use md5::Md5;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::Digest as _;
use sha2::Sha256;
use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read};
use std::num::NonZero;
use std::panic::resume_unwind;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::SystemTime;

/// A SHA-256. As text and in the browser-safe Base64 of a manifest, where a third of the length counts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentHash(pub [u8; 32]);

impl ContentHash {
    /// Of some bytes.
    pub fn of(bytes: &[u8]) -> ContentHash {
        ContentHash(Sha256::digest(bytes).into())
    }

    /// In lower-case hex, as `x-amz-content-sha256` wants it.
    pub fn hex(&self) -> String {
        hex::encode(self.0)
    }

    /// In Base64, as `x-amz-checksum-sha256` wants it.
    pub fn base64(&self) -> String {
        STANDARD.encode(self.0)
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.hex())
    }
}

impl fmt::Debug for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.hex())
    }
}

impl Serialize for ContentHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl<'de> Deserialize<'de> for ContentHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(serde::de::Error::custom)?;
        let bytes = bytes.try_into().map_err(|_| serde::de::Error::custom("a SHA-256 has 32 bytes"))?;
        Ok(ContentHash(bytes))
    }
}

/// The SHA-256 of each file, in the order given; or everything that went wrong. `now` is when this began:
/// what was written to since is hashed but not remembered.
pub fn hash_all(
    files: &[FoundFile],
    cache: &mut HashCache,
    now: SystemTime,
) -> Result<Vec<ContentHash>, Vec<Problem>> {
    let known: &HashCache = cache;
    let hashes = in_parallel(files, |file| match known.get(&file.key, &file.stamp) {
        Some(hash) => Ok(hash),
        None => digest::<Sha256>(file).map(|bytes| ContentHash(bytes.into())),
    })?;
    cache.replace(files.iter().zip(&hashes).map(|(file, hash)| (file.key.as_str(), file.stamp, *hash)), now);
    Ok(hashes)
}

/// The MD5 of each file in lower-case hex, by key, to compare with ETags in a bucket whose manifest isn't
/// trusted (aws-facts.md G).
pub fn md5_all(folder: &Path, files: &[&SiteFile]) -> Result<BTreeMap<String, String>, Error> {
    let md5s = in_parallel(files, |file| digest::<Md5>(&file.found).map(hex::encode));
    let md5s = md5s.map_err(|problems| error_of(folder, problems))?;
    Ok(files.iter().map(|file| file.key().to_owned()).zip(md5s).collect())
}

fn digest<D: sha2::Digest>(file: &FoundFile) -> Result<sha2::digest::Output<D>, Problem> {
    undisturbed(file, digest_of::<D>)
}

/// What `read` makes of a file, provided that the file was the one scanned before, while and after it was
/// read. `read` also tells how many bytes it saw.
fn undisturbed<T>(
    file: &FoundFile,
    read: impl FnOnce(&mut File) -> io::Result<(T, u64)>,
) -> Result<T, Problem> {
    let name = Path::new(&file.key);
    let attempt = || {
        let mut opened = File::open(&file.path)?;
        let before = Stamp::of(&opened.metadata()?);
        let (value, length) = read(&mut opened)?;
        // By path, not by handle: a file replaced by a rename has an untouched handle.
        io::Result::Ok((before, value, length, Stamp::of(&fs::metadata(&file.path)?)))
    };
    let (before, value, length, after) = attempt().map_err(|error| Problem::unreadable(name, &error))?;
    let is_undisturbed = before == file.stamp && after == file.stamp && length == file.stamp.size;
    is_undisturbed.then_some(value).ok_or_else(|| Problem::ChangedWhileRead { path: name.to_path_buf() })
}

fn digest_of<D: sha2::Digest>(reader: &mut impl Read) -> io::Result<(sha2::digest::Output<D>, u64)> {
    let mut hasher = D::new();
    let mut buffer = vec![0; 64 * 1024];
    let mut length = 0;
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return Ok((hasher.finalize(), length)),
            Ok(read) => {
                hasher.update(&buffer[..read]);
                length += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Runs `work` on every item on as many threads as there are cores; the results in the items' order, or all
/// problems.
fn in_parallel<I: Sync, T: Send>(
    items: &[I],
    work: impl Fn(&I) -> Result<T, Problem> + Sync,
) -> Result<Vec<T>, Vec<Problem>> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let next = AtomicUsize::new(0);
    let take = || {
        let index = next.fetch_add(1, Ordering::Relaxed);
        items.get(index).map(|item| (index, work(item)))
    };
    let mut done = thread::scope(|scope| {
        let workers: Vec<_> = (0..cores.min(items.len()))
            .map(|_| scope.spawn(|| std::iter::from_fn(take).collect::<Vec<_>>()))
            .collect();
        let results =
            workers.into_iter().map(|worker| worker.join().unwrap_or_else(|panic| resume_unwind(panic)));
        results.flatten().collect::<Vec<_>>()
    });
    done.sort_by_key(|(index, _)| *index);
    all(done.into_iter().map(|(_, result)| result))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::scan::{ScanOptions, scan};
    use std::io::Write;

    fn file_with(folder: &Path, bytes: &[u8]) -> FoundFile {
        fs::write(folder.join("a.txt"), bytes).unwrap();
        scan(folder, ScanOptions::default()).unwrap().remove(0)
    }

    fn changed<T>() -> Result<T, Problem> {
        Err(Problem::ChangedWhileRead { path: "a.txt".into() })
    }

    #[test]
    fn a_hash_is_written_in_three_ways() {
        let hash = ContentHash::of(b"abc");
        assert_eq!(hash.hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(hash.base64(), "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
        let json = serde_json::to_string(&hash).unwrap();
        assert_eq!(json, "\"ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0\"");
        assert_eq!(serde_json::from_str::<ContentHash>(&json).unwrap(), hash);
        assert!(serde_json::from_str::<ContentHash>("\"ungW\"").is_err());
    }

    #[test]
    fn a_file_longer_than_the_buffer_is_hashed_whole() {
        let folder = tempfile::tempdir().unwrap();
        let bytes: Vec<u8> = (0..200_000_u32).map(|number| number.to_le_bytes()[0]).collect();
        let file = file_with(folder.path(), &bytes);
        assert_eq!(digest::<Sha256>(&file).map(|hash| ContentHash(hash.into())), Ok(ContentHash::of(&bytes)));
    }

    #[test]
    fn a_file_that_grows_while_it_is_read_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let file = file_with(folder.path(), b"before");
        let grown = undisturbed(&file, |opened| {
            let seen = digest_of::<Sha256>(opened)?;
            File::options().append(true).open(&file.path)?.write_all(b" and after")?;
            Ok(seen)
        });
        assert_eq!(grown, changed());
    }

    #[test]
    fn a_file_that_is_replaced_while_it_is_read_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let file = file_with(folder.path(), b"before");
        let replaced = undisturbed(&file, |opened| {
            let seen = digest_of::<Sha256>(opened)?;
            fs::write(folder.path().join("new"), b"after.")?;
            fs::rename(folder.path().join("new"), &file.path)?;
            Ok(seen)
        });
        assert_eq!(replaced, changed());
    }

    #[test]
    fn results_come_in_the_order_of_the_items() {
        let numbers: Vec<usize> = (0..1000).collect();
        assert_eq!(
            in_parallel(&numbers, |number| Ok(number * 2)).unwrap(),
            numbers.iter().map(|n| n * 2).collect::<Vec<_>>()
        );
    }

    #[test]
    fn all_problems_are_told_at_once() {
        let numbers: Vec<usize> = (0..10).collect();
        let odd = |number: &usize| {
            if number.is_multiple_of(2) { Ok(()) } else { Err(Problem::SameKey { key: number.to_string() }) }
        };
        assert_eq!(in_parallel(&numbers, odd).unwrap_err().len(), 5);
    }
}
