//! The sources of a real site: AWS, public DNS, and the site as visitors see it.
//!
//! What several panels are made of is read once for all of them; what never changes is read once for good.

mod caching;
mod certificate;
mod distribution;
mod dns;
mod drift;
mod edge_functions;
mod failover;
mod invalidations;
mod origins;
mod probes;
mod releases;
mod shared;

use super::panels::{
    CachingView, CertificateView, DistributionView, DnsView, DriftView, DrillSeen, EdgeFunctionsView,
    FailoverView, InvalidationsView, OriginsView, ProbesView, ReleasesView,
};
use super::reading::{Failed, Trouble};
use super::sources::{Answer, Sources};
use super::visit::Visitor;
use crate::aws::look::distribution::DistributionSeen;
use crate::aws::publication::Publication;
use crate::aws::refusal::Refusal;
use crate::aws::session::Session;
use crate::blueprint::dns::ZoneFacts;
use crate::blueprint::{Blueprint, Inventory};
use crate::dns::Resolver;
use crate::error::{Error, Result};
use crate::profile::Profile;
use async_trait::async_trait;
use futures::future::BoxFuture;
use shared::Shared;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How old what several panels are made of may be for the panel that is there to keep it fresh.
const FRESH: Duration = Duration::from_secs(5);

/// How old it may be for the others, which leave it to that panel, also while AWS asks to go slower.
const SHARED: Duration = Duration::from_secs(5 * 60);

/// For how long the account's hosted zones are remembered (aws-facts.md H: lists are kept).
const ZONES_KEPT: Duration = Duration::from_secs(60 * 60);

/// The site that is looked at, and how.
pub struct Subject {
    /// The connection to AWS.
    pub session: Arc<Session>,
    /// The person's answers.
    pub profile: Profile,
    /// What they ask for.
    pub blueprint: Blueprint,
    /// The folder's files, where they were read; without them they are not compared.
    pub publication: Option<Arc<Publication>>,
    /// What reads the folder again, since files change while a site is watched.
    pub read_again: ReadAgain,
    /// Who is asked what DNS says.
    pub resolver: Resolver,
    /// Who asks the site for its pages.
    pub visitor: Visitor,
    /// What tells of the latest drill that is remembered.
    pub last_drill: Box<dyn Fn() -> Option<DrillSeen> + Send + Sync>,
}

/// What a profile and its folder ask for.
#[derive(Debug, Clone)]
pub struct Intended {
    /// Every resource.
    pub blueprint: Blueprint,
    /// The folder's files, where they were read.
    pub publication: Option<Arc<Publication>>,
}

/// Reads what the profile and its folder ask for by now.
pub type ReadAgain = Box<dyn Fn() -> BoxFuture<'static, Result<Intended>> + Send + Sync>;

/// The sources of a real site.
pub struct Live {
    subject: Subject,
    id: tokio::sync::Mutex<Option<String>>,
    distribution: Shared<Option<DistributionSeen>>,
    buckets: Shared<Vec<origins::BucketSeen>>,
    manifests: Mutex<origins::Manifests>,
    releases: tokio::sync::Mutex<releases::Known>,
    invalidations: tokio::sync::Mutex<invalidations::Known>,
    zones: Shared<ZoneFacts>,
    observed: Mutex<Option<Inventory>>,
}

impl Live {
    /// The sources of this site; nothing is asked yet.
    pub fn new(subject: Subject) -> Live {
        Live {
            subject,
            id: tokio::sync::Mutex::default(),
            distribution: Shared::default(),
            buckets: Shared::default(),
            manifests: Mutex::default(),
            releases: tokio::sync::Mutex::default(),
            invalidations: tokio::sync::Mutex::default(),
            zones: Shared::default(),
            observed: Mutex::default(),
        }
    }

    /// Takes what was just observed for the first comparison with the profile, which then needs no call.
    #[must_use]
    pub fn observed(mut self, inventory: Inventory) -> Live {
        if let Some(found) = &inventory.distribution {
            self.id = tokio::sync::Mutex::new(Some(found.output.id.clone()));
            self.distribution = Shared::knowing(Some(found.into()));
        }
        *self.observed.lock().unwrap_or_else(PoisonError::into_inner) = Some(inventory);
        self
    }
}

#[async_trait]
impl Sources for Live {
    async fn distribution(&self) -> Answer<Option<DistributionView>> {
        self.view_distribution().await
    }

    async fn certificate(&self) -> Answer<CertificateView> {
        self.view_certificate().await
    }

    async fn dns(&self) -> Answer<DnsView> {
        self.view_dns().await
    }

    async fn origins(&self) -> Answer<OriginsView> {
        self.view_origins().await
    }

    async fn failover(&self) -> Answer<FailoverView> {
        self.view_failover().await
    }

    async fn edge_functions(&self) -> Answer<EdgeFunctionsView> {
        self.view_edge_functions().await
    }

    async fn caching(&self) -> Answer<CachingView> {
        self.view_caching().await
    }

    async fn invalidations(&self) -> Answer<InvalidationsView> {
        self.view_invalidations().await
    }

    async fn releases(&self) -> Answer<ReleasesView> {
        self.view_releases().await
    }

    async fn drift(&self) -> Answer<DriftView> {
        self.view_drift().await
    }

    async fn probes(&self) -> Answer<ProbesView> {
        self.view_probes().await
    }
}

impl From<Refusal> for Failed {
    fn from(refusal: Refusal) -> Failed {
        let trouble = if refusal.is_throttled() {
            Trouble::Throttled
        } else if refusal.is_unsigned() {
            Trouble::Credentials
        } else if refusal.is_denied() {
            Trouble::Denied
        } else if refusal.is_outage() {
            Trouble::Unreachable
        } else {
            Trouble::Other
        };
        Failed { trouble, ..Failed::from(Error::from(refusal)) }
    }
}
