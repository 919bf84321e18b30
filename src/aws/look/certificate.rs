//! A certificate as ACM describes it, its renewal included, in one call.

use crate::aws::certificate::{self, describe, state, validation_records};
use crate::aws::refusal::Refusal;
use crate::aws::session::Session;
use crate::blueprint::inventory::{CertificateState, ValidationRecord};
use aws_sdk_acm::types::{CertificateDetail, CertificateType, RenewalEligibility, RenewalStatus};

/// A certificate as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateSeen {
    /// Its ARN.
    pub arn: String,
    /// Its names; sorted.
    pub names: Vec<String>,
    /// Whether it can be used.
    pub state: CertificateState,
    /// When it ends, in seconds since 1970; `None` until it is issued.
    pub not_after: Option<i64>,
    /// The records that prove its names.
    pub records: Vec<ValidationRecord>,
    /// The ARNs of what uses it.
    pub used_by: Vec<String>,
    /// What ACM says of its renewal.
    pub renewal: RenewalSeen,
}

/// What ACM says of a certificate's renewal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RenewalSeen {
    /// It is to come, or came to a good end.
    Eligible,
    /// ACM will not renew it.
    NotEligible,
    /// It has begun.
    UnderWay,
    /// It waits for the names to be proven.
    WaitsForProof,
    /// It came to nothing; ACM's word for the reason.
    Failed(String),
}

/// The certificate with this ARN.
///
/// # Errors
/// When AWS refuses to read it.
pub async fn see(session: &Session, arn: &str) -> Result<CertificateSeen, Refusal> {
    let detail = describe(session.acm(), arn).await?;
    let mut names = detail.subject_alternative_names().to_vec();
    names.extend(detail.domain_name.clone());
    names.sort();
    names.dedup();
    Ok(CertificateSeen {
        arn: arn.to_owned(),
        names,
        state: state(&detail),
        not_after: detail.not_after.map(|end| end.secs()),
        records: validation_records(&detail),
        used_by: detail.in_use_by().to_vec(),
        renewal: renewal(&detail),
    })
}

/// The ARNs of certificates for exactly these names, which are sorted.
///
/// # Errors
/// When AWS refuses to list them.
pub async fn for_names(session: &Session, names: &[String]) -> Result<Vec<String>, Refusal> {
    let listed = certificate::list(session.acm()).await?.into_iter();
    let alike = listed.filter(|(_, found)| {
        let mut found = found.clone();
        found.sort();
        found.dedup();
        found == names
    });
    Ok(alike.map(|(arn, _)| arn).collect())
}

fn renewal(detail: &CertificateDetail) -> RenewalSeen {
    let summary = detail.renewal_summary.as_ref();
    match summary.map(|summary| &summary.renewal_status) {
        Some(RenewalStatus::PendingAutoRenewal) => RenewalSeen::UnderWay,
        Some(RenewalStatus::PendingValidation) => RenewalSeen::WaitsForProof,
        Some(RenewalStatus::Failed) => {
            let reason = summary.and_then(|summary| summary.renewal_status_reason.as_ref());
            RenewalSeen::Failed(reason.map_or("OTHER", |reason| reason.as_str()).to_owned())
        }
        // Success, or none yet: what counts is whether ACM will renew it the next time.
        Some(_) | None => {
            let imported = detail.r#type == Some(CertificateType::Imported);
            let eligible = detail.renewal_eligibility == Some(RenewalEligibility::Eligible);
            if eligible && !imported { RenewalSeen::Eligible } else { RenewalSeen::NotEligible }
        }
    }
}
