//! The profiles that were opened lately, wherever they are. A list for people, from which nothing is decided.

use super::Journal;
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// How many are remembered.
const KEPT: usize = 12;

/// Beside the folders of the sites, none of which can be called so.
const FILE: &str = "recent.json";

/// A profile that was opened lately.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecentProfile {
    /// Its file, from the root on.
    pub path: PathBuf,
    /// Its site.
    pub site: String,
}

impl Journal {
    /// The profiles that were opened lately, the newest first. A list that can't be read is empty.
    pub fn recent(&self) -> Vec<RecentProfile> {
        let text = fs::read_to_string(self.folder.join(FILE)).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// Remembers that a profile was opened.
    ///
    /// # Errors
    /// When the list can't be written; that must keep nobody from their profile.
    pub fn remember(&self, path: &Path, site: &str) -> Result<()> {
        let remembered = std::path::absolute(path).and_then(|path| {
            let mut recent = self.recent();
            recent.retain(|other| other.path != path);
            recent.insert(0, RecentProfile { path, site: site.to_owned() });
            recent.truncate(KEPT);
            self.write_recent(&recent)
        });
        let folder = self.folder.display();
        remembered
            .map_err(|error| Error::failed(format!("can't note the profile in {folder}")).because(error))
    }

    fn write_recent(&self, recent: &[RecentProfile]) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        // Whole or not at all: another run may read it just now.
        let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
        file.write_all(&serde_json::to_vec(recent)?)?;
        file.persist(self.folder.join(FILE)).map(drop).map_err(|error| error.error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_opened_last_comes_first_and_once() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::at(folder.path().join("history"));
        assert!(journal.recent().is_empty());
        for name in ["/a/shop.toml", "/b/blog.toml", "/a/shop.toml"] {
            journal.remember(Path::new(name), "site").unwrap();
        }
        let paths: Vec<_> = journal.recent().into_iter().map(|recent| recent.path).collect();
        assert_eq!(paths, [Path::new("/a/shop.toml"), Path::new("/b/blog.toml")]);
        for number in 0..KEPT + 3 {
            journal.remember(Path::new(&format!("/{number}.toml")), "site").unwrap();
        }
        assert_eq!(journal.recent().len(), KEPT);
    }

    #[test]
    fn a_list_that_is_damaged_is_begun_anew() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(FILE), "no list").unwrap();
        let journal = Journal::at(folder.path());
        assert!(journal.recent().is_empty());
        journal.remember(Path::new("/shop.toml"), "shop").unwrap();
        assert_eq!(journal.recent()[0].site, "shop");
    }
}
