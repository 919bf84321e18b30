//! Certificates that are there already, where CloudFront takes them from.

use crate::aws::refusal::Refusal;
use crate::aws::session::Session;
use crate::blueprint::answers::KeyType;
use crate::blueprint::inventory::covers_all;
use aws_sdk_acm::types::{CertificateStatus, CertificateSummary, Filters, KeyAlgorithm};

/// A certificate, as the list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its ARN.
    pub arn: String,
    /// Its names. A list that was cut short is not all of them, and then the rest is not known.
    pub names: Vec<String>,
    /// Its key type; `None` for one that we would not ask for.
    pub key: Option<KeyType>,
    /// Whether it is issued.
    pub issued: bool,
}

impl Listed {
    /// Whether it is good for all of these names.
    pub fn covers(&self, domains: &[String]) -> bool {
        covers_all(&self.names, domains)
    }
}

/// The certificates that are issued or yet to be.
///
/// # Errors
///
/// When AWS refuses to list them.
pub async fn list(session: &Session) -> Result<Vec<Listed>, Refusal> {
    // Without key types ACM leaves out all but RSA (aws-facts.md A.4).
    let keys = KeyAlgorithm::values().iter().map(|key| KeyAlgorithm::from(*key)).collect();
    let mut pages = session
        .acm()
        .list_certificates()
        .certificate_statuses(CertificateStatus::Issued)
        .certificate_statuses(CertificateStatus::PendingValidation)
        .includes(Filters::builder().set_key_types(Some(keys)).build())
        .into_paginator()
        .send();
    let mut found = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(Refusal::to("acm:ListCertificates", "list the certificates"))?;
        found.extend(page.certificate_summary_list.unwrap_or_default().into_iter().map(listed));
    }
    Ok(found)
}

fn listed(summary: CertificateSummary) -> Listed {
    let algorithm = summary.key_algorithm.as_ref().map(KeyAlgorithm::as_str);
    Listed {
        arn: summary.certificate_arn.unwrap_or_default(),
        names: summary.subject_alternative_name_summaries.unwrap_or_default(),
        key: [KeyType::Ecdsa, KeyType::Rsa].into_iter().find(|key| Some(key.algorithm()) == algorithm),
        issued: summary.status == Some(CertificateStatus::Issued),
    }
}
