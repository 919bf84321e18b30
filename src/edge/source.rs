//! The person's own code: the files of a package, and where Lambda begins.

use super::limits::LARGEST_PACKAGE;
use super::package::{Package, PackageFile};
use super::runtime::Language;
use crate::error::{Error, Kind, Result};
use std::path::Path;
use walkdir::{DirEntry, WalkDir};

/// The names under which a folder's code begins, in the order in which they are looked for.
const ENTRIES: &[(&str, Language)] = &[
    ("index.mjs", Language::Node),
    ("index.js", Language::Node),
    ("index.cjs", Language::Node),
    ("index.py", Language::Python),
    ("lambda_function.py", Language::Python),
];

/// The package of a file or a folder.
pub(super) fn own_package(path: &Path) -> Result<Package> {
    if path.is_dir() {
        return folder_package(path);
    }
    let bytes = std::fs::read(path).map_err(|error| unreadable(path).because(error))?;
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    let language = Language::of_extension(extension).ok_or_else(|| {
        Error::usage(format!("{} is no code for the edge", path.display()))
            .hint("a function is a .mjs, .js, .cjs or .py file, or a folder with an index in one of these")
    })?;
    // Lambda splits the handler at its first dot, so the file's own name might not do.
    Ok(packed(vec![PackageFile { name: format!("index.{extension}"), bytes }], 0, language))
}

fn folder_package(folder: &Path) -> Result<Package> {
    let files = files_of(folder)?;
    let entry = ENTRIES.iter().find_map(|(name, language)| {
        files.iter().position(|file| file.name == *name).map(|index| (index, *language))
    });
    let (index, language) = entry.ok_or_else(|| {
        let names: Vec<_> = ENTRIES.iter().map(|(name, _)| *name).collect();
        Error::usage(format!("{} has no file that a function can begin in", folder.display()))
            .hint(format!("name it one of {}", names.join(", ")))
    })?;
    Ok(packed(files, index, language))
}

fn packed(files: Vec<PackageFile>, entry: usize, language: Language) -> Package {
    let (module, _) = files[entry].name.split_once('.').unwrap_or((&files[entry].name, ""));
    let text = String::from_utf8_lossy(&files[entry].bytes);
    let function = language.handler_in(&text).unwrap_or("handler");
    Package { handler: format!("{module}.{function}"), files, language }
}

/// All files of a folder but hidden ones, which may hold secrets, and what Python leaves behind.
fn files_of(folder: &Path) -> Result<Vec<PackageFile>> {
    let is_hidden = |entry: &DirEntry| entry.file_name().as_encoded_bytes().starts_with(b".");
    let walk = WalkDir::new(folder).follow_links(true).into_iter();
    let walk = walk.filter_entry(|entry| entry.depth() == 0 || !is_hidden(entry));
    let (mut files, mut bytes) = (Vec::new(), 0);
    for entry in walk {
        let entry = entry.map_err(|error| unreadable(folder).because(error))?;
        if entry.path().is_file() && !entry.path().components().any(|part| part.as_os_str() == "__pycache__")
        {
            // Far more than could be uploaded, such as a whole disk, is not read first.
            bytes += entry.path().metadata().map_or(0, |metadata| metadata.len());
            if bytes > LARGEST_PACKAGE {
                return Err(too_large(folder));
            }
            files.push(file_of(folder, &entry)?);
        }
    }
    files.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(files)
}

fn too_large(folder: &Path) -> Error {
    let most = LARGEST_PACKAGE / 1024 / 1024;
    Error::usage(format!("the edge function {} is larger than {most} MB", folder.display()))
        .why("Lambda@Edge takes no larger package (CloudFront guide: lambda-at-edge-function-restrictions)")
        .hint("leave out what the function doesn't need, or bundle and minify it")
}

fn file_of(folder: &Path, entry: &DirEntry) -> Result<PackageFile> {
    let path = entry.path();
    let inside = path.strip_prefix(folder).unwrap_or(path);
    let names: Option<Vec<&str>> = inside.components().map(|part| part.as_os_str().to_str()).collect();
    let name = names.ok_or_else(|| unreadable(path).why("its name is not UTF-8"))?.join("/");
    let bytes = std::fs::read(path).map_err(|error| unreadable(path).because(error))?;
    Ok(PackageFile { name, bytes })
}

fn unreadable(path: &Path) -> Error {
    Error::new(Kind::Usage, format!("can't read the edge function {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_folder_is_packed_without_what_is_hidden() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["index.mjs", "lib/b.mjs", "a.json", ".env", ".git/x", "__pycache__/y"] {
            fs::create_dir_all(folder.path().join(name).parent().unwrap()).unwrap();
            fs::write(folder.path().join(name), "export const handler = 1").unwrap();
        }
        let package = own_package(folder.path()).unwrap();
        let names: Vec<_> = package.files.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(names, ["a.json", "index.mjs", "lib/b.mjs"]);
        assert_eq!(package.handler, "index.handler");
    }

    #[test]
    fn one_file_becomes_the_index() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("my.function.py");
        fs::write(&path, "def lambda_handler(event, context):\n    return 1\n").unwrap();
        let package = own_package(&path).unwrap();
        assert_eq!(
            (package.files[0].name.as_str(), package.handler.as_str()),
            ("index.py", "index.lambda_handler")
        );
    }

    #[test]
    fn more_than_could_be_uploaded_is_not_packed() {
        let folder = tempfile::tempdir().unwrap();
        let file = fs::File::create(folder.path().join("index.mjs")).unwrap();
        file.set_len(LARGEST_PACKAGE + 1).unwrap();
        assert!(own_package(folder.path()).unwrap_err().message.ends_with("is larger than 50 MB"));
    }

    #[test]
    fn what_is_missing_or_no_code_is_told() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(own_package(&folder.path().join("none.mjs")).unwrap_err().kind, Kind::Usage);
        fs::write(folder.path().join("a.rb"), "").unwrap();
        for path in [folder.path().to_owned(), folder.path().join("a.rb")] {
            assert!(own_package(&path).unwrap_err().hint.unwrap().contains("index"));
        }
    }
}
