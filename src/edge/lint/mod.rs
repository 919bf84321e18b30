//! What AWS would refuse, or a visitor would trip over, found before anything is created.

mod code;
mod entry;
mod headers;
mod syntax;

use super::finding::Finding;
use super::limits::is_viewer;
use super::package::{Package, package, size_findings};
use super::runtime::Language;
use crate::error::Result;
use crate::profile::answers::{EdgeFunction, EdgeSource};
use std::path::{Path, PathBuf};

/// Everything that is wrong, or may be, with one edge entry of a profile that lies in `folder`; errors first.
pub fn lint(function: &EdgeFunction, folder: &Path) -> Result<Vec<Finding>> {
    let mut findings = entry::check(function);
    match &function.function {
        // What is chosen of it was judged with the profile.
        EdgeSource::Builtin(_) => {}
        EdgeSource::Own(path) => {
            let package = package(function, folder)?;
            findings.extend(own_code(function, &package, path, &folder.join(path))?);
        }
    }
    findings.sort_by_key(|finding| finding.severity);
    Ok(findings)
}

fn own_code(
    function: &EdgeFunction,
    package: &Package,
    written: &Path,
    place: &Path,
) -> Result<Vec<Finding>> {
    let files = code_files(package, written, place);
    let mut findings: Vec<_> = entry::check_language(function, package.language).into_iter().collect();
    findings.extend(code::check_entry(package, &files));
    for file in &files {
        findings.extend(code::check_environment(file));
        findings.extend(headers::check(function.event, file));
    }
    findings.extend(syntax::check(function, package.language, &files));
    findings.extend(size_findings(package.zip()?.len() as u64, is_viewer(function.event)));
    Ok(findings)
}

/// One file of the person's own code.
struct CodeFile {
    /// Its name in the package.
    name: String,
    /// Its path as a person would write it.
    shown: String,
    /// Where it is.
    place: PathBuf,
    language: Language,
    text: String,
}

impl CodeFile {
    /// The lines that aren't wholly a comment, counted from 1.
    fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let comments: &[&str] = match self.language {
            Language::Node => &["//", "/*", "*"],
            Language::Python => &["#"],
        };
        let is_code =
            move |line: &str| !comments.iter().any(|comment| line.trim_start().starts_with(comment));
        self.text
            .lines()
            .enumerate()
            .map(|(index, line)| (index + 1, line))
            .filter(move |(_, line)| is_code(line))
    }
}

/// The code that the person wrote: what others wrote is theirs to judge.
fn code_files(package: &Package, written: &Path, place: &Path) -> Vec<CodeFile> {
    let is_file = place.is_file();
    let own = package.files.iter().filter(|file| {
        let foreign = ["node_modules", "site-packages"];
        !file.name.split('/').any(|part| foreign.contains(&part) || part.ends_with(".dist-info"))
    });
    let code = own.filter_map(|file| {
        let extension = Path::new(&file.name).extension()?.to_str()?;
        let inside = |path: &Path| if is_file { path.to_owned() } else { path.join(&file.name) };
        Some(CodeFile {
            name: file.name.clone(),
            shown: inside(written).display().to_string(),
            place: inside(place),
            language: Language::of_extension(extension)?,
            text: String::from_utf8_lossy(&file.bytes).into_owned(),
        })
    });
    code.collect()
}

#[cfg(test)]
mod tests;
