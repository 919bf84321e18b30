//! What a live site is like, a line a fact. The same facts are shown once, and held against each other while
//! watching; what changes with every look, such as an age, is no fact but a figure.

use crate::blueprint::inventory::CertificateState;
use crate::profile::answers::HttpVersion;
use crate::report::words;
use crate::status::panels::{
    CachingView, CertificateView, DistributionState, DistributionView, DnsView, DriftView, EdgeFunctionState,
    EdgeFunctionView, FailoverView, InvalidationView, OriginView, OriginsView, OwnCertificate, Panel, Parity,
    ProbeView, PublishedRelease, Reach, Renewal, Warmth,
};
use crate::status::{Failed, Measured, Series, View};
use std::time::SystemTime;

/// How many hexadecimal digits of a release's hash tell it from others.
const DIGITS: usize = 12;

/// The facts of one panel; none until its first answer.
pub fn facts(view: &View, panel: Panel) -> Vec<String> {
    if let Some(failed) = view.failure(panel) {
        return vec![format!("no data: {}", failed.why)];
    }
    match panel {
        Panel::Distribution => view.distribution.known().map(distribution).into_iter().collect(),
        Panel::Certificate => view.certificate.known().map(certificate).unwrap_or_default(),
        Panel::Dns => view.dns.known().map(dns).unwrap_or_default(),
        Panel::Origins => view.origins.known().map(origins).unwrap_or_default(),
        Panel::Failover => view.failover.known().map(failover).into_iter().collect(),
        Panel::EdgeFunctions => {
            let functions = view.edge_functions.known().map(|it| it.functions.as_slice()).unwrap_or_default();
            functions.iter().map(edge_function).collect()
        }
        // Figures, all of them.
        Panel::Caching => Vec::new(),
        Panel::Invalidations => view
            .invalidations
            .known()
            .map(|it| it.newest.iter().map(invalidation).collect())
            .unwrap_or_default(),
        Panel::Releases => {
            view.releases.known().map(|it| it.newest.iter().map(release).collect()).unwrap_or_default()
        }
        Panel::Drift => view.drift.known().map(drift).unwrap_or_default(),
        Panel::Probes => match view.probes.known().map(|it| &it.probes) {
            Some(Measured::Data(probes)) => probes.iter().map(probe).collect(),
            Some(Measured::NoData { why }) => vec![no_data(why)],
            None => Vec::new(),
        },
    }
}

/// What changes with every look: figures of one panel.
pub fn figures(view: &View, panel: Panel) -> Vec<String> {
    match panel {
        Panel::Caching => view.caching.known().map(caching).unwrap_or_default(),
        Panel::Probes => {
            let probes = view.probes.known().and_then(|it| it.probes.data());
            probes.into_iter().flatten().filter_map(timing).collect()
        }
        Panel::Origins => {
            let origins = view.origins.known().map(|it| it.origins.as_slice()).unwrap_or_default();
            origins.iter().filter_map(reached_in).collect()
        }
        Panel::Distribution
        | Panel::Certificate
        | Panel::Dns
        | Panel::Failover
        | Panel::EdgeFunctions
        | Panel::Invalidations
        | Panel::Releases
        | Panel::Drift => Vec::new(),
    }
}

/// How old a panel's newest reading is, in words.
pub fn age(view: &View, panel: Panel, now: SystemTime) -> String {
    let age = view.taken(panel).map(|taken| taken.age(now));
    age.map_or("not asked yet".to_owned(), |age| match age.as_secs() {
        0 => "just now".to_owned(),
        seconds => format!("{} ago", words::duration(seconds * 1000)),
    })
}

fn no_data(why: &str) -> String {
    format!("no data: {why}")
}

fn distribution(found: &Option<DistributionView>) -> String {
    let Some(found) = found else { return "not deployed".to_owned() };
    let state = match (found.enabled, found.state) {
        (false, _) => "disabled",
        (true, DistributionState::Deployed) => "deployed",
        (true, DistributionState::InProgress) => "being deployed",
    };
    let changed = found.changed.map(|changed| format!("  changed {changed}")).unwrap_or_default();
    let domains =
        if found.domains.is_empty() { String::new() } else { format!("  {}", found.domains.join(" ")) };
    format!("{}  {state}  {}{changed}  {}{domains}", found.id, http(found.http_version), found.address)
}

fn http(version: HttpVersion) -> &'static str {
    match version {
        HttpVersion::Http11 => "HTTP/1.1",
        HttpVersion::Http2 => "HTTP/2",
        HttpVersion::Http3 => "HTTP/3",
        HttpVersion::Http2And3 => "HTTP/2 and 3",
    }
}

