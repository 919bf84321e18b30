//! From a profile to every AWS resource that it asks for.

use super::distribution::{Behavior, DistributionSpec, ErrorPage, Origin, OriginGroup, PathBehavior};
use super::domains::{self, WantedDomains};
use super::names::{self, DRILL_PATH, RELEASE_PREFIX};
use super::plan::Stage;
use super::resource::{
    BucketPolicySpec, BucketSettingsSpec, BucketSpec, Kind, OriginAccessControlSpec, PUBLIC_ACCESS_BLOCKED,
    Ref, ReleaseBucket, ReleaseSpec, ReplicationRoleSpec, ReplicationSpec, ResourceId,
    ResponseHeadersPolicySpec, Spec,
};
use super::{Facts, cache_policy, edge, urls};
use crate::profile::answers::{CacheAnswers, CopyBy, Failover, PlainHttp, Profile, Region, Seconds};
use crate::profile::placement::{EVERYTHING, PageAddresses, page_addresses, paths_without_rule};
use serde::Serialize;

/// Every AWS resource that a profile asks for, fully specified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Blueprint {
    /// The site's name.
    pub site: String,
    /// The account that it is for.
    pub account: String,
    /// The buckets, primary first.
    pub buckets: Vec<ReleaseBucket>,
    /// The site's own domains, if it has some.
    pub domains: Option<WantedDomains>,
    /// The resources, each after those that it names.
    pub resources: Vec<Wanted>,
    /// What the profile asks for and this program does not build yet.
    pub notices: Vec<String>,
}

impl Blueprint {
    /// The distribution.
    pub(super) fn distribution(&self) -> Option<&DistributionSpec> {
        let found = |wanted: &Wanted| matches!(wanted.spec, Spec::Distribution(_));
        match self.resources.iter().find(|wanted| found(wanted)).map(|wanted| &wanted.spec) {
            Some(Spec::Distribution(spec)) => Some(spec),
            Some(_) | None => None,
        }
    }
}

/// A resource that a profile asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Wanted {
    /// Which.
    pub id: ResourceId,
    /// The stage that asks for it.
    pub stage: Stage,
    /// What it is to be.
    pub spec: Spec,
}

/// After how many days old versions go, and unfinished uploads.
const OLD_VERSIONS_DAYS: u32 = 30;
const UNFINISHED_UPLOADS_DAYS: u32 = 7;

/// CloudFront's own defaults for connecting to an origin (aws-facts.md B), used without failover.
const CONNECTION_ATTEMPTS: u8 = 3;
const CONNECTION_TIMEOUT: Seconds = Seconds(10);

/// How long a missing page is remembered: CloudFront's own default (aws-facts.md J).
const ERROR_CACHE: Seconds = Seconds(10);

/// Draws the blueprint of `profile`.
pub fn blueprint(profile: &Profile, facts: &Facts) -> Blueprint {
    let mut draft = Draft { profile, facts, buckets: buckets(profile, facts), resources: Vec::new() };
    draft.buckets();
    draft.replication();
    draft.policies();
    draft.function();
    draft.resources.extend(profile.https.iter().flat_map(domains::certificate));
    draft.edge();
    draft.distribution();
    let domains = domains::wanted(profile);
    draft.resources.extend(domains.iter().flat_map(|wanted| domains::alias_records(&profile.name, wanted)));
    draft.bucket_policies();
    draft.release();
    Blueprint {
        site: profile.name.clone(),
        account: facts.account.clone(),
        buckets: draft.buckets,
        domains,
        resources: draft.resources,
        notices: edge::notices(profile, facts),
    }
}

