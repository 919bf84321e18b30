//! Route 53: hosted zones, their records, and the changes between PENDING and INSYNC.
//!
//! Behaviour: aws-facts.md A.7 and F. Routing policies, health checks, DNSSEC and traffic policies are not
//! part of the sandbox.

pub mod changes;
pub mod names;
mod records;
pub mod state;
#[cfg(test)]
mod tests;
pub mod values;
mod wire;
mod zones;

use super::call::{Answer, Refusal, Request, World};
use super::rules::RuleRow;

/// One call, recognised by method and path.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Call {
    CreateHostedZone,
    ListHostedZones,
    ListHostedZonesByName,
    GetHostedZoneCount,
    GetHostedZone(String),
    DeleteHostedZone(String),
    ChangeResourceRecordSets(String),
    ListResourceRecordSets(String),
    GetChange(String),
    ChangeTagsForResource(String),
    ListTagsForResource(String),
    TestDnsAnswer,
    Unknown,
}

/// Answers a call.
pub fn answer(world: &World, request: &Request) -> Answer {
    perform(world, request).unwrap_or_else(|refusal| wire::refused(&refusal))
}

fn perform(world: &World, request: &Request) -> Result<Answer, Refusal> {
    match recognised(request) {
        Call::CreateHostedZone => zones::create(world, request),
        Call::ListHostedZones => zones::list(world, request),
        Call::ListHostedZonesByName => zones::list_by_name(world, request),
        Call::GetHostedZoneCount => zones::count(world),
        Call::GetHostedZone(id) => zones::get(world, &id),
        Call::DeleteHostedZone(id) => zones::delete(world, &id),
        Call::ChangeResourceRecordSets(id) => records::change(world, request, &id),
        Call::ListResourceRecordSets(id) => records::list(world, request, &id),
        Call::GetChange(id) => zones::get_change(world, &id),
        Call::ChangeTagsForResource(id) => zones::change_tags(world, request, &id),
        Call::ListTagsForResource(id) => zones::list_tags(world, &id),
        Call::TestDnsAnswer => records::test_answer(world, request),
        Call::Unknown => {
            let message = format!("The sandbox does not know {} {}", request.method, request.path);
            Err(Refusal::new(404, "UnknownOperationException", message))
        }
    }
}

fn recognised(request: &Request) -> Call {
    let path = request.path.trim_matches('/');
    let parts: Vec<&str> = path.split('/').collect();
    let id = |id: &&str| (*id).to_owned();
    match (request.method.as_str(), parts.as_slice()) {
        ("POST", ["2013-04-01", "hostedzone"]) => Call::CreateHostedZone,
        ("GET", ["2013-04-01", "hostedzone"]) => Call::ListHostedZones,
        ("GET", ["2013-04-01", "hostedzonesbyname"]) => Call::ListHostedZonesByName,
        ("GET", ["2013-04-01", "hostedzonecount"]) => Call::GetHostedZoneCount,
        ("GET", ["2013-04-01", "hostedzone", zone]) => Call::GetHostedZone(id(zone)),
        ("DELETE", ["2013-04-01", "hostedzone", zone]) => Call::DeleteHostedZone(id(zone)),
        ("POST", ["2013-04-01", "hostedzone", zone, "rrset"]) => Call::ChangeResourceRecordSets(id(zone)),
        ("GET", ["2013-04-01", "hostedzone", zone, "rrset"]) => Call::ListResourceRecordSets(id(zone)),
        ("GET", ["2013-04-01", "change", change]) => Call::GetChange(id(change)),
        ("POST", ["2013-04-01", "tags", "hostedzone", zone]) => Call::ChangeTagsForResource(id(zone)),
        ("GET", ["2013-04-01", "tags", "hostedzone", zone]) => Call::ListTagsForResource(id(zone)),
        ("GET", ["2013-04-01", "testdnsanswer"]) => Call::TestDnsAnswer,
        _ => Call::Unknown,
    }
}

/// What Route 53 refuses here.
pub fn rules() -> Vec<RuleRow> {
    let row = |id, about, code, source| RuleRow { service: "route53", id, about, code, source };
    vec![
        row("zone-name", "a zone's name that is no domain name", "InvalidDomainName", "route53 model"),
        row(
            "zone-reserved",
            "a zone under amazonaws.com or cloudfront.net",
            "InvalidDomainName",
            "route53 guide",
        ),
        row(
            "zone-caller-reference",
            "a caller reference used before",
            "HostedZoneAlreadyExists",
            "route53 model",
        ),
        row("zone-unknown", "a zone id that does not exist", "NoSuchHostedZone", "aws-facts.md A.7"),
        row(
            "zone-not-empty",
            "deleting a zone with records of its own",
            "HostedZoneNotEmpty",
            "route53 model",
        ),
        row("zone-count", "more than 500 zones", "TooManyHostedZones", "route53 guide"),
        row("create-existing", "CREATE of a record that exists", "InvalidChangeBatch", "aws-facts.md F"),
        row(
            "delete-missing",
            "DELETE of a record that does not exist",
            "InvalidChangeBatch",
            "aws-facts.md F",
        ),
        row(
            "delete-other-values",
            "DELETE with another TTL, value or alias",
            "InvalidChangeBatch",
            "aws-facts.md F, K31",
        ),
        row(
            "cname-beside-others",
            "a CNAME beside other records",
            "InvalidChangeBatch",
            "aws-facts.md F, K31",
        ),
        row("cname-at-apex", "a CNAME at the zone's own name", "InvalidChangeBatch", "aws-facts.md F"),
        row("name-outside-zone", "a record outside its zone", "InvalidChangeBatch", "aws-facts.md F"),
        row("value", "a value that does not fit its type", "InvalidChangeBatch", "emulators.md"),
        row("duplicate-value", "the same value twice in a record", "InvalidChangeBatch", "route53 guide"),
        row("contradiction", "two changes of one record in a batch", "InvalidChangeBatch", "route53 guide"),
        row("batch-size", "over 1,000 values or 32,000 characters", "InvalidChangeBatch", "aws-facts.md F"),
        row("apex-records", "removing a zone's own NS or SOA", "InvalidChangeBatch", "route53 guide"),
        row("alias-zone", "an alias outside the zone it names", "InvalidChangeBatch", "aws-facts.md F"),
        row("alias-health", "EvaluateTargetHealth for CloudFront", "InvalidChangeBatch", "aws-facts.md F"),
        row(
            "alias-private",
            "an alias to CloudFront in a private zone",
            "InvalidChangeBatch",
            "aws-facts.md F",
        ),
        row(
            "alias-target",
            "an alias to a record that does not exist",
            "InvalidChangeBatch",
            "route53 guide",
        ),
        row("alias-or-values", "neither or both of alias and values", "InvalidInput", "route53 model"),
        row("change-unknown", "a change id that does not exist", "NoSuchChange", "route53 model"),
    ]
}
