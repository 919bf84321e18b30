//! How a distribution is written: whole, and in short as lists show it.

use super::conversation::timestamp;
use super::element::Element;
use super::state::{Distribution, State};
use time::OffsetDateTime;

/// `Distribution`, with its configuration.
pub fn whole(state: &State, distribution: &Distribution, now: OffsetDateTime) -> Element {
    let of_it =
        state.invalidations.iter().filter(|invalidation| invalidation.distribution == distribution.id);
    let in_progress = of_it.filter(|invalidation| now < invalidation.completed).count();
    let nobody = |name: &str| {
        Element::new(name).with(Element::leaf("Enabled", false)).with(Element::leaf("Quantity", 0))
    };
    Element::new("Distribution")
        .with(Element::leaf("Id", &distribution.id))
        .with(Element::leaf("ARN", distribution.arn()))
        .with(Element::leaf("Status", status(distribution, now)))
        .with(Element::leaf("LastModifiedTime", timestamp(distribution.modified)))
        .with(Element::leaf("InProgressInvalidationBatches", in_progress))
        .with(Element::leaf("DomainName", &distribution.domain))
        .with(nobody("ActiveTrustedSigners"))
        .with(nobody("ActiveTrustedKeyGroups"))
        .with(distribution.config.clone())
        .with_all(alias_records(distribution))
}

/// `DistributionSummary`.
pub fn short(distribution: &Distribution, now: OffsetDateTime) -> Element {
    const SHOWN: [&str; 16] = [
        "Aliases",
        "Origins",
        "OriginGroups",
        "DefaultCacheBehavior",
        "CacheBehaviors",
        "CustomErrorResponses",
        "Comment",
        "PriceClass",
        "Enabled",
        "ViewerCertificate",
        "Restrictions",
        "WebACLId",
        "HttpVersion",
        "IsIPV6Enabled",
        "Staging",
        "ConnectionMode",
    ];
    Element::new("DistributionSummary")
        .with(Element::leaf("Id", &distribution.id))
        .with(Element::leaf("ARN", distribution.arn()))
        .with(Element::leaf("ETag", &distribution.etag))
        .with(Element::leaf("Status", status(distribution, now)))
        .with(Element::leaf("LastModifiedTime", timestamp(distribution.modified)))
        .with(Element::leaf("DomainName", &distribution.domain))
        .with_all(SHOWN.iter().filter_map(|name| distribution.config.child(name)).cloned())
        .with_all(alias_records(distribution))
}

fn status(distribution: &Distribution, now: OffsetDateTime) -> &'static str {
    if distribution.deployed(now) { "Deployed" } else { "InProgress" }
}

/// The Chinese registration of each alias; accounts outside China are always approved.
fn alias_records(distribution: &Distribution) -> Option<Element> {
    let aliases = distribution.config.texts_at("Aliases");
    let records = aliases.iter().map(|alias| {
        Element::new("AliasICPRecordal")
            .with(Element::leaf("CNAME", alias))
            .with(Element::leaf("ICPRecordalStatus", "APPROVED"))
    });
    (!aliases.is_empty()).then(|| Element::new("AliasICPRecordals").with_all(records))
}