/// The buckets of `profile`, primary first.
fn buckets(profile: &Profile, facts: &Facts) -> Vec<ReleaseBucket> {
    let bucket = |region: &Region, pinned: &Option<String>| ReleaseBucket {
        name: pinned.clone().unwrap_or_else(|| names::default_bucket_name(&profile.name, facts, region)),
        region: region.clone(),
    };
    let primary = bucket(&profile.distribution.region, &profile.distribution.bucket);
    let backup = profile.failover.as_ref().map(|failover| bucket(&failover.region, &failover.bucket));
    std::iter::once(primary).chain(backup).collect()
}

struct Draft<'a> {
    profile: &'a Profile,
    facts: &'a Facts,
    buckets: Vec<ReleaseBucket>,
    resources: Vec<Wanted>,
}

impl Draft<'_> {
    fn want(&mut self, stage: Stage, kind: Kind, name: impl Into<String>, spec: Spec) {
        self.resources.push(Wanted { id: ResourceId::new(kind, name), stage, spec });
    }

    fn replicated(&self) -> bool {
        self.profile.failover.as_ref().is_some_and(|failover| failover.copy == CopyBy::Replication)
    }

    fn staged_buckets(&self) -> Vec<(Stage, ReleaseBucket)> {
        [Stage::Distribution, Stage::Failover].into_iter().zip(self.buckets.clone()).collect()
    }

    fn buckets(&mut self) {
        for (stage, bucket) in self.staged_buckets() {
            let spec = Spec::Bucket(BucketSpec { region: bucket.region.clone() });
            self.want(stage, Kind::Bucket, &bucket.name, spec);
            let settings = Spec::BucketSettings(BucketSettingsSpec::of_a_site(bucket.region));
            self.want(stage, Kind::BucketSettings, bucket.name, settings);
        }
    }

    fn replication(&mut self) {
        let [source, destination] = self.buckets.as_slice() else { return };
        if !self.replicated() {
            return;
        }
        let (source, destination) = (source.clone(), destination.clone());
        let role = names::resource_name(&self.profile.name, "replication");
        let role_spec = ReplicationRoleSpec {
            source: source.name.clone(),
            destination: destination.name.clone(),
            account: self.facts.account.clone(),
            partition: self.facts.partition.clone(),
        };
        self.want(Stage::Failover, Kind::ReplicationRole, &role, Spec::ReplicationRole(role_spec));
        let rule = ReplicationSpec {
            region: source.region,
            destination: destination.name,
            prefix: format!("{RELEASE_PREFIX}/"),
            role: Ref::ArnOf(ResourceId::new(Kind::ReplicationRole, role)),
            delete_markers: true,
        };
        self.want(Stage::Failover, Kind::Replication, source.name, Spec::Replication(rule));
    }

    fn policies(&mut self) {
        let name = names::site_resource_name(&self.profile.name);
        let access = Spec::OriginAccessControl(OriginAccessControlSpec {
            origin_type: "s3".to_owned(),
            signing_behavior: "always".to_owned(),
            signing_protocol: "sigv4".to_owned(),
        });
        self.want(Stage::Distribution, Kind::OriginAccessControl, &name, access);
        let headers = Spec::ResponseHeadersPolicy(ResponseHeadersPolicySpec {
            nosniff: true,
            referrer_policy: "strict-origin-when-cross-origin".to_owned(),
            hsts: self.profile.https.as_ref().and_then(|https| https.hsts.clone()),
        });
        self.want(Stage::Distribution, Kind::ResponseHeadersPolicy, name, headers);
        for (name, spec) in
            cache_policy::own_policies(&self.profile.name, &edge::all_keyed(self.profile, self.facts))
        {
            self.want(Stage::Caching, Kind::CachePolicy, name, Spec::CachePolicy(spec));
        }
    }

    fn function(&mut self) {
        if !is_function_used(self.profile) {
            return;
        }
        let extensionless = self.facts.folder.as_ref().map(|folder| folder.extensionless.as_slice());
        if let Some(spec) = urls::function(self.profile, extensionless) {
            let id = function_id(&self.profile.name);
            self.want(Stage::Distribution, id.kind, id.name, Spec::Function(spec));
        }
    }

    fn edge(&mut self) {
        let site = &self.profile.name;
        let functions = edge::wanted(self.profile);
        if functions.is_empty() {
            return;
        }
        let role = edge::role_id(site);
        self.want(Stage::Edge, role.kind, role.name, Spec::EdgeRole(edge::role(site, self.facts)));
        for function in functions {
            let id = edge::function_id(site, &function.name);
            let spec = Spec::EdgeFunction(edge::function(site, &function, self.facts));
            self.want(Stage::Edge, id.kind, id.name, spec);
        }
    }

    fn distribution(&mut self) {
        let spec = distribution(self.profile, self.facts, &self.buckets);
        let name = self.profile.name.clone();
        self.want(Stage::Distribution, Kind::Distribution, name, Spec::Distribution(Box::new(spec)));
    }

    fn bucket_policies(&mut self) {
        let distribution = ResourceId::new(Kind::Distribution, &self.profile.name);
        for (stage, bucket) in self.staged_buckets() {
            let policy = Spec::BucketPolicy(BucketPolicySpec {
                region: bucket.region,
                distribution: Ref::ArnOf(distribution.clone()),
                prefix: RELEASE_PREFIX.to_owned(),
                may_list: true,
                altered: Vec::new(),
            });
            self.want(stage, Kind::BucketPolicy, bucket.name, policy);
        }
    }

    fn release(&mut self) {
        let Some(folder) = &self.facts.folder else { return };
        let release = Spec::Release(ReleaseSpec {
            hash: folder.release.clone(),
            buckets: self.buckets.clone(),
            replicated: self.replicated(),
            spared: Vec::new(),
            distribution: None,
        });
        self.want(Stage::Distribution, Kind::Release, self.profile.name.clone(), release);
    }
}

