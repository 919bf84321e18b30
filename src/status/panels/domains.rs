//! The site's own domains: their certificate, and what public DNS says.

use crate::blueprint::inventory::CertificateState;
use crate::status::moment::Moment;
use serde::Serialize;

/// The certificate by which visitors recognise the site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CertificateView {
    /// The site has no domain of its own, so CloudFront's certificate serves, which is not the site's to renew.
    CloudFronts,
    /// The site wants domains of its own, and there is no certificate for them yet.
    Missing {
        /// The domains.
        domains: Vec<String>,
    },
    /// There is one.
    Own(OwnCertificate),
}

/// A certificate for the site's own domains.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OwnCertificate {
    /// Its ARN.
    pub arn: String,
    /// Its names; sorted.
    pub names: Vec<String>,
    /// Whether it can be used.
    pub state: CertificateState,
    /// When it ends; `None` until it is issued.
    pub not_after: Option<Moment>,
    /// How many whole days are left until then; below zero once it has ended.
    pub days_left: Option<i64>,
    /// Whether it renews by itself.
    pub renewal: Renewal,
    /// The records that prove its names, which renewal needs as well.
    pub proofs: Vec<ProofView>,
    /// Whether the distribution serves with it.
    pub in_use: bool,
}

/// Whether a certificate renews by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Renewal {
    /// It will, as long as it is in use and its records stand.
    ByItself,
    /// ACM is at it.
    UnderWay,
    /// It waits for its names to be proven again.
    WaitsForProof,
    /// It was tried and failed; ACM's word for the reason.
    Failed(String),
    /// It won't: nothing uses it, or it was imported.
    NotEligible,
    /// There is nothing to renew yet.
    NotIssued,
}

/// A record that proves a name of a certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProofView {
    /// The domain that it proves.
    pub domain: String,
    /// The record's name.
    pub name: String,
    /// The record's value.
    pub value: String,
    /// Whether public DNS has it; `None` where nobody answered.
    pub in_place: Option<bool>,
    /// What public DNS says, as a sentence.
    pub says: String,
    /// What to do about it.
    pub fix: Option<String>,
}

/// What public DNS says of the site's own domains.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DnsView {
    /// The domains, the main one first; none for a site without.
    pub domains: Vec<DomainView>,
}

/// What public DNS says of one domain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DomainView {
    /// The domain.
    pub name: String,
    /// Whether the distribution answers for it.
    pub served: bool,
    /// Whether everybody is led to the distribution; `None` where nobody answered.
    pub right: Option<bool>,
    /// What public DNS says, as a sentence.
    pub says: String,
    /// What to do about it.
    pub fix: Option<String>,
    /// Its records, type by type: A, AAAA and HTTPS.
    pub records: Vec<DnsRecordView>,
}

/// What public DNS says of one type of record at one domain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DnsRecordView {
    /// Its type.
    pub kind: &'static str,
    /// What it should be, in words.
    pub should: String,
    /// Whether it is; `None` where nobody answered.
    pub right: Option<bool>,
    /// Who said what.
    pub heard: Vec<Heard>,
}

/// What one resolver said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Heard {
    /// Its address.
    pub resolver: String,
    /// What it said; values that belong together are joined by commas.
    pub said: String,
    /// Whether that is as it should be; `None` where it did not answer.
    pub right: Option<bool>,
}
