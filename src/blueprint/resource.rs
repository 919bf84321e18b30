//! The AWS resources that a site is made of, fully specified.
//!
//! What is wanted and what is observed have the same types, so that drift is a comparison of two values.

use super::diff::Change;
use super::distribution::DistributionSpec;
pub use super::domains::{AliasRecordSpec, CertificateSpec, ValidationRecordSpec};
use crate::profile::answers::{Hsts, Query, Region, Seconds};
use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt;

/// The kinds of resource, in the words that people read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A bucket, empty and without settings.
    Bucket,
    /// Public access block, ownership, encryption, versioning, lifecycle and tags of a bucket.
    BucketSettings,
    /// Who may read a bucket.
    BucketPolicy,
    /// The role by which S3 copies from the primary to the backup.
    ReplicationRole,
    /// The rule by which S3 copies from the primary to the backup.
    Replication,
    /// The identity with which CloudFront signs its requests to the buckets.
    OriginAccessControl,
    /// A cache key and its lifetimes.
    CachePolicy,
    /// The headers that every answer gets.
    ResponseHeadersPolicy,
    /// The CloudFront Function for pretty URLs.
    Function,
    /// The role under which edge functions run.
    EdgeRole,
    /// A Lambda@Edge function with its numbered versions.
    EdgeFunction,
    /// What edge functions wrote, in every region.
    EdgeLogs,
    /// The distribution.
    Distribution,
    /// The site's files in every bucket.
    Release,
    /// The certificate for the site's own domains.
    Certificate,
    /// The DNS record that proves a domain to the certificate authority.
    ValidationRecord,
    /// The DNS records that lead a domain to the distribution.
    AliasRecord,
}

impl Kind {
    /// The kind as it is written in identities and on screens.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Bucket => "bucket",
            Kind::BucketSettings => "bucket-settings",
            Kind::BucketPolicy => "bucket-policy",
            Kind::ReplicationRole => "replication-role",
            Kind::Replication => "replication",
            Kind::OriginAccessControl => "origin-access-control",
            Kind::CachePolicy => "cache-policy",
            Kind::ResponseHeadersPolicy => "response-headers-policy",
            Kind::Function => "function",
            Kind::EdgeRole => "edge-role",
            Kind::EdgeFunction => "edge-function",
            Kind::EdgeLogs => "edge-logs",
            Kind::Distribution => "distribution",
            Kind::Release => "release",
            Kind::Certificate => "certificate",
            Kind::ValidationRecord => "validation-record",
            Kind::AliasRecord => "alias-record",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// One resource of one site: its kind and its name on AWS.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceId {
    /// What it is.
    pub kind: Kind,
    /// Its name on AWS; for a distribution and a release, the site's name.
    pub name: String,
}

impl ResourceId {
    /// The resource of `kind` called `name`.
    pub fn new(kind: Kind, name: impl Into<String>) -> Self {
        ResourceId { kind, name: name.into() }
    }
}

impl fmt::Display for ResourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind, self.name)
    }
}

impl Serialize for ResourceId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A value that AWS gives out, such as an id: known, or known once a step has made the resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ref {
    /// The value.
    Known(String),
    /// The id of a resource that this run makes.
    IdOf(ResourceId),
    /// The ARN of a resource that this run makes.
    ArnOf(ResourceId),
    /// The host name of a resource that this run makes.
    DomainOf(ResourceId),
}

impl Ref {
    /// The value, if it is known.
    pub fn known(&self) -> Option<&str> {
        match self {
            Ref::Known(value) => Some(value),
            Ref::IdOf(_) | Ref::ArnOf(_) | Ref::DomainOf(_) => None,
        }
    }

    /// The resource that must be made before the value is known.
    pub fn awaits(&self) -> Option<&ResourceId> {
        match self {
            Ref::Known(_) => None,
            Ref::IdOf(id) | Ref::ArnOf(id) | Ref::DomainOf(id) => Some(id),
        }
    }

