//! From our model of a distribution to CloudFront's. What we don't model stays as it was.

use super::behavior;
use crate::aws::request::{quantity, resolved, unbuildable};
use crate::blueprint::answers::{Geo, HttpVersion, PriceClass, Seconds};
use crate::blueprint::distribution::{DistributionSpec, ErrorPage, Origin, OriginGroup, PathBehavior};
use crate::blueprint::resource::Spec;
use crate::error::{Error, Result};
use aws_sdk_cloudfront::error::BuildError;
use aws_sdk_cloudfront::types::{self, DistributionConfig};

/// `config` with everything that `spec` speaks of, and all else kept.
///
/// A list that the specification speaks of holds exactly its members afterwards; a member that was there
/// before, by id, path or status, keeps what we don't model of it.
///
/// # Errors
///
/// When `spec` still names a value that AWS has not given out.
pub fn merge(config: DistributionConfig, spec: &DistributionSpec) -> Result<DistributionConfig> {
    require_resolved(spec)?;
    merged(config, spec).map_err(|error| unbuildable("distribution", error))
}

/// The configuration of a distribution that is yet to be made.
///
/// It has CloudFront's own certificate only, since names of the person's own need an issued one.
///
/// # Errors
///
/// When `spec` still names a value that AWS has not given out.
pub fn fresh(caller_reference: &str, spec: &DistributionSpec) -> Result<DistributionConfig> {
    let bare = DistributionConfig::builder()
        .caller_reference(caller_reference)
        .comment("")
        .enabled(true)
        .viewer_certificate(types::ViewerCertificate::builder().cloud_front_default_certificate(true).build())
        .build()
        .map_err(|error| unbuildable("distribution", error))?;
    merge(bare, spec)
}

fn require_resolved(spec: &DistributionSpec) -> Result<()> {
    match Spec::Distribution(Box::new(spec.clone())).awaits().first() {
        None => Ok(()),
        Some(missing) => Err(Error::failed("Could not configure the distribution")
            .why(format!("internal error: {missing} has no id or ARN yet"))),
    }
}

fn merged(mut config: DistributionConfig, spec: &DistributionSpec) -> Result<DistributionConfig, BuildError> {
    config.comment = spec.comment.clone();
    config.enabled = spec.enabled;
    config.price_class = Some(price_class(spec.price_class));
    config.http_version = Some(http_version(spec.http_version));
    config.is_ipv6_enabled = Some(spec.ipv6);
    config.default_root_object = Some(spec.default_root_object.clone());
    config.restrictions =
        Some(types::Restrictions::builder().geo_restriction(geo_restriction(&spec.geo)?).build());
    config.origins = Some(origins(config.origins, &spec.origins)?);
    config.origin_groups = Some(origin_groups(config.origin_groups, &spec.origin_groups)?);
    let default = match config.default_cache_behavior {
        Some(present) => behavior::merge_default(present, &spec.default_behavior)?,
        None => behavior::new_default(&spec.default_behavior)?,
    };
    config.default_cache_behavior = Some(default);
    config.cache_behaviors = Some(path_behaviors(config.cache_behaviors, &spec.behaviors)?);
    config.custom_error_responses = Some(error_responses(&spec.error_pages)?);
    config.aliases = Some(aliases(&spec.aliases)?);
    config.viewer_certificate = Some(viewer_certificate(config.viewer_certificate, spec));
    Ok(config)
}

fn aliases(wanted: &[String]) -> Result<types::Aliases, BuildError> {
    types::Aliases::builder().quantity(quantity(wanted)).set_items(filled(wanted.to_vec())).build()
}

/// The one that is there stays as it is where it says what is wanted: CloudFront fills in more than it takes
/// (aws-facts.md B).
fn viewer_certificate(
    present: Option<types::ViewerCertificate>,
    spec: &DistributionSpec,
) -> types::ViewerCertificate {
    let same =
        present.as_ref().is_some_and(|it| super::read::viewer_certificate(it) == spec.viewer_certificate);
    match (present.filter(|_| same), &spec.viewer_certificate) {
        (Some(present), _) => present,
        (None, None) => types::ViewerCertificate::builder().cloud_front_default_certificate(true).build(),
        (None, Some(wanted)) => types::ViewerCertificate::builder()
            .acm_certificate_arn(resolved(&wanted.arn))
            .ssl_support_method(types::SslSupportMethod::SniOnly)
            .minimum_protocol_version(wanted.minimum_tls.as_str().into())
            .build(),
    }
}

fn price_class(wanted: PriceClass) -> types::PriceClass {
    match wanted {
        PriceClass::Class100 => types::PriceClass::PriceClass100,
        PriceClass::Class200 => types::PriceClass::PriceClass200,
        PriceClass::All => types::PriceClass::PriceClassAll,
    }
}

fn http_version(wanted: HttpVersion) -> types::HttpVersion {
    match wanted {
        HttpVersion::Http11 => types::HttpVersion::Http11,
        HttpVersion::Http2 => types::HttpVersion::Http2,
        HttpVersion::Http3 => types::HttpVersion::Http3,
        HttpVersion::Http2And3 => types::HttpVersion::Http2and3,
    }
}

fn geo_restriction(wanted: &Geo) -> Result<types::GeoRestriction, BuildError> {
    let (kind, countries) = match wanted {
        Geo::Everyone => (types::GeoRestrictionType::None, None),
        Geo::Allow(countries) => (types::GeoRestrictionType::Whitelist, Some(countries.clone())),
        Geo::Block(countries) => (types::GeoRestrictionType::Blacklist, Some(countries.clone())),
    };
    types::GeoRestriction::builder()
        .restriction_type(kind)
        .quantity(quantity(countries.as_deref().unwrap_or_default()))
        .set_items(countries)
        .build()
}

