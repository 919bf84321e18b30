//! From CloudFront's model of a distribution to ours.
//!
//! What CloudFront may give back in another order than it was sent is sorted here, and what it leaves out
//! is filled in with its default, so that neither shows as drift.

use super::behavior;
use crate::blueprint::answers::{Geo, HttpVersion, PlainHttp, PriceClass, Seconds};
use crate::blueprint::distribution::{
    Behavior, DistributionSpec, ErrorPage, Origin, OriginGroup, PathBehavior, ViewerCertificate,
};
use crate::blueprint::resource::Ref;
use aws_sdk_cloudfront::types::{self, DistributionConfig, GeoRestrictionType};

/// How often a connection is tried when CloudFront does not say (aws-facts.md B).
const CONNECTION_ATTEMPTS: i32 = 3;

/// How long one attempt may take when CloudFront does not say (aws-facts.md B).
const CONNECTION_TIMEOUT: i32 = 10;

/// How long an error is cached when CloudFront does not say (aws-facts.md J).
const ERROR_CACHING: i64 = 10;

/// What `config` says, as far as we model it.
pub fn spec_of(config: &DistributionConfig) -> DistributionSpec {
    DistributionSpec {
        comment: config.comment.clone(),
        enabled: config.enabled,
        price_class: price_class(config.price_class.as_ref()),
        http_version: http_version(config.http_version.as_ref()),
        ipv6: config.is_ipv6_enabled.unwrap_or(false),
        default_root_object: config.default_root_object.clone().unwrap_or_default(),
        geo: geo(config.restrictions.as_ref()),
        origins: origins(config.origins.as_ref()),
        origin_groups: origin_groups(config),
        default_behavior: default_behavior(config.default_cache_behavior.as_ref()),
        behaviors: path_behaviors(config.cache_behaviors.as_ref()),
        error_pages: error_pages(config.custom_error_responses.as_ref()),
        aliases: aliases(config.aliases.as_ref()),
        viewer_certificate: config.viewer_certificate.as_ref().and_then(viewer_certificate),
    }
}

/// An id or ARN that CloudFront may leave out.
pub(super) fn reference(value: Option<&str>) -> Ref {
    Ref::Known(value.unwrap_or_default().to_owned())
}

fn aliases(observed: Option<&types::Aliases>) -> Vec<String> {
    let mut aliases = observed.and_then(|aliases| aliases.items.clone()).unwrap_or_default();
    aliases.sort();
    aliases
}

/// One that is not from ACM, or not for visitors who name their domain, has no ARN here, and so differs from
/// every one that a profile asks for.
pub(super) fn viewer_certificate(observed: &types::ViewerCertificate) -> Option<ViewerCertificate> {
    if observed.cloud_front_default_certificate == Some(true) {
        return None;
    }
    let arn = observed.acm_certificate_arn.as_deref();
    let by_name = observed.ssl_support_method == Some(types::SslSupportMethod::SniOnly);
    let minimum = observed.minimum_protocol_version.as_ref();
    Some(ViewerCertificate {
        arn: reference(arn.filter(|_| by_name)),
        minimum_tls: minimum.map(|version| version.as_str().to_owned()).unwrap_or_default(),
    })
}

fn price_class(observed: Option<&types::PriceClass>) -> PriceClass {
    match observed {
        Some(types::PriceClass::PriceClass100) => PriceClass::Class100,
        Some(types::PriceClass::PriceClass200) => PriceClass::Class200,
        _ => PriceClass::All,
    }
}

fn http_version(observed: Option<&types::HttpVersion>) -> HttpVersion {
    match observed {
        Some(types::HttpVersion::Http11) => HttpVersion::Http11,
        Some(types::HttpVersion::Http3) => HttpVersion::Http3,
        Some(types::HttpVersion::Http2and3) => HttpVersion::Http2And3,
        _ => HttpVersion::Http2,
    }
}

fn geo(observed: Option<&types::Restrictions>) -> Geo {
    let Some(geo) = observed.and_then(|restrictions| restrictions.geo_restriction.as_ref()) else {
        return Geo::Everyone;
    };
    let mut countries = geo.items.clone().unwrap_or_default();
    countries.sort();
    match geo.restriction_type {
        GeoRestrictionType::Whitelist => Geo::Allow(countries),
        GeoRestrictionType::Blacklist => Geo::Block(countries),
        _ => Geo::Everyone,
    }
}

