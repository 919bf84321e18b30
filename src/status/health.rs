//! What all panels together mean.

use super::panels::{
    CertificateView, DistributionState, DriftView, DriftedResource, OriginView, OwnCertificate, Panel,
    Parity, Reach, Renewal, Role,
};
use super::view::View;
use crate::blueprint::inventory::CertificateState;
use crate::blueprint::plan::Action;
use crate::blueprint::resource::Kind;
use serde::Serialize;

/// With fewer days left a certificate counts as near its end. ACM begins to renew 60 days before it, so by then
/// something keeps it from doing so.
const FEW_DAYS: i64 = 30;

/// What all panels together mean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Health {
    /// The worst of what was found.
    pub state: State,
    /// What was found, the worst first; empty where all is well.
    pub reasons: Vec<Reason>,
}

/// How well a site is; each is worse than those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It serves, and is as the profile asks.
    Healthy,
    /// Nothing that tells was answered yet.
    Unknown,
    /// It serves, and a change is on its way to the edge.
    Deploying,
    /// It serves, and differs from the profile.
    Drifted,
    /// Visitors notice, or soon will.
    Degraded,
    /// It is not deployed.
    Absent,
}

impl State {
    /// The state in words.
    pub fn word(self) -> &'static str {
        match self {
            State::Healthy => "healthy",
            State::Unknown => "not known yet",
            State::Deploying => "deploying",
            State::Drifted => "differs from the profile",
            State::Degraded => "degraded",
            State::Absent => "not deployed",
        }
    }
}

/// One thing that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// What it makes of the site's health.
    pub state: State,
    /// Where it was seen.
    pub panel: Panel,
    /// What it is, as a sentence without a full stop.
    pub says: String,
}

impl View {
    /// What all panels together mean. A panel without an answer says nothing about the site, but for the
    /// distribution and the comparison with the profile, without which nothing can be called healthy.
    pub fn health(&self) -> Health {
        let mut reasons = self.of_distribution();
        if reasons.iter().any(|reason| reason.state == State::Absent) {
            return Health { state: State::Absent, reasons };
        }
        reasons.extend(self.of_certificate());
        reasons.extend(self.of_dns());
        reasons.extend(self.of_origins());
        reasons.extend(self.of_failover());
        reasons.extend(self.of_edge_functions());
        reasons.extend(self.of_drift());
        reasons.extend(self.of_probes());
        reasons.sort_by_key(|reason| std::cmp::Reverse(reason.state));
        let state = reasons.first().map_or(State::Healthy, |reason| reason.state);
        Health { state, reasons }
    }

    fn of_distribution(&self) -> Vec<Reason> {
        let reason = |state, says: &str| reason(state, Panel::Distribution, says);
        match self.distribution.known() {
            None if self.distribution.failure().is_some() => {
                vec![reason(State::Unknown, "the distribution could not be looked at")]
            }
            None => vec![reason(State::Unknown, "the distribution was not looked at yet")],
            Some(None) => vec![reason(State::Absent, "there is no distribution")],
            Some(Some(found)) if !found.enabled => {
                let says =
                    "the distribution is disabled, as it is while a teardown goes on: nobody is served";
                vec![reason(State::Degraded, says)]
            }
            Some(Some(found)) => match found.state {
                DistributionState::Deployed => Vec::new(),
                DistributionState::InProgress => {
                    vec![reason(State::Deploying, "edge locations are being given the newest configuration")]
                }
            },
        }
    }

    fn of_certificate(&self) -> Vec<Reason> {
        match self.certificate.known() {
            Some(CertificateView::Own(certificate)) => of_certificate(certificate),
            // That it is missing is a difference from the profile, and told there.
            Some(CertificateView::CloudFronts | CertificateView::Missing { .. }) | None => Vec::new(),
        }
    }

    fn of_dns(&self) -> Vec<Reason> {
        let domains = self.dns.known().map(|dns| dns.domains.as_slice()).unwrap_or_default();
        let wrong = domains.iter().filter(|domain| domain.right == Some(false));
        wrong.map(|domain| reason(State::Degraded, Panel::Dns, &domain.says)).collect()
    }

    fn of_origins(&self) -> Vec<Reason> {
        let Some(found) = self.origins.known() else { return Vec::new() };
        let takes_over = self.failover.known().is_some_and(|failover| failover.armed);
        let mut reasons: Vec<_> =
            found.origins.iter().filter_map(|origin| of_origin(origin, takes_over)).collect();
        match &found.parity {
            Parity::OneBucket | Parity::Same | Parity::Unknown { .. } => {}
            Parity::Different { ahead, behind } => {
                let says = format!(
                    "the buckets differ: the primary has {ahead} files that the backup lacks, the backup {behind} that the primary lacks"
                );
                reasons.push(reason(State::Drifted, Panel::Origins, says));
            }
        }
        reasons
    }

    fn of_failover(&self) -> Vec<Reason> {
        let why = self.failover.known().and_then(|failover| failover.why_not.as_ref());
        why.map(|why| reason(State::Drifted, Panel::Failover, format!("failover is not armed: {why}")))
            .into_iter()
            .collect()
    }

