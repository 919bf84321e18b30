//! A site's own domains for `sitecast status`: their certificate, and what public DNS says of their records.

use super::site::Site;
use crate::blueprint::certificate_in_use;
use crate::blueprint::dns::{Expectation, Expected, Finding, Verdict};
use crate::blueprint::inventory::{CertificateState, ObservedCertificate};
use serde_json::{Value, json};

/// A site's own domains.
pub struct Domains<'a> {
    site: &'a Site,
    certificate: Option<&'a ObservedCertificate>,
    /// What public DNS says of the records that prove the domains and of those that lead them here; empty where it
    /// could not be asked.
    findings: Vec<Finding>,
}

/// Looks at the domains of a site, where it has any.
pub async fn look(site: &Site) -> Option<Domains<'_>> {
    let lookups = site.lookups()?;
    let certificate = certificate_in_use(&site.blueprint, &site.inventory);
    let proofs = certificate.iter().flat_map(|found| &found.records);
    let proofs = proofs.map(|proof| Expected::validation(&proof.domain, &proof.name, &proof.value));
    let host = site.inventory.distribution.as_ref().map(|found| &found.output.domain);
    let leading = site.domains().iter().filter_map(|domain| Some(Expected::site(domain, host?)));
    let expected: Vec<_> = proofs.chain(leading).collect();
    let findings = lookups.look(&expected).await;
    Some(Domains { site, certificate, findings })
}

impl Domains<'_> {
    /// Where visitors find the site, once it serves its domains.
    pub fn address(&self) -> Option<String> {
        let main = self.site.main_domain()?;
        self.is_served(&main).then(|| format!("https://{main}/"))
    }

    /// The domains for programs.
    pub fn domains_json(&self) -> Value {
        let domain = |domain: &String| {
            json!({
                "name": domain,
                "served": self.is_served(domain),
                "record": self.leading(domain).map(finding_json),
            })
        };
        self.site.domains().iter().map(domain).collect()
    }

    /// The certificate for programs.
    pub fn certificate_json(&self) -> Value {
        json!(self.certificate.map(|found| json!({
            "arn": found.arn,
            "state": state(&found.state),
            "not_after": found.not_after,
            "records": self.proofs().map(finding_json).collect::<Vec<_>>(),
        })))
    }

    fn is_served(&self, domain: &String) -> bool {
        let distribution = self.site.inventory.distribution.as_ref();
        distribution.is_some_and(|found| found.spec.aliases.contains(domain))
    }

    fn leading(&self, domain: &str) -> Option<&Finding> {
        self.findings.iter().find(|finding| match finding.expected.expectation {
            Expectation::Site { .. } => finding.expected.name == domain,
            Expectation::Validation { .. } | Expectation::Certifiable => false,
        })
    }

    fn proofs(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| match finding.expected.expectation {
            Expectation::Validation { .. } => true,
            Expectation::Site { .. } | Expectation::Certifiable => false,
        })
    }
}

fn state(state: &CertificateState) -> String {
    match state {
        CertificateState::Pending => "pending".to_owned(),
        CertificateState::Issued => "issued".to_owned(),
        CertificateState::Failed(reason) => format!("failed: {reason}"),
        CertificateState::TimedOut => "timed out".to_owned(),
        CertificateState::Spent => "no longer usable".to_owned(),
    }
}

fn finding_json(finding: &Finding) -> Value {
    json!({
        "name": finding.expected.name,
        "right": finding.verdict == Verdict::Right,
        "message": finding.sentence,
        "fix": finding.fix,
        "seen": finding.seen,
    })
}
