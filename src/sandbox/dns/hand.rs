//! Records added by hand: the part of DNS that no hosted zone holds.

use crate::sandbox::route53::changes::KINDS;
use crate::sandbox::route53::state::Zones;
use crate::sandbox::route53::{names, values};
use crate::sandbox::store::{Document, Store};
use serde::{Deserialize, Serialize};
use std::io;
use std::net::Ipv4Addr;
use time::OffsetDateTime;

/// The type of a record that stands for another name, and beside which there is no other.
const CNAME: &str = "CNAME";

/// All records added by hand.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct HandRecords {
    /// The records, oldest first.
    pub records: Vec<HandRecord>,
}

impl Document for HandRecords {
    const FILE: &'static str = "dns.json";
}

/// One record added by hand.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HandRecord {
    /// The canonical name.
    pub name: String,
    /// The type, such as `CNAME`.
    pub kind: String,
    /// The value, in presentation form.
    pub value: String,
    /// When it was added.
    pub added: OffsetDateTime,
    /// The one address at which it is answered, if it has not reached all servers.
    #[serde(default)]
    pub only_at: Option<Ipv4Addr>,
}

/// Adds a record. It is checked as Route 53 would check it; a new CNAME replaces an earlier one.
pub fn add(store: &Store, now: OffsetDateTime, name: &str, kind: &str, value: &str) -> io::Result<()> {
    let kind = kind.to_ascii_uppercase();
    let (name, value) = (names::canonical(name), value.to_owned());
    insert(store, HandRecord { name, kind, value, added: now, only_at: None })
}

/// Adds a record, which one of several servers may be alone in answering.
pub fn insert(store: &Store, record: HandRecord) -> io::Result<()> {
    let HandRecord { name, kind, value, .. } = &record;
    form_fault(&record).map_or(Ok(()), |fault| Err(refused(format!("{name} {kind} {value}: {fault}"))))?;
    let guard = store.lock()?;
    let mut document: HandRecords = guard.read()?;
    place_fault(&record, &document, &guard.read()?).map_or(Ok(()), |fault| Err(refused(fault)))?;
    document.records.retain(|old| {
        let same = is_beside(old, &record) && old.kind == record.kind;
        !same || (record.kind != CNAME && old.value != record.value)
    });
    document.records.push(record);
    guard.write(&document)
}

fn refused(why: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, why)
}

/// What is wrong with a record by itself.
fn form_fault(record: &HandRecord) -> Option<String> {
    let HandRecord { name, kind, value, .. } = record;
    if !KINDS.contains(&kind.as_str()) {
        return Some(format!("there is no type {kind}; there are {}", KINDS.join(", ")));
    }
    names::fault(name).map(str::to_owned).or_else(|| values::fault(kind, value))
}

/// What is wrong with a record where it is to stand, in the words of Route 53 (aws-facts.md F).
fn place_fault(record: &HandRecord, hand: &HandRecords, zones: &Zones) -> Option<String> {
    let HandRecord { name, kind, .. } = record;
    let beside = || hand.records.iter().filter(|other| is_beside(other, record));
    let is_apex = || {
        zones.zones.iter().any(|zone| !zone.is_private() && zone.name == *name)
            || beside().any(|other| ["NS", "SOA"].contains(&other.kind.as_str()))
    };
    if kind == CNAME && is_apex() {
        return Some(format!(
            "RRSet of type CNAME with DNS name {name} is not permitted at apex in zone {name}"
        ));
    }
    beside().find(|other| (other.kind == CNAME) != (kind == CNAME)).map(|other| {
        format!(
            "RRSet of type CNAME with DNS name {name} is not permitted as it conflicts with other records with the \
             same DNS name: {} {} is there, and {kind} was to be added",
            other.kind, other.value
        )
    })
}

/// Whether they are answered for the same name by the same servers.
fn is_beside(one: &HandRecord, other: &HandRecord) -> bool {
    one.name == other.name && one.only_at == other.only_at
}

/// Removes the records of one name and type that were added by hand; says how many there were.
pub fn remove(store: &Store, name: &str, kind: &str) -> io::Result<usize> {
    let (name, kind) = (names::canonical(name), kind.to_ascii_uppercase());
    let guard = store.lock()?;
    let mut document: HandRecords = guard.read()?;
    let before = document.records.len();
    document.records.retain(|record| record.name != name || record.kind != kind);
    guard.write(&document)?;
    Ok(before - document.records.len())
}