    /// Fills in the value where `outputs` has it.
    pub fn resolve(&mut self, outputs: &Outputs) {
        let found = match self {
            Ref::Known(_) => None,
            Ref::IdOf(resource) => outputs.get(resource).map(|output| output.id.clone()),
            Ref::ArnOf(resource) => outputs.get(resource).map(|output| output.arn.clone()),
            Ref::DomainOf(resource) => outputs.get(resource).map(|output| output.domain.clone()),
        };
        if let Some(value) = found {
            *self = Ref::Known(value);
        }
    }
}

impl Serialize for Ref {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Ref::Known(value) => serializer.serialize_str(value),
            Ref::IdOf(resource) | Ref::ArnOf(resource) | Ref::DomainOf(resource) => {
                serializer.collect_str(&format_args!("(known once {resource} is made)"))
            }
        }
    }
}

/// What AWS calls a resource that exists.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Output {
    /// Its id; the name where AWS has no other.
    pub id: String,
    /// Its ARN; empty where AWS has none, or none is known yet.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub arn: String,
    /// The host name that it answers to; only distributions have one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub domain: String,
}

/// What AWS calls each resource that exists or was made in this run.
pub type Outputs = BTreeMap<ResourceId, Output>;

/// One resource, fully specified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Spec {
    /// See [`Kind::Bucket`].
    Bucket(BucketSpec),
    /// See [`Kind::BucketSettings`].
    BucketSettings(BucketSettingsSpec),
    /// See [`Kind::BucketPolicy`].
    BucketPolicy(BucketPolicySpec),
    /// See [`Kind::ReplicationRole`].
    ReplicationRole(ReplicationRoleSpec),
    /// See [`Kind::Replication`].
    Replication(ReplicationSpec),
    /// See [`Kind::OriginAccessControl`].
    OriginAccessControl(OriginAccessControlSpec),
    /// See [`Kind::CachePolicy`].
    CachePolicy(CachePolicySpec),
    /// See [`Kind::ResponseHeadersPolicy`].
    ResponseHeadersPolicy(ResponseHeadersPolicySpec),
    /// See [`Kind::Function`].
    Function(FunctionSpec),
    /// See [`Kind::EdgeRole`].
    EdgeRole(EdgeRoleSpec),
    /// See [`Kind::EdgeFunction`].
    EdgeFunction(EdgeFunctionSpec),
    /// See [`Kind::Distribution`].
    Distribution(Box<DistributionSpec>),
    /// See [`Kind::Release`].
    Release(ReleaseSpec),
    /// See [`Kind::Certificate`].
    Certificate(CertificateSpec),
    /// See [`Kind::ValidationRecord`].
    ValidationRecord(ValidationRecordSpec),
    /// See [`Kind::AliasRecord`].
    AliasRecord(AliasRecordSpec),
}

impl Spec {
    /// Fills in the values that AWS has given out by now.
    pub fn resolve(&mut self, outputs: &Outputs) {
        self.references_mut().into_iter().for_each(|reference| reference.resolve(outputs));
    }

    /// The resources that must be made before this one is fully known.
    pub fn awaits(&self) -> Vec<ResourceId> {
        let mut copy = self.clone();
        let mut awaited: Vec<_> =
            copy.references_mut().iter().filter_map(|reference| reference.awaits().cloned()).collect();
        awaited.sort();
        awaited.dedup();
        awaited
    }

    fn references_mut(&mut self) -> Vec<&mut Ref> {
        match self {
            Spec::BucketPolicy(spec) => vec![&mut spec.distribution],
            Spec::Replication(spec) => vec![&mut spec.role],
            Spec::EdgeFunction(spec) => vec![&mut spec.role],
            Spec::Distribution(spec) => spec.references_mut(),
            Spec::ValidationRecord(spec) => vec![&mut spec.certificate],
            Spec::AliasRecord(spec) => vec![&mut spec.target],
            Spec::Bucket(_)
            | Spec::BucketSettings(_)
            | Spec::ReplicationRole(_)
            | Spec::OriginAccessControl(_)
            | Spec::CachePolicy(_)
            | Spec::ResponseHeadersPolicy(_)
            | Spec::Function(_)
            | Spec::EdgeRole(_)
            | Spec::Release(_)
            | Spec::Certificate(_) => Vec::new(),
        }
    }
}

