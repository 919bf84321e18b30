//! `ChangeResourceRecordSets`: a batch of changes is checked as a whole and applied as a whole.

use super::names;
use super::state::{CLOUDFRONT_ZONE, Content, RecordSet, Zone};
use super::values;
use super::wire::{AliasTarget, Change, ChangeBatch, RecordSetXml, invalid_input};
use crate::sandbox::call::{Refusal, World};
use time::OffsetDateTime;

/// The types of records that there are (aws-facts.md F).
pub const KINDS: [&str; 17] = [
    "SOA", "A", "TXT", "NS", "CNAME", "MX", "NAPTR", "PTR", "SRV", "SPF", "AAAA", "CAA", "DS", "TLSA",
    "SSHFP", "SVCB", "HTTPS",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action {
    Create,
    Delete,
    Upsert,
}

/// A change whose form is right.
#[derive(Debug)]
struct Wanted {
    action: Action,
    record: RecordSet,
}

/// The records that `zone` has after `batch`, or every reason why it can't be.
pub fn applied(zone: &Zone, batch: &ChangeBatch, world: &World) -> Result<Vec<RecordSet>, Refusal> {
    let changes = &batch.changes.change;
    if changes.is_empty() {
        return Err(invalid_input("Invalid request: Expected at least one Change in Changes"));
    }
    let wanted = changes.iter().map(|change| read(change, world.now)).collect::<Result<Vec<_>, _>>()?;
    let mut problems = batch_problems(&wanted);
    problems.extend(wanted.iter().flat_map(|change| form_problems(zone, change)));
    let mut records = zone.records.clone();
    if problems.is_empty() {
        for change in wanted {
            problems.extend(apply(&mut records, change));
        }
        problems.extend(zone_problems(zone, &records));
    }
    if problems.is_empty() { Ok(records) } else { Err(invalid_batch(&problems)) }
}

fn invalid_batch(problems: &[String]) -> Refusal {
    Refusal::new(400, "InvalidChangeBatch", format!("[{}]", problems.join(", ")))
}

fn read(change: &Change, now: OffsetDateTime) -> Result<Wanted, Refusal> {
    let action = match change.action.as_str() {
        "CREATE" => Action::Create,
        "DELETE" => Action::Delete,
        "UPSERT" => Action::Upsert,
        other => return Err(invalid_input(format!("Invalid XML ; Value '{other}' at 'action' is unknown"))),
    };
    let xml = &change.resource_record_set;
    if !KINDS.contains(&xml.kind.as_str()) {
        return Err(invalid_input(format!("Invalid XML ; Value '{}' at 'type' is unknown", xml.kind)));
    }
    if xml.set_identifier.is_some() {
        return Err(invalid_input("Routing policies are not part of the sandbox: send no SetIdentifier"));
    }
    let content = content(change, xml)?;
    let record =
        RecordSet { name: names::canonical(&xml.name), kind: xml.kind.clone(), content, submitted: now };
    Ok(Wanted { action, record })
}

fn content(change: &Change, xml: &RecordSetXml) -> Result<Content, Refusal> {
    let ill_formed = |found: &str| {
        invalid_input(format!(
            "Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or \
             TrafficPolicyInstanceId], but found {found} in Change with [Action={}, Name={}, Type={}, \
             SetIdentifier=null]",
            change.action, xml.name, xml.kind
        ))
    };
    match (&xml.alias_target, &xml.ttl, &xml.resource_records) {
        (Some(alias), None, None) => Ok(alias_content(alias)),
        (None, Some(ttl), Some(records)) if !records.resource_record.is_empty() => {
            let ttl = ttl.parse().ok().filter(|ttl| *ttl <= 2_147_483_647);
            let ttl = ttl.ok_or_else(|| invalid_input("Invalid XML ; TTL is out of range"))?;
            let values = records.resource_record.iter().map(|record| record.value.clone()).collect();
            Ok(Content::Values { ttl, values })
        }
        (Some(_), _, _) => Err(ill_formed("more than one")),
        (None, _, _) => Err(ill_formed("none")),
    }
}

fn alias_content(alias: &AliasTarget) -> Content {
    Content::Alias {
        zone: alias.hosted_zone_id.clone(),
        target: names::canonical(&alias.dns_name),
        evaluate_health: alias.evaluate_target_health,
    }
}

/// The limits of a batch: 1,000 values and 32,000 characters, where an UPSERT counts twice (F).
fn batch_problems(wanted: &[Wanted]) -> Vec<String> {
    let (mut elements, mut characters) = (0, 0);
    for change in wanted {
        let weight = if change.action == Action::Upsert { 2 } else { 1 };
        if let Content::Values { values, .. } = &change.record.content {
            elements += weight * values.len();
            characters += weight * values.iter().map(String::len).sum::<usize>();
        }
    }
    let mut problems = Vec::new();
    if elements > 1_000 {
        problems.push("Number of records limit of 1000 exceeded.".to_owned());
    }
    if characters > 32_000 {
        problems.push("Number of characters limit of 32000 exceeded.".to_owned());
    }
    problems.extend(contradictions(wanted));
    problems
}

/// A name and type may come up twice only as a deletion followed by a creation.
fn contradictions(wanted: &[Wanted]) -> Vec<String> {
    let same = |a: &Wanted, b: &Wanted| a.record.name == b.record.name && a.record.kind == b.record.kind;
    let mut problems = Vec::new();
    for (at, change) in wanted.iter().enumerate() {
        let earlier: Vec<Action> =
            wanted[..at].iter().filter(|other| same(other, change)).map(|other| other.action).collect();
        let allowed = match change.action {
            Action::Create => earlier.is_empty() || earlier == [Action::Delete],
            Action::Delete | Action::Upsert => earlier.is_empty(),
        };
        if !allowed {
            problems.push(format!(
                "The request contains an invalid set of changes for a resource record set '{} {}'",
                change.record.kind, change.record.name
            ));
        }
    }
    problems
}

fn form_problems(zone: &Zone, change: &Wanted) -> Vec<String> {
    let record = &change.record;
    if let Some(fault) = names::fault(&record.name) {
        return vec![format!("FATAL problem: {fault} encountered with '{}'", record.name)];
    }
    if !names::lies_within(&record.name, &zone.name) {
        return vec![format!("RRSet with DNS name {} is not permitted in zone {}", record.name, zone.name)];
    }
    match &record.content {
        Content::Values { values, .. } => value_problems(record, values),
        Content::Alias { zone: target_zone, target, evaluate_health } => {
            let mut problems = alias_problems(zone, record, target_zone, target);
            if *evaluate_health && target_zone == CLOUDFRONT_ZONE {
                problems.push(format!(
                    "EvaluateTargetHealth must be false in the alias {} to a CloudFront distribution",
                    record.name
                ));
            }
            problems
        }
    }
}

fn value_problems(record: &RecordSet, values: &[String]) -> Vec<String> {
    let mut problems: Vec<String> = values
        .iter()
        .filter_map(|value| {
            let fault = values::fault(&record.kind, value)?;
            Some(format!("Invalid Resource Record: 'FATAL problem: {fault} encountered with '{value}''"))
        })
        .collect();
    for (at, value) in values.iter().enumerate() {
        if values[..at].contains(value) {
            problems.push(format!("Duplicate Resource Record: '{value}'"));
        }
    }
    if values.len() > 1 && ["CNAME", "SOA"].contains(&record.kind.as_str()) {
        problems.push(format!(
            "RRSet with DNS name {}, type {} contains more than one resource record",
            record.name, record.kind
        ));
    }
    problems
}

/// Everything that is wrong with an alias, one sentence a reason.
fn alias_problems(zone: &Zone, record: &RecordSet, target_zone: &str, target: &str) -> Vec<String> {
    let attempt =
        format!("Tried to create an alias that targets {target}, type {} in zone {target_zone}", record.kind);
    let faults = alias_faults(zone, &record.kind, target_zone, target);
    faults.iter().map(|fault| format!("{attempt}, but {fault}")).collect()
}

/// The rules of an alias to CloudFront (F): its zone id, a distribution's domain, a public zone and a type that
/// a distribution has. An alias to another name must stay inside this zone.
fn alias_faults(zone: &Zone, kind: &str, target_zone: &str, target: &str) -> &'static [&'static str] {
    const ELSEWHERE: [&str; 2] =
        ["the alias target name does not lie within the target zone", "that target was not found"];
    let is_distribution = names::lies_within(target, "cloudfront.net.") && target != "cloudfront.net.";
    let has_type = ["A", "AAAA", "HTTPS"].contains(&kind);
    match target_zone {
        CLOUDFRONT_ZONE if !is_distribution => &ELSEWHERE,
        CLOUDFRONT_ZONE if zone.is_private() => {
            &["a private zone can't hold an alias to a CloudFront distribution"]
        }
        CLOUDFRONT_ZONE if !has_type => &["that target was not found"],
        CLOUDFRONT_ZONE => &[],
        own if own == zone.id && names::lies_within(target, &zone.name) => &[],
        _ => &ELSEWHERE,
    }
}

