//! Where each panel's facts come from.

use super::panels::{
    CachingView, CertificateView, DistributionView, DnsView, DriftView, EdgeFunctionsView, FailoverView,
    InvalidationsView, OriginsView, ProbesView, ReleasesView,
};
use super::reading::Failed;
use async_trait::async_trait;
use std::time::SystemTime;

/// What a source gives.
pub type Answer<T> = Result<T, Failed>;

/// Where each panel's facts come from. Nothing that is asked here changes anything.
#[async_trait]
pub trait Sources: Send + Sync {
    /// The moment of a reading.
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    /// The distribution; `None` where the site is not deployed.
    async fn distribution(&self) -> Answer<Option<DistributionView>>;
    /// The certificate.
    async fn certificate(&self) -> Answer<CertificateView>;
    /// What public DNS says.
    async fn dns(&self) -> Answer<DnsView>;
    /// Both buckets.
    async fn origins(&self) -> Answer<OriginsView>;
    /// Whether the backup takes over.
    async fn failover(&self) -> Answer<FailoverView>;
    /// The functions at the edge.
    async fn edge_functions(&self) -> Answer<EdgeFunctionsView>;
    /// Requests, bytes, cache hits and errors.
    async fn caching(&self) -> Answer<CachingView>;
    /// What edge locations were lately told to forget.
    async fn invalidations(&self) -> Answer<InvalidationsView>;
    /// What was lately published.
    async fn releases(&self) -> Answer<ReleasesView>;
    /// Where AWS differs from the profile.
    async fn drift(&self) -> Answer<DriftView>;
    /// What a visitor gets.
    async fn probes(&self) -> Answer<ProbesView>;
}
