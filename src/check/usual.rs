//! Quotas that Service Quotas has no code for. Only what is usual is known of them (aws-facts.md B, default quotas);
//! who has more of something than that has been given more by AWS, but not even AWS's own API tells how many.

use super::Finding;
use crate::aws::preflight::distributions::Survey;
use crate::aws::preflight::quotas;
use crate::aws::refusal::Refusal;
use crate::aws::session::Session;

/// How many CloudFront Functions an account may have.
const FUNCTIONS: usize = 100;

/// How many origin access controls an account may have.
const ACCESS_CONTROLS: usize = 100;

/// How many distributions of an account may have Lambda@Edge functions.
const DISTRIBUTIONS_AT_EDGE: usize = 500;

/// How often a distribution may name Lambda@Edge functions.
const EDGE_ASSOCIATIONS: usize = 100;

/// What an account has of something, and how much is usual.
struct Held {
    what: &'static str,
    count: usize,
    usual: usize,
    /// Whether the site has its own among them.
    ours: bool,
    way_out: &'static str,
}

/// Whether one more CloudFront Function fits.
pub(super) async fn functions(session: &Session, site_exists: bool) -> Finding {
    let held = |count| Held {
        what: "CloudFront Functions",
        count,
        usual: FUNCTIONS,
        ours: site_exists,
        way_out: "delete one that nothing uses, ask AWS Support for more, or set distribution.pretty_urls = false",
    };
    counted("CloudFront Functions", quotas::functions(session).await, held)
}

/// Whether one more origin access control fits.
pub(super) async fn access_controls(session: &Session, site_exists: bool) -> Finding {
    let held = |count| Held {
        what: "origin access controls",
        count,
        usual: ACCESS_CONTROLS,
        ours: site_exists,
        way_out: "delete one that nothing uses, or ask AWS Support for more",
    };
    counted("origin access controls", quotas::access_controls(session).await, held)
}

/// Whether one more distribution with functions at the edge fits, and whether so many fit on it.
pub(super) fn at_edge(survey: &Survey, wanted: usize) -> Vec<Finding> {
    if wanted == 0 {
        return Vec::new();
    }
    let distributions = Held {
        what: "distributions with Lambda@Edge functions",
        count: survey.all.iter().filter(|found| found.edge_calls > 0).count(),
        usual: DISTRIBUTIONS_AT_EDGE,
        ours: survey.own().is_some_and(|own| own.edge_calls > 0),
        way_out: "ask AWS Support for more, or take out the [[edge]] tables",
    };
    let most = survey.all.iter().map(|found| found.edge_calls).max().unwrap_or(0);
    vec![distributions.finding(), associations(wanted, most)]
}

/// `most` is what a distribution of this account has.
fn associations(wanted: usize, most: usize) -> Finding {
    let words = format!("{wanted} of usually {EDGE_ASSOCIATIONS} uses of Lambda@Edge functions on paths");
    let way_out = "narrow `paths` of the [[edge]] tables, or merge caching rules";
    match wanted {
        0..=EDGE_ASSOCIATIONS => Finding::ok(super::quotas::CHECK, words),
        _ if most >= wanted => Finding::ok(super::quotas::CHECK, words),
        _ if most > EDGE_ASSOCIATIONS => Finding::warning(super::quotas::CHECK, words)
            .why("AWS has agreed to more for this account, and does not tell to how many")
            .way_out(way_out),
        _ => Finding::stop(super::quotas::CHECK, words)
            .why("CloudFront takes no more of them on one distribution")
            .way_out(way_out),
    }
}

fn counted(what: &str, count: Result<usize, Refusal>, held: impl FnOnce(usize) -> Held) -> Finding {
    match count {
        Ok(count) => held(count).finding(),
        Err(refusal) => Finding::not_checked(super::quotas::CHECK, format!("{what}: {}", refusal.said)),
    }
}

impl Held {
    fn finding(self) -> Finding {
        let Held { what, count, usual, ours, way_out } = self;
        let words = format!("{count} of usually {usual} {what}");
        if ours || count < usual {
            Finding::ok(super::quotas::CHECK, words)
        } else if count == usual {
            Finding::stop(super::quotas::CHECK, words).why("AWS creates no more of them").way_out(way_out)
        } else {
            Finding::warning(super::quotas::CHECK, words)
                .why("AWS has agreed to more for this account, and does not tell to how many")
                .way_out(way_out)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::finding::Level;

    #[test]
    fn what_is_full_stops_unless_the_site_is_among_it_or_aws_gave_more() {
        let level = |count, ours| {
            Held { what: "functions", count, usual: 100, ours, way_out: "have fewer" }.finding().level
        };
        assert_eq!([level(99, false), level(100, true), level(200, true)], [Level::Ok; 3]);
        assert_eq!(level(100, false), Level::Stop);
        assert_eq!(level(101, false), Level::Warning);
    }

    #[test]
    fn more_uses_than_a_distribution_takes_stop() {
        let level = |wanted, most| associations(wanted, most).level;
        assert_eq!([level(100, 0), level(150, 150)], [Level::Ok; 2]);
        assert_eq!([level(101, 0), level(101, 100)], [Level::Stop; 2]);
        assert_eq!(level(150, 120), Level::Warning);
    }
}
