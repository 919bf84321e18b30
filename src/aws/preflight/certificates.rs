//! Certificates that are there already, where CloudFront takes them from.

use crate::aws::refusal::Refusal;
use crate::aws::session::{GLOBAL_REGION, Session};
use aws_sdk_acm::Client;
use aws_sdk_acm::types::{CertificateStatus, CertificateSummary, Filters, KeyAlgorithm};

/// A certificate that covers what was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Covering {
    /// Its ARN.
    pub arn: String,
    /// Whether it is issued; otherwise its names are yet to be proven.
    pub issued: bool,
}

/// The ARN of an issued certificate that covers every domain, if there is one.
pub async fn covering(session: &Session, domains: &[String]) -> Result<Option<String>, Refusal> {
    let found = all_covering(session, domains).await?;
    Ok(found.into_iter().find(|found| found.issued).map(|found| found.arn))
}

/// The certificates that cover every domain and are issued or still may be, the issued ones first.
pub async fn all_covering(session: &Session, domains: &[String]) -> Result<Vec<Covering>, Refusal> {
    let client = Client::new(&session.config_in(GLOBAL_REGION));
    // Without key types ACM leaves out all but RSA (aws-facts.md A.4).
    let keys =
        [KeyAlgorithm::Rsa2048, KeyAlgorithm::Rsa3072, KeyAlgorithm::Rsa4096, KeyAlgorithm::EcPrime256v1];
    let mut pages = client
        .list_certificates()
        .certificate_statuses(CertificateStatus::Issued)
        .certificate_statuses(CertificateStatus::PendingValidation)
        .includes(Filters::builder().set_key_types(Some(keys.to_vec())).build())
        .into_paginator()
        .send();
    let mut found = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(Refusal::to("acm:ListCertificates", "list the certificates"))?;
        let certificates = page.certificate_summary_list.unwrap_or_default();
        let covering = certificates.into_iter().filter(|certificate| covers_all(certificate, domains));
        found.extend(covering.filter_map(|certificate| {
            let issued = certificate.status == Some(CertificateStatus::Issued);
            Some(Covering { arn: certificate.certificate_arn?, issued })
        }));
    }
    found.sort_by_key(|found: &Covering| !found.issued);
    Ok(found)
}

fn covers_all(certificate: &CertificateSummary, domains: &[String]) -> bool {
    // A list that was cut short is not all that the certificate covers, and then it is not known.
    let names = certificate.subject_alternative_name_summaries();
    domains.iter().all(|domain| names.iter().any(|name| covers(name, domain)))
}

/// A wildcard stands for one label, and not for the domain itself.
fn covers(name: &str, domain: &str) -> bool {
    let wildcard = name.strip_prefix("*.");
    name == domain
        || wildcard.is_some_and(|rest| domain.split_once('.').is_some_and(|(_, above)| above == rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wildcard_covers_one_label() {
        for (name, domain, expected) in [
            ("example.com", "example.com", true),
            ("*.example.com", "www.example.com", true),
            ("*.example.com", "*.example.com", true),
            ("*.example.com", "example.com", false),
            ("*.example.com", "a.b.example.com", false),
        ] {
            assert_eq!(covers(name, domain), expected, "{name} {domain}");
        }
    }
}
