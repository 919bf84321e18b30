//! What is uploaded: the files of a function in a zip archive that depends on nothing but them.

use super::finding::Finding;
use super::runtime::Language;
use super::source;
use crate::error::{Error, Result};
use crate::profile::answers::{EdgeFunction, EdgeSource};
use crate::profile::gallery::ready_function;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use std::io::{Cursor, Write};
use std::path::Path;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// A function's files, and where Lambda begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// The files, sorted by name.
    pub files: Vec<PackageFile>,
    /// Lambda's handler, such as `index.handler`.
    pub handler: String,
    /// What the files are written in.
    pub language: Language,
}

/// One file of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageFile {
    /// Its path in the archive, with `/` between names.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// The package of one edge entry of a profile that lies in `folder`. What it holds is not judged; that is for
/// [`super::lint`].
pub fn package(function: &EdgeFunction, folder: &Path) -> Result<Package> {
    match &function.function {
        EdgeSource::Builtin(name) => ready_package(function, name),
        EdgeSource::Own(path) => source::own_package(&folder.join(path)),
    }
}

fn ready_package(function: &EdgeFunction, name: &str) -> Result<Package> {
    let ready = ready_function(name)?;
    let options = ready.options(&function.options).map_err(|problems| {
        let error = Error::usage(format!("edge function {} can't have these options", function.name));
        problems.iter().fold(error, |error, problem| error.why(problem.to_string()))
    })?;
    let file = |name: String, text: &str| PackageFile { name, bytes: text.as_bytes().to_vec() };
    let mut files = vec![
        file("index.mjs".into(), &ready.entry_module(&options)),
        file(format!("{name}.mjs"), ready.source),
    ];
    files.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(Package { files, handler: "index.handler".into(), language: Language::Node })
}

impl Package {
    /// The zip archive. Names are sorted, and times and permissions fixed, so equal files make equal bytes.
    /// They are stored and not compressed: another release of a compressor would make new versions of
    /// unchanged functions, each with its replicas all over the world.
    pub fn zip(&self) -> Result<Vec<u8>> {
        let failed = |error: zip::result::ZipError| Error::failed("can't pack the function").because(error);
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        for file in &self.files {
            archive.start_file(&file.name, file_options()).map_err(failed)?;
            archive.write_all(&file.bytes).map_err(|error| failed(error.into()))?;
        }
        Ok(archive.finish().map_err(failed)?.into_inner())
    }
}

fn file_options() -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(zip::DateTime::default())
        .unix_permissions(0o644)
}

/// The hash of an archive as Lambda tells it in `CodeSha256`.
pub fn code_hash(archive: &[u8]) -> String {
    STANDARD.encode(Sha256::digest(archive))
}

/// What is wrong with the size of an archive.
pub(super) fn size_findings(bytes: u64, is_viewer: bool) -> Vec<Finding> {
    use super::limits::{LARGEST_PACKAGE, SURE_VIEWER_PACKAGE};
    let what = format!("the package has {bytes} bytes");
    let smaller = "leave out what the function doesn't need, or bundle and minify it";
    if bytes > LARGEST_PACKAGE {
        let why = "Lambda@Edge takes 50 MB (CloudFront guide: lambda-at-edge-function-restrictions)";
        return vec![Finding::error(what).why(why).way_out(smaller)];
    }
    if is_viewer && bytes > SURE_VIEWER_PACKAGE {
        let why = "AWS's pages disagree on whether viewer events take more than 1 MB (CloudFront guide: lambda-at-edge-function-restrictions)";
        return vec![Finding::warning(what).why(why).way_out(smaller)];
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edge::fixtures;
    use crate::profile::answers::EdgeEvent;
    use serde_json::json;

    #[test]
    fn equal_files_make_equal_bytes() {
        let function = fixtures::ready("maintenance", EdgeEvent::ViewerRequest, json!({ "retry_after": 60 }));
        let pack = || package(&function, Path::new("")).unwrap();
        assert_eq!(pack().zip().unwrap(), pack().zip().unwrap());
        // A change here makes new versions of every deployed function.
        let fixed = Package {
            files: vec![PackageFile { name: "index.mjs".into(), bytes: b"export {}".to_vec() }],
            handler: "index.handler".into(),
            language: Language::Node,
        };
        insta::assert_snapshot!(code_hash(&fixed.zip().unwrap()), @"0uXU+Jh1xNBJ36NtHln58PsfQWPIznQP5i3IwvCM4xk=");
    }

    #[test]
    fn the_archive_holds_files_that_lambda_may_read() {
        let function = fixtures::ready("greeting", EdgeEvent::OriginRequest, json!({}));
        let bytes = package(&function, Path::new("")).unwrap().zip().unwrap();
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut found = Vec::new();
        for index in 0..archive.len() {
            let file = archive.by_index(index).unwrap();
            found.push((file.name().to_owned(), file.unix_mode().unwrap() & 0o777));
        }
        assert_eq!(found, [("greeting.mjs".to_owned(), 0o644), ("index.mjs".to_owned(), 0o644)]);
    }

    #[test]
    fn wrong_options_are_refused_before_anything_is_packed() {
        let function =
            fixtures::ready("maintenance", EdgeEvent::ViewerRequest, json!({ "retry_after": 0, "x": 1 }));
        let error = package(&function, Path::new("")).unwrap_err();
        assert_eq!(error.causes.len(), 2, "{error}");
    }

    #[test]
    fn sizes_are_held_against_the_event() {
        assert_eq!(size_findings(1024, true), []);
        assert_eq!(size_findings(2_000_000, false), []);
        assert_eq!(size_findings(2_000_000, true)[0].severity, crate::edge::finding::Severity::Warning);
        assert_eq!(size_findings(60_000_000, false)[0].severity, crate::edge::finding::Severity::Error);
    }
}
