//! How fast the lifecycles of the sandbox go by.

use std::time::Duration;

/// How fast lifecycles go by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// As on AWS: minutes (aws-facts.md H).
    Real,
    /// Seconds, so that a person sees every state go by.
    Quick,
    /// At once, for tests.
    Instant,
}

/// Something that takes AWS a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// A distribution from InProgress to Deployed.
    DistributionDeployed,
    /// An invalidation from InProgress to Completed.
    Invalidation,
    /// A certificate's validation records to appear after the request.
    ValidationRecord,
    /// A certificate to be issued once its records resolve.
    CertificateIssued,
    /// A pending certificate to time out: 72 hours at every pace but `Instant`.
    CertificateTimeout,
    /// A certificate's in-use list to follow a detach.
    CertificateReleased,
    /// A function or version from Pending to Active.
    FunctionActive,
    /// A new role to become assumable.
    RoleAssumable,
    /// A new bucket to be visible everywhere.
    BucketVisible,
    /// A DNS change from PENDING to INSYNC.
    DnsInSync,
    /// Edge replicas to go after the last association.
    ReplicasGone,
    /// Replication to copy an object.
    Replication,
}

impl Pace {
    /// How long `wait` takes at this pace. The real figures are the typical ones of aws-facts.md H.
    pub fn duration(self, wait: Wait) -> Duration {
        let (real, quick) = match wait {
            Wait::DistributionDeployed => (240_000, 4_000),
            Wait::Invalidation => (60_000, 2_000),
            Wait::ValidationRecord => (5_000, 600),
            Wait::CertificateIssued => (180_000, 3_000),
            Wait::CertificateTimeout => (72 * 3_600_000, 72 * 3_600_000),
            Wait::CertificateReleased => (180_000, 1_500),
            Wait::FunctionActive => (4_000, 1_000),
            Wait::RoleAssumable => (12_000, 1_000),
            Wait::BucketVisible => (2_000, 500),
            Wait::DnsInSync => (30_000, 1_500),
            Wait::ReplicasGone => (1_800_000, 6_000),
            Wait::Replication => (15_000, 1_000),
        };
        match self {
            Pace::Real => Duration::from_millis(real),
            Pace::Quick => Duration::from_millis(quick),
            Pace::Instant if wait == Wait::CertificateTimeout => Duration::from_millis(real),
            Pace::Instant => Duration::ZERO,
        }
    }
}
