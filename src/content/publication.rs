//! The folder's release with all that publishing it needs.

use super::change::Upload;
use super::invalidate::{BUDGET, invalidation_paths};
use super::release::Release;
use crate::profile::answers::Profile;
use std::path::PathBuf;

/// The folder's release with all that publishing it needs.
#[derive(Debug, Clone)]
pub struct Publication {
    /// The site's files.
    pub release: Release,
    /// The answers that they were prepared by.
    pub profile: Profile,
    /// The folder that they came from.
    pub folder: PathBuf,
    /// The profile as its file has it, of which a copy is kept with the release.
    pub profile_text: String,
    /// Whether each bucket is listed, and not only its record read, to find what was changed behind our back.
    pub verify: bool,
    /// Where manifests are kept between runs, if anywhere; see [`super::manifest_copy`].
    pub copies: Option<PathBuf>,
}

impl Publication {
    /// What edge locations must forget once these uploads are done.
    pub fn invalidations(&self, primary: &Upload, backup: Option<&Upload>) -> Vec<String> {
        invalidation_paths(&self.release, &self.profile, primary, backup, BUDGET)
    }
}
