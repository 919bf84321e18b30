//! The manifests of earlier runs, kept on this machine so that a bucket need not send what is known already. A copy
//! counts only as long as the bucket says, by its ETag, that it still has the same; a lost or damaged one is no error.

use super::manifest::Manifest;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A bucket's manifest as an earlier run saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestCopy {
    /// The ETag of the manifest object, as S3 writes it.
    pub etag: String,
    /// [`Manifest::hash`] of what it lists.
    pub release: String,
    bytes: Vec<u8>,
}

/// What stands before the manifest in a copy's file, on a line of its own.
#[derive(Serialize, Deserialize)]
struct Label {
    etag: String,
    release: String,
    /// Of the manifest's bytes, in hex: a copy that a crash cut off must not count.
    sha256: String,
}

impl ManifestCopy {
    /// The copy of that bucket's manifest in this folder, where there is one that is whole.
    pub fn read(folder: &Path, bucket: &str) -> Option<ManifestCopy> {
        let mut bytes = fs::read(file_of(folder, bucket)).ok()?;
        let end = bytes.iter().position(|byte| *byte == b'\n')?;
        let Label { etag, release, sha256 } = serde_json::from_slice(&bytes[..end]).ok()?;
        bytes.drain(..=end);
        (hash(&bytes) == sha256).then_some(ManifestCopy { etag, release, bytes })
    }

    /// The manifest; `None` where this program does not understand it.
    pub fn manifest(&self) -> Option<Manifest> {
        Manifest::parse(&self.bytes).ok()
    }

    /// Keeps the bytes of a bucket's manifest object, all or nothing.
    pub fn keep(folder: &Path, bucket: &str, etag: &str, release: &str, bytes: &[u8]) -> io::Result<()> {
        let label = Label { etag: etag.to_owned(), release: release.to_owned(), sha256: hash(bytes) };
        fs::create_dir_all(folder)?;
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(&serde_json::to_vec(&label)?)?;
        file.write_all(b"\n")?;
        file.write_all(bytes)?;
        file.persist(file_of(folder, bucket))?;
        Ok(())
    }
}

/// Names of buckets are names of files, and no two buckets of the world share one.
fn file_of(folder: &Path, bucket: &str) -> PathBuf {
    folder.join(format!("{bucket}.manifest"))
}

fn hash(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::fixtures::publish;

    #[test]
    fn a_manifest_is_kept_for_its_bucket_alone() {
        let (folder, (_, manifest)) = (tempfile::tempdir().unwrap(), publish(&[("a.js", "abc")], None));
        let deep = folder.path().join("deep");
        let bytes = manifest.to_bytes().unwrap();
        ManifestCopy::keep(&deep, "one", "\"etag\"", &manifest.hash(), &bytes).unwrap();
        let copy = ManifestCopy::read(&deep, "one").unwrap();
        assert_eq!((copy.etag.as_str(), copy.release.as_str()), ("\"etag\"", manifest.hash().as_str()));
        assert_eq!(copy.manifest(), Some(manifest));
        assert_eq!(ManifestCopy::read(&deep, "two"), None);
    }

    #[test]
    fn a_damaged_copy_is_none() {
        let (folder, (_, manifest)) = (tempfile::tempdir().unwrap(), publish(&[("a.js", "abc")], None));
        let bytes = manifest.to_bytes().unwrap();
        ManifestCopy::keep(folder.path(), "one", "etag", "hash", &bytes).unwrap();
        let file = file_of(folder.path(), "one");
        let whole = fs::read(&file).unwrap();
        let changed = String::from_utf8(whole.clone()).unwrap().replace("a.js", "b.js").into_bytes();
        for damaged in [&whole[..whole.len() - 1], &changed, b"", b"\n"] {
            fs::write(&file, damaged).unwrap();
            assert_eq!(ManifestCopy::read(folder.path(), "one"), None);
        }
    }
}
