//! What public DNS says while something waits for it. Lookups that fail are no reason for anything else to.

use crate::aws::certificate_wait::{PublicDns, Sighting};
use crate::aws::preflight::zones;
use crate::aws::session::Session;
use crate::blueprint::dns::{Expected, Finding, Verdict, ZoneFacts};
use crate::blueprint::domains::WantedDomains;
use crate::blueprint::inventory::ValidationRecord;
use crate::dns::Resolver;
use crate::profile::answers::Dns;
use futures::FutureExt;
use futures::future::BoxFuture;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OnceCell;

/// DNS servers answer at once or not at all; nothing is held up for longer.
const PATIENCE: Duration = Duration::from_secs(15);

/// Looks for the records of one site.
#[derive(Debug)]
pub struct Lookups {
    resolver: Resolver,
    session: Arc<Session>,
    domains: WantedDomains,
    zones: OnceCell<ZoneFacts>,
}

impl Lookups {
    /// Looks for the records of these domains; nothing is asked yet.
    pub fn new(resolver: Resolver, session: Arc<Session>, domains: WantedDomains) -> Self {
        Lookups { resolver, session, domains, zones: OnceCell::new() }
    }

    /// Looks for everything expected; nothing where it takes too long.
    pub async fn look(&self, expected: &[Expected]) -> Vec<Finding> {
        let looking = async { self.resolver.look(expected, self.zones().await).await };
        tokio::time::timeout(PATIENCE, looking).await.unwrap_or_default()
    }

    /// The zones that the records go into, by which it is seen that the world is led to others. Unknown ones leave
    /// the records themselves to be judged.
    async fn zones(&self) -> &ZoneFacts {
        let read = async {
            match self.domains.dns {
                Dns::Manual => ZoneFacts::default(),
                Dns::Route53 => zones::zones(&self.session, &self.domains.names).await.unwrap_or_default(),
            }
        };
        self.zones.get_or_init(|| read).await
    }
}

impl PublicDns for Lookups {
    fn look<'a>(&'a self, records: &'a [ValidationRecord]) -> BoxFuture<'a, Vec<Sighting>> {
        async move {
            let expected: Vec<_> = records.iter().map(expected).collect();
            Lookups::look(self, &expected).await.into_iter().map(sighting).collect()
        }
        .boxed()
    }
}

fn expected(record: &ValidationRecord) -> Expected {
    Expected::validation(&record.domain, &record.name, &record.value)
}

fn sighting(finding: Finding) -> Sighting {
    Sighting {
        is_right: finding.verdict == Verdict::Right,
        seen: finding.seen.to_string(),
        checks: finding.checks,
        verdict: finding.sentence,
        fix: finding.fix,
    }
}
