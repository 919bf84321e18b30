//! The names and ARNs of one site.

use crate::blueprint::names::{default_bucket_name, resource_name};
use crate::blueprint::{Facts, answers};
use crate::profile::Profile;

/// A site in an account: what the ARNs of its resources are made of.
#[derive(Debug, Clone)]
pub struct Scope<'a> {
    /// The site's profile.
    pub profile: &'a Profile,
    partition: String,
    account: String,
}

impl<'a> Scope<'a> {
    /// The site of `profile` in an account. The account may be `*`.
    pub fn new(profile: &'a Profile, partition: &str, account: &str) -> Self {
        Scope { profile, partition: partition.to_owned(), account: account.to_owned() }
    }

    /// The names of the buckets with their regions, the primary first.
    pub fn buckets(&self) -> Vec<(String, answers::Region)> {
        let primary = &self.profile.distribution;
        let backup = self.profile.failover.as_ref();
        let pinned = std::iter::once((&primary.bucket, &primary.region));
        let pinned = pinned.chain(backup.map(|failover| (&failover.bucket, &failover.region)));
        let facts = Facts {
            account: self.account.clone(),
            partition: self.partition.clone(),
            folder: None,
            edge: Default::default(),
        };
        let name = |region| default_bucket_name(&self.profile.name, &facts, region);
        pinned
            .map(|(bucket, region)| (bucket.clone().unwrap_or_else(|| name(region)), region.clone()))
            .collect()
    }

    /// The buckets.
    pub(super) fn bucket_arns(&self) -> Vec<String> {
        self.buckets().iter().map(|(name, _)| format!("arn:{}:s3:::{name}", self.partition)).collect()
    }

    /// Everything in the buckets.
    pub(super) fn object_arns(&self) -> Vec<String> {
        self.bucket_arns().iter().map(|bucket| format!("{bucket}/*")).collect()
    }

    /// Something in CloudFront, such as `distribution/*`.
    pub(super) fn cloudfront(&self, resource: &str) -> String {
        self.global("cloudfront", resource)
    }

    /// CloudFront Functions of the site.
    pub(super) fn cloudfront_functions(&self) -> String {
        self.cloudfront(&format!("function/{}", resource_name(&self.profile.name, "*")))
    }

    /// Something in IAM, such as `role/*`.
    pub(super) fn iam(&self, resource: &str) -> String {
        self.global("iam", resource)
    }

    /// A role of the site, by its use.
    pub(super) fn role(&self, part: &str) -> String {
        self.iam(&format!("role/{}", resource_name(&self.profile.name, part)))
    }

    /// Lambda functions of the site with their versions, where edge functions live (aws-facts.md D.1).
    pub(super) fn edge_functions(&self) -> String {
        let name = resource_name(&self.profile.name, "*");
        format!("arn:{}:lambda:us-east-1:{}:function:{name}", self.partition, self.account)
    }

    /// The log groups of edge functions, in every region where they may have run (aws-facts.md D.2).
    pub(super) fn edge_logs(&self) -> String {
        let group = format!("/aws/lambda/us-east-1.{}", resource_name(&self.profile.name, "*"));
        format!("arn:{}:logs:*:{}:log-group:{group}", self.partition, self.account)
    }

    /// Certificates where CloudFront takes them from.
    pub(super) fn certificates(&self) -> String {
        format!("arn:{}:acm:us-east-1:{}:certificate/*", self.partition, self.account)
    }

    /// Something in Route 53, whose ARNs name no account.
    pub(super) fn route53(&self, resource: &str) -> String {
        format!("arn:{}:route53:::{resource}", self.partition)
    }

    fn global(&self, service: &str, resource: &str) -> String {
        format!("arn:{}:{service}::{}:{resource}", self.partition, self.account)
    }
}
