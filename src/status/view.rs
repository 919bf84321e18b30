//! Everything that is known, the newest of each panel.

use super::moment::Moment;
use super::panels::{
    CachingView, CertificateView, DistributionView, DnsView, DriftView, EdgeFunctionsView, FailoverView,
    InvalidationsView, OriginsView, Panel, ProbesView, ReleasesView,
};
use super::reading::{Failed, Reading, Slot};
use serde::Serialize;

/// Everything that is known, the newest of each panel.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct View {
    /// The distribution; the inner `None` says that the site is not deployed.
    pub distribution: Slot<Option<DistributionView>>,
    /// The certificate.
    pub certificate: Slot<CertificateView>,
    /// What public DNS says.
    pub dns: Slot<DnsView>,
    /// Both buckets.
    pub origins: Slot<OriginsView>,
    /// Whether the backup takes over.
    pub failover: Slot<FailoverView>,
    /// The functions at the edge.
    pub edge_functions: Slot<EdgeFunctionsView>,
    /// Requests, bytes, cache hits and errors.
    pub caching: Slot<CachingView>,
    /// What edge locations were lately told to forget.
    pub invalidations: Slot<InvalidationsView>,
    /// What was lately published.
    pub releases: Slot<ReleasesView>,
    /// Where AWS differs from the profile.
    pub drift: Slot<DriftView>,
    /// What a visitor gets.
    pub probes: Slot<ProbesView>,
}

/// A new reading of one panel.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum Update {
    /// The distribution.
    Distribution(Reading<Option<DistributionView>>),
    /// The certificate.
    Certificate(Reading<CertificateView>),
    /// What public DNS says.
    Dns(Reading<DnsView>),
    /// Both buckets.
    Origins(Reading<OriginsView>),
    /// Whether the backup takes over.
    Failover(Reading<FailoverView>),
    /// The functions at the edge.
    EdgeFunctions(Reading<EdgeFunctionsView>),
    /// Requests, bytes, cache hits and errors.
    Caching(Reading<CachingView>),
    /// What edge locations were lately told to forget.
    Invalidations(Reading<InvalidationsView>),
    /// What was lately published.
    Releases(Reading<ReleasesView>),
    /// Where AWS differs from the profile.
    Drift(Reading<DriftView>),
    /// What a visitor gets.
    Probes(Reading<ProbesView>),
}

impl View {
    /// Takes a new reading in.
    pub fn absorb(&mut self, update: Update) {
        match update {
            Update::Distribution(reading) => self.distribution.absorb(reading),
            Update::Certificate(reading) => self.certificate.absorb(reading),
            Update::Dns(reading) => self.dns.absorb(reading),
            Update::Origins(reading) => self.origins.absorb(reading),
            Update::Failover(reading) => self.failover.absorb(reading),
            Update::EdgeFunctions(reading) => self.edge_functions.absorb(reading),
            Update::Caching(reading) => self.caching.absorb(reading),
            Update::Invalidations(reading) => self.invalidations.absorb(reading),
            Update::Releases(reading) => self.releases.absorb(reading),
            Update::Drift(reading) => self.drift.absorb(reading),
            Update::Probes(reading) => self.probes.absorb(reading),
        }
    }

    /// When a panel's newest reading was taken; none until its first answer.
    pub fn taken(&self, panel: Panel) -> Option<Moment> {
        fn taken<T>(slot: &Slot<T>) -> Option<Moment> {
            slot.newest().map(|reading| reading.taken)
        }
        match panel {
            Panel::Distribution => taken(&self.distribution),
            Panel::Certificate => taken(&self.certificate),
            Panel::Dns => taken(&self.dns),
            Panel::Origins => taken(&self.origins),
            Panel::Failover => taken(&self.failover),
            Panel::EdgeFunctions => taken(&self.edge_functions),
            Panel::Caching => taken(&self.caching),
            Panel::Invalidations => taken(&self.invalidations),
            Panel::Releases => taken(&self.releases),
            Panel::Drift => taken(&self.drift),
            Panel::Probes => taken(&self.probes),
        }
    }

    /// Why a panel's newest look came to nothing, if it did.
    pub fn failure(&self, panel: Panel) -> Option<&Failed> {
        match panel {
            Panel::Distribution => self.distribution.failure(),
            Panel::Certificate => self.certificate.failure(),
            Panel::Dns => self.dns.failure(),
            Panel::Origins => self.origins.failure(),
            Panel::Failover => self.failover.failure(),
            Panel::EdgeFunctions => self.edge_functions.failure(),
            Panel::Caching => self.caching.failure(),
            Panel::Invalidations => self.invalidations.failure(),
            Panel::Releases => self.releases.failure(),
            Panel::Drift => self.drift.failure(),
            Panel::Probes => self.probes.failure(),
        }
    }

    /// Whether every panel was looked at once.
    pub fn is_complete(&self) -> bool {
        Panel::ALL.iter().all(|panel| self.taken(*panel).is_some())
    }
}

impl Update {
    /// Which panel's reading it is.
    pub fn panel(&self) -> Panel {
        match self {
            Update::Distribution(_) => Panel::Distribution,
            Update::Certificate(_) => Panel::Certificate,
            Update::Dns(_) => Panel::Dns,
            Update::Origins(_) => Panel::Origins,
            Update::Failover(_) => Panel::Failover,
            Update::EdgeFunctions(_) => Panel::EdgeFunctions,
            Update::Caching(_) => Panel::Caching,
            Update::Invalidations(_) => Panel::Invalidations,
            Update::Releases(_) => Panel::Releases,
            Update::Drift(_) => Panel::Drift,
            Update::Probes(_) => Panel::Probes,
        }
    }

    /// Why the look came to nothing, if it did.
    pub fn failure(&self) -> Option<&Failed> {
        match self {
            Update::Distribution(reading) => reading.answer.as_ref().err(),
            Update::Certificate(reading) => reading.answer.as_ref().err(),
            Update::Dns(reading) => reading.answer.as_ref().err(),
            Update::Origins(reading) => reading.answer.as_ref().err(),
            Update::Failover(reading) => reading.answer.as_ref().err(),
            Update::EdgeFunctions(reading) => reading.answer.as_ref().err(),
            Update::Caching(reading) => reading.answer.as_ref().err(),
            Update::Invalidations(reading) => reading.answer.as_ref().err(),
            Update::Releases(reading) => reading.answer.as_ref().err(),
            Update::Drift(reading) => reading.answer.as_ref().err(),
            Update::Probes(reading) => reading.answer.as_ref().err(),
        }
    }
}
