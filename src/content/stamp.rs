//! What the file system says about one file, to notice that it changed.

use std::fs::Metadata;

/// What the file system says about one file. Two equal stamps of one path mean the same bytes, unless the
/// file was written within the clock's grain of being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Stamp {
    /// Length in bytes.
    pub size: u64,
    /// When its bytes last changed, in nanoseconds since 1970. Programs can set this to anything.
    pub modified_ns: i64,
    /// When its bytes or its metadata last changed. Programs can't set this, so an edit that restores the
    /// old modification time still shows.
    pub changed_ns: i64,
    /// Its number within the file system.
    pub inode: u64,
    /// The file system it lives on.
    pub device: u64,
}

impl Stamp {
    /// The stamp in what the file system answered.
    #[cfg(unix)]
    pub fn of(metadata: &Metadata) -> Stamp {
        use std::os::unix::fs::MetadataExt;
        Stamp {
            size: metadata.size(),
            modified_ns: nanoseconds(metadata.mtime(), metadata.mtime_nsec()),
            changed_ns: nanoseconds(metadata.ctime(), metadata.ctime_nsec()),
            inode: metadata.ino(),
            device: metadata.dev(),
        }
    }

    /// The stamp in what the file system answered. Without a change time no stamp is ever old enough to be
    /// trusted, so every file is hashed on every run.
    #[cfg(not(unix))]
    pub fn of(metadata: &Metadata) -> Stamp {
        let modified = metadata.modified().ok();
        let since_1970 = modified.and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
        let modified_ns = since_1970.map_or(0, |age| i64::try_from(age.as_nanos()).unwrap_or(i64::MAX));
        Stamp { size: metadata.len(), modified_ns, changed_ns: i64::MAX, inode: 0, device: 0 }
    }
}

#[cfg(unix)]
fn nanoseconds(seconds: i64, fraction: i64) -> i64 {
    seconds.saturating_mul(1_000_000_000).saturating_add(fraction)
}