fn certificate(found: &CertificateView) -> Vec<String> {
    match found {
        CertificateView::CloudFronts => vec!["CloudFront's own".to_owned()],
        CertificateView::Missing { domains } => vec![format!("none yet for {}", domains.join(" "))],
        CertificateView::Own(own) => {
            let lost = own.proofs.iter().filter(|proof| proof.in_place == Some(false));
            let lost = lost.map(|proof| format!("{}{}", proof.says, fix(proof.fix.as_deref())));
            std::iter::once(own_certificate(own)).chain(lost).collect()
        }
    }
}

fn own_certificate(own: &OwnCertificate) -> String {
    let state = match &own.state {
        CertificateState::Pending => "waits for its names to be proven".to_owned(),
        CertificateState::Issued => "issued".to_owned(),
        CertificateState::Failed(why) => format!("failed: {why}"),
        CertificateState::TimedOut => "timed out".to_owned(),
        CertificateState::Spent => "no longer usable".to_owned(),
    };
    let days = own.days_left.map(|days| format!("  {days} days left")).unwrap_or_default();
    let renewal = match &own.renewal {
        Renewal::ByItself => "  renews by itself".to_owned(),
        Renewal::UnderWay => "  is being renewed".to_owned(),
        Renewal::WaitsForProof => "  its renewal waits for its names to be proven".to_owned(),
        Renewal::Failed(why) => format!("  could not be renewed: {why}"),
        Renewal::NotEligible => "  won't renew".to_owned(),
        Renewal::NotIssued => String::new(),
    };
    format!("{}  {state}{days}{renewal}", own.names.join(" "))
}

fn dns(found: &DnsView) -> Vec<String> {
    let mut lines = Vec::new();
    for domain in &found.domains {
        let sign = mark(domain.right);
        lines.push(format!("{sign} {}{}", domain.says, fix(domain.fix.as_deref())));
        for record in &domain.records {
            let mut said: Vec<_> = record.heard.iter().map(|heard| heard.said.as_str()).collect();
            said.sort_unstable();
            said.dedup();
            let said =
                if record.right == Some(false) { format!(": {}", said.join("; ")) } else { String::new() };
            lines.push(format!("  {} {} {}{said}", mark(record.right), domain.name, record.kind));
        }
    }
    lines
}

fn mark(right: Option<bool>) -> &'static str {
    match right {
        Some(true) => "ok",
        Some(false) => "!",
        None => "?",
    }
}

fn fix(fix: Option<&str>) -> String {
    fix.map(|fix| format!(": {fix}")).unwrap_or_default()
}

fn origins(found: &OriginsView) -> Vec<String> {
    let parity = match &found.parity {
        Parity::OneBucket => None,
        Parity::Same => Some("both hold the same".to_owned()),
        Parity::Different { ahead, behind } => {
            Some(format!("they differ: {ahead} files only in the primary, {behind} only in the backup"))
        }
        Parity::Unknown { why } => Some(format!("whether both hold the same can't be told: {why}")),
    };
    found.origins.iter().map(origin).chain(parity).collect()
}

fn origin(origin: &OriginView) -> String {
    let state = match &origin.reach {
        Reach::Answers { .. } => "answers".to_owned(),
        Reach::Missing => "is missing".to_owned(),
        Reach::Refused { why } | Reach::Unreachable { why } => format!("can't be reached: {why}"),
    };
    let held = match (origin.objects, origin.bytes) {
        (Some(objects), Some(bytes)) => format!("  {}, {}", files(objects), words::size(bytes)),
        (_, _) => String::new(),
    };
    let release =
        origin.release.as_deref().map(|hash| format!("  release {}", short(hash))).unwrap_or_default();
    let unfinished = if origin.unfinished { "  an upload was not finished" } else { "" };
    format!(
        "{}  {}  {}  {state}{held}{release}{unfinished}",
        origin.role.word(),
        origin.bucket,
        origin.region
    )
}

fn reached_in(origin: &OriginView) -> Option<String> {
    match &origin.reach {
        Reach::Answers { milliseconds } => {
            Some(format!("{} answered in {milliseconds} ms", origin.role.word()))
        }
        Reach::Missing | Reach::Refused { .. } | Reach::Unreachable { .. } => None,
    }
}

fn short(hash: &str) -> &str {
    hash.get(..DIGITS).unwrap_or(hash)
}