/// A bucket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BucketSpec {
    /// Where it lives. It can't be moved.
    pub region: Region,
}

/// How [`BucketSettingsSpec::public_access_block`] tells that no way is left to make a bucket public.
pub const PUBLIC_ACCESS_BLOCKED: &str = "all on";

/// The settings of a bucket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BucketSettingsSpec {
    /// Where the bucket lives.
    #[serde(skip)]
    pub region: Region,
    /// Which of the four ways to make it public are blocked; [`PUBLIC_ACCESS_BLOCKED`] where all are.
    pub public_access_block: String,
    /// Whether access lists are off, so that the owner owns every object.
    pub owner_enforced: bool,
    /// The encryption of new objects, such as `AES256`.
    pub encryption: String,
    /// Whether old versions are kept.
    pub versioning: bool,
    /// After how many days old versions go; 0 keeps them for ever.
    pub old_versions_expire_days: u32,
    /// After how many days unfinished uploads go; 0 keeps them for ever.
    pub unfinished_uploads_expire_days: u32,
    /// What somebody changed by hand that no other field shows; nothing where it is wanted.
    #[serde(skip)]
    pub altered: Vec<Change>,
}

/// Who may read a bucket: one distribution, and of the objects only the release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BucketPolicySpec {
    /// Where the bucket lives.
    #[serde(skip)]
    pub region: Region,
    /// The distribution's ARN.
    pub distribution: Ref,
    /// The folder that it may read.
    pub prefix: String,
    /// Whether it may list, so that a missing file is a 404 and not a 403 (aws-facts.md J).
    pub may_list: bool,
    /// What somebody changed by hand that no other field shows; nothing where it is wanted.
    #[serde(skip)]
    pub altered: Vec<Change>,
}

/// The role by which S3 copies from one bucket to the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReplicationRoleSpec {
    /// The bucket that is read.
    pub source: String,
    /// The bucket that is written.
    pub destination: String,
    /// The account that the role's trust is bound to.
    pub account: String,
    /// The partition in ARNs, such as `aws`.
    pub partition: String,
}

/// The rule by which S3 copies from one bucket to the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReplicationSpec {
    /// Where the source lives.
    #[serde(skip)]
    pub region: Region,
    /// The bucket that is written.
    pub destination: String,
    /// The folder that is copied.
    pub prefix: String,
    /// The role's ARN.
    pub role: Ref,
    /// Whether deletions are copied too.
    pub delete_markers: bool,
}

/// The identity with which CloudFront signs its requests to the buckets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OriginAccessControlSpec {
    /// `s3`.
    pub origin_type: String,
    /// `always`: every request is signed, and goes by HTTPS.
    pub signing_behavior: String,
    /// `sigv4`.
    pub signing_protocol: String,
}

/// A cache key and its lifetimes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CachePolicySpec {
    /// At least this long, whatever the origin says.
    pub min_ttl: Seconds,
    /// When the origin says nothing.
    pub default_ttl: Seconds,
    /// At most this long.
    pub max_ttl: Seconds,
    /// The query strings in the key.
    pub query: Query,
    /// The headers in the key; sorted.
    pub headers: Vec<String>,
    /// The cookies in the key; sorted.
    pub cookies: Vec<String>,
    /// Whether gzip and Brotli copies are kept apart, and so may be made.
    pub compress: bool,
}

/// The headers that every answer gets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ResponseHeadersPolicySpec {
    /// `X-Content-Type-Options: nosniff`.
    pub nosniff: bool,
    /// `Referrer-Policy`.
    pub referrer_policy: String,
    /// `Strict-Transport-Security`, if sent.
    pub hsts: Option<Hsts>,
}