/// The primary first, as in a blueprint; CloudFront promises no order.
fn origins(observed: Option<&types::Origins>) -> Vec<Origin> {
    let mut origins: Vec<_> =
        observed.map(|origins| origins.items.iter().map(origin).collect()).unwrap_or_default();
    origins.sort_by_key(|origin: &Origin| (!origin.id.ends_with("primary"), origin.id.clone()));
    origins
}

fn origin(observed: &types::Origin) -> Origin {
    let attempts = observed.connection_attempts.unwrap_or(CONNECTION_ATTEMPTS);
    let timeout = observed.connection_timeout.unwrap_or(CONNECTION_TIMEOUT);
    Origin {
        id: observed.id.clone(),
        domain: observed.domain_name.clone(),
        path: observed.origin_path.clone().unwrap_or_default(),
        access_control: reference(observed.origin_access_control_id.as_deref()),
        connection_attempts: u8::try_from(attempts).unwrap_or_default(),
        connection_timeout: Seconds(u64::try_from(timeout).unwrap_or_default()),
    }
}

/// The one that serves the site first, as in a blueprint; CloudFront promises no order.
fn origin_groups(config: &DistributionConfig) -> Vec<OriginGroup> {
    let site = config.default_cache_behavior.as_ref().map(|behavior| behavior.target_origin_id.as_str());
    let groups = config.origin_groups.as_ref().and_then(|groups| groups.items.as_deref());
    let mut groups: Vec<_> = groups.unwrap_or_default().iter().map(origin_group).collect();
    groups.sort_by_key(|group| (site != Some(group.id.as_str()), group.id.clone()));
    groups
}

fn origin_group(observed: &types::OriginGroup) -> OriginGroup {
    let members = observed.members.as_ref().map(|members| members.items.as_slice()).unwrap_or_default();
    let member = |index: usize| members.get(index).map(|it| it.origin_id.clone()).unwrap_or_default();
    let criteria = observed.failover_criteria.as_ref().and_then(|criteria| criteria.status_codes.as_ref());
    let statuses = criteria.map(|codes| codes.items.as_slice()).unwrap_or_default();
    let mut statuses: Vec<u16> = statuses.iter().filter_map(|code| u16::try_from(*code).ok()).collect();
    statuses.sort_unstable();
    OriginGroup { id: observed.id.clone(), primary: member(0), backup: member(1), statuses }
}

/// CloudFront always has a default behaviour; without one nothing is served, which shows as drift.
fn default_behavior(observed: Option<&types::DefaultCacheBehavior>) -> Behavior {
    match observed {
        Some(present) => behavior::read_default(present.clone()),
        None => Behavior {
            target: String::new(),
            plain_http: PlainHttp::Allow,
            options_allowed: false,
            compress: false,
            cache_policy: reference(None),
            response_headers_policy: None,
            viewer_request_function: None,
            edge: Default::default(),
        },
    }
}

fn path_behaviors(observed: Option<&types::CacheBehaviors>) -> Vec<PathBehavior> {
    let behaviors = observed.and_then(|behaviors| behaviors.items.clone()).unwrap_or_default();
    behaviors.into_iter().map(behavior::read_path).collect()
}

fn error_pages(observed: Option<&types::CustomErrorResponses>) -> Vec<ErrorPage> {
    let responses = observed.and_then(|responses| responses.items.as_deref()).unwrap_or_default();
    let mut pages: Vec<_> = responses.iter().map(error_page).collect();
    pages.sort_by_key(|page| page.status);
    pages
}

fn error_page(observed: &types::CustomErrorResponse) -> ErrorPage {
    let response_status = observed.response_code.as_deref().and_then(|code| code.parse().ok());
    let cache = observed.error_caching_min_ttl.unwrap_or(ERROR_CACHING);
    ErrorPage {
        status: u16::try_from(observed.error_code).unwrap_or_default(),
        page: observed.response_page_path.clone().unwrap_or_default(),
        response_status: response_status.unwrap_or_default(),
        cache: Seconds(u64::try_from(cache).unwrap_or_default()),
    }
}
