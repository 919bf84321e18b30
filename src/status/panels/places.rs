//! The distribution, its origins, and whether one takes over from the other.

use crate::profile::answers::{HttpVersion, Region};
use crate::status::moment::Moment;
use serde::Serialize;

/// The distribution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DistributionView {
    /// Its id.
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// Its host name under `cloudfront.net`.
    pub host: String,
    /// Where visitors find the site.
    pub address: String,
    /// Whether it serves.
    pub enabled: bool,
    /// Whether every edge location has its newest configuration.
    pub state: DistributionState,
    /// When its configuration last changed.
    pub changed: Option<Moment>,
    /// The HTTP versions that visitors may use.
    pub http_version: HttpVersion,
    /// Whether visitors may come by IPv6.
    pub ipv6: bool,
    /// The site's own domains that it answers for; sorted.
    pub domains: Vec<String>,
}

/// Whether every edge location has a distribution's newest configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DistributionState {
    /// Every edge location has it.
    Deployed,
    /// It is on its way.
    InProgress,
}

/// Both buckets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OriginsView {
    /// The primary first.
    pub origins: Vec<OriginView>,
    /// Whether they hold the same.
    pub parity: Parity,
}

/// One bucket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OriginView {
    /// What it is for.
    pub role: Role,
    /// Its name.
    pub bucket: String,
    /// Its region.
    pub region: Region,
    /// Whether it answers.
    pub reach: Reach,
    /// How many files its manifest counts; `None` without a manifest.
    pub objects: Option<usize>,
    /// How many bytes they have together.
    pub bytes: Option<u64>,
    /// The hash of its release.
    pub release: Option<String>,
    /// Whether an upload was begun and not finished.
    pub unfinished: bool,
}

/// What a bucket is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// It is asked first.
    Primary,
    /// It takes over.
    Backup,
}

impl Role {
    /// The role as it is written.
    pub fn word(self) -> &'static str {
        match self {
            Role::Primary => "primary",
            Role::Backup => "backup",
        }
    }
}

/// Whether a bucket answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// It does.
    Answers {
        /// How long the answer took.
        milliseconds: u64,
    },
    /// There is no such bucket.
    Missing,
    /// It exists, but belongs to somebody else, or may not be looked at.
    Refused {
        /// Why.
        why: String,
    },
    /// S3 does not answer for it: an outage, as far as can be told.
    Unreachable {
        /// Why.
        why: String,
    },
}

/// Whether both buckets hold the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Parity {
    /// There is one bucket only.
    OneBucket,
    /// Both manifests are the same.
    Same,
    /// They differ.
    Different {
        /// How many files only the primary has as it has them.
        ahead: usize,
        /// How many files only the backup has as it has them.
        behind: usize,
    },
    /// It can't be told.
    Unknown {
        /// Why.
        why: String,
    },
}

/// Whether the backup takes over when the primary fails.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FailoverView {
    /// Whether the profile asks for it.
    pub wanted: bool,
    /// Whether the distribution has it.
    pub armed: bool,
    /// On which answers of the primary the backup is asked; a primary that does not answer counts as well.
    pub statuses: Vec<u16>,
    /// Why it is not armed, where it is wanted and is not.
    pub why_not: Option<String>,
    /// The latest drill that is remembered.
    pub last_drill: Option<DrillSeen>,
}

/// A drill of the failover that was run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DrillSeen {
    /// When it ended.
    pub at: Moment,
    /// Whether the backup answered.
    pub passed: bool,
    /// How long the answer took.
    pub milliseconds: u64,
}
