//! What can be wrong with a folder. Problems are gathered and told all at once.

use crate::error::Error;
use std::collections::BTreeSet;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// One thing that keeps a folder from being published. Paths are relative to the folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Problem {
    /// There is no such folder.
    NoFolder,
    /// The path leads to something that isn't a folder.
    NotAFolder,
    /// The folder holds no file that would be published.
    NoFiles,
    /// A page that an answer names isn't in the folder.
    MissingPage(MissingPage),
    /// A file or folder can't be read.
    Unreadable {
        /// Which.
        path: PathBuf,
        /// The system's reason.
        reason: String,
    },
    /// A symbolic link leads out of the folder.
    LinkLeaves {
        /// The link.
        link: PathBuf,
        /// Where it leads.
        target: PathBuf,
    },
    /// A symbolic link leads to nothing.
    LinkBroken {
        /// The link.
        link: PathBuf,
        /// Where it should lead.
        target: PathBuf,
    },
    /// A symbolic link leads back to a folder that holds it.
    LinkCycle {
        /// The link.
        link: PathBuf,
        /// The folder that it leads back to.
        target: PathBuf,
    },
    /// A pipe, socket or device: reading it might never end.
    NotAFile {
        /// Which.
        path: PathBuf,
    },
    /// A name that isn't UTF-8, as S3 keys must be.
    NameNotText {
        /// The name, with the offending bytes replaced.
        path: PathBuf,
    },
    /// A name with a character that S3's lists can't tell.
    NameUntold {
        /// The key it would have.
        key: String,
    },
    /// A name longer than S3 takes.
    NameTooLong {
        /// The key it would have.
        key: String,
        /// The most bytes it may have.
        longest: usize,
    },
    /// Two files would be published under one key.
    SameKey {
        /// That key.
        key: String,
    },
    /// A file was written to while it was being read.
    ChangedWhileRead {
        /// Which.
        path: PathBuf,
    },
}

/// A page that the profile names but the folder lacks.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MissingPage {
    /// The key it should have.
    pub key: String,
    /// The profile's key that names it, such as `distribution.index`.
    pub answer: &'static str,
}

impl Problem {
    /// The problem of not being able to read `path`.
    pub(super) fn unreadable(path: &Path, reason: &io::Error) -> Problem {
        Problem::Unreadable { path: path.to_path_buf(), reason: reason.to_string() }
    }

    fn hint(&self) -> &'static str {
        match self {
            Problem::NoFolder | Problem::NotAFolder => {
                "build the site first, or set distribution.folder to where it is (relative to the profile)"
            }
            Problem::NoFiles => {
                "build the site first, or set distribution.folder to the folder that its build writes"
            }
            Problem::MissingPage(_) => {
                "add the page to the folder, or name another in the profile; distribution.error_page can be left out"
            }
            Problem::Unreadable { .. } => "let yourself read it (chmod u+r; folders also need u+x)",
            Problem::LinkLeaves { .. } | Problem::LinkBroken { .. } | Problem::LinkCycle { .. } => {
                "replace the link by a copy of what it should publish, or remove it"
            }
            Problem::NotAFile { .. } => "remove it from the folder",
            Problem::NameNotText { .. }
            | Problem::NameUntold { .. }
            | Problem::NameTooLong { .. }
            | Problem::SameKey { .. } => "rename the file",
            Problem::ChangedWhileRead { .. } => "wait until the site's build has ended, then run again",
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::NoFolder => f.write_str("there is no such folder"),
            Problem::NotAFolder => f.write_str("it is not a folder"),
            Problem::NoFiles => f.write_str("it holds no files to publish"),
            Problem::MissingPage(MissingPage { key, answer }) => {
                write!(f, "{key}: not in the folder, but {answer} names it")
            }
            Problem::Unreadable { path, reason } => write!(f, "{}: {reason}", path.display()),
            Problem::LinkLeaves { link, target } => {
                write!(f, "{}: a link that leaves the folder, to {}", link.display(), target.display())
            }
            Problem::LinkBroken { link, target } => {
                write!(f, "{}: a link to {}, which does not exist", link.display(), target.display())
            }
            Problem::LinkCycle { link, target } => {
                write!(f, "{}: a link back to {}, which holds it", link.display(), target.display())
            }
            Problem::NotAFile { path } => write!(f, "{}: neither a file nor a folder", path.display()),
            Problem::NameNotText { path } => write!(f, "{}: its name is not UTF-8", path.display()),
            Problem::NameUntold { key } => {
                write!(f, "{key:?}: its name holds a control character, which S3's XML can't carry")
            }
            Problem::NameTooLong { key, longest } => {
                write!(f, "{key}: its name has {} bytes; at most {longest} are possible", key.len())
            }
            Problem::SameKey { key } => write!(f, "{key}: more than one file would have this address"),
            Problem::ChangedWhileRead { path } => {
                write!(f, "{}: changed while it was being read", path.display())
            }
        }
    }
}

/// One error that lists all problems, each once, in order.
pub(super) fn error_of(folder: &Path, mut problems: Vec<Problem>) -> Error {
    problems.sort();
    problems.dedup();
    let mut error = Error::failed(format!("can't read the site's files in {}", folder.display()));
    let hints: Vec<_> = problems.iter().map(Problem::hint).collect::<BTreeSet<_>>().into_iter().collect();
    error.hint = Some(hints.join("; ")).filter(|hint| !hint.is_empty());
    error.causes = problems.iter().map(ToString::to_string).collect();
    error
}

/// All values, or all problems.
pub(super) fn all<T>(results: impl Iterator<Item = Result<T, Problem>>) -> Result<Vec<T>, Vec<Problem>> {
    let (mut values, mut problems) = (Vec::new(), Vec::new());
    for result in results {
        match result {
            Ok(value) => values.push(value),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(values) } else { Err(problems) }
}
