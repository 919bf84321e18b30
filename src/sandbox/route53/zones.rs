//! Hosted zones: create, read, delete, list and tag.

use super::names;
use super::state::{Content, RecordSet, Submitted, Zone, Zones};
use super::wire::{self, ChangeInfo, ChangeTags, CreateHostedZone, DelegationSet, ZoneList, ZoneXml};
use crate::sandbox::call::{Answer, Refusal, Request, World};
use crate::sandbox::identifiers;
use crate::sandbox::pace::Wait;
use serde::Serialize;

/// Domains that AWS keeps to itself. It refuses `example.com` too, which the sandbox lets through: people try
/// things out with it.
const RESERVED: [&str; 2] = ["amazonaws.com.", "cloudfront.net."];

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Created {
    hosted_zone: ZoneXml,
    change_info: ChangeInfo,
    #[serde(skip_serializing_if = "Option::is_none")]
    delegation_set: Option<DelegationSet>,
    #[serde(rename = "VPC", skip_serializing_if = "Option::is_none")]
    vpc: Option<wire::Vpc>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Got {
    hosted_zone: ZoneXml,
    #[serde(skip_serializing_if = "Option::is_none")]
    delegation_set: Option<DelegationSet>,
    #[serde(rename = "VPCs", skip_serializing_if = "Option::is_none")]
    vpcs: Option<Vpcs>,
}

#[derive(Serialize)]
struct Vpcs {
    #[serde(rename = "VPC")]
    vpc: Vec<wire::Vpc>,
}

/// `ChangeInfo` alone, which several operations answer with.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Changed {
    /// The change.
    pub change_info: ChangeInfo,
}

/// `CreateHostedZone`.
pub fn create(world: &World, request: &Request) -> Result<Answer, Refusal> {
    let input: CreateHostedZone = wire::read(&request.body)?;
    let name = checked_name(&input)?;
    let guard = world.store.lock()?;
    let mut state: Zones = guard.read()?;
    check_room(&state, &input)?;
    let zone = new_zone(&mut state, input, name, world);
    let id = state.submit(world.now, None);
    let created = Created {
        hosted_zone: ZoneXml::of(&zone),
        change_info: change_info(&id, &state.changes[&id], world),
        delegation_set: (!zone.is_private()).then(|| DelegationSet::of(&zone)),
        vpc: vpc_of(&zone),
    };
    let location = format!("https://route53.amazonaws.com/2013-04-01/hostedzone/{}", zone.id);
    state.zones.push(zone);
    guard.write(&state)?;
    let mut answer = wire::written(201, "CreateHostedZoneResponse", &created)?;
    answer.headers.push(("location", location));
    Ok(answer)
}

fn checked_name(input: &CreateHostedZone) -> Result<String, Refusal> {
    let invalid = |message: String| Refusal::new(400, "InvalidDomainName", message);
    let name = names::canonical(&input.name);
    if let Some(fault) = names::fault(&input.name) {
        return Err(invalid(format!("FATAL problem: {fault} encountered with '{}'", input.name)));
    }
    if RESERVED.iter().any(|reserved| names::lies_within(&name, reserved)) {
        return Err(invalid(format!("{} is reserved by AWS!", name.trim_end_matches('.'))));
    }
    if input.caller_reference.is_empty() || input.caller_reference.len() > 128 {
        return Err(wire::invalid_input("Value at 'callerReference' must have 1 to 128 characters"));
    }
    let wants_private = input.hosted_zone_config.as_ref().is_some_and(|config| config.private_zone);
    if wants_private && input.vpc.is_none() {
        return Err(wire::invalid_input("A private hosted zone needs a VPC"));
    }
    if input.delegation_set_id.is_some() {
        let message = "The sandbox has no reusable delegation sets";
        return Err(Refusal::new(400, "NoSuchDelegationSet", message));
    }
    Ok(name)
}

fn check_room(state: &Zones, input: &CreateHostedZone) -> Result<(), Refusal> {
    if state.zones.iter().any(|zone| zone.caller_reference == input.caller_reference) {
        let message = "A hosted zone has already been created with the specified caller reference.";
        return Err(Refusal::new(409, "HostedZoneAlreadyExists", message));
    }
    if state.zones.len() >= 500 {
        let message = "The limit of 500 hosted zones for this account has been reached.";
        return Err(Refusal::new(400, "TooManyHostedZones", message));
    }
    Ok(())
}