fn failover(found: &FailoverView) -> String {
    let drill = found.last_drill.as_ref().map_or("  never drilled from here".to_owned(), |drill| {
        let outcome = if drill.passed { "passed" } else { "failed" };
        format!("  last drill {outcome} {}", drill.at)
    });
    match (found.armed, &found.why_not, found.wanted) {
        (true, _, _) => {
            let statuses: Vec<_> = found.statuses.iter().map(u16::to_string).collect();
            format!("armed on {} and on silence{drill}", statuses.join(" "))
        }
        (false, Some(why), _) => format!("not armed: {why}"),
        (false, None, _) => "off".to_owned(),
    }
}

fn edge_function(function: &EdgeFunctionView) -> String {
    let state = match &function.state {
        EdgeFunctionState::Active => "active".to_owned(),
        EdgeFunctionState::Pending => "is being made ready".to_owned(),
        EdgeFunctionState::Failed(why) => format!("can't run: {why}"),
        EdgeFunctionState::Unpublished => "was never published".to_owned(),
    };
    let version = function.version.as_deref().map(|version| format!("version {version}"));
    let errors = match (&function.errors, &function.runs) {
        (Measured::Data(errors), Measured::Data(runs)) => {
            format!("{errors} of {runs} runs failed in an hour")
        }
        (Measured::NoData { why }, _) | (_, Measured::NoData { why }) => no_data(why),
    };
    let version = version.unwrap_or_else(|| "runs nowhere".to_owned());
    format!("{}  {version}  {state}  on {}  {errors}", function.name, function.runs_on.join(", "))
}

fn caching(found: &CachingView) -> Vec<String> {
    let line = |what: &str, figure: &Measured<Series>, show: fn(&Series) -> String| match figure {
        Measured::Data(series) => format!("{what}: {}", show(series)),
        Measured::NoData { why } => format!("{what}: {}", no_data(why)),
    };
    let percent = |series: &Series| format!("{:.1} %", series.mean().unwrap_or_default());
    vec![
        line("requests", &found.requests, |series| format!("{:.0} in the last three hours", series.total())),
        line("bytes", &found.bytes, |series| {
            format!("{} in the last three hours", words::size(series.total() as u64))
        }),
        line("cache hits", &found.hit_rate, percent),
        line("errors", &found.error_rate, percent),
    ]
}

fn invalidation(item: &InvalidationView) -> String {
    let state = if item.completed { "done" } else { "under way" };
    let asked = item.asked.map(|asked| asked.to_string()).unwrap_or_default();
    format!("{asked}  {state}  {}", item.paths.join(" "))
}

fn release(item: &PublishedRelease) -> String {
    let published = item.published.map(|moment| moment.to_string()).unwrap_or_default();
    let (hash, bytes) = (short(&item.hash), words::size(item.bytes));
    format!("{published}  no. {}  {hash}  {}, {bytes}", item.generation, files(item.files))
}

fn files(count: usize) -> String {
    if count == 1 { "1 file".to_owned() } else { format!("{count} files") }
}

fn drift(found: &DriftView) -> Vec<String> {
    let mut lines = Vec::new();
    for resource in &found.resources {
        lines.push(format!("{} {}: {}", resource.action, resource.resource, resource.reason));
        lines.extend(resource.changes.iter().map(|change| {
            let show = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
            format!("  {}: {} here, {} in the profile", change.field, show(&change.from), show(&change.to))
        }));
    }
    if lines.is_empty() { vec!["none".to_owned()] } else { lines }
}

fn probe(probe: &ProbeView) -> String {
    let warmth = warmth(probe);
    match &probe.answer {
        Ok(answer) => {
            let tls = answer.tls.as_deref().map(|tls| format!("  {tls}")).unwrap_or_default();
            format!("{}  {warmth}  {}{tls}", probe.url, answer.status)
        }
        Err(Failed { why, .. }) => format!("{}  {warmth}  {why}", probe.url),
    }
}

fn warmth(probe: &ProbeView) -> &'static str {
    match probe.warmth {
        Warmth::Cold => "cold",
        Warmth::Warm => "warm",
    }
}

fn timing(probe: &ProbeView) -> Option<String> {
    let answer = probe.answer.as_ref().ok()?;
    let connect = answer.connect_milliseconds.map(|ms| format!("  connected in {ms} ms")).unwrap_or_default();
    let age = answer.age_seconds.map(|age| format!("  age {age} s")).unwrap_or_default();
    let said = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    let (location, cache) = (said(&answer.edge_location), said(&answer.x_cache));
    let first = answer.first_byte_milliseconds;
    Some(format!("{}  {cache}  {location}{age}{connect}  first byte in {first} ms", warmth(probe)))
}
