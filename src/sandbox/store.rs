//! The state folder: one JSON document a service, changed under one lock.
//!
//! A change is written beside the document and renamed over it, so that a kill at any moment leaves either
//! the old state or the new one. Processes that share a folder take turns by a file lock.

use fs4::FileExt;
use serde::{Serialize, de::DeserializeOwned};
use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The file that is locked while something changes.
const LOCK: &str = "lock";

/// The file that is locked, by any number of processes, while they serve the state.
const SERVED: &str = "served";

/// Says that this process serves the state, until it is dropped.
#[derive(Debug)]
pub struct Serving {
    _file: File,
}

/// One service's whole state. It lives in a file of its own.
pub trait Document: Serialize + DeserializeOwned + Default {
    /// The file's name inside the state folder, such as `iam.json`.
    const FILE: &'static str;
}

/// Everything that the sandbox remembers.
#[derive(Debug, Clone)]
pub struct Store {
    folder: Arc<PathBuf>,
}

/// Holds the lock on the state folder until it is dropped.
#[derive(Debug)]
pub struct Guard {
    folder: Arc<PathBuf>,
    _lock: File,
}

impl Store {
    /// Opens the state folder, creating it if need be.
    pub fn open(folder: &Path) -> io::Result<Store> {
        fs::create_dir_all(folder)?;
        Ok(Store { folder: Arc::new(folder.to_path_buf()) })
    }

    /// The state folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Reads one service's state. Renames are atomic, so no lock is needed for a single document.
    pub fn read<D: Document>(&self) -> io::Result<D> {
        read(&self.folder)
    }

    /// Keeps the state from being emptied by others for as long as the answer is held.
    pub fn serving(&self) -> io::Result<Serving> {
        // The lock marks the folder as a sandbox's.
        drop(self.lock()?);
        let file = File::create(self.folder.join(SERVED))?;
        file.lock_shared()?;
        Ok(Serving { _file: file })
    }

    fn insist_that_nobody_serves(&self) -> io::Result<()> {
        match File::open(self.folder.join(SERVED)).map(|file| file.try_lock()) {
            Ok(Err(TryLockError::WouldBlock)) => Err(io::Error::other(
                "a `sitecast sandbox serve` that runs now serves it; stop that one first",
            )),
            // Where there is no such file, nobody has served it yet.
            Ok(_) | Err(_) => Ok(()),
        }
    }

    /// Forgets everything. Only the lock stays, since others may be waiting for it.
    ///
    /// # Errors
    /// When the folder holds something but no lock: then it is nobody's state, and stays as it is.
    pub fn empty(&self) -> io::Result<()> {
        self.insist_that_nobody_serves()?;
        let holds_something = fs::read_dir(self.folder.as_path())?.next().is_some();
        if holds_something && !self.folder.join(LOCK).exists() {
            return Err(io::Error::other("the folder holds files that are no sandbox's"));
        }
        let _guard = self.lock()?;
        for entry in fs::read_dir(self.folder.as_path())? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                fs::remove_dir_all(entry.path())?;
            } else if entry.file_name() != LOCK {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    /// Waits for the lock. While the guard lives nobody else changes anything, so what is read through it
    /// stays true until it is written.
    pub fn lock(&self) -> io::Result<Guard> {
        let lock = File::options().create(true).truncate(false).write(true).open(self.folder.join(LOCK))?;
        FileExt::lock(&lock)?;
        Ok(Guard { folder: self.folder.clone(), _lock: lock })
    }
}

impl Guard {
    /// Reads one service's state.
    pub fn read<D: Document>(&self) -> io::Result<D> {
        read(&self.folder)
    }

    /// Replaces one service's state.
    pub fn write<D: Document>(&self, document: &D) -> io::Result<()> {
        let mut beside = tempfile::NamedTempFile::new_in(self.folder.as_path())?;
        beside.write_all(&serde_json::to_vec(document)?)?;
        beside.persist(self.folder.join(D::FILE))?;
        Ok(())
    }
}

fn read<D: Document>(folder: &Path) -> io::Result<D> {
    let path = folder.join(D::FILE);
    let unusable = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    match fs::read(&path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| unusable(error.into())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(D::default()),
        Err(error) => Err(unusable(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_of_someone_elses_files_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("thesis.txt"), "years of work").unwrap();
        assert!(Store::open(folder.path()).unwrap().empty().is_err());
        assert!(folder.path().join("thesis.txt").exists());
    }

    #[test]
    fn an_emptied_store_remembers_nothing() {
        #[derive(Default, Serialize, serde::Deserialize)]
        struct Note(String);
        impl Document for Note {
            const FILE: &'static str = "note.json";
        }
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        store.lock().unwrap().write(&Note("milk".into())).unwrap();
        fs::create_dir(folder.path().join("s3")).unwrap();
        store.empty().unwrap();
        assert_eq!(store.read::<Note>().unwrap().0, "");
        assert!(!folder.path().join("s3").exists());
    }
}
