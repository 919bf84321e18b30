//! What Route 53 remembers: zones, their records, and what DNS was told when.

use super::names;
use crate::sandbox::call::Refusal;
use crate::sandbox::identifiers;
use crate::sandbox::pace::{Pace, Wait};
use crate::sandbox::store::Document;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use time::OffsetDateTime;

/// The hosted zone that every alias to CloudFront names (aws-facts.md C).
pub const CLOUDFRONT_ZONE: &str = "Z2FDTNDATAQYW2";

/// Everything that Route 53 remembers.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Zones {
    /// The hosted zones, oldest first.
    pub zones: Vec<Zone>,
    /// Every change ever submitted, by its id.
    pub changes: BTreeMap<String, Submitted>,
    /// How many identifiers were given out.
    pub serial: u64,
}

impl Document for Zones {
    const FILE: &'static str = "route53.json";
}

/// A change that was submitted.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Submitted {
    /// When it was.
    pub at: OffsetDateTime,
    /// The batch's comment.
    pub comment: Option<String>,
}

/// A hosted zone.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Zone {
    /// The id, without `/hostedzone/`.
    pub id: String,
    /// The canonical name.
    pub name: String,
    /// What makes its creation unique.
    pub caller_reference: String,
    /// The comment, if any.
    pub comment: Option<String>,
    /// The VPC of a private zone, as region and id.
    pub vpc: Option<(String, String)>,
    /// The four name servers.
    pub name_servers: Vec<String>,
    /// When it was created.
    pub created: OffsetDateTime,
    /// The records as the API shows them.
    pub records: Vec<RecordSet>,
    /// Earlier records that DNS may still be answering with, oldest first.
    pub earlier: Vec<Earlier>,
    /// Tags.
    pub tags: BTreeMap<String, String>,
}

/// The records of a zone before a change.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Earlier {
    /// When the change that replaced them was submitted.
    pub replaced: OffsetDateTime,
    /// The records.
    pub records: Vec<RecordSet>,
}

/// The records of one name and type.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecordSet {
    /// The canonical name.
    pub name: String,
    /// The type, such as `A`.
    pub kind: String,
    /// The values, or the alias.
    pub content: Content,
    /// When the change that gave it this content was submitted.
    pub submitted: OffsetDateTime,
}

/// What a record set holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Content {
    /// Plain values.
    Values {
        /// Seconds that a resolver may keep them.
        ttl: u32,
        /// The values, in presentation form.
        values: Vec<String>,
    },
    /// An alias to another name.
    Alias {
        /// The hosted zone of the target.
        zone: String,
        /// The canonical name of the target.
        target: String,
        /// Whether the target's health is looked at.
        evaluate_health: bool,
    },
}

impl Zones {
    /// A hosted zone by id.
    pub fn zone(&self, id: &str) -> Result<&Zone, Refusal> {
        self.zones.iter().find(|zone| zone.id == id).ok_or_else(|| no_such_zone(id))
    }

    /// A hosted zone by id, to change it.
    pub fn zone_mut(&mut self, id: &str) -> Result<&mut Zone, Refusal> {
        self.zones.iter_mut().find(|zone| zone.id == id).ok_or_else(|| no_such_zone(id))
    }

    /// Notes a change and gives its id.
    pub fn submit(&mut self, at: OffsetDateTime, comment: Option<String>) -> String {
        let id = format!("C{}", self.next_identifier("change", 20));
        self.changes.insert(id.clone(), Submitted { at, comment });
        id
    }

    /// A fresh identifier of `length` capitals and digits.
    pub fn next_identifier(&mut self, what: &str, length: usize) -> String {
        self.serial += 1;
        identifiers::capitals(&format!("{what} {}", self.serial), length)
    }
}

impl Zone {
    /// Whether only VPCs see it.
    pub fn is_private(&self) -> bool {
        self.vpc.is_some()
    }

    /// The records that DNS answers with at `now`, or nothing while the zone itself is not there yet.
    pub fn published(&self, now: OffsetDateTime, pace: Pace) -> Option<&[RecordSet]> {
        let lag = pace.duration(Wait::DnsInSync);
        if self.created + lag > now {
            return None;
        }
        let still_seen = self.earlier.iter().find(|earlier| earlier.replaced + lag > now);
        Some(still_seen.map_or(self.records.as_slice(), |earlier| earlier.records.as_slice()))
    }

    /// Replaces the records, keeping the earlier ones for as long as DNS may answer with them.
    pub fn replace_records(&mut self, records: Vec<RecordSet>, now: OffsetDateTime, pace: Pace) {
        let lag = pace.duration(Wait::DnsInSync);
        let before = std::mem::replace(&mut self.records, records);
        self.records.sort_by_key(|record| (names::sort_key(&record.name), record.kind.clone()));
        self.earlier.retain(|earlier| earlier.replaced + lag > now);
        if !lag.is_zero() {
            self.earlier.push(Earlier { replaced: now, records: before });
        }
    }
}

fn no_such_zone(id: &str) -> Refusal {
    Refusal::new(404, "NoSuchHostedZone", format!("No hosted zone found with ID: {id}"))
}
