//! The shapes of tags, functions, key-value stores, invalidations, monitoring, and questions about domains.

use super::Shape::{self, Group, OneOf, Text};
use super::{List, needed, optional, texts};

/// `Tags`. Its items have no quantity beside them.
pub const TAGS: Shape = Group(&[optional("Items", &Group(&[]))]);

/// The body of a call that creates a CloudFront Function.
pub const CREATE_FUNCTION: Shape = Group(&[
    needed("Name", &Text),
    needed("FunctionConfig", &FUNCTION_CONFIG),
    needed("FunctionCode", &Text),
    optional("Tags", &TAGS),
]);

/// The body of a call that changes a CloudFront Function.
pub const UPDATE_FUNCTION: Shape =
    Group(&[needed("FunctionConfig", &FUNCTION_CONFIG), needed("FunctionCode", &Text)]);

/// The body of a call that tries a CloudFront Function out.
pub const TEST_FUNCTION: Shape =
    Group(&[optional("Stage", &OneOf(&["DEVELOPMENT", "LIVE"])), needed("EventObject", &Text)]);

/// The body of a call that creates a key-value store.
pub const CREATE_KEY_VALUE_STORE: Shape = Group(&[
    needed("Name", &Text),
    optional("Comment", &Text),
    optional("ImportSource", &Group(&[needed("SourceType", &OneOf(&["S3"])), needed("SourceARN", &Text)])),
    optional("Tags", &TAGS),
]);

/// The body of a call that changes a key-value store.
pub const UPDATE_KEY_VALUE_STORE: Shape = Group(&[needed("Comment", &Text)]);

/// `InvalidationBatch`.
pub const INVALIDATION_BATCH: Shape =
    Group(&[needed("Paths", &Shape::List(&PATHS)), needed("CallerReference", &Text)]);

/// `MonitoringSubscription`.
pub const MONITORING_SUBSCRIPTION: Shape = Group(&[optional(
    "RealtimeMetricsSubscriptionConfig",
    &Group(&[needed("RealtimeMetricsSubscriptionStatus", &OneOf(&["Enabled", "Disabled"]))]),
)]);

/// The body of a call that asks who else holds a domain.
pub const LIST_DOMAIN_CONFLICTS: Shape = Group(&[
    needed("Domain", &Text),
    needed("DomainControlValidationResource", &DISTRIBUTION_RESOURCE),
    optional("MaxItems", &Shape::Number),
    optional("Marker", &Text),
]);

/// The body of a call that moves a domain.
pub const UPDATE_DOMAIN_ASSOCIATION: Shape =
    Group(&[needed("Domain", &Text), needed("TargetResource", &DISTRIBUTION_RESOURCE)]);

const DISTRIBUTION_RESOURCE: Shape =
    Group(&[optional("DistributionId", &Text), optional("DistributionTenantId", &Text)]);

/// The body of a call that takes tags away.
pub const TAG_KEYS: Shape = Group(&[optional("Items", &Group(&[]))]);

const PATHS: List = texts("Path");

const FUNCTION_CONFIG: Shape = Group(&[
    needed("Comment", &Text),
    needed("Runtime", &OneOf(&["cloudfront-js-1.0", "cloudfront-js-2.0"])),
    optional("KeyValueStoreAssociations", &Shape::List(&KEY_VALUE_STORES)),
]);

const KEY_VALUE_STORES: List = List {
    tag: "KeyValueStoreAssociation",
    item: &Group(&[needed("KeyValueStoreARN", &Text)]),
    items_needed: false,
    beside: &[],
};
