//! What a blueprint must know beside the profile, from who calls and from the folder.

use super::publication::Publication;
use super::session::Identity;
use crate::blueprint::{Facts, FolderFacts};
use std::collections::BTreeMap;

/// What a blueprint must know; without a publication, what depends on the folder is left as AWS has it. The code of
/// edge functions is for the caller to add.
pub fn facts(identity: &Identity, publication: Option<&Publication>) -> Facts {
    Facts {
        account: identity.account.clone(),
        partition: identity.partition.clone(),
        folder: publication.map(|publication| {
            let summary = publication.release.summary();
            FolderFacts {
                release: publication.release.hash(),
                files: summary.files,
                bytes: summary.bytes,
                extensionless: summary.extensionless,
            }
        }),
        edge: BTreeMap::new(),
    }
}
