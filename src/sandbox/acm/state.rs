//! What ACM remembers: certificates and how their requests ended.

use crate::sandbox::store::Document;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use time::OffsetDateTime;

/// All certificates of all regions, oldest first.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Certificates {
    /// The certificates.
    pub certificates: Vec<Certificate>,
    /// How many were ever requested.
    pub serial: u64,
}

impl Document for Certificates {
    const FILE: &'static str = "acm.json";
}

/// A requested certificate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Certificate {
    /// Its ARN.
    pub arn: String,
    /// The region it belongs to.
    pub region: String,
    /// The names it is for, the first one being its domain name.
    pub names: Vec<String>,
    /// Such as `RSA_2048`.
    pub key_algorithm: String,
    /// `DNS` or `EMAIL`.
    pub validation_method: String,
    /// The idempotency token of the request.
    pub token: Option<String>,
    /// When it was requested.
    pub requested: OffsetDateTime,
    /// How the request ended, once it has.
    pub outcome: Option<Outcome>,
    /// Tags.
    pub tags: BTreeMap<String, String>,
}

/// How a request ended. It never changes afterwards: a failed request can't be revived.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Outcome {
    /// The certificate is there.
    Issued {
        /// Since when.
        at: OffsetDateTime,
    },
    /// It will never be issued.
    Failed {
        /// AWS's reason, such as `CAA_ERROR`.
        reason: String,
    },
    /// The names were not validated within 72 hours.
    TimedOut,
}

impl Certificate {
    /// AWS's word for its state.
    pub fn status(&self) -> &'static str {
        match &self.outcome {
            None => "PENDING_VALIDATION",
            Some(Outcome::Issued { .. }) => "ISSUED",
            Some(Outcome::Failed { .. }) => "FAILED",
            Some(Outcome::TimedOut) => "VALIDATION_TIMED_OUT",
        }
    }

    /// When it was issued, if it was.
    pub fn issued(&self) -> Option<OffsetDateTime> {
        match &self.outcome {
            Some(Outcome::Issued { at }) => Some(*at),
            None | Some(Outcome::Failed { .. } | Outcome::TimedOut) => None,
        }
    }
}