/// A CloudFront Function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FunctionSpec {
    /// What it is for.
    pub comment: String,
    /// The runtime, such as `cloudfront-js-2.0`.
    pub runtime: String,
    /// Its JavaScript. `None` leaves the code that AWS has.
    pub code: Option<String>,
}

/// The role under which edge functions run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EdgeRoleSpec {
    /// The services that may act as the role; sorted.
    pub trusted: Vec<String>,
    /// The ARN pattern of the log groups that it may write.
    pub log_groups: String,
}

/// A Lambda@Edge function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EdgeFunctionSpec {
    /// The hash of its archive, as Lambda tells it. `None` leaves the code that AWS has.
    pub code: Option<String>,
    /// Where Lambda begins, such as `index.handler`. `None` leaves what AWS has.
    pub handler: Option<String>,
    /// The runtime, such as `nodejs22.x`.
    pub runtime: String,
    /// Memory in MB.
    pub memory_mb: u32,
    /// The longest run.
    pub timeout: Seconds,
    /// The ARN of the role under which it runs.
    pub role: Ref,
}

impl EdgeFunctionSpec {
    /// The hash that tells versions of a function apart: change any part, and it takes a new version. `None` while
    /// a part is not known.
    pub fn identity(&self) -> Option<String> {
        let (memory, timeout) = (self.memory_mb.to_string(), self.timeout.0.to_string());
        let (code, handler) = (self.code.as_deref()?, self.handler.as_deref()?);
        let mut hasher = Sha256::new();
        for part in [code, &self.runtime, handler, &memory, &timeout, self.role.known()?] {
            // The length goes first, lest two parts run into each other.
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part);
        }
        Some(hex::encode(hasher.finalize()))
    }

    /// Takes what is not known from what AWS has.
    pub(super) fn keep_unknown(&mut self, observed: &EdgeFunctionSpec) {
        if self.code.is_none() {
            (self.code, self.handler) = (observed.code.clone(), observed.handler.clone());
        }
    }
}

/// The site's files in every bucket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReleaseSpec {
    /// The hash of the release; see [`super::facts::FolderFacts::release`].
    pub hash: String,
    /// The buckets that hold it, primary first.
    #[serde(skip)]
    pub buckets: Vec<ReleaseBucket>,
    /// Whether S3 fills the backup.
    pub replicated: bool,
    /// Pages that the distribution answers with until it is changed, which comes after the release.
    #[serde(skip)]
    pub spared: Vec<String>,
    /// The id of the distribution whose edge locations may hold earlier files; `None` where it is yet to be
    /// made.
    #[serde(skip)]
    pub distribution: Option<String>,
}

/// A bucket that holds a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReleaseBucket {
    /// Its name.
    pub name: String,
    /// Where it lives.
    pub region: Region,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_an_edge_function_makes_a_version_of_its_own() {
        let spec = EdgeFunctionSpec {
            code: Some("c".into()),
            handler: Some("h".into()),
            runtime: "n".into(),
            memory_mb: 128,
            timeout: Seconds(5),
            role: Ref::Known("r".into()),
        };
        let changed = [
            EdgeFunctionSpec { code: Some("d".into()), ..spec.clone() },
            EdgeFunctionSpec { runtime: "p".into(), ..spec.clone() },
            EdgeFunctionSpec { handler: Some("g".into()), ..spec.clone() },
            EdgeFunctionSpec { memory_mb: 129, ..spec.clone() },
            EdgeFunctionSpec { timeout: Seconds(6), ..spec.clone() },
            EdgeFunctionSpec { role: Ref::Known("s".into()), ..spec.clone() },
            EdgeFunctionSpec { code: Some("cn".into()), runtime: String::new(), ..spec.clone() },
        ];
        let mut identities: Vec<_> = changed.iter().chain([&spec]).map(|it| it.identity().unwrap()).collect();
        identities.sort();
        identities.dedup();
        assert_eq!(identities.len(), 8);
        assert_eq!(EdgeFunctionSpec { code: None, ..spec }.identity(), None);
    }
}
