//! The certificate, and whether it will renew.

use super::Live;
use crate::aws::look::certificate::{self, CertificateSeen, RenewalSeen};
use crate::aws::look::distribution::DistributionSeen;
use crate::blueprint::dns::{Expected, Finding, Verdict};
use crate::blueprint::inventory::{CertificateState, ValidationRecord};
use crate::status::moment::Moment;
use crate::status::panels::{CertificateView, OwnCertificate, ProofView, Renewal};
use crate::status::sources::Answer;

const DAY: i64 = 24 * 60 * 60;

/// How many certificates for the same names are read while none is in use; each failed request leaves one.
const CANDIDATES: usize = 5;

impl Live {
    pub(super) async fn view_certificate(&self) -> Answer<CertificateView> {
        let distribution = self.seen_distribution().await?;
        let named = distribution.as_ref().and_then(certificate_of);
        let found = match &named {
            Some(arn) => Some(certificate::see(&self.subject.session, arn).await?),
            None => self.wanted_certificate().await?,
        };
        match found {
            Some(seen) => Ok(CertificateView::Own(self.own(seen, named.is_some()).await)),
            None => Ok(match self.wanted_names() {
                Some(domains) => CertificateView::Missing { domains },
                None => CertificateView::CloudFronts,
            }),
        }
    }

    fn wanted_names(&self) -> Option<Vec<String>> {
        let mut names = self.subject.blueprint.domains.as_ref()?.names.clone();
        names.sort();
        names.dedup();
        Some(names)
    }

    /// The certificate that a deploy waits for or is about to use: the one that is furthest.
    async fn wanted_certificate(&self) -> Answer<Option<CertificateSeen>> {
        let Some(names) = self.wanted_names() else { return Ok(None) };
        let mut best: Option<CertificateSeen> = None;
        for arn in certificate::for_names(&self.subject.session, &names).await?.iter().take(CANDIDATES) {
            let seen = certificate::see(&self.subject.session, arn).await?;
            if best.as_ref().is_none_or(|best| rank(&seen.state) < rank(&best.state)) {
                best = Some(seen);
            }
        }
        Ok(best)
    }

    async fn own(&self, seen: CertificateSeen, in_use: bool) -> OwnCertificate {
        let days_left = seen.not_after.map(|end| (end - self.seconds()).div_euclid(DAY));
        OwnCertificate {
            proofs: self.proofs(&seen.records).await,
            renewal: renewal(&seen),
            not_after: seen.not_after.map(Moment::of_seconds),
            days_left,
            arn: seen.arn,
            names: seen.names,
            state: seen.state,
            in_use,
        }
    }

    async fn proofs(&self, records: &[ValidationRecord]) -> Vec<ProofView> {
        let expected = records.iter().map(|it| Expected::validation(&it.domain, &it.name, &it.value));
        let expected: Vec<_> = expected.collect();
        let findings = self.subject.resolver.look(&expected, &self.zones().await).await;
        records.iter().zip(findings).map(|(record, finding)| proof(record, finding)).collect()
    }
}

fn certificate_of(distribution: &DistributionSeen) -> Option<String> {
    let certificate = distribution.spec.viewer_certificate.as_ref()?;
    certificate.arn.known().filter(|arn| !arn.is_empty()).map(str::to_owned)
}

fn rank(state: &CertificateState) -> u8 {
    match state {
        CertificateState::Issued => 0,
        CertificateState::Pending => 1,
        CertificateState::Failed(_) | CertificateState::TimedOut => 2,
        CertificateState::Spent => 3,
    }
}

fn renewal(seen: &CertificateSeen) -> Renewal {
    if seen.state != CertificateState::Issued {
        return Renewal::NotIssued;
    }
    match &seen.renewal {
        RenewalSeen::Eligible => Renewal::ByItself,
        RenewalSeen::NotEligible => Renewal::NotEligible,
        RenewalSeen::UnderWay => Renewal::UnderWay,
        RenewalSeen::WaitsForProof => Renewal::WaitsForProof,
        RenewalSeen::Failed(why) => Renewal::Failed(why.clone()),
    }
}

fn proof(record: &ValidationRecord, finding: Finding) -> ProofView {
    ProofView {
        domain: record.domain.clone(),
        name: record.name.clone(),
        value: record.value.clone(),
        // While it spreads the zone's servers have it, and they are those that ACM asks.
        in_place: (finding.verdict != Verdict::Unheard)
            .then_some(matches!(finding.verdict, Verdict::Right | Verdict::Spreading { .. })),
        says: finding.sentence,
        fix: finding.fix,
    }
}
