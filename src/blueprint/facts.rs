//! What must be known beside the profile before a blueprint can be drawn.

use serde::Serialize;
use std::collections::BTreeMap;

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
    /// The code of each edge function, by its name in the profile. The code of one that is not here could not be
    /// read, as on another machine; it is left as AWS has it.
    pub edge: BTreeMap<String, EdgeCode>,
}

/// The code of an edge function, as far as the blueprint is concerned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EdgeCode {
    /// The hash of its archive, as Lambda tells it.
    pub hash: String,
    /// Where Lambda begins, such as `index.handler`.
    pub handler: String,
    /// The size of its archive, in bytes.
    pub bytes: u64,
    /// Request headers that must be in the cache key of its paths.
    pub cache_key_headers: Vec<String>,
    /// What may not work as it was meant.
    pub warnings: Vec<String>,
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