fn new_zone(state: &mut Zones, input: CreateHostedZone, name: String, world: &World) -> Zone {
    let id = format!("Z{}", state.next_identifier(&format!("zone {name}"), 20));
    let name_servers = name_servers(&id);
    let vpc = input.vpc.map(|vpc| (vpc.region, vpc.id));
    let records = first_records(&name, &name_servers, world);
    let comment = input.hosted_zone_config.and_then(|config| config.comment);
    Zone {
        id,
        name,
        caller_reference: input.caller_reference,
        comment,
        vpc,
        name_servers,
        created: world.now,
        records,
        earlier: Vec::new(),
        tags: Default::default(),
    }
}

/// Four servers under four top-level domains, as a delegation set always has.
fn name_servers(zone_id: &str) -> Vec<String> {
    let digits = identifiers::hexadecimal(zone_id, 4);
    let base = u32::from_str_radix(&digits, 16).unwrap_or_default() % 512;
    ["com", "net", "org", "co.uk"]
        .iter()
        .zip([0, 512, 1024, 1536])
        .map(|(ending, offset)| format!("ns-{}.awsdns-{:02}.{ending}", base + offset, (base + offset) % 64))
        .collect()
}

fn first_records(name: &str, name_servers: &[String], world: &World) -> Vec<RecordSet> {
    let record = |kind: &str, ttl: u32, values: Vec<String>| RecordSet {
        name: name.to_owned(),
        kind: kind.to_owned(),
        content: Content::Values { ttl, values },
        submitted: world.now,
    };
    let soa = format!("{}. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400", name_servers[0]);
    let servers = name_servers.iter().map(|server| format!("{server}.")).collect();
    vec![record("NS", 172_800, servers), record("SOA", 900, vec![soa])]
}

/// `GetHostedZone`.
pub fn get(world: &World, id: &str) -> Result<Answer, Refusal> {
    let state: Zones = world.store.read()?;
    let zone = state.zone(id)?;
    let got = Got {
        hosted_zone: ZoneXml::of(zone),
        delegation_set: (!zone.is_private()).then(|| DelegationSet::of(zone)),
        vpcs: vpc_of(zone).map(|vpc| Vpcs { vpc: vec![vpc] }),
    };
    wire::written(200, "GetHostedZoneResponse", &got)
}

/// `DeleteHostedZone`: only the zone's own NS and SOA may be left.
pub fn delete(world: &World, id: &str) -> Result<Answer, Refusal> {
    let guard = world.store.lock()?;
    let mut state: Zones = guard.read()?;
    let zone = state.zone(id)?;
    let own = |record: &RecordSet| record.name == zone.name && ["NS", "SOA"].contains(&record.kind.as_str());
    if !zone.records.iter().all(own) {
        let message =
            "The specified hosted zone contains non-required resource record sets and so cannot be deleted.";
        return Err(Refusal::new(400, "HostedZoneNotEmpty", message));
    }
    state.zones.retain(|zone| zone.id != id);
    let change = state.submit(world.now, None);
    guard.write(&state)?;
    let change_info = change_info(&change, &state.changes[&change], world);
    wire::written(200, "DeleteHostedZoneResponse", &Changed { change_info })
}

/// `ListHostedZones`, in the order of creation.
pub fn list(world: &World, request: &Request) -> Result<Answer, Refusal> {
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct Page {
        hosted_zones: ZoneList,
        marker: String,
        is_truncated: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        next_marker: Option<String>,
        max_items: usize,
    }
    let state: Zones = world.store.read()?;
    let max_items = max_items(request, "maxitems", 100)?;
    let marker = request.query("marker").unwrap_or_default().to_owned();
    let first = match marker.as_str() {
        "" => 0,
        id => state.zones.iter().position(|zone| zone.id == id).ok_or_else(|| no_such_marker(id))?,
    };
    let rest = &state.zones[first..];
    let page = Page {
        hosted_zones: ZoneList { hosted_zone: rest.iter().take(max_items).map(ZoneXml::of).collect() },
        marker,
        is_truncated: rest.len() > max_items,
        next_marker: rest.get(max_items).map(|zone| zone.id.clone()),
        max_items,
    };
    wire::written(200, "ListHostedZonesResponse", &page)
}

fn no_such_marker(id: &str) -> Refusal {
    wire::invalid_input(format!("Invalid marker: no hosted zone {id}"))
}

