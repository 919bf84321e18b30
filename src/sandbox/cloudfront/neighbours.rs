//! What CloudFront asks other services about the things that a configuration names.

use super::rules::views::{ConfigView, bucket_of};
use crate::sandbox::call::World;
use crate::sandbox::lambda::state::State;
use crate::sandbox::pace::Wait;
use crate::sandbox::route53::names;
use crate::sandbox::route53::state::{CLOUDFRONT_ZONE, Content, RecordSet, Zones};
use crate::sandbox::{acm, dns, iam, lambda, s3};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::io;

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
    pub code_bytes: usize,
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
    pub fn look(world: &World, config: &ConfigView) -> io::Result<Surroundings> {
        Ok(Surroundings {
            buckets: buckets(world, config)?,
            certificates: certificates(world, config)?,
            versions: versions(world, config)?,
            dns: targets(world, config)?,
        })
    }
}

/// A bucket that is a moment old can't be seen yet (aws-facts.md K11).
fn buckets(world: &World, config: &ConfigView) -> io::Result<BTreeMap<String, Bucket>> {
    let domains = config.origins().map(|origin| origin.domain());
    let domains = domains.chain([config.text("Logging/Bucket")]);
    let names: BTreeSet<&str> = domains.filter_map(bucket_of).map(|(name, _)| name).collect();
    let mut found = BTreeMap::new();
    for name in names.into_iter().filter(|name| is_bucket_name(name)) {
        let bucket = s3::find(&world.store, name)?;
        let visible =
            |bucket: &s3::Bucket| bucket.created + world.pace.duration(Wait::BucketVisible) <= world.now;
        if let Some(bucket) = bucket.filter(visible) {
            let owner_alone = bucket.ownership.as_deref() == Some("BucketOwnerEnforced");
            found.insert(name.to_owned(), Bucket { region: bucket.region, has_access_lists: !owner_alone });
        }
    }
    Ok(found)
}

/// Names become folders, so nothing else than a bucket's name may be looked for.
fn is_bucket_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-._".contains(&byte);
    name.bytes().all(allowed) && !name.starts_with('.') && !name.contains("..")
}

/// CloudFront looks in us-east-1 alone (aws-facts.md A.1).
fn certificates(world: &World, config: &ConfigView) -> io::Result<BTreeMap<String, Certificate>> {
    let arn = config.certificate_arn();
    let found = acm::certificate(&world.store, world.now, world.pace, arn)?;
    let found =
        found.filter(|certificate| certificate.region == "us-east-1").map(|certificate| Certificate {
            issued: certificate.issued().is_some(),
            names: certificate.names.clone(),
            key: certificate.key_algorithm,
        });
    Ok(found.map(|certificate| (arn.to_owned(), certificate)).into_iter().collect())
}

fn versions(world: &World, config: &ConfigView) -> io::Result<BTreeMap<String, FunctionVersion>> {
    let arns: BTreeSet<&str> = config.lambda_functions().map(|function| function.arn).collect();
    let mut found = BTreeMap::new();
    for arn in arns {
        if let Some(facts) = lambda::version(&world.store, world.now, world.pace, arn)? {
            found.insert(arn.to_owned(), function_version(world, &facts)?);
        }
    }
    Ok(found)
}

fn function_version(world: &World, facts: &lambda::VersionFacts) -> io::Result<FunctionVersion> {
    let config = &facts.config;
    let other = |path: &str| config.others.get(path).unwrap_or(&Value::Null);
    let trusted = |service: &str| iam::assumable(&world.store, world.now, world.pace, &config.role, service);
    Ok(FunctionVersion {
        state: match facts.state {
            State::Pending => "Pending".to_owned(),
            State::Updating | State::Active => "Active".to_owned(),
        },
        runtime: config.runtime.clone(),
        architecture: config.architecture.clone(),
        package: other("PackageType").as_str().unwrap_or("Zip").to_owned(),
        timeout_seconds: config.timeout.into(),
        storage_megabytes: config.ephemeral_storage.into(),
        code_bytes: facts.code_size,
        has_environment: !config.environment.is_empty(),
        has_layers: !config.layers.is_empty(),
        has_network: other("VpcConfig")["SubnetIds"].as_array().is_some_and(|subnets| !subnets.is_empty()),
        has_dead_letters: other("DeadLetterConfig")["TargetArn"].as_str().is_some_and(|arn| !arn.is_empty()),
        is_traced: other("TracingConfig")["Mode"] == "Active",
        has_own_key: other("KMSKeyArn").as_str().is_some_and(|arn| !arn.is_empty()),
        role_trusts_edge: trusted("lambda.amazonaws.com")? && trusted("edgelambda.amazonaws.com")?,
    })
}

/// Where public DNS sends each alias: by a CNAME, or by an alias record of a hosted zone.
fn targets(world: &World, config: &ConfigView) -> io::Result<BTreeMap<String, String>> {
    let zones: Zones = world.store.read()?;
    let mut found = BTreeMap::new();
    for alias in config.aliases() {
        let reply = dns::resolve(&world.store, world.now, world.pace, alias, "CNAME")?;
        let named = reply.of_kind("CNAME").first().map(|cname| cname.value.clone());
        if let Some(target) = named.or_else(|| alias_target(&zones, alias)) {
            found.insert(alias.to_owned(), target.trim_end_matches('.').to_owned());
        }
    }
    Ok(found)
}

/// An alias record answers with addresses, so DNS doesn't show its target; the hosted zone does.
fn alias_target(zones: &Zones, alias: &str) -> Option<String> {
    let parent = alias.split_once('.').map_or("", |(_, parent)| parent);
    let names = [names::canonical(alias), names::canonical(&format!("*.{parent}"))];
    let public = zones.zones.iter().filter(|zone| zone.vpc.is_none());
    let records: Vec<&RecordSet> = public.flat_map(|zone| &zone.records).collect();
    names.iter().find_map(|name| {
        records.iter().filter(|record| record.name == *name).find_map(|record| match &record.content {
            Content::Alias { zone, target, .. } if zone == CLOUDFRONT_ZONE => Some(target.clone()),
            Content::Alias { .. } | Content::Values { .. } => None,
        })
    })
}
