//! Certificates that are there already, where CloudFront takes them from.

use crate::aws::refusal::Refusal;
use crate::aws::session::{GLOBAL_REGION, Session};
use aws_sdk_acm::Client;
use aws_sdk_acm::types::{CertificateStatus, CertificateSummary, Filters, KeyAlgorithm};

/// The ARN of an issued certificate that covers every domain, if there is one.
pub async fn covering(session: &Session, domains: &[String]) -> Result<Option<String>, Refusal> {
    let client = Client::new(&session.config_in(GLOBAL_REGION));
    // Without key types ACM leaves out all but RSA (aws-facts.md A.4).
    let keys =
        [KeyAlgorithm::Rsa2048, KeyAlgorithm::Rsa3072, KeyAlgorithm::Rsa4096, KeyAlgorithm::EcPrime256v1];
    let mut pages = client
        .list_certificates()
        .certificate_statuses(CertificateStatus::Issued)
        .includes(Filters::builder().set_key_types(Some(keys.to_vec())).build())
        .into_paginator()
        .send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(Refusal::to("acm:ListCertificates", "list the certificates"))?;
        let certificates = page.certificate_summary_list.unwrap_or_default();
        if let Some(found) = certificates.iter().find(|certificate| covers_all(certificate, domains)) {
            return Ok(found.certificate_arn.clone());
        }
    }
    Ok(None)
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
