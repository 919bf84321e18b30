//! The state folder: one JSON document a service, changed under one lock.
//!
//! A change is written beside the document and renamed over it, so that a kill at any moment leaves either
//! the old state or the new one. Processes that share a folder take turns by a file lock.

use fs4::FileExt;
use serde::{Serialize, de::DeserializeOwned};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

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

    /// Waits for the lock. While the guard lives nobody else changes anything, so what is read through it
    /// stays true until it is written.
    pub fn lock(&self) -> io::Result<Guard> {
        let lock = File::options().create(true).truncate(false).write(true).open(self.folder.join("lock"))?;
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
    match fs::read(folder.join(D::FILE)) {
        Ok(bytes) => Ok(serde_json::from_slice(&bytes)?),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(D::default()),
        Err(error) => Err(error),
    }
}