    fn of_edge_functions(&self) -> Vec<Reason> {
        use super::panels::EdgeFunctionState;
        let functions = self.edge_functions.known().map(|view| view.functions.as_slice()).unwrap_or_default();
        let broken = functions.iter().filter_map(|function| match &function.state {
            EdgeFunctionState::Failed(why) if function.version.is_some() => Some((&function.name, why)),
            EdgeFunctionState::Failed(_)
            | EdgeFunctionState::Active
            | EdgeFunctionState::Pending
            | EdgeFunctionState::Unpublished => None,
        });
        let broken = broken.map(|(name, why)| format!("the edge function {name} can't run: {why}"));
        broken.map(|says| reason(State::Degraded, Panel::EdgeFunctions, says)).collect()
    }

    fn of_drift(&self) -> Vec<Reason> {
        match self.drift.known() {
            None if self.drift.failure().is_some() => {
                vec![reason(State::Unknown, Panel::Drift, "AWS could not be compared with the profile")]
            }
            None => vec![reason(State::Unknown, Panel::Drift, "AWS was not compared with the profile yet")],
            Some(drift) if closes_a_bucket(drift) => {
                let says = "a bucket lets CloudFront read nothing: its policy is gone";
                vec![reason(State::Degraded, Panel::Drift, says)]
            }
            Some(drift) if drift.differs() => {
                let count = drift.resources.iter().filter(|resource| resource.action.changes_aws()).count();
                let says = match count {
                    1 => "a deploy would change 1 resource".to_owned(),
                    _ => format!("a deploy would change {count} resources"),
                };
                vec![reason(State::Drifted, Panel::Drift, says)]
            }
            Some(_) => Vec::new(),
        }
    }

    fn of_probes(&self) -> Vec<Reason> {
        let probes = self.probes.known().and_then(|view| view.probes.data());
        let failing = probes.into_iter().flatten().filter_map(|probe| match &probe.answer {
            // A page may ask for a password or keep a country out, but not be missing.
            Ok(answer) if answer.status == 404 || answer.status >= 500 => {
                Some(format!("{} answers {}", probe.url, answer.status))
            }
            Ok(_) => None,
            Err(failed) => Some(format!("{} does not answer: {}", probe.url, failed.why)),
        });
        let mut said: Vec<String> = failing.collect();
        said.dedup();
        said.into_iter().map(|says| reason(State::Degraded, Panel::Probes, says)).collect()
    }
}

/// Without its policy a bucket refuses whatever CloudFront asks for.
fn closes_a_bucket(drift: &DriftView) -> bool {
    let policy = Kind::BucketPolicy.to_string();
    let lacks = |resource: &DriftedResource| {
        resource.action == Action::Create && resource.resource.starts_with(&policy)
    };
    drift.resources.iter().any(lacks)
}

fn reason(state: State, panel: Panel, says: impl Into<String>) -> Reason {
    Reason { state, panel, says: says.into() }
}

fn of_origin(origin: &OriginView, takes_over: bool) -> Option<Reason> {
    let trouble = match &origin.reach {
        Reach::Answers { .. } if origin.release.is_some() && !origin.unfinished => return None,
        Reach::Answers { .. } if origin.unfinished => "holds an upload that was not finished".to_owned(),
        Reach::Answers { .. } => "holds no release".to_owned(),
        Reach::Missing => "is missing".to_owned(),
        Reach::Refused { why } => format!("can't be looked at: {why}"),
        Reach::Unreachable { why } => format!("can't be reached: {why}"),
    };
    let serves = match (&origin.reach, origin.role, takes_over) {
        // What is in it is served, whole or not.
        (Reach::Answers { .. }, _, _) => "",
        (_, Role::Primary, false) => "; nothing takes over",
        (_, Role::Backup, _) => "; nothing would take over from the primary",
        (Reach::Unreachable { .. }, Role::Primary, true) => "; failover is armed, so the backup serves",
        // S3 then answers CloudFront with 403 or 404, which not every failover is armed on.
        (Reach::Missing | Reach::Refused { .. }, Role::Primary, true) => "; failover is armed",
    };
    let says = format!("the {} bucket {} {trouble}{serves}", origin.role.word(), origin.bucket);
    Some(reason(State::Degraded, Panel::Origins, says))
}

fn of_certificate(certificate: &OwnCertificate) -> Vec<Reason> {
    let reason = |state, says: String| reason(state, Panel::Certificate, says);
    let mut reasons = Vec::new();
    match (&certificate.state, certificate.days_left) {
        (CertificateState::Issued, Some(days)) if days < FEW_DAYS => {
            reasons.push(reason(State::Degraded, format!("the certificate ends in {days} days")));
        }
        (CertificateState::Spent, _) if certificate.in_use => {
            reasons.push(reason(State::Degraded, "the certificate can't be used any more".to_owned()));
        }
        (
            CertificateState::Issued
            | CertificateState::Pending
            | CertificateState::Failed(_)
            | CertificateState::TimedOut
            | CertificateState::Spent,
            _,
        ) => {}
    }
    if let Renewal::Failed(why) = &certificate.renewal {
        reasons.push(reason(State::Degraded, format!("the certificate could not be renewed: {why}")));
    }
    let is_issued = certificate.state == CertificateState::Issued;
    let lost = certificate.proofs.iter().filter(|proof| is_issued && proof.in_place == Some(false));
    // Visitors notice nothing until the certificate ends.
    reasons.extend(lost.map(|proof| {
        let says = format!("the certificate won't renew: the record that proves {} is gone", proof.domain);
        reason(State::Drifted, says)
    }));
    reasons
}
