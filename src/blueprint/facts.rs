//! What must be known beside the profile before a blueprint can be drawn.

use serde::Serialize;

/// What must be known beside the profile before a blueprint can be drawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Facts {
    /// The AWS account's twelve digits.
    pub account: String,
    /// The partition in ARNs, such as `aws`.
    pub partition: String,
    /// The folder's release; `None` when the folder could not be read, as on another machine. Then what
    /// depends on the files is left as AWS has it.
    pub folder: Option<FolderFacts>,
}

/// What the folder holds, as far as the blueprint is concerned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FolderFacts {
    /// The hash of every path, content and header: equal hashes are equal releases.
    pub release: String,
    /// How many files there are.
    pub files: usize,
    /// Their size together, in bytes.
    pub bytes: u64,
    /// Paths of files without an extension, which pretty URLs must leave alone; sorted.
    pub extensionless: Vec<String>,
}
