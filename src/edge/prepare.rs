//! Everything that a deploy must know of the functions of a profile: their archives, and what is wrong with them.

use super::finding::{self, Finding, Severity};
use super::lint::lint;
use super::package::{code_hash, package};
use crate::blueprint::EdgeCode;
use crate::error::{Error, Result};
use crate::profile::answers::{EdgeFunction, EdgeSource};
use crate::profile::gallery::ready_function;
use std::collections::BTreeMap;
use std::path::Path;

/// Whether functions are to be deployed, or only compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// They are to be deployed: what can't work is refused.
    Deploy,
    /// They are compared: one whose code is not at hand is left out.
    Compare,
}

/// The functions of a profile, ready to be uploaded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Prepared {
    /// What a blueprint must know of each, by its name in the profile.
    pub code: BTreeMap<String, EdgeCode>,
    /// The archives, by their hash.
    pub archives: BTreeMap<String, Vec<u8>>,
    /// Why some were left out.
    pub notices: Vec<String>,
}

/// Packs the functions of a profile that lies in `folder`.
///
/// # Errors
/// When they are to be deployed, and one can't be read or can't work; every such function is named.
pub fn prepare(functions: &[EdgeFunction], folder: &Path, need: Need) -> Result<Prepared> {
    let mut prepared = Prepared::default();
    let mut refused = Vec::new();
    for function in functions {
        match (prepared.add(function, folder, need), need) {
            (Ok(()), _) => {}
            (Err(error), Need::Deploy) => refused.push(error),
            (Err(error), Need::Compare) => {
                prepared
                    .notices
                    .push(format!("edge function {} was not compared: {}", function.name, error.message));
            }
        }
    }
    all_refused(refused).map_or(Ok(prepared), Err)
}

impl Prepared {
    fn add(&mut self, function: &EdgeFunction, folder: &Path, need: Need) -> Result<()> {
        let findings = lint(function, folder)?;
        if need == Need::Deploy {
            finding::refuse(&function.name, &findings)?;
        }
        let package = package(function, folder)?;
        let archive = package.zip()?;
        let hash = code_hash(&archive);
        let code = EdgeCode {
            hash: hash.clone(),
            handler: package.handler,
            bytes: archive.len() as u64,
            cache_key_headers: cache_key_headers(function)?,
            warnings: findings.iter().filter(|it| it.severity == Severity::Warning).map(told).collect(),
        };
        self.code.insert(function.name.clone(), code);
        self.archives.insert(hash, archive);
        Ok(())
    }
}

fn cache_key_headers(function: &EdgeFunction) -> Result<Vec<String>> {
    match &function.function {
        EdgeSource::Builtin(name) => {
            Ok(ready_function(name)?.cache_key_headers.iter().map(|header| (*header).to_owned()).collect())
        }
        EdgeSource::Own(_) => Ok(Vec::new()),
    }
}

/// A finding on one line.
fn told(finding: &Finding) -> String {
    finding.to_string().lines().map(str::trim).collect::<Vec<_>>().join("; ")
}

/// One error that says what every one of them says.
fn all_refused(errors: Vec<Error>) -> Option<Error> {
    let mut errors = errors.into_iter();
    let first = errors.next()?;
    Some(errors.fold(first, |first, other| {
        let causes = std::iter::once(other.message).chain(other.causes);
        causes.fold(first, Error::why)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edge::fixtures::{own, ready};
    use crate::profile::answers::EdgeEvent;
    use serde_json::json;
    use std::fs;

    #[test]
    fn a_ready_function_comes_with_its_archive_and_its_headers() {
        let function = ready("greeting", EdgeEvent::OriginRequest, json!({}));
        let prepared = prepare(std::slice::from_ref(&function), Path::new(""), Need::Deploy).unwrap();
        let code = &prepared.code[&function.name];
        assert_eq!(prepared.archives[&code.hash].len() as u64, code.bytes);
        assert!(code.cache_key_headers.contains(&"CloudFront-Viewer-Country".to_owned()));
    }

    #[test]
    fn all_that_cannot_work_is_told_at_once_with_file_and_line() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.mjs"), "export const other = 1;\n").unwrap();
        let functions = [own("a.mjs", EdgeEvent::ViewerRequest), own("gone.mjs", EdgeEvent::OriginRequest)];
        let error = prepare(&functions, folder.path(), Need::Deploy).unwrap_err().to_string();
        assert!(error.contains("a.mjs") && error.contains("gone.mjs"), "{error}");
    }

    #[test]
    fn what_is_not_at_hand_is_left_out_of_a_comparison() {
        let functions = [own("gone.mjs", EdgeEvent::OriginRequest)];
        let prepared = prepare(&functions, Path::new("/nowhere"), Need::Compare).unwrap();
        assert_eq!((prepared.code.len(), prepared.notices.len()), (0, 1));
    }
}
