//! What was lately done to the site, and what is still to do.

use super::places::Role;
use crate::blueprint::diff::Change;
use crate::blueprint::plan::Action;
use crate::status::moment::Moment;
use serde::Serialize;

/// What edge locations were lately told to forget.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InvalidationsView {
    /// Newest first, and only the newest few.
    pub newest: Vec<InvalidationView>,
}

/// One invalidation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InvalidationView {
    /// Its id.
    pub id: String,
    /// When it was asked for.
    pub asked: Option<Moment>,
    /// Whether every edge location has forgotten.
    pub completed: bool,
    /// The paths; empty where they were not read.
    pub paths: Vec<String>,
}

/// What was lately published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReleasesView {
    /// What each bucket holds now, the primary first.
    pub current: Vec<BucketRelease>,
    /// What the primary bucket was given lately, newest first, and only the newest few.
    pub newest: Vec<PublishedRelease>,
}

/// What one bucket holds now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BucketRelease {
    /// What the bucket is for.
    pub role: Role,
    /// Its name.
    pub bucket: String,
    /// The hash of its release; `None` where nothing was published, or the bucket does not answer.
    pub hash: Option<String>,
}

/// One release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PublishedRelease {
    /// How many releases the bucket had had by then.
    pub generation: u64,
    /// Its hash.
    pub hash: String,
    /// When it was published.
    pub published: Option<Moment>,
    /// How many files it has.
    pub files: usize,
    /// How many bytes they have together.
    pub bytes: u64,
}

/// Where AWS differs from the profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DriftView {
    /// What a deploy would do; empty where nothing differs.
    pub resources: Vec<DriftedResource>,
    /// What a person should know, such as parts that can't be told.
    pub notices: Vec<String>,
}

/// One resource that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DriftedResource {
    /// Which.
    pub resource: String,
    /// What a deploy would do to it.
    pub action: Action,
    /// Why.
    pub reason: String,
    /// Which fields differ.
    pub changes: Vec<Change>,
}

impl DriftView {
    /// Whether a deploy would change anything on AWS.
    pub fn differs(&self) -> bool {
        self.resources.iter().any(|resource| resource.action.changes_aws())
    }
}
