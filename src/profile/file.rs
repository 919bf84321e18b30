//! The file that a profile is kept in.

use super::answers::Profile;
use super::build::build;
use super::clashes::clashes;
use super::problem::{Colour, Problem, Problems, Severity};
use super::question::Fault;
use super::sheet::Sheet;
use crate::error::{Error, Kind, Result};
use std::path::{Path, PathBuf};
use toml_edit::{Document, DocumentMut};

/// A profile, and the file that it was read from.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The answers.
    pub profile: Profile,
    /// The file as a document, for changing answers in it.
    pub document: DocumentMut,
    /// The folder with the site's files, resolved.
    pub folder: PathBuf,
    /// Where the file is.
    pub path: PathBuf,
    /// What stands in it.
    pub text: String,
    /// What may not do what was meant.
    pub warnings: Problems,
}

/// All that one text says: what it answers, and what is wrong with it.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The profile, if nothing keeps it from being used.
    pub profile: Option<Profile>,
    /// Each answer by itself, for showing them one by one.
    pub sheet: Sheet,
    /// Errors and warnings, in the order of the file.
    pub problems: Problems,
}

/// Reads the profile at `path`; what is wrong with it is shown without colour.
pub fn load(path: &Path) -> Result<Loaded> {
    load_in(path, Colour::Off)
}

/// Reads the profile at `path`; what is wrong with it is shown in `colour`.
pub fn load_in(path: &Path, colour: Colour) -> Result<Loaded> {
    let bytes = std::fs::read(path).map_err(|cause| {
        Error::new(Kind::Usage, format!("can't read the profile {}", path.display())).because(cause)
    })?;
    let text = String::from_utf8(bytes).map_err(|cause| {
        Error::new(Kind::Usage, format!("the profile {} is not text in UTF-8", path.display())).because(cause)
    })?;
    let Reading { profile, problems, .. } = read(&text, &path.display().to_string());
    let (Some(profile), Ok(document)) = (profile, text.parse::<DocumentMut>()) else {
        return Err(problems.into_error(colour));
    };
    let folder = path.parent().unwrap_or(Path::new("")).join(&profile.distribution.folder);
    Ok(Loaded { profile, document, folder, path: path.to_owned(), text, warnings: problems })
}

/// The profile in `text`, or everything that is wrong with it.
pub fn parse(text: &str, file_name: &str) -> Result<Profile, Problems> {
    let reading = read(text, file_name);
    reading.profile.ok_or(reading.problems)
}

/// Reads as much of `text` as can be read.
pub fn read(text: &str, file_name: &str) -> Reading {
    let (profile, sheet, mut problems) = match Document::parse(text) {
        Ok(document) => answers(Sheet::read(&document)),
        Err(error) => (None, Sheet::default(), vec![syntax(&error)]),
    };
    problems.sort_by_key(|problem| problem.place.start);
    let problems = Problems { file_name: file_name.to_owned(), text: text.to_owned(), problems };
    Reading { profile, sheet, problems }
}

fn answers(mut sheet: Sheet) -> (Option<Profile>, Sheet, Vec<Problem>) {
    let mut problems = std::mem::take(&mut sheet.problems);
    let profile = match build(&sheet) {
        Ok(profile) => profile,
        Err(error) => {
            problems.push(Problem::new(
                "",
                0..0,
                Fault::new(format!("these answers make no profile: {error}")),
            ));
            return (None, sheet, problems);
        }
    };
    problems.extend(clashes(&profile, &sheet));
    let usable = problems.iter().all(|problem| problem.severity == Severity::Warning);
    (usable.then_some(profile), sheet, problems)
}

fn syntax(error: &toml_edit::TomlError) -> Problem {
    let fault = Fault::new(format!("this is not TOML: {}", error.message()));
    Problem::new("", error.span().unwrap_or(0..0), fault)
}
