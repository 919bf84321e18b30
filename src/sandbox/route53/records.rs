//! The records of a zone: change, list, and ask what DNS would answer.

use super::state::{Content, RecordSet, Zone, Zones};
use super::wire::{self, ChangeRecords, RecordSetXml};
use super::zones::{Changed, change_info, max_items};
use super::{changes, names};
use crate::sandbox::call::{Answer, Refusal, Request, World};
use serde::Serialize;

/// `ChangeResourceRecordSets`.
pub fn change(world: &World, request: &Request, zone_id: &str) -> Result<Answer, Refusal> {
    let input: ChangeRecords = wire::read(&request.body)?;
    let guard = world.store.lock()?;
    let mut state: Zones = guard.read()?;
    let zone = state.zone_mut(zone_id)?;
    let records = changes::applied(zone, &input.change_batch, world)?;
    zone.replace_records(records, world.now, world.pace);
    let id = state.submit(world.now, input.change_batch.comment);
    guard.write(&state)?;
    let change_info = change_info(&id, &state.changes[&id], world);
    wire::written(200, "ChangeResourceRecordSetsResponse", &Changed { change_info })
}

/// `ListResourceRecordSets`: ordered by reversed labels, then type; the marker is a name and a type.
pub fn list(world: &World, request: &Request, zone_id: &str) -> Result<Answer, Refusal> {
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct Page {
        resource_record_sets: Sets,
        is_truncated: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        next_record_name: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        next_record_type: Option<String>,
        max_items: usize,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct Sets {
        resource_record_set: Vec<RecordSetXml>,
    }
    let state: Zones = world.store.read()?;
    let max_items = max_items(request, "maxitems", 300)?;
    let records = from_marker(state.zone(zone_id)?, request)?;
    let next = records.get(max_items);
    let page = Page {
        resource_record_sets: Sets {
            resource_record_set: records
                .iter()
                .take(max_items)
                .map(|set| wire::record_set_xml(set))
                .collect(),
        },
        is_truncated: next.is_some(),
        next_record_name: next.map(|record| record.name.clone()),
        next_record_type: next.map(|record| record.kind.clone()),
        max_items,
    };
    wire::written(200, "ListResourceRecordSetsResponse", &page)
}

fn from_marker<'a>(zone: &'a Zone, request: &Request) -> Result<Vec<&'a RecordSet>, Refusal> {
    let (name, kind) = (request.query("name"), request.query("type"));
    if name.is_none() && kind.is_some() {
        return Err(wire::invalid_input("If a type is specified, a name must be too"));
    }
    if request.query("identifier").is_some() && kind.is_none() {
        return Err(wire::invalid_input("If an identifier is specified, a name and a type must be too"));
    }
    let key = |name: &str, kind: &str| (names::sort_key(name), kind.to_owned());
    let from = name.map(|name| key(&names::canonical(name), kind.unwrap_or_default()));
    let mut records: Vec<&RecordSet> = zone.records.iter().collect();
    records.sort_by_key(|record| key(&record.name, &record.kind));
    records.retain(|record| from.as_ref().is_none_or(|from| key(&record.name, &record.kind) >= *from));
    Ok(records)
}

/// `TestDNSAnswer`: what this zone's name servers answer, whether or not anybody delegates to them.
pub fn test_answer(world: &World, request: &Request) -> Result<Answer, Refusal> {
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct Tested {
        nameserver: String,
        record_name: String,
        record_type: String,
        record_data: Data,
        response_code: &'static str,
        protocol: &'static str,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct Data {
        record_data_entry: Vec<String>,
    }
    let needed = |name: &str| {
        let value = request.query(name).map(str::to_owned);
        value.ok_or_else(|| wire::invalid_input(format!("The parameter {name} is missing")))
    };
    let (zone_id, name, kind) = (needed("hostedzoneid")?, needed("recordname")?, needed("recordtype")?);
    let state: Zones = world.store.read()?;
    let zone = state.zone(zone_id.trim_start_matches("/hostedzone/"))?;
    let published = zone.published(world.now, world.pace).unwrap_or_default();
    let canonical = names::canonical(&name);
    let at_name = || published.iter().filter(|record| record.name == canonical);
    let data = at_name().find(|record| record.kind == kind).map(entries).unwrap_or_default();
    let tested = Tested {
        nameserver: zone.name_servers[0].clone(),
        record_name: name,
        record_type: kind,
        record_data: Data { record_data_entry: data },
        response_code: if at_name().next().is_some() { "NOERROR" } else { "NXDOMAIN" },
        protocol: "UDP",
    };
    wire::written(200, "TestDNSAnswerResponse", &tested)
}

fn entries(record: &RecordSet) -> Vec<String> {
    match &record.content {
        Content::Values { values, .. } => values.clone(),
        Content::Alias { target, .. } => vec![target.clone()],
    }
}