fn function_id(site: &str) -> ResourceId {
    ResourceId::new(Kind::Function, names::resource_name(site, "urls"))
}

/// Whether any behaviour runs the CloudFront Function.
fn is_function_used(profile: &Profile) -> bool {
    let rules = profile.caching.rules.iter().map(|rule| rule.path.as_str());
    let mut paths = rules.chain(paths_without_rule(profile)).chain([EVERYTHING]);
    paths.any(|path| page_addresses(profile, path) == PageAddresses::CloudFrontFunction)
}

fn distribution(profile: &Profile, facts: &Facts, buckets: &[ReleaseBucket]) -> DistributionSpec {
    let answers = &profile.distribution;
    let target = if profile.failover.is_some() {
        group_id(profile, "failover")
    } else {
        origin_id(profile, "primary")
    };
    let default = &profile.caching.default;
    let behavior = |path: &str, caching: &CacheAnswers| {
        let caching = edge::keyed(profile, path, caching, facts);
        site_behavior(profile, target.clone(), path, &caching)
    };
    let of_path = |(path, caching): (&str, &CacheAnswers)| PathBehavior {
        path: path.to_owned(),
        behavior: behavior(path, caching),
    };
    let rules = profile.caching.rules.iter().map(|rule| (rule.path.as_str(), &rule.answers));
    let paths = rules.chain(paths_without_rule(profile).into_iter().map(|path| (path, default)));
    DistributionSpec {
        comment: answers.comment.clone(),
        enabled: true,
        price_class: answers.price_class,
        http_version: answers.http,
        ipv6: answers.ipv6,
        default_root_object: answers.index.clone(),
        geo: answers.geo.clone(),
        origins: origins(profile, buckets),
        origin_groups: profile
            .failover
            .iter()
            .flat_map(|failover| origin_groups(profile, failover))
            .collect(),
        default_behavior: behavior(EVERYTHING, default),
        behaviors: profile
            .failover
            .iter()
            .map(|_| drill_behavior(profile))
            .chain(paths.map(of_path))
            .collect(),
        error_pages: answers.error_page.iter().map(|page| error_page(page)).collect(),
        aliases: domains::aliases(profile),
        viewer_certificate: domains::viewer_certificate(profile),
    }
}

