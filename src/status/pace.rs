//! How often each panel is looked at.
//!
//! CloudFront's control API is slow-rated and its limits are not documented; aws-facts.md H has it polled no more
//! often than every 15 to 30 seconds, and lists kept. ACM allows ten calls a second, Lambda's control plane fifteen,
//! Route 53 ten (aws-facts.md A.4, A.5, F), and CloudWatch's figures are a minute old at best.

use super::panels::Panel;
use std::time::Duration;

/// How often a panel is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// The pause between two looks, before jitter.
    pub pause: Duration,
    /// The shortest pause that even a person who asks again and again can bring about.
    pub shortest: Duration,
}

/// Each pause is stretched by up to this share of itself, lest many dashboards ask at the same moment.
pub(super) const JITTER: f64 = 0.2;

/// By how much a panel's pause grows at most while AWS asks to go slower.
pub(super) const SLOWEST: u32 = 8;

/// How often `panel` is looked at.
pub fn pace(panel: Panel) -> Pace {
    let (pause, shortest) = match panel {
        // One GetDistribution, of which other panels are made too.
        Panel::Distribution => (30, 15),
        // No call of its own.
        Panel::Failover => (30, 5),
        // One DescribeCertificate and some DNS questions. It changes within days, but for one that is waited for.
        Panel::Certificate => (120, 30),
        // Public resolvers keep an answer for a minute and more.
        Panel::Dns => (60, 15),
        // A HEAD of each bucket's manifest; the manifest itself only when it changed.
        Panel::Origins => (30, 5),
        // One call a function, and one to CloudWatch in each region where a Lambda@Edge function may have run, which
        // AWS charges for by the figure.
        Panel::EdgeFunctions => (300, 60),
        // One GetMetricData; a figure is a minute long.
        Panel::Caching => (60, 30),
        // One ListInvalidations, and one GetInvalidation for each that is new.
        Panel::Invalidations => (60, 15),
        // One listing of versions; a manifest is read once.
        Panel::Releases => (120, 15),
        // A whole look at everything that the site has, CloudFront's lists included.
        Panel::Drift => (300, 60),
        // Two requests an address, as a visitor makes them.
        Panel::Probes => (30, 5),
    };
    Pace { pause: Duration::from_secs(pause), shortest: Duration::from_secs(shortest) }
}
