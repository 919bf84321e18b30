//! Everything that CloudFront remembers.

use super::element::Element;
use crate::sandbox::call::ACCOUNT;
use crate::sandbox::identifiers;
use crate::sandbox::store::Document;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use time::OffsetDateTime;

/// CloudFront's whole state.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// How many identifiers were given out; seeds the next one.
    pub serial: u64,
    /// Every caller reference that ever made a distribution, with the distribution's id.
    pub caller_references: BTreeMap<String, String>,
    /// By id.
    pub distributions: BTreeMap<String, Distribution>,
    /// Origin access controls and the account's own policies: by kind, then by id.
    pub named: BTreeMap<String, BTreeMap<String, Named>>,
    /// CloudFront Functions, by name.
    pub functions: BTreeMap<String, Function>,
    /// Key-value stores, by name.
    pub key_value_stores: BTreeMap<String, KeyValueStore>,
    /// In the order of creation.
    pub invalidations: Vec<Invalidation>,
    /// Monitoring subscriptions, by distribution.
    pub monitoring: BTreeMap<String, Element>,
    /// Tags, by ARN.
    pub tags: BTreeMap<String, BTreeMap<String, String>>,
    /// Certificates and function versions that a distribution holds or held.
    pub attachments: Vec<Attachment>,
    /// Aliases that distributions of other accounts have, with the account.
    pub held_elsewhere: BTreeMap<String, String>,
}

impl Document for State {
    const FILE: &'static str = "cloudfront.json";
}

/// One distribution.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Distribution {
    /// Such as `E2QWRUHEXAMPLE`.
    pub id: String,
    /// The name under `cloudfront.net`.
    pub domain: String,
    /// The version of the configuration.
    pub etag: String,
    /// When the configuration last changed.
    pub modified: OffsetDateTime,
    /// From when on it is Deployed.
    pub settled: OffsetDateTime,
    /// The configuration, with defaults filled in.
    pub config: Element,
}

impl Distribution {
    /// Its ARN.
    pub fn arn(&self) -> String {
        format!("arn:aws:cloudfront::{ACCOUNT}:distribution/{}", self.id)
    }

    /// Whether every edge location has the newest configuration.
    pub fn deployed(&self, now: OffsetDateTime) -> bool {
        now >= self.settled
    }
}

/// An origin access control or a policy: a configuration with a name that is unique among its kind.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Named {
    /// Its id.
    pub id: String,
    /// The version of the configuration.
    pub etag: String,
    /// When it last changed.
    pub modified: OffsetDateTime,
    /// The configuration, with defaults filled in.
    pub config: Element,
}

/// A CloudFront Function.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Function {
    /// What can be changed and tested.
    pub development: Stage,
    /// What distributions run.
    pub live: Option<Stage>,
}

/// One stage of a function.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Stage {
    /// The version of this stage.
    pub etag: String,
    /// When the stage came to be.
    pub created: OffsetDateTime,
    /// When the stage last changed.
    pub modified: OffsetDateTime,
    /// `FunctionConfig`.
    pub config: Element,
    /// The code, in base64.
    pub code: String,
}

/// A key-value store. Its pairs belong to a service of their own.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct KeyValueStore {
    /// Its id.
    pub id: String,
    /// Words for people.
    pub comment: String,
    /// The version.
    pub etag: String,
    /// When it last changed.
    pub modified: OffsetDateTime,
    /// From when on it is READY.
    pub ready: OffsetDateTime,
}

/// A purge of paths.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Invalidation {
    /// Its id.
    pub id: String,
    /// The distribution's id.
    pub distribution: String,
    /// When it was asked for.
    pub created: OffsetDateTime,
    /// From when on it is Completed.
    pub completed: OffsetDateTime,
    /// `InvalidationBatch`, as sent.
    pub batch: Element,
}

/// A certificate or function version that a distribution holds or held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// The ARN of the certificate or function version.
    pub arn: String,
    /// The ARN of the distribution.
    pub distribution: String,
    /// When it was detached; while it is attached there is no such moment.
    pub detached: Option<OffsetDateTime>,
}

impl State {
    /// Capitals and digits behind an `E` or an `I`, as in the ids of distributions and in ETags.
    pub fn next_id(&mut self, initial: char) -> String {
        format!("{initial}{}", identifiers::capitals(&self.next_seed(), 13))
    }

    /// The ARN-less id of a policy or a key-value store.
    pub fn next_uuid(&mut self) -> String {
        identifiers::uuid(&self.next_seed())
    }

    /// A name under `cloudfront.net`.
    pub fn next_domain(&mut self) -> String {
        format!("d{}.cloudfront.net", identifiers::small_letters(&self.next_seed(), 13))
    }

    fn next_seed(&mut self) -> String {
        self.serial += 1;
        format!("cloudfront {}", self.serial)
    }
}