fn origins(present: Option<types::Origins>, wanted: &[Origin]) -> Result<types::Origins, BuildError> {
    let mut present = present.map(|origins| origins.items).unwrap_or_default();
    let items = wanted
        .iter()
        .map(|origin| match take(&mut present, |candidate| candidate.id == origin.id) {
            Some(same) => Ok(merge_origin(same, origin)),
            None => Ok(merge_origin(new_origin(origin)?, origin)),
        })
        .collect::<Result<Vec<_>, BuildError>>()?;
    types::Origins::builder().quantity(quantity(&items)).set_items(Some(items)).build()
}

/// The lists that may be left out when an origin is made must be there when it is updated (aws-facts.md B).
fn new_origin(wanted: &Origin) -> Result<types::Origin, BuildError> {
    types::Origin::builder()
        .id(&wanted.id)
        .domain_name(&wanted.domain)
        .custom_headers(types::CustomHeaders::builder().quantity(0).build()?)
        .build()
}

fn merge_origin(mut origin: types::Origin, wanted: &Origin) -> types::Origin {
    origin.domain_name = wanted.domain.clone();
    origin.origin_path = Some(wanted.path.clone());
    origin.origin_access_control_id = Some(resolved(&wanted.access_control));
    origin.connection_attempts = Some(i32::from(wanted.connection_attempts));
    origin.connection_timeout = Some(i32::try_from(wanted.connection_timeout.0).unwrap_or(i32::MAX));
    // An access control goes neither with an older access identity nor with an origin of another type
    // (aws-facts.md B).
    let blank = || types::S3OriginConfig::builder().origin_access_identity("").build();
    let mut bucket = origin.s3_origin_config.unwrap_or_else(blank);
    bucket.origin_access_identity = String::new();
    origin.s3_origin_config = Some(bucket);
    origin.custom_origin_config = None;
    origin.vpc_origin_config = None;
    origin
}

fn origin_groups(
    present: Option<types::OriginGroups>,
    wanted: &[OriginGroup],
) -> Result<types::OriginGroups, BuildError> {
    let mut present = present.and_then(|groups| groups.items).unwrap_or_default();
    let items = wanted
        .iter()
        .map(|group| merge_origin_group(take(&mut present, |candidate| candidate.id == group.id), group))
        .collect::<Result<Vec<_>, _>>()?;
    types::OriginGroups::builder().quantity(quantity(&items)).set_items(filled(items)).build()
}

fn merge_origin_group(
    present: Option<types::OriginGroup>,
    wanted: &OriginGroup,
) -> Result<types::OriginGroup, BuildError> {
    let statuses: Vec<i32> = wanted.statuses.iter().map(|status| i32::from(*status)).collect();
    let statuses =
        types::StatusCodes::builder().quantity(quantity(&statuses)).set_items(Some(statuses)).build()?;
    let member = |id: &str| types::OriginGroupMember::builder().origin_id(id).build();
    let members = vec![member(&wanted.primary)?, member(&wanted.backup)?];
    types::OriginGroup::builder()
        .id(&wanted.id)
        .failover_criteria(types::OriginGroupFailoverCriteria::builder().status_codes(statuses).build())
        .members(
            types::OriginGroupMembers::builder()
                .quantity(quantity(&members))
                .set_items(Some(members))
                .build()?,
        )
        .set_selection_criteria(present.and_then(|group| group.selection_criteria))
        .build()
}

fn path_behaviors(
    present: Option<types::CacheBehaviors>,
    wanted: &[PathBehavior],
) -> Result<types::CacheBehaviors, BuildError> {
    let mut present = present.and_then(|behaviors| behaviors.items).unwrap_or_default();
    let items = wanted
        .iter()
        .map(|path| match take(&mut present, |candidate| candidate.path_pattern == path.path) {
            Some(same) => behavior::merge_path(same, path),
            None => behavior::new_path(path),
        })
        .collect::<Result<Vec<_>, _>>()?;
    types::CacheBehaviors::builder().quantity(quantity(&items)).set_items(filled(items)).build()
}

fn error_responses(wanted: &[ErrorPage]) -> Result<types::CustomErrorResponses, BuildError> {
    let items = wanted.iter().map(error_response).collect::<Result<Vec<_>, _>>()?;
    types::CustomErrorResponses::builder().quantity(quantity(&items)).set_items(filled(items)).build()
}

/// A page and its status go together or not at all (aws-facts.md B).
fn error_response(wanted: &ErrorPage) -> Result<types::CustomErrorResponse, BuildError> {
    let with_page = !wanted.page.is_empty();
    let Seconds(cache) = wanted.cache;
    types::CustomErrorResponse::builder()
        .error_code(i32::from(wanted.status))
        .set_response_page_path(with_page.then(|| wanted.page.clone()))
        .set_response_code(with_page.then(|| wanted.response_status.to_string()))
        .error_caching_min_ttl(i64::try_from(cache).unwrap_or(i64::MAX))
        .build()
}

/// Takes the member that is the same one out of what AWS holds.
fn take<T>(present: &mut Vec<T>, same: impl Fn(&T) -> bool) -> Option<T> {
    let index = present.iter().position(same)?;
    Some(present.swap_remove(index))
}

/// An empty list is left out (aws-facts.md B).
fn filled<T>(items: Vec<T>) -> Option<Vec<T>> {
    (!items.is_empty()).then_some(items)
}
