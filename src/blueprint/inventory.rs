//! What AWS holds now of one site, as observed.

use super::distribution::DistributionSpec;
use super::names::SITE_TAG;
pub use super::observed_https::{
    CertificateState, ObservedCertificate, ObservedHttps, ObservedRecord, ObservedZone, ValidationRecord,
    covers_all,
};
use super::resource::{
    BucketPolicySpec, BucketSettingsSpec, CachePolicySpec, EdgeFunctionSpec, EdgeRoleSpec, FunctionSpec,
    Kind, OriginAccessControlSpec, Output, ReplicationRoleSpec, ReplicationSpec, ResourceId,
    ResponseHeadersPolicySpec,
};
use crate::error::{Error, Result};
use crate::profile::answers::Region;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What AWS holds now of one site. Everything in it is ours, but for [`Inventory::foreign`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Inventory {
    /// The site's buckets by name, whatever profile they come from.
    pub buckets: BTreeMap<String, ObservedBucket>,
    /// Buckets that could not be looked at because S3 does not answer for them, and why. What a plan would do
    /// about them is unknown, so no plan is made while there are any.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub unreachable: BTreeMap<String, String>,
    /// The role by which S3 copies.
    pub replication_role: Option<Observed<ReplicationRoleSpec>>,
    /// The identity with which CloudFront signs.
    pub origin_access_control: Option<Observed<OriginAccessControlSpec>>,
    /// Our own cache policies.
    pub cache_policies: Vec<Observed<CachePolicySpec>>,
    /// How many custom cache policies of other sites and people the account holds.
    pub other_cache_policies: usize,
    /// The headers that every answer gets.
    pub response_headers_policy: Option<Observed<ResponseHeadersPolicySpec>>,
    /// How many custom response headers policies of others the account holds.
    pub other_response_headers_policies: usize,
    /// Our CloudFront Functions.
    pub functions: Vec<ObservedFunction>,
    /// The role under which edge functions run.
    pub edge_role: Option<Observed<EdgeRoleSpec>>,
    /// Our Lambda@Edge functions.
    pub edge_functions: Vec<ObservedEdgeFunction>,
    /// The distribution.
    pub distribution: Option<ObservedDistribution>,
    /// What the site's own domains need.
    pub https: ObservedHttps,
    /// What exists under a name that we want, but isn't ours. Nothing here may ever be touched.
    pub foreign: Vec<Foreign>,
    /// What a person should know about the observation, such as a list that could not be read.
    pub notices: Vec<String>,
}

impl Inventory {
    /// Refuses to go on while there are buckets of which nobody knows what they hold.
    pub fn insist_on_reach(&self) -> Result<()> {
        if self.unreachable.is_empty() {
            return Ok(());
        }
        let names: Vec<_> = self.unreachable.keys().map(String::as_str).collect();
        let error = Error::failed(format!("can't look at {}, so no plan can be made", names.join(" and ")));
        let causes = self.unreachable.values().cloned().collect();
        let hint = "nothing was changed; https://health.aws.amazon.com shows whether AWS has a problem there, \
                    and `sitecast status` what can be seen meanwhile";
        Err(Error { causes, ..error.hint(hint) })
    }

    /// Refuses to tear down what a distribution that isn't ours may still serve to visitors.
    pub fn insist_on_teardown(&self) -> Result<()> {
        self.insist_on_reach()?;
        let stays = |it: &&Foreign| it.resource.kind == Kind::Distribution && self.distribution.is_none();
        let Some(foreign) = self.foreign.iter().find(stays).filter(|_| !self.buckets.is_empty()) else {
            return Ok(());
        };
        let site = &foreign.resource.name;
        Err(Error::failed(format!("{} exists and isn't ours: {}", foreign.resource, foreign.why))
            .why("it may still serve what is in this site's buckets to visitors; nothing was changed")
            .hint(format!(
                "if it is this site's, give it back the tag {SITE_TAG} = {site}; if not, remove it by hand; then run \
                 the same command again"
            )))
    }
}

/// A resource that exists and is ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Observed<S> {
    /// Its name on AWS.
    pub name: String,
    /// What AWS calls it.
    pub output: Output,
    /// What it is.
    pub spec: S,
}

