//! The Resource Groups Tagging API: what carries which tags, region by region (aws-facts.md A.9).

use super::call::{Answer, Refusal, Request, World};
use super::envelope::Protocol;
use super::rules::{RuleRow, refusals};
use super::{acm, operation, request_id, s3};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io;

refusals! { "tagging":
    OPERATION = "operation", 400, "UnknownOperationException",
        "any operation but GetResources",
        "sandbox";
    FILTERS = "filters", 400, "InvalidParameterException",
        "a list of ARNs together with other filters, or a body that isn't JSON",
        "aws-facts.md A.9";
    TOKEN = "token", 400, "PaginationTokenExpiredException",
        "a pagination token that no page gave",
        "service model";
}

/// Every rule of the tagging API, for people.
pub(super) fn rules() -> Vec<RuleRow> {
    ALL.iter().map(|rule| rule.row).collect()
}

/// A resource that carries tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tagged {
    pub(super) arn: String,
    pub(super) tags: BTreeMap<String, String>,
}

/// Tells the tagged resources of one service in one region.
type Source = fn(&World, &str) -> io::Result<Vec<Tagged>>;

/// Who has tagged resources. A further service is one line.
const SOURCES: &[Source] = &[buckets, certificates];

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct GetResources {
    pagination_token: String,
    tag_filters: Vec<TagFilter>,
    resources_per_page: Option<usize>,
    resource_type_filters: Vec<String>,
    #[serde(rename = "ResourceARNList")]
    arns: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct TagFilter {
    key: String,
    values: Vec<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Resources {
    pagination_token: String,
    resource_tag_mapping_list: Vec<Mapping>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Mapping {
    #[serde(rename = "ResourceARN")]
    arn: String,
    tags: Vec<Tag>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Tag {
    key: String,
    value: String,
}

/// Answers one call to the tagging API.
pub(super) fn answer(world: &World, request: &Request) -> Answer {
    let answered = match operation::name(request).as_str() {
        "GetResources" => get_resources(world, request),
        unknown => Err(OPERATION.refusal(format!("There is no operation {unknown}."))),
    };
    answered.unwrap_or_else(|refusal| Protocol::Json.wrap(&refusal, &request_id::fresh()))
}

fn get_resources(world: &World, request: &Request) -> Result<Answer, Refusal> {
    let asked: GetResources =
        serde_json::from_slice(&request.body).map_err(|error| invalid(&error.to_string()))?;
    let filtered = !asked.resource_type_filters.is_empty() || !asked.tag_filters.is_empty();
    if filtered && !asked.arns.is_empty() {
        return Err(invalid("ResourceARNList can not be combined with other filters."));
    }
    let after = decode_token(&asked.pagination_token)?;
    let mut found = Vec::new();
    for source in SOURCES {
        found.extend(source(world, &request.region)?);
    }
    found.retain(|tagged| fits(&asked, tagged) && tagged.arn > after);
    found.sort_by(|one, other| one.arn.cmp(&other.arn));
    let page = asked.resources_per_page.unwrap_or(50).clamp(1, 100);
    let more = found.len() > page;
    found.truncate(page);
    let last = found.last().filter(|_| more);
    let resources = Resources {
        pagination_token: last.map(|tagged| BASE64_STANDARD.encode(&tagged.arn)).unwrap_or_default(),
        resource_tag_mapping_list: found.into_iter().map(mapping).collect(),
    };
    let body = serde_json::to_vec(&resources).map_err(io::Error::from)?;
    let headers = vec![("content-type", "application/x-amz-json-1.1".to_owned())];
    Ok(Answer { status: 200, headers, body: Bytes::from(body) })
}

fn decode_token(token: &str) -> Result<String, Refusal> {
    let expired = || TOKEN.refusal("The pagination token is not valid.");
    let bytes = BASE64_STANDARD.decode(token).map_err(|_| expired())?;
    String::from_utf8(bytes).map_err(|_| expired())
}

/// All tag filters must fit, each by any of its values; of the type filters any one.
fn fits(asked: &GetResources, tagged: &Tagged) -> bool {
    let by_tag = |filter: &TagFilter| {
        let value = tagged.tags.get(&filter.key);
        value.is_some_and(|value| filter.values.is_empty() || filter.values.contains(value))
    };
    let types = &asked.resource_type_filters;
    asked.tag_filters.iter().all(by_tag)
        && (types.is_empty() || types.iter().any(|wanted| is_of_type(&tagged.arn, wanted)))
        && (asked.arns.is_empty() || asked.arns.contains(&tagged.arn))
}

/// Whether an ARN is of a type such as `s3` or `cloudfront:distribution`.
fn is_of_type(arn: &str, wanted: &str) -> bool {
    let (service, kind) = wanted.split_once(':').unwrap_or((wanted, ""));
    let mut parts = arn.splitn(6, ':').skip(2);
    let same_service = parts.next() == Some(service);
    let resource = parts.nth(2).unwrap_or_default();
    // A bucket's ARN is the bare name: S3's resources have no kind.
    same_service && (kind.is_empty() || service == "s3" || resource.split(['/', ':']).next() == Some(kind))
}

fn mapping(tagged: Tagged) -> Mapping {
    let tags = tagged.tags.into_iter().map(|(key, value)| Tag { key, value }).collect();
    Mapping { arn: tagged.arn, tags }
}

fn invalid(message: &str) -> Refusal {
    FILTERS.refusal(message)
}

/// Buckets that have tags, or had some: AWS goes on telling those (aws-facts.md A.9).
fn buckets(world: &World, region: &str) -> io::Result<Vec<Tagged>> {
    let tagged = |bucket: s3::Bucket| {
        let pair = |tag: s3s::dto::Tag| (tag.key.unwrap_or_default(), tag.value.unwrap_or_default());
        Tagged {
            arn: format!("arn:aws:s3:::{}", bucket.name),
            tags: bucket.tags.into_iter().map(pair).collect(),
        }
    };
    let told = |bucket: &s3::Bucket| bucket.region == region && bucket.was_tagged;
    Ok(s3::all(&world.store)?.into_iter().filter(told).map(tagged).collect())
}

/// Certificates that have tags.
fn certificates(world: &World, region: &str) -> io::Result<Vec<Tagged>> {
    let state: acm::state::Certificates = world.store.read()?;
    let here = state.certificates.into_iter().filter(|it| it.region == region && !it.tags.is_empty());
    Ok(here.map(|certificate| Tagged { arn: certificate.arn, tags: certificate.tags }).collect())
}
