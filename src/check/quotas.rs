//! What the account has room for, and what one distribution may hold.

use super::{Finding, Subject, usual};
use crate::aws::certificate;
use crate::aws::preflight::distributions::Survey;
use crate::aws::preflight::quotas::{self, Quota};
use crate::aws::refusal::Refusal;
use crate::aws::session::Session;
use crate::blueprint::distribution::DistributionSpec;
use crate::blueprint::resource::{Kind, Spec};
use crate::blueprint::{self, Facts};
use futures::future::OptionFuture;

pub(super) const CHECK: &str = "quotas";

/// Quotas that the site could run into.
pub(super) async fn check(subject: &Subject<'_>, survey: Result<&Survey, &Refusal>) -> Vec<Finding> {
    let session = subject.session;
    let distributions = survey.map(|survey| survey.all.len()).map_err(Clone::clone);
    let exists = survey.is_ok_and(|survey| survey.own.is_some());
    let wanted = wanted(subject);
    let has = |kind| wanted.kinds.contains(&kind);
    let functions = has(Kind::Function).then(|| usual::functions(session, exists));
    let certificates = async { Ok(certificate::list(session.acm()).await?.len()) };
    let certificates =
        has(Kind::Certificate).then(|| quota(session, quotas::CERTIFICATES, certificates, exists));
    let (distributions, caching, headers, buckets, behaviours, access, functions, certificates) = tokio::join!(
        quota(session, quotas::DISTRIBUTIONS, async { distributions }, exists),
        quota(session, quotas::CACHE_POLICIES, quotas::cache_policies(session), exists),
        quota(session, quotas::HEADERS_POLICIES, quotas::headers_policies(session), exists),
        quota(session, quotas::BUCKETS, quotas::buckets(session), exists),
        behaviours(session, wanted.behaviours),
        usual::access_controls(session, exists),
        OptionFuture::from(functions),
        OptionFuture::from(certificates),
    );
    // More names than a certificate may have are no profile.
    let at_edge = survey.map(|survey| usual::at_edge(survey, wanted.edge_calls)).unwrap_or_default();
    let counted = [distributions, caching, headers, buckets, behaviours, access].into_iter();
    counted.chain(functions).chain(certificates).chain(at_edge).collect()
}

/// What the profile asks for that is counted.
#[derive(Default)]
struct Wanted {
    kinds: Vec<Kind>,
    behaviours: usize,
    edge_calls: usize,
}

fn wanted(subject: &Subject<'_>) -> Wanted {
    let facts = Facts {
        account: subject.identity.account.clone(),
        partition: subject.identity.partition.clone(),
        folder: None,
        edge: Default::default(),
    };
    let blueprint = blueprint::blueprint(&subject.loaded.profile, &facts);
    let mut wanted = Wanted::default();
    for resource in &blueprint.resources {
        wanted.kinds.push(resource.id.kind);
        if let Spec::Distribution(spec) = &resource.spec {
            wanted.count(spec);
        }
    }
    wanted
}

impl Wanted {
    /// The default behaviour is one of those that are counted.
    fn count(&mut self, spec: &DistributionSpec) {
        let behaviours = spec.behaviors.iter().map(|path| &path.behavior).chain([&spec.default_behavior]);
        let calls = behaviours.map(|behaviour| behaviour.edge.len());
        (self.behaviours, self.edge_calls) = calls.fold((0, 0), |(count, all), of| (count + 1, all + of));
    }
}

async fn behaviours(session: &Session, wanted: usize) -> Finding {
    let quota = quotas::BEHAVIOURS;
    let limit = match quotas::limit(session, quota).await {
        Ok(limit) => limit,
        Err(refusal) => return unknown(quota, &refusal),
    };
    let words = format!("{wanted} of {limit} {}", quota.what);
    match wanted as f64 <= limit {
        true => Finding::ok(CHECK, words),
        false => Finding::stop(CHECK, words)
            .why("CloudFront takes no more of them")
            .way_out(format!("merge rules, or {}", ask_for_more(quota))),
    }
}

/// One more than there are must fit, unless the site has its own already.
async fn quota(
    session: &Session,
    quota: Quota,
    count: impl Future<Output = Result<usize, Refusal>>,
    site_exists: bool,
) -> Finding {
    let (limit, count) = tokio::join!(quotas::limit(session, quota), count);
    let (limit, count) = match (limit, count) {
        (Ok(limit), Ok(count)) => (limit, count),
        (Err(refusal), _) | (_, Err(refusal)) => return unknown(quota, &refusal),
    };
    let words = format!("{count} of {limit} {}", quota.what);
    if (count as f64) < limit {
        return Finding::ok(CHECK, words);
    }
    // A site that is there already may need none more.
    let full = if site_exists { Finding::warning(CHECK, words) } else { Finding::stop(CHECK, words) };
    full.why("AWS creates no more of them").way_out(ask_for_more(quota))
}

fn unknown(quota: Quota, refusal: &Refusal) -> Finding {
    Finding::not_checked(CHECK, format!("quota of {}: {}", quota.what, refusal.said))
}

fn ask_for_more(quota: Quota) -> String {
    format!("ask for more: quota {} of {} in Service Quotas", quota.code, quota.service)
}
