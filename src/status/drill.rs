//! The failover drill: proves on the live site, and harmlessly, that the backup answers.
//!
//! A canary that exists only in the backup bucket is asked for through the distribution, on a path of its own that
//! goes over to the backup when the primary has no such file. Visitors' paths are not touched.

use super::moment::Moment;
use super::panels::{ProbeAnswer, Role};
use super::reading::Failed;
use super::visit::{Visited, Visitor};
use crate::aws::bucket::Bucket;
use crate::aws::drill::{Canary, clear};
use crate::aws::look::distribution::{self, DistributionSeen};
use crate::aws::refusal::Refusal;
use crate::aws::session::Session;
use crate::blueprint::Blueprint;
use crate::blueprint::answers::Region;
use crate::blueprint::names::DRILL_PATH;
use crate::error::{Error, Result};
use serde::Serialize;
use std::time::{Duration, SystemTime};
use tokio::time::Instant;

/// A drill that came to an end.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Drilled {
    /// When it ended.
    pub at: Moment,
    /// Whether the backup answered through the distribution.
    pub passed: bool,
    /// Why it did not, where it did not.
    pub why_not: Option<String>,
    /// What was asked for.
    pub url: String,
    /// What each bucket answers for the canary, the primary first.
    pub origins: Vec<OriginSaid>,
    /// What came through the distribution; `None` where nothing did.
    pub visitor: Option<ProbeAnswer>,
    /// How long the answer through the distribution took, the connection included.
    pub milliseconds: u64,
    /// How many canaries earlier drills had left behind, which are gone now.
    pub leftovers: usize,
    /// Why the canary could not be removed; the next drill removes it.
    pub left_behind: Option<String>,
}

/// What one bucket answers for the canary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OriginSaid {
    /// What the bucket is for.
    pub role: Role,
    /// Its name.
    pub bucket: String,
    /// Its region.
    pub region: Region,
    /// The HTTP status; `None` where it did not answer.
    pub status: Option<u16>,
    /// How long the answer took.
    pub milliseconds: u64,
}

/// What is drilled, and by whom.
#[derive(Clone, Copy)]
pub struct Drill<'a> {
    /// The connection to AWS.
    pub session: &'a Session,
    /// What the profile asks for.
    pub blueprint: &'a Blueprint,
    /// Who asks the site.
    pub visitor: &'a Visitor,
}

impl Drill<'_> {
    /// Runs the drill. What it put into the backup bucket is removed again, however it goes.
    ///
    /// # Errors
    /// When it can't be begun: failover is off or not deployed, or the backup bucket can't be written.
    pub async fn run(&self) -> Result<Drilled> {
        let site = &self.blueprint.site;
        let [primary, backup] = self.blueprint.buckets.as_slice() else {
            return Err(refused(site, "its profile has no failover").hint(
                "`sitecast edit PROFILE --set failover.region=REGION`, then deploy: that gives it a backup",
            ));
        };
        let seen = self.distribution().await?;
        let (primary, backup) =
            (Bucket::reach(self.session, primary).await?, Bucket::reach(self.session, backup).await?);
        if !backup.is_there(site).await? {
            return Err(
                refused(site, "its backup bucket is not there").hint("`sitecast deploy PROFILE` makes it")
            );
        }
        let leftovers = clear(&backup).await?;
        let canary = Canary::of(&secret()?);
        let put = canary.put(&backup).await;
        let asked = match put {
            Ok(()) => Ok(self.ask(&seen, &canary, &primary, &backup).await),
            Err(refusal) => Err(refusal),
        };
        let cleared = clear(&backup).await;
        let drilled = asked?;
        Ok(Drilled { leftovers, left_behind: cleared.err().map(|refusal| refusal.to_string()), ..drilled })
    }

    async fn distribution(&self) -> Result<DistributionSeen> {
        let site = &self.blueprint.site;
        let seen = match distribution::find(self.session, site).await? {
            Some(id) => distribution::see(self.session, &id).await?,
            None => None,
        };
        let deploy = "`sitecast deploy PROFILE` deploys it";
        let Some(seen) = seen else { return Err(refused(site, "it is not deployed").hint(deploy)) };
        match seen.spec.behaviors.iter().any(|path| path.path == DRILL_PATH) {
            true => Ok(seen),
            false => Err(refused(site, "it was deployed without failover").hint(deploy)),
        }
    }

    async fn ask(
        &self,
        seen: &DistributionSeen,
        canary: &Canary,
        primary: &Bucket,
        backup: &Bucket,
    ) -> Drilled {
        let (of_primary, of_backup) =
            tokio::join!(said(Role::Primary, canary, primary), said(Role::Backup, canary, backup));
        let begun = Instant::now();
        let visited = self.visit(&seen.host, &canary.path).await;
        let milliseconds = milliseconds(begun.elapsed());
        let why_not = why_not(canary, &of_primary, &of_backup, visited.as_ref().map(|(visited, _)| visited));
        Drilled {
            at: Moment(SystemTime::now()),
            passed: why_not.is_none(),
            why_not: why_not.map(|why| if seen.deployed { why } else { format!("{why}; {UNDER_WAY}") }),
            url: format!("https://{}{}", seen.host, canary.path),
            origins: vec![of_primary, of_backup],
            visitor: visited.ok().map(|(_, answer)| answer),
            milliseconds,
            leftovers: 0,
            left_behind: None,
        }
    }

    async fn visit(&self, host: &str, path: &str) -> Result<(Visited, ProbeAnswer), Failed> {
        let mut connection = self.visitor.connect(host).await?;
        let visited = connection.get(path).await?;
        let answer = ProbeAnswer::of(&visited, &connection, true);
        Ok((visited, answer))
    }
}

