//! Each panel as facts, the most important first: one line each where there is little room, all of it where one looks
//! closer.

use super::super::super::text::{counted, size};
use super::super::super::theme::{DOUBTFUL, FAINT, FOCUS, GOOD, PLAIN, WRONG};
use super::traffic::{caching, edge_functions, probes};
use crate::blueprint::answers::HttpVersion;
use crate::blueprint::inventory::CertificateState;
use crate::blueprint::plan::Action;
use crate::status::panels::{
    CertificateView, DistributionState, DistributionView, DnsView, DomainView, DriftView, FailoverView,
    InvalidationView, InvalidationsView, OriginView, OriginsView, OwnCertificate, Panel, Parity, ProofView,
    Reach, ReleasesView, Renewal,
};
use crate::status::{Moment, View};
use ratatui::style::Style;
use std::time::{Duration, SystemTime};

/// One thing that a panel says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What marks it.
    pub sign: &'static str,
    /// The style of the mark.
    pub style: Style,
    /// What it says.
    pub text: String,
    /// Whether only who looks closer wants to know.
    pub is_detail: bool,
}

pub(super) fn fact((sign, style): (&'static str, Style), text: impl Into<String>) -> Fact {
    Fact { sign, style, text: text.into(), is_detail: false }
}

pub(super) fn detail((sign, style): (&'static str, Style), text: impl Into<String>) -> Fact {
    Fact { sign, style, text: text.into(), is_detail: true }
}

pub(super) const RIGHT: (&str, Style) = ("✓", GOOD);
pub(super) const AMISS: (&str, Style) = ("✗", WRONG);
pub(super) const DOUBT: (&str, Style) = ("!", DOUBTFUL);
pub(super) const UNDER_WAY: (&str, Style) = ("◐", FOCUS);
pub(super) const UNKNOWN: (&str, Style) = ("?", DOUBTFUL);
pub(super) const NOTHING: (&str, Style) = ("=", FAINT);
pub(super) const PLAINLY: (&str, Style) = (" ", PLAIN);

/// What a panel knows, its sum first; `None` where it knows nothing yet.
pub fn facts(view: &View, panel: Panel, now: SystemTime) -> Option<Vec<Fact>> {
    Some(match panel {
        Panel::Distribution => distribution(view.distribution.known()?.as_ref(), now),
        Panel::Certificate => certificate(view.certificate.known()?),
        Panel::Dns => dns(view.dns.known()?),
        Panel::Origins => origins(view.origins.known()?),
        Panel::Failover => failover(view.failover.known()?, now),
        Panel::EdgeFunctions => edge_functions(view.edge_functions.known()?),
        Panel::Caching => caching(view.caching.known()?),
        Panel::Invalidations => invalidations(view.invalidations.known()?, now),
        Panel::Releases => releases(view.releases.known()?, now),
        Panel::Drift => drift(view.drift.known()?),
        Panel::Probes => probes(view.probes.known()?),
    })
}

/// `4 s ago`, `12 min ago`, `3 h ago`, `2 d ago`.
pub fn ago(moment: Moment, now: SystemTime) -> String {
    format!("{} ago", span_of_time(moment.age(now)))
}

fn span_of_time(time: Duration) -> String {
    match time.as_secs() {
        seconds @ 0..60 => format!("{seconds} s"),
        seconds @ 60..3600 => format!("{} min", seconds / 60),
        seconds @ 3600..172_800 => format!("{} h", seconds / 3600),
        seconds => format!("{} d", seconds / 86_400),
    }
}

fn distribution(found: Option<&DistributionView>, now: SystemTime) -> Vec<Fact> {
    let Some(found) = found else { return vec![fact(AMISS, "not deployed")] };
    let (mark, state) = match (found.enabled, found.state) {
        (false, _) => (AMISS, "disabled: it answers nobody"),
        (true, DistributionState::Deployed) => (RIGHT, "deployed"),
        (true, DistributionState::InProgress) => (UNDER_WAY, "deploying to edge locations"),
    };
    let ipv6 = if found.ipv6 { "IPv6" } else { "no IPv6" };
    let changed = found.changed.map(|moment| format!(" · changed {}", ago(moment, now))).unwrap_or_default();
    let mut facts = vec![
        fact(mark, format!("{}  {state}", found.id)),
        fact(PLAINLY, found.address.clone()),
        fact(PLAINLY, format!("{} · {ipv6}{changed}", http(found.http_version))),
        detail(PLAINLY, format!("its own name: {}", found.host)),
    ];
    facts.extend(found.domains.iter().map(|domain| fact(PLAINLY, format!("answers for {domain}"))));
    facts.push(detail(PLAINLY, found.arn.clone()));
    facts
}

fn http(version: HttpVersion) -> &'static str {
    match version {
        HttpVersion::Http11 => "HTTP/1.1",
        HttpVersion::Http2 => "HTTP/2",
        HttpVersion::Http3 => "HTTP/3",
        HttpVersion::Http2And3 => "HTTP/2 and HTTP/3",
    }
}

fn certificate(found: &CertificateView) -> Vec<Fact> {
    match found {
        CertificateView::CloudFronts => vec![fact(NOTHING, "CloudFront's own; nothing to renew")],
        CertificateView::Missing { domains } => {
            vec![fact(DOUBT, format!("none yet for {}", domains.join(", ")))]
        }
        CertificateView::Own(own) => own_certificate(own),
    }
}

fn own_certificate(own: &OwnCertificate) -> Vec<Fact> {
    let (renewal_mark, renewal) = renewal(&own.renewal);
    let mut facts = vec![certificate_state(own), fact(renewal_mark, renewal)];
    facts.extend(own.proofs.iter().flat_map(proof));
    let used = if own.in_use { "the distribution serves with it" } else { "nothing serves with it yet" };
    facts.push(detail(PLAINLY, used));
    facts.push(detail(PLAINLY, format!("for {}", own.names.join(", "))));
    facts.push(detail(PLAINLY, own.arn.clone()));
    facts
}

fn certificate_state(own: &OwnCertificate) -> Fact {
    match (&own.state, own.days_left) {
        (CertificateState::Issued, Some(days)) if days < 0 => fact(AMISS, "it has ended"),
        (CertificateState::Issued, Some(days)) if days < 30 => {
            fact(AMISS, format!("only {} left", counted(days.unsigned_abs() as usize, "day")))
        }
        (CertificateState::Issued, Some(days)) => fact(RIGHT, format!("{days} days left")),
        (CertificateState::Issued, None) => fact(RIGHT, "issued"),
        (CertificateState::Pending, _) => fact(UNDER_WAY, "its names are yet to be proven"),
        (CertificateState::Failed(why), _) => fact(AMISS, format!("not issued: {why}")),
        (CertificateState::TimedOut, _) => fact(AMISS, "not issued: its names were not proven in time"),
        (CertificateState::Spent, _) => fact(AMISS, "it can't be used any more"),
    }
}

fn renewal(renewal: &Renewal) -> ((&'static str, Style), String) {
    match renewal {
        Renewal::ByItself => (RIGHT, "renews by itself".to_owned()),
        Renewal::UnderWay => (UNDER_WAY, "is being renewed".to_owned()),
        Renewal::WaitsForProof => (DOUBT, "renewal waits for its names to be proven again".to_owned()),
        Renewal::Failed(why) => (AMISS, format!("could not be renewed: {why}")),
        Renewal::NotEligible => (DOUBT, "does not renew by itself".to_owned()),
        Renewal::NotIssued => (NOTHING, "nothing to renew yet".to_owned()),
    }
}

fn proof(proof: &ProofView) -> Vec<Fact> {
    let fix = proof.fix.iter().map(|fix| fact(PLAINLY, fix.clone()));
    std::iter::once(fact(told(proof.in_place), proof.says.clone())).chain(fix).collect()
}

fn told(is_right: Option<bool>) -> (&'static str, Style) {
    match is_right {
        Some(true) => RIGHT,
        Some(false) => AMISS,
        None => UNKNOWN,
    }
}

fn dns(found: &DnsView) -> Vec<Fact> {
    let wrong = found.domains.iter().filter(|domain| domain.right == Some(false)).count();
    let unknown = found.domains.iter().filter(|domain| domain.right.is_none()).count();
    let sum = match (found.domains.len(), wrong, unknown) {
        (0, ..) => fact(NOTHING, "the site has no domain of its own"),
        (_, 0, 0) => fact(RIGHT, format!("{} here", lead(found.domains.len()))),
        (all, 0, unknown) => {
            fact(UNKNOWN, format!("nobody answered for {unknown} of {}", counted(all, "domain")))
        }
        (all, wrong, _) => fact(AMISS, format!("{wrong} of {} not led here", counted(all, "domain"))),
    };
    // What is wrong goes first.
    let mut domains: Vec<_> = found.domains.iter().collect();
    domains.sort_by_key(|domain| domain.right);
    std::iter::once(sum).chain(domains.into_iter().flat_map(domain)).collect()
}

fn lead(domains: usize) -> String {
    let verb = if domains == 1 { "leads" } else { "lead" };
    format!("{} {verb}", counted(domains, "domain"))
}

fn domain(found: &DomainView) -> Vec<Fact> {
    let mut facts = vec![fact(told(found.right), found.says.clone())];
    facts.extend(found.fix.iter().map(|fix| fact(PLAINLY, fix.clone())));
    if !found.served {
        facts.push(fact(DOUBT, format!("the distribution does not answer for {} yet", found.name)));
    }
    for record in &found.records {
        let words = format!("{} {}: should be {}", found.name, record.kind, record.should);
        facts.push(detail(told(record.right), words));
        facts.extend(
            record
                .heard
                .iter()
                .map(|heard| detail(told(heard.right), format!("  {} says {}", heard.resolver, heard.said))),
        );
    }
    facts
}

fn origins(found: &OriginsView) -> Vec<Fact> {
    let out = found.origins.iter().filter(|origin| !answers(origin)).count();
    let (parity_mark, parity) = parity(&found.parity);
    let sum = match (out, &found.parity) {
        (0, Parity::OneBucket) => fact(RIGHT, "one bucket, and it answers"),
        (0, Parity::Same) => fact(RIGHT, "both answer and hold the same"),
        (0, Parity::Different { .. } | Parity::Unknown { .. }) => fact(DOUBT, "both answer; they differ"),
        (out, _) => fact(AMISS, format!("{out} of {} out", counted(found.origins.len(), "bucket"))),
    };
    let origins = found.origins.iter().map(origin);
    let names = found.origins.iter().map(|origin| {
        let release = origin.release.as_deref().map_or("nothing published", short);
        detail(PLAINLY, format!("{}: {}, release {release}", origin.role.word(), origin.bucket))
    });
    std::iter::once(sum).chain(origins).chain([fact(parity_mark, parity)]).chain(names).collect()
}

fn answers(origin: &OriginView) -> bool {
    match origin.reach {
        Reach::Answers { .. } => true,
        Reach::Missing | Reach::Refused { .. } | Reach::Unreachable { .. } => false,
    }
}

fn origin(found: &OriginView) -> Fact {
    let held = match (found.objects, found.bytes) {
        (Some(files), Some(bytes)) => format!(" · {}, {}", counted(files, "file"), size(bytes)),
        (Some(files), None) => format!(" · {}", counted(files, "file")),
        (None, _) => " · nothing published".to_owned(),
    };
    let wher = format!("{:8} {}", found.role.word(), found.region);
    match &found.reach {
        Reach::Answers { .. } if found.unfinished => {
            fact(DOUBT, format!("{wher} · an upload was not finished"))
        }
        Reach::Answers { milliseconds } => fact(RIGHT, format!("{wher}  {milliseconds} ms{held}")),
        Reach::Missing => fact(AMISS, format!("{wher} is missing")),
        Reach::Refused { why } => fact(AMISS, format!("{wher} can't be looked at: {why}")),
        Reach::Unreachable { why } => fact(AMISS, format!("{wher} does not answer: {why}")),
    }
}

fn parity(parity: &Parity) -> ((&'static str, Style), String) {
    match parity {
        Parity::OneBucket => (NOTHING, "there is no other to compare with".to_owned()),
        Parity::Same => (RIGHT, "the same files in both".to_owned()),
        Parity::Different { ahead, behind } => {
            let (ahead, behind) = (counted(*ahead, "file"), counted(*behind, "file"));
            (DOUBT, format!("{ahead} only in the primary, {behind} only in the backup"))
        }
        Parity::Unknown { why } => (UNKNOWN, format!("can't be compared: {why}")),
    }
}

fn failover(found: &FailoverView, now: SystemTime) -> Vec<Fact> {
    let statuses: Vec<String> = found.statuses.iter().map(u16::to_string).collect();
    let sum = match (found.armed, found.wanted, &found.why_not) {
        (true, ..) => fact(RIGHT, format!("armed on {}", statuses.join(" "))),
        (false, true, Some(why)) => fact(DOUBT, format!("not armed: {why}")),
        (false, true, None) => fact(DOUBT, "not armed"),
        (false, false, _) => fact(NOTHING, "off in the profile"),
    };
    let drill = match &found.last_drill {
        Some(drill) => {
            let mark = if drill.passed { RIGHT } else { AMISS };
            let how = if drill.passed { "the backup answered" } else { "the backup did not answer" };
            fact(mark, format!("last drill {}: {how}, {} ms", ago(drill.at, now), drill.milliseconds))
        }
        None if found.armed => fact(NOTHING, "never drilled from here"),
        None => return vec![sum],
    };
    vec![sum, drill]
}

fn invalidations(found: &InvalidationsView, now: SystemTime) -> Vec<Fact> {
    let open = found.newest.iter().filter(|invalidation| !invalidation.completed).count();
    let sum = match (found.newest.len(), open) {
        (0, _) => fact(NOTHING, "none lately"),
        (_, 0) => fact(RIGHT, "all done"),
        (_, open) => fact(UNDER_WAY, format!("{open} under way")),
    };
    std::iter::once(sum).chain(found.newest.iter().map(|it| invalidation(it, now))).collect()
}

fn invalidation(found: &InvalidationView, now: SystemTime) -> Fact {
    let mark = if found.completed { RIGHT } else { UNDER_WAY };
    let paths = match found.paths.as_slice() {
        [] => found.id.clone(),
        paths => paths.join(" "),
    };
    let asked = found.asked.map(|moment| format!("{:>11}  ", ago(moment, now))).unwrap_or_default();
    fact(mark, format!("{asked}{paths}"))
}

fn releases(found: &ReleasesView, now: SystemTime) -> Vec<Fact> {
    let held: Vec<_> = found.current.iter().filter_map(|bucket| bucket.hash.as_deref()).collect();
    let sum = match (found.newest.first(), held.as_slice()) {
        (Some(newest), _) => {
            let when = newest.published.map(|moment| format!(", {}", ago(moment, now))).unwrap_or_default();
            fact(RIGHT, format!("{}{when}", short(&newest.hash)))
        }
        (None, [hash, ..]) => fact(RIGHT, short(hash).to_owned()),
        (None, []) => fact(DOUBT, "nothing published"),
    };
    let newest = found.newest.iter().map(|release| {
        let when = release.published.map(|moment| ago(moment, now)).unwrap_or_default();
        let (files, bytes) = (counted(release.files, "file"), size(release.bytes));
        fact(PLAINLY, format!("{when:>11}  {}  {files}, {bytes}", short(&release.hash)))
    });
    let current = found.current.iter().map(|bucket| {
        let hash = bucket.hash.as_deref().map_or("nothing", short);
        detail(PLAINLY, format!("{} {} holds {hash}", bucket.role.word(), bucket.bucket))
    });
    std::iter::once(sum).chain(newest).chain(current).collect()
}

/// As much of a hash as tells it from others.
fn short(hash: &str) -> &str {
    hash.get(..12).unwrap_or(hash)
}

fn drift(found: &DriftView) -> Vec<Fact> {
    let differing = found.resources.iter().filter(|resource| resource.action.changes_aws()).count();
    let sum = match differing {
        0 => fact(RIGHT, "as the profile asks"),
        several => fact(DOUBT, format!("a deploy would change {}", counted(several, "thing"))),
    };
    let resources = found.resources.iter().flat_map(|resource| {
        let words = format!("{} {}: {}", resource.action, resource.resource, resource.reason);
        let fields = resource.changes.iter().map(|change| {
            let told = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
            detail(
                PLAINLY,
                format!("  {}: {} is to be {}", change.field, told(&change.from), told(&change.to)),
            )
        });
        std::iter::once(fact(mark_of(resource.action), words)).chain(fields)
    });
    let notices = found.notices.iter().map(|notice| fact(DOUBT, notice.clone()));
    std::iter::once(sum).chain(resources).chain(notices).collect()
}

fn mark_of(action: Action) -> (&'static str, Style) {
    match action {
        Action::Create | Action::Adopt => ("+", GOOD),
        Action::Update => ("~", DOUBTFUL),
        Action::Delete => ("−", WRONG),
        Action::Keep | Action::Await | Action::BackUp => NOTHING,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_for_people() {
        let told = |seconds| span_of_time(Duration::from_secs(seconds));
        assert_eq!([4, 720, 7_300, 200_000].map(told), ["4 s", "12 min", "2 h", "2 d"]);
    }
}