/// A bucket that exists and is ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ObservedBucket {
    /// Where it lives.
    pub region: Region,
    /// Its settings; what AWS has no setting for reads as off.
    pub settings: BucketSettingsSpec,
    /// Our statements of its policy; `None` without any.
    pub policy: Option<BucketPolicySpec>,
    /// Its replication rule, if it has one.
    pub replication: Option<ReplicationSpec>,
    /// The role under which rules of others copy from it, if it has such rules.
    pub role_of_others: Option<String>,
    /// What it holds of the site's files.
    pub release: ObservedRelease,
}

/// What a bucket holds of the site's files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ObservedRelease {
    /// It never had a release.
    Never,
    /// An upload was begun and not finished; what is there must be listed and compared.
    Unfinished {
        /// What the upload would do, where the folder is known.
        changes: Option<ReleaseChanges>,
    },
    /// A release was published.
    Published {
        /// Its hash.
        hash: String,
        /// What the folder would change, where the folder is known.
        changes: Option<ReleaseChanges>,
    },
    /// A release was published, and something else has changed the bucket since.
    Altered {
        /// Files that are missing.
        missing: usize,
        /// Files that were written over.
        overwritten: usize,
        /// Objects that no release put there.
        strange: usize,
    },
}

/// What publishing the folder would change in one bucket.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct ReleaseChanges {
    /// Files to upload.
    pub uploads: usize,
    /// Files of which only the headers change.
    pub header_changes: usize,
    /// Objects to delete.
    pub deletions: usize,
    /// Bytes to upload.
    pub bytes: u64,
    /// Paths to invalidate, folded.
    pub invalidations: Vec<String>,
}

/// A CloudFront Function that exists and is ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ObservedFunction {
    /// Its name on AWS.
    pub name: String,
    /// What AWS calls it; the ARN is the one that behaviours use.
    pub output: Output,
    /// What visitors get; `None` when it was never published.
    pub live: Option<FunctionSpec>,
    /// What was written last.
    pub development: FunctionSpec,
}

/// A Lambda@Edge function that exists and is ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ObservedEdgeFunction {
    /// Its name on AWS.
    pub name: String,
    /// What was written last, of which the next version would be made.
    pub latest: EdgeFunctionSpec,
    /// The numbered versions, oldest first.
    pub versions: Vec<EdgeVersion>,
}

impl ObservedEdgeFunction {
    /// The newest version that is what `spec` asks for.
    pub fn version_of(&self, spec: &EdgeFunctionSpec) -> Option<&EdgeVersion> {
        let identity = spec.identity()?;
        let same = |version: &&EdgeVersion| {
            version.identity == identity && Some(&version.code) == spec.code.as_ref()
        };
        self.versions.iter().rev().find(same)
    }
}

/// A numbered version of a Lambda@Edge function, which never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EdgeVersion {
    /// Its number.
    pub number: String,
    /// Its ARN, as behaviours name it.
    pub arn: String,
    /// What its description says it is; see [`EdgeFunctionSpec::identity`].
    pub identity: String,
    /// The hash of its archive.
    pub code: String,
}

/// The distribution that is ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ObservedDistribution {
    /// What AWS calls it.
    pub output: Output,
    /// What it is.
    pub spec: DistributionSpec,
    /// Whether every edge location has its newest configuration.
    pub deployed: bool,
    /// Buckets that it remembers for removal, by the tag that holds each name.
    pub old_buckets: BTreeMap<String, String>,
    /// Its tags that say which DNS records were made for it; see [`super::names::record_tag`].
    pub record_tags: BTreeSet<String>,
}

/// Something that exists under a name that we want, but isn't ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Foreign {
    /// Which.
    pub resource: ResourceId,
    /// Why it isn't ours, such as "belongs to another account".
    pub why: String,
}
