//! Where a profile lies, as people name it: its file ends in `.toml`, which need not be typed.

use crate::error::Error;
use crate::profile;
use clap::builder::{PathBufValueParser, TypedValueParser};
use std::io;
use std::path::{Path, PathBuf, is_separator};

/// The extension of a profile's file.
const EXTENSION: &str = "toml";

/// Reads the path of a profile that is to be written.
pub fn to_write() -> impl TypedValueParser<Value = PathBuf> {
    PathBufValueParser::new().map(|path| with_extension(&path).unwrap_or(path))
}

/// Reads the path of a profile that is there.
pub fn to_read() -> impl TypedValueParser<Value = PathBuf> {
    PathBufValueParser::new().map(found)
}

/// A file that is called just so goes before one that is called so but for its ending.
fn found(path: PathBuf) -> PathBuf {
    match with_extension(&path).filter(|file| !path.exists() && file.is_file()) {
        Some(file) => file,
        None => path,
    }
}

/// The error of a profile that can't be read; where there is none, each name under which it was looked for.
pub fn unread(path: &Path, cause: io::Error) -> Error {
    let also = with_extension(path).filter(|_| cause.kind() == io::ErrorKind::NotFound);
    let error = profile::unread(path, cause);
    match also {
        Some(also) => Error { message: format!("{} or {}", error.message, also.display()), ..error },
        None => error,
    }
}

/// The profile beside a folder of the same name.
pub fn beside_folder(folder: &Path) -> Option<PathBuf> {
    with_extension(folder).filter(|file| file.is_file())
}

/// The path with `.toml`, where it names a file without an ending.
fn with_extension(path: &Path) -> Option<PathBuf> {
    let is_folder = path.to_string_lossy().ends_with(is_separator);
    let is_bare = path.extension().is_none() && path.file_name().is_some();
    (is_bare && !is_folder).then(|| path.with_extension(EXTENSION))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_file_without_an_ending_gets_one() {
        for (typed, named) in [
            ("shop", Some("shop.toml")),
            ("sites/shop", Some("sites/shop.toml")),
            (".shop", Some(".shop.toml")),
            ("shop.toml", None),
            ("shop.txt", None),
            ("sites/", None),
            ("..", None),
        ] {
            assert_eq!(with_extension(Path::new(typed)), named.map(PathBuf::from), "{typed}");
        }
    }

    #[test]
    fn a_file_that_is_called_just_so_goes_first() {
        let folder = tempfile::tempdir().unwrap();
        let (bare, whole) = (folder.path().join("shop"), folder.path().join("shop.toml"));
        assert_eq!(found(bare.clone()), bare);
        std::fs::write(&whole, "").unwrap();
        assert_eq!(found(bare.clone()), whole);
        std::fs::write(&bare, "").unwrap();
        assert_eq!(found(bare.clone()), bare);
    }
}