/// `ListHostedZonesByName`: by reversed labels, from the asked name *or the next one after it* (F).
pub fn list_by_name(world: &World, request: &Request) -> Result<Answer, Refusal> {
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct Page {
        hosted_zones: ZoneList,
        #[serde(rename = "DNSName", skip_serializing_if = "Option::is_none")]
        dns_name: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        hosted_zone_id: Option<String>,
        is_truncated: bool,
        #[serde(rename = "NextDNSName", skip_serializing_if = "Option::is_none")]
        next_dns_name: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        next_hosted_zone_id: Option<String>,
        max_items: usize,
    }
    let max_items = max_items(request, "maxitems", 100)?;
    let (name, id) = (request.query("dnsname"), request.query("hostedzoneid"));
    if id.is_some() && name.is_none() {
        return Err(wire::invalid_input("A hostedzoneid needs a dnsname"));
    }
    let state: Zones = world.store.read()?;
    let mut zones: Vec<&Zone> = state.zones.iter().collect();
    zones.sort_by_key(|zone| (names::sort_key(&zone.name), zone.id.clone()));
    if let Some(name) = name {
        let from = (names::sort_key(&names::canonical(name)), id.unwrap_or_default().to_owned());
        zones.retain(|zone| (names::sort_key(&zone.name), zone.id.clone()) >= from);
    }
    let next = zones.get(max_items);
    let page = Page {
        hosted_zones: ZoneList {
            hosted_zone: zones.iter().take(max_items).map(|zone| ZoneXml::of(zone)).collect(),
        },
        dns_name: name.map(str::to_owned),
        hosted_zone_id: id.map(str::to_owned),
        is_truncated: next.is_some(),
        next_dns_name: next.map(|zone| zone.name.clone()),
        next_hosted_zone_id: next.map(|zone| zone.id.clone()),
        max_items,
    };
    wire::written(200, "ListHostedZonesByNameResponse", &page)
}

/// `GetHostedZoneCount`.
pub fn count(world: &World) -> Result<Answer, Refusal> {
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct Count {
        hosted_zone_count: usize,
    }
    let state: Zones = world.store.read()?;
    wire::written(200, "GetHostedZoneCountResponse", &Count { hosted_zone_count: state.zones.len() })
}

/// `GetChange`.
pub fn get_change(world: &World, id: &str) -> Result<Answer, Refusal> {
    let state: Zones = world.store.read()?;
    let submitted = state
        .changes
        .get(id)
        .ok_or_else(|| Refusal::new(404, "NoSuchChange", format!("Could not find resource with ID: {id}")))?;
    wire::written(200, "GetChangeResponse", &Changed { change_info: change_info(id, submitted, world) })
}

/// A change as the API shows it at this moment.
pub fn change_info(id: &str, submitted: &Submitted, world: &World) -> ChangeInfo {
    let in_sync = submitted.at + world.pace.duration(Wait::DnsInSync) <= world.now;
    ChangeInfo {
        id: format!("/change/{id}"),
        status: if in_sync { "INSYNC" } else { "PENDING" },
        submitted_at: wire::moment(submitted.at),
        comment: submitted.comment.clone(),
    }
}

/// `ChangeTagsForResource`.
pub fn change_tags(world: &World, request: &Request, id: &str) -> Result<Answer, Refusal> {
    let input: ChangeTags = wire::read(&request.body)?;
    let guard = world.store.lock()?;
    let mut state: Zones = guard.read()?;
    let zone = state.zone_mut(id)?;
    for key in &input.remove_tag_keys.key {
        zone.tags.remove(key);
    }
    zone.tags.extend(input.add_tags.tag.into_iter().map(|tag| (tag.key, tag.value)));
    if zone.tags.len() > 50 {
        return Err(wire::invalid_input("A hosted zone can have at most 50 tags"));
    }
    guard.write(&state)?;
    wire::written(200, "ChangeTagsForResourceResponse", &())
}

/// `ListTagsForResource`.
pub fn list_tags(world: &World, id: &str) -> Result<Answer, Refusal> {
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct Tagged {
        resource_tag_set: TagSet,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct TagSet {
        resource_type: &'static str,
        resource_id: String,
        tags: wire::TagList,
    }
    let state: Zones = world.store.read()?;
    let zone = state.zone(id)?;
    let tag = |(key, value): (&String, &String)| wire::Tag { key: key.clone(), value: value.clone() };
    let tags = wire::TagList { tag: zone.tags.iter().map(tag).collect() };
    let set = TagSet { resource_type: "hostedzone", resource_id: id.to_owned(), tags };
    wire::written(200, "ListTagsForResourceResponse", &Tagged { resource_tag_set: set })
}

/// The asked page size, at most `most`.
pub fn max_items(request: &Request, parameter: &str, most: usize) -> Result<usize, Refusal> {
    match request.query(parameter) {
        None => Ok(most),
        Some(text) => match text.parse::<usize>() {
            Ok(count) if count > 0 => Ok(count.min(most)),
            _ => Err(wire::invalid_input(format!("Invalid {parameter}: {text}"))),
        },
    }
}

fn vpc_of(zone: &Zone) -> Option<wire::Vpc> {
    zone.vpc.clone().map(|(region, id)| wire::Vpc { region, id })
}
