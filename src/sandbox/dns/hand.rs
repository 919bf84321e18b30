//! Records added by hand: the part of DNS that no hosted zone holds.

use crate::sandbox::route53::{names, values};
use crate::sandbox::store::{Document, Store};
use serde::{Deserialize, Serialize};
use std::io;
use std::net::Ipv4Addr;
use time::OffsetDateTime;

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

/// Adds a record. The value is checked as Route 53 would check it; a new CNAME replaces an earlier one.
pub fn add(store: &Store, now: OffsetDateTime, name: &str, kind: &str, value: &str) -> io::Result<()> {
    let kind = kind.to_ascii_uppercase();
    let (name, value) = (names::canonical(name), value.to_owned());
    insert(store, HandRecord { name, kind, value, added: now, only_at: None })
}

/// Adds a record, which one of several servers may be alone in answering.
pub fn insert(store: &Store, record: HandRecord) -> io::Result<()> {
    let HandRecord { name, kind, value, .. } = &record;
    let fault = names::fault(name).map(str::to_owned).or_else(|| values::fault(kind, value));
    if let Some(fault) = fault {
        let message = format!("{name} {kind} {value}: {fault}");
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    let guard = store.lock()?;
    let mut document: HandRecords = guard.read()?;
    document.records.retain(|old| {
        let same = old.name == record.name && old.kind == record.kind && old.only_at == record.only_at;
        !same || (record.kind != "CNAME" && old.value != record.value)
    });
    document.records.push(record);
    guard.write(&document)
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