fn apply(records: &mut Vec<RecordSet>, change: Wanted) -> Option<String> {
    let wanted = change.record;
    let at = records.iter().position(|record| record.name == wanted.name && record.kind == wanted.kind);
    let what = format!("[name='{}', type='{}']", wanted.name, wanted.kind);
    match (change.action, at) {
        (Action::Create, None) | (Action::Upsert, None) => records.push(wanted),
        (Action::Create, Some(_)) => {
            return Some(format!("Tried to create resource record set {what} but it already exists"));
        }
        (Action::Upsert, Some(at)) if records[at].content == wanted.content => {}
        (Action::Upsert, Some(at)) => records[at] = wanted,
        (Action::Delete, None) => {
            return Some(format!("Tried to delete resource record set {what} but it was not found"));
        }
        (Action::Delete, Some(at)) if same_content(&records[at].content, &wanted.content) => {
            records.remove(at);
        }
        (Action::Delete, Some(_)) => {
            return Some(format!(
                "Tried to delete resource record set {what} but the values provided do not match the current values"
            ));
        }
    }
    None
}

/// Values count as a set: their order does not matter to a deletion.
fn same_content(one: &Content, other: &Content) -> bool {
    match (one, other) {
        (Content::Values { ttl, values }, Content::Values { ttl: other_ttl, values: other_values }) => {
            ttl == other_ttl
                && values.len() == other_values.len()
                && values.iter().all(|value| other_values.contains(value))
        }
        (Content::Alias { .. }, Content::Alias { .. }) => one == other,
        (Content::Values { .. }, Content::Alias { .. }) | (Content::Alias { .. }, Content::Values { .. }) => {
            false
        }
    }
}