/// What may be the cause while a change of the distribution is on its way.
const UNDER_WAY: &str = "edge locations are being given a new configuration, so it may not be there yet";

fn refused(site: &str, why: &str) -> Error {
    Error::failed(format!("can't drill the failover of {site}")).why(why)
}

/// A name that no visitor can guess, and no earlier drill had.
fn secret() -> Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| Error::failed("can't draw a random key").because(error))?;
    Ok(hex::encode(bytes))
}

async fn said(role: Role, canary: &Canary, bucket: &Bucket) -> OriginSaid {
    let begun = Instant::now();
    let status: Result<u16, Refusal> = canary.status_in(bucket).await;
    OriginSaid {
        role,
        bucket: bucket.name.clone(),
        region: bucket.region.clone(),
        status: status.ok(),
        milliseconds: milliseconds(begun.elapsed()),
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Why the drill proves nothing; `None` where it proves that the backup answers.
fn why_not(
    canary: &Canary,
    primary: &OriginSaid,
    backup: &OriginSaid,
    visited: std::result::Result<&Visited, &Failed>,
) -> Option<String> {
    let visited = match visited {
        Ok(visited) => visited,
        Err(failed) => return Some(failed.why.clone()),
    };
    let answered = visited.status.is_success() && visited.body == canary.text;
    match (answered, primary.status, backup.status) {
        (true, Some(200), _) => {
            Some("the primary bucket has the canary too, so it may have answered".to_owned())
        }
        (true, _, _) => None,
        (false, _, None) => Some("the backup bucket does not answer".to_owned()),
        (false, _, Some(status)) if status != 200 => {
            Some(format!("the backup bucket answers {status} for what was just put into it"))
        }
        // The drill's path goes over on a missing file only; visitors' paths go over on what the profile says.
        (false, Some(403 | 404), _) => Some(format!("the distribution answers {}", visited.status)),
        (false, status, _) => {
            let said = status.map_or("nothing".to_owned(), |status| status.to_string());
            Some(format!(
                "the primary bucket answers {said}, which is not what a drill can tell from; the distribution answers {}",
                visited.status
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use http::{HeaderMap, StatusCode};

    fn origin(role: Role, status: Option<u16>) -> OriginSaid {
        OriginSaid { role, bucket: "b".into(), region: Region("eu-west-1".into()), status, milliseconds: 1 }
    }

    fn judged(primary: Option<u16>, backup: Option<u16>, status: u16, body: &'static str) -> Option<String> {
        let visited = Visited {
            status: StatusCode::from_u16(status).unwrap(),
            headers: HeaderMap::new(),
            body: Bytes::from_static(body.as_bytes()),
            first_byte: Duration::ZERO,
        };
        let (primary, backup) = (origin(Role::Primary, primary), origin(Role::Backup, backup));
        why_not(&Canary::of("x"), &primary, &backup, Ok(&visited))
    }

    #[test]
    fn only_the_canary_from_the_backup_alone_proves_anything() {
        assert_eq!(judged(Some(404), Some(200), 200, "canary x"), None);
        assert_eq!(judged(Some(403), Some(200), 200, "canary x"), None);
        for (primary, backup, status, body, word) in [
            (Some(200), Some(200), 200, "canary x", "has the canary too"),
            (Some(404), Some(200), 200, "<h1>spa</h1>", "distribution answers 200"),
            (Some(404), Some(200), 404, "", "distribution answers 404"),
            (Some(503), Some(200), 503, "", "primary bucket answers 503"),
            (Some(404), Some(403), 403, "", "backup bucket answers 403"),
            (Some(404), None, 404, "", "backup bucket does not answer"),
        ] {
            let why = judged(primary, backup, status, body).unwrap();
            assert!(why.contains(word), "{why}");
        }
    }
}
