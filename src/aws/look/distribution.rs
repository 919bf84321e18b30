//! A distribution whose id is known, in one call.

use crate::aws::claim::Claim;
use crate::aws::distribution::{self, is_deployed_status, spec_of};
use crate::aws::refusal::Refusal;
use crate::aws::session::Session;
use crate::blueprint::distribution::DistributionSpec;
use crate::blueprint::inventory::ObservedDistribution;

/// A distribution as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DistributionSeen {
    /// Its id.
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// Its host name.
    pub host: String,
    /// What it is.
    pub spec: DistributionSpec,
    /// Whether every edge location has its newest configuration.
    pub deployed: bool,
    /// When it last changed, in seconds since 1970, where that was asked for.
    pub changed: Option<i64>,
}

impl From<&ObservedDistribution> for DistributionSeen {
    fn from(observed: &ObservedDistribution) -> DistributionSeen {
        let ObservedDistribution { output, spec, deployed, .. } = observed;
        DistributionSeen {
            id: output.id.clone(),
            arn: output.arn.clone(),
            host: output.domain.clone(),
            spec: spec.clone(),
            deployed: *deployed,
            changed: None,
        }
    }
}

/// The id of the site's distribution, found by its origins and its tags; `None` when there is none.
///
/// # Errors
/// When AWS refuses to list distributions or to read their tags.
pub async fn find(session: &Session, site: &str) -> Result<Option<String>, Refusal> {
    for candidate in distribution::candidates(session.cloudfront(), site).await? {
        match distribution::read(session.cloudfront(), site, candidate).await? {
            Some(Claim::Ours(ours)) => return Ok(Some(ours.output.id)),
            Some(Claim::Foreign(_)) | None => {}
        }
    }
    Ok(None)
}

/// The distribution with this id; `None` when it is gone.
///
/// # Errors
/// When AWS refuses to read it.
pub async fn see(session: &Session, id: &str) -> Result<Option<DistributionSeen>, Refusal> {
    let tried = format!("read the distribution {id}");
    let answer = session.cloudfront().get_distribution().id(id).send().await;
    let found = match answer.map_err(Refusal::to("cloudfront:GetDistribution", tried)) {
        Ok(answer) => answer.distribution,
        Err(refusal) if refusal.is_not_found() => None,
        Err(refusal) => return Err(refusal),
    };
    Ok(found.and_then(|found| {
        Some(DistributionSeen {
            spec: spec_of(found.distribution_config.as_ref()?),
            deployed: is_deployed_status(&found.status),
            changed: Some(found.last_modified_time.secs()),
            id: found.id,
            arn: found.arn,
            host: found.domain_name,
        })
    }))
}
