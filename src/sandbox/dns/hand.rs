//! Records added by hand: the part of DNS that no hosted zone holds.

use crate::sandbox::route53::{names, values};
use crate::sandbox::store::{Document, Store};
use serde::{Deserialize, Serialize};
use std::io;
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
}

/// Adds a record. The value is checked as Route 53 would check it; a new CNAME replaces an earlier one.
pub fn add(store: &Store, now: OffsetDateTime, name: &str, kind: &str, value: &str) -> io::Result<()> {
    let kind = kind.to_ascii_uppercase();
    let fault = names::fault(name).map(str::to_owned).or_else(|| values::fault(&kind, value));
    if let Some(fault) = fault {
        let message = format!("{name} {kind} {value}: {fault}");
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    let record = HandRecord { name: names::canonical(name), kind, value: value.to_owned(), added: now };
    let guard = store.lock()?;
    let mut document: HandRecords = guard.read()?;
    document.records.retain(|old| {
        let same = old.name == record.name && old.kind == record.kind;
        !same || (record.kind != "CNAME" && old.value != record.value)
    });
    document.records.push(record);
    guard.write(&document)
}