/// What must hold of a zone as a whole, once all changes are in.
fn zone_problems(zone: &Zone, records: &[RecordSet]) -> Vec<String> {
    let mut problems = Vec::new();
    for record in records.iter().filter(|record| record.kind == "CNAME") {
        if record.name == zone.name {
            problems.push(format!(
                "RRSet of type CNAME with DNS name {} is not permitted at apex in zone {}",
                record.name, zone.name
            ));
        } else if records.iter().any(|other| other.name == record.name && other.kind != "CNAME") {
            problems.push(format!(
                "RRSet of type CNAME with DNS name {} is not permitted as it conflicts with other records with \
                 the same DNS name in zone {}",
                record.name, zone.name
            ));
        }
    }
    let at_apex = |kind: &str| records.iter().any(|record| record.name == zone.name && record.kind == kind);
    if !at_apex("SOA") {
        problems.push("A HostedZone must contain exactly one SOA record.".to_owned());
    }
    if !at_apex("NS") {
        problems.push("A HostedZone must contain at least one NS record for the zone itself.".to_owned());
    }
    problems.extend(dangling_aliases(zone, records));
    if records.len() > 10_000 {
        problems.push("The zone's limit of 10000 records is exceeded.".to_owned());
    }
    problems
}

/// An alias to a record of this zone needs that record, of its own type.
fn dangling_aliases(zone: &Zone, records: &[RecordSet]) -> Vec<String> {
    let targets = records.iter().filter_map(|record| match &record.content {
        Content::Alias { zone: target_zone, target, .. } if *target_zone == zone.id => Some((record, target)),
        Content::Alias { .. } | Content::Values { .. } => None,
    });
    targets
        .filter(|(record, target)| {
            !records.iter().any(|other| other.name == **target && other.kind == record.kind)
        })
        .map(|(record, target)| {
            format!(
                "Tried to create an alias that targets {target}, type {} in zone {}, but that target was not found",
                record.kind, zone.id
            )
        })
        .collect()
}