fn origin_id(profile: &Profile, role: &str) -> String {
    names::resource_name(&profile.name, role)
}

pub(super) fn group_id(profile: &Profile, purpose: &str) -> String {
    names::resource_name(&profile.name, purpose)
}

fn origins(profile: &Profile, buckets: &[ReleaseBucket]) -> Vec<Origin> {
    let access = ResourceId::new(Kind::OriginAccessControl, names::site_resource_name(&profile.name));
    let (attempts, timeout) = match &profile.failover {
        Some(failover) => (failover.connect_attempts, failover.connect_timeout),
        None => (CONNECTION_ATTEMPTS, CONNECTION_TIMEOUT),
    };
    let origin = |(role, bucket): (&str, &ReleaseBucket)| Origin {
        id: origin_id(profile, role),
        domain: names::bucket_domain(&bucket.name, &bucket.region),
        path: format!("/{RELEASE_PREFIX}"),
        access_control: Ref::IdOf(access.clone()),
        connection_attempts: attempts,
        connection_timeout: timeout,
    };
    ["primary", "backup"].into_iter().zip(buckets).map(origin).collect()
}

/// One group for the site, and one that proves on the live site that the backup answers: it switches on
/// what a file missing from the primary gives.
fn origin_groups(profile: &Profile, failover: &Failover) -> [OriginGroup; 2] {
    let group = |purpose: &str, statuses: Vec<u16>| OriginGroup {
        id: group_id(profile, purpose),
        primary: origin_id(profile, "primary"),
        backup: origin_id(profile, "backup"),
        statuses,
    };
    [group("failover", failover.on.clone()), group("drill", vec![403, 404])]
}

fn site_behavior(profile: &Profile, target: String, path: &str, caching: &CacheAnswers) -> Behavior {
    let headers = ResourceId::new(Kind::ResponseHeadersPolicy, names::site_resource_name(&profile.name));
    let pages = page_addresses(profile, path);
    Behavior {
        target,
        plain_http: profile.https.as_ref().map_or(PlainHttp::Redirect, |https| https.http),
        options_allowed: false,
        compress: caching.compress,
        cache_policy: cache_policy::policy_for(&profile.name, caching),
        response_headers_policy: Some(Ref::IdOf(headers)),
        viewer_request_function: (pages == PageAddresses::CloudFrontFunction)
            .then(|| Ref::ArnOf(function_id(&profile.name))),
        edge: edge::calls(profile, path),
    }
}

fn drill_behavior(profile: &Profile) -> PathBehavior {
    PathBehavior {
        path: DRILL_PATH.to_owned(),
        behavior: Behavior {
            target: group_id(profile, "drill"),
            plain_http: PlainHttp::Redirect,
            options_allowed: false,
            compress: false,
            cache_policy: Ref::Known(cache_policy::CACHING_DISABLED.to_owned()),
            response_headers_policy: None,
            viewer_request_function: None,
            edge: Default::default(),
        },
    }
}

fn error_page(page: &str) -> ErrorPage {
    ErrorPage { status: 404, page: format!("/{page}"), response_status: 404, cache: ERROR_CACHE }
}
impl BucketSettingsSpec {
    /// The settings of every bucket of a site.
    pub fn of_a_site(region: Region) -> BucketSettingsSpec {
        BucketSettingsSpec {
            region,
            public_access_block: PUBLIC_ACCESS_BLOCKED.to_owned(),
            owner_enforced: true,
            encryption: "AES256".to_owned(),
            versioning: true,
            old_versions_expire_days: OLD_VERSIONS_DAYS,
            unfinished_uploads_expire_days: UNFINISHED_UPLOADS_DAYS,
            altered: Vec::new(),
        }
    }
}
