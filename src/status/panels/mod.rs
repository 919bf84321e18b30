//! What each panel shows, as plain values.

mod activity;
mod domains;
mod edge;
mod places;
mod traffic;

pub use activity::{
    BucketRelease, DriftView, DriftedResource, InvalidationView, InvalidationsView, PublishedRelease,
    ReleasesView,
};
pub use domains::{
    CertificateView, DnsRecordView, DnsView, DomainView, Heard, OwnCertificate, ProofView, Renewal,
};
pub use edge::{EdgeFunctionKind, EdgeFunctionState, EdgeFunctionView, EdgeFunctionsView};
pub use places::{
    DistributionState, DistributionView, DrillSeen, FailoverView, OriginView, OriginsView, Parity, Reach,
    Role,
};
pub use traffic::{CachingView, ProbeAnswer, ProbeView, ProbesView, Warmth};

use serde::Serialize;

/// The panels, in the order in which they are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Panel {
    /// The distribution.
    Distribution,
    /// The certificate of the site's own domains.
    Certificate,
    /// What public DNS says of them.
    Dns,
    /// Both buckets.
    Origins,
    /// Whether the backup takes over.
    Failover,
    /// The functions at the edge.
    EdgeFunctions,
    /// Requests, bytes, cache hits and errors.
    Caching,
    /// What edge locations were lately told to forget.
    Invalidations,
    /// What was lately published.
    Releases,
    /// Where AWS differs from the profile.
    Drift,
    /// What a visitor gets.
    Probes,
}

impl Panel {
    /// Every panel.
    pub const ALL: [Panel; 11] = [
        Panel::Distribution,
        Panel::Certificate,
        Panel::Dns,
        Panel::Origins,
        Panel::Failover,
        Panel::EdgeFunctions,
        Panel::Caching,
        Panel::Invalidations,
        Panel::Releases,
        Panel::Drift,
        Panel::Probes,
    ];

    /// Its heading.
    pub fn title(self) -> &'static str {
        match self {
            Panel::Distribution => "Distribution",
            Panel::Certificate => "Certificate",
            Panel::Dns => "DNS",
            Panel::Origins => "Origins",
            Panel::Failover => "Failover",
            Panel::EdgeFunctions => "Edge functions",
            Panel::Caching => "Caching",
            Panel::Invalidations => "Invalidations",
            Panel::Releases => "Releases",
            Panel::Drift => "Drift",
            Panel::Probes => "Edge probes",
        }
    }

    /// Its key in JSON.
    pub fn key(self) -> &'static str {
        match self {
            Panel::Distribution => "distribution",
            Panel::Certificate => "certificate",
            Panel::Dns => "dns",
            Panel::Origins => "origins",
            Panel::Failover => "failover",
            Panel::EdgeFunctions => "edge_functions",
            Panel::Caching => "caching",
            Panel::Invalidations => "invalidations",
            Panel::Releases => "releases",
            Panel::Drift => "drift",
            Panel::Probes => "probes",
        }
    }
}
